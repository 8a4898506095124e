import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  applyProjection,
  closePortalStep,
  countBoard,
  countStages,
  findOpenOnboarding,
  getOnboarding,
  insertOnboarding,
  listBoard,
  listOpenPortalSteps,
  listTimeline,
  openPortalStep,
  withTenant,
  type BoardView,
  type OnboardingRow,
  type Projection,
} from '../../db/index.ts';
import type { TimelineEntry } from '../../onboarding/state.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import {
  aCustomer,
  anEnvironment,
  anOnboarding,
  aView,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
});
afterAll(() => databases.close());

const inTenant = <T>(customer: Customer, work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(databases.app, customer, work);
const project = (customer: Customer, { id }: OnboardingRow, changes: Partial<Projection> = {}) =>
  inTenant(customer, (tx) =>
    applyProjection(tx, customer, {
      onboardingId: id,
      origin: 'invitation',
      view: aView({ revision: 2 }),
      entries: [],
      isOpen: true,
      newId,
      now,
      ...changes,
    }),
  );
const invited = (number: number): TimelineEntry => ({
  number,
  at: minutesLater(number).toISOString(),
  kind: 'invited',
  completes: false,
  actor: { type: 'staff', id: 'member_1' },
});
const eventsOf = (customer: Customer) =>
  inTenant(customer, (tx) => tx.selectFrom('events').select(['name', 'data']).orderBy('ordinal').execute());
const shown = (customer: Customer, { id }: OnboardingRow) =>
  inTenant(customer, (tx) => getOnboarding(tx, customer, id));

test('what a workflow shows is written with its timeline and one event an entry', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);
  const view = aView({ revision: 2, state: 'opened', stepsDone: 1, waitingFor: 'dns' });

  const isNewer = await project(customer, onboarding, { view, entries: [invited(1)] });

  expect(isNewer).toBe(true);
  expect(await shown(customer, onboarding)).toMatchObject({
    state: 'opened',
    stepsDone: 1,
    waitingFor: 'dns',
    view,
  });
  expect(await eventsOf(customer)).toMatchObject([
    { name: 'onboarding.invited', data: { id: onboarding.id, state: 'opened', actor: { type: 'staff' } } },
  ]);
});

test('an older view never replaces a newer one, and an entry that comes late is added all the same', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);
  await project(customer, onboarding, {
    view: aView({ revision: 5, state: 'in_progress' }),
    entries: [invited(2)],
  });

  const isNewer = await project(customer, onboarding, {
    view: aView({ revision: 4 }),
    entries: [invited(1)],
  });

  expect(isNewer).toBe(false);
  expect(await shown(customer, onboarding)).toMatchObject({ state: 'in_progress', revision: 5 });
  const timeline = await inTenant(customer, (tx) => listTimeline(tx, customer, onboarding.id, { limit: 10 }));
  expect(timeline.map(({ number }) => number)).toEqual([1, 2]);
});

test('the same projection twenty times at once sends its event once', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);

  await Promise.all(
    Array.from({ length: 20 }, () => project(customer, onboarding, { entries: [invited(1)] })),
  );

  expect(await eventsOf(customer)).toHaveLength(1);
});

test('the last act is a customer’s, whatever else has happened since', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);
  const opened: TimelineEntry = { ...invited(3), kind: 'opened', actor: { type: 'customer', id: 'link_1' } };

  await project(customer, onboarding, { entries: [opened, invited(4)] });

  expect((await shown(customer, onboarding)).lastActAt).toEqual(minutesLater(3));
});

test('of 50 onboardings started at once, one is open', async () => {
  const customer = await aCustomer(databases);

  const started = await Promise.allSettled(
    Array.from({ length: 50 }, () => anOnboarding(databases, customer)),
  );

  expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of started) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'onboarding_open' });
  }
});

