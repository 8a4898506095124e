import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  insertAudit,
  insertSpKey,
  listSpKeys,
  lockConnection,
  moveSpKey,
  recordKeyRenewed,
  retireSpKey,
  type ConnectionRow,
  type SpKeyRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { makeSpKey } from './sp-keys.ts';

/**
 * Changes a key of ours in three steps [KEYS-01], each audited, and the change-over an event: `publish` makes the next one and lists it beside the
 * current one, `switch` lets it take over, `retire` ends the one before. Between them the provider takes what we
 * publish, so nobody is ever cut off: requests are signed with a key that was listed before, and what was encrypted for
 * the old key still opens.
 */
export const rotationSteps = ['publish', 'switch', 'retire'] as const;
export type RotationStep = (typeof rotationSteps)[number];

/** A step that cannot be taken now; the sentence says what comes before it. */
export class RotationRefused extends Error {}

/** How long the next key is published at least: providers that read our metadata do so daily. */
const publishedForMs = 86_400_000;

export interface Rotation {
  readonly connectionId: string;
  readonly use: SpKeyRow['use'];
  readonly step: RotationStep;
  /** Switches though the next key was published just now: for a key that has leaked. */
  readonly isUrgent: boolean;
  readonly now: Date;
}

/** The keys of that use afterwards, the one in use first. Throws `not_found` or `RotationRefused`. */
export async function rotateSpKey(
  tx: Tx,
  secrets: Secrets,
  environmentId: string,
  { connectionId, use, step, isUrgent, now }: Rotation,
): Promise<SpKeyRow[]> {
  const connection = await lockConnection(tx, { environmentId }, connectionId);
  const keys = await keysOf(tx, connection, use);
  const current = keys.filter(({ state }) => state === 'current');
  const next = keys.find(({ state }) => state === 'next');
  const previous = keys.filter(({ state }) => state === 'previous');
  const move = (key: SpKeyRow, state: SpKeyRow['state']) => moveSpKey(tx, connection, key.id, state);
  switch (step) {
    case 'publish': {
      if (current.length === 0) throw new RotationRefused(`The connection has no ${use} key to change.`);
      if (next !== undefined) throw new RotationRefused('The next key is published already: switch to it.');
      const made = await insertSpKey(tx, {
        ...(await makeSpKey(secrets, connection, use, now)),
        state: 'next',
      });
      await tell(tx, connection, 'connection.key_published', made, now);
      break;
    }
    case 'switch': {
      if (next === undefined) throw new RotationRefused('No next key is published: publish it first.');
      if (!isUrgent && now.getTime() - next.createdAt.getTime() < publishedForMs) {
        throw new RotationRefused(
          'The next key has been published for less than a day: wait, or say --urgent yes.',
        );
      }
      for (const key of current) await move(key, 'previous');
      await move(next, 'current');
      await tell(tx, connection, 'connection.key_switched', next, now);
      await recordKeyRenewed(tx, connection, next, { now, newId });
      break;
    }
    case 'retire': {
      if (previous.length === 0) throw new RotationRefused('No key was replaced: switch first.');
      for (const key of previous) {
        await retireSpKey(tx, connection, { connectionId, keyId: key.id, use, now });
        await tell(tx, connection, 'connection.key_retired', key, now);
      }
    }
  }
  return keysOf(tx, connection, use);
}

async function keysOf(tx: Tx, connection: ConnectionRow, use: SpKeyRow['use']): Promise<SpKeyRow[]> {
  return (await listSpKeys(tx, connection, connection.id)).filter((key) => key.use === use);
}

async function tell(
  tx: Tx,
  { id, environmentId, organizationId }: ConnectionRow,
  action: AuditAction,
  { id: key, use }: SpKeyRow,
  at: Date,
): Promise<void> {
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    action,
    at,
    actor: { type: 'system', id: 'operator' },
    target: { type: 'connection', id },
    after: { key, use },
  });
}
