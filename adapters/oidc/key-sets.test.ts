import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { oidcTokenAlgs } from '../../onboarding/connection-configuration.ts';
import type { Egress, EgressRequest } from '../egress.ts';
import { createKeySets, fetchKeySet, isOfAlg, type KeySource } from './key-sets.ts';
import { AnswerRefused, type KeySet } from './verdict.ts';

const made = async (alg: string, modulusLength?: number) =>
  generateKeyPair(alg, { extractable: true, ...(modulusLength === undefined ? {} : { modulusLength }) });
const rsa = await made('RS256');
const rsaKey: JWK = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' };
const ec = await made('ES256');
const privateKey: JWK = { ...(await exportJWK(ec.privateKey)), kid: 'private' };
const ecKey: JWK = { ...(await exportJWK((await made('ES256')).publicKey)), kid: 'ec' };
const edKey: JWK = { ...(await exportJWK((await made('EdDSA')).publicKey)), kid: 'ed' };

const jwksUri = 'https://idp.test/jwks';
const source = (connectionId = 'conn_1', uri = jwksUri): KeySource => ({
  connectionId,
  organizationId: 'org_1',
  sandboxLoopback: true,
  jwksUri: uri,
});

/** What a provider publishes, as egress hands it over, and what it was asked. */
function aProvider(published: () => unknown = () => ({ keys: [ecKey] })) {
  const asked: { address: string; request: EgressRequest }[] = [];
  const egress: Egress = {
    fetch(address, request) {
      asked.push({ address, request });
      const body = published();
      return Promise.resolve({
        status: 200,
        headers: {},
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        url: address,
      });
    },
  };
  return { egress, asked };
}

const start = new Date('2026-11-25T12:00:00Z');
function aClock() {
  let ms = start.getTime();
  return { now: () => new Date(ms), pass: (by: number) => (ms += by) };
}

const keysOf = async (...keys: unknown[]) =>
  (await fetchKeySet(aProvider(() => ({ keys })).egress, source(), start)).keys;

describe('the keys of a provider [OIDC-06]', () => {
  it('are fetched as a key set, for the organization whose provider it is', async () => {
    const { egress, asked } = aProvider();

    expect(await fetchKeySet(egress, source(), start)).toEqual({ keys: [ecKey], fetchedAt: start });
    expect(asked).toEqual([
      {
        address: jwksUri,
        request: {
          feature: 'jwks',
          organizationId: 'org_1',
          sandboxLoopback: true,
          headers: { accept: 'application/jwk-set+json, application/json' },
        },
      },
    ]);
  });

  it('are public keys to verify with, of the kinds that we know', async () => {
    expect(await keysOf(rsaKey, ecKey, edKey)).toEqual([rsaKey, ecKey, edKey]);
    expect(await keysOf({ ...ecKey, use: 'sig' })).toHaveLength(1);
    expect(await keysOf({ ...rsaKey, alg: 'PS256' })).toHaveLength(1);
    // Of a curve there is one algorithm for us, whatever the key names.
    expect(await keysOf({ ...ecKey, alg: 'ECDH-ES' }, { ...ecKey, alg: 'RS256' })).toHaveLength(2);
  });

  it.each([
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }],
    ['no kind', { ...ecKey, kty: undefined }],
    ['a private part', { ...ecKey, d: 'AAAA' }],
    ['a private part that fits it', privateKey],
    ['another use', { ...ecKey, use: 'enc' }],
    ['what no curve holds', { ...ecKey, x: 'AAAA' }],
    ['an algorithm of another kind', { ...rsaKey, alg: 'ES256' }],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }],
    ['text for a key', 'a text'],
    ['nothing', null],
  ])('are taken without one that has %s, which spoils no other', async (_name, key) => {
    expect(await keysOf(key, ecKey)).toEqual([ecKey]);
  });

  it('of RSA have 2048 bits at least', async () => {
    const modulus = (bytes: number) => Buffer.alloc(bytes, 0xff).toString('base64url');

    expect(await keysOf({ ...rsaKey, n: modulus(256) })).toHaveLength(1);
    expect(await keysOf({ ...rsaKey, n: modulus(255) })).toHaveLength(0);
  });

  it('are used up to fifty', async () => {
    const keys = Array.from({ length: 51 }, (_, at) => ({ ...ecKey, kid: `k${at}` }));

    expect((await keysOf(...keys)).map(({ kid }) => kid)).toEqual(keys.slice(0, 50).map(({ kid }) => kid));
  });

  it.each(['<html>', '{}', '{"keys":{}}', 'null'])(
    'are refused whole where they come as %s',
    async (body) => {
      const { egress } = aProvider(() => body);

      const error: unknown = await fetchKeySet(egress, source(), start).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(AnswerRefused);
      expect(error).toMatchObject({
        check: 'token_signature',
        reason: 'token_unknown_key',
        facts: { reason: 'unreadable' },
      });
    },
  );
});

