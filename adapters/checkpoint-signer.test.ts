import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckpointVoucher } from '../onboarding/checkpoint-vouchers.ts';
import { createCheckpointSigner } from './checkpoint-signer.ts';
import { createSecrets } from './secrets.ts';

const now = new Date('2026-08-31T12:00:00Z');
const later = new Date('2026-08-31T12:00:01Z');
const bytes = Buffer.from('{"heads":[]}');
const aKey = (id: string) => ({ id, bytes: randomBytes(32) });
const [first, second, third] = [aKey('k1'), aKey('k2'), aKey('k3')];
type Keys = Parameters<typeof createSecrets>[0];
const signerWith = (keys: Keys, vouchers?: Map<string, CheckpointVoucher>) =>
  createCheckpointSigner(createSecrets(keys), vouchers);

/** What the first key signed, and what the second has vouched for it since. */
function aRotation() {
  const signature = signerWith([first]).sign(bytes);
  const vouchers = signerWith([second, first]).vouchForOthers(now);
  return { signature, vouchers };
}

test('a checkpoint outlives its key: the next key vouches for it, and so does the one after', () => {
  const { signature, vouchers } = aRotation();
  expect(signerWith([second], vouchers).verify('k1', bytes, signature, now)).toBe(true);

  const again = signerWith([third, second], vouchers).vouchForOthers(later);

  expect([...again.keys()].sort()).toEqual(['k1', 'k2']);
  expect(signerWith([third], again).verify('k1', bytes, signature, now)).toBe(true);
});

test('[AUD-03] other bytes, or another signature, are not vouched for', () => {
  const { signature, vouchers } = aRotation();
  const { verify } = signerWith([second], vouchers);

  expect(verify('k1', Buffer.from('{"heads":[1]}'), signature, now)).toBe(false);
  expect(verify('k1', bytes, signerWith([third]).sign(bytes), now)).toBe(false);
});

test('[AUD-03] a key that was taken away counts for nothing that it signs afterwards, also vouched for anew', () => {
  const { signature, vouchers } = aRotation();
  expect(signerWith([second], vouchers).verify('k1', bytes, signature, later)).toBe(false);

  const again = signerWith([third, second], vouchers).vouchForOthers(later);

  expect(signerWith([third], again).verify('k1', bytes, signature, later)).toBe(false);
});

test('a key that nobody vouches for is not known', () => {
  const { signature } = aRotation();

  expect(signerWith([second]).verify('k1', bytes, signature, now)).toBeUndefined();
});

test('[AUD-03] a voucher that was written into the database by somebody else vouches for nothing', () => {
  const { vouchers } = aRotation();
  const forger = signerWith([third]);
  const [ofForger] = signerWith([second, third]).vouchForOthers(now).values();
  const mine = vouchers.get('k1');
  if (mine === undefined || ofForger === undefined) throw new Error('nobody vouched');

  for (const forged of [
    { ...mine, publicKey: ofForger.publicKey },
    { ...mine, until: '2027-01-01T00:00:00.000Z' },
    { ...mine, by: 'k9' },
    // Another key's voucher under this name.
    ofForger,
  ]) {
    const { verify } = signerWith([second], new Map([['k1', forged]]));
    expect(verify('k1', bytes, forger.sign(bytes), now)).toBeUndefined();
  }
});
