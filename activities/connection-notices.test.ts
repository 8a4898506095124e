import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addConnectionNotice, deleteConnection, withTenant } from '../db/index.ts';
import { aConnection, aContact, aCustomer, now } from '../test/db/builders.ts';
import { asSystem, openActivityWorld, run, type ActivityWorld } from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(() => {
  world.clock.at = now;
});
afterAll(() => world.close());

const sweep = () => run(world.activities.sweep, { kind: 'minute' });

async function aNoticed(kinds: readonly ('switched_off' | 'deleted')[]) {
  const customer = await aCustomer(world);
  const connection = await aConnection(world, customer);
  await withTenant(world.app, customer, async (tx) => {
    for (const kind of kinds) {
      const notice = { kind, at: now.toISOString(), by: 'a•••@acme.com' };
      await addConnectionNotice(tx, customer, connection.id, notice);
    }
  });
  return { customer, connection };
}
const mailsTo = async ({ organizationId }: { organizationId: string }) =>
  asSystem(world, (tx) =>
    tx
      .selectFrom('mails')
      .select(['kind', 'state'])
      .where('organizationId', '=', organizationId)
      .orderBy('id')
      .execute(),
  );

test('every contact is mailed once of what was done to a connection, also of one that is deleted by then', async () => {
  const { customer, connection } = await aNoticed(['switched_off', 'deleted']);
  await aContact(world, customer, 'anna@acme.com');
  await aContact(world, customer, 'ben@acme.com');
  await withTenant(world.app, customer, (tx) => deleteConnection(tx, customer, connection.id, now));

  expect(await sweep()).toMatchObject({ connections: 1 });
  expect(await sweep()).toMatchObject({ connections: 0 });

  const mails = await mailsTo(customer);
  expect(mails.map(({ kind, state }) => `${kind} ${state}`).toSorted()).toEqual([
    'connection_deleted sent',
    'connection_deleted sent',
    'connection_switched_off sent',
    'connection_switched_off sent',
  ]);
});
