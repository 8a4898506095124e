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
