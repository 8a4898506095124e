import { exportPKCS8, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { oidcChecks } from '../../onboarding/sign-in-checks.ts';
import {
  answer,
  aProvider,
  claims,
  issuer,
  now,
  nowS,
  refused,
  trust,
  verdictOn,
} from '../../test/support/oidc-verdicts.ts';

describe('a good answer', () => {
  it('gives the claims, the key and every check [OIDC-05]', async () => {
    const { party, asked } = aProvider();

    const verdict = await party.verify(trust(), answer());

    expect(verdict).toMatchObject({
      ok: true,
      claims,
      keyId: 'first',
      checks: oidcChecks.map((check) => ({ check, passed: true })),
    });
    expect(asked.map(({ path }) => path)).toEqual(['/token', '/jwks']);
  });

  it('is judged by the clock that was handed in, whatever the machine’s says', async () => {
    const later = new Date('2036-11-25T12:00:00Z');
    const laterS = later.getTime() / 1000;
    const ahead = aProvider({ claims: { iat: laterS, exp: laterS + 300 } });
    const aboutOver = aProvider({ claims: { exp: nowS - 58 } });

    expect(await ahead.party.verify(trust(), { ...answer(), now: later, startedAt: later })).toMatchObject({
      ok: true,
    });
    expect(await aboutOver.party.verify(trust(), answer())).toMatchObject({ ok: true });
    for (const { asked } of [ahead, aboutOver]) {
      expect(asked.map(({ path }) => path)).toEqual(['/token', '/jwks']);
    }
  });

  it('comes over plain http in a sandbox that may use this machine, and nowhere else', async () => {
    const plain = { tokenEndpoint: 'http://idp.test/token', jwksUri: 'http://idp.test/jwks' };

    expect(await verdictOn({}, answer(), trust({ sandboxLoopback: true }, plain))).toMatchObject({
      ok: true,
    });
    expect(await verdictOn({}, answer(), trust({ sandboxLoopback: false }, plain))).toMatchObject({
      ok: false,
    });
  });

  it('is exchanged with the PKCE verifier, as the connection proves itself [OIDC-01] [OIDC-08]', async () => {
    const { party, asked } = aProvider();

    await party.verify(trust(), answer());

    const { request } = asked[0] ?? {};
    expect(request).toMatchObject({
      feature: 'token',
      organizationId: 'org_1',
      sandboxLoopback: false,
      method: 'POST',
    });
    expect(request?.headers).not.toHaveProperty('user-agent');
    expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
      grant_type: 'authorization_code',
      code: 'the code',
      redirect_uri: 'https://vestibule.test/callback',
      code_verifier: 'v'.repeat(43),
      client_id: 'the client',
      client_secret: 'a secret',
    });
  });

  it('is exchanged with a secret in its header, or with a key of ours [OIDC-08]', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const privateKeyPem = await exportPKCS8(privateKey);
    const basic = aProvider();
    const byKey = aProvider();
    const forEndpoint = aProvider();

    await basic.party.verify(
      trust({ clientAuth: { method: 'client_secret_basic', secret: 'a secret' } }),
      answer(),
    );
    await byKey.party.verify(
      trust({ clientAuth: { method: 'private_key_jwt', privateKeyPem, keyId: 'ours' } }),
      answer(),
    );

    await forEndpoint.party.verify(
      trust({
        clientAuth: { method: 'private_key_jwt', privateKeyPem, keyId: 'ours', audience: `${issuer}/token` },
      }),
      answer(),
    );
    const assertionOf = ({ asked }: typeof byKey) => {
      const form = new URLSearchParams(String(asked[0]?.request.body));
      return (form.get('client_assertion') ?? '')
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    };

    expect(basic.asked[0]?.request.headers?.['authorization']).toMatch(/^Basic /);
    expect(assertionOf(byKey)).toMatchObject([{ alg: 'RS256', kid: 'ours' }, { aud: issuer }]);
    expect(assertionOf(forEndpoint)).toMatchObject([
      { alg: 'RS256', kid: 'ours' },
      { aud: `${issuer}/token`, sub: 'the client' },
    ]);
  });

  it('leaves a trail without codes, tokens or secrets [OIDC-07]', async () => {
    const { trail } = await verdictOn({ claims: { long: 'x'.repeat(2001), at_hash: 'x' } });

    expect(trail).toEqual([
      {
        kind: 'authorization_response',
        at: now.toISOString(),
        parameters: { code: '(kept back)', state: '(kept back)' },
      },
      {
        kind: 'token_request',
        at: now.toISOString(),
        url: `${issuer}/token`,
        parameters: {
          grant_type: 'authorization_code',
          client_id: 'the client',
          redirect_uri: 'https://vestibule.test/callback',
          client_authentication: 'client_secret_post',
          code: '(kept back)',
          code_verifier: '(kept back)',
        },
      },
      {
        kind: 'token_response',
        at: now.toISOString(),
        status: 200,
        fields: ['access_token', 'token_type', 'id_token'],
      },
      {
        kind: 'id_token',
        at: now.toISOString(),
        header: { alg: 'ES256', kid: 'first' },
        claims: {
          iss: issuer,
          aud: 'the client',
          sub: 'anna',
          iat: nowS,
          exp: nowS + 300,
          email: 'anna@acme.test',
          long: `"${'x'.repeat(2001)}"`.slice(1, 501),
        },
      },
    ]);
  });
});

