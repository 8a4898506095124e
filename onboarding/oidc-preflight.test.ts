import { describe, expect, it } from 'vitest';
import { preflightOidc, type OidcPreflightContext, type TypedOidc } from './oidc-preflight.ts';

const now = new Date('2026-11-25T12:00:00Z');
const context = (change: Partial<OidcPreflightContext> = {}): OidcPreflightContext => ({
  ownPrefixes: ['https://auth.example/sso/'],
  allowsLoopback: false,
  guideId: null,
  hasSecret: false,
  now,
  ...change,
});

const good: TypedOidc = {
  discoveryUrl: 'https://idp.acme.test/.well-known/openid-configuration',
  clientId: 'the client',
  clientSecret: 'a secret',
  secretEndsOn: '',
};
/** What stands against it; that an address has its shape is said besides. */
const look = (typed: Partial<TypedOidc> = {}, change: Partial<OidcPreflightContext> = {}) =>
  preflightOidc({ ...good, ...typed }, context(change))
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, code, field, facts, repair }) => [severity, code, field, facts, repair] as const);

it('what is good has nothing against it, and its address the right shape', () => {
  expect(preflightOidc(good, context())).toEqual([
    {
      severity: 'ok',
      code: 'shape_right',
      field: 'discoveryUrl',
      facts: { host: 'idp.acme.test' },
      repair: null,
    },
  ]);
});

it('each field is looked at, in the order of the page', () => {
  const findings = look({ discoveryUrl: '', clientId: '', clientSecret: '', secretEndsOn: 'soon' });

  expect(findings.map(([, , field]) => field)).toEqual([
    'discoveryUrl',
    'clientId',
    'clientSecret',
    'secretEndsOn',
  ]);
});

describe('the discovery address', () => {
  it.each([
    ['', 'empty', {}, null],
    ['http://idp.acme.test', 'not_https', expect.anything(), expect.anything()],
    ['https://auth.example/sso/x', 'own_address', expect.anything(), null],
  ])('"%s" stops: %s', (discoveryUrl, code, facts, repair) => {
    const [finding, ...others] = look({ discoveryUrl });

    expect(others).toEqual([]);
    expect(finding).toMatchObject(['stop', code, 'discoveryUrl', facts, repair]);
  });

  it('that is an issuer stops, with the address of its document, and tells the provider', () => {
    expect(look({ discoveryUrl: '  https://acme.okta.com ' })).toEqual([
      [
        'stop',
        'issuer_as_discovery',
        'discoveryUrl',
        { provider: 'Okta' },
        'https://acme.okta.com/.well-known/openid-configuration',
      ],
    ]);
  });

  it('is read without the blanks of another alphabet around it, too', () => {
    expect(look({ discoveryUrl: '\u00a0https://acme.okta.com\u00a0' })).toMatchObject([
      ['stop', 'issuer_as_discovery', 'discoveryUrl', {}, expect.anything()],
    ]);
  });

  it('of a console has no repair', () => {
    expect(look({ discoveryUrl: 'https://entra.microsoft.com/' })).toMatchObject([
      ['stop', 'admin_console_page', 'discoveryUrl', {}, null],
    ]);
  });
});

const key = '-----BEGIN PRIVATE KEY-----';

describe.each(['clientId', 'clientSecret'] as const)('the %s', (field) => {
  it.each([
    ['nothing', ' ', 'empty', {}],
    ['a private key', key, 'private_key', {}],
    ['a certificate', '-----BEGIN CERTIFICATE-----', 'document_pasted', { kind: 'certificate' }],
    ['XML', '<a/>', 'document_pasted', { kind: 'xml' }],
    ['a page', '<html>', 'document_pasted', { kind: 'html' }],
    ['1001 characters', ` ${'é'.repeat(1001)} `, 'value_too_long', {}],
  ])('may not be %s', (_name, text, code, facts) => {
    expect(look({ [field]: text })).toEqual([['stop', code, field, facts, null]]);
  });

  it('may have 1000 characters', () => {
    expect(look({ [field]: ` ${'é'.repeat(1000)} ` })).toEqual([]);
  });
});

describe('the client id', () => {
  it('that is an address is unlikely, and may stay', () => {
    expect(look({ clientId: 'https://app.acme.test' })).toEqual([
      ['warn', 'client_id_unlikely', 'clientId', {}, null],
    ]);
  });
});

describe('the client secret', () => {
  it('may stay empty where one is kept already', () => {
    expect(look({ clientSecret: ' ' }, { hasSecret: true })).toEqual([]);
    expect(look({ clientSecret: key }, { hasSecret: true })).toEqual([
      ['stop', 'private_key', 'clientSecret', {}, null],
    ]);
  });

  it('is not the client id', () => {
    expect(look({ clientSecret: good.clientId })).toEqual([
      ['stop', 'client_id_as_secret', 'clientSecret', {}, null],
    ]);
  });

  it('is not its own id, which Entra shows beside it', () => {
    const clientSecret = '4f1c7a10-1111-4222-8333-444455556666';

    expect(look({ clientSecret }, { guideId: 'microsoft-entra-id-oidc' })).toEqual([
      ['stop', 'secret_id_as_secret', 'clientSecret', {}, null],
    ]);
    expect(look({ clientSecret })).toEqual([]);
  });

  it('appears in no finding', () => {
    const findings = look({ clientSecret: '<secret>hidden</secret>', clientId: '<secret>hidden</secret>' });

    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toContain('hidden');
  });
});

describe('the end of the secret', () => {
  const ends = (secretEndsOn: string) => look({ secretEndsOn });

  it.each([
    '25.11.2026',
    '2026-11-31',
    '2026-13-01',
    '2026-11-25T00:00',
    '12026-11-25',
    '+012026-11-25',
    'soon',
  ])('is a day as it is written in a form, not %s', (text) => {
    expect(ends(text)).toEqual([['stop', 'date_unreadable', 'secretEndsOn', {}, null]]);
  });

  it('is not past; the day itself counts', () => {
    expect(ends('2026-11-24')).toEqual([['stop', 'secret_ended', 'secretEndsOn', {}, null]]);
    expect(ends('2026-11-25')).toEqual([['warn', 'secret_ends_soon', 'secretEndsOn', { days: '0' }, null]]);
  });

  it('within thirty days is told, in whole days', () => {
    expect(ends(' 2026-12-24 ')).toEqual([
      ['warn', 'secret_ends_soon', 'secretEndsOn', { days: '29' }, null],
    ]);
    expect(ends('2026-12-25')).toEqual([]);
  });

  it('is past, and near, to the second', () => {
    const at = (secretEndsOn: string, text: string) =>
      look({ secretEndsOn }, { now: new Date(text) }).map(([, code]) => code);

    expect(at('2026-11-25', '2026-11-25T23:59:59Z')).toEqual(['secret_ends_soon']);
    expect(at('2026-11-25', '2026-11-26T00:00:00Z')).toEqual(['secret_ended']);
    expect(at('2026-12-25', '2026-11-25T23:59:59Z')).toEqual([]);
    expect(at('2026-12-25', '2026-11-26T00:00:00Z')).toEqual(['secret_ends_soon']);
  });
});
