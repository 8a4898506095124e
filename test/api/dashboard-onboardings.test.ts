import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { applyProjection, getOnboarding, withTenant } from '../../db/index.ts';
import type { TimelineEntry } from '../../onboarding/state.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { anInvited } from '../support/visitor.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
let staff: Staff;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  vendor = await aVendor(api);
  staff = await aStaff(api, vendor);
  api.temporal.deliver = () => Promise.resolve({ status: 'unknown', reason: 'nobody listens' });
});
afterAll(() => api.close());

async function anOnboarding(name = 'Acme', delivery: 'mail' | 'copy' = 'mail') {
  const organization = await anOrganization(vendor, { name });
  const { body } = await staff.ask('POST', `/organizations/${organization.id}/invitations`, {
    features: [{ feature: 'sso', requirement: 'required' }],
    delivery,
    email: delivery === 'mail' ? 'anna@acme.test' : null,
    lifeDays: 30,
    note: '',
  });
  return { id: String(body.onboardingId), organizationId: organization.id };
}

/** What its workflow would tell next. */
async function tell(
  { id, organizationId }: { id: string; organizationId: string },
  change: Partial<OnboardingView>,
  entries: (Pick<TimelineEntry, 'kind'> & Partial<TimelineEntry>)[] = [],
  isOpen = true,
): Promise<void> {
  const tenant = { environmentId: vendor.environment.id, organizationId };
  await withTenant(api.db, tenant, async (tx) => {
    const { view, origin } = await getOnboarding(tx, tenant, id);
    const now = api.deps.now();
    await applyProjection(tx, tenant, {
      onboardingId: id,
      origin,
      isOpen,
      newId,
      now,
      view: { ...view, ...change, revision: view.revision + 1 },
      entries: entries.map((entry, at) => ({
        number: view.revision * 100 + at + 1,
        at: now.toISOString(),
        actor: { type: 'system', id: 'x' },
        completes: false,
        ...entry,
      })),
    });
  });
}

test('the list shows our turn first, with counts, stages and the steps done', async () => {
  const ours = await anOnboarding('Ours');
  const moving = await anOnboarding('Moving');
  const ended = await anOnboarding('Ended');
  await tell(ours, { waitingFor: 'staff', waitingSince: api.deps.now().toISOString() });
  await tell(ended, { state: 'cancelled', waitingFor: null, waitingSince: null }, [], false);

  const all = await staff.ask('GET', '/onboardings?view=all');
  const onlyOurs = await staff.ask('GET', '/onboardings?view=ours');
  const first = await staff.ask('GET', '/onboardings?limit=1');
  const second = await staff.ask('GET', `/onboardings?limit=1&after=${first.body.next}`);

  const idsOf = (reply: typeof all) => reply.body.onboardings.map(({ id }: { id: string }) => id);
  expect(idsOf(all)).toEqual([ours.id, moving.id, ended.id]);
  expect(all.body.counts).toEqual({ ours: 1, stalled: 0, moving: 1, live: 0, all: 3 });
  expect(all.body.stages).toMatchObject([{ stage: 'choose_provider', count: 2 }]);
  expect(all.body.onboardings[1]).toMatchObject({
    organizationName: 'Moving',
    number: 1,
    stage: 'choose_provider',
    waitingFor: 'customer',
    stepsDone: 0,
    stepsTotal: 5,
  });
  expect(idsOf(onlyOurs)).toEqual([ours.id]);
  expect(idsOf(second)).toEqual([moving.id]);
  expect((await staff.ask('GET', '/onboardings?view=nothing')).status).toBe(422);
});

test('the course calls a domain by its name, for staff and for the customer, and one that is gone by none', async () => {
  const organization = await anOrganization(vendor, { name: 'Acme' });
  const visitor = await anInvited(api, vendor, organization.id);
  const { body: domain } = await vendor.call('POST', '/organization_domains', {
    organization_id: organization.id,
    domain: 'xn--bcher-kva.com',
  });
  await tell({ id: visitor.onboardingId, organizationId: organization.id }, {}, [
    { kind: 'domain_added', step: 'add_domain', facts: { domain_id: domain.id } },
    { kind: 'domain_removed', facts: { domain_id: newId('org_domain_') } },
  ]);

  const pages = [
    await staff.ask('GET', `/onboardings/${visitor.onboardingId}`),
    await visitor.ask('GET', '/home'),
  ];

  for (const { body } of pages) {
    const named = body.timeline.filter(({ kind }: { kind: string }) => kind.startsWith('domain_'));
    expect(named.map(({ facts }: { facts: { domain?: string } }) => facts.domain)).toEqual([
      'bücher.com',
      undefined,
    ]);
  }
});

