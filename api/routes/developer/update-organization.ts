import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { audited, type Acting } from '../../acting.ts';
import type { updateOrganizationBody } from '../../contract/developer-organizations.ts';
import type { ApiDeps } from '../../deps.ts';
import { claimDomain, removeDomain } from '../../domains.ts';
import type { QueuedCommand } from '../../onboarding-client.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  findOpenOnboarding,
  insertAudit,
  insertEvent,
  listDomains,
  lockOrganization,
  proveDomain,
  updateOrganization,
  type EnvironmentRow,
  type OrganizationRow,
  type Tx,
} from '../../../db/index.ts';
import { metadataOf, organizationObject, wantedDomains, type WantedDomain } from './organization-object.ts';

type Changes = z.infer<typeof updateOrganizationBody>;

/**
 * Changes what is given and leaves the rest, although the method is PUT. What is so already is no change: nobody is told
 * of it, so that a receiver may answer `organization.updated` with what it holds and is not called for ever.
 * Throws `not_found`.
 */
export async function changeOrganization(
  tx: Tx,
  deps: ApiDeps,
  environment: EnvironmentRow,
  organizationId: string,
  body: Changes,
  by: Acting,
): Promise<{ row: OrganizationRow; queued: QueuedCommand[] }> {
  const tenant = { environmentId: environment.id, organizationId };
  const before = await lockOrganization(tx, { environmentId: environment.id }, organizationId);
  const wanted =
    body.domain_data === undefined && body.domains === undefined
      ? undefined
      : await wantedDomains(tx, deps, environment, body, organizationId);
  const { queued, areSame } =
    wanted === undefined
      ? { queued: [], areSame: true }
      : await setDomains(tx, environment, organizationId, wanted, by);

  const { name, external_id: externalId, stripe_customer_id: stripeCustomerId } = body;
  const { allow_profiles_outside_organization: allows } = body;
  const changes = {
    ...(name === undefined ? {} : { name }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(stripeCustomerId === undefined ? {} : { stripeCustomerId }),
    ...(body.metadata === undefined ? {} : { metadata: metadataOf(before.metadata, body.metadata) }),
    ...(allows === undefined ? {} : { allowProfilesOutsideOrganization: allows }),
  };
  if (areSame && isDeepStrictEqual({ ...before, ...changes }, before)) return { row: before, queued };
  const row = await updateOrganization(tx, tenant, organizationId, changes, by.request.now);
  await insertEvent(tx, {
    id: newId('event_'),
    ...tenant,
    name: 'organization.updated',
    data: organizationObject(row, await listDomains(tx, tenant)),
    createdAt: by.request.now,
  });
  const target = { type: 'organization', id: organizationId };
  const changed = { before: factsOf(before), after: factsOf(row) };
  await insertAudit(tx, audited(by, tenant, { action: 'organization.updated', target, ...changed }));
  return { row, queued };
}

/** Of metadata the names: what a vendor keeps there is their own business. */
const factsOf = (row: OrganizationRow) => ({
  name: row.name,
  external_id: row.externalId,
  stripe_customer_id: row.stripeCustomerId,
  allow_profiles_outside_organization: row.allowProfilesOutsideOrganization,
  metadata: Object.keys(row.metadata),
});

/** Makes these the complete set: others go, new ones come, kept ones keep their id and may become verified. */
async function setDomains(
  tx: Tx,
  environment: EnvironmentRow,
  organizationId: string,
  wanted: readonly WantedDomain[],
  by: Acting,
): Promise<{ queued: QueuedCommand[]; areSame: boolean }> {
  const tenant = { environmentId: environment.id, organizationId };
  const present = await listDomains(tx, tenant);
  const queued: QueuedCommand[] = [];
  let areSame = true;
  for (const { id, domain } of present) {
    if (wanted.some((one) => one.domain === domain)) continue;
    areSame = false;
    const removed = await removeDomain(tx, tenant, id, by);
    queued.push(...(removed?.queued ?? []));
  }
  const onboarding = await findOpenOnboarding(tx, tenant, organizationId);
  for (const { domain, vouched } of wanted) {
    const kept = present.find((one) => one.domain === domain);
    if (kept === undefined) {
      areSame = false;
      const claimed = await claimDomain(tx, { environment, organizationId, domain, vouched, onboarding }, by);
      queued.push(...claimed.queued);
    } else if (vouched !== undefined) {
      const proof = {
        strategy: 'manual',
        actor: by.actor,
        now: by.request.now,
        newId,
        tellWorkflow: true,
      } as const;
      if ((await proveDomain(tx, tenant, kept.id, proof)) !== undefined) areSame = false;
    }
  }
  return { queued, areSame };
}
