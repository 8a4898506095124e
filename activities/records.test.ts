import { afterAll, beforeAll, expect, test } from 'vitest';
import { getOnboarding, listOpenPortalSteps, listTimeline, withTenant } from '../db/index.ts';
import type { Actor } from '../onboarding/commands.ts';
import type { TimelineEntry } from '../onboarding/state.ts';
import { aLink, aView, now } from '../test/db/builders.ts';
import {
  anInvited,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';

/** What the workflow writes to Postgres: progress, doors of steps, ends of links. */

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());

const dana: Actor = { type: 'customer', id: 'session_1' };
const entryOf = (number: number, more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  number,
  at: now.toISOString(),
  kind: 'opened',
  actor: dana,
  completes: false,
  ...more,
});

const record = (
  { whose }: Invited,
  revision: number,
  entries: TimelineEntry[],
  { isOpen = true, state = 'opened' }: { isOpen?: boolean; state?: 'opened' | 'live' } = {},
) =>
  run(world.activities.recordProgress, {
    ...whose(),
    origin: 'invitation',
    entries,
    isOpen,
    view: aView({ revision, state }),
  });
const stored = ({ customer, onboarding }: Invited) =>
  withTenant(world.app, customer, async (tx) => ({
    row: await getOnboarding(tx, customer, onboarding.id),
    timeline: (await listTimeline(tx, customer, onboarding.id, { limit: 10 })).map(({ number }) => number),
  }));

test('progress becomes the read model, the timeline and the journey’s events', async () => {
  const invited = await anInvited(world);

  const outcome = await record(invited, 5, [entryOf(1), entryOf(2, { kind: 'provider_chosen' })]);

  expect(outcome.status).toBe('done');
  const { row, timeline } = await stored(invited);
  expect(row).toMatchObject({ revision: 5, state: 'opened', isOpen: true, lastActAt: now });
  expect(timeline).toEqual([1, 2]);
  expect((await toldOf(world, invited.customer)).events).toEqual(['onboarding.opened']);
});

test('[TMP-04] run twice, every entry is there once and every event was sent once', async () => {
  const invited = await anInvited(world);

  await record(invited, 5, [entryOf(1)]);
  await record(invited, 5, [entryOf(1)]);
  await record(invited, 6, [entryOf(1), entryOf(2)]);

  expect((await stored(invited)).timeline).toEqual([1, 2]);
  expect((await toldOf(world, invited.customer)).events).toEqual(['onboarding.opened', 'onboarding.opened']);
});

test('an older revision that comes late loses, and its entries are not lost', async () => {
  const invited = await anInvited(world);
  await record(invited, 7, [entryOf(2)], { state: 'live', isOpen: false });

  await record(invited, 6, [entryOf(1)]);

  const { row, timeline } = await stored(invited);
  expect(row).toMatchObject({ revision: 7, state: 'live', isOpen: false });
  expect(timeline).toEqual([1, 2]);
});

test('of twenty that write at once the newest revision stays, and each event is sent once', async () => {
  const invited = await anInvited(world);
  const revisions = Array.from({ length: 20 }, (_, index) => index + 2);

  await Promise.all(revisions.map((revision) => record(invited, revision, [entryOf(1)])));

  expect((await stored(invited)).row.revision).toBe(21);
  expect((await toldOf(world, invited.customer)).events).toHaveLength(1);
});

test('the door of a step opens and closes by its round, twice as once, and the first outcome stays', async () => {
  const { customer, onboarding, whose } = await anInvited(world);
  const door = { step: 'test_sign_in' as const, at: now.toISOString() };
  const openDoors = async () => {
    const rows = await withTenant(world.app, customer, (tx) =>
      listOpenPortalSteps(tx, customer, onboarding.id),
    );
    return rows.map(({ step, round }) => `${step}:${round}`);
  };

  const opened = await run(world.activities.openPortalStep, { ...whose(), ...door, round: 1 });
  await run(world.activities.openPortalStep, { ...whose(), ...door, round: 1 });
  expect(opened).toEqual({ status: 'done', at: now.toISOString() });
  expect(await openDoors()).toEqual(['test_sign_in:1']);

  const close = (outcome: string) =>
    run(world.activities.closePortalStep, { ...whose(), ...door, round: 1, outcome });
  await close('done');
  await close('withdrawn');
  expect(await openDoors()).toEqual([]);
  await run(world.activities.openPortalStep, { ...whose(), ...door, round: 2 });
  expect(await openDoors()).toEqual(['test_sign_in:2']);

  const outcomes = await asSystem(world, (tx) =>
    tx
      .selectFrom('portalSteps')
      .select(['round', 'outcome'])
      .where('onboardingId', '=', onboarding.id)
      .orderBy('round')
      .execute(),
  );
  expect(outcomes).toEqual([
    { round: 1, outcome: 'done' },
    { round: 2, outcome: null },
  ]);
});

test('a door that is closed before it was opened stays closed', async () => {
  const { customer, onboarding, whose } = await anInvited(world);
  const door = { ...whose(), step: 'go_live' as const, at: now.toISOString(), round: 1 };

  await run(world.activities.closePortalStep, { ...door, outcome: 'withdrawn' });
  await run(world.activities.openPortalStep, door);

  const open = await withTenant(world.app, customer, (tx) =>
    listOpenPortalSteps(tx, customer, onboarding.id),
  );
  expect(open).toEqual([]);
});

test.each([
  ['completed', 'link.completed'],
  ['revoked', 'link.revoked'],
] as const)(
  'setup and colleague links end as %s, once, audited, with their tokens forgotten',
  async (outcome, action) => {
    const invited = await anInvited(world);
    const { customer, onboarding, whose } = invited;
    await aLink(world, customer, {
      kind: 'colleague',
      onboardingId: onboarding.id,
      step: 'verify_domain',
      expiresAt: new Date(now.getTime() + dayMs),
    });
    const elsewhere = await aLink(world, customer, { kind: 'portal' });

    await run(world.activities.closeLinks, { ...whose(), outcome });
    await run(world.activities.closeLinks, { ...whose(), outcome });

    const links = await asSystem(world, (tx) =>
      tx
        .selectFrom('links')
        .select(['id', 'state', 'tokenSealed'])
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    const closed = links.filter(({ id }) => id !== elsewhere.id);
    expect(closed.map(({ state, tokenSealed }) => [state, tokenSealed])).toEqual([
      [outcome, null],
      [outcome, null],
    ]);
    expect(links.find(({ id }) => id === elsewhere.id)?.state).toBe('created');
    expect((await toldOf(world, customer)).audits).toEqual([action, action]);
  },
);
