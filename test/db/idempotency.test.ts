import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  beginIdempotentRequest,
  finishIdempotentRequest,
  insertAudit,
  releaseIdempotentRequest,
  waitForStoredAnswer,
  withTenant,
  type StoredAnswer,
} from '../../db/index.ts';
import {
  aCustomer,
  anAudit,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
let customer: Customer;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 20 });
  customer = await aCustomer(databases);
});
afterAll(() => databases.close());

let keys = 0;
const aRequest = (changes = {}) => ({
  environmentId: customer.environmentId,
  scope: 'POST /organizations',
  key: `key ${(keys += 1)}`,
  bodyHash: 'a body',
  ...changes,
});
type Request = ReturnType<typeof aRequest>;

const answer: StoredAnswer = {
  status: 201,
  headers: { 'x-kept': '1' },
  body: '{"id":"org_1"}',
  isSealed: false,
};
const leaseMs = 30_000;
const tenant = () => ({ environmentId: customer.environmentId });
const begin = (request: Request, at = now) =>
  withTenant(databases.app, tenant(), (tx) => beginIdempotentRequest(tx, request, { now: at, leaseMs }));
const finish = (request: Request, lease: Date) =>
  withTenant(databases.app, tenant(), async (tx) => {
    await insertAudit(tx, anAudit(customer, { action: request.key }));
    await finishIdempotentRequest(tx, request, lease, answer);
  });
const effectsOf = (request: Request) =>
  withTenant(databases.app, tenant(), (tx) =>
    tx.selectFrom('auditEvents').select('id').where('action', '=', request.key).execute(),
  );
const aStarted = async (request: Request, at = now) => {
  const begun = await begin(request, at);
  if (begun.state !== 'started') throw new Error(`not started, but ${begun.state}`);
  return begun.lease;
};

test('20 times the same request at once: one works, the others get its answer [REL-02]', async () => {
  const request = aRequest();

  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const begun = await begin(request);
      if (begun.state === 'stored') return begun.answer;
      if (begun.state !== 'started') return waitForStoredAnswer(databases.app, request, 5_000);
      await finish(request, begun.lease);
      return answer;
    }),
  );

  expect(answers).toEqual(Array.from({ length: 20 }, () => answer));
  expect(await effectsOf(request)).toHaveLength(1);
});

test('a repetition gets the stored answer for a day, and works anew after it', async () => {
  const request = aRequest();
  await finish(request, await aStarted(request));

  expect(await begin(request, minutesLater(24 * 60 - 1))).toEqual({ state: 'stored', answer });
  expect(await begin(request, minutesLater(24 * 60))).toMatchObject({ state: 'started' });
});

test('the same key with another body is told so, and nothing happens [REL-03]', async () => {
  const request = aRequest();
  await finish(request, await aStarted(request));

  expect(await begin({ ...request, bodyHash: 'another body' })).toEqual({ state: 'differs' });
});

test('a key counts within its scope only', async () => {
  const request = aRequest();
  await aStarted(request);

  expect(await begin({ ...request, scope: 'POST /portal/generate_link' })).toMatchObject({
    state: 'started',
  });
});

test('a request that died lets the next one take over when its lease is over, and not before [REL-04]', async () => {
  const request = aRequest();
  await aStarted(request);

  expect(await begin(request, new Date(now.getTime() + leaseMs - 1))).toEqual({ state: 'running' });
  expect(await begin(request, new Date(now.getTime() + leaseMs))).toMatchObject({ state: 'started' });
});

test('one that only seemed dead cannot finish any more, and its effect rolls back [REL-04]', async () => {
  const request = aRequest();
  const lease = await aStarted(request);
  await aStarted(request, new Date(now.getTime() + leaseMs));

  await expect(finish(request, lease)).rejects.toThrow('has taken over');

  expect(await effectsOf(request)).toEqual([]);
});

test('an answer that is not final is not kept: the repetition works anew', async () => {
  const request = aRequest();
  const lease = await aStarted(request);

  await withTenant(databases.app, tenant(), (tx) => releaseIdempotentRequest(tx, request, lease, now));

  expect(await begin(request)).toMatchObject({ state: 'started' });
});

test('waiting for a request that does not finish ends', async () => {
  const request = aRequest();
  await aStarted(request);

  expect(await waitForStoredAnswer(databases.app, request, 200)).toBeUndefined();
});
