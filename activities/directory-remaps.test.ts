import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertPerson, markRemapsDue, setCustomAttributes, sourceScope, withTenant } from '../db/index.ts';
import { aCustomer, aDirectory, aPerson, minutesLater, now } from '../test/db/builders.ts';
import { asSystem, openActivityWorld, run, type ActivityWorld } from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
  world.clock.at = now;
});
afterAll(() => world.close());

const sweep = () => run(world.activities.sweep, { kind: 'minute' });

test('an attribute that is defined later is filled for everybody from what was sent before, and told of', async () => {
  const customer = await aCustomer(world);
  const directory = await aDirectory(world, customer);
  const person = aPerson('ann', { raw: { userName: 'ann', department: 'Sales', costCenter: '77' } });
  await withTenant(world.app, customer, (tx) => insertPerson(tx, sourceScope(directory, now), person));
  await asSystem(world, (tx) =>
    tx
      .updateTable('directories')
      .set({ attributeMapping: JSON.stringify({ 'custom.cost': 'costCenter' }) })
      .where('id', '=', directory.id)
      .execute(),
  );
  expect(await sweep()).toMatchObject({ remapped: 0 });

  const later = minutesLater(5);
  world.clock.at = later;
  await withTenant(world.app, customer, async (tx) => {
    const attribute = { key: 'cost', label: 'Cost center', isRequired: false };
    await setCustomAttributes(tx, customer.environmentId, [attribute], later);
    await markRemapsDue(tx, customer, later);
  });
  expect(await sweep()).toMatchObject({ remapped: 1 });
  expect(await sweep()).toMatchObject({ remapped: 0 });

  const [shown] = await asSystem(world, (tx) =>
    tx.selectFrom('directoryUsers').selectAll().where('directoryId', '=', directory.id).execute(),
  );
  expect(shown?.customAttributes).toMatchObject({ cost: '77' });
  const events = await asSystem(world, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('organizationId', '=', customer.organizationId)
      .orderBy('ordinal')
      .execute(),
  );
  expect(events.at(-1)).toMatchObject({
    name: 'dsync.user.updated',
    data: { custom_attributes: { cost: '77' } },
  });
});
