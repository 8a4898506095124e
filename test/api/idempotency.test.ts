import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockSealedUnderOtherKeys } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const create = (key: string, body: object, by = vendor) =>
  by.call('POST', '/organizations', body, { 'idempotency-key': key });
const named = (name: string) =>
  asSystem(api, (tx) => tx.selectFrom('organizations').select('id').where('name', '=', name).execute());

test('[REL-02] a repeated request gets the same answer byte for byte, and has one effect', async () => {
  const first = await create('k1', { name: 'Once', metadata: { b: '1', a: '2' } });
  const again = await create('k1', { metadata: { a: '2', b: '1' }, name: 'Once' });

  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(await named('Once')).toHaveLength(1);
});

test('[REL-02] of twenty requests at once one has an effect, and all get its answer', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => create('k2', { name: 'Parallel' })));

  const answers = new Set(replies.filter(({ status }) => status === 201).map(({ text }) => text));
  expect(answers.size).toBe(1);
  expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(await named('Parallel')).toHaveLength(1);
});

test('[REL-03] the same key with another body is refused in the words of the contract, without effect', async () => {
  await create('k3', { name: 'First' });

  const reply = await create('k3', { name: 'Second' });

  expect(reply.status).toBe(400);
  expect(reply.body.message).toBe(
    'Another idempotency key (k3) with different request parameters was found. Please use a different idempotency key.',
  );
  expect(await named('Second')).toHaveLength(0);
});

test('a refusal is repeated too, even when its reason has gone', async () => {
  const holder = await anOrganization(vendor, { external_id: 'busy' });
  const refused = await create('k4', { name: 'Late', external_id: 'busy' });
  await vendor.call('DELETE', `/organizations/${holder.id}`);

  const again = await create('k4', { name: 'Late', external_id: 'busy' });
  const fresh = await create('k5', { name: 'Late', external_id: 'busy' });

  expect(refused.status).toBe(400);
  expect([again.status, again.text]).toEqual([refused.status, refused.text]);
  expect(fresh.status).toBe(201);
});

test('[API-01] who may less is not told again what one who may more was answered', async () => {
  const order = { name: 'Minted', scopes: ['full'] };
  const used = { 'idempotency-key': 'k10' };
  const limited = async (scopes: string[]) => {
    const { body } = await vendor.call('POST', '/api_keys', { name: 'Limited', scopes });
    return { ...used, authorization: `Bearer ${body.secret}` };
  };
  const minted = await vendor.call('POST', '/api_keys', order, used);
  const [settings, twin] = [await limited(['settings', 'events']), await limited(['events', 'settings'])];

  const refused = await vendor.call('POST', '/api_keys', order, settings);
  const again = await vendor.call('POST', '/api_keys', order, used);
  const own = { name: 'Own', scopes: ['events'] };
  const first = await vendor.call('POST', '/api_keys', own, { ...settings, 'idempotency-key': 'k11' });
  const same = await vendor.call('POST', '/api_keys', own, { ...twin, 'idempotency-key': 'k11' });

  expect(refused.status).toBe(400);
  expect(refused.text).not.toContain(minted.body.secret);
  expect(again.text).toBe(minted.text);
  expect([same.status, same.text]).toEqual([201, first.text]);
});

test('a key means nothing to another environment, and nothing after a day', async () => {
  const other = await aVendor(api);
  const first = await create('k6', { name: 'Mine' });

  const theirs = await create('k6', { name: 'Theirs' }, other);
  api.pass(24 * 3_600_000 + 1000);
  const later = await create('k6', { name: 'Mine' });

  expect(theirs.status).toBe(201);
  expect(later.status).toBe(201);
  expect(later.body.id).not.toBe(first.body.id);
});

test('[SEC-01] the stored copy of an answer that holds a link is sealed', async () => {
  const { id } = await anOrganization(vendor);
  const ask = () =>
    vendor.call(
      'POST',
      '/portal/generate_link',
      { organization: id, intent: 'sso' },
      { 'idempotency-key': 'k7' },
    );

  const first = await ask();
  const again = await ask();

  const [stored] = await asSystem(api, (tx) =>
    tx.selectFrom('idempotencyKeys').selectAll().where('key', '=', 'k7').execute(),
  );
  expect(stored?.bodySealed).toBe(true);
  expect(stored?.body).not.toContain('vb_portal_');
  expect(again.text).toBe(first.text);
});

test('[SEC-02] a stored answer that is sealed opens by what an operator who rotates the key finds of it', async () => {
  const intent = { organization: (await anOrganization(vendor)).id, intent: 'sso' };
  await vendor.call('POST', '/portal/generate_link', intent, { 'idempotency-key': 'k9' });

  const values = await asSystem(api, (tx) => lockSealedUnderOtherKeys(tx, 'next', 1_000));
  const answers = values.filter(({ table }) => table === 'idempotency_keys');

  expect(answers).not.toEqual([]);
  for (const { sealed, ...at } of values) expect(() => api.deps.secrets.open(sealed, at)).not.toThrow();
});

test('a key that no header may carry is refused', async () => {
  const reply = await create('k'.repeat(300), { name: 'Long' });

  expect(reply.status).toBe(422);
  expect(reply.body.errors[0].field).toBe('Idempotency-Key');
});
