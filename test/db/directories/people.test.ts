import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  changeMembers,
  findSourcePerson,
  findSourcePersonByName,
  insertGroup,
  insertPerson,
  listSourcePeople,
  remapDirectory,
  removeGroup,
  removePerson,
  sourceScope,
  updateGroup,
  updateDirectory,
  updatePerson,
  withTenant,
  type DirectoryUserRow,
  type Tenant,
} from '../../../db/index.ts';
import { directoryGroupObject, directoryUserObject } from '../../../onboarding/directory-objects.ts';
import {
  aCustomer,
  aGroup,
  anOnboarding,
  aPerson,
  minutesLater,
  openDatabases,
  type Databases,
} from '../builders.ts';
import { aGroupOf, aRunningDirectory, arrive, type Running } from './support.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 20 });
});
afterAll(() => databases.close());

const patch = (running: Running, row: DirectoryUserRow, changes: Partial<ReturnType<typeof aPerson>>) =>
  running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, ...changes }), minutesLater(1));

test('the first person links the directory, and the vendor hears of it before they hear of anybody', async () => {
  const running = await aRunningDirectory(databases);
  const onboarding = await anOnboarding(databases, running.customer);

  await arrive(running, ['ann', 'bob']);

  expect(await running.names()).toEqual(['dsync.activated', 'dsync.user.created', 'dsync.user.created']);
  expect(await running.directory()).toMatchObject({ state: 'linked', linkedAt: expect.any(Date) });
  const commands = await running.write((tx) => tx.selectFrom('commands').selectAll().execute());
  expect(commands).toMatchObject([
    {
      workflowId: `onb/${running.customer.organizationId}/${onboarding.number}`,
      message: 'reportFact',
      body: { kind: 'directory_linked', directoryId: running.directoryId },
    },
  ]);
});

test('of first people who come at once, one links the directory', async () => {
  const running = await aRunningDirectory(databases);
  const row = await running.directory();
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);

  await Promise.all(
    names.map((name) =>
      running.write((tx, scope) => insertPerson(tx, { ...scope, directory: row }, aPerson(name))),
    ),
  );

  const told = await running.names();
  expect(told[0]).toBe('dsync.activated');
  expect(told.filter((name) => name === 'dsync.activated')).toHaveLength(1);
  expect(told).toHaveLength(13);
});

test('a name or an external id that the directory has is refused, in any case, and the transaction goes on', async () => {
  const running = await aRunningDirectory(databases);
  await arrive(running, ['ann']);

  const codes = await running.write(async (tx, scope) => {
    const known = [aPerson('x', { userName: 'ANN@acme.test' }), aPerson('x', { externalId: 'ext-ann' })];
    const caught: unknown[] = [];
    for (const person of known)
      await insertPerson(tx, scope, person).catch((error: unknown) => caught.push(error));
    await insertPerson(tx, scope, aPerson('bob'));
    return caught;
  });

  expect(codes).toMatchObject([{ code: 'directory_user_exists' }, { code: 'directory_user_exists' }]);
  expect(await running.shown()).toEqual(['ann@acme.test active', 'bob@acme.test active']);
});

test('a change tells what was before, and one that is none tells and writes nothing', async () => {
  const running = await aRunningDirectory(databases);
  const [ann] = await arrive(running, ['ann']);
  await running.forget();

  const same = await patch(running, ann, {});
  const renamed = await patch(running, ann, { firstName: 'Anna' });
  const unseen = await patch(running, renamed, { raw: { userName: 'ann', nickName: 'A' } });

  expect([same.version, renamed.version, unseen.version]).toEqual([1, 2, 3]);
  expect(await running.events()).toMatchObject([
    {
      name: 'dsync.user.updated',
      data: { first_name: 'Anna', previous_attributes: { first_name: 'ann', name: 'ann Lee' } },
    },
  ]);
});

test('of two changes of the same version one is refused [SCIM-10]', async () => {
  const running = await aRunningDirectory(databases);
  const [ann] = await arrive(running, ['ann']);

  const outcomes = await Promise.allSettled([
    patch(running, ann, { firstName: 'A' }),
    patch(running, ann, { firstName: 'B' }),
  ]);

  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'directory_version_differs' },
  });
});

test('one who is deactivated keeps their id when they come back, one who was removed does not', async () => {
  const running = await aRunningDirectory(databases);
  const [ann, bob] = await arrive(running, ['ann', 'bob']);
  await running.forget();

  const inactive = await patch(running, ann, { active: false });
  const again = await patch(running, inactive, { active: true });
  await running.write((tx, scope) => removePerson(tx, scope, bob));
  const [second] = await arrive(running, ['bob']);

  expect([inactive.state, again.state, again.id]).toEqual(['inactive', 'active', ann.id]);
  expect(second.id).not.toBe(bob.id);
  expect(await running.events()).toMatchObject([
    { name: 'dsync.user.updated', data: { state: 'inactive', previous_attributes: { state: 'active' } } },
    { name: 'dsync.user.updated', data: { state: 'active', previous_attributes: { state: 'inactive' } } },
    { name: 'dsync.user.deleted', data: { id: bob.id } },
    { name: 'dsync.user.created', data: { id: second.id } },
  ]);
});

