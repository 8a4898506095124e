import { describe, expect, it } from 'vitest';
import {
  aConnection,
  aGuide,
  aMetadataCheck,
  aRenewalState,
  aSession,
  aTrustedCertificate,
  anSsoState,
  at,
  identityProvider,
  openIdProvider,
} from '../../../test/support/setup-builders.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const day = 86_400_000;
const live = (change = {}) =>
  anSsoState({
    connection: aConnection({
      chip: 'live',
      identityProvider: identityProvider(),
      activatedAt: at(-300 * day),
      ...change,
    }),
  });
const renewed = (change = {}) =>
  aTrustedCertificate({
    id: 'cert_2',
    source: 'renewal',
    fingerprint: 'AA:BB:9F:2C',
    notAfter: at(700 * day),
    trustedAt: at(-600_000),
    firstUsedAt: null,
    lastUsedAt: null,
    ...change,
  });

describe('a certificate that ends', () => {
  it('says in how many days, where the new one is made, and how long the old one is taken after its end', async () => {
    const { page } = await openPage('/sso/renewal', { sso: live() });
    expect(page.get('h1').text()).toMatch(
      /^The signing certificate of Entra ends in 14 days \(\d+ \w+ \d{4}\)$/,
    );
    expect(page.text()).toContain('Single sign-on → SAML Certificates → Edit');

    const ended = await openPage('/sso/renewal', {
      sso: live(),
      renewal: aRenewalState({
        certificates: [aTrustedCertificate({ notAfter: at(-2 * day) })],
        graceEndsAt: at(28 * day),
      }),
    });
    expect(ended.page.get('h1').text()).toContain('The signing certificate of Entra ended on');
    expect(ended.page.text()).toMatch(/We take it until \d+ \w+ \d{4}/);
  });

  it('is renewed with a code: what was typed is looked at first, and sent as it is', async () => {
    const { page, fake } = await openPage('/sso/renewal', { sso: live() });

    await page.get('textarea').setValue('the new certificate');
    await buttonOf(page, 'Trust it beside the old one').trigger('click');
    await settle();
    expect(sent(fake, 'POST', '/sso/renewal/check').at(-1)).toEqual({ text: 'the new certificate' });
    expect(sent(fake, 'POST', '/codes')).toMatchObject([{ act: 'renew_certificate' }]);
    const dialog = document.querySelector('[role=dialog], [role=alertdialog]');
    const code = dialog?.querySelector('input');
    if (code instanceof HTMLInputElement) {
      code.value = '123456';
      code.dispatchEvent(new Event('input', { bubbles: true }));
    }
    [...(dialog?.querySelectorAll('button') ?? [])]
      .find((button) => button.textContent?.trim() === 'Continue')
      ?.click();
    await settle();

    expect(sent(fake, 'POST', '/sso/renewal')).toEqual([
      { text: 'the new certificate', accepted: false, code: '123456' },
    ]);
  });

  it('what stops it stands at the field, and nothing is sent', async () => {
    const { page, fake } = await openPage('/sso/renewal', {
      sso: live(),
      renewalCheck: () =>
        aMetadataCheck({
          canSave: false,
          findings: [
            { severity: 'stop', code: 'certificate_known', field: 'certificate', facts: {}, repair: null },
          ],
        }),
    });

    await buttonOf(page, 'Trust it beside the old one').trigger('click');
    await settle();
    expect(page.text()).toContain('Paste the new certificate first.');
    await page.get('textarea').setValue('the old one');
    await buttonOf(page, 'Trust it beside the old one').trigger('click');
    await settle();

    expect(page.text()).toContain('This one is trusted already. Copy the new certificate.');
    expect(sent(fake, 'POST', '/codes')).toEqual([]);
  });

  it('once both are trusted, the test says whether the new one signed', async () => {
    const old = aTrustedCertificate();
    const certificates = [renewed(), old];
    const lastTest = (signedBy: string) => ({ attemptId: 'att_1', at: at(-60_000), signedBy });
    const { page } = await openPage('/sso/renewal', {
      sso: live(),
      renewal: aRenewalState({ certificates, lastTest: lastTest(old.fingerprint) }),
    });
    expect(page.get('h1').text()).toBe('Both certificates are trusted');
    expect(page.text()).toContain('Signed with the old certificate');

    const { page: later } = await openPage('/sso/renewal', {
      sso: live(),
      renewal: aRenewalState({
        certificates: [
          renewed({ firstUsedAt: at(-60_000), lastUsedAt: at(-60_000) }),
          { ...old, retiresAt: at(7 * day) },
        ],
        lastTest: lastTest('AA:BB:9F:2C'),
      }),
    });
    expect(later.get('h1').text()).toBe('The new certificate is in use');
    expect(later.text()).toContain('Signed with the new certificate (…9F2C)');
    expect(later.text()).toMatch(/The old one retires on \d+ \w+ \d{4}/);
  });

  it('with a metadata URL there is nothing to do, unless it cannot be read', async () => {
    const metadata = {
      url: 'https://idp.acme.example/md',
      fetchedAt: at(-3_600_000),
      failingSince: null,
      needsPersonFor: null,
    };
    const { page } = await openPage('/sso/renewal', { sso: live(), renewal: aRenewalState({ metadata }) });
    expect(page.text()).toContain('Nothing to do');
    expect(page.find('textarea').exists()).toBe(false);

    const { page: failing } = await openPage('/sso/renewal', {
      sso: live(),
      renewal: aRenewalState({ metadata: { ...metadata, failingSince: at(-2 * day) } }),
    });
    expect(failing.text()).toContain('Its address: https://idp.acme.example/md');
    expect(failing.find('textarea').exists()).toBe(true);
  });

  it.each([
    ['signature_refused', 'not signed with the key that was agreed'],
    ['endpoint_differs', 'names another address for sign-ins'],
    ['entity_differs', 'describes another identity provider'],
  ] as const)(
    'metadata that needs a person says what for: %s [MD-08] [MD-09]',
    async (needsPersonFor, said) => {
      const { page } = await openPage('/sso/renewal', {
        sso: live(),
        renewal: aRenewalState({
          metadata: {
            url: 'https://idp.acme.example/md',
            fetchedAt: at(-3_600_000),
            failingSince: at(-day),
            needsPersonFor,
          },
        }),
      });

      expect(page.text()).toContain(said);
      expect(page.text()).toContain('Its address: https://idp.acme.example/md');
    },
  );

  it('a link whose work is done shows it and changes nothing', async () => {
    const { page } = await openPage('/sso/renewal', { sso: live(), session: aSession({ readOnly: true }) });

    expect(page.find('textarea').exists()).toBe(false);
    expect(page.text()).not.toContain('Test sign-in');
  });
});

describe('a client secret that ends', () => {
  it('is entered as a change beside the one in use', async () => {
    const { page, fake } = await openPage('/sso/renewal', {
      sso: {
        ...live({
          protocol: 'oidc',
          identityProvider: null,
          openIdProvider: { ...openIdProvider(), secretEndsOn: at(14 * day).slice(0, 10) },
        }),
        guide: aGuide('okta-oidc'),
      },
      renewal: aRenewalState({ certificates: [], graceEndsAt: null }),
    });
    expect(page.get('h1').text()).toContain('The client secret of Okta ends in 14 days');

    await buttonOf(page, 'Enter the new secret').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/draft')).toEqual([{}]);
  });
});

it('where nothing is live the page leads to the set-up', async () => {
  const { page } = await openPage('/sso/renewal', { sso: anSsoState() });

  expect(page.get('h1').text()).toBe('Nothing to renew yet');
  expect(buttonOf(page, 'Go on with the set-up').attributes('href')).toBe('/sso');
});
