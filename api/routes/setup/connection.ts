import {
  listConnectionsOf,
  lockConnection,
  summarizeFailures,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { connectionChip, failingWithinMs } from '../../connection-views.ts';
import type { Tenant } from './scope.ts';

/** The one connection that the pages are about. */

/** Which of several counts: the one that serves people, then the one that is furthest, then the newest. */
const precedence: readonly ConnectionRow['state'][] = [
  'active',
  'validating',
  'draft',
  'requires_type',
  'inactive',
];

export async function findCurrentConnection(tx: Tx, tenant: Tenant): Promise<ConnectionRow | undefined> {
  const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  for (const state of precedence) {
    const found = all.findLast((connection) => connection.state === state);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Locked, for a change. Throws `step_blocked` while no provider was chosen. */
export async function lockCurrentConnection(tx: Tx, tenant: Tenant): Promise<ConnectionRow> {
  const current = await findCurrentConnection(tx, tenant);
  if (current === undefined) throw new OnboardingError('step_blocked', { step: 'choose_provider' });
  return lockConnection(tx, tenant, current.id);
}

/** The same, when its settings serve nobody yet; those that do are not changed under people's feet. Throws `step_done`. */
export async function lockUnfinishedConnection(tx: Tx, tenant: Tenant): Promise<ConnectionRow> {
  const connection = await lockCurrentConnection(tx, tenant);
  if (connection.state === 'active') throw new OnboardingError('step_done', { step: 'go_live' });
  return connection;
}

export interface Health {
  chip: ReturnType<typeof connectionChip>;
  recentFailures: number;
  topCause: string | null;
}

export async function healthOf(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  now: Date,
): Promise<Health> {
  const since = new Date(now.getTime() - failingWithinMs);
  const { failures, topCause } = await summarizeFailures(tx, tenant, connection.id, since);
  return { chip: connectionChip(connection, failures > 0), recentFailures: Number(failures), topCause };
}

/** Whether a passed test was made with the very settings that are there now. */
export const isTested = ({ testedRevision, settingsRevision }: ConnectionRow): boolean =>
  testedRevision === settingsRevision;
