import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  decideDomain,
  deleteDomain,
  insertDomain,
  proveDomain,
  restartDomain,
  withTenant,
  type OrganizationDomainRow,
} from '../db/index.ts';
import { challengeRecord } from '../onboarding/domain-challenge.ts';
import { aContact, aCustomer, anEnvironment, anOnboarding, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  asSystem,
  dayMs,
  hourMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { aZone } from '../test/support/dns.ts';

/** [DOM-05]: B proves what A holds. */

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

let contests = 0;
/** One environment with a holder of a domain and others who claim it; each has an open onboarding. */
async function aContest({ vouched = false }: { vouched?: boolean } = {}) {
  const environmentId = await anEnvironment(world);
  const domain = `contest${++contests}.test`;
  const claim = async (state: OrganizationDomainRow['state'], name = domain) => {
    const customer = await aCustomer(world, { environmentId });
    await anOnboarding(world, customer);
    const isVouched = state === 'verified' && vouched;
    const row = await withTenant(world.app, customer, (tx) =>
      insertDomain(tx, {
        id: newId('org_domain_'),
        ...customer,
        domain: name,
        state,
        strategy: isVouched ? 'manual' : 'dns',
        attemptStartedAt: now,
        createdAt: now,
        ...(isVouched ? {} : { token: newId('token_'), label: 'vestibule' }),
      }),
    );
    const { name: recordName, value } = challengeRecord({
      domain: name,
      label: 'vestibule',
      token: row.token ?? '',
    });
    return {
      customer,
      ids: { ...customer, domainId: row.id },
      record: { name: recordName, type: 'TXT' as const, value },
    };
  };
  return {
    holder: await claim('verified'),
    claimant: await claim('pending'),
    another: () => claim('pending'),
    below: () => claim('pending', `eu.${domain}`),
  };
}
type Side = Awaited<ReturnType<typeof aContest>>['holder'];

const activities = () => world.with({ dns: zone.resolver });
const look = ({ ids }: Side) => run(activities().lookForRecord, ids);
const stored = ({ ids }: Side) =>
  asSystem(world, (tx) =>
    tx.selectFrom('organizationDomains').selectAll().where('id', '=', ids.domainId).executeTakeFirstOrThrow(),
  );
const restart = ({ ids, customer }: Side) =>
  withTenant(world.app, customer, (tx) =>
    restartDomain(
      tx,
      customer,
      ids.domainId,
      { token: newId('token_'), prefix: null, label: 'vestibule' },
      world.clock.at,
    ),
  );

test('[DOM-05] the holder’s record is gone: it lapses at once, and the claimant has to wait for a day', async () => {
  const { holder, claimant } = await aContest();
  zone.add(claimant.record);

  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet', nextRetryDelay: dayMs });

  expect(await stored(holder)).toMatchObject({
    state: 'lapsed',
    failedReason: 'contested',
    lostContestAt: now,
    lastVerdict: { proof: 'absent' },
  });
  expect(await stored(claimant)).toMatchObject({
    state: 'pending',
    lastVerdict: { proof: 'present' },
    nextLookAt: new Date(now.getTime() + dayMs),
  });
  expect(await toldOf(world, holder.customer)).toEqual({
    events: ['organization_domain.updated'],
    audits: ['organization_domain.lapsed'],
    commands: ['stopDomain'],
  });
  expect(await toldOf(world, claimant.customer)).toEqual({
    events: [],
    audits: ['organization_domain.contested'],
    commands: [],
  });
});

test('[DOM-05] in the 24 hours nobody takes the domain; afterwards the claimant does', async () => {
  const { holder, claimant, another } = await aContest();
  zone.add(claimant.record);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });
  const third = await another();
  zone.add(third.record);

  world.pass(dayMs - 1_000);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet', nextRetryDelay: 1_000 });
  await expect(look(third)).rejects.toMatchObject({ type: 'NotYet', nextRetryDelay: 1_000 });
  world.pass(1_000);

  expect(await look(claimant)).toEqual({ state: 'verified' });
  expect((await stored(holder)).state).toBe('lapsed');
  expect((await toldOf(world, claimant.customer)).commands).toEqual(['reportFact:domain_verified']);
});

test('[DOM-05] the hold lies below every caller: whoever proves by DNS, in a transaction that sees one organization', async () => {
  const { claimant } = await aContest();
  zone.add(claimant.record);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });
  const { customer, ids } = claimant;
  const prove = (strategy: 'dns' | 'manual') =>
    withTenant(world.app, customer, (tx) =>
      proveDomain(tx, customer, ids.domainId, {
        strategy,
        actor: { type: 'customer', id: 'session_1' },
        now: world.clock.at,
        newId,
        tellWorkflow: false,
      }),
    );

  await expect(prove('dns')).rejects.toMatchObject({
    code: 'domain_held_elsewhere',
    facts: { held_until: new Date(now.getTime() + dayMs).toISOString() },
  });
  expect((await stored(claimant)).state).toBe('pending');
  // The vendor's own word is staff deciding.
  expect(await prove('manual')).toMatchObject({ state: 'verified' });
});

