import { randomBytes, randomInt } from 'node:crypto';
import { normaliseDomain } from '../adapters/domain-names.ts';
import { newId } from '../adapters/ids.ts';
import {
  commandsBy,
  deleteDomain,
  findOpenOnboarding,
  insertAudit,
  insertCommand,
  insertDomain,
  insertEvent,
  proveDomain,
  type EnvironmentRow,
  type OnboardingRow,
  type OrganizationDomainRow,
  type Tx,
} from '../db/index.ts';
import type { Act } from '../onboarding/commands.ts';
import { organizationDomainObject } from '../onboarding/wire-objects.ts';
import { domainRow } from '../onboarding/workflow-names.ts';
import { audited, doerOf, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { queueCommands, type QueuedCommand } from './onboarding-client.ts';

/** How domains come and go, for the developer API and the portal alike. */

/** The one form of a domain, as this environment allows it. Throws what is wrong with it. */
export function parseDomain(
  deps: Pick<ApiDeps, 'settings'>,
  environment: Pick<EnvironmentRow, 'kind'>,
  typed: string,
): string {
  const allowTestSuffix = deps.settings.sandboxLoopback && environment.kind === 'sandbox';
  return normaliseDomain(typed, { allowTestSuffix });
}

/** What proves a domain by DNS: random, and new with every attempt [DOM-01]. */
export function mintChallenge({ domainLabel }: Pick<EnvironmentRow, 'domainLabel'>) {
  const suffix = Array.from({ length: 6 }, () =>
    'abcdefghijkmnpqrstuvwxyz23456789'.charAt(randomInt(32)),
  ).join('');
  return {
    token: randomBytes(20).toString('base64url'),
    prefix: `${domainLabel}-domain-verification-${suffix}`,
    label: domainLabel,
  };
}

export interface DomainClaim {
  environment: EnvironmentRow;
  organizationId: string;
  /** As `parseDomain` returns it. */
  domain: string;
  /** The developer answers for it: `manual`, or in the old field of the contract, `legacy`. */
  vouched?: 'manual' | 'legacy' | undefined;
  /** Undefined where the organization has just been made. */
  onboarding: OnboardingRow | undefined;
}

/**
 * Adds a domain: pending with a challenge and its workflow, or verified where the developer vouches. Throws
 * `domain_already_exists` and `domain_held_elsewhere`.
 */
export async function claimDomain(tx: Tx, claim: DomainClaim, by: Acting): Promise<ClaimedDomain> {
  return announceClaim(tx, claim, await insertClaim(tx, claim, by), by);
}

export interface ClaimedDomain {
  domain: OrganizationDomainRow;
  queued: QueuedCommand[];
}

/** The row of a claim before it is written, for an organization that has to be announced before its domains. */
export function draftDomain({ environment, organizationId, domain, vouched }: DomainClaim, by: Acting) {
  const { now } = by.request;
  const none = { token: null, prefix: null, label: null, attemptStartedAt: null, nextLookAt: null };
  return {
    id: newId('org_domain_'),
    environmentId: environment.id,
    organizationId,
    domain,
    state: 'pending' as const,
    strategy: vouched === undefined ? ('dns' as const) : ('manual' as const),
    legacy: vouched === 'legacy',
    ...(vouched === undefined
      ? { ...mintChallenge(environment), attemptStartedAt: now, nextLookAt: now }
      : none),
    createdAt: now,
    updatedAt: now,
  };
}

/** The row alone; `announceClaim` does the rest. */
export async function insertClaim(tx: Tx, claim: DomainClaim, by: Acting): Promise<OrganizationDomainRow> {
  return insertDomain(tx, draftDomain(claim, by));
}

/** All that follows from a claim: its events, its audit row, its proof or the workflow that looks for it. */
export async function announceClaim(
  tx: Tx,
  { environment, organizationId, vouched, onboarding }: DomainClaim,
  pending: OrganizationDomainRow,
  by: Acting,
): Promise<ClaimedDomain> {
  const tenant = { environmentId: environment.id, organizationId };
  const { now } = by.request;
  await insertEvent(tx, {
    id: newId('event_'),
    ...tenant,
    name: 'organization_domain.created',
    data: organizationDomainObject(pending),
    createdAt: now,
  });
  if (vouched !== undefined) {
    const proof = { strategy: 'manual', actor: by.actor, now, newId, tellWorkflow: false } as const;
    return { domain: (await proveDomain(tx, tenant, pending.id, proof)) ?? pending, queued: [] };
  }
  const target = { type: 'organization_domain', id: pending.id };
  const after = { domain: pending.domain };
  await insertAudit(tx, audited(by, tenant, { action: 'organization_domain.created', target, after }));
  await insertCommand(tx, domainRow({ key: newId('cmd_'), ...tenant, domainId: pending.id }, 'nudge', now));
  const queued = await tellJourney(tx, onboarding, { kind: 'add_domain', domainId: pending.id }, by);
  return { domain: pending, queued };
}

/** Removes a domain and ends its workflow. Undefined when there was none. `isReset`: the vendor has it all begun anew. */
export async function removeDomain(
  tx: Tx,
  tenant: { environmentId: string },
  domainId: string,
  by: Acting,
  { isReset = false, earlier = [] }: { isReset?: boolean; earlier?: readonly QueuedCommand[] } = {},
): Promise<ClaimedDomain | undefined> {
  const domain = await deleteDomain(tx, tenant, domainId);
  if (domain === undefined) return undefined;
  const { environmentId, organizationId } = domain;
  const whose = { environmentId, organizationId };
  const { now } = by.request;
  await insertEvent(tx, {
    id: newId('event_'),
    ...whose,
    name: 'organization_domain.deleted',
    data: organizationDomainObject(domain),
    createdAt: now,
  });
  await insertAudit(
    tx,
    audited(by, whose, {
      action: 'organization_domain.deleted',
      target: { type: 'organization_domain', id: domainId },
      before: { domain: domain.domain, state: domain.state },
    }),
  );
  await insertCommand(tx, domainRow({ key: newId('cmd_'), ...whose, domainId }, 'stopDomain', now));
  const onboarding = await findOpenOnboarding(tx, whose, organizationId);
  const act = { kind: 'remove_domain' as const, domainId, ...(isReset && { isReset: true as const }) };
  return { domain, queued: await tellJourney(tx, onboarding, act, by, earlier) };
}

/** Where domains are part of the open onboarding, their coming and going is part of its course. */
async function tellJourney(
  tx: Tx,
  onboarding: OnboardingRow | undefined,
  act: Extract<Act, { kind: 'add_domain' | 'remove_domain' }>,
  by: Acting,
  earlier: readonly QueuedCommand[] = [],
): Promise<QueuedCommand[]> {
  const isPart = onboarding?.view.features.some(({ feature }) => feature === 'domain_verification') ?? false;
  if (onboarding === undefined || !isPart) return [...earlier];
  return queueCommands(tx, onboarding, commandsBy(doerOf(by), [act]), by.request.now, earlier);
}
