import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  claimMail,
  countSealedByKey,
  findSandboxState,
  isSuppressed,
  listBounced,
  lockSealedUnderOtherKeys,
  putSandboxState,
  suppressAddress,
  updateMail,
  updateSealed,
  withSystem,
  withTenant,
  type MailRow,
  type NewMail,
} from '../../db/index.ts';
import {
  aCustomer,
  aLink,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
let customer: Customer;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
  customer = await aCustomer(databases);
});
afterAll(() => databases.close());

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(databases.app, customer, work);
const aMail = (changes: Partial<NewMail> = {}): NewMail => ({
  id: newId('mail_'),
  ...customer,
  effectId: newId('effect_'),
  kind: 'invitation',
  recipient: 'It@acme.test',
  subject: 'Set up',
  messageId: `<${newId('m_')}@vendor.test>`,
  createdAt: now,
  ...changes,
});
const claim = (mail: NewMail) => inTenant((tx) => claimMail(tx, mail));
const report = async (mail: NewMail, state: MailRow['state']) => {
  await claim(mail);
  await inTenant((tx) => updateMail(tx, customer, mail.id, { state }));
};

test('50 tries of one effect at once share one mail with one Message-ID [REL-05]', async () => {
  const { effectId } = aMail();

  const claims = await Promise.all(Array.from({ length: 50 }, () => claim(aMail({ effectId }))));

  expect(new Set(claims.map(({ mail }) => mail.messageId)).size).toBe(1);
  expect(claims.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test('a retry finds what an earlier try has done', async () => {
  const mail = aMail();
  await report(mail, 'sent');

  expect(await claim({ ...aMail(), effectId: mail.effectId })).toMatchObject({
    isNew: false,
    mail: { id: mail.id, state: 'sent' },
  });
});

test('an address counts as bounced when its last mail did', async () => {
  await report(aMail({ recipient: 'mended@acme.test', createdAt: now }), 'bounced');
  await report(aMail({ recipient: 'mended@acme.test', createdAt: minutesLater(1) }), 'sent');
  await report(aMail({ recipient: 'dead@acme.test', createdAt: minutesLater(1) }), 'bounced');

  expect(await inTenant((tx) => listBounced(tx, customer))).toEqual(['dead@acme.test']);
});

test('a suppressed address is known in any case, in its environment only', async () => {
  await inTenant((tx) =>
    suppressAddress(tx, customer, { address: 'Gone@acme.test', reason: 'bounced', now }),
  );
  const other = await aCustomer(databases);
  const known = (of: Customer) =>
    withTenant(databases.app, of, (tx) => isSuppressed(tx, of, 'gone@ACME.test'));

  expect([await known(customer), await known(other)]).toEqual([true, false]);
});

test('values sealed under other keys are counted, found and replaced until none is left [SEC-02]', async () => {
  await aLink(databases, customer, { tokenSealed: 'A256GCM.old.wrapped.body' });
  await aLink(databases, customer, { tokenSealed: 'A256GCM.new.wrapped.body' });
  const inSystem = <T>(work: Parameters<typeof withSystem<T>>[1]) => withSystem(databases.system, work);
  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ old: 1, new: 1 });

  const environmentId = customer.environmentId;
  await inSystem(async (tx) => {
    const at = new Date();
    await putSandboxState(tx, { environmentId }, 'test_idp', { fault: null }, at);
    await putSandboxState(tx, { environmentId }, 'test_idp_keys', { sealed: 'A256GCM.old.wrapped.keys' }, at);
  });
  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ old: 2, new: 1 });

  const [found, ofSandbox, ...others] = await inSystem(async (tx) => {
    const values = await lockSealedUnderOtherKeys(tx, 'new', 10);
    for (const value of values) await updateSealed(tx, value, value.sealed.replace('.old.', '.new.'));
    return values;
  });

  expect(found).toMatchObject({
    table: 'links',
    column: 'token_sealed',
    organizationId: customer.organizationId,
  });
  expect(ofSandbox).toMatchObject({
    table: 'sandbox_state',
    column: 'value',
    rowId: 'test_idp_keys',
    organizationId: null,
  });
  expect(others).toEqual([]);
  expect(Object.fromEntries(await inSystem(countSealedByKey))).toEqual({ new: 3 });
  const kept = await inSystem((tx) => findSandboxState(tx, { environmentId }, 'test_idp_keys'));
  expect(kept).toEqual({ sealed: 'A256GCM.new.wrapped.keys' });
});
