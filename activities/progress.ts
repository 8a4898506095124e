import { newId } from '../adapters/ids.ts';
import { applyProjection, withTenant, type Db } from '../db/index.ts';
import type { Activities } from './index.ts';

/**
 * Writes what the workflow shows: the read model, the timeline and the journey's events, in one transaction, and what it
 * knows, so that another one can go on where the engine has lost it. A newer revision that is there already wins, and an
 * entry sends its event once.
 */
export function progressActivities({
  db,
  now,
}: {
  db: Db;
  now: () => Date;
}): Pick<Activities, 'recordProgress'> {
  return {
    async recordProgress({ onboardingId, origin, view, entries, isOpen, state, ...whose }) {
      const at = now();
      await withTenant(db, whose, (tx) =>
        applyProjection(tx, whose, { onboardingId, origin, view, entries, isOpen, state, newId, now: at }),
      );
      return { status: 'done', at: at.toISOString() };
    },
  };
}
