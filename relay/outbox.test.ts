import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeliverableCommand, Delivery } from '../adapters/workflow-client.ts';
import {
  createListener,
  findCommand,
  insertCommand,
  retryDeadCommands,
  withSystem,
  withTenant,
  type NewCommand,
} from '../db/index.ts';
import {
  aCommandFor,
  aCustomer,
  aView,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from '../test/db/builders.ts';
import { deliverDue, startOutboxRelay } from './outbox.ts';
import { eventually } from '../test/support/eventually.ts';

let databases: Databases;
const clock = { at: now };
let delivered: DeliverableCommand[];
/** What the workflows say; a test changes it. */
let answer: (command: DeliverableCommand) => Promise<Delivery>;
let isThere: boolean;
beforeAll(async () => {
  databases = await openDatabases();
});
beforeEach(async () => {
  clock.at = now;
  isThere = true;
  delivered = [];
  answer = () => Promise.resolve({ status: 'applied', result: null });
  await withSystem(databases.system, (tx) => tx.deleteFrom('commands').execute());
});
afterAll(() => databases.close());

const log = pino({ level: 'silent' });
const deps = () => ({
  db: databases.system,
  now: () => clock.at,
  log,
  workflows: {
    isReachable: () => Promise.resolve(isThere),
    deliver(command: DeliverableCommand) {
      delivered.push(command);
      return answer(command);
    },
  },
});
const round = (hurried = true) => deliverDue(deps(), hurried);
const pass = (ms: number) => (clock.at = new Date(clock.at.getTime() + ms));

/** Commands of one workflow, written one after the other. */
async function queue(customer: Customer, ...commands: Partial<NewCommand>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const changes of commands) {
    const command = aCommandFor(customer, changes);
    await withTenant(databases.app, customer, (tx) => insertCommand(tx, command));
    ids.push(command.id);
  }
  return ids;
}
const stored = (customer: Customer, id = '') =>
  withTenant(databases.app, customer, (tx) => findCommand(tx, customer, id));
const tried = (id = '', attempts = 0) =>
  withSystem(databases.system, (tx) =>
    tx.updateTable('commands').set({ attempts }).where('id', '=', id).execute(),
  );
const deliveredIds = () => delivered.map(({ id }) => id);

test('commands of one workflow go one after the other in their order, different workflows side by side', async () => {
  const one = await aCustomer(databases);
  const other = await aCustomer(databases);
  const mine = await queue(one, {}, {}, {});
  const [theirs] = await queue(other, {});

  expect(await round()).toBe(2);
  expect(deliveredIds().toSorted()).toEqual([mine[0], theirs].toSorted());
  expect(await round()).toBe(1);
  expect(await round()).toBe(1);
  expect(await round()).toBe(0);

  expect(deliveredIds().filter((id) => id !== theirs)).toEqual(mine);
});

test('a command reaches its workflow as it was written, and the view it answers with is kept', async () => {
  const customer = await aCustomer(databases);
  const start = { type: 'onboardCustomer', input: { v: 1 } };
  const [id] = await queue(customer, { start, body: { kind: 'remind' } });
  answer = () => Promise.resolve({ status: 'applied', result: aView({ revision: 9 }) });

  await round();

  expect(delivered).toEqual([
    {
      id,
      workflowId: `onb/${customer.organizationId}/1`,
      delivery: 'update',
      message: 'applyCommand',
      start,
      body: { kind: 'remind' },
    },
  ]);
  expect(await stored(customer, id)).toMatchObject({
    state: 'applied',
    deliveredAt: now,
    result: { revision: 9 },
  });
});

test('a refusal is an answer: it is kept with its code, and the next command of the workflow follows', async () => {
  const customer = await aCustomer(databases);
  const [first, second] = await queue(customer, {}, {});
  answer = ({ id }) =>
    Promise.resolve(
      id === first ? { status: 'refused', code: 'step_blocked' } : { status: 'applied', result: null },
    );

  await round();
  await round();

  expect(await stored(customer, first)).toMatchObject({ state: 'refused', refusal: 'step_blocked' });
  expect(await stored(customer, second)).toMatchObject({ state: 'applied' });
});

test('an engine that does not answer is asked again later, and later commands do not overtake', async () => {
  const customer = await aCustomer(databases);
  const [first, second] = await queue(customer, {}, {});
  answer = () => Promise.resolve({ status: 'unknown', reason: 'nobody listens' });

  expect(await round()).toBe(0);
  expect(await stored(customer, first)).toMatchObject({
    state: 'accepted',
    attempts: 1,
    lastError: 'nobody listens',
    claimedUntil: null,
    nextAttemptAt: new Date(now.getTime() + 1_000),
  });
  expect(await round()).toBe(0);
  expect(deliveredIds()).toEqual([first]);

  answer = () => Promise.resolve({ status: 'applied', result: null });
  pass(1_000);
  await round();
  await round();
  expect(deliveredIds()).toEqual([first, first, second]);
});

