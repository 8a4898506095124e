/**
 * Records the histories of a release: `npx tsx test/histories/record.ts 0.1.0`, against a Temporal server that listens
 * on 127.0.0.1:7233 or at `TEMPORAL_ADDRESS` (`temporal server start-dev`). Names after the release record those alone.
 * Never edit what it wrote, and never record a history of a release again.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection, WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';
import type { Act, Fact } from '../../onboarding/commands.ts';
import { pumpQueueOf } from '../../onboarding/workflow-names.ts';
import {
  ageingChanged,
  applyCommand,
  certificatesChanged,
  directoryChanged,
  domainSeen,
  nudge,
  readDirectory,
  reportFact,
  stopCertificateWatch,
  stopDirectory,
  stopDomain,
  streamWoken,
  webhookWoken,
} from '../../workflows/messages.ts';
import { fakeActivities, type FakeActivities } from '../support/fake-activities.ts';

const [, , release = 'next', ...only] = process.argv;
const address = process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
const folder = path.resolve('test/histories', release);
const { code } = await bundleWorkflowCode({ workflowsPath: path.resolve('workflows/index.ts') });
const native = await NativeConnection.connect({ address });
const connection = await Connection.connect({ address });
const client = new Client({ connection });
await mkdir(folder, { recursive: true });

type Drive = (run: { taskQueue: string; workflowId: string }) => Promise<WorkflowHandle>;

async function record(name: string, activities: FakeActivities, drive: Drive): Promise<void> {
  if (only.length > 0 && !only.includes(name)) return;
  const workflowId = `${name}/${randomUUID()}`;
  const worker = await Worker.create({
    connection: native,
    taskQueue: workflowId,
    activities,
    workflowBundle: { code },
  });
  const pumpsOn = (taskQueue: string) => Worker.create({ connection: native, taskQueue, activities });
  const pumps = await pumpsOn(pumpQueueOf(workflowId));
  const slowPumps = await pumpsOn(pumpQueueOf(workflowId, true));
  const recorded = worker.runUntil(async () => {
    const handle = await drive({ taskQueue: workflowId, workflowId });
    // Stack traces name files: from the repository on, wherever it lies.
    const history = historyToJSON(await handle.fetchHistory()).replaceAll(`${process.cwd()}/`, '');
    await writeFile(path.join(folder, `${name}.json`), `${history}\n`);
  });
  await slowPumps.runUntil(pumps.runUntil(recorded));
}

function onboarding({ taskQueue, workflowId }: { taskQueue: string; workflowId: string }) {
  const handle = client.workflow.getHandle(workflowId);
  let keys = 0;
  const does = (act: Act) => {
    const key = `${workflowId}:${++keys}`;
    return client.workflow.executeUpdateWithStart(applyCommand, {
      args: [{ key, actor: { type: 'customer', id: 'session_1' }, ...act }],
      updateId: key,
      startWorkflowOperation: new WithStartWorkflowOperation('onboardCustomer', {
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING' as const,
        args: [{ v: 1, onboardingId: 'onb_1', environmentId: 'env_1', organizationId: 'org_1', number: 1 }],
      }),
    });
  };
  const tells = (fact: Fact) =>
    handle.signal(reportFact, {
      key: `${workflowId}:fact:${++keys}`,
      actor: { type: 'provider', id: 'conn_1' },
      ...fact,
    });
  return { handle, does, tells };
}

const start: Act = {
  kind: 'start',
  origin: 'invitation',
  plan: { sso: 'required', domain_verification: 'optional' },
  domainPolicy: 'required',
  reminders: true,
  domainVerified: false,
  connectionLive: false,
};
const invite: Act = {
  kind: 'invite',
  linkId: 'link_1',
  delivery: 'mail',
  contactId: 'contact_1',
  expiresAt: '2126-01-01T00:00:00.000Z',
};

await record('onboarding-to-live', fakeActivities(), async (run) => {
  const { handle, does, tells } = onboarding(run);
  await does(start);
  await does(invite);
  await does({ kind: 'open_link', linkId: 'link_1' });
  await does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' });
  await does({ kind: 'finish_configuration', connectionId: 'conn_1' });
  await does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 });
  await tells({ kind: 'test_failed', connectionId: 'conn_1', attemptId: 'a_1', cause: 'audience_differs' });
  await tells({ kind: 'test_failed', connectionId: 'conn_1', attemptId: 'a_2', cause: 'audience_differs' });
  await tells({ kind: 'test_passed', connectionId: 'conn_1', attemptId: 'a_3', settingsRevision: 1 });
  await does({ kind: 'go_live', connectionId: 'conn_1' }).catch(() => undefined);
  await does({ kind: 'add_domain', domainId: 'dom_1' });
  await tells({ kind: 'domain_verified', domainId: 'dom_1' });
  await does({ kind: 'go_live', connectionId: 'conn_1' });
  await handle.result();
  return handle;
});

await record('onboarding-skipped-and-cancelled', fakeActivities(), async (run) => {
  const { handle, does } = onboarding(run);
  await does(start);
  await does(invite);
  await does({ kind: 'remind' });
  await does({
    kind: 'fresh_link',
    linkId: 'link_2',
    delivery: 'copy',
    contactId: null,
    expiresAt: '2126-01-01T00:00:00.000Z',
  });
  await does({ kind: 'skip_feature', feature: 'domain_verification' });
  await does({ kind: 'take_back_skip', feature: 'domain_verification' });
  await does({ kind: 'cancel' });
  await does({ kind: 'undo_cancel' });
  return handle;
});

await record('onboarding-with-a-directory', fakeActivities(), async (run) => {
  const { handle, does, tells } = onboarding(run);
  const directoryId = 'directory_1';
  const choose: Act = { kind: 'choose_directory', directoryId, providerId: 'okta' };
  const connect: Act = { kind: 'finish_directory_connection', directoryId };
  const repair = { troubleId: 'trouble_1', step: 'repair_directory' as const, cause: 'cycles' };
  await does({ ...start, plan: { directory_sync: 'required', domain_verification: 'optional' } });
  await does(invite);
  await does({ kind: 'open_link', linkId: 'link_1' });
  await does(choose);
  await does(connect);
  await tells({ kind: 'directory_gone', directoryId });
  await does(choose);
  await does(connect);
  await tells({ kind: 'directory_linked', directoryId, hasRoles: true });
  await does({ kind: 'assign_roles', directoryId });
  await does({ kind: 'reset_directory', directoryId });
  await does({ kind: 'bring_back_directory', directoryId });
  await does({ kind: 'open_repair', repair: { ...repair, since: '2026-01-01T00:00:00.000Z' } });
  await tells({ kind: 'repaired', troubleId: 'trouble_1' });
  await does({ kind: 'skip_feature', feature: 'domain_verification' });
  await handle.result();
  return handle;
});

await record(
  'onboarding-refused-by-the-checks',
  fakeActivities({
    validateConnection: () =>
      Promise.resolve({ status: 'refused', at: new Date().toISOString(), code: 'certificate_ended' }),
    sendInvitation: () => Promise.reject(ApplicationFailure.nonRetryable('mail_refused', 'Permanent')),
  }),
  async (run) => {
    const { handle, does } = onboarding(run);
    await does(start);
    await does(invite);
    await does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' });
    await does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 });
    await does({ kind: 'remind' });
    return handle;
  },
);

const whose = { v: 1, environmentId: 'env_1', organizationId: 'org_1' };

await record('domain-proved-and-watched', fakeActivities(), async ({ taskQueue, workflowId }) => {
  const handle = await client.workflow.start('verifyDomain', {
    taskQueue,
    workflowId,
    args: [{ ...whose, domainId: 'dom_1' }],
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await handle.signal(stopDomain);
  await handle.result();
  return handle;
});

await record(
  'domain-seen-by-the-api',
  fakeActivities({
    lookForRecord: () =>
      Promise.reject(
        ApplicationFailure.create({ type: 'NotYet', message: 'not_there', nextRetryDelay: 60_000 }),
      ),
  }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('verifyDomain', {
      taskQueue,
      workflowId,
      args: [{ ...whose, domainId: 'dom_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(domainSeen);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(stopDomain);
    await handle.result();
    return handle;
  },
);

await record(
  'certificate-announced-and-changed',
  fakeActivities({
    lookAtCertificates: () =>
      Promise.resolve({
        state: 'live',
        fingerprint: 'ab',
        refreshAt: null,
        endsAt: new Date(Date.now() + 5 * 86_400_000).toISOString(),
      }),
  }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('watchCertificate', {
      taskQueue,
      workflowId,
      args: [{ ...whose, connectionId: 'conn_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(certificatesChanged);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(stopCertificateWatch);
    await handle.result();
    return handle;
  },
);

await record(
  'ageing-announced-and-gone',
  fakeActivities({ lookAtAgeing: anEnd() }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('watchAgeing', {
      taskQueue,
      workflowId,
      args: [{ ...whose, kind: 'client_secret', subjectId: 'conn_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(ageingChanged);
    await handle.result();
    return handle;
  },
);

/** Idle, then a next try within a second, then gone. */
function aStream() {
  let pumped = 0;
  return (): ReturnType<FakeActivities['pumpLogStream']> => {
    pumped += 1;
    if (pumped > 3) return Promise.resolve({ state: 'gone' });
    const nextTryAt = pumped === 2 ? new Date(Date.now() + 500).toISOString() : null;
    return Promise.resolve({ state: 'idle', nextTryAt });
  };
}

