import { newId } from '../../../adapters/ids.ts';
import {
  getDomain,
  getLink,
  insertAudit,
  insertCommand,
  insertEvent,
  listDomains,
  restartDomain,
  updateDomainHost,
  type EnvironmentRow,
  type OrganizationDomainRow,
} from '../../../db/index.ts';
import { mostWaiting } from '../../../onboarding/domain-holding.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { findDnsHost } from '../../../onboarding/providers/dns/index.ts';
import { fresh } from '../../../onboarding/state.ts';
import { view } from '../../../onboarding/view.ts';
import { organizationDomainObject } from '../../../onboarding/wire-objects.ts';
import { domainRow } from '../../../onboarding/workflow-names.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  addDomainBody,
  domainDetail,
  domainList,
  domainResult,
  hostBody,
} from '../../contract/setup-domains.ts';
import { checkDomain } from '../../domain-checks.ts';
import { domainViewOf } from '../../domain-views.ts';
import { claimDomain, mintChallenge, parseDomain, removeDomain } from '../../domains.ts';
import { sendCommand } from '../../journey.ts';
import { route } from '../../route.ts';
import { domainDetailOf } from './domain-host.ts';
import {
  change,
  ensured,
  findShownOnboarding,
  requireChange,
  seesDomains,
  tenantOf,
  type Changing,
  type SetupContext,
} from './scope.ts';

/** P23: domains, and the record that proves each. */

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/domains',
  who: 'portal_session',
  summary: 'The organization’s domains',
  answers: { 200: domainList },
  handler: (context) =>
    context.read(async (tx) => {
      const { session, environment } = context.caller;
      const domains = seesDomains(session) ? await listDomains(tx, tenantOf(context)) : [];
      const { domainHint } = await getLink(tx, tenantOf(context), session.linkId);
      return ok({
        domains: domains.map(domainViewOf),
        policy: environment.domainPolicy,
        hint: domains.length === 0 ? domainHint : null,
      });
    }),
});

const add = route({
  method: 'POST',
  path: '/setup/:handle/api/domains',
  who: 'portal_session',
  summary: 'Claims a domain; one whose proof has failed or lapsed is begun anew',
  body: addDomainBody,
  answers: { 200: domainResult, 202: domainResult },
  handler: async (context) => {
    const { deps, caller, body } = context;
    const domain = parseDomain(deps, caller.environment, body.domain);
    await deps.limits.spend('domain_claims', caller.session.organizationId);
    return change(context, 'domain_verification', async (changing) => {
      const { tx, by } = changing;
      const { onboarding, queued } = await ensured(context, changing, 'domain_verification');
      const row = await claimOrRestart(changing, caller.environment, domain);
      const act = { kind: 'add_domain', domainId: row.id } as const;
      return {
        onboarding,
        queued: await sendCommand(tx, onboarding, act, by, queued),
        shape: (result) => ({ ...result, domain: domainViewOf(row) }),
      };
    });
  },
});

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/domains/:id',
  who: 'portal_session',
  summary: 'A domain with the record to add, and how to add it at its DNS host',
  answers: { 200: domainDetail },
  handler: async (context) => {
    const row = await context.read(async (tx) => {
      requireCovered(context);
      return getDomain(tx, tenantOf(context), context.params.id);
    });
    return ok(await domainDetailOf(context.deps, row));
  },
});

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/domains/:id/check',
  who: 'portal_session',
  summary: 'Looks at DNS now, at most every ten seconds for all who ask',
  answers: { 200: domainResult },
  handler: async (context) => {
    const { deps, caller, params, read, request } = context;
    const tenant = tenantOf(context);
    await read((tx) => requireChange(tx, context, 'domain_verification'));
    const row = await checkDomain(deps, tenant, params.id, acting(caller, request));
    const shown = await read(async (tx) =>
      findShownOnboarding(tx, tenant, await getLink(tx, tenant, caller.session.linkId)),
    );
    return ok({
      status: 'applied',
      view: shown?.view ?? nothingBegun(tenant, request.now),
      domain: domainViewOf(row),
    });
  },
});