test('the page says where they are stuck, what comes next, who acted and who is there', async () => {
  const onboarding = await anOnboarding();
  const failed = { actor: { type: 'provider' as const, id: 'conn' }, step: 'test_sign_in' as const };
  const since = api.deps.now().toISOString();
  const { body: before } = await staff.ask('GET', `/onboardings/${onboarding.id}`);
  const [sso] = before.view.features;
  await tell(
    onboarding,
    {
      state: 'in_progress',
      next: { what: 'test_failed_twice', at: new Date(Date.parse(since) + 3_600_000).toISOString() },
      features: [
        {
          ...sso,
          steps: sso.steps.map((step: { step: string }) => ({
            ...step,
            state: step.step === 'test_sign_in' ? 'failed' : 'done',
            cause: 'audience_differs',
          })),
        },
      ],
    },
    [
      { kind: 'started', actor: { type: 'staff', id: staff.member.id } },
      { kind: 'opened', actor: { type: 'customer', id: before.links[0].id } },
      { kind: 'test_failed', ...failed, facts: { cause: 'audience_differs' } },
      { kind: 'test_failed', ...failed, facts: { cause: 'audience_differs' } },
    ],
  );

  const { body } = await staff.ask('GET', `/onboardings/${onboarding.id}`);

  expect(body.stuck).toMatchObject({ step: 'test_sign_in', failures: 2, cause: 'audience_differs' });
  expect(body.upcoming.map(({ what }: { what: string }) => what)).toEqual([
    'test_failed_twice',
    'stalled',
    'link_ends',
  ]);
  expect(body.timeline.map(({ actor }: { actor: { name: string | null } }) => actor.name)).toEqual([
    staff.member.email,
    'anna@acme.test',
    null,
    null,
  ]);
  expect(body.people).toMatchObject([
    { email: 'anna@acme.test', role: 'contact' },
    { email: staff.member.email, role: 'staff' },
  ]);
  expect(body).toMatchObject({
    organization: { name: 'Acme' },
    links: [{ kind: 'main', contact: 'anna@acme.test' }],
    temporalAway: true,
    undoCancelUntil: null,
  });
  expect(body.queuedCommands).toBeGreaterThan(0);
});

test('[TMP-06] an act that the workflow takes at once carries who did it and is applied, with its view and its audit row', async () => {
  const onboarding = await anOnboarding();
  const { body: before } = await staff.ask('GET', `/onboardings/${onboarding.id}`);
  await settleQueue();
  const sent: unknown[] = [];
  api.temporal.deliver = (command) => {
    sent.push(command.body);
    return Promise.resolve({ status: 'applied', result: { ...before.view, revision: 7 } });
  };

  const reminded = await staff.ask('POST', `/onboardings/${onboarding.id}/remind`);

  expect([reminded.status, reminded.body.status, reminded.body.view.revision]).toEqual([200, 'applied', 7]);
  expect(sent).toMatchObject([{ kind: 'remind', actor: { type: 'staff', id: staff.member.id } }]);
  expect((await auditOf(api, staff)).at(-1)).toMatchObject({
    action: 'onboarding.remind',
    targetId: onboarding.id,
  });
});

test('[TMP-06] nothing of an act that somebody may not do is sent to the workflow', async () => {
  const onboarding = await anOnboarding();
  await settleQueue();
  const sent: unknown[] = [];
  api.temporal.deliver = (command) => {
    sent.push(command.body);
    return Promise.resolve({ status: 'unknown', reason: 'nobody listens' });
  };
  const viewer = await aStaff(api, vendor, 'viewer');
  const stranger = await aStaff(api, await aVendor(api), 'admin');
  const countCommands = () =>
    asSystem(api, (tx) =>
      tx.selectFrom('commands').select('id').where('environmentId', '=', vendor.environment.id).execute(),
    );
  const before = await countCommands();

  for (const act of ['remind', 'cancel', 'extend']) {
    expect((await viewer.ask('POST', `/onboardings/${onboarding.id}/${act}`)).status).toBe(403);
    expect((await stranger.ask('POST', `/onboardings/${onboarding.id}/${act}`)).status).toBe(404);
  }

  expect(sent).toEqual([]);
  expect(await countCommands()).toEqual(before);
});