describe('keys are kept [OIDC-06]', () => {
  it('for five minutes, by connection and address', async () => {
    const { egress, asked } = aProvider();
    const clock = aClock();
    const sets = createKeySets({ egress, now: clock.now });

    const one = await sets.get(source());
    clock.pass(5 * 60_000 - 1);
    expect(await sets.get(source())).toMatchObject(one);
    expect(asked).toHaveLength(1);
    clock.pass(1);
    expect((await sets.get(source())).fetchedAt).toEqual(clock.now());
    expect(asked).toHaveLength(2);
    await sets.get(source('conn_2'));
    expect(asked).toHaveLength(3);
    await sets.get(source('conn_2', 'https://other.test/jwks'));
    expect(asked).toHaveLength(4);
    await sets.get(source());
    expect(asked).toHaveLength(4);
  });

  const of = (keyId: string | null, seen?: KeySet) => ({ keyId, seen });

  it('and looked up again once a minute at most for a key, for each connection', async () => {
    const { egress, asked } = aProvider();
    const clock = aClock();
    const sets = createKeySets({ egress, now: clock.now });

    const seen = await sets.lookAgain(source(), of('a'));
    expect(seen).toMatchObject({ keys: [ecKey] });
    clock.pass(60_000 - 1);
    expect(await sets.lookAgain(source(), of('a', seen))).toBeUndefined();
    expect(await sets.lookAgain(source('conn_2'), of('a'))).toMatchObject({ keys: [ecKey] });
    clock.pass(1);
    expect(await sets.lookAgain(source(), of('a', seen))).toMatchObject({ keys: [ecKey] });
    expect(asked).toHaveLength(3);
  });

  it('and looked up again at once for a key of another name, three times a minute in all', async () => {
    const { egress, asked } = aProvider();
    const sets = createKeySets({ egress, now: aClock().now });
    let seen: KeySet | undefined;

    for (const keyId of ['a', 'b', null]) seen = await sets.lookAgain(source(), of(keyId, seen));

    expect(seen).toMatchObject({ keys: [ecKey] });
    expect(await sets.lookAgain(source(), of('c', seen))).toBeUndefined();
    expect(await sets.lookAgain(source('conn_1', 'https://idp.test/moved'), of('c', seen))).toBeDefined();
    expect(asked).toHaveLength(4);
  });

  it('and looked up once for all who miss a key at the same time, or saw the keys from before', async () => {
    const { egress, asked } = aProvider();
    const sets = createKeySets({ egress, now: aClock().now });
    const before = await sets.get(source());

    const found = await Promise.all([1, 2, 3].map(() => sets.lookAgain(source(), of('a', before))));
    found.push(await sets.lookAgain(source(), of('a', before)));

    expect(found.map((set) => set !== undefined && set !== before)).toEqual([true, true, true, true]);
    expect(asked).toHaveLength(2);
  });

  it('and a look that failed is no look for those who come with it', async () => {
    const { egress, asked } = aProvider(() => '<html>');
    const sets = createKeySets({ egress, now: aClock().now });

    await expect(sets.lookAgain(source(), of('a'))).rejects.toBeInstanceOf(AnswerRefused);
    expect(await sets.lookAgain(source(), of('a'))).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('as they were seen last', async () => {
    const { egress, asked } = aProvider();
    const sets = createKeySets({ egress, now: aClock().now });

    await sets.lookAgain(source(), of('a'));
    await sets.get(source());

    expect(asked).toHaveLength(1);
  });

  it('for a thousand connections, then from the beginning', async () => {
    const { egress, asked } = aProvider(() => ({ keys: [] }));
    const sets = createKeySets({ egress, now: aClock().now });
    const first = source('conn_0');
    for (let at = 0; at < 1000; at += 1) await sets.get(source(`conn_${at}`));

    await sets.get(first);
    expect(asked).toHaveLength(1000);
    await sets.get(source('conn_1000'));
    await sets.get(first);
    expect(asked).toHaveLength(1002);
  });

  it('and who was looked up again is remembered for a thousand connections, then from the beginning', async () => {
    const { egress } = aProvider(() => ({ keys: [] }));
    const sets = createKeySets({ egress, now: aClock().now });
    const first = source('conn_0');
    for (let at = 0; at < 1000; at += 1) await sets.lookAgain(source(`conn_${at}`), of('a'));

    const seen = await sets.get(first);
    expect(await sets.lookAgain(first, of('a', seen))).toBeUndefined();
    await sets.lookAgain(source('conn_1000'), of('a'));
    expect(await sets.lookAgain(first, of('a', seen))).toBeDefined();
  });
});

it.each([
  ['RSA', ['RS256', 'PS256']],
  ['EC', ['ES256']],
  ['OKP', ['EdDSA']],
  ['oct', []],
] as const)('a key of the kind %s is for the algorithms %j', (kty, algs) => {
  const fitting = oidcTokenAlgs.filter((alg) => isOfAlg({ kty }, alg));

  expect(new Set(fitting)).toEqual(new Set(algs));
});