test('[DOM-05] the hold outlives a new attempt of the one who lost, who may win the domain back in it', async () => {
  const { holder, claimant } = await aContest();
  zone.add(claimant.record);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });

  const restarted = await restart(holder);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });
  const { name, value } = challengeRecord({
    domain: restarted.domain,
    label: 'vestibule',
    token: restarted.token ?? '',
  });
  zone.add({ name, type: 'TXT', value });

  expect(await look(holder)).toEqual({ state: 'verified' });
  expect(await look(claimant)).toEqual({ state: 'stopped' });
  expect((await stored(claimant)).state).toBe('conflict');
});

test('[DOM-05] the holder still passes: the claimant is in conflict, nothing moves, and staff see it on both sides', async () => {
  const { holder, claimant } = await aContest();
  zone.add(holder.record, claimant.record);

  expect(await look(claimant)).toEqual({ state: 'stopped' });

  expect(await stored(holder)).toMatchObject({
    state: 'verified',
    lostContestAt: null,
    missingSince: null,
    lastVerdict: { proof: 'present' },
  });
  expect(await stored(claimant)).toMatchObject({
    state: 'conflict',
    failedReason: 'domain_verified_by_other_organization',
    nextLookAt: null,
  });
  expect(await toldOf(world, holder.customer)).toEqual({
    events: [],
    audits: ['organization_domain.contested'],
    commands: [],
  });
  expect(await toldOf(world, claimant.customer)).toEqual({
    events: ['organization_domain.verification_failed'],
    audits: ['organization_domain.contested'],
    commands: ['reportFact:domain_failed'],
  });
  // Run again, as after a lost answer: nothing is told twice.
  expect(await look(claimant)).toEqual({ state: 'stopped' });
  expect((await toldOf(world, claimant.customer)).events).toHaveLength(1);
});

test('[DOM-05] a holder whom the vendor vouched for has no record to lose: staff decide', async () => {
  const { holder, claimant } = await aContest({ vouched: true });
  zone.add(claimant.record);

  expect(await look(claimant)).toEqual({ state: 'stopped' });

  expect((await stored(holder)).state).toBe('verified');
  expect((await stored(claimant)).state).toBe('conflict');
});

test('[DOM-05] [DOM-06] servers that fail for the holder’s look move nothing: the claimant looks again', async () => {
  const { holder, claimant } = await aContest();
  zone.add(claimant.record);
  let looks = 0;
  const dns = {
    ...zone.resolver,
    lookAtChallenge(...asked: Parameters<typeof zone.resolver.lookAtChallenge>) {
      if (++looks === 2) zone.rehearse({ fault: 'servfail' });
      return zone.resolver.lookAtChallenge(...asked);
    },
  };

  const looked = run(world.with({ dns }).lookForRecord, claimant.ids);

  await expect(looked).rejects.toMatchObject({ type: 'NotYet', nextRetryDelay: 60_000 });
  expect(looks).toBe(2);
  expect(await stored(holder)).toMatchObject({ state: 'verified', lastVerdict: { proof: 'unknown' } });
  expect((await stored(claimant)).state).toBe('pending');
});

test('[DOM-05] once the holder gives the domain up, or staff take it away, the claimant takes it at the next look', async () => {
  const { holder, claimant } = await aContest();
  zone.add(holder.record, claimant.record);
  await look(claimant);
  await withTenant(world.app, holder.customer, (tx) =>
    deleteDomain(tx, holder.customer, holder.ids.domainId),
  );
  const restarted = await restart(claimant);
  const { domain, token } = restarted;
  const { name, value } = challengeRecord({ domain, label: 'vestibule', token: token ?? '' });
  zone.add({ name, type: 'TXT', value });
  world.pass(hourMs);

  expect(await look(claimant)).toEqual({ state: 'verified' });
});

