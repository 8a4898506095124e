/** States of a set-up that several suites begin from. */
import type { Home } from '../../api/contract/setup.ts';
import { aPassedAttempt } from './attempt-builders.ts';
import {
  aConnection,
  anSsoState,
  at,
  aTrustedCertificate,
  aView,
  identityProvider,
  ourValues,
} from './setup-builders.ts';

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const broken = { status: 500, code: 'internal' } as const;

export const nothingChosen = () => anSsoState({ connection: null, guide: null, view: aView() });

/** One of the connections that the page home lists. */
export function aConnectionAtHome(
  change: Partial<Home['connections'][number]> = {},
): Home['connections'][number] {
  return {
    id: 'conn_1',
    name: 'Okta',
    chip: 'live',
    activatedAt: at(-day),
    domains: null,
    values: {
      entityId: ourValues.SP_ENTITY_ID,
      acsUrl: ourValues.ACS_URL,
      redirectUri: null,
      provider: 'http://www.okta.com/exk4f0example',
    },
    ...change,
  };
}

/** Set up beside the first, and not live yet. */
export const aSecondAtHome = (change: Partial<Home['connections'][number]> = {}) =>
  aConnectionAtHome({
    id: 'conn_2',
    name: 'Microsoft Entra ID',
    chip: 'tested',
    activatedAt: null,
    ...change,
  });

export const configured = () =>
  anSsoState({ connection: aConnection({ chip: 'not_tested', identityProvider: identityProvider() }) });

export const tested = (change = {}) =>
  aConnection({
    chip: 'tested',
    identityProvider: identityProvider(),
    testedAt: at(-5 * minute),
    testedEmail: 'a•••@acme.com',
    ...change,
  });

export const live = (change = {}) => tested({ chip: 'live', activatedAt: at(-2 * day), ...change });

export const renewedCertificate = (change = {}) =>
  aTrustedCertificate({
    id: 'cert_2',
    source: 'renewal',
    fingerprint: `9F:2C:${'11:'.repeat(29)}9F`,
    notAfter: at(700 * day),
    trustedAt: at(-10 * minute),
    firstUsedAt: null,
    lastUsedAt: null,
    ...change,
  });

export const running = (ageMs: number) =>
  aPassedAttempt({ id: 'att_9', chip: 'in_progress', endedAt: null, profile: null, startedAt: at(-ageMs) });
