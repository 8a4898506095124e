import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  addConnectionNotice,
  deleteConnection,
  insertMember,
  withTenant,
  type MemberRow,
} from '../db/index.ts';
import type { ConnectionNoticeKind } from '../onboarding/connection-notices.ts';
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

async function aNoticed(kinds: readonly ConnectionNoticeKind[], more: { isVendors?: true } = {}) {
  const customer = await aCustomer(world);
  const connection = await aConnection(world, customer);
  await withTenant(world.app, customer, async (tx) => {
    for (const kind of kinds) {
      const notice = { kind, at: now.toISOString(), by: 'a•••@acme.com', ...more };
      await addConnectionNotice(tx, customer, connection.id, notice);
    }
  });
  return { customer, connection };
}
async function aMember(environmentId: string, role: MemberRow['role'], email: string): Promise<void> {
  const member = { id: newId('member_'), environmentId, email, name: null, role, createdAt: now };
  await asSystem(world, (tx) => insertMember(tx, member));
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

test('the vendor’s people who may help hear of a switch, a reset and a deletion by the customer, and of nothing lighter', async () => {
  const { customer } = await aNoticed(['settings_switched', 'reset', 'switched_off']);
  await aMember(customer.environmentId, 'support', 'sam@vendor.test');
  await aMember(customer.environmentId, 'viewer', 'vera@vendor.test');

  await sweep();

  const mails = await asSystem(world, (tx) =>
    tx
      .selectFrom('mails')
      .select(['kind', 'recipient', 'state'])
      .where('organizationId', '=', customer.organizationId)
      .orderBy('kind')
      .execute(),
  );
  expect(mails).toEqual([
    { kind: 'staff_connection_reset', recipient: 'sam@vendor.test', state: 'sent' },
    { kind: 'staff_connection_settings_switched', recipient: 'sam@vendor.test', state: 'sent' },
  ]);
});

test('what the vendor did itself is told to the contacts, as the vendor’s doing, and to nobody of its own', async () => {
  const { customer } = await aNoticed(['deleted'], { isVendors: true });
  await aContact(world, customer, 'anna@acme.com');
  await aMember(customer.environmentId, 'support', 'sam@vendor.test');

  await sweep();

  expect(await mailsTo(customer)).toEqual([{ kind: 'connection_deleted', state: 'sent' }]);
});

test('what the vendor’s people hear uses up nothing of the mails that the customer may get in a day', async () => {
  const { customer } = await aNoticed(['reset']);
  await aContact(world, customer, 'anna@acme.com');
  await aMember(customer.environmentId, 'support', 'sam@vendor.test');
  const limited = world.with({ mailLimits: { ...world.deps.mailLimits, perOrganizationDay: 1 } });

  await run(limited.sweep, { kind: 'minute' });

  expect((await mailsTo(customer)).map(({ state }) => state)).toEqual(['sent', 'sent']);
});
