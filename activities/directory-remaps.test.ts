import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  changeMembers,
  insertGroup,
  insertPerson,
  insertRole,
  markRemapsDue,
  markRolesDue,
  replaceGroupRoles,
  setCustomAttributes,
  setRoleMode,
  sourceScope,
  withTenant,
} from '../db/index.ts';
import { aCustomer, aDirectory, aGroup, aPerson, minutesLater, now } from '../test/db/builders.ts';
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
  expect((await eventsOf(customer)).at(-1)).toMatchObject({
    name: 'dsync.user.updated',
    data: { custom_attributes: { cost: '77' } },
  });
});

test('whoever has other roles since the vendor has changed its rules is told of once, and nobody else', async () => {
  const customer = await aCustomer(world);
  const directory = await aDirectory(world, customer, { state: 'linked', linkedAt: now });
  const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(world.app, customer, work);
  const [ann] = await inTenant(async (tx) => {
    const scope = sourceScope(directory, now);
    const people = [
      await insertPerson(tx, scope, aPerson('ann')),
      await insertPerson(tx, scope, aPerson('bob')),
    ];
    const groups = [
      await insertGroup(tx, scope, aGroup('IT')),
      await insertGroup(tx, scope, aGroup('Sales')),
    ];
    for (const [place, slug] of ['admin', 'editor'].entries()) {
      const role = {
        id: newId('role_'),
        slug,
        name: slug,
        description: null,
        rank: place + 1,
        createdAt: now,
      };
      await insertRole(tx, customer, role);
    }
    const sources = groups.map(({ id }, place) => ({
      id: newId('group_role_'),
      role: place === 0 ? 'admin' : 'editor',
      source: { kind: 'group' as const, id },
    }));
    await replaceGroupRoles(tx, customer, sources, now);
    const [first, second] = people;
    for (const { id } of groups) await changeMembers(tx, scope, id, { add: [first?.id ?? ''], remove: [] });
    await changeMembers(tx, scope, groups[1]?.id ?? '', { add: [second?.id ?? ''], remove: [] });
    return people;
  });
  const before = (await eventsOf(customer)).length;
  const rules = { mode: 'highest', ranked: ['admin', 'editor'], defaultRole: null } as const;
  await inTenant(async (tx) => {
    await markRolesDue(tx, customer, rules);
    await setRoleMode(tx, customer, 'all', now);
    // Of a second change before anybody was told only the end counts.
    await markRolesDue(tx, customer, { ...rules, mode: 'all' });
  });

  expect(await sweep()).toMatchObject({ rolesTold: 1 });
  expect(await sweep()).toMatchObject({ rolesTold: 0 });

  expect((await eventsOf(customer)).slice(before)).toMatchObject([
    {
      name: 'dsync.user.updated',
      data: {
        id: ann?.id,
        role: { slug: 'admin' },
        roles: [{ slug: 'admin' }, { slug: 'editor' }],
        previous_attributes: { roles: [{ slug: 'admin' }] },
      },
    },
  ]);
});

const eventsOf = ({ organizationId }: { organizationId: string }) =>
  asSystem(world, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('organizationId', '=', organizationId)
      .orderBy('ordinal')
      .execute(),
  );
