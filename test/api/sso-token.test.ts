import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenAnswer } from '../../api/contract/sign-in.ts';
import { mintToken } from '../../adapters/tokens.ts';
import { moveConnection, revokeApiKey, withTenant } from '../../db/index.ts';
import { aVendor, caller, type Vendor } from '../support/builders.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  givePublicFace,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
let customer: SignInCustomer;
beforeAll(async () => {
  world = await aSignInWorld();
  customer = await aSignInCustomer(world);
});
afterAll(() => world.close());

async function aCode(query: Record<string, string> = {}, of = customer): Promise<string> {
  const end = await signInAt(world, { connection: of.connection.id, ...query });
  const code = end.leadsTo?.searchParams.get('code');
  if (!code) throw new Error(`no code: ${end.status} ${end.leadsTo?.href}`);
  return code;
}

function exchange(fields: Record<string, string | undefined>) {
  const { vendor } = world;
  const standard = {
    client_id: vendor.environment.clientId,
    client_secret: vendor.secret,
    grant_type: 'authorization_code',
  };
  const given = Object.entries({ ...standard, ...fields }).filter(
    (pair): pair is [string, string] => !!pair[1],
  );
  return caller(world.api)('POST', '/sso/token', new URLSearchParams(given));
}

const refusal = (error: string) => ({
  status: 400,
  body: { error, error_description: expect.any(String) },
});

describe('exchanging a code', () => {
  it('takes a form, JSON, and the query', async () => {
    const call = caller(world.api);
    const { vendor } = world;
    const fields = async () => ({
      client_id: vendor.environment.clientId,
      client_secret: vendor.secret,
      grant_type: 'authorization_code',
      code: await aCode(),
    });
    const replies = [
      await call('POST', '/sso/token', new URLSearchParams(await fields())),
      await call('POST', '/sso/token', await fields()),
      await call('POST', `/sso/token?${new URLSearchParams(await fields()).toString()}`),
    ];

    for (const reply of replies) {
      expect(reply.status).toBe(200);
      expect(reply.headers.get('cache-control')).toBe('no-store');
      expect(reply.body).toMatchObject({
        token_type: 'Bearer',
        expires_in: 600,
        profile: { object: 'profile', role: null, roles: null, custom_attributes: {}, name: 'Anna Berg' },
      });
      expect(reply.body).not.toHaveProperty('error');
      // As it is documented, to the key.
      expect(tokenAnswer.strict().parse(reply.body)).toEqual(reply.body);
    }
  });

  it('gives one token to 20 simultaneous tries', async () => {
    const code = await aCode();

    const replies = await Promise.all(Array.from({ length: 20 }, () => exchange({ code })));

    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = replies.filter(({ status }) => status !== 200);
    expect(others.every(({ status, body }) => status === 400 && body.error === 'invalid_grant')).toBe(true);
  });

  it('refuses a code that was used, is too old, or was never given, in the words SDKs know', async () => {
    const code = await aCode();
    await exchange({ code });
    const said = (given: string) => `The code '${given}' has expired or is invalid.`;

    const used = await exchange({ code });
    expect(used).toMatchObject(refusal('invalid_grant'));
    expect(used.body.error_description).toBe(said(code));
    expect((await exchange({ code: 'nonsense' })).body.error_description).toBe(said('nonsense'));
    expect(await exchange({ code: mintToken('vb_code_') })).toMatchObject(refusal('invalid_grant'));

    const old = await aCode();
    world.api.pass(5 * 60_000);
    expect(await exchange({ code: old })).toMatchObject(refusal('invalid_grant'));
  });

  it('refuses another client, a wrong or revoked secret, and spends nothing by it', async () => {
    const code = await aCode();
    const other = await aVendor(world.api);
    await givePublicFace(world.api, other, world.redirectUri);
    const revoked = await aRevokedSecret();

    expect(await exchange({ code, client_id: 'client_x' })).toMatchObject(refusal('invalid_client'));
    expect(await exchange({ code, client_secret: other.secret })).toMatchObject(refusal('invalid_client'));
    expect(await exchange({ code, client_secret: 'sk_test_x' })).toMatchObject(refusal('invalid_client'));
    expect(await exchange({ code, client_secret: revoked })).toMatchObject(refusal('invalid_client'));
    const stolen = { code, client_id: other.environment.clientId, client_secret: other.secret };
    expect(await exchange(stolen)).toMatchObject(refusal('invalid_grant'));

    expect((await exchange({ code })).status).toBe(200);
  });

  it('names what is missing or not offered', async () => {
    const code = await aCode();

    expect(await exchange({})).toMatchObject(refusal('invalid_request'));
    expect(await exchange({ code, grant_type: '' })).toMatchObject(refusal('invalid_request'));
    expect(await exchange({ code, client_secret: '' })).toMatchObject(refusal('invalid_request'));
    expect(await exchange({ code, grant_type: 'password' })).toMatchObject(refusal('unsupported_grant_type'));
    const twice = `/sso/token?code=${code}&code=x`;
    expect(await caller(world.api)('POST', twice)).toMatchObject(refusal('invalid_request'));
  });

  it('with PKCE needs the verifier, and without it takes none (RFC 9700)', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = await aCode({ code_challenge, code_challenge_method: 'S256' });
    const wrong = randomBytes(32).toString('base64url');

    expect(await exchange({ code })).toMatchObject(refusal('invalid_grant'));
    expect(await exchange({ code, code_verifier: wrong })).toMatchObject(refusal('invalid_grant'));
    expect((await exchange({ code, code_verifier: verifier, client_secret: '' })).status).toBe(200);

    const plain = await aCode();
    expect(await exchange({ code: plain, code_verifier: verifier })).toMatchObject(refusal('invalid_grant'));
    const publicly = { code: plain, code_verifier: verifier, client_secret: '' };
    expect(await exchange(publicly)).toMatchObject(refusal('unauthorized_client'));
  });

  it('ends when the connection is switched off', async () => {
    const fresh = await aSignInCustomer(world);
    const code = await aCode({}, fresh);
    const token = (await exchange({ code: await aCode({}, fresh) })).body.access_token;
    await switchOff(fresh);

    expect(await exchange({ code })).toMatchObject(refusal('invalid_grant'));
    expect((await profileOf([`Bearer ${token}`])).status).toBe(401);
  });
});

