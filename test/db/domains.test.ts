import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  findVerifiedHolder,
  getDomain,
  insertDomain,
  isBelowAnother,
  listDomains,
  proveDomain,
  takeLook,
  withSystem,
  withTenant,
} from '../../db/index.ts';
import {
  aCustomer,
  aDomain,
  anEnvironment,
  anOnboarding,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 25 });
});
afterAll(() => databases.close());

const actor = { type: 'system' as const, id: 'test' };
const prove = (customer: Customer, domainId: string) =>
  withTenant(databases.app, customer, (tx) =>
    proveDomain(tx, customer, domainId, { strategy: 'dns', actor, now, newId, tellWorkflow: true }),
  );

test('[DOM-07] the nearest verified name above decides whose a part of it is, for a transaction that sees one organization', async () => {
  const environmentId = await anEnvironment(databases);
  const parent = await aCustomer(databases, { environmentId });
  const child = await aCustomer(databases, { environmentId });
  const stranger = await aCustomer(databases);
  const isBelow = (whose: Customer, domain: string) =>
    withTenant(databases.app, whose, (tx) => isBelowAnother(tx, { ...whose, domain }));
  const hold = async (whose: Customer, domain: string) => {
    const { id } = await aDomain(databases, whose, domain);
    await withTenant(databases.app, whose, (tx) =>
      proveDomain(tx, whose, id, { strategy: 'manual', actor, now, newId, tellWorkflow: false }),
    );
  };

  expect(await isBelow(child, 'eu.corp.test')).toBe(false);
  await hold(parent, 'corp.test');

  expect(await isBelow(child, 'eu.corp.test')).toBe(true);
  expect(await isBelow(parent, 'eu.corp.test')).toBe(false);
  // Neither the name itself, nor one that only ends alike, nor another environment's.
  expect(await isBelow(child, 'corp.test')).toBe(false);
  expect(await isBelow(child, 'eu.notcorp.test')).toBe(false);
  expect(await isBelow(stranger, 'eu.corp.test')).toBe(false);

  await hold(child, 'eu.corp.test');
  expect(await isBelow(child, 'de.eu.corp.test')).toBe(false);
  expect(await isBelow(parent, 'de.eu.corp.test')).toBe(true);
});

test('of 50 organizations that prove one domain at the same instant, one holds it [DOM-04]', async () => {
  const environmentId = await anEnvironment(databases);
  const claims = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const customer = await aCustomer(databases, { environmentId });
      return { customer, domain: await aDomain(databases, customer, 'contested.test') };
    }),
  );

  const outcomes = await Promise.allSettled(claims.map(({ customer, domain }) => prove(customer, domain.id)));

  const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const refusals = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  expect(winners).toHaveLength(1);
  expect(refusals).toHaveLength(49);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'domain_held_elsewhere' });
  const holder = await withTenant(databases.app, { environmentId }, (tx) =>
    findVerifiedHolder(tx, environmentId, 'contested.test'),
  );
  expect(holder?.id).toBe(winners[0]?.id);
  expect(await toldOf(environmentId)).toEqual({ events: 1, audits: 1 });
});

test('of 50 lookers that prove one domain at once, one tells of it, with event, audit row and signals [AUD-01]', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);
  const { id } = await aDomain(databases, customer, 'looked.test');

  const outcomes = await Promise.all(Array.from({ length: 50 }, () => prove(customer, id)));

  expect(outcomes.filter((domain) => domain !== undefined)).toHaveLength(1);
  expect(await toldOf(customer.environmentId)).toEqual({ events: 1, audits: 1 });
  const commands = await withSystem(databases.system, (tx) =>
    tx
      .selectFrom('commands')
      .selectAll()
      .where('organizationId', '=', customer.organizationId)
      .orderBy('seq')
      .execute(),
  );
  expect(commands.map(({ workflowId }) => workflowId)).toEqual([
    `onb/${customer.organizationId}/${onboarding.number}`,
    `dom/${id}`,
  ]);
});

test('the same domain may be proved in another environment', async () => {
  const [one, other] = [await aCustomer(databases), await aCustomer(databases)];
  const domains = [
    await aDomain(databases, one, 'both.test'),
    await aDomain(databases, other, 'both.test'),
  ] as const;

  const proved = [await prove(one, domains[0].id), await prove(other, domains[1].id)];

  expect(proved.map((domain) => domain?.state)).toEqual(['verified', 'verified']);
});

test('an organization claims a domain once, and others may claim it too while nobody has proved it', async () => {
  const environmentId = await anEnvironment(databases);
  const [one, other] = [
    await aCustomer(databases, { environmentId }),
    await aCustomer(databases, { environmentId }),
  ];
  await aDomain(databases, one, 'claimed.test');
  await aDomain(databases, other, 'claimed.test');

  const again = aDomain(databases, one, 'claimed.test');

  await expect(again).rejects.toMatchObject({ code: 'domain_already_exists' });
});

test('a developer cannot vouch for a domain that another organization holds', async () => {
  const environmentId = await anEnvironment(databases);
  const [one, other] = [
    await aCustomer(databases, { environmentId }),
    await aCustomer(databases, { environmentId }),
  ];
  await aDomain(databases, one, 'vouched.test', 'verified');

  const vouched = withTenant(databases.app, other, (tx) =>
    insertDomain(tx, {
      id: newId('org_domain_'),
      ...other,
      domain: 'vouched.test',
      createdAt: now,
      state: 'verified',
      strategy: 'manual',
    }),
  );

  await expect(vouched).rejects.toMatchObject({ code: 'domain_held_elsewhere' });
  expect(await withTenant(databases.app, other, (tx) => listDomains(tx, other))).toEqual([]);
});

test('of 20 pages that ask for a look at once, one may look, and again after ten seconds', async () => {
  const customer = await aCustomer(databases);
  const { id } = await aDomain(databases, customer, 'asked.test');
  const ask = (at: Date) =>
    withTenant(databases.app, customer, (tx) => takeLook(tx, customer, id, at, 10_000));

  const granted = await Promise.all(Array.from({ length: 20 }, () => ask(now)));

  expect(granted.filter(Boolean)).toHaveLength(1);
  expect(await ask(new Date(now.getTime() + 9_999))).toBe(false);
  expect(await ask(new Date(now.getTime() + 10_000))).toBe(true);
});

test('a domain of another organization is not found, whoever asks [IDB-03]', async () => {
  const environmentId = await anEnvironment(databases);
  const [one, other] = [
    await aCustomer(databases, { environmentId }),
    await aCustomer(databases, { environmentId }),
  ];
  const { id } = await aDomain(databases, one, 'private.test');

  // The transaction could see it; the repository's own condition does not let it.
  const asked = withTenant(databases.app, { environmentId }, (tx) => getDomain(tx, other, id));

  await expect(asked).rejects.toMatchObject({ code: 'not_found' });
});

async function toldOf(environmentId: string): Promise<{ events: number; audits: number }> {
  return withTenant(databases.app, { environmentId }, async (tx) => {
    const events = await tx
      .selectFrom('events')
      .select('id')
      .where('name', '=', 'organization_domain.verified')
      .execute();
    const audits = await tx.selectFrom('auditEvents').select('id').execute();
    return { events: events.length, audits: audits.length };
  });
}
