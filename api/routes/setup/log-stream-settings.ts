import { streamSecretAt } from '../../../adapters/client-secrets.ts';
import type { SendOutcome } from '../../../adapters/log-streams/index.ts';
import { mintWebhookSecret } from '../../../adapters/webhook-signatures.ts';
import {
  getLogStream,
  insertAudit,
  lockLogStream,
  updateLogStream,
  type LogStreamRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { failureOf, secretHint } from '../../../onboarding/log-streams.ts';
import {
  isMovedElsewhere,
  readFields,
  typedSecrets,
  type ReadFields,
} from '../../../onboarding/log-streams/fields.ts';
import { getDestination } from '../../../onboarding/log-streams/destinations/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import {
  streamCheck,
  streamCheckBody,
  streamSecretBody,
  streamSecretMade,
  streamSettingsBody,
  type StreamCheck,
} from '../../contract/setup-log-streams.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import {
  endAhead,
  failureViewOf,
  offeredFields,
  secretsOf,
  streamTarget,
  targetWith,
  wakeStream,
  watchSecretEnd,
} from '../../log-streams.ts';
import { route } from '../../route.ts';
import { notProven } from './log-streams.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, ensured, requireChange, tenantOf, type Changing, type SetupContext } from './scope.ts';

/** P24: address and credentials, checked while one types and by a real call. Secrets go in and never come out [STR-01]. */

const feature = 'log_streams';

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/check',
  who: 'portal_session',
  summary: 'Looks at what was typed and, if asked to, tries it by a real call; keeps nothing',
  body: streamCheckBody,
  answers: { 200: streamCheck },
  handler: async (context) => {
    const stream = await changeableStream(context);
    const { asksDestination, ...typed } = context.body;
    return ok((await lookAt(context, stream, typed, asksDestination)).check);
  },
});

const save = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/settings',
  who: 'portal_session',
  summary: 'Keeps what a real call has proved; with a code where the stream sends already',
  body: streamSettingsBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { body } = context;
    const before = await changeableStream(context);
    const { check: seen, read, secrets } = await lookAt(context, before, body, true);
    if (!seen.canSave) throw refusalOfCheck(seen);
    return change(context, feature, async (changing) => {
      const { tx, by } = changing;
      const stream = await lockLogStream(tx, changing.tenant, before.id);
      // What was looked at is what is kept: nobody has changed it meanwhile.
      if (stream.updatedAt.getTime() !== before.updatedAt.getTime()) throw new OnboardingError('conflict');
      const refused = await proveOnLive(tx, context, stream, body.code);
      if (refused !== undefined) return refused;
      await keepSettings(context, changing, stream, {
        settings: settingsWith(stream, read),
        secrets,
        typed: Object.keys(read.secrets),
      });
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = { kind: 'save_stream', streamId: stream.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    });
  },
});

const makeSecret = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/secrets/:name',
  who: 'portal_session',
  summary:
    'Makes a secret that is ours to make anew and shows it this once; with a code where the stream sends already',
  body: streamSecretBody,
  answers: { 200: streamSecretMade },
  handler: (context) => {
    const { deps, body, params, caller, request } = context;
    return context.commit(async (tx) => {
      await requireChange(tx, context, feature);
      const stream = await lockLogStream(tx, tenantOf(context), params.id);
      if (!secretsOfOurs(stream).includes(params.name))
        throw new OnboardingError('not_found', { kind: 'secret' });
      const refused = await proveOnLive(tx, context, stream, body.code);
      if (refused !== undefined) return refused;
      const value = mintWebhookSecret();
      const secrets = { ...secretsOf(deps.secrets, stream), [params.name]: value };
      await updateLogStream(tx, stream, {
        secretSealed: deps.secrets.seal(JSON.stringify(secrets), streamSecretAt(stream)),
        secretHints: { ...stream.secretHints, [params.name]: secretHint(value) },
        updatedAt: request.now,
      });
      const target = streamTarget(stream.id);
      const after = { secrets: [params.name] };
      const action = 'log_stream.settings_changed' as const;
      await insertAudit(tx, audited(acting(caller, request), stream, { action, target, after }));
      return { ...ok({ value }), holdsSecret: true };
    });
  },
});

export const logStreamSettingRoutes = [check, save, makeSecret];

/** The stream, for whoever may change it; read before anything outside is asked. */
export async function changeableStream(
  context: SetupContext & { params: Readonly<Record<'id', string>> },
): Promise<LogStreamRow> {
  return context.read(async (tx) => {
    await requireChange(tx, context, feature);
    return getLogStream(tx, tenantOf(context), context.params.id);
  });
}

/** Other settings of a stream that sends take a code [LNK-10]; answers why one does not count. */
async function proveOnLive(
  tx: Tx,
  context: SetupContext,
  stream: LogStreamRow,
  code: string | undefined,
): Promise<Answer | undefined> {
  if (stream.startedAt === null) return undefined;
  return proveAct(tx, context, actLine('stream_settings', stream.id), code);
}

/** Names of the secrets that we make. */
function secretsOfOurs({ destination }: Pick<LogStreamRow, 'destination'>): string[] {
  const { fields } = getDestination(destination);
  return fields
    .filter((field) => field.kind === 'text' && field.isMadeByUs === true && field.isSecret === true)
    .map(({ name }) => name);
}

interface Looked {
  check: StreamCheck;
  read: ReadFields;
  /** All that the stream would be sent with: what was typed, and what is kept. */
  secrets: Record<string, string>;
}

