import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { insertDomain, type OrganizationDomainRow } from '../../db/index.ts';
import { challengeRecord } from '../../onboarding/domain-challenge.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aZone } from '../support/dns.ts';

/** [DOM-05] *Check now* follows the same rule as the workflow's own looks (`activities/domain-contests.test.ts`). */

const dayMs = 86_400_000;
let api: TestApi;
let vendor: Vendor;
let zone: Awaited<ReturnType<typeof aZone>>;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  zone = await aZone();
  api.deps.dns.lookAtChallenge = zone.resolver.lookAtChallenge;
});
afterAll(async () => {
  await zone.stop();
  await api.close();
});

async function aClaim(domain: string, state: OrganizationDomainRow['state']) {
  const { id: organizationId } = await anOrganization(vendor);
  const createdAt = api.deps.now();
  const token = newId('token_');
  const { name, value } = challengeRecord({ domain, label: 'vestibule', token });
  const { id } = await asSystem(api, (tx) =>
    insertDomain(tx, {
      ...{ id: newId('org_domain_'), environmentId: vendor.environment.id, organizationId, domain, state },
      ...{ strategy: 'dns', token, label: 'vestibule', attemptStartedAt: createdAt, createdAt },
    }),
  );
  return { id, record: { name, type: 'TXT' as const, value } };
}

async function checkNow(domainId: string): Promise<string> {
  const { call } = await aMember(api, vendor, 'support');
  const { status, body } = await call('POST', `/dashboard/api/domains/${domainId}/check`);
  expect(status).toBe(200);
  return body.state;
}
const stateOf = async (domainId: string) => {
  const row = await asSystem(api, (tx) =>
    tx.selectFrom('organizationDomains').select('state').where('id', '=', domainId).executeTakeFirstOrThrow(),
  );
  return row.state;
};

test('[DOM-05] a check that proves what another holds without a record ends the holder’s proof, and waits for a day', async () => {
  const holder = await aClaim('given-up.test', 'verified');
  const claimant = await aClaim('given-up.test', 'pending');
  zone.add(claimant.record);

  expect(await checkNow(claimant.id)).toBe('pending');
  expect(await stateOf(holder.id)).toBe('lapsed');
  api.pass(dayMs / 2);
  expect(await checkNow(claimant.id)).toBe('pending');
  api.pass(dayMs / 2);
  expect(await checkNow(claimant.id)).toBe('verified');
});

test('[DOM-05] a check that proves what another can still prove is a conflict', async () => {
  const holder = await aClaim('kept.test', 'verified');
  const claimant = await aClaim('kept.test', 'pending');
  zone.add(holder.record, claimant.record);

  expect(await checkNow(claimant.id)).toBe('conflict');
  expect(await stateOf(holder.id)).toBe('verified');
});

test('[DOM-05] a developer’s verify begins the contest like *Check now*, and answers the domain as it is then', async () => {
  const holder = await aClaim('asked-for.test', 'verified');
  const claimant = await aClaim('asked-for.test', 'pending');
  zone.add(holder.record, claimant.record);

  const { status, body } = await vendor.call('POST', `/organization_domains/${claimant.id}/verify`);

  expect([status, body.state]).toEqual([201, 'failed']);
  expect([await stateOf(claimant.id), await stateOf(holder.id)]).toEqual(['conflict', 'verified']);
});

test('[DOM-05] staff give a domain in conflict to its claimant with a note, and the other way it is taken back', async () => {
  const holder = await aClaim('decided.test', 'verified');
  const claimant = await aClaim('decided.test', 'pending');
  zone.add(holder.record, claimant.record);
  await checkNow(claimant.id);
  const { call } = await aMember(api, vendor, 'support');
  const decide = (id: string, note = 'They showed us the contract.') =>
    call('POST', `/dashboard/api/domains/${id}/decide`, { note });

  const seen = await call('GET', `/dashboard/api/domains/${claimant.id}`);
  expect(seen.body.contest).toEqual({
    holder: expect.objectContaining({ organizationName: expect.any(String) }),
  });
  expect((await decide(claimant.id, '  ')).status).toBe(422);
  const given = await decide(claimant.id);
  expect(given.body).toMatchObject({ state: 'verified', strategy: 'manual', contest: null });
  expect(await stateOf(holder.id)).toBe('lapsed');

  expect((await decide(holder.id)).body.state).toBe('verified');
  expect(await stateOf(claimant.id)).toBe('lapsed');
  const decisions = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['organizationId', 'actorType', 'after'])
      .where('action', '=', 'organization_domain.decided')
      .where('environmentId', '=', vendor.environment.id)
      .execute(),
  );
  expect(decisions).toHaveLength(2);
  expect(decisions).toContainEqual({
    organizationId: null,
    actorType: 'staff',
    after: expect.objectContaining({ note: 'They showed us the contract.' }),
  });
});

test('a domain without a contest is not decided, and a viewer decides nothing', async () => {
  const { id } = await aClaim('calm.test', 'pending');
  const support = await aMember(api, vendor, 'support');
  const viewer = await aMember(api, vendor, 'viewer');
  const decide = (by: typeof support) =>
    by.call('POST', `/dashboard/api/domains/${id}/decide`, { note: 'why not' });

  expect([(await decide(support)).status, (await decide(viewer)).status]).toEqual([409, 403]);
  expect(await stateOf(id)).toBe('pending');
});
