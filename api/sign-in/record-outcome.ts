import { newId } from '../../adapters/ids.ts';
import {
  findOpenOnboarding,
  findNewestRefusal,
  finishAttempt,
  insertAttempt,
  insertAudit,
  insertCommand,
  recordAttemptEvent,
  wasReplacedSince,
  type AttemptOutcome,
  type AttemptRow,
  type ConnectionRow,
  type Tx,
} from '../../db/index.ts';
import type { Fact } from '../../onboarding/commands.ts';
import { metadataLookedAt } from '../../onboarding/metadata-health.ts';
import { causesOfASwitch, type SignInCause } from '../../onboarding/sign-in-causes.ts';
import { certificateRow, factRow } from '../../onboarding/workflow-names.ts';
import { newReference } from './reference.ts';
import { tenantOf } from './usable-connection.ts';

/** How attempts end, with everything that must be written in the same transaction. */

export type Failure = Omit<AttemptOutcome, 'state'> & { cause: SignInCause };

/**
 * Ends a pending attempt as failed, with the cause found or the one behind it, writes the audit row, and tells the open onboarding about a test. Undefined when
 * the attempt had ended before.
 */
export async function failAttempt(
  tx: Tx,
  connection: ConnectionRow,
  attempt: AttemptRow,
  found: Failure,
): Promise<AttemptRow | undefined> {
  const failure = await asSwitched(tx, attempt, found);
  const failed = await finishAttempt(tx, tenantOf(connection), attempt.id, { ...failure, state: 'failed' });
  if (!failed) return undefined;
  await recordAttemptEvent(tx, failed, 'failed', { now: failure.now, newId });
  await wakeWatch(tx, connection, failed, failure.now);
  await auditFailure(tx, failed, failure);
  // A revision is tested beside the journey, which has arrived already.
  if (failed.origin === 'test' && failed.revisionId === null) {
    const { cause, now } = failure;
    await tellOnboarding(
      tx,
      connection,
      { kind: 'test_failed', connectionId: connection.id, attemptId: failed.id, cause },
      now,
    );
  }
  return failed;
}

/** The cause behind the one found: the connection was switched to other settings after the attempt had begun. */
async function asSwitched(tx: Tx, attempt: AttemptRow, failure: Failure): Promise<Failure> {
  const { environmentId, organizationId, connectionId, revisionId, startedAt } = attempt;
  if (revisionId !== null || !causesOfASwitch.has(failure.cause)) return failure;
  const tenant = { environmentId, organizationId };
  if (!(await wasReplacedSince(tx, tenant, connectionId, startedAt))) return failure;
  return { ...failure, cause: 'settings_switched', facts: { ...failure.facts, found: failure.cause } };
}

/**
 * Keeps an answer that no pending attempt can be charged with: one that nobody asked for, was used before, or came
 * from another browser. It gets an attempt of its own, so the pending one stays usable [SAML-17].
 */
export async function keepRefused(
  tx: Tx,
  connection: ConnectionRow,
  failure: Failure & { origin: AttemptRow['origin'] },
): Promise<AttemptRow> {
  const { origin, ...outcome } = failure;
  const attempt = await insertAttempt(tx, {
    id: newId('attempt_'),
    ...tenantOf(connection),
    connectionId: connection.id,
    protocol: connection.protocol,
    reference: newReference(),
    origin,
    settingsRevision: connection.settingsRevision,
    startedAt: outcome.now,
  });
  const failed = await finishAttempt(tx, tenantOf(connection), attempt.id, { ...outcome, state: 'failed' });
  const kept = failed ?? attempt;
  await recordAttemptEvent(tx, kept, 'failed', { now: outcome.now, newId });
  await wakeWatch(tx, connection, kept, outcome.now);
  await auditFailure(tx, kept, outcome);
  return kept;
}

/**
 * What the watch over a live connection is woken by: less was signed, the first time of a day, so that contacts and staff
 * are told at once [SAML-09]; or a key that is not known, the first time since the metadata was looked at, so that it is
 * looked at again [MD-08].
 */
async function wakeWatch(tx: Tx, connection: ConnectionRow, attempt: AttemptRow, now: Date): Promise<void> {
  const { cause, environmentId, organizationId, connectionId } = attempt;
  if (attempt.origin === 'test' || (cause !== 'signed_less' && cause !== 'signature_unknown_key')) return;
  if (cause === 'signature_unknown_key' && connection.idpMetadataUrl === null) return;
  const tenant = { environmentId, organizationId };
  const today = new Date(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`);
  const since = cause === 'signed_less' ? today : metadataLookedAt(connection);
  const earlier = { connectionId, cause, since, otherThan: attempt.id };
  if ((await findNewestRefusal(tx, tenant, earlier)) !== undefined) return;
  const watch = { key: newId('cmd_'), ...tenant, connectionId };
  await insertCommand(tx, certificateRow(watch, 'certificatesChanged', now));
}

async function auditFailure(tx: Tx, attempt: AttemptRow, { cause, now }: Failure): Promise<void> {
  const { environmentId, organizationId, connectionId } = attempt;
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor: { type: 'provider', id: connectionId },
    action: 'sign_in.failed',
    target: { type: 'attempt', id: attempt.id },
    after: { cause, origin: attempt.origin, reference: attempt.reference },
    at: now,
  });
}

/** Writes a fact for the organization's open onboarding; without one nobody waits for it. */
export async function tellOnboarding(
  tx: Tx,
  connection: ConnectionRow,
  fact: Fact,
  now: Date,
): Promise<void> {
  const onboarding = await findOpenOnboarding(tx, tenantOf(connection), connection.organizationId);
  if (!onboarding) return;
  const actor = { type: 'provider', id: connection.id } as const;
  await insertCommand(tx, factRow(onboarding, { ...fact, key: newId('cmd_'), actor }, now));
}