async function lookAt(
  context: SetupContext,
  stream: LogStreamRow,
  typed: { settings: Record<string, string>; secrets: Record<string, string> },
  asksDestination: boolean,
): Promise<Looked> {
  const { deps, caller } = context;
  const { environment } = caller;
  const destination = getDestination(stream.destination);
  const fields = offeredFields(deps, environment, destination);
  const kept = secretsOf(deps.secrets, stream);
  const allowsLoopback = deps.settings.sandboxLoopback && environment.kind === 'sandbox';
  const stored = { settings: stream.settings, secrets: Object.keys(kept) };
  const read = readFields({ fields }, { ...typed.settings, ...typed.secrets }, { allowsLoopback, stored });
  const settings = settingsWith(stream, read);
  const isMoved = isMovedElsewhere({ fields }, stream.settings, settings);
  const secrets = { ...ownSecrets(stream, kept), ...(isMoved ? {} : kept), ...read.secrets };
  const findings = read.findings.map((finding) => ({ ...finding }));
  if (!asksDestination || findings.some(({ severity }) => severity === 'stop'))
    return { check: { canSave: false, findings, probe: null }, read, secrets };

  await deps.limits.spend('outbound_per_minute', stream.organizationId);
  const outcome = await deps.streamSenders.probe(targetWith(stream, environment, { settings, secrets }));
  const probe = probeOf(outcome, context, stream);
  return { check: { canSave: probe.kind === 'accepted', findings, probe }, read, secrets };
}

/** Those that are ours to make: they go along, wherever the stream goes, and are there from the first. */
function ownSecrets(stream: LogStreamRow, kept: Record<string, string>): Record<string, string> {
  return Object.fromEntries(secretsOfOurs(stream).map((name) => [name, kept[name] ?? mintWebhookSecret()]));
}

/** What was typed, with the settings that we have made. */
function settingsWith(stream: LogStreamRow, { settings }: ReadFields): Record<string, string> {
  const made = getDestination(stream.destination).fields.filter(
    (field) => field.kind === 'text' && field.isMadeByUs === true && field.isSecret !== true,
  );
  const ours = made.flatMap(({ name }) => {
    const value = stream.settings[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...settings, ...Object.fromEntries(ours) };
}

function probeOf(
  outcome: SendOutcome,
  { request }: SetupContext,
  stream: LogStreamRow,
): NonNullable<StreamCheck['probe']> {
  if (outcome.kind === 'sent')
    return { kind: 'accepted', status: outcome.status, milliseconds: Math.round(outcome.ms) };
  const { failure } = failureOf(outcome, request.now);
  const { at: _now, ...view } = failureViewOf(failure, getDestination(stream.destination));
  return { ...view, kind: 'refused' };
}

function refusalOfCheck({ findings, probe }: StreamCheck): OnboardingError {
  const finding = findings.find(({ severity }) => severity === 'stop');
  if (finding !== undefined) {
    const { field, problem, explanation } = finding;
    return new OnboardingError('stream_fields_refused', {
      field,
      problem,
      ...(explanation !== null && { explanation }),
    });
  }
  if (probe?.kind !== 'refused') return new OnboardingError('service_unavailable');
  const { cause, field, status } = probe;
  return new OnboardingError('stream_destination_refused', {
    cause,
    ...(field !== null && { field }),
    ...(status !== null && { status }),
  });
}

/** Puts settings and secrets in place of those before; a stream that failed is tried with them at once. */
async function keepSettings(
  {
    deps,
    body,
  }: Pick<SetupContext, 'deps'> & {
    body: { name?: string | undefined; secretEndsOn?: string | null | undefined };
  },
  { tx, by }: Changing,
  stream: LogStreamRow,
  kept: { settings: Record<string, string>; secrets: Record<string, string>; typed: readonly string[] },
): Promise<void> {
  const { now } = by.request;
  const { settings, secrets, typed } = kept;
  const destination = getDestination(stream.destination);
  const isMoved = isMovedElsewhere(destination, stream.settings, settings);
  const isLive = stream.startedAt !== null;
  const isNew = typed.some((name) => typedSecrets(destination).includes(name));
  const hints = Object.entries(secrets).map(([name, secret]) => [name, secretHint(secret)]);
  const secretEndsOn =
    body.secretEndsOn === undefined && !isNew ? stream.secretEndsOn : (body.secretEndsOn ?? null);
  const changed = await updateLogStream(tx, stream, {
    name: body.name?.trim() || stream.name,
    settings,
    updatedAt: now,
    secretEndsOn,
    secretSealed: deps.secrets.seal(JSON.stringify(secrets), streamSecretAt(stream)),
    secretHints: Object.fromEntries(hints),
    ...(isNew && { secretSetAt: now }),
    ...((isMoved || !isLive) && notProven),
    // What was refused was refused to others: from here it counts anew.
    ...(isLive && { state: 'active', tries: 0, nextTryAt: null, backfillUntil: await endAhead(tx, stream) }),
  });
  await insertAudit(
    tx,
    audited(by, stream, {
      action: 'log_stream.settings_changed',
      target: streamTarget(stream.id),
      before: { ...stream.settings, name: stream.name, secret_ends_on: stream.secretEndsOn },
      after: { ...settings, name: changed.name, secret_ends_on: secretEndsOn, secrets: [...typed] },
    }),
  );
  if (isLive) await wakeStream(tx, changed, now);
  if (secretEndsOn !== null && secretEndsOn !== stream.secretEndsOn) {
    await watchSecretEnd(tx, changed, now);
  }
}