describe('the profile of an access token', () => {
  it('is found whichever Authorization header holds the token', async () => {
    const { access_token: token, profile } = (await exchange({ code: await aCode() })).body;
    const key = `Bearer ${world.vendor.secret}`;

    for (const headers of [[`Bearer ${token}`], [key, `Bearer ${token}`], [`Bearer ${token}`, key]]) {
      const reply = await profileOf(headers);
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.body)).toEqual(profile);
    }
  });

  it('is refused without one, with another, and after ten minutes', async () => {
    const { access_token: token } = (await exchange({ code: await aCode() })).body;
    const [header = '', body = '', signature = ''] = String(token).split('.');
    const forged = `${header}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;

    for (const headers of [[], ['Bearer x'], [`Bearer ${world.vendor.secret}`], [`Bearer ${forged}`]]) {
      expect(await profileOf(headers)).toMatchObject({ status: 401, body: '{"error":"Unauthorized"}' });
    }
    world.api.pass(601_000);
    expect((await profileOf([`Bearer ${token}`])).status).toBe(401);
  });
});

describe('the key set', () => {
  it('has everything that SDKs require, and may be cached', async () => {
    const reply = await caller(world.api)('GET', `/sso/jwks/${world.vendor.environment.clientId}`);

    expect(reply.headers.get('cache-control')).toBe('public, max-age=300');
    expect(Object.keys(reply.body.keys[0]).sort()).toEqual(
      ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t#S256'].sort(),
    );
    expect(reply.text).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });

  it('of an unknown client is not found', async () => {
    const reply = await caller(world.api)('GET', '/sso/jwks/client_unknown');

    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({ message: "Client not found: 'client_unknown'." });
  });
});

/** With several headers of one name, which fetch would join. */
async function profileOf(authorizations: string[]): Promise<{ status: number; body: string }> {
  const sent = httpRequest(`${world.api.url}/sso/profile`, {
    headers: [
      'host',
      new URL(world.api.url).host,
      ...authorizations.flatMap((value) => ['authorization', value]),
    ],
  });
  sent.end();
  const [response] = await once(sent, 'response');
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}

async function aRevokedSecret(): Promise<string> {
  const extra: Vendor = await aVendor(world.api);
  const tenant = { environmentId: extra.environment.id };
  await withTenant(world.api.db, tenant, (tx) =>
    revokeApiKey(tx, tenant, extra.key.id, world.api.deps.now()),
  );
  return extra.secret;
}

async function switchOff({ connection }: SignInCustomer): Promise<void> {
  const whose = { environmentId: connection.environmentId, organizationId: connection.organizationId };
  const move = { from: ['active'] as const, to: 'inactive' as const, now: world.api.deps.now() };
  await withTenant(world.api.db, whose, (tx) => moveConnection(tx, whose, connection.id, move));
}
