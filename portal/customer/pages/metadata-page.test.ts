import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import {
  aConnection,
  aMetadataCheck,
  anSsoState,
  identityProvider,
  metadataUrl,
} from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, pressContinueKey, sent, settle } from '../testing/open-page.ts';
import type { VueWrapper } from '@vue/test-utils';

const openPage = pageOpener(createFakeSetupApi);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Types, and lets the pause after typing pass. */
async function type(page: VueWrapper, text: string, selector = 'input[type=url]'): Promise<void> {
  await page.get(selector).setValue(text);
  vi.advanceTimersByTime(400);
  await settle();
}

describe('giving us the provider’s side', () => {
  it('stops what cannot work while typing, without asking the server', async () => {
    const { page, fake } = await openPage('/sso/metadata');

    await type(page, 'http://login.microsoftonline.com/x');

    expect(page.text()).toContain('The address must start with https.');
    expect(sent(fake, 'POST', '/sso/metadata/check')).toEqual([]);
  });

  it('offers the right value where it follows from what was typed', async () => {
    const { page } = await openPage('/sso/metadata');
    await type(page, 'http://login.microsoftonline.com/x');

    await buttonOf(page, 'Use https://login.microsoftonline.com/x').trigger('click');
    await settle();

    expect((page.get('input[type=url]').element as HTMLInputElement).value).toBe(
      'https://login.microsoftonline.com/x',
    );
  });

  it('tells what was found, a line each, and saves', async () => {
    const { page, fake } = await openPage('/sso/metadata');

    await type(page, metadataUrl);
    expect(page.text()).toContain('Reached in 0.4 s');
    expect(page.text()).toContain('From Microsoft Entra ID');
    expect(page.text()).toMatch(/1 certificate, until \d+ \w+ \d{4}/);
    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/metadata')).toEqual([
      { way: 'metadata_url', url: metadataUrl, signingCertificate: '', accepted: false },
    ]);
  });

  it.each([
    [{ reason: 'could_not_connect' }, 'We can’t reach this address from the internet.'],
    [{ reason: 'answered_4xx', status: 404 }, 'idp.acme.example answered with 404 and no metadata.'],
    [{ reason: 'redirected', status: 302 }, 'This address leads on and on.'],
    [{ reason: 'too_large' }, 'What idp.acme.example sends is larger than metadata ever is.'],
    [{ reason: 'too_slow' }, 'idp.acme.example took too long to answer.'],
    [{ reason: 'tls_failed' }, 'idp.acme.example has no certificate that browsers trust'],
  ])('says of an address that gives no metadata what it does instead: %j', async (facts, words) => {
    const finding = { severity: 'stop', code: 'metadata_unreachable', field: 'url', repair: null } as const;
    const { page } = await openPage('/sso/metadata', {
      check: () =>
        aMetadataCheck({
          canSave: false,
          findings: [{ ...finding, facts: { host: 'idp.acme.example', ...facts } }],
        }),
    });

    await type(page, metadataUrl);

    expect(page.text()).toContain(words);
  });

  it('leads whoever wants to go on to the field that stops it', async () => {
    const { page } = await openPage('/sso/metadata');
    await type(page, 'http://login.microsoftonline.com/x');

    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();

    expect(document.activeElement).toBe(page.get('main input[type=url]').element);
  });

  it('amber wants “Use it anyway” before it is saved', async () => {
    const { page, fake } = await openPage('/sso/metadata', {
      check: () =>
        aMetadataCheck({
          needsAccepting: true,
          findings: [{ severity: 'warn', code: 'app_id_missing', field: 'url', facts: {}, repair: null }],
        }),
    });
    await type(page, metadataUrl);
    expect(page.text()).toContain(
      'No app id in the address: this is the tenant’s certificate, not your app’s.',
    );

    await buttonOf(page, 'Save and continue').trigger('click');
    await pressContinueKey();
    expect(sent(fake, 'POST', '/sso/metadata')).toEqual([]);
    await page.get('input[type=checkbox]').setValue(true);
    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/metadata')).toEqual([
      { way: 'metadata_url', url: metadataUrl, signingCertificate: '', accepted: true },
    ]);
  });

  it('recognises another provider’s metadata and offers its guide', async () => {
    const check = aMetadataCheck();
    const { page, fake } = await openPage('/sso/metadata', {
      check: () => ({
        ...check,
        summary: check.summary && { ...check.summary, providerId: 'okta', providerName: 'Okta' },
      }),
    });
    await type(page, 'https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata');
    expect(page.text()).toContain('This is Okta’s metadata.');

    await buttonOf(page, 'Switch to the Okta guide').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/provider')).toEqual([{ providerId: 'okta' }]);
  });

  it('asks which of several identity providers it is, and looks again at the chosen one', async () => {
    const { page, fake } = await openPage('/sso/metadata', {
      check: (body) =>
        'entityId' in body && body.entityId !== undefined
          ? aMetadataCheck()
          : aMetadataCheck({
              canSave: false,
              summary: null,
              findings: [
                {
                  severity: 'stop',
                  code: 'metadata_several_entities',
                  field: 'url',
                  facts: {},
                  repair: null,
                },
              ],
              entities: ['https://one.acme.com', 'https://two.acme.com'],
            }),
    });
    await type(page, metadataUrl);

    expect(page.text().match(/Several identity providers are in one file/g)).toHaveLength(1);

    await page.get('input[value="https://two.acme.com"]').setValue(true);
    vi.advanceTimersByTime(400);
    await settle();

    expect(sent(fake, 'POST', '/sso/metadata/check').at(-1)).toEqual({
      way: 'metadata_url',
      url: metadataUrl,
      signingCertificate: '',
      entityId: 'https://two.acme.com',
    });
  });

  it('moves a document pasted as an address to where it belongs', async () => {
    const { page, fake } = await openPage('/sso/metadata');

    await page.get('input[type=url]').setValue('<EntityDescriptor entityID="x"/>');
    await page.get('input[type=url]').trigger('paste');
    await settle();

    expect(sent(fake, 'POST', '/sso/metadata/check').at(-1)).toEqual({
      way: 'metadata_file',
      text: '<EntityDescriptor entityID="x"/>',
    });
    expect(page.text()).toContain('Read and checked');
  });

  it('says at the pasted text, not at the file, what stops it', async () => {
    const { page } = await openPage('/sso/metadata');
    await page.findAll('input[type=radio]')[1]?.setValue(true);
    page.get('details').element.open = true;
    await page.get('details').trigger('toggle');

    await type(page, '<html>', 'textarea');

    const problem = page.get('#' + String(page.get('textarea').attributes('aria-describedby')));
    expect(problem.text()).toBe('This is a web page, not metadata. Copy the metadata itself.');
    expect(page.text().match(/This is a web page/g)).toHaveLength(1);
  });

  it('takes a certificate’s file in DER as if its base64 was pasted', async () => {
    const { page, fake } = await openPage('/sso/metadata');
    await page.findAll('input[type=radio]')[2]?.setValue(true);
    const file = new File(
      [new Uint8Array([0x30, 0x82, 0x01, 0x00, ...Array<number>(60).fill(0xff)])],
      'idp.cer',
    );
    Object.defineProperty(page.get('input[type=file]').element, 'files', { value: [file] });

    await page.get('input[type=file]').trigger('change');
    await vi.waitFor(() =>
      expect((page.get('textarea').element as HTMLTextAreaElement).value).toMatch(/^MIIBAP/),
    );
    await type(page, 'https://idp.acme.com/sso');
    await type(page, 'https://idp.acme.com', 'input[type=text]');

    expect(sent(fake, 'POST', '/sso/metadata/check').at(-1)).toMatchObject({
      way: 'manual',
      certificate: expect.stringMatching(/^MIIBAP/) as string,
    });
  });

  it('a private key pasted by mistake leaves the browser neither as a draft nor as a check', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
    const { page, fake } = await openPage('/sso/metadata');
    await page.findAll('input[type=radio]')[2]?.setValue(true);

    await type(page, key, 'textarea');
    vi.advanceTimersByTime(800);
    await settle();

    expect(page.text()).toContain('This is a private key; we did not keep it.');
    expect(JSON.stringify(fake.requests)).not.toContain('MIIE');
  });

  it('can hold the metadata of an address to a key, and shows the one it is held to [MD-09]', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    const held = anSsoState({
      connection: aConnection({
        identityProvider: {
          ...identityProvider(),
          metadataKey: { pem, fingerprint: 'AA:BB:CC:DD:EE:FF' },
        },
      }),
    });
    const { page, fake } = await openPage('/sso/metadata', { sso: held });

    expect(page.text()).toContain('certificate …EEFF; anything else there is refused');
    expect(page.get('details').attributes('open')).toBeDefined();
    expect((page.get('textarea').element as HTMLTextAreaElement).value).toBe(pem);
    await type(page, metadataUrl);
    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();

    expect(sent(fake, 'POST', '/sso/metadata')).toEqual([
      { way: 'metadata_url', url: metadataUrl, signingCertificate: pem, accepted: false },
    ]);
  });

  it('a private key in place of the metadata’s certificate never leaves the browser [MD-04]', async () => {
    const { page, fake } = await openPage('/sso/metadata');
    await type(page, metadataUrl);

    await type(page, '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', 'textarea');
    vi.advanceTimersByTime(800);
    await settle();

    expect(page.text()).toContain('This is a private key; we did not keep it.');
    expect(JSON.stringify(fake.requests)).not.toContain('MIIE');
  });

  it('keeps what was typed and fills it in on the next visit', async () => {
    const { page, fake } = await openPage('/sso/metadata', {
      sso: anSsoState({
        drafts: {
          way: 'metadata_url',
          metadataUrl: 'https://a.example/m',
          metadataText: '',
          entityId: '',
          ssoUrl: '',
          certificate: '',
          signingCertificate: '',
          discoveryUrl: '',
          clientId: '',
          secretEndsOn: '',
        },
      }),
    });
    expect((page.get('input[type=url]').element as HTMLInputElement).value).toBe('https://a.example/m');

    await page.get('input[type=url]').setValue('https://b.example/m');
    vi.advanceTimersByTime(800);
    await settle();

    expect(sent(fake, 'PUT', '/sso/drafts')).toContainEqual(
      expect.objectContaining({ metadataUrl: 'https://b.example/m' }),
    );
  });

  it('an empty field is no mistake before somebody wants to go on', async () => {
    const { page } = await openPage('/sso/metadata');
    await page.findAll('input[type=radio]')[2]?.setValue(true);
    await type(page, 'https://login.microsoftonline.com/x/saml2');
    expect(page.text()).not.toContain('Nothing here yet.');

    await buttonOf(page, 'Save and continue').trigger('click');
    await settle();

    expect(page.text()).toContain('Nothing here yet.');
  });
});
