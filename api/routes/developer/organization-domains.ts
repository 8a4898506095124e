import { created, noContent, ok } from '../../answers.ts';
import { acting, audited, type Acting } from '../../acting.ts';
import { createDomainBody, organizationDomain } from '../../contract/developer-organizations.ts';
import { claimDomain, mintChallenge, parseDomain, removeDomain } from '../../domains.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  findDomain,
  findOpenOnboarding,
  findOrganization,
  findVerifiedHolder,
  getDomain,
  insertAudit,
  insertCommand,
  isBelowAnother,
  lockDomain,
  proveDomain,
  recordLook,
  restartDomain,
  settleContest,
  withTenant,
  type OrganizationDomainRow,
} from '../../../db/index.ts';
import { nextLookDelayMs, type DomainChallenge } from '../../../onboarding/domain-challenge.ts';
import { judgeLook, type DomainVerdict } from '../../../onboarding/domain-verdict.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { organizationDomainObject } from '../../../onboarding/wire-objects.ts';
import { domainRow } from '../../../onboarding/workflow-names.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';

/** `/organization_domains`: domains that organizations claim, and their proof. */

const create = route({
  method: 'POST',
  path: '/organization_domains',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Adds a domain to an organization',
  body: createDomainBody,
  answers: { 201: organizationDomain },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const environmentId = environment.id;
      const organizationId = body.organization_id;
      const domain = parseDomain(deps, environment, body.domain);
      const organization = await findOrganization(tx, { environmentId }, organizationId);
      if (organization === undefined) {
        throw new OnboardingError('not_found', { kind: 'organization', id: organizationId });
      }
      const holder = await findVerifiedHolder(tx, environmentId, domain);
      if (holder !== undefined) {
        const code =
          holder.organizationId === organizationId ? 'domain_already_exists' : 'domain_held_elsewhere';
        throw new OnboardingError(code, { domain });
      }
      const onboarding = await findOpenOnboarding(tx, { environmentId }, organizationId);
      const by = acting(caller, request);
      const claimed = await claimDomain(tx, { environment, organizationId, domain, onboarding }, by);
      const answer = created(organizationDomainObject(claimed.domain));
      return {
        ...answer,
        afterCommit: async () => {
          await deps.onboardingClient.deliver(claimed.queued);
          return answer;
        },
      };
    }),
});

const get = route({
  method: 'GET',
  path: '/organization_domains/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Gets a domain',
  answers: { 200: organizationDomain },
  handler: ({ params, caller, read }) =>
    read(async (tx) =>
      ok(organizationDomainObject(await getDomain(tx, { environmentId: caller.environment.id }, params.id))),
    ),
});

const verify = route({
  method: 'POST',
  path: '/organization_domains/:id/verify',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Starts or restarts the proof of a domain, and looks at once',
  answers: { 201: organizationDomain },
  handler: async ({ deps, params, caller, read, commit, request }) => {
    const tenant = { environmentId: caller.environment.id };
    const known = await read((tx) => findDomain(tx, tenant, params.id));
    const verdict = await lookNow(deps, known);
    const by = acting(caller, request);
    const contested = known && verdict && (await contestFor(deps, known, verdict, by));
    if (contested !== undefined) {
      return commit(() => Promise.resolve(created(organizationDomainObject(contested))));
    }
    return commit(async (tx) => {
      const domain = await lockDomain(tx, tenant, params.id);
      if (domain.state === 'verified') {
        throw new OnboardingError('domain_already_verified', { domain: domain.domain });
      }
      const whose = { ...tenant, organizationId: domain.organizationId };
      const { now } = request;
      if (verdict?.proof === 'present' && domain.token === known?.token) {
        const proof = { strategy: 'dns', actor: by.actor, now, newId, tellWorkflow: true } as const;
        const proved = await proveDomain(tx, whose, domain.id, proof);
        return created(organizationDomainObject(proved ?? domain));
      }
      const restarted =
        domain.state === 'pending'
          ? domain
          : await restartDomain(tx, whose, domain.id, mintChallenge(caller.environment), now);
      if (restarted === domain && verdict !== undefined) {
        const nextLookAt = new Date(now.getTime() + nextLookDelayMs(0));
        await recordLook(tx, whose, domain.id, { verdict, lookedAt: now, nextLookAt });
      }
      await insertCommand(tx, domainRow({ key: newId('cmd_'), ...whose, domainId: domain.id }, 'nudge', now));
      const target = { type: 'organization_domain', id: domain.id };
      await insertAudit(
        tx,
        audited(by, whose, { action: 'organization_domain.verification_started', target }),
      );
      return created(organizationDomainObject(restarted));
    });
  },
});

const deleteOne = route({
  method: 'DELETE',
  path: '/organization_domains/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Removes a domain',
  answers: { 204: 'nothing' },
  handler: ({ deps, params, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      // A domain of a deleted organization is gone already.
      await getDomain(tx, tenant, params.id);
      const removed = await removeDomain(tx, tenant, params.id, acting(caller, request));
      return {
        ...noContent(),
        afterCommit: async () => {
          await deps.onboardingClient.deliver(removed?.queued ?? []);
          return noContent();
        },
      };
    }),
});

export const organizationDomainRoutes = [create, get, verify, deleteOne];

const lookWithinMs = 2_000;

/**
 * A record that proves what another organization holds, or a part of it, goes the way it goes in the portal, at once
 * [DOM-05] [DOM-07]; the developer sees the domain as it is then. Undefined where nobody else holds it.
 */
async function contestFor(
  { db, dns }: ApiDeps,
  domain: OrganizationDomainRow,
  seen: DomainVerdict,
  { actor, request: { now } }: Acting,
): Promise<OrganizationDomainRow | undefined> {
  const { id, environmentId, organizationId } = domain;
  if (seen.proof !== 'present') return undefined;
  const isElsewhere = await withTenant(db, { environmentId }, async (tx) => {
    const holder = await findVerifiedHolder(tx, environmentId, domain.domain);
    return holder === undefined ? isBelowAnother(tx, domain) : holder.id !== id;
  });
  if (!isElsewhere) return undefined;
  const lookAt = async (challenge: DomainChallenge) =>
    judgeLook(await dns.lookAtChallenge(challenge, AbortSignal.timeout(lookWithinMs)), challenge);
  return settleContest(db, { environmentId, organizationId }, id, { seen, lookAt, actor, now, newId });
}

/** One look at DNS that takes two seconds at most; nothing is asked for a domain that has no open challenge. */
async function lookNow(
  { dns }: ApiDeps,
  domain: OrganizationDomainRow | undefined,
): Promise<DomainVerdict | undefined> {
  if (domain?.state !== 'pending' || domain.token === null || domain.label === null) return undefined;
  const challenge = {
    domain: domain.domain,
    label: domain.label,
    token: domain.token,
    prefix: domain.prefix ?? undefined,
  };
  return judgeLook(await dns.lookAtChallenge(challenge, AbortSignal.timeout(lookWithinMs)), challenge);
}
