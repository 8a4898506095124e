import { insertAudit, withTenant } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { acting, audited } from '../acting.ts';
import type { ApiDeps } from '../deps.ts';
import type { RequestFacts, Route } from '../route.ts';
import type { Authenticated } from './authenticate.ts';

/**
 * Does the work, and puts on record when it refuses somebody who is known what they may not do: that is how one who
 * tries what they can reach shows first [AUD-05]. Of those who go on and on, 20 a minute of each are on record; the rest
 * are refused with `too_many_requests`, so that the log cannot be filled by being refused.
 */
export async function withRefusalsOnRecord<T>(
  deps: Pick<ApiDeps, 'db' | 'limits'>,
  { route, facts, found }: { route: Route; facts: RequestFacts; found: Authenticated },
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'forbidden')
      await record(deps, { route, facts, found }, error);
    throw error;
  }
}

async function record(
  { db, limits }: Pick<ApiDeps, 'db' | 'limits'>,
  { route, facts, found: { caller, tenant } }: { route: Route; facts: RequestFacts; found: Authenticated },
  { facts: { role, scope, address, ...why } }: OnboardingError,
): Promise<void> {
  if (caller === null || tenant === null) return;
  const known = caller.type === 'sandbox' ? caller.by : caller;
  const by = acting(known, facts);
  await limits.spend('refused_acts', by.actor.id);
  const whose = { environmentId: tenant.environmentId, organizationId: tenant.organizationId ?? null };
  // Named as what was wanted: the log's page would read as if it had become that.
  const after = {
    ...why,
    ...(role && { needed_role: role }),
    ...(scope && { needed_scope: scope }),
    // Where it came from is a personal field of the row [AUD-04].
    ...(address && known.type === 'developer' && { needed_address: known.addresses }),
  };
  const target = { type: 'route', id: `${route.method} ${route.path}` };
  await withTenant(db, tenant, (tx) =>
    insertAudit(tx, audited(by, whose, { action: 'access.refused', target, after })),
  );
}
