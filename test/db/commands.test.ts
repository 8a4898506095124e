import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  claimDueCommands,
  findCommand,
  hasOlderUndelivered,
  insertCommand,
  markCommandApplied,
  markCommandDead,
  markCommandRefused,
  retryCommandLater,
  withSystem,
  withTenant,
  type CommandRow,
  type NewCommand,
} from '../../db/index.ts';
import {
  aCommandFor,
  aCustomer,
  aView,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
});
afterAll(() => databases.close());

const accept = (customer: Customer, changes: Partial<NewCommand> = {}): Promise<CommandRow> =>
  withTenant(
    databases.app,
    customer,
    async (tx) => (await insertCommand(tx, aCommandFor(customer, changes))).command,
  );
const claim = (at = now, limit = 100) =>
  withSystem(databases.system, (tx) =>
    claimDueCommands(tx, { now: at, limit, leaseMs: 30_000, hurried: true }),
  );
/** Of all that is claimed, what this test is about. */
const claimOf = async ({ organizationId }: Customer, at = now) =>
  (await claim(at)).filter((command) => command.organizationId === organizationId).map(({ id }) => id);

test('a workflow gets its commands one after the other, in the order they were accepted', async () => {
  const customer = await aCustomer(databases);
  const first = await accept(customer);
  const second = await accept(customer);

  expect(await claimOf(customer)).toEqual([first.id]);
  expect(await claimOf(customer)).toEqual([]);
  await withSystem(databases.system, (tx) => markCommandApplied(tx, customer, first.id, aView(), now));
  expect(await claimOf(customer)).toEqual([second.id]);
});

test('a command that nobody could deliver holds back those after it, and is tried again when its pause is over', async () => {
  const customer = await aCustomer(databases);
  const first = await accept(customer);
  await accept(customer);
  await claimOf(customer);

  await withSystem(databases.system, (tx) =>
    retryCommandLater(tx, customer, first.id, {
      error: 'no answer',
      attempts: 1,
      nextAttemptAt: minutesLater(1),
    }),
  );

  expect(await claimOf(customer, minutesLater(0.5))).toEqual([]);
  expect(await claimOf(customer, minutesLater(1))).toEqual([first.id]);
});

test.each([
  [
    'refused',
    (customer: Customer, id: string) =>
      withSystem(databases.system, (tx) => markCommandRefused(tx, customer, id, 'step_done', now)),
  ],
  [
    'given up',
    (customer: Customer, id: string) =>
      withSystem(databases.system, (tx) => markCommandDead(tx, customer, id, 'a day')),
  ],
])('one that was %s no longer holds the next one back', async (_, end) => {
  const customer = await aCustomer(databases);
  const first = await accept(customer);
  const second = await accept(customer);

  await end(customer, first.id);

  expect(await claimOf(customer)).toEqual([second.id]);
});

test('the lease of a relay that died runs out', async () => {
  const customer = await aCustomer(databases);
  const { id } = await accept(customer);
  await claimOf(customer);

  expect(await claimOf(customer, new Date(now.getTime() + 29_999))).toEqual([]);
  expect(await claimOf(customer, new Date(now.getTime() + 30_000))).toEqual([id]);
});

test('ten relays at once take every command once', async () => {
  const customers = await Promise.all(Array.from({ length: 20 }, () => aCustomer(databases)));
  const accepted = await Promise.all(customers.map((customer) => accept(customer)));

  const taken = (await Promise.all(Array.from({ length: 10 }, () => claim(now, 5)))).flat();
  taken.push(...(await claim()));

  const mine = taken.map(({ id }) => id).filter((id) => accepted.some((command) => command.id === id));
  expect(mine.toSorted()).toEqual(accepted.map(({ id }) => id).toSorted());
});

test('a relay does not wait for what another one is taking at this moment', async () => {
  const [busy, free] = [await aCustomer(databases), await aCustomer(databases)];
  const [taken, left] = [await accept(busy), await accept(free)];

  const both = await withSystem(databases.system, async (tx) => {
    const first = await claimDueCommands(tx, { now, limit: 100, leaseMs: 30_000, hurried: true });
    const later = await accept(free, { workflowId: 'dom/another' });
    return { first: first.map(({ id }) => id), second: await claimOf(free), later: later.id };
  });

  expect(both.first).toEqual(expect.arrayContaining([taken.id, left.id]));
  expect(both.second).toEqual([both.later]);
});

test('the same command accepted twice is one command, and the first body counts', async () => {
  const customer = await aCustomer(databases);
  const command = aCommandFor(customer);

  const [first, second] = await Promise.all(
    [command, { ...command, body: { kind: 'cancel' } }].map((each) =>
      withTenant(databases.app, customer, (tx) => insertCommand(tx, each)),
    ),
  );

  expect([first?.isNew, second?.isNew].toSorted()).toEqual([false, true]);
  expect(first?.command).toEqual(second?.command);
});

test('the fast path knows that an older command waits', async () => {
  const customer = await aCustomer(databases);
  const older = await accept(customer);
  const newer = await accept(customer);
  const asked = (command: CommandRow) =>
    withTenant(databases.app, customer, (tx) => hasOlderUndelivered(tx, command));

  expect([await asked(older), await asked(newer)]).toEqual([false, true]);
});

test('what came of a command first stays, whoever else comes to an end with it', async () => {
  const customer = await aCustomer(databases);
  const { id } = await accept(customer);

  await withTenant(databases.app, customer, (tx) =>
    markCommandApplied(tx, customer, id, aView({ revision: 7 }), now),
  );
  await withSystem(databases.system, (tx) => markCommandDead(tx, customer, id, 'late'));

  const command = await withTenant(databases.app, customer, (tx) => findCommand(tx, customer, id));
  expect(command).toMatchObject({ state: 'applied', result: { revision: 7 }, lastError: null });
});
