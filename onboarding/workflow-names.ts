import type { AgeingKind } from './ageing.ts';
import type { Act, Actor, Command, Fact, ReportedFact } from './commands.ts';
import type { State } from './state.ts';

/**
 * Names and ids of the workflows and their messages, and the outbox rows that reach them. Plain strings and data, so
 * that a transaction can write a command without knowing the engine. `workflows/messages.ts` defines the messages.
 */

/** The task queue of the workflows, and of all that they have done but what the pumps do. */
export const taskQueue = 'vestibule';

/**
 * The task queue of the pumps whose workflows are on `queue`. A pump holds its place for as long as a slow destination lets
 * it wait, and that is to be no place that an invitation needs, nor one that a quick destination does: those that were slow
 * when they were last sent to wait for places of their own.
 */
export const pumpQueueOf = (queue: string, isSlow = false) => `${queue}-${isSlow ? 'slow-' : ''}pumps`;

export const workflowTypes = {
  onboarding: 'onboardCustomer',
  domain: 'verifyDomain',
  certificate: 'watchCertificate',
  ageing: 'watchAgeing',
  directory: 'syncDirectory',
  webhook: 'deliverWebhooks',
  logStream: 'runLogStream',
  auditExport: 'writeAuditExport',
  sweep: 'sweep',
} as const;

export const messageNames = {
  applyCommand: 'applyCommand',
  reportFact: 'reportFact',
  nudge: 'nudge',
  domainSeen: 'domainSeen',
  stopDomain: 'stopDomain',
  certificatesChanged: 'certificatesChanged',
  stopCertificateWatch: 'stopCertificateWatch',
  ageingChanged: 'ageingChanged',
  readDirectory: 'readDirectory',
  directoryChanged: 'directoryChanged',
  stopDirectory: 'stopDirectory',
  webhookWoken: 'webhookWoken',
  streamWoken: 'streamWoken',
} as const;

/**
 * Messages to the watches over things that end in weeks. Thousands are written at once when a vendor moves its customers
 * in, or by a daily sweep; nobody waits for them, and whatever somebody waits for goes before them.
 */
export const unhurriedMessages: readonly string[] = [
  messageNames.certificatesChanged,
  messageNames.stopCertificateWatch,
  messageNames.ageingChanged,
];

export const onboardingWorkflowId = (organizationId: string, number: number) =>
  `onb/${organizationId}/${number}`;
const domainWorkflowId = (domainId: string) => `dom/${domainId}`;
const certificateWorkflowId = (connectionId: string) => `cert/${connectionId}`;
const directoryWorkflowId = (directoryId: string) => `dir/${directoryId}`;
const auditExportWorkflowId = (exportId: string) => `export/${exportId}`;
const logStreamWorkflowId = (streamId: string) => `stream/${streamId}`;
const ageingWorkflowId = (kind: AgeingKind, subjectId: string) => `age/${kind}/${subjectId}`;

/** A thing of an organization that a workflow may have worked for. */
export type WorkedFor =
  | { kind: 'onboarding'; organizationId: string; number: number }
  | { kind: 'domain' | 'certificate' | 'directory' | 'log_stream' | 'audit_export' | AgeingKind; id: string };

/** The id of the workflow that is, or would be, a thing's own. */
export function workflowIdOf(thing: WorkedFor): string {
  switch (thing.kind) {
    case 'onboarding':
      return onboardingWorkflowId(thing.organizationId, thing.number);
    case 'domain':
      return domainWorkflowId(thing.id);
    case 'certificate':
      return certificateWorkflowId(thing.id);
    case 'directory':
      return directoryWorkflowId(thing.id);
    case 'audit_export':
      return auditExportWorkflowId(thing.id);
    case 'log_stream':
      return logStreamWorkflowId(thing.id);
    default:
      return ageingWorkflowId(thing.kind, thing.id);
  }
}

/** A row of the outbox before it is written. `nextAttemptAt` is when the relay may take it. */
export type OutboxRow = {
  id: string;
  environmentId: string;
  /** Null: the vendor's own. */
  organizationId: string | null;
  workflowId: string;
  delivery: 'update' | 'signal';
  message: string;
  start: { type: string; input: object } | null;
  body: object;
  nextAttemptAt: Date;
  createdAt: Date;
};

type Onboarding = { id: string; environmentId: string; organizationId: string; number: number };

/** How long the relay leaves a command to the fast path before it takes it itself. */
const fastPathMs = 4_000;

/** Whose onboarding a workflow is; undefined for any other workflow. */
export function onboardingOf(workflowId: string): { organizationId: string; number: number } | undefined {
  const [, organizationId, number] = /^onb\/([^/]+)\/(\d+)$/.exec(workflowId) ?? [];
  return organizationId === undefined ? undefined : { organizationId, number: Number(number) };
}

/** How an onboarding's workflow is started: from nothing, or from the state that another one has told. */
export function onboardingStart(
  { id, environmentId, organizationId, number }: Onboarding,
  resume?: State,
): { type: string; input: object } {
  const whose = { onboardingId: id, environmentId, organizationId, number };
  return { type: workflowTypes.onboarding, input: { v: 1, ...whose, ...(resume && { resume }) } };
}

/**
 * A person's act on an onboarding: an update. The first of all starts the workflow; one that came later and started it, too,
 * would start it from nothing where the engine has lost it.
 */