test('an act is kept while the engine is away, and refused when the workflow refuses', async () => {
  const onboarding = await anOnboarding();
  const kept = await staff.ask('POST', `/onboardings/${onboarding.id}/cancel`);
  await settleQueue();
  api.temporal.deliver = () => Promise.resolve({ status: 'refused', code: 'onboarding_ended' });

  const refused = await staff.ask('POST', `/onboardings/${onboarding.id}/cancel`);

  expect([kept.status, kept.body.status]).toEqual([202, 'queued']);
  expect([refused.status, refused.body.code]).toEqual([409, 'onboarding_ended']);
});

test('nobody is reminded twice within ten minutes', async () => {
  const onboarding = await anOnboarding();
  await tell(onboarding, {}, [{ kind: 'reminder_due' }]);

  const again = await staff.ask('POST', `/onboardings/${onboarding.id}/remind`);

  expect([again.status, again.body.code]).toEqual([409, 'reminded_recently']);
});

test('a fresh link replaces the one before, told once when it is to be copied', async () => {
  const onboarding = await anOnboarding();

  const copied = await staff.ask('POST', `/onboardings/${onboarding.id}/fresh-link`, { delivery: 'copy' });
  const mailed = await staff.ask('POST', `/onboardings/${onboarding.id}/fresh-link`, { delivery: 'mail' });

  expect(copied.body).toMatchObject({ onboardingId: onboarding.id, replaced: { to: 'anna@acme.test' } });
  expect(copied.body.link).toContain('/setup/');
  expect(mailed.body).toMatchObject({ link: null, text: null });
  const { body } = await staff.ask('GET', `/onboardings/${onboarding.id}`);
  expect(body.links.map(({ state }: { state: string }) => state)).toEqual([
    'created',
    'replaced',
    'replaced',
  ]);
});

test('cancelling can be undone for seven days, and not while another onboarding is open', async () => {
  const onboarding = await anOnboarding();
  const gone = { state: 'cancelled', waitingFor: null, waitingSince: null, next: null } as const;
  await tell(onboarding, gone, [{ kind: 'cancelled' }], false);
  const { body } = await staff.ask('GET', `/onboardings/${onboarding.id}`);
  expect(Date.parse(body.undoCancelUntil)).toBeGreaterThan(api.deps.now().getTime() + 6.9 * 86_400_000);

  const undone = await staff.ask('POST', `/onboardings/${onboarding.id}/undo-cancel`);
  expect([undone.status, undone.body.status]).toEqual([202, 'queued']);
  await staff.ask('POST', `/organizations/${onboarding.organizationId}/invitations`, {
    features: [{ feature: 'sso', requirement: 'required' }],
    delivery: 'copy',
    email: null,
    lifeDays: 30,
    note: '',
  });
  const tooLate = await staff.ask('POST', `/onboardings/${onboarding.id}/undo-cancel`);

  expect([tooLate.status, tooLate.body.code]).toEqual([409, 'onboarding_open']);
  const after = await staff.ask('GET', `/onboardings/${onboarding.id}`);
  expect(after.body.undoCancelUntil).toBeNull();
});

test('what was never cancelled cannot be undone', async () => {
  const onboarding = await anOnboarding();

  const undone = await staff.ask('POST', `/onboardings/${onboarding.id}/undo-cancel`);

  expect([undone.status, undone.body.code]).toEqual([409, 'onboarding_ended']);
});

// [API-02] what belongs to another environment is not there.
test('an onboarding of another environment is found by nobody here', async () => {
  const { id } = await anOnboarding();
  const stranger = await aStaff(api, await aVendor(api), 'admin');

  for (const reply of [
    await stranger.ask('GET', `/onboardings/${id}`),
    await stranger.ask('GET', `/onboardings/${id}/workflow`),
    await stranger.ask('GET', `/onboardings/${id}/workflow/events?runId=x&ids=1`),
    await stranger.ask('POST', `/onboardings/${id}/remind`),
    await stranger.ask('POST', `/onboardings/${id}/cancel`),
    await stranger.ask('POST', `/onboardings/${id}/undo-cancel`),
    await stranger.ask('POST', `/onboardings/${id}/fresh-link`, { delivery: 'copy' }),
  ]) {
    expect([reply.status, reply.body.code]).toEqual([404, 'not_found']);
  }
});

/** Marks what still waits as delivered, as the relay would, so that the next command need not wait for it. */
async function settleQueue(): Promise<void> {
  await asSystem(api, (tx) =>
    tx.updateTable('commands').set({ state: 'applied' }).where('state', '=', 'accepted').execute(),
  );
}
