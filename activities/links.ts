import { newId } from '../adapters/ids.ts';
import { closeLinks, insertAudit, withTenant, type Db } from '../db/index.ts';
import type { Activities } from './index.ts';

/** Ends the setup links of an onboarding whose work is done or was called off. Closing twice changes nothing. */
export function linkActivities({ db, now }: { db: Db; now: () => Date }): Pick<Activities, 'closeLinks'> {
  return {
    async closeLinks({ onboardingId, outcome, ...whose }) {
      const at = now();
      await withTenant(db, whose, async (tx) => {
        const closed = await closeLinks(tx, whose, onboardingId, outcome, at);
        for (const link of closed) {
          await insertAudit(tx, {
            id: newId('audit_'),
            environmentId: whose.environmentId,
            organizationId: whose.organizationId,
            actor: { type: 'system', id: onboardingId },
            action: outcome === 'completed' ? 'link.completed' : 'link.revoked',
            target: { type: 'link', id: link.id },
            at,
          });
        }
      });
      return { status: 'done', at: at.toISOString() };
    },
  };
}
