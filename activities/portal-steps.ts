import { closePortalStep, openPortalStep, withTenant, type Db } from '../db/index.ts';
import type { Activities } from './index.ts';

/**
 * Opens and closes the doors of awaited portal steps. The wait itself is the workflow's state and ends by an Update;
 * these rows are what the portal's doors look at. Idempotent by onboarding, step and round.
 */
export function portalStepActivities({
  db,
}: {
  db: Db;
}): Pick<Activities, 'openPortalStep' | 'closePortalStep'> {
  return {
    async openPortalStep({ step, round, at, onboardingId, ...whose }) {
      await withTenant(db, whose, (tx) =>
        openPortalStep(tx, whose, { onboardingId, step, round, openedAt: new Date(at) }),
      );
      return { status: 'done', at };
    },
    async closePortalStep({ step, round, at, outcome, onboardingId, ...whose }) {
      await withTenant(db, whose, (tx) =>
        closePortalStep(tx, whose, { onboardingId, step, round, closedAt: new Date(at), outcome }),
      );
      return { status: 'done', at };
    },
  };
}