test('the pauses grow to a minute', async () => {
  const customer = await aCustomer(databases);
  const [id] = await queue(customer, {});
  answer = () => Promise.resolve({ status: 'unknown', reason: 'nobody listens' });
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 9; attempt++) {
    await round();
    const row = await stored(customer, id);
    pauses.push((row?.nextAttemptAt.getTime() ?? 0) - clock.at.getTime());
    clock.at = row?.nextAttemptAt ?? clock.at;
  }

  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('a command that its workflow does not take for a day of tries is given up, and those behind it are held back no longer', async () => {
  const customer = await aCustomer(databases);
  const [first, second] = await queue(customer, {}, {});
  answer = ({ id }) =>
    Promise.resolve(
      id === first ? { status: 'unknown', reason: 'no such update' } : { status: 'applied', result: null },
    );
  await tried(first, 1_438);

  await round();
  expect(await stored(customer, first)).toMatchObject({ state: 'accepted' });
  pass(60_000);
  await round();
  expect(await stored(customer, first)).toMatchObject({ state: 'dead', lastError: 'no such update' });
  await round();

  expect(await stored(customer, second)).toMatchObject({ state: 'applied' });
});

test('nothing is given up for as long as the engine is away: those tries do not count, and come once a minute', async () => {
  const customer = await aCustomer(databases);
  const [first] = await queue(customer, {});
  answer = () => Promise.resolve({ status: 'unknown', reason: 'no connection' });
  isThere = false;
  await tried(first, 1_438);

  for (let hours = 0; hours < 72; hours += 24) {
    await round();
    expect(await stored(customer, first)).toMatchObject({ state: 'accepted', attempts: 1_438 });
    pass(86_400_000);
  }
  await round();
  const { nextAttemptAt } = (await stored(customer, first)) ?? {};
  expect((nextAttemptAt?.getTime() ?? 0) - clock.at.getTime()).toBe(60_000);

  isThere = true;
  answer = () => Promise.resolve({ status: 'applied', result: null });
  pass(60_000);
  await round();
  expect(await stored(customer, first)).toMatchObject({ state: 'applied' });
});

test('what was given up is due again when an operator asks for it, and counts its tries anew', async () => {
  const customer = await aCustomer(databases);
  const [first] = await queue(customer, {});
  answer = () => Promise.resolve({ status: 'unknown', reason: 'no such update' });
  await tried(first, 1_439);
  await round();
  expect(await stored(customer, first)).toMatchObject({ state: 'dead' });

  expect(await withSystem(databases.system, (tx) => retryDeadCommands(tx, clock.at))).toBe(1);
  await round();
  expect(await stored(customer, first)).toMatchObject({ state: 'accepted', attempts: 1 });
});

test('watches over what ends in weeks go when nothing else is due, a few at a time, in their order', async () => {
  const customers = await Promise.all(Array.from({ length: 7 }, () => aCustomer(databases)));
  const watches = { delivery: 'signal', message: 'certificatesChanged' } as const;
  for (const customer of customers) await queue(customer, watches);
  const [hurried] = await queue(await aCustomer(databases), {});

  expect(await round()).toBe(1);
  expect(deliveredIds()).toEqual([hurried]);
  expect(await round(false)).toBe(5);
  expect(await round(false)).toBe(2);
});

test('a move-in of many connections holds up nobody: what comes later and is waited for overtakes', async () => {
  const customers = await Promise.all(Array.from({ length: 12 }, () => aCustomer(databases)));
  const watches = { delivery: 'signal', message: 'certificatesChanged' } as const;
  for (const customer of customers) await queue(customer, watches);
  let goOn = () => undefined as void;
  const hurriedIsThere = new Promise<void>((resolve) => (goOn = resolve));
  answer = () => hurriedIsThere.then(() => ({ status: 'applied', result: null }));
  const relay = await startOutboxRelay({ ...deps(), onNotice: () => Promise.resolve(async () => undefined) });
  await eventually(() => expect(delivered.length).toBeGreaterThan(0));
  const [hurried] = await queue(await aCustomer(databases), {});
  goOn();
  await eventually(() => expect(delivered).toHaveLength(13));
  await relay.stop();

  expect(deliveredIds().indexOf(hurried ?? '')).toBeLessThan(12);
});

test('two relays at once deliver each command once', async () => {
  const customers = await Promise.all(Array.from({ length: 12 }, () => aCustomer(databases)));
  const ids = (await Promise.all(customers.map((customer) => queue(customer, {}, {})))).flat();

  while ((await Promise.all([round(), round()])).some((count) => count > 0));

  expect(deliveredIds().toSorted()).toEqual(ids.toSorted());
});

test('what a relay that died had taken is taken by another one once its lease is over', async () => {
  const customer = await aCustomer(databases);
  const [id] = await queue(customer, {});
  answer = () => Promise.reject(new Error('the process died'));
  await expect(round()).rejects.toThrow('the process died');
  answer = () => Promise.resolve({ status: 'applied', result: null });

  expect(await round()).toBe(0);
  pass(30_000);
  expect(await round()).toBe(1);

  expect(deliveredIds()).toEqual([id, id]);
});

test('the relay wakes by notice, not by its looks, and goes on when the database does not answer', async () => {
  const customer = await aCustomer(databases);
  const listener = createListener({
    databaseUrl: databases.url,
    role: 'vestibule_system',
    applicationName: 'test',
    log,
  });
  let isBroken = true;
  const relay = await startOutboxRelay({
    ...deps(),
    now() {
      if (!isBroken) return clock.at;
      isBroken = false;
      throw new Error('the database is away');
    },
    onNotice: (wake) => listener.listen('outbox', wake),
    lookEveryMs: 3_600_000,
  });
  for (let sent = 1; sent <= 5; sent++) {
    await queue(customer, {});
    await eventually(() => expect(delivered).toHaveLength(sent), { everyMs: 10 });
  }
  await relay.stop();
  await listener.close();

  expect(isBroken).toBe(false);
});
