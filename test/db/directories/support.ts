/** What the tests of directories share: one customer's directory, written and read in its own tenant. */
import {
  getDirectory,
  insertGroup,
  insertPerson,
  sourceScope,
  withSystem,
  withTenant,
  type DirectoryRow,
  type DirectoryScope,
  type DirectoryUserRow,
  type EventRow,
  type Tx,
} from '../../../db/index.ts';
import {
  aDirectory,
  aGroup,
  anEnvironment,
  aPerson,
  now,
  type Customer,
  type Databases,
} from '../builders.ts';
import { aCustomer } from '../builders.ts';

export interface Running {
  customer: Customer;
  directoryId: string;
  /** Runs work with the directory as it is now. */
  write<T>(work: (tx: Tx, scope: DirectoryScope) => Promise<T>, at?: Date): Promise<T>;
  directory(): Promise<DirectoryRow>;
  /** Names and data of the events so far, in their order; `forget` leaves those before it out. */
  events(): Promise<{ name: string; data: Record<string, unknown> }[]>;
  names(): Promise<string[]>;
  forget(): Promise<void>;
  /** What the vendor is shown, and what the source says: by user name. */
  shown(): Promise<string[]>;
  source(): Promise<string[]>;
}

/** A directory of a new customer in an environment of its own. */
export async function aRunningDirectory(
  databases: Databases,
  guard: { people?: number; percent?: number } = {},
): Promise<Running> {
  const environmentId = await anEnvironment(databases);
  await withSystem(databases.system, (tx) =>
    tx
      .updateTable('environments')
      .set({ removalGuardPeople: guard.people ?? 25, removalGuardPercent: guard.percent ?? 10 })
      .where('id', '=', environmentId)
      .execute(),
  );
  const customer = await aCustomer(databases, { environmentId });
  const { id: directoryId } = await aDirectory(databases, customer, {
    state: 'validating',
    linkedAt: null,
  });
  let forgotten = 0;
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(databases.app, customer, work);
  const directory = () => inTenant((tx) => getDirectory(tx, customer, directoryId));

  async function events(): Promise<EventRow[]> {
    return inTenant((tx) =>
      tx.selectFrom('events').selectAll().where('ordinal', '>', forgotten).orderBy('ordinal').execute(),
    );
  }
  const people = () =>
    inTenant((tx) =>
      tx
        .selectFrom('directoryUsers')
        .selectAll()
        .where('directoryId', '=', directoryId)
        .orderBy('userNameKey')
        .execute(),
    );
  return {
    customer,
    directoryId,
    directory,
    events,
    write: async (work, at = now) => {
      const row = await directory();
      return inTenant((tx) => work(tx, sourceScope(row, at)));
    },
    names: async () => (await events()).map(({ name }) => name),
    forget: async () => {
      forgotten = (await events()).at(-1)?.ordinal ?? forgotten;
    },
    shown: async () =>
      (await people())
        .filter((row) => row.state !== null && row.deletedAt === null)
        .map((row) => `${row.userNameKey} ${row.state}`),
    source: async () => {
      const { nextGeneration, generation } = await directory();
      return (await people())
        .filter((row) => row.generation === (nextGeneration ?? generation) && row.removedAt === null)
        .map((row) => `${row.userNameKey} ${row.active ? 'active' : 'inactive'}`);
    },
  };
}

/** People by their names, one after the other, each in a transaction of their own. */
export async function arrive<const Names extends readonly string[]>(
  running: Running,
  names: Names,
  at: Date = now,
): Promise<{ -readonly [Place in keyof Names]: DirectoryUserRow }> {
  const rows = [];
  for (const name of names) {
    rows.push(await running.write((tx, scope) => insertPerson(tx, scope, aPerson(name)), at));
  }
  return rows as { -readonly [Place in keyof Names]: DirectoryUserRow };
}

export const aGroupOf = (running: Running, name: string) =>
  running.write((tx, scope) => insertGroup(tx, scope, aGroup(name)));
