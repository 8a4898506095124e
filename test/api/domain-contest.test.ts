import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
      id: newId('org_domain_'),
      environmentId: vendor.environment.id,
      organizationId,
      domain,
      state,
      strategy: 'dns',
      token,
      label: 'vestibule',
      attemptStartedAt: createdAt,
      createdAt,
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
    kind: 'proved_twice',
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

describe('[DOM-07] a part of another organization’s domain', () => {
  const note = { note: 'Their subsidiary, as their contract says.' };
  async function aWaiting(parent: string) {
    const holder = await aClaim(parent, 'verified');
    const claimant = await aClaim(`eu.${parent}`, 'pending');
    zone.add(holder.record, claimant.record);
    const { call } = await aMember(api, vendor, 'support');
    return { holder, claimant, call, path: `/dashboard/api/domains/${claimant.id}` };
  }

  test('waits for staff, who see why; approved, it is verified by its record and watched, and the other keeps its own', async () => {
    const { holder, claimant, call, path } = await aWaiting('approved.test');

    const checked = await call('POST', `${path}/check`);
    expect(checked.body).toMatchObject({
      state: 'conflict',
      chip: 'in_review',
      verdict: { kind: 'found' },
      contest: { kind: 'below', holder: { domain: 'approved.test' } },
    });
    expect((await call('POST', `${path}/verify`, note)).status).toBe(409);
    const approved = await call('POST', `${path}/decide`, note);

    expect([approved.status, approved.body.state, approved.body.strategy]).toEqual([200, 'verified', 'dns']);
    expect(await stateOf(holder.id)).toBe('verified');
    const told = await asSystem(api, (tx) =>
      tx.selectFrom('commands').select('message').where('workflowId', '=', `dom/${claimant.id}`).execute(),
    );
    expect(told.map(({ message }) => message)).toContain('domainSeen');
  });

  test('is not approved once its record is gone: staff are told, and what was seen is kept', async () => {
    const { claimant, call, path } = await aWaiting('gone-again.test');
    await call('POST', `${path}/check`);
    zone.remove(claimant.record.name);

    const { status, body } = await call('POST', `${path}/decide`, note);

    expect([status, body.code]).toEqual([409, 'domain_record_gone']);
    expect((await call('GET', path)).body).toMatchObject({
      state: 'conflict',
      verdict: { kind: 'not_there' },
    });
  });

  test('is refused with a note, which the customer’s own log does not have; staff may still vouch for it', async () => {
    const { claimant, call, path } = await aWaiting('refused.test');
    await call('POST', `${path}/check`);

    expect((await call('POST', `${path}/refuse`, { note: ' ' })).status).toBe(422);
    const refused = await call('POST', `${path}/refuse`, note);
    expect(refused.body).toMatchObject({ state: 'failed', chip: 'refused', contest: null });
    expect((await call('POST', `${path}/refuse`, note)).status).toBe(409);
    const acts = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select(['action', 'organizationId', 'after'])
        .where('targetId', '=', claimant.id)
        .execute(),
    );
    expect(acts).toContainEqual({
      action: 'organization_domain.refused',
      organizationId: expect.any(String),
      after: { reason: 'domain_refused' },
    });
    expect(acts).toContainEqual({
      action: 'organization_domain.decided',
      organizationId: null,
      after: expect.objectContaining(note),
    });
    expect((await call('POST', `${path}/verify`, note)).body.state).toBe('verified');
  });

  test('goes the same way by a developer’s verify, and counts at once where the developer vouches for it', async () => {
    const { claimant } = await aWaiting('asked-below.test');

    const { status, body } = await vendor.call('POST', `/organization_domains/${claimant.id}/verify`);
    expect([status, body.state, await stateOf(claimant.id)]).toEqual([201, 'failed', 'conflict']);

    const made = await vendor.call('POST', '/organizations', {
      name: 'Beta',
      domain_data: [{ domain: 'de.asked-below.test', state: 'verified' }],
    });
    expect(made.body.domains).toMatchObject([{ domain: 'de.asked-below.test', state: 'verified' }]);
  });
});
