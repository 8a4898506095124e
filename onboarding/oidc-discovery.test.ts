import { describe, expect, it } from 'vitest';
import { clientAuthOf, discoveryUrlOf, pinnedAlgOf, readDiscoveryDocument } from './oidc-discovery.ts';

const issuer = 'https://idp.test/tenant';
const url = `${issuer}/.well-known/openid-configuration`;
const good: Readonly<Record<string, unknown>> = {
  issuer,
  authorization_endpoint: 'https://idp.test/authorize',
  token_endpoint: 'https://tokens.test/token',
  jwks_uri: 'https://keys.test/jwks',
  userinfo_endpoint: 'https://idp.test/userinfo',
  response_types_supported: ['code', 'id_token'],
  id_token_signing_alg_values_supported: ['HS384', 'ES256', 'RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
};

const read = (change: Readonly<Record<string, unknown>> = {}, from = url, allowsHttp = false) =>
  readDiscoveryDocument({ ...good, ...change }, { url: from, allowsHttp });
const toldOf = (...input: Parameters<typeof read>) =>
  read(...input).remarks.map(({ severity, code }) => `${severity}:${code}`);

/** `undefined` takes a field away, as JSON has no such value. */
const without = (name: string) => ({ [name]: undefined });

describe('a good discovery document', () => {
  it('gives what is kept of it, endpoints on other hosts too', () => {
    expect(read().server).toEqual({
      issuer,
      authorizationEndpoint: 'https://idp.test/authorize',
      tokenEndpoint: 'https://tokens.test/token',
      jwksUri: 'https://keys.test/jwks',
      userinfoEndpoint: 'https://idp.test/userinfo',
      endSessionEndpoint: null,
      tokenAuthMethods: ['client_secret_post', 'none'],
      tokenAlgs: ['HS384', 'ES256', 'RS256'],
      namesItself: false,
    });
    expect(toldOf()).toEqual(['ok:weak_algorithms_offered']);
  });

  it('says where it names itself in its answers, by true and by nothing else [OIDC-03]', () => {
    const names = (value: unknown) =>
      read({ authorization_response_iss_parameter_supported: value }).server?.namesItself;

    expect([true, 'true', 1, false].map(names)).toEqual([true, false, false, false]);
  });

  it('is kept to its texts, and twenty of each kind', () => {
    const many = Array.from({ length: 30 }, (_, at) => `RS${at}`);
    const { server } = read({
      id_token_signing_alg_values_supported: [7, 'RS256', ...many],
      token_endpoint_auth_methods_supported: [null, 'client_secret_post', ...many],
    });

    expect(server?.tokenAlgs).toEqual(['RS256', ...many.slice(0, 19)]);
    expect(server?.tokenAuthMethods).toEqual(['client_secret_post', ...many.slice(0, 19)]);
  });

  it('is told of algorithms that anybody could sign with, where it offers them beside a good one [OIDC-05]', () => {
    const notesOn = (...algs: string[]) => read({ id_token_signing_alg_values_supported: algs }).remarks;

    expect(notesOn('RS256', 'none', 'HS256', 'ES256')).toEqual([
      {
        severity: 'ok',
        code: 'weak_algorithms_offered',
        repair: null,
        facts: { received: ['none', 'HS256'] },
      },
    ]);
    expect(notesOn('RS256', 'ES256')).toEqual([]);
    expect(notesOn('HS256', 'none').map(({ code }) => code)).toEqual(['no_accepted_algorithm']);
  });

  it('pins the first algorithm of ours that is offered, whatever is listed first [OIDC-05]', () => {
    expect(pinnedAlgOf({ tokenAlgs: ['HS256', 'none', 'ES256', 'RS256'] })).toBe('RS256');
    expect(pinnedAlgOf({ tokenAlgs: ['HS256', 'PS384', 'ES256'] })).toBe('ES256');
    expect(pinnedAlgOf({ tokenAlgs: ['HS256', 'none', 'RS384'] })).toBeUndefined();
  });

  it('is proved to by a secret, by a key of ours where it takes no secret, and never by nothing [OIDC-08]', () => {
    const of = (...tokenAuthMethods: string[]) => clientAuthOf({ tokenAuthMethods });

    expect(of('private_key_jwt', 'client_secret_post')).toBe('client_secret_post');
    expect(of('client_secret_post', 'client_secret_basic')).toBe('client_secret_basic');
    expect(of('none', 'private_key_jwt')).toBe('private_key_jwt');
    expect(of('none', 'tls_client_auth')).toBeUndefined();
    expect(read(without('token_endpoint_auth_methods_supported')).server?.tokenAuthMethods).toEqual([
      'client_secret_basic',
    ]);
  });
});

describe('the issuer is the one that the address belongs to, to the letter [OIDC-04]', () => {
  it('may end in a slash that its document’s address drops', () => {
    expect(read({ issuer: `${issuer}/` }).server?.issuer).toBe(`${issuer}/`);
    expect(toldOf({ issuer: `${issuer}/` })).toEqual(['ok:weak_algorithms_offered']);
  });

  it.each([
    ['on another host', 'https://evil.test/tenant'],
    ['with a letter of another case in its host', 'https://IDP.test/tenant'],
    ['with the default port', 'https://idp.test:443/tenant'],
    ['of another path', 'https://idp.test/other'],
    ['of a path below', 'https://idp.test/tenant/v2.0'],
    ['with two slashes at its end', `${issuer}//`],
    ['over http', 'http://idp.test/tenant'],
    ['that is no address', 'tenant'],
  ])('%s is refused', (_what, received) => {
    const { remarks } = read({ issuer: received });

    expect(remarks[0]).toMatchObject({
      severity: 'stop',
      code: 'issuer_differs',
      facts: { expected: issuer, received },
    });
  });

  it('offers the address of an issuer on the same host, and of no other', () => {
    const repairOf = (received: string) => read({ issuer: received }).remarks[0]?.repair;

    expect(repairOf('https://idp.test/other')).toBe(
      'https://idp.test/other/.well-known/openid-configuration',
    );
    expect(repairOf('https://evil.test/tenant')).toBeNull();
  });

  it.each(['https://idp.test/{tenantid}/v2.0', 'https://{host}/tenant'])(
    'is never matched by a blank in it: %s',
    (received) => {
      expect(read({ issuer: received }).remarks[0]).toMatchObject({
        severity: 'stop',
        code: 'issuer_template',
        facts: { received },
      });
    },
  );
});

describe('an endpoint is an absolute https address [OIDC-04]', () => {
  const names = [
    'authorization_endpoint',
    'token_endpoint',
    'jwks_uri',
    'userinfo_endpoint',
    'end_session_endpoint',
  ];
  const addresses = [
    '/relative',
    'http://idp.test/x',
    'javascript:alert(1)',
    'https://user:pw@idp.test/x',
    'https://user@idp.test/x',
    'https://:pw@idp.test/x',
    'https://idp.test/x#fragment',
  ];

  it.each(names.flatMap((name) => addresses.map((address) => [name, address] as const)))(
    '%s %s is refused',
    (name, received) => {
      const { remarks } = read({ [name]: received });

      expect(remarks[0]).toMatchObject({
        severity: 'stop',
        code: 'endpoint_refused',
        facts: { name, received },
      });
    },
  );

  it('takes http where a sandbox may, and the rest of the rule all the same', () => {
    const http = { authorization_endpoint: 'http://127.0.0.1/authorize' };

    expect(toldOf(http, url, true)).toEqual(['ok:weak_algorithms_offered']);
    expect(toldOf({ token_endpoint: 'ftp://127.0.0.1/x' }, url, true)).toContain('stop:endpoint_refused');
  });

  it.each(['authorization_endpoint', 'token_endpoint', 'jwks_uri'])('%s must be there', (name) => {
    const { remarks, server } = read(without(name));

    expect(remarks[0]).toMatchObject({ severity: 'stop', code: 'endpoint_missing', facts: { name } });
    expect(server).toBeUndefined();
  });
});

describe('what stops a document', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no issuer', without('issuer'), 'stop:discovery_not_oidc'],
    ['an issuer that is no text', { issuer: 7 }, 'stop:discovery_not_oidc'],
    ['an issuer without end', { issuer: 'x'.repeat(2001) }, 'stop:discovery_not_oidc'],
    ['an issuer without a letter', { issuer: '' }, 'stop:discovery_not_oidc'],
    ['no kinds of answer', without('response_types_supported'), 'stop:discovery_not_oidc'],
    ['an OAuth document', without('id_token_signing_alg_values_supported'), 'stop:discovery_not_oidc'],
    [
      'a text where a list belongs',
      { id_token_signing_alg_values_supported: 'RS256' },
      'stop:discovery_not_oidc',
    ],
    ['implicit flow only [OIDC-01]', { response_types_supported: ['id_token'] }, 'stop:no_code_flow'],
    ['hybrid flow only [OIDC-01]', { response_types_supported: ['code id_token'] }, 'stop:no_code_flow'],
    [
      'HS256 only [OIDC-05]',
      { id_token_signing_alg_values_supported: ['HS256'] },
      'stop:no_accepted_algorithm',
    ],
    [
      'no signature only [OIDC-05]',
      { id_token_signing_alg_values_supported: ['none'] },
      'stop:no_accepted_algorithm',
    ],
    [
      'mutual TLS only [OIDC-08]',
      { token_endpoint_auth_methods_supported: ['tls_client_auth'] },
      'stop:client_auth_unsupported',
    ],
  ])('%s', (_what, change, told) => {
    expect(toldOf(change)).toContain(told);
  });

  it.each([
    ['no_code_flow', 'response_types_supported', ['id_token']],
    ['no_accepted_algorithm', 'id_token_signing_alg_values_supported', ['HS256']],
    ['client_auth_unsupported', 'token_endpoint_auth_methods_supported', ['tls_client_auth']],
  ])('%s is told with what was found, and no more than twenty of it', (code, name, found) => {
    const factsOf = (received: string[]) =>
      read({ [name]: received }).remarks.find((remark) => remark.code === code)?.facts;
    const many = Array.from({ length: 30 }, (_, at) => `${found[0]} ${at}`);

    expect(factsOf(found)).toEqual({ received: found });
    expect(factsOf(many)).toEqual({ received: many.slice(0, 20) });
  });

  it('an issuer may have 2000 characters', () => {
    const longest = issuer.padEnd(2000, 'x');

    expect(read({ issuer: longest }).server?.issuer).toBe(longest);
  });

  it.each([null, undefined, [], 'text', 7])('%j is no document at all', (document) => {
    expect(readDiscoveryDocument(document, { url, allowsHttp: false })).toMatchObject({
      server: undefined,
      remarks: [{ severity: 'stop', code: 'discovery_not_oidc' }],
    });
  });

  it('is told in words that are short and hold no control characters', () => {
    const received = `https://idp.test/\u0007${'x'.repeat(500)}`;
    const fact = read({ issuer: received }).remarks[0]?.facts['received'];

    expect(fact).toBe(`https://idp.test/ ${'x'.repeat(500)}`.slice(0, 300));
  });
});

it('completes an issuer to the address of its document, and leaves such an address alone', () => {
  expect(discoveryUrlOf(` ${issuer}/ `)).toBe(url);
  expect(discoveryUrlOf(url)).toBe(url);
});

it('notes that there is no user info, which stands in nobody’s way', () => {
  expect(toldOf(without('userinfo_endpoint'))).toContain('ok:no_user_info');
});
