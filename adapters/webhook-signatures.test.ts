import { createHmac, createPublicKey, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  mintWebhookSecret,
  signatureHeaders,
  webhookHeaders,
  webhookPublicKey,
} from './webhook-signatures.ts';

const body =
  '{"id":"event_01J00000000000000000000000","event":"dsync.deleted","data":{"object":"directory","id":"directory_01J00000000000000000000000"},"created_at":"2026-01-15T12:00:00.000Z"}';

it('signs as the contract’s own example', () => {
  const headers = signatureHeaders({ id: 'event_1', body }, ['whsec_test_secret'], new Date(1768478400000));

  expect(headers['workos-signature']).toBe(
    't=1768478400000, v1=6416478b91c97901744c6e8914dcb98680f00727eb79803331952a0a42b0fb4c',
  );
});

it('[WHK-01] signs id, seconds and bytes as Standard Webhooks says', () => {
  const secret = mintWebhookSecret();
  const headers = signatureHeaders({ id: 'event_1', body }, [secret], new Date(1768478400999));

  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`event_1.1768478400.${body}`).digest('base64');
  expect(headers).toMatchObject({
    'webhook-id': 'event_1',
    'webhook-timestamp': '1768478400',
    'webhook-signature': `v1,${expected}`,
  });
});

it('[WHK-02] a secret is 32 random bytes, and both sign while one follows the other', () => {
  const [fresh, old] = [mintWebhookSecret(), mintWebhookSecret()];
  expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(fresh).not.toBe(old);

  const at = new Date(1768478400000);
  const both = signatureHeaders({ id: 'event_1', body }, [fresh, old], at);
  const [byFresh, byOld] = [fresh, old].map((secret) =>
    signatureHeaders({ id: 'event_1', body }, [secret], at),
  );

  expect(both['webhook-signature']).toBe(`${byFresh?.['webhook-signature']} ${byOld?.['webhook-signature']}`);
  expect(both['workos-signature']).toBe(byOld?.['workos-signature']);
});

it('[WHK-02] whoever holds the public key verifies, also while one secret follows another, and holds nothing else', () => {
  const [fresh, old] = [mintWebhookSecret(), mintWebhookSecret()];
  const message = { id: 'event_1', body };
  const at = new Date(1768478400999);
  const headers = webhookHeaders(message, [fresh, old], at);
  const signatures = headers['webhook-signature']?.split(' ') ?? [];
  const isSignedFor = (secret: string, signed: string) => {
    const key = webhookPublicKey(secret);
    expect(key).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    const x = Buffer.from(key.slice('whpk_'.length), 'base64').toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return signatures
      .filter((one) => one.startsWith('v1a,'))
      .some((one) => verify(null, Buffer.from(signed), publicKey, Buffer.from(one.slice(4), 'base64')));
  };

  expect(isSignedFor(fresh, `event_1.1768478400.${body}`)).toBe(true);
  expect(isSignedFor(old, `event_1.1768478400.${body}`)).toBe(true);
  expect(isSignedFor(fresh, `event_1.1768478401.${body}`)).toBe(false);
  expect(isSignedFor(mintWebhookSecret(), `event_1.1768478400.${body}`)).toBe(false);
  // What verified before goes on: the signatures by the secrets come first, as they were.
  const before = signatureHeaders(message, [fresh, old], at)['webhook-signature'] ?? '';
  expect(headers['webhook-signature']?.startsWith(`${before} v1a,`)).toBe(true);
});