await record(
  'stream-sent-retried-and-gone',
  fakeActivities({ pumpLogStream: aStream() }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('runLogStream', {
      taskQueue,
      workflowId,
      args: [{ ...whose, streamId: 'als_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(streamWoken);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await handle.signal(streamWoken);
    await handle.result();
    return handle;
  },
);

await record(
  'stream-slow-for-a-turn',
  fakeActivities({
    pumpLogStream: ({ isSlow }) =>
      Promise.resolve(
        isSlow === true
          ? { state: 'gone' }
          : { state: 'idle', nextTryAt: new Date().toISOString(), isSlow: true },
      ),
  }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('runLogStream', {
      taskQueue,
      workflowId,
      args: [{ ...whose, streamId: 'als_1' }],
    });
    await handle.result();
    return handle;
  },
);

await record('onboarding-begun-for-one-act', fakeActivities(), async (run) => {
  const { handle, does } = onboarding(run);
  const live: Act = {
    ...start,
    origin: 'portal',
    plan: { log_streams: 'required' },
    reminders: false,
    stream: { id: 'als_1' },
  };
  await does(live);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await does({ kind: 'choose_destination', streamId: 'als_2', destinationId: 'splunk' });
  await handle.result();
  return handle;
});

await record('onboarding-with-a-log-stream', fakeActivities(), async (run) => {
  const { handle, does, tells } = onboarding(run);
  const streamId = 'als_1';
  const repair = { troubleId: 'trouble_2', step: 'repair_stream' as const, cause: 'credential_refused' };
  await does({ ...start, plan: { log_streams: 'required', domain_verification: 'optional' } });
  await does(invite);
  await does({ kind: 'open_link', linkId: 'link_1' });
  await does({ kind: 'choose_destination', streamId, destinationId: 'splunk' });
  await does({ kind: 'save_stream', streamId });
  await does({ kind: 'prove_stream', streamId });
  await does({ kind: 'save_stream', streamId });
  await does({ kind: 'prove_stream', streamId });
  await does({ kind: 'start_stream', streamId });
  await does({ kind: 'open_repair', repair: { ...repair, since: '2026-01-01T00:00:00.000Z' } });
  await tells({ kind: 'repaired', troubleId: 'trouble_2' });
  await does({ kind: 'remove_stream', streamId, nextId: 'als_2' });
  await does({ kind: 'skip_feature', feature: 'domain_verification' });
  await handle.result();
  return handle;
});

await record(
  'directory-read-and-stopped',
  fakeActivities({ lookAtDirectory: aClock() }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('syncDirectory', {
      taskQueue,
      workflowId,
      args: [{ ...whose, directoryId: 'directory_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(readDirectory);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(stopDirectory);
    await handle.result();
    return handle;
  },
);

await record(
  'directory-refused-and-set-up-anew',
  fakeActivities({
    lookAtDirectory: aClock(true),
    runDirectory: () => Promise.resolve({ state: 'failed' }),
  }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('syncDirectory', {
      taskQueue,
      workflowId,
      args: [{ ...whose, directoryId: 'directory_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(directoryChanged);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(stopDirectory);
    await handle.result();
    return handle;
  },
);

const anExport = ({ taskQueue, workflowId }: { taskQueue: string; workflowId: string }) =>
  client.workflow.signalWithStart('writeAuditExport', {
    taskQueue,
    workflowId,
    signal: nudge,
    args: [{ ...whose, exportId: 'audit_log_export_1' }],
  });
let exportTries = 0;
await record(
  'audit-export-written',
  fakeActivities({
    writeAuditExport: () =>
      ++exportTries < 3 ? Promise.reject(new Error('Postgres is away')) : Promise.resolve(),
  }),
  async (run) => {
    const handle = await anExport(run);
    await handle.result();
    return handle;
  },
);
await record(
  'audit-export-failed',
  fakeActivities({ writeAuditExport: () => Promise.reject(ApplicationFailure.nonRetryable('no')) }),
  async (run) => {
    const handle = await anExport(run);
    await handle.result();
    return handle;
  },
);

await record(
  'webhooks-sent-and-tried-again',
  fakeActivities({ pumpWebhooks: anEndpoint() }),
  async ({ taskQueue, workflowId }) => {
    const handle = await client.workflow.start('deliverWebhooks', {
      taskQueue,
      workflowId,
      args: [{ v: 1, environmentId: 'env_1', endpointId: 'we_1' }],
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await handle.signal(webhookWoken);
    await handle.result();
    return handle;
  },
);

/** An endpoint that nothing waits for, that refuses what comes next and is asked again, and that is then gone. */
function anEndpoint(): FakeActivities['pumpWebhooks'] {
  let pumps = 0;
  return () => {
    pumps += 1;
    if (pumps === 1) return Promise.resolve({ state: 'idle', nextTryAt: null });
    if (pumps > 2) return Promise.resolve({ state: 'gone' });
    return Promise.resolve({ state: 'idle', nextTryAt: new Date(Date.now() + 1_000).toISOString() });
  };
}

/** A directory that is due at once and whenever somebody asks, and waits otherwise: for its clock, or for credentials. */
function aClock(isRefused = false): FakeActivities['lookAtDirectory'] {
  let looks = 0;
  const nextAt = isRefused ? null : new Date(Date.now() + 30 * 60_000).toISOString();
  return ({ asked }) =>
    Promise.resolve(++looks === 1 || asked ? { state: 'due', reads: 'pull' } : { state: 'waiting', nextAt });
}

/** Something that ends in a week, and is replaced when it is looked at again. */
function anEnd(): FakeActivities['lookAtAgeing'] {
  let looks = 0;
  const nextLookAt = new Date(Date.now() + 6 * 86_400_000).toISOString();
  return () =>
    Promise.resolve(
      ++looks > 1
        ? { state: 'gone' }
        : { state: 'ageing', endsOn: '2126-01-08', due: '7 in UTC', nextLookAt },
    );
}

await connection.close();
await native.close();
