import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { mintWebhookSecret, signatureHeaders } from './webhook-signatures.ts';

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