test('the source finds nobody whom it has removed', async () => {
  const running = await aRunningDirectory(databases);
  const [ann] = await arrive(running, ['ann']);
  const find = () =>
    running.write(async (tx, scope) => [
      (await findSourcePerson(tx, scope, ann.id))?.id,
      (await findSourcePersonByName(tx, scope, 'ANN@acme.test'))?.id,
    ]);

  expect(await find()).toEqual([ann.id, ann.id]);
  await running.write((tx, scope) => removePerson(tx, scope, ann));
  expect(await find()).toEqual([undefined, undefined]);
});

test('who is removed first leaves their groups, and a group is first left by everybody', async () => {
  const running = await aRunningDirectory(databases);
  const [ann, bob] = await arrive(running, ['ann', 'bob']);
  const sales = await aGroupOf(running, 'Sales');
  await running.write((tx, scope) =>
    changeMembers(tx, scope, sales.id, { add: [ann.id, bob.id], remove: [] }),
  );
  await running.forget();

  await running.write((tx, scope) => removePerson(tx, scope, ann));
  await running.write(async (tx, scope) => {
    const row = await tx.selectFrom('directoryGroups').selectAll().executeTakeFirstOrThrow();
    await removeGroup(tx, scope, row);
  });

  expect(await running.names()).toEqual([
    'dsync.group.user_removed',
    'dsync.user.deleted',
    'dsync.group.user_removed',
    'dsync.group.deleted',
  ]);
});

test('a group keeps its id when it is renamed', async () => {
  const running = await aRunningDirectory(databases);
  const sales = await aGroupOf(running, 'Sales');
  await running.forget();

  const renamed = await running.write((tx, scope) =>
    updateGroup(tx, scope, sales, aGroup('Sales', { displayName: 'Sellers' })),
  );

  expect(renamed.id).toBe(sales.id);
  expect(await running.events()).toMatchObject([
    { name: 'dsync.group.updated', data: { name: 'Sellers', previous_attributes: { name: 'Sales' } } },
  ]);
});

test('what many are told with is the same as what one is told with', async () => {
  const running = await aRunningDirectory(databases);
  const people = [
    aPerson('plain'),
    aPerson('bare', { externalId: null, email: null, firstName: null, lastName: null, userName: 'bare' }),
    aPerson('named', { displayName: 'Named O’Neill', firstName: '', raw: { title: 7, emails: 'x' } }),
    aPerson('rich', {
      customAttributes: { job_title: 'Lead', tags: ['a', { b: null }] },
      raw: {
        title: 'Engineer',
        emails: [
          { value: 'r@acme.test', primary: true, type: 'work' },
          { value: 3 },
          null,
          { value: 'q@x.test' },
        ],
      },
    }),
  ];
  const rows = await running.write(async (tx, scope) => {
    const written = [];
    for (const person of people) written.push(await insertPerson(tx, scope, person));
    return written;
  });
  const group = await running.write((tx, scope) =>
    insertGroup(tx, scope, aGroup('Bare', { externalId: null })),
  );
  await running.forget();

  await running.write(
    (tx, scope) => changeMembers(tx, scope, group.id, { add: rows.map(({ id }) => id), remove: [] }),
    minutesLater(2),
  );

  const told = await running.events();
  expect(told).toHaveLength(rows.length);
  for (const row of rows) {
    const user = directoryUserObject(row);
    expect(told.map(({ data }) => data)).toContainEqual({
      directory_id: running.directoryId,
      user,
      group: { ...directoryGroupObject(group), updated_at: minutesLater(2).toISOString() },
    });
  }
});

test('another mapping reads everybody anew from what was sent last, and tells of those who differ', async () => {
  const running = await aRunningDirectory(databases);
  await running.write(async (tx, scope) => {
    await insertPerson(tx, scope, aPerson('ann', { raw: { costCode: '42' } }));
    await insertPerson(tx, scope, aPerson('bob', { raw: {} }));
  });
  await running.forget();
  const remap = () =>
    running.write(async (tx, { directory }) => {
      const attributes = [{ key: 'cost', label: 'Cost', isRequired: false }];
      const attributeMapping = { 'custom.cost': 'costCode' };
      const row = await updateDirectory(
        tx,
        running.customer,
        directory.id,
        { attributeMapping },
        minutesLater(1),
      );
      return remapDirectory(tx, row, attributes, minutesLater(1));
    });

  expect([await remap(), await remap()]).toEqual([1, 0]);
  expect(await running.events()).toMatchObject([
    {
      name: 'dsync.user.updated',
      data: { custom_attributes: { cost: '42' }, previous_attributes: { custom_attributes: {} } },
    },
  ]);
});

test('a page and the total of its people are read in their own directory only, whoever asks [IDB-03]', async () => {
  const running = await aRunningDirectory(databases);
  await arrive(running, ['ann', 'bob', 'eve']);
  const { environmentId } = running.customer;
  const scope = sourceScope(await running.directory(), minutesLater(1));
  const page = { filter: null, sort: null, offset: 0, limit: 2, withLinked: true };
  const read = async (tenant: Tenant) => {
    const { total, rows } = await withTenant(databases.app, tenant, (tx) =>
      listSourcePeople(tx, scope, page),
    );
    return { total, shown: rows.length };
  };

  for (const own of [running.customer, { environmentId }]) {
    expect(await read(own)).toEqual({ total: 3, shown: 2 });
  }
  for (const other of [await aCustomer(databases, { environmentId }), await aCustomer(databases)]) {
    expect(await read(other)).toEqual({ total: 0, shown: 0 });
  }
});
