import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import type { Act, Command } from '../../onboarding/commands.ts';
import { applyCommand, progress, reportFact, type OnboardingInput } from '../../workflows/messages.ts';
import { fakeActivities, type FakeActivities } from '../support/fake-activities.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal, type TestTemporal } from '../support/temporal.ts';

const customer = { type: 'customer', id: 'session_1' } as const;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** One onboarding on a worker of its own, as the api and the portal would drive it. */
async function anOnboardingRun(
  temporal: TestTemporal,
  work: (run: {
    does: (act: Act, key?: string, actor?: Command['actor']) => Promise<unknown>;
    handle: WorkflowHandle;
    workflowId: string;
  }) => Promise<void>,
  activities: FakeActivities = fakeActivities(),
  maxCachedWorkflows = 0,
): Promise<FakeActivities> {
  const workflowId = `onb/org_1/${randomUUID()}`;
  const taskQueue = workflowId;
  const { client } = temporal.environment;
  const input: OnboardingInput = {
    v: 1,
    onboardingId: 'onb_1',
    environmentId: 'env_1',
    organizationId: 'org_1',
    number: 1,
  };
  let keys = 0;
  const does = (act: Act, key = `${workflowId}:${++keys}`, actor: Command['actor'] = customer) => {
    const command: Command = { key, actor, ...act };
    return client.workflow.executeUpdateWithStart(applyCommand, {
      args: [command],
      updateId: key,
      startWorkflowOperation: new WithStartWorkflowOperation('onboardCustomer', {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });
  };
  const worker = await Worker.create({
    connection: temporal.environment.nativeConnection,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: { codePath: temporal.bundlePath },
    activities,
    // Every task replays from the start: what is not deterministic shows at once.
    maxCachedWorkflows,
  });
  await worker.runUntil(work({ does, handle: client.workflow.getHandle(workflowId), workflowId }));
  return activities;
}

const startSso: Act = {
  kind: 'start',
  origin: 'invitation',
  plan: { sso: 'required' },
  domainPolicy: 'optional',
  reminders: true,
  domainVerified: false,
  connectionLive: false,
};
const invite: Act = {
  kind: 'invite',
  linkId: 'link_1',
  delivery: 'mail',
  contactId: 'contact_1',
  expiresAt: inDays(30),
};

/** Whether it has heard of the end of an activity, and none is under way. */
async function isAtRest(handle: WorkflowHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  const { events = [] } = await handle.fetchHistory();
  const ended = events?.findLastIndex((e) => e.activityTaskCompletedEventAttributes != null) ?? -1;
  const heard = events?.findLastIndex((e) => e.workflowTaskCompletedEventAttributes != null) ?? -1;
  return ended >= 0 && heard > ended && (raw.pendingActivities ?? []).length === 0;
}

await describeWithTemporal('the onboarding workflow', (temporal) => {
  it('runs from the invitation to live and ends with its last view', async () => {
    const activities = await anOnboardingRun(temporal(), async ({ does, handle }) => {
      await does(startSso);
      await does(invite);
      await does({ kind: 'open_link', linkId: 'link_1' });
      await does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' });
      await does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 });
      await handle.signal(reportFact, {
        key: 'fact_1',
        actor: { type: 'provider', id: 'conn_1' },
        kind: 'test_passed',
        connectionId: 'conn_1',
        attemptId: 'attempt_1',
        settingsRevision: 1,
      });
      await does({ kind: 'go_live', connectionId: 'conn_1' });
      expect(await handle.result()).toMatchObject({ state: 'live', stepsDone: 5 });
    });

    expect(activities.named('sendInvitation')).toHaveLength(1);
    expect(activities.named('activateConnection')).toHaveLength(1);
    expect(activities.named('moveCertificateWatch')).toHaveLength(1);
    expect(activities.named('closeLinks')).toEqual([expect.objectContaining({ outcome: 'completed' })]);
  });

  it('repairs what is live in a run of its own: told once, over when all is well again', async () => {
    const wrong = { step: 'repair_sign_in', since: inDays(0), cause: 'expired' } as const;
    const repair = { troubleId: 'trouble_1', ...wrong };
    const to = { contactId: 'contact_1', expiresAt: inDays(30) };
    const link = { linkId: 'link_1', delivery: 'mail', ...to } as const;
    const activities = await anOnboardingRun(temporal(), async ({ does, handle }) => {
      const begun = { ...startSso, origin: 'repair', reminders: false, connectionLive: true } as const;
      await does({ ...begun, repair, link });
      await does({ kind: 'open_repair', repair });
      await handle.signal(reportFact, {
        key: 'fact_1',
        actor: { type: 'system', id: 'health' },
        kind: 'repaired',
        troubleId: 'trouble_1',
      });
      expect(await handle.result()).toMatchObject({ state: 'live', features: [{ state: 'done' }] });
    });

    expect(activities.named('sendNotice')).toMatchObject([{ notice: 'repair', subjectId: 'trouble_1' }]);
    expect(activities.named('sendInvitation')).toEqual([]);
    expect(activities.named('closeLinks')).toMatchObject([{ outcome: 'completed' }]);
  });

  it('begun for an organization that has everything, waits for the act that it was begun for', async () => {
    const activities = await anOnboardingRun(temporal(), async ({ does, handle }) => {
      await does({ ...startSso, origin: 'portal', reminders: false, connectionLive: true });
      await eventually(async () => expect(await isAtRest(handle)).toBe(true));
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await does({ kind: 'open_link', linkId: 'link_1' });
      expect(await handle.result()).toMatchObject({ state: 'live', features: [{ state: 'done' }] });
    });

    expect(activities.named('recordProgress').length).toBeGreaterThan(0);
  });

  it('refuses a step out of order, and the refusal leaves no event in its history', async () => {
    await anOnboardingRun(temporal(), async ({ does, handle }) => {
      await does(startSso);
      const before = await handle.describe();

      const refused = does({ kind: 'go_live', connectionId: 'conn_1' });
      await expect(refused).rejects.toThrow(WorkflowUpdateFailedError);
      await expect(refused).rejects.toMatchObject({
        cause: { message: 'connection_not_tested', type: 'Refused' },
      });

      const { events } = await handle.fetchHistory();
      const updates = events?.filter((e) => e.workflowExecutionUpdateAcceptedEventAttributes != null);
      expect(updates).toHaveLength(1);
      expect(before.status.name).toBe('RUNNING');
    });
  });

  it('applies a command once although it arrives twice with different update ids', async () => {
    await anOnboardingRun(temporal(), async ({ does, handle, workflowId }) => {
      await does(startSso);
      const key = `${workflowId}:again`;
      await does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' }, key);
      const once = await handle.query(progress);
      await temporal()
        .environment.client.workflow.getHandle(workflowId)
        .executeUpdate(applyCommand, {
          args: [
            { key, actor: customer, kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' },
          ],
          updateId: `${key}:relay`,
        });
      expect((await handle.query(progress)).revision).toBe(once.revision);
      await handle.terminate();
    });
  });

  it('outlives an activity that gives up: the onboarding goes on and says what was not delivered', async () => {
    const activities = fakeActivities({
      activateConnection: () =>
        Promise.resolve({ status: 'refused', at: new Date().toISOString(), code: 'test_idp_refused' }),
    });
    await anOnboardingRun(
      temporal(),
      async ({ does, handle }) => {
        await does({ ...startSso, plan: { sso: 'required' } });
        await does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' });
        await does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 });
        await handle.signal(reportFact, {
          key: 'fact_1',
          actor: { type: 'provider', id: 'conn_1' },
          kind: 'test_passed',
          connectionId: 'conn_1',
          attemptId: 'a',
          settingsRevision: 1,
        });
        await does({ kind: 'go_live', connectionId: 'conn_1' });
        await expect
          .poll(async () => (await handle.query(progress)).features[0]?.steps.at(-1)?.state)
          .toBe('failed');
        await handle.terminate();
      },
      activities,
    );
  });

  it('sends its reminders over the weeks, each once, and ends the link after 30 days', async () => {
    const activities = await anOnboardingRun(temporal(), async ({ does, handle, workflowId }) => {
      await does({ ...startSso, origin: 'invitation' });
      await does(invite);
      await temporal().skipTime(workflowId);
      await expect.poll(async () => (await handle.query(progress)).next).toBeNull();
      await handle.terminate();
    });

    const sent = activities.named('sendReminder').map((input) => (input as { reminder: string }).reminder);
    expect(sent).toEqual(['not_opened_3', 'not_opened_7', 'link_ends_soon']);
  });

  it('starts a new run long before its history is long, and loses nothing', async () => {
    const activities = await anOnboardingRun(
      temporal(),
      async ({ does, handle }) => {
        await does({ ...startSso, plan: { sso: 'required', domain_verification: 'optional' } });
        const first = (await handle.describe()).runId;
        const flip = (i: number) =>
          does({ kind: i % 2 === 0 ? 'skip_feature' : 'take_back_skip', feature: 'domain_verification' });
        const sameRun = async () => (await handle.describe()).runId === first;
        for (let round = 0; round < 200 && (round % 20 !== 0 || (await sameRun())); round++) {
          await Promise.all([0, 1, 2, 3, 4, 5].map(flip));
        }
        expect(await sameRun()).toBe(false);
        expect((await handle.query(progress)).features).toHaveLength(2);
        await handle.terminate();
      },
      fakeActivities(),
      10,
    );
    expect(activities.named('openPortalStep')).toHaveLength(7);
  });

  it('in staff-led mode takes each step from who holds it, mails when the turn is the customer’s, and reminds of nothing else', async () => {
    const staff = { type: 'staff', id: 'member_1' } as const;
    const activities = await anOnboardingRun(temporal(), async ({ does, handle }) => {
      await does({ ...startSso, mode: 'staff_led' });
      await does(invite);
      const choose: Act = { kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' };
      await expect(does(choose)).rejects.toMatchObject({ cause: { message: 'step_held', type: 'Refused' } });
      await expect(does({ kind: 'remind' })).rejects.toMatchObject({ cause: { message: 'step_held' } });
      await does(choose, 'choose_as_staff', staff);
      await does({ kind: 'finish_configuration', connectionId: 'conn_1' });
      const plan = { domain_verification: 'optional' } as const;
      await does({ kind: 'tailor', mode: 'self_service', plan }, 'tailor_as_staff', staff);
      await does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 });
      const shown = await handle.query(progress);
      expect(shown).toMatchObject({ mode: 'self_service', waitingFor: 'customer' });
      expect(shown.features.map(({ feature }) => feature)).toEqual(['sso', 'domain_verification']);
      await does({ kind: 'cancel' });
    });

    const turns = activities.named('sendNotice').map((input) => Object(input).subjectId);
    expect(turns).toEqual(['configure_provider', 'enter_metadata']);
    // The mail names the revision from which on the page shows the turn: by it a page that lags is known.
    const [, { revision }] = activities.named('sendNotice').map((input) => Object(input));
    const shown = activities.named('recordProgress').map((input) => Object(input).view);
    // Not each revision is told by itself: several that come at once are told by the last of them.
    const modesWhere = (told: (at: number) => boolean) =>
      new Set(shown.filter((one) => told(one.revision)).map((one) => one.mode));
    expect(modesWhere((at) => at < revision)).toEqual(new Set(['staff_led']));
    expect(modesWhere((at) => at >= revision)).toEqual(new Set(['self_service']));
    expect(activities.named('sendReminder')).toEqual([]);
  });
});
