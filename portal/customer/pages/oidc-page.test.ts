import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { VueWrapper } from '@vue/test-utils';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import {
  aConnection,
  aGuide,
  anOidcCheck,
  anSsoState,
  openIdProvider,
} from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const discoveryUrl = 'https://idp.acme.example/.well-known/openid-configuration';
const secret = 'a secret of the client';
const stateWith = (change: object = {}) =>
  anSsoState({
    guide: aGuide('custom-oidc'),
    connection: aConnection({ providerId: 'custom-oidc', protocol: 'oidc', ...change }),
  });

async function fill(page: VueWrapper, selector: string, text: string): Promise<void> {
  await page.get(selector).setValue(text);
  vi.advanceTimersByTime(400);
  await settle();
}
async function fillAll(page: VueWrapper): Promise<void> {
  await fill(page, 'input[type=url]', discoveryUrl);
  await fill(page, 'input:not([type=url]):not([type=password]):not([type=date])', 'the client');
  await fill(page, 'input[type=password]', secret);
}

it('a guide of OpenID Connect asks for its address, client and secret, looks at them and saves', async () => {
  const { page, fake } = await openPage('/sso/metadata', { sso: stateWith() });

  await fillAll(page);
  expect(page.text()).toContain('Reached in 0.4 s');
  expect(page.text()).toContain('Issuer https://idp.acme.example, ID tokens signed with RS256');
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();

  expect(sent(fake, 'POST', '/sso/oidc')).toEqual([
    { discoveryUrl, clientId: 'the client', clientSecret: secret, secretEndsOn: '', accepted: false },
  ]);
});

it('the secret is no draft', async () => {
  const { page, fake } = await openPage('/sso/metadata', { sso: stateWith() });

  await fillAll(page);
  await page.get('input[type=url]').trigger('blur');
  vi.advanceTimersByTime(5000);
  await settle();

  const drafts = sent(fake, 'PUT', '/sso/drafts');
  expect(drafts.at(-1)).toEqual({ discoveryUrl, clientId: 'the client' });
  expect(JSON.stringify(drafts)).not.toContain(secret);
});

it('what stops stands at its field, and nothing is sent', async () => {
  const { page, fake } = await openPage('/sso/metadata', { sso: stateWith() });

  await fill(page, 'input[type=url]', 'http://idp.acme.example/');

  expect(page.text()).toContain('The address must start with https.');
  expect(sent(fake, 'POST', '/sso/oidc/check')).toEqual([]);
});

it.each<[string, string, Record<string, string | number | string[]>, string]>([
  [
    'what was offered',
    'client_auth_unsupported',
    { received: ['tls_client_auth', 'none'] },
    'It offers tls_client_auth, none.',
  ],
  [
    'of an address that refuses that it answered',
    'discovery_unreachable',
    { host: 'idp.acme.example', status: 500 },
    'idp.acme.example answered with 500 and no document.',
  ],
])('says in words %s', async (_what, code, facts, words) => {
  const finding = { severity: 'stop', code, field: 'discoveryUrl', repair: null } as const;
  const { page } = await openPage('/sso/metadata', {
    sso: stateWith(),
    oidcCheck: () => anOidcCheck({ canSave: false, findings: [{ ...finding, facts }] }),
  });

  await fillAll(page);

  expect(page.text()).toContain(words);
});

it('amber wants a yes before it is saved', async () => {
  const { page, fake } = await openPage('/sso/metadata', {
    sso: stateWith(),
    oidcCheck: () =>
      anOidcCheck({
        needsAccepting: true,
        findings: [
          {
            severity: 'warn',
            code: 'secret_ends_soon',
            field: 'secretEndsOn',
            facts: { days: '5' },
            repair: null,
          },
        ],
      }),
  });
  await fillAll(page);
  expect(page.text()).toContain('The secret ends in 5 days.');

  await buttonOf(page, 'Save and continue').trigger('click');
  expect(sent(fake, 'POST', '/sso/oidc')).toEqual([]);
  await page.get('input[type=checkbox]').setValue(true);
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();

  expect(sent(fake, 'POST', '/sso/oidc')).toMatchObject([{ accepted: true }]);
});

it('says of a secret that is kept since when, and keeps it when the field stays empty', async () => {
  const { page, fake } = await openPage('/sso/metadata', {
    sso: stateWith({ openIdProvider: openIdProvider() }),
  });

  expect(page.text()).toMatch(/Set on .*2026 · ends on .*2027/);
  await fill(page, 'input[type=url]', discoveryUrl);
  await fill(page, 'input:not([type=url]):not([type=password]):not([type=date])', 'the client');
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();

  expect(sent(fake, 'POST', '/sso/oidc')).toMatchObject([{ clientSecret: '' }]);
});

it('a provider that our key proves us to is asked for no secret, unless its document wants one', async () => {
  const sso = anSsoState({
    guide: aGuide('login-gov'),
    connection: aConnection({ providerId: 'login-gov', protocol: 'oidc' }),
  });
  const { page, fake } = await openPage('/sso/metadata', { sso });
  const clientId = 'urn:gov:gsa:openidconnect.profiles:sp:sso:agency:app';

  expect(page.find('input[type=password]').exists()).toBe(false);
  expect(page.find('input[type=date]').exists()).toBe(false);
  await fill(page, 'input:not([type=url])', clientId);
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();

  expect(sent(fake, 'POST', '/sso/oidc')).toEqual([
    {
      discoveryUrl: 'https://secure.login.gov/.well-known/openid-configuration',
      clientId,
      clientSecret: '',
      secretEndsOn: '',
      accepted: false,
    },
  ]);

  const other = await openPage('/sso/metadata', {
    sso,
    oidcCheck: () =>
      anOidcCheck({
        canSave: false,
        findings: [{ severity: 'stop', code: 'empty', field: 'clientSecret', facts: {}, repair: null }],
      }),
  });
  await fill(other.page, 'input:not([type=url])', clientId);
  expect(other.page.find('input[type=password]').exists()).toBe(true);
});