const remove = route({
  method: 'DELETE',
  path: '/setup/:handle/api/domains/:id',
  who: 'portal_session',
  summary: 'Gives a domain up',
  answers: { 200: domainResult, 202: domainResult },
  handler: (context) =>
    change(context, 'domain_verification', async (changing) => {
      const { tx, tenant, by } = changing;
      const row = await getDomain(tx, tenant, context.params.id);
      const { onboarding, queued } = await ensured(context, changing, 'domain_verification');
      const removed = await removeDomain(tx, tenant, row.id, by);
      return {
        onboarding,
        queued: [...queued, ...(removed?.queued ?? [])],
        shape: (result) => ({ ...result, domain: domainViewOf(row) }),
      };
    }),
});

const chooseHost = route({
  method: 'PUT',
  path: '/setup/:handle/api/domains/:id/host',
  who: 'portal_session',
  summary: 'Says where the domain’s DNS is kept',
  body: hostBody,
  answers: { 200: domainDetail },
  handler: async (context) => {
    const { deps, caller, body, params, request } = context;
    if (findDnsHost(body.hostId) === undefined) throw new OnboardingError('not_found', { kind: 'dns_host' });
    return context.commit(async (tx) => {
      const tenant = tenantOf(context);
      await requireChange(tx, context, 'domain_verification');
      const before = await getDomain(tx, tenant, params.id);
      const row = await updateDomainHost(tx, tenant, before.id, body.hostId, request.now);
      const target = { type: 'organization_domain', id: row.id };
      const after = { host_id: body.hostId };
      await insertAudit(
        tx,
        audited(acting(caller, request), tenant, {
          action: 'organization_domain.host_chosen',
          target,
          after,
        }),
      );
      return {
        ...ok({}),
        afterCommit: async () => ok(await domainDetailOf(deps, row)),
      };
    });
  },
});

export const domainRoutes = [list, add, get, check, remove, chooseHost];

function requireCovered({ caller }: SetupContext): void {
  if (!seesDomains(caller.session)) throw new OnboardingError('not_found', { kind: 'domain' });
}

/**
 * One that another organization holds is accepted as a claim: whether it stands is for DNS to say [DOM-04]. A proof that
 * has failed or lapsed starts over with a record of its own [DOM-01]. Throws `domain_already_exists`, and `domains_full`
 * where so many wait already.
 */
async function claimOrRestart(
  { tx, tenant, by }: Changing,
  environment: EnvironmentRow,
  domain: string,
): Promise<OrganizationDomainRow> {
  const rows = await listDomains(tx, tenant);
  const known = rows.find((row) => row.domain === domain);
  const { organizationId } = tenant;
  const isOver = known?.state === 'failed' || known?.state === 'lapsed';
  const isNew = known === undefined || isOver;
  if (isNew && rows.filter(({ state }) => state === 'pending').length >= mostWaiting)
    throw new OnboardingError('domains_full', { most: mostWaiting });
  if (!isOver) {
    // The journey is told by the command that follows, after what begins it.
    const claimed = await claimDomain(tx, { environment, organizationId, domain, onboarding: undefined }, by);
    return claimed.domain;
  }
  const { now } = by.request;
  const row = await restartDomain(tx, tenant, known.id, mintChallenge(environment), now);
  const target = { type: 'organization_domain', id: row.id };
  await insertEvent(tx, {
    id: newId('event_'),
    ...tenant,
    name: 'organization_domain.updated',
    data: organizationDomainObject(row),
    createdAt: now,
  });
  await insertAudit(
    tx,
    audited(by, tenant, { action: 'organization_domain.restarted', target, before: { state: known.state } }),
  );
  await insertCommand(tx, domainRow({ key: newId('cmd_'), ...tenant, domainId: row.id }, 'nudge', now));
  return row;
}

/** Looking begins no onboarding: what an organization without one has to show. */
function nothingBegun({ environmentId, organizationId }: ReturnType<typeof tenantOf>, now: Date) {
  return view(fresh({ onboardingId: '', environmentId, organizationId, number: 0, at: now.toISOString() }));
}
