import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  deleteDomain,
  insertDomain,
  proveDomain,
  restartDomain,
  withTenant,
  type OrganizationDomainRow,
} from '../db/index.ts';
import { challengeRecord } from '../onboarding/domain-challenge.ts';
import { aCustomer, aDomain, anOnboarding, now, type Customer } from '../test/db/builders.ts';
import {
  anEnvironmentOfActivities,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  toldOf,
  whileAuditRefuses,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { aZone } from '../test/support/dns.ts';

let world: ActivityWorld;
let zone: Awaited<ReturnType<typeof aZone>>;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(async () => {
  world.clock.at = now;
  zone = await aZone();
});
afterEach(() => zone.stop());
afterAll(() => world.close());

let claims = 0;
/** A domain that an organization is asked to prove. */
async function aClaim(
  customer: Customer,
  { state = 'pending', startedAt = now }: { state?: OrganizationDomainRow['state']; startedAt?: Date } = {},
) {
  const row = await withTenant(world.app, customer, (tx) =>
    insertDomain(tx, {
      id: newId('org_domain_'),
      ...customer,
      domain: `claim${++claims}.test`,
      state,
      strategy: 'dns',
      token: newId('token_'),
      label: 'vestibule',
      attemptStartedAt: startedAt,
      createdAt: startedAt,
    }),
  );
  return { ...customer, domainId: row.id, row };
}
type Claim = Awaited<ReturnType<typeof aClaim>>;

const recordOf = ({ row: { domain, token } }: Claim) => {
  const { name, value } = challengeRecord({ domain, label: 'vestibule', token: token ?? '' });
  return { name, type: 'TXT' as const, value };
};
const activities = () => world.with({ dns: zone.resolver });
const idsOf = ({ environmentId, organizationId, domainId }: Claim) => ({
  environmentId,
  organizationId,
  domainId,
});
const look = (claim: Claim, scheduledAt?: Date) =>
  run(activities().lookForRecord, idsOf(claim), scheduledAt && { scheduledAt });
const lookAgain = (claim: Claim) => run(activities().lookAgain, idsOf(claim));
const stored = (claim: Claim) =>
  asSystem(world, (tx) =>
    tx
      .selectFrom('organizationDomains')
      .selectAll()
      .where('id', '=', claim.domainId)
      .executeTakeFirstOrThrow(),
  );

test('[DOM-01] a proof marks everything at once: row, event, audit row, and the fact for the onboarding', async () => {
  const customer = await aCustomer(world);
  await anOnboarding(world, customer);
  const claim = await aClaim(customer);
  zone.add(recordOf(claim));

  expect(await look(claim)).toEqual({ state: 'verified' });

  expect(await stored(claim)).toMatchObject({
    state: 'verified',
    verifiedAt: now,
    lastLookedAt: now,
    looks: 1,
    nextLookAt: new Date(now.getTime() + dayMs),
    lastVerdict: { kind: 'found', proof: 'present' },
  });
  expect(await toldOf(world, customer)).toEqual({
    events: ['organization_domain.verified'],
    audits: ['organization_domain.verified'],
    commands: ['reportFact:domain_verified'],
  });
});

test('a proof that cannot be told is not kept either: all of it is one transaction', async () => {
  const claim = await aClaim(await aCustomer(world));
  zone.add(recordOf(claim));

  await whileAuditRefuses(world, 'organization_domain.verified', () =>
    expect(look(claim)).rejects.toMatchObject({ constraint: 'refused' }),
  );

  expect(await stored(claim)).toMatchObject({ state: 'pending', looks: 0 });
  expect(await toldOf(world, claim)).toEqual({ events: [], audits: [], commands: [] });
  expect(await look(claim)).toEqual({ state: 'verified' });
});

test('a second look at a proved domain changes nothing', async () => {
  const claim = await aClaim(await aCustomer(world));
  zone.add(recordOf(claim));
  await look(claim);

  expect(await look(claim)).toEqual({ state: 'verified' });

  expect((await stored(claim)).looks).toBe(1);
  expect((await toldOf(world, claim)).events).toHaveLength(1);
});

const delays: [string, number, number][] = [
  ['a minute in the first ten', 5 * minuteMs, minuteMs],
  ['a quarter of an hour on the first day', hourMs, 15 * minuteMs],
  ['an hour afterwards', 2 * dayMs, hourMs],
];
test.each(delays)(
  'no record yet is benign, and the next look comes after %s',
  async (_rule, ageMs, delayMs) => {
    const startedAt = new Date(now.getTime() - ageMs);
    const claim = await aClaim(await aCustomer(world), { startedAt });

    const looked = look(claim, startedAt);

    await expect(looked).rejects.toMatchObject({
      type: 'NotYet',
      category: 'BENIGN',
      nonRetryable: false,
      nextRetryDelay: delayMs,
      message: 'not_there',
    });
    expect(await stored(claim)).toMatchObject({
      state: 'pending',
      lastLookedAt: now,
      looks: 1,
      lastVerdict: { proof: 'absent' },
      nextLookAt: new Date(now.getTime() + delayMs),
    });
    expect(await toldOf(world, claim)).toEqual({ events: [], audits: [], commands: [] });
  },
);

test('the last look comes a minute before the engine ends the poll of 30 days', async () => {
  const startedAt = new Date(now.getTime() - 30 * dayMs + 10 * minuteMs);
  const claim = await aClaim(await aCustomer(world), { startedAt });

  await expect(look(claim, startedAt)).rejects.toMatchObject({ nextRetryDelay: 9 * minuteMs });
});

test.each(['servfail', 'refused', 'silent'] as const)(
  '[DOM-06] servers that are %s prove nothing either way',
  async (fault) => {
    const claim = await aClaim(await aCustomer(world));
    zone.add(recordOf(claim));
    zone.rehearse({ fault });

    await expect(look(claim)).rejects.toMatchObject({ type: 'NotYet' });

    expect(await stored(claim)).toMatchObject({ state: 'pending', lastVerdict: { proof: 'unknown' } });
  },
);

test('[DOM-03] a record that one of two servers has proves nothing', async () => {
  const claim = await aClaim(await aCustomer(world));
  zone.add({ ...recordOf(claim), onlyOn: 1 });

  await expect(look(claim)).rejects.toMatchObject({ type: 'NotYet', message: 'disagree' });
});

test.each(['failed', 'lapsed', 'conflict'] as const)(
  'a domain that is %s is not looked for any more',
  async (state) => {
    const claim = await aClaim(await aCustomer(world), { state });
    zone.add(recordOf(claim));

    expect(await look(claim)).toEqual({ state: 'stopped' });

    expect(await stored(claim)).toMatchObject({ state, looks: 0 });
  },
);

test('neither a removed domain nor one that the vendor vouched for is looked for', async () => {
  const customer = await aCustomer(world);
  const removed = await aClaim(customer);
  await withTenant(world.app, customer, (tx) => deleteDomain(tx, customer, removed.domainId));
  const vouched = await aDomain(world, customer, 'vouched-alone.test');

  expect(await look(removed)).toEqual({ state: 'stopped' });
  expect(await look({ ...customer, domainId: vouched.id, row: vouched })).toEqual({ state: 'stopped' });
});

test('a cancelled look is cancelled: it does not read as silent servers on the page', async () => {
  const claim = await aClaim(await aCustomer(world));
  zone.add(recordOf(claim));
  zone.rehearse({ fault: 'slow' });
  const environment = anEnvironmentOfActivities();

  const looking = environment.run(activities().lookForRecord, idsOf(claim));
  environment.cancel('CANCELLED');

  await expect(looking).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(await stored(claim)).toMatchObject({ looks: 0, lastVerdict: null, lastLookedAt: null });
});

test('a look that was made for an older challenge does not count for the new one', async () => {
  const customer = await aCustomer(world);
  const claim = await aClaim(customer);
  zone.add(recordOf(claim));
  const dns = {
    ...zone.resolver,
    async lookAtChallenge(...asked: Parameters<typeof zone.resolver.lookAtChallenge>) {
      const seen = await zone.resolver.lookAtChallenge(...asked);
      await withTenant(world.app, customer, (tx) =>
        restartDomain(
          tx,
          customer,
          claim.domainId,
          { token: newId('token_'), prefix: null, label: 'vestibule' },
          now,
        ),
      );
      return seen;
    },
  };

  const looked = run(world.with({ dns }).lookForRecord, idsOf(claim));

  await expect(looked).rejects.toMatchObject({ type: 'NotYet' });
  expect(await stored(claim)).toMatchObject({ state: 'pending', lastVerdict: null });
});

test('after 30 days the attempt has failed, once: row, event, audit row, and the fact for the onboarding', async () => {
  const customer = await aCustomer(world);
  await anOnboarding(world, customer);
  const claim = await aClaim(customer);

  await run(activities().expireDomain, idsOf(claim));
  await run(activities().expireDomain, idsOf(claim));

  expect(await stored(claim)).toMatchObject({
    state: 'failed',
    failedReason: 'domain_verification_period_expired',
    nextLookAt: null,
  });
  expect(await toldOf(world, customer)).toEqual({
    events: ['organization_domain.verification_failed'],
    audits: ['organization_domain.verification_failed'],
    commands: ['reportFact:domain_failed'],
  });
});

test('a domain that was verified or removed at the last moment does not fail', async () => {
  const customer = await aCustomer(world);
  const verified = await aClaim(customer, { state: 'verified' });
  const removed = await aClaim(customer);
  await withTenant(world.app, customer, (tx) => deleteDomain(tx, customer, removed.domainId));

  await run(activities().expireDomain, idsOf(verified));
  await run(activities().expireDomain, idsOf(removed));

  expect((await stored(verified)).state).toBe('verified');
  expect((await toldOf(world, customer)).events).toEqual([]);
});

test('the daily look at a proved domain keeps what it saw and when it looks next', async () => {
  const claim = await aClaim(await aCustomer(world), { state: 'verified' });
  zone.add(recordOf(claim));

  expect(await lookAgain(claim)).toEqual({ state: 'present' });

  expect(await stored(claim)).toMatchObject({
    state: 'verified',
    lastLookedAt: now,
    missingSince: null,
    nextLookAt: new Date(now.getTime() + dayMs),
  });
});

test('[DOM-06] a vanished record lapses the domain after 72 hours, with event and audit row, and not before', async () => {
  const claim = await aClaim(await aCustomer(world), { state: 'verified' });
  const states: string[] = [];
  for (let day = 0; day <= 3; day++) {
    states.push((await lookAgain(claim)).state);
    world.pass(dayMs);
  }

  expect(states).toEqual(['missing', 'missing', 'missing', 'lapsed']);
  // The last day passed after the look that ended it; 30 days are what an environment gives unless it is told otherwise.
  const worksUntil = new Date(world.clock.at.getTime() + 29 * dayMs);
  expect(await stored(claim)).toMatchObject({ state: 'lapsed', failedReason: 'record_missing', worksUntil });
  expect(await toldOf(world, claim)).toEqual({
    events: ['organization_domain.updated'],
    audits: ['organization_domain.lapsed'],
    commands: [],
  });
  expect(await lookAgain(claim)).toEqual({ state: 'stopped' });
});

test('[DOM-06] SERVFAIL never counts: neither starts it the clock nor ends it the proof', async () => {
  const claim = await aClaim(await aCustomer(world), { state: 'verified' });
  zone.rehearse({ fault: 'servfail' });
  for (let day = 0; day <= 5; day++) {
    expect(await lookAgain(claim)).toEqual({ state: 'unknown' });
    world.pass(dayMs);
  }

  expect(await stored(claim)).toMatchObject({ state: 'verified', missingSince: null });
});

test('[DOM-06] a record that is back in time starts the clock anew', async () => {
  const claim = await aClaim(await aCustomer(world), { state: 'verified' });
  const record = recordOf(claim);
  const states: string[] = [];
  for (const isThere of [false, false, true, false, false]) {
    zone.remove(record.name);
    if (isThere) zone.add(record);
    states.push((await lookAgain(claim)).state);
    world.pass(dayMs);
  }

  expect(states).toEqual(['missing', 'missing', 'present', 'missing', 'missing']);
  expect((await stored(claim)).state).toBe('verified');
});

test('a cancelled daily look is not kept either', async () => {
  const claim = await aClaim(await aCustomer(world), { state: 'verified' });
  const environment = anEnvironmentOfActivities();
  environment.cancel('CANCELLED');

  const looking = environment.run(activities().lookAgain, idsOf(claim));

  await expect(looking).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(await stored(claim)).toMatchObject({ looks: 0, lastVerdict: null });
});

test('[DOM-06] a domain that the vendor vouched for is watched no more, whatever record was asked for before', async () => {
  const customer = await aCustomer(world);
  const claim = await aClaim(customer);
  await withTenant(world.app, customer, (tx) =>
    proveDomain(tx, customer, claim.domainId, {
      strategy: 'manual',
      actor: { type: 'staff', id: 'member_1' },
      now,
      newId,
      tellWorkflow: true,
    }),
  );

  expect(await lookAgain(claim)).toEqual({ state: 'stopped' });
  expect(await stored(claim)).toMatchObject({ state: 'verified', missingSince: null, lastLookedAt: null });
});