export function actRow(
  onboarding: Onboarding,
  act: Act & { key: string; actor: Actor },
  now: Date,
): OutboxRow {
  const command: Command = act;
  return {
    id: act.key,
    environmentId: onboarding.environmentId,
    organizationId: onboarding.organizationId,
    workflowId: onboardingWorkflowId(onboarding.organizationId, onboarding.number),
    delivery: 'update',
    message: messageNames.applyCommand,
    start: act.kind === 'start' ? onboardingStart(onboarding) : null,
    body: command,
    nextAttemptAt: new Date(now.getTime() + fastPathMs),
    createdAt: now,
  };
}

/** A machine's fact for an onboarding: a signal to a workflow that runs. */
export function factRow(
  onboarding: Onboarding,
  fact: Fact & { key: string; actor: Actor },
  now: Date,
): OutboxRow {
  const reported: ReportedFact = fact;
  return {
    id: fact.key,
    environmentId: onboarding.environmentId,
    organizationId: onboarding.organizationId,
    workflowId: onboardingWorkflowId(onboarding.organizationId, onboarding.number),
    delivery: 'signal',
    message: messageNames.reportFact,
    start: null,
    body: reported,
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Has an onboarding's workflow look at its clock; where the engine has lost it, it is begun anew. */
export function nudgeRow(onboarding: Onboarding & { key: string }, now: Date): OutboxRow {
  return {
    id: onboarding.key,
    environmentId: onboarding.environmentId,
    organizationId: onboarding.organizationId,
    workflowId: onboardingWorkflowId(onboarding.organizationId, onboarding.number),
    delivery: 'signal',
    message: messageNames.nudge,
    start: null,
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

type Whose = { key: string; environmentId: string; organizationId: string };

/** Starts the proof of a domain, or wakes it. */
export function domainRow(
  whose: Whose & { domainId: string },
  message: 'nudge' | 'domainSeen' | 'stopDomain',
  now: Date,
): OutboxRow {
  const { key, environmentId, organizationId, domainId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: domainWorkflowId(domainId),
    delivery: 'signal',
    message: messageNames[message],
    start:
      message === 'nudge'
        ? { type: workflowTypes.domain, input: { v: 1, environmentId, organizationId, domainId } }
        : null,
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Starts the watch over a live connection's certificates, makes it look again, or ends it. */
export function certificateRow(
  whose: Whose & { connectionId: string },
  message: 'certificatesChanged' | 'stopCertificateWatch',
  now: Date,
): OutboxRow {
  const { key, environmentId, organizationId, connectionId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: certificateWorkflowId(connectionId),
    delivery: 'signal',
    message: messageNames[message],
    start:
      message === 'certificatesChanged'
        ? { type: workflowTypes.certificate, input: { v: 1, environmentId, organizationId, connectionId } }
        : null,
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Starts the watch over one thing that ends, or makes it look again; a watch ends by itself with its thing. */
export function ageingRow(whose: Whose & { kind: AgeingKind; subjectId: string }, now: Date): OutboxRow {
  const { key, environmentId, organizationId, kind, subjectId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: ageingWorkflowId(kind, subjectId),
    delivery: 'signal',
    message: messageNames.ageingChanged,
    start: {
      type: workflowTypes.ageing,
      input: { v: 1, environmentId, organizationId, kind, subjectId },
    },
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/**
 * Has a directory read now, because a file has come or somebody asked for it; or has its workflow look again at how it is
 * set up. Both start the workflow where none runs; the third message ends it.
 */
export function directoryRow(
  whose: Whose & { directoryId: string },
  message: 'readDirectory' | 'directoryChanged' | 'stopDirectory',
  now: Date,
): OutboxRow {
  const { key, environmentId, organizationId, directoryId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: directoryWorkflowId(directoryId),
    delivery: 'signal',
    message: messageNames[message],
    start:
      message === 'stopDirectory'
        ? null
        : { type: workflowTypes.directory, input: { v: 1, environmentId, organizationId, directoryId } },
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Starts the deliveries to an endpoint, or tells them that something waits. */
export function webhookRow(
  { key, environmentId, endpointId }: { key: string; environmentId: string; endpointId: string },
  now: Date,
): OutboxRow {
  return {
    id: key,
    environmentId,
    organizationId: null,
    workflowId: `hook/${endpointId}`,
    delivery: 'signal',
    message: messageNames.webhookWoken,
    start: { type: workflowTypes.webhook, input: { v: 1, environmentId, endpointId } },
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Starts the writing of a file of audit events. */
export function auditExportRow(whose: Whose & { exportId: string }, now: Date): OutboxRow {
  const { key, environmentId, organizationId, exportId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: auditExportWorkflowId(exportId),
    delivery: 'signal',
    message: messageNames.nudge,
    start: { type: workflowTypes.auditExport, input: { v: 1, environmentId, organizationId, exportId } },
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}

/** Starts the sending of a log stream, or has it look: at records that wait, or at what somebody has changed. */
export function logStreamRow(whose: Whose & { streamId: string }, now: Date): OutboxRow {
  const { key, environmentId, organizationId, streamId } = whose;
  return {
    id: key,
    environmentId,
    organizationId,
    workflowId: logStreamWorkflowId(streamId),
    delivery: 'signal',
    message: messageNames.streamWoken,
    start: { type: workflowTypes.logStream, input: { v: 1, environmentId, organizationId, streamId } },
    body: {},
    nextAttemptAt: now,
    createdAt: now,
  };
}
