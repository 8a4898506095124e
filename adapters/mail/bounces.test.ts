import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aDeliveryReport } from '../../test/support/delivery-reports.ts';
import { createSecrets } from '../secrets.ts';
import { createBounceAddresses } from './bounce-addresses.ts';
import { readDeliveryReport } from './delivery-report.ts';

const mailId = 'mail_01JZZZZZZZZZZZZZZZZZZZZZZZ';
const aKey = (id: string) => ({ id, bytes: randomBytes(32) });
const oldKey = aKey('k1');
const addressesUnder = (...keys: ReturnType<typeof aKey>[]) =>
  createBounceAddresses({ secrets: createSecrets(keys), domain: 'bounces.vendor.test' });

describe('bounce addresses [MAIL-05]', () => {
  const addresses = addressesUnder(oldKey);
  const address = addresses.addressOf(mailId);

  it('name their mail, fit into a local part, and survive a change of case on the way', () => {
    expect(address).toMatch(/^b\+mail_01JZ{23}\.[0-9a-f]{26}@bounces\.vendor\.test$/);
    expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64);
    expect(addresses.mailIdIn(address)).toBe(mailId);
    expect(addresses.mailIdIn(address.toUpperCase())).toBe(mailId);
  });

  it('are still known after the key was rotated, and no longer once it is gone', () => {
    expect(addressesUnder(aKey('k2'), oldKey).mailIdIn(address)).toBe(mailId);
    expect(addressesUnder(aKey('k2')).mailIdIn(address)).toBeUndefined();
  });

  it.each([
    ['another mail', address.replace('01JZ', '01JY')],
    ['another domain', address.replace('bounces.', 'evil.')],
    ['another MAC', address.replace(/\.[0-9a-f]{26}@/, `.${'0'.repeat(26)}@`)],
    ['no MAC', `b+${mailId}@bounces.vendor.test`],
    ['a shortened MAC', address.replace(/[0-9a-f]@/, '@')],
    ['something else', 'postmaster@bounces.vendor.test'],
  ])('are not guessed: %s is nobody’s', (_what, guessed) => {
    expect(addresses.mailIdIn(guessed)).toBeUndefined();
  });
});

describe('delivery reports', () => {
  it.each([
    ['failed', '5.1.1', { kind: 'bounced', words: '5.1.1' }],
    ['Failed', '5.7.26 (policy)', { kind: 'bounced', words: '5.7.26 (policy)' }],
    ['failed', '4.4.7', undefined],
    ['delayed', '4.4.1', undefined],
    ['relayed', '2.0.0', undefined],
    ['expanded', '2.0.0', undefined],
    ['delivered', '2.0.0', { kind: 'delivered' }],
  ])('%s with %s', async (action, status, expected) => {
    expect(await readDeliveryReport(aDeliveryReport(action, status))).toEqual(expected);
  });

  it('keep the words of the other server, on one line', async () => {
    const report = await readDeliveryReport(
      aDeliveryReport('failed', '5.1.1', 'smtp; 550 5.1.1 user\r\n unknown here'),
    );

    expect(report).toEqual({ kind: 'bounced', words: '550 5.1.1 user unknown here' });
  });

  it.each([
    ['an ordinary mail', 'Subject: Hello\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n'],
    ['nothing', ''],
    ['a part without fields', aDeliveryReport('', '').toString('latin1')],
  ])('%s is none', async (_what, source) => {
    expect(await readDeliveryReport(Buffer.from(source))).toBeUndefined();
  });
});