describe('what a trail shows of claims [OIDC-07]', () => {
  const shownOf = async (more: Record<string, unknown>) => {
    const { trail } = await verdictOn({ claims: more });
    return trail.find(({ kind }) => kind === 'id_token')?.['claims'] as Record<string, unknown>;
  };

  it('is short: sixty of them, with names and values cut', async () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`c${at}`, at]));
    const long = 'n'.repeat(150);

    expect(Object.keys(await shownOf(many))).toHaveLength(60);
    expect(Object.keys(await shownOf({ [long]: 1 }))).toContain('n'.repeat(100));
    expect((await shownOf({ whole: 'x'.repeat(1998) }))['whole']).toBe('x'.repeat(1998));
  });

  it('leaves out what an answer or a code would be recognised by', async () => {
    const shown = await shownOf({ c_hash: 'x', at_hash: 'y' });

    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining([expect.stringMatching(/_hash$|nonce/)]));
  });
});

describe('the provider names itself [OIDC-03]', () => {
  const named = (...issuers: string[]) =>
    answer([
      ['code', 'the code'],
      ['state', 'state'],
      ...issuers.map((iss): [string, string] => ['iss', iss]),
    ]);
  const differs = (received: string) =>
    refused('answer_issuer', 'answer_issuer_differs', { expected: issuer, received });

  it('rightly where it does, and it must where it says that it does', async () => {
    expect(await verdictOn({}, named(issuer))).toMatchObject({ ok: true });
    expect(await verdictOn({}, named(issuer), trust({}, { namesItself: true }))).toMatchObject({ ok: true });
    expect(await verdictOn({}, named(), trust({}, { namesItself: true }))).toMatchObject(differs(''));
  });

  it.each([
    ['another', ['https://evil.test'], 'https://evil.test'],
    ['two', [issuer, issuer], issuer],
    ['ours and another', [issuer, 'https://evil.test'], issuer],
  ])('and as nobody else: %s', async (_name, issuers, received) => {
    const { party, asked } = aProvider();

    expect(await party.verify(trust(), named(...issuers))).toMatchObject(differs(received));
    expect(asked).toEqual([]);
  });
});

describe('an answer is a code and nothing else [OIDC-01]', () => {
  it.each([
    ['no code', { state: 'state' }],
    ['an empty code', { code: '', state: 'state' }],
    ['an ID token', { code: 'c', state: 'state', id_token: 'x' }],
    ['a token', { code: 'c', state: 'state', token: 'x' }],
    ['an access token', { code: 'c', state: 'state', access_token: 'x' }],
    ['a response', { code: 'c', state: 'state', response: 'x' }],
    [
      'two codes',
      [
        ['code', 'a'],
        ['code', 'b'],
        ['state', 'state'],
      ] as [string, string][],
    ],
  ])('not %s', async (_name, parameters) => {
    const { party, asked } = aProvider();

    expect(await party.verify(trust(), answer(parameters))).toMatchObject(
      refused('answer_success', 'provider_error', { code: 'no_code', message: 'no code came' }),
    );
    expect(asked).toEqual([]);
  });

  it('or an error, with what the provider said', async () => {
    expect(
      await verdictOn({}, answer({ error: 'access_denied', error_description: 'not assigned' })),
    ).toMatchObject(
      refused('answer_success', 'provider_error', { code: 'access_denied', message: 'not assigned' }),
    );
    expect(await verdictOn({}, answer({ error: 'access_denied' }))).toMatchObject({
      facts: { message: 'access_denied' },
    });
  });

  it('whose card holds twenty fields at most, each short, and no token', async () => {
    const fields = Array.from({ length: 30 }, (_, at): [string, string] => [
      `f${at}`.padEnd(70, 'x'),
      'y'.repeat(600),
    ]);
    const { trail } = await verdictOn({}, answer([['id_token', 'x.y.z'], ['session_state', 's'], ...fields]));
    const others = await verdictOn({}, answer({ access_token: 'x', token: 'y', response: 'z' }));

    const parameters = Object.entries(trail[0]?.['parameters'] ?? {});
    expect(parameters).toHaveLength(20);
    expect(parameters.slice(0, 3)).toEqual([
      ['id_token', '(kept back)'],
      ['session_state', '(kept back)'],
      ['f0'.padEnd(60, 'x'), 'y'.repeat(500)],
    ]);
    expect(Object.values(others.trail[0]?.['parameters'] ?? {})).toEqual(Array(3).fill('(kept back)'));
  });
});
