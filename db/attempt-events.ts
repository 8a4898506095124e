import { ssoEventObject, type SsoStatus } from '../onboarding/wire-objects.ts';
import type { Tx } from './database.ts';
import { insertEvent } from './repositories/events.ts';
import type { AttemptRow } from './tables/attempts.ts';

/**
 * Tells the vendor how a sign-in went, in the transaction that changes the attempt. Tests are between the customer and
 * us.
 */
export async function recordAttemptEvent(
  tx: Tx,
  attempt: AttemptRow,
  status: SsoStatus,
  { now, newId }: { now: Date; newId: (prefix: `${string}_`) => string },
): Promise<void> {
  if (attempt.origin === 'test') return;
  const { environmentId, organizationId } = attempt;
  await insertEvent(tx, {
    id: newId('event_'),
    environmentId,
    organizationId,
    name: `authentication.sso_${status}`,
    data: ssoEventObject(attempt, status),
    createdAt: now,
  });
}
