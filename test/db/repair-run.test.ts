import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  ensureRepairRun,
  findActiveMainLink,
  findOpenOnboarding,
  getEnvironment,
  insertTrouble,
  endTrouble,
  listOpenTroubles,
  mainLinkRow,
  withTenant,
  type RepairOrder,
} from '../../db/index.ts';
import {
  aContact,
  aCustomer,
  aLink,
  anOnboarding,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
let customer: Customer;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());
beforeEach(async () => {
  customer = await aCustomer(databases);
});

const actor = { type: 'system', id: 'health' } as const;
const repair = (troubleId: string) => ({
  troubleId,
  step: 'repair_sign_in' as const,
  since: now.toISOString(),
  cause: 'expired',
});

const ensure = (changes: Partial<RepairOrder> = {}) =>
  withTenant(databases.app, customer, async (tx) => {
    const environment = await getEnvironment(tx, customer.environmentId);
    return ensureRepairRun(
      tx,
      { environment, organizationId: customer.organizationId, feature: 'sso', ...changes },
      { actor, now, newId },
    );
  });

async function linkFor(contactId: string): Promise<NonNullable<RepairOrder['link']>> {
  const environment = await withTenant(databases.app, customer, (tx) =>
    getEnvironment(tx, customer.environmentId),
  );
  const id = newId('link_');
  return (features) =>
    mainLinkRow({
      minted: { id, digest: id, tokenSealed: 'sealed' },
      environment,
      organizationId: customer.organizationId,
      features: [...features],
      contactId,
      delivery: 'mail',
      actor,
      now,
    });
}

test('where no onboarding is open a repair begins one of its own, with this feature, a link and no reminders', async () => {
  const { id: contactId } = await aContact(databases, customer);

  const run = await ensure({ repair: repair('trouble_1'), link: await linkFor(contactId) });

  expect(run).toMatchObject({ isNew: true, onboarding: { origin: 'repair', isOpen: true } });
  expect(run.onboarding.view.features).toMatchObject([{ feature: 'sso', state: 'repair' }]);
  expect(run.link).toMatchObject({ features: ['sso'], contactId, onboardingId: run.onboarding.id });
  expect(run.commands).toMatchObject([
    {
      kind: 'start',
      origin: 'repair',
      plan: { sso: 'required' },
      reminders: false,
      actor,
      repair: { troubleId: 'trouble_1' },
      link: { linkId: run.link?.id, contactId, delivery: 'mail' },
    },
  ]);
});

test('the open onboarding takes a repair, with the link that leads there already', async () => {
  const onboarding = await anOnboarding(databases, customer);
  const { id: contactId } = await aContact(databases, customer);
  const link = await aLink(databases, customer, { onboardingId: onboarding.id, contactId });

  const run = await ensure({ repair: repair('trouble_1'), link: await linkFor(contactId) });

  expect(run).toMatchObject({ isNew: false, link: undefined, onboarding: { id: onboarding.id } });
  expect(run.commands).toMatchObject([{ kind: 'open_repair', repair: { troubleId: 'trouble_1' } }]);
  expect(await activeLink()).toBe(link.id);
});

test('a link that leads elsewhere gives way to one that opens the repair too', async () => {
  const onboarding = await anOnboarding(databases, customer);
  const { id: contactId } = await aContact(databases, customer);
  await aLink(databases, customer, {
    onboardingId: onboarding.id,
    contactId,
    features: ['domain_verification'],
  });

  const run = await ensure({ repair: repair('trouble_1'), link: await linkFor(contactId) });

  expect(run.commands).toMatchObject([{ kind: 'open_repair', link: { linkId: run.link?.id } }]);
  expect(await activeLink()).toBe(run.link?.id);
});

test('two that begin at once get one run between them', async () => {
  const runs = await Promise.all([ensure({ repair: repair('a') }), ensure({ repair: repair('b') })]);

  expect(runs.map(({ isNew }) => isNew).toSorted()).toEqual([false, true]);
  expect(new Set(runs.map(({ onboarding }) => onboarding.id)).size).toBe(1);
});

test('a feature whose own steps are the work joins as an optional part, and not twice', async () => {
  await anOnboarding(databases, customer);

  const run = await ensure({ feature: 'domain_verification' });

  expect(run.commands).toMatchObject([{ kind: 'join', plan: { domain_verification: 'optional' } }]);
});

test('of one trouble there is one open row, and another once it has ended', async () => {
  const { id: onboardingId } = await anOnboarding(databases, customer);
  const open = (id: string) =>
    withTenant(databases.app, customer, (tx) =>
      insertTrouble(tx, {
        id,
        ...customer,
        kind: 'record_missing',
        subjectId: 'dom_1',
        since: now,
        cause: null,
        onboardingId,
        createdAt: now,
      }),
    );

  expect([await open('trouble_1'), await open('trouble_2')]).toEqual([true, false]);
  await withTenant(databases.app, customer, (tx) => endTrouble(tx, customer, 'trouble_1', now));
  expect(await open('trouble_3')).toBe(true);
  const listed = await withTenant(databases.app, customer, (tx) => listOpenTroubles(tx, customer));
  expect(listed.map(({ id }) => id)).toEqual(['trouble_3']);
});

const activeLink = () =>
  withTenant(databases.app, customer, async (tx) => {
    const open = await findOpenOnboarding(tx, customer, customer.organizationId);
    return (await findActiveMainLink(tx, customer, open?.id ?? ''))?.id;
  });
