import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  awaitWithCommit,
  beginIdempotentRequest,
  createDatabase,
  findStoredAnswer,
  IdempotencyKeyTaken,
  insertAudit,
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
const tenant = () => ({ environmentId: customer.environmentId });
/** As the api does it: key, effect and answer in one transaction, or what is stored. */
async function perform(
  request: Request,
  { at = now, wait }: { at?: Date; wait?: (() => Promise<unknown>) | undefined } = {},
) {
  try {
    await withTenant(databases.app, tenant(), async (tx) => {
      const finish = beginIdempotentRequest(tx, request, at);
      const effect = insertAudit(tx, anAudit(customer, { action: request.key }));
      if (wait === undefined) awaitWithCommit(tx, effect);
      else await effect.then(wait);
      finish(answer);
    });
    return answer;
  } catch (error) {
    if (!(error instanceof IdempotencyKeyTaken)) throw error;
    return withTenant(databases.app, tenant(), (tx) => findStoredAnswer(tx, request));
  }
}
const effectsOf = (request: Request) =>
  withTenant(databases.app, tenant(), (tx) =>
    tx.selectFrom('auditEvents').select('id').where('action', '=', request.key).execute(),
  );

test('20 times the same request at once: one works, the others get its answer [REL-02]', async () => {
  const request = aRequest();

  const answers = await Promise.all(Array.from({ length: 20 }, () => perform(request)));

  expect(answers).toEqual(Array.from({ length: 20 }, () => answer));
  expect(await effectsOf(request)).toHaveLength(1);
});

test('an answer is kept with its effect, whether it leaves with the key or after the effect was waited for [REL-02]', async () => {
  for (const wait of [undefined, () => Promise.resolve()]) {
    const request = aRequest();
    await perform(request, { wait });

    expect(await perform(request)).toEqual(answer);
    expect(await effectsOf(request)).toHaveLength(1);
  }
});

test('a repetition gets the stored answer for a day, and works anew after it', async () => {
  const request = aRequest();
  await perform(request);

  expect(await perform(request, { at: minutesLater(24 * 60 - 1) })).toEqual(answer);
  await perform(request, { at: minutesLater(24 * 60) });

  expect(await effectsOf(request)).toHaveLength(2);
});

test('the same key with another body is told so, and nothing happens [REL-03]', async () => {
  const request = aRequest();
  await perform(request);

  const other = perform({ ...request, bodyHash: 'another body' });

  await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  expect(await effectsOf(request)).toHaveLength(1);
});

test('a key counts within its scope only', async () => {
  const request = aRequest();
  await perform(request);

  await perform({ ...request, scope: 'POST /portal/generate_link' });

  expect(await effectsOf(request)).toHaveLength(2);
});

test('a request that fails leaves neither effect nor key: the next one works anew [REL-04]', async () => {
  const request = aRequest();
  const failing = perform(request, { wait: () => Promise.reject(new Error('the process died')) });
  await expect(failing).rejects.toThrow('the process died');

  expect(await effectsOf(request)).toEqual([]);
  expect(await perform(request)).toEqual(answer);
});

test('a second request waits for the first one for as long as a lock is waited for, and is told [REL-02]', async () => {
  const request = aRequest();
  const impatient = await createDatabase({
    databaseUrl: databases.url,
    role: 'vestibule_app',
    poolSize: 1,
    applicationName: 'test',
    log: { warn: () => undefined },
    lockTimeoutMs: 50,
  });
  const second = () =>
    withTenant(impatient, tenant(), async (tx) => beginIdempotentRequest(tx, request, now));

  await perform(request, {
    wait: () => expect(second()).rejects.toMatchObject({ code: 'idempotency_in_progress' }),
  });

  await expect(second()).rejects.toThrow(IdempotencyKeyTaken);
  await impatient.close();
});
