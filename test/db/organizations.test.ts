import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  deleteConnection,
  deleteOrganization,
  erasedTables,
  eraseOrganization,
  eraseRows,
  findConnection,
  findDomain,
  findOrganization,
  findOrganizationByExternalId,
  getOrganization,
  insertOrganization,
  listDomains,
  listItContacts,
  listOrganizationsToErase,
  lookUpConnection,
  removeItContact,
  restoreOrganization,
  updateOrganization,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import {
  aConnection,
  aContact,
  aCustomer,
  aDomain,
  aLink,
  anEnvironment,
  anOnboarding,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

const inTenant = <T>(customer: Customer, work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(databases.app, customer, work);
const remove = (customer: Customer, at = now) =>
  inTenant(customer, (tx) => deleteOrganization(tx, customer, at));
const restore = (customer: Customer) =>
  inTenant(customer, (tx) => restoreOrganization(tx, customer, minutesLater(60)));

describe('deleting an organization', () => {
  test('hides it and what is its own at once, ends its links and frees its domains', async () => {
    const environmentId = await anEnvironment(databases);
    const customer = await aCustomer(databases, { environmentId });
    const domain = await aDomain(databases, customer, 'freed.test', 'verified');
    const [connection, link, onboarding] = [
      await aConnection(databases, customer),
      await aLink(databases, customer),
      await anOnboarding(databases, customer),
    ];
    await aContact(databases, customer);

    const deletion = await remove(customer);

    expect(deletion.connections.map(({ id }) => id)).toEqual([connection.id]);
    expect(deletion.domains).toEqual([domain]);
    expect(deletion.openOnboarding?.id).toBe(onboarding.id);
    await inTenant(customer, async (tx) => {
      expect(await findOrganization(tx, customer, customer.organizationId)).toBeUndefined();
      expect(await findConnection(tx, customer, connection.id)).toBeUndefined();
      expect(await findDomain(tx, customer, domain.id)).toBeUndefined();
      expect(await listItContacts(tx, customer)).toEqual([]);
      expect(await tx.selectFrom('links').select('endedAt').where('id', '=', link.id).execute()).toEqual([
        { endedAt: now },
      ]);
    });
    expect(await lookUpConnection(databases.app, connection.id)).toMatchObject({ deletedAt: now });
    const heir = await aCustomer(databases, { environmentId });
    expect(await aDomain(databases, heir, 'freed.test', 'verified')).toMatchObject({ state: 'verified' });
  });

  test('leaves its neighbours alone', async () => {
    const environmentId = await anEnvironment(databases);
    const [customer, neighbour] = [
      await aCustomer(databases, { environmentId }),
      await aCustomer(databases, { environmentId }),
    ];
    const connection = await aConnection(databases, neighbour);
    await aDomain(databases, neighbour, 'kept.test', 'verified');

    await remove(customer);

    await inTenant(neighbour, async (tx) => {
      expect(await findConnection(tx, neighbour, connection.id)).toBeDefined();
      expect(await listDomains(tx, neighbour)).toMatchObject([{ state: 'verified' }]);
    });
  });

  test('twice is not possible', async () => {
    const customer = await aCustomer(databases);
    await remove(customer);

    await expect(remove(customer)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('restoring', () => {
  test('brings back what went with it, domains as pending, and not what was removed before', async () => {
    const customer = await aCustomer(databases);
    const [connection, dropped] = [
      await aConnection(databases, customer),
      await aConnection(databases, customer),
    ];
    await inTenant(customer, (tx) => deleteConnection(tx, customer, dropped.id, minutesLater(-1)));
    await aDomain(databases, customer, 'back.test', 'verified');
    const [kept, removed] = [
      await aContact(databases, customer, 'kept@acme.test'),
      await aContact(databases, customer, 'removed@acme.test'),
    ];
    await inTenant(customer, (tx) => removeItContact(tx, customer, removed.id, minutesLater(-1)));
    await remove(customer);

    await restore(customer);

    await inTenant(customer, async (tx) => {
      expect(await findConnection(tx, customer, connection.id)).toMatchObject({ state: connection.state });
      expect(await findConnection(tx, customer, dropped.id)).toBeUndefined();
      expect(await listDomains(tx, customer)).toMatchObject([{ domain: 'back.test', state: 'pending' }]);
      expect((await listItContacts(tx, customer)).map(({ id }) => id)).toEqual([kept.id]);
    });
  });

  test('is refused when another organization has its external id by now', async () => {
    const environmentId = await anEnvironment(databases);
    const make = () => {
      const organization = {
        id: newId('org_'),
        environmentId,
        name: 'Acme',
        externalId: 'ext',
        createdAt: now,
      };
      return withTenant(databases.app, { environmentId }, (tx) => insertOrganization(tx, organization));
    };
    const first = { environmentId, organizationId: (await make()).id };
    await remove(first);
    await make();

    await expect(restore(first)).rejects.toMatchObject({ code: 'external_id_already_used' });
  });

  test('ends with the window: erasing leaves nothing but the log', async () => {
    const customer = await aCustomer(databases);
    await aConnection(databases, customer);
    await aContact(databases, customer);
    const onboarding = await anOnboarding(databases, customer);
    await aLink(databases, customer, { onboardingId: onboarding.id });
    await remove(customer);
    const due = (days: number) =>
      withSystem(databases.system, (tx) => listOrganizationsToErase(tx, minutesLater(days * 24 * 60), 30));

    expect(await due(29)).not.toContainEqual(customer);
    expect(await due(30)).toContainEqual(customer);
    await withSystem(databases.system, async (tx) => {
      for (const table of erasedTables) while ((await eraseRows(tx, table, customer)) > 0);
      await eraseOrganization(tx, customer, []);
    });

    await expect(restore(customer)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a living organization cannot be erased', async () => {
    const customer = await aCustomer(databases);
    await aContact(databases, customer);

    const erased = await withSystem(databases.system, async (tx) => {
      const rows = [];
      for (const table of erasedTables) rows.push(await eraseRows(tx, table, customer));
      await eraseOrganization(tx, customer, []);
      return rows;
    });

    expect(erased.every((count) => count === 0)).toBe(true);
    expect(
      await inTenant(customer, (tx) => getOrganization(tx, customer, customer.organizationId)),
    ).toBeDefined();
  });
});

test('an external id is used once in an environment, and found by it', async () => {
  const environmentId = await anEnvironment(databases);
  const [one, other] = [
    await aCustomer(databases, { environmentId }),
    await aCustomer(databases, { environmentId }),
  ];
  const name = (customer: Customer, externalId: string | null) =>
    inTenant(customer, (tx) =>
      updateOrganization(tx, customer, customer.organizationId, { externalId }, now),
    );
  await name(one, 'crm-1');

  await expect(name(other, 'crm-1')).rejects.toMatchObject({
    code: 'external_id_already_used',
    facts: { externalId: 'crm-1' },
  });
  const found = await withTenant(databases.app, { environmentId }, (tx) =>
    findOrganizationByExternalId(tx, { environmentId }, 'crm-1'),
  );
  expect(found?.id).toBe(one.organizationId);
});

test('what an update leaves out stays as it was', async () => {
  const customer = await aCustomer(databases);
  const update = (changes: Parameters<typeof updateOrganization>[3]) =>
    inTenant(customer, (tx) =>
      updateOrganization(tx, customer, customer.organizationId, changes, minutesLater(1)),
    );
  await update({ metadata: { tier: 'gold' }, externalId: 'crm-9' });

  const updated = await update({ name: 'Acme Ltd' });

  expect(updated).toMatchObject({ name: 'Acme Ltd', metadata: { tier: 'gold' }, externalId: 'crm-9' });
});
