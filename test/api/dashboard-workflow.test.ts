import { randomBytes } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataConverter, failureConverterPath } from '../../adapters/payload-codec.ts';
import { createSecrets } from '../../adapters/secrets.ts';
import { createWorkflowHistories } from '../../adapters/workflow-history.ts';
import { foldHistory } from '../../api/workflow-history/fold.ts';
import type { Act, Command } from '../../onboarding/commands.ts';
import { onboardingWorkflowId } from '../../onboarding/workflow-names.ts';
import { applyCommand, reportFact, type OnboardingInput } from '../../workflows/messages.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { fakeActivities } from '../support/fake-activities.ts';
import { aStaff, auditOf } from '../support/staff.ts';
import { describeWithTemporal, type TestTemporal } from '../support/temporal.ts';

const customer = { type: 'customer', id: 'link_1' } as const;
const acts: readonly Act[] = [
  {
    kind: 'start',
    origin: 'invitation',
    plan: { sso: 'required' },
    domainPolicy: 'optional',
    reminders: true,
    domainVerified: false,
    connectionLive: false,
  },
  {
    kind: 'invite',
    linkId: 'link_1',
    delivery: 'mail',
    contactId: 'contact_1',
    expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  },
  { kind: 'open_link', linkId: 'link_1' },
  { kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' },
  { kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 },
];

await describeWithTemporal('the history of a workflow, for people', (temporal) => {
  const dataConverter = createDataConverter(createSecrets([{ id: 'test', bytes: randomBytes(32) }]));
  let api: TestApi;
  let vendor: Vendor;
  beforeAll(async () => {
    api = await startTestApi();
    vendor = await aVendor(api);
    const client = temporal().clientWith(dataConverter);
    api.deps.workflowHistories = createWorkflowHistories({ client, now: () => new Date() });
  });
  afterAll(() => api.close());

  it('is folded into one line for each intent, with its tries, and its raw events are decoded under audit', async () => {
    const organization = await anOrganization(vendor, { name: 'Acme' });
    const started = await vendor.call('POST', '/onboardings', {
      organization: organization.id,
      delivery: 'copy',
      features: [{ feature: 'sso' }],
    });
    const staff = await aStaff(api, vendor, 'viewer');
    const workflowId = onboardingWorkflowId(organization.id, 1);
    let refusals = 2;

    await running(temporal(), workflowId, organization.id, {
      sendInvitation: () =>
        refusals-- > 0
          ? Promise.reject(new Error('the mail server is busy'))
          : Promise.resolve({ status: 'done', at: new Date().toISOString() }),
      validateConnection: () => Promise.reject(new Error('no route to the database')),
    });
    const { body } = await staff.ask('GET', `/onboardings/${started.body.id}/workflow`);

    expect(body).toMatchObject({ available: true, status: 'RUNNING' });
    expect(body.runs).toHaveLength(1);
    const lines: string[] = body.folded.map(
      ({ kind, title }: { kind: string; title: string }) => `${kind} ${title}`,
    );
    expect(lines.filter((line) => /^(started|command|fact)/.test(line))).toEqual([
      'started start',
      ...acts.map(({ kind }) => `command ${kind}`),
      'fact test_failed',
    ]);
    expect(body.folded).toContainEqual(
      expect.objectContaining({ kind: 'effect', title: 'send_invitation', tries: 3 }),
    );
    expect(lines).toContain('effect record_progress');
    // Another activity may be under way at the moment of the look.
    const refused = body.pending.find(
      ({ activity }: { activity: string }) => activity === 'validate_connection',
    );
    expect(refused).toMatchObject({ lastFailure: 'no route to the database' });
    expect(refused.attempt).toBeGreaterThan(1);
    expect(body.temporalUrl).toContain(encodeURIComponent(workflowId));

    const { eventIds } = body.folded.find(({ title }: { title: string }) => title === 'choose_provider');
    const query = new URLSearchParams({ runId: body.runs[0].runId, ids: eventIds.join(',') });
    const raw = await staff.ask('GET', `/onboardings/${started.body.id}/workflow/events?${query}`);

    expect(raw.body.events).toHaveLength(eventIds.length);
    expect(JSON.stringify(raw.body.events[0])).toContain('"providerId":"okta"');
    expect(JSON.stringify(raw.body)).not.toContain('binary/encrypted');
    const audit = await auditOf(api, staff);
    expect(audit).toMatchObject([
      {
        action: 'onboarding.history_decoded',
        targetId: started.body.id,
        organizationId: organization.id,
        after: { event_ids: eventIds },
      },
    ]);
  });

  it('is empty where the workflow has not begun, and a run that is nobody’s is not found', async () => {
    const organization = await anOrganization(vendor, { name: 'Later' });
    const started = await vendor.call('POST', '/onboardings', {
      organization: organization.id,
      delivery: 'copy',
      features: [{ feature: 'sso' }],
    });
    const staff = await aStaff(api, vendor, 'viewer');
    const path = `/onboardings/${started.body.id}/workflow`;

    expect((await staff.ask('GET', path)).body).toMatchObject({ available: true, folded: [], status: null });
    const run = '3f0c8c3a-6a36-4ae0-8b0b-2f0a51a4f1a1';
    expect((await staff.ask('GET', `${path}/events?runId=${run}&ids=1`)).status).toBe(404);
  });

  it('goes on over a new run as one story, and names what has failed', () => {
    const at = new Date('2026-03-02T09:12:00Z');
    const later = (ms: number) => new Date(at.getTime() + ms);
    const run = { startedAt: at, closedAt: null, status: 'RUNNING' };

    const folded = foldHistory([
      {
        ...run,
        runId: 'one',
        events: [
          { id: 1, at, kind: 'started', previousRunId: null },
          { id: 2, at, kind: 'timer_started', summary: 'next deadline' },
          { id: 3, at, kind: 'timer_started', summary: 'next deadline' },
          { id: 4, at, kind: 'timer_ended', startedId: 2, hasFired: false },
          { id: 5, at: later(60_000), kind: 'timer_ended', startedId: 3, hasFired: true },
          { id: 6, at, kind: 'activity_scheduled', activity: 'sendReminder', summary: null },
          { id: 7, at, kind: 'activity_started', scheduledId: 6, attempt: 4 },
          { id: 8, at: later(5_000), kind: 'activity_ended', scheduledId: 6, failure: 'gave up' },
          { id: 9, at, kind: 'task_failed', failure: 'nondeterminism' },
          { id: 10, at, kind: 'continued' },
        ],
      },
      { ...run, runId: 'two', events: [{ id: 1, at, kind: 'started', previousRunId: 'one' }] },
    ]);

    expect(folded).toMatchObject([
      { kind: 'started', title: 'start' },
      { kind: 'timer', title: 'next deadline', durationMs: 60_000, eventIds: [3, 5] },
      { kind: 'failed', title: 'send_reminder', tries: 4, durationMs: 5_000, eventIds: [6, 7, 8] },
      { kind: 'failed', title: 'nondeterminism' },
      { kind: 'continued' },
    ]);
  });

  /** Plays the acts against a worker, then a failed test, and stops the worker while one effect is tried again. */
  async function running(
    { namespace, bundlePath, environment, clientWith }: TestTemporal,
    workflowId: string,
    organizationId: string,
    answers: Parameters<typeof fakeActivities>[0],
  ): Promise<void> {
    const taskQueue = workflowId;
    const { workflow } = clientWith(dataConverter);
    const input: OnboardingInput = {
      v: 1,
      onboardingId: 'onb_1',
      environmentId: 'env_1',
      organizationId,
      number: 1,
    };
    const activities = fakeActivities(answers);
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: bundlePath },
      activities,
      dataConverter: { ...dataConverter, failureConverterPath },
    });
    await worker.runUntil(async () => {
      for (const [at, act] of acts.entries()) {
        const command: Command = { key: `key_${at}`, actor: customer, ...act };
        await workflow.executeUpdateWithStart(applyCommand, {
          args: [command],
          updateId: command.key,
          startWorkflowOperation: new WithStartWorkflowOperation('onboardCustomer', {
            workflowId,
            taskQueue,
            args: [input],
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        });
      }
      await workflow.getHandle(workflowId).signal(reportFact, {
        key: 'fact_1',
        actor: { type: 'provider', id: 'conn_1' },
        kind: 'test_failed',
        connectionId: 'conn_1',
        attemptId: 'attempt_1',
        cause: 'audience_differs',
      });
      await expect.poll(() => activities.named('sendInvitation').length).toBe(3);
      await expect.poll(() => activities.named('validateConnection').length).toBeGreaterThan(1);
    });
  }
});