test('when one is over the next one gets the next number', async () => {
  const customer = await aCustomer(databases);
  const first = await anOnboarding(databases, customer);
  await project(customer, first, { view: aView({ revision: 2, state: 'closed' }), isOpen: false });

  const second = await inTenant(customer, (tx) =>
    insertOnboarding(tx, { id: newId('onb_'), ...customer, origin: 'portal', view: aView(), createdAt: now }),
  );

  expect([first.number, second.number]).toEqual([1, 2]);
  const open = await inTenant(customer, (tx) => findOpenOnboarding(tx, customer, customer.organizationId));
  expect(open?.id).toBe(second.id);
});

test('a step’s door opens and closes once a round, in whatever order the effects arrive', async () => {
  const customer = await aCustomer(databases);
  const { id: onboardingId } = await anOnboarding(databases, customer);
  const step = { onboardingId, step: 'test_sign_in' as const };
  const close = { closedAt: minutesLater(1), outcome: 'done' };

  await inTenant(customer, async (tx) => {
    await openPortalStep(tx, customer, { ...step, round: 1, openedAt: now });
    await closePortalStep(tx, customer, { ...step, round: 1, ...close });
    await closePortalStep(tx, customer, { ...step, round: 2, ...close });
    await openPortalStep(tx, customer, { ...step, round: 2, openedAt: now });
    await openPortalStep(tx, customer, { ...step, round: 3, openedAt: now });
  });

  const open = await inTenant(customer, (tx) => listOpenPortalSteps(tx, customer, onboardingId));
  expect(open.map(({ round }) => round)).toEqual([3]);
});

test('the staff’s board: our turn first, then the longest wait, page by page, with counts and stages', async () => {
  const environmentId = await anEnvironment(databases);
  const sinceOf = (hours: number) => minutesLater(-60 * hours).toISOString();
  const features: OnboardingView['features'] = [
    {
      feature: 'sso',
      requirement: 'required',
      state: 'in_progress',
      steps: [
        { step: 'choose_provider', state: 'done', holder: 'customer', since: sinceOf(9) },
        { step: 'enter_metadata', state: 'open', holder: 'customer', since: sinceOf(9) },
      ],
    },
  ];
  const named = async (name: string, view: Partial<OnboardingView>, isOpen = true) => {
    const customer = await aCustomer(databases, { environmentId, name });
    const onboarding = await anOnboarding(databases, customer);
    await project(customer, onboarding, { view: aView({ revision: 2, features, ...view }), isOpen });
  };
  await named('waits 1 h', { waitingSince: sinceOf(1) });
  await named('waits 3 h', { waitingSince: sinceOf(3), stalledSince: sinceOf(1) });
  await named('our turn', { waitingFor: 'staff', waitingSince: sinceOf(2) });
  await named('live', { state: 'live', waitingFor: null, waitingSince: null, liveAt: sinceOf(24) }, false);
  await named(
    'live long ago',
    { state: 'live', waitingFor: null, waitingSince: null, liveAt: sinceOf(24 * 31) },
    false,
  );
  const tenant = { environmentId };
  const board = async (view: BoardView, limit = 10, after?: string) =>
    withTenant(databases.app, tenant, (tx) =>
      listBoard(tx, tenant, view, { limit, now, ...(after && { after }) }),
    );
  const names = async (view: BoardView) =>
    (await board(view)).rows.map(({ organizationName }) => organizationName);

  const first = await board('all', 2);
  const second = await board('all', 2, first.after ?? undefined);

  const inOrder = [...first.rows, ...second.rows].map(({ organizationName }) => organizationName);
  expect(inOrder).toEqual(['our turn', 'waits 3 h', 'waits 1 h', 'live']);
  expect(first.rows[0]?.stage).toBe('enter_metadata');
  expect(await names('ours')).toEqual(['our turn']);
  expect(await names('stalled')).toEqual(['waits 3 h']);
  expect(await names('moving')).toEqual(['waits 1 h']);
  expect(await names('live')).toEqual(['live']);
  const [counts, stages] = await withTenant(databases.app, tenant, async (tx) => [
    await countBoard(tx, tenant, now),
    await countStages(tx, tenant, now),
  ]);
  expect(counts).toEqual({ ours: 1, stalled: 1, moving: 1, live: 1, all: 5 });
  expect(stages).toEqual([{ stage: 'enter_metadata', count: 3, medianAgeMs: 2 * 3_600_000 }]);
});
