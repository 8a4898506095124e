import { adviceFor } from '../../onboarding/sign-in-advice.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { signInChecks } from '../../onboarding/sign-in-checks.ts';
import { fillGuide, findGuide } from '../../onboarding/providers/sign-in/index.ts';
import type { AttemptDetail, AttemptView } from '../../api/contract/shared.ts';
import { aCertificate, at, connectionId, ourValues } from './setup-builders.ts';

/** Attempts to sign in, as the portal's endpoints answer them. */

const minute = 60_000;

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

function anAttempt(change: Partial<AttemptView> = {}): AttemptView {
  return {
    id: 'att_1',
    reference: '4K2M-71',
    origin: 'test',
    chip: 'success',
    cause: null,
    facts: {},
    email: 'a•••@acme.com',
    startedAt: at(-4 * minute),
    endedAt: at(-4 * minute + 2100),
    durationMs: 2100,
    connectionId,
    organizationId: 'org_01KB0000000000000000000RG1',
    organizationName: 'Acme Industries',
    providerName: 'Microsoft Entra ID',
    ...change,
  };
}

export function aPassedAttempt(change: Partial<AttemptDetail> = {}): AttemptDetail {
  return {
    ...anAttempt(),
    checks: signInChecks.map((check) => ({ check, passed: true })),
    profile: {
      idpId: '7c1e8f5a-0000-4000-8000-00000000a1b2',
      email: 'a•••@acme.com',
      firstName: 'A.',
      lastName: 'Example',
      name: null,
      custom: [{ key: 'department', label: 'Department', values: ['Finance'] }],
      groups: ['Engineering', 'IT'],
      sources: {
        id: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
        email: `${claims}/emailaddress`,
        firstName: `${claims}/givenname`,
        lastName: `${claims}/surname`,
        'custom.department': 'department',
        groups: 'groups',
      },
      received: [],
    },
    signed: 'both',
    signedBy: aCertificate().fingerprint,
    advice: null,
    requestXml: null,
    responseXml: null,
    trail: [],
    timeline: [],
    ...change,
  };
}

export function aFailedAttempt(
  cause: SignInCause = 'audience_differs',
  facts: SignInFacts = { expected: ourValues.SP_ENTITY_ID, received: `${ourValues.SP_ENTITY_ID}/` },
  change: Partial<AttemptDetail> = {},
): AttemptDetail {
  const guide = findGuide('microsoft-entra-id');
  if (guide === undefined) throw new Error('no guide');
  const checks = signInChecks;
  const failedAt = checks.indexOf('audience');
  return {
    ...anAttempt({ id: 'att_2', reference: '7QX3-02', chip: 'failed', cause, email: null }),
    facts: Object.fromEntries(
      Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact]),
    ),
    checks: checks.slice(0, failedAt + 1).map((check, index) => ({ check, passed: index < failedAt })),
    profile: null,
    signed: 'both',
    signedBy: aCertificate().fingerprint,
    advice: adviceFor(cause, facts, fillGuide(guide, ourValues), ourValues),
    requestXml: null,
    trail: [],
    responseXml:
      '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_8e8dc5f6" Version="2.0">\n  <saml:Issuer>https://sts.windows.net/4f1c7a10/</saml:Issuer>\n</samlp:Response>',
    timeline: [],
    ...change,
  };
}
