/** The screen on which a customer renews what ends, in all its states. */
import { row } from '../support/customer-scenes.ts';
import { describeScreens, type Screen } from '../support/screens.ts';
import { aFailedAttempt } from '../support/attempt-builders.ts';
import {
  aCertificate,
  aGuide,
  aMetadataCheck,
  anSsoState,
  aRenewalState,
  at,
  aTrustedCertificate,
  metadataUrl,
  openIdProvider,
} from '../support/setup-builders.ts';
import {
  broken,
  configured,
  day,
  live,
  minute,
  renewedCertificate,
  running,
} from '../support/setup-states.ts';

const screens: Screen[] = [
  row('renewal, in two weeks', '/sso/renewal', 'Make a new certificate', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('renewal, has ended', '/sso/renewal', 'The certificate has ended', () => ({
    sso: anSsoState({ connection: live({ chip: 'failing' }) }),
    renewal: aRenewalState({
      certificates: [aTrustedCertificate({ notAfter: at(-2 * day) })],
      graceEndsAt: at(28 * day),
    }),
  })),
  row(
    'renewal, a certificate that is refused',
    '/sso/renewal',
    'This one is trusted already',
    () => ({
      sso: anSsoState({ connection: live() }),
      renewalCheck: () =>
        aMetadataCheck({
          canSave: false,
          findings: [
            { severity: 'stop', code: 'certificate_known', field: 'certificate', facts: {}, repair: null },
          ],
        }),
    }),
    async (page) => await page.locator('textarea').fill('-----BEGIN CERTIFICATE-----'),
  ),
  row(
    'renewal, the code',
    '/sso/renewal',
    'we just mailed to',
    () => ({ sso: anSsoState({ connection: live() }) }),
    async (page, say) => {
      await page.locator('textarea').fill('-----BEGIN CERTIFICATE-----');
      await page.getByRole('button', { name: say('Trust it beside the old one') }).click();
    },
  ),
  row('renewal, both trusted', '/sso/renewal', 'Make it active at', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
  })),
  row('renewal, tested with the old one', '/sso/renewal', 'then test again', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [renewedCertificate(), aTrustedCertificate()],
      lastTest: { attemptId: 'att_1', at: at(-minute), signedBy: aTrustedCertificate().fingerprint },
    }),
  })),
  row('renewal, in use', '/sso/renewal', 'The old one retires on', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [
        renewedCertificate({ firstUsedAt: at(-minute), lastUsedAt: at(-minute) }),
        aTrustedCertificate({ retiresAt: at(7 * day) }),
      ],
      lastTest: { attemptId: 'att_1', at: at(-minute), signedBy: renewedCertificate().fingerprint },
    }),
  })),
  row('renewal, a test that waits', '/sso/renewal?attempt=att_9', 'Waiting for', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
    attempts: [running(20_000)],
  })),
  row('renewal, a test that failed', '/sso/renewal?attempt=att_2', 'Test again', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({ certificates: [renewedCertificate(), aTrustedCertificate()] }),
    attempts: [aFailedAttempt('signature_unknown_key', { received: aCertificate().fingerprint })],
  })),
  row('renewal, by itself', '/sso/renewal', 'We took the new certificate', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      certificates: [
        aTrustedCertificate({ notAfter: at(700 * day), source: 'refresh', trustedAt: at(-8 * 3_600_000) }),
      ],
      metadata: { url: metadataUrl, fetchedAt: at(-8 * 3_600_000), failingSince: null, needsPersonFor: null },
    }),
  })),
  row('renewal, metadata that cannot be read', '/sso/renewal', 'would not reach us', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      metadata: {
        url: metadataUrl,
        fetchedAt: at(-9 * day),
        failingSince: at(-2 * day),
        needsPersonFor: 'gone',
      },
    }),
  })),
  row('renewal, metadata that is not signed as agreed', '/sso/renewal', 'not signed with the key', () => ({
    sso: anSsoState({ connection: live() }),
    renewal: aRenewalState({
      metadata: {
        url: metadataUrl,
        fetchedAt: at(-9 * day),
        failingSince: at(-2 * day),
        needsPersonFor: 'signature_refused',
      },
    }),
  })),
  row('renewal, of a client secret', '/sso/renewal', 'Enter the new secret', () => ({
    sso: anSsoState({
      guide: aGuide('okta-oidc'),
      connection: live({
        protocol: 'oidc',
        identityProvider: null,
        openIdProvider: { ...openIdProvider(), secretEndsOn: at(14 * day).slice(0, 10) },
      }),
    }),
    renewal: aRenewalState({ certificates: [], graceEndsAt: null }),
  })),
  row('renewal, nothing live', '/sso/renewal', 'so no certificate is in use', () => ({ sso: configured() })),
  row('renewal, waits', '/sso/renewal', 'Renewal of what ends', () => ({
    sso: anSsoState({ connection: live() }),
    silent: 'GET /sso/renewal',
  })),
  row('renewal, not reached', '/sso/renewal', 'Something broke on our side', () => ({
    sso: anSsoState({ connection: live() }),
    refusals: { 'GET /sso/renewal': broken },
  })),
];

await describeScreens('the screen of renewal', screens);