test('[DOM-05] of five that prove a lost domain at once nobody has it before the day is over, and one afterwards', async () => {
  const { holder, claimant, another } = await aContest();
  const sides = [claimant, ...(await Promise.all(Array.from({ length: 4 }, another)))];
  zone.add(...sides.map(({ record }) => record));

  const early = await Promise.allSettled(sides.map(look));
  world.pass(dayMs);
  const late = await Promise.allSettled(sides.map(look));

  expect(early.map(({ status }) => status)).toEqual(sides.map(() => 'rejected'));
  expect((await stored(holder)).state).toBe('lapsed');
  expect((await toldOf(world, holder.customer)).events).toEqual(['organization_domain.updated']);
  const states = await Promise.all(sides.map(async (side) => (await stored(side)).state));
  expect(states.filter((state) => state === 'verified')).toHaveLength(1);
  expect(late.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
});

test('[DOM-05] both sides are mailed when a contest begins, each once and each its own side', async () => {
  const { holder, claimant } = await aContest();
  zone.add(holder.record, claimant.record);
  const [holding, claiming] = await Promise.all(
    [holder, claimant].map(({ customer }) =>
      aContact(world, customer, `${newId('it_').toLowerCase()}@acme.test`),
    ),
  );
  await look(claimant);

  await run(world.activities.sweep, { kind: 'minute' });
  await run(world.activities.sweep, { kind: 'minute' });

  const subjectsTo = async (contact: typeof holding) =>
    (await world.mailTo(contact?.email ?? '')).map(({ subject }) => subject);
  expect(await subjectsTo(holding)).toEqual([expect.stringContaining('Another organization claims contest')]);
  expect(await subjectsTo(claiming)).toEqual([expect.stringContaining('is held by another organization')]);
});

test('[DOM-05] whoever lost a domain to a contest hears of it while there is time to object, also after an outage', async () => {
  const { holder, claimant } = await aContest();
  zone.add(claimant.record);
  const email = `${newId('it_').toLowerCase()}@acme.test`;
  await aContact(world, holder.customer, email);
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });

  await run(world.with({ mailer: await aMailerWithoutServer() }).sweep, { kind: 'minute' });
  expect(await world.mailTo(email)).toEqual([]);
  await run(world.activities.sweep, { kind: 'minute' });

  expect((await world.mailTo(email)).map(({ subject }) => subject)).toEqual([
    expect.stringContaining('Acme no longer holds contest'),
  ]);
});

test('[DOM-05] a contest that time has ended is mailed to both sides, once, and not where staff have decided it', async () => {
  const { holder, claimant } = await aContest();
  zone.add(claimant.record);
  const [lost = '', won = ''] = await Promise.all(
    [holder, claimant].map(async ({ customer }) => {
      const email = `${newId('it_').toLowerCase()}@acme.test`;
      await aContact(world, customer, email);
      return email;
    }),
  );
  const lastTo = async (email: string) => (await world.mailTo(email)).map(({ subject }) => subject).at(-1);
  const sweep = () => run(world.activities.sweep, { kind: 'minute' });
  await expect(look(claimant)).rejects.toMatchObject({ type: 'NotYet' });
  await sweep();
  world.pass(dayMs);
  expect(await sweep()).toMatchObject({ contestsEnded: 0 });

  await look(claimant);
  expect(await sweep()).toMatchObject({ contestsEnded: 1, contests: 2 });
  expect(await sweep()).toMatchObject({ contestsEnded: 0, contests: 0 });

  expect(await lastTo(lost)).toContain('belongs to another organization now');
  expect(await lastTo(won)).toMatch(/^contest\d+\.test counts for Acme$/);

  await withTenant(world.app, { environmentId: holder.customer.environmentId }, (tx) =>
    decideDomain(tx, holder.customer, holder.ids.domainId, {
      note: 'their contract',
      actor: { type: 'staff', id: 'member_1' },
      now: world.clock.at,
      newId,
    }),
  );
  expect(await sweep()).toMatchObject({ contestsEnded: 0, contests: 2 });
});

test('[DOM-07] a proved part of another organization’s domain waits for staff: its customer is mailed, nothing moves', async () => {
  const { holder, below } = await aContest();
  const claimant = await below();
  const email = `${newId('it_').toLowerCase()}@acme.test`;
  await aContact(world, claimant.customer, email);
  zone.add(holder.record, claimant.record);

  expect(await look(claimant)).toEqual({ state: 'stopped' });

  expect(await stored(claimant)).toMatchObject({
    state: 'conflict',
    failedReason: 'domain_needs_approval',
    lastVerdict: { proof: 'present' },
    nextLookAt: null,
  });
  expect(await toldOf(world, claimant.customer)).toEqual({
    events: ['organization_domain.verification_failed'],
    audits: ['organization_domain.review_asked'],
    commands: ['reportFact:domain_failed'],
  });
  expect((await stored(holder)).state).toBe('verified');
  expect(await toldOf(world, holder.customer)).toEqual({ events: [], audits: [], commands: [] });
  // Run again, as after a lost answer: nothing is told twice.
  expect(await look(claimant)).toEqual({ state: 'stopped' });
  await run(world.activities.sweep, { kind: 'minute' });
  const mails = await world.mailTo(email);
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^eu\.contest\d+\.test: .+ looks at it$/),
  ]);
});

test('[DOM-07] a part of a domain that nobody else holds, or that the vendor vouches for, waits for nobody', async () => {
  const { holder, below } = await aContest();
  const [free, vouched] = [await below(), await below()];
  zone.add(free.record);
  const { customer, ids } = vouched;
  await withTenant(world.app, customer, (tx) =>
    proveDomain(tx, customer, ids.domainId, {
      strategy: 'manual',
      actor: { type: 'developer', id: 'key_1' },
      now: world.clock.at,
      newId,
      tellWorkflow: false,
    }),
  );
  expect((await stored(vouched)).state).toBe('verified');
  await withTenant(world.app, customer, (tx) => deleteDomain(tx, customer, ids.domainId));
  await withTenant(world.app, holder.customer, (tx) =>
    deleteDomain(tx, holder.customer, holder.ids.domainId),
  );

  expect(await look(free)).toEqual({ state: 'verified' });
});
