import { z } from 'zod';
import { toUnicodeDomain } from '../../../adapters/domain-names.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  decideDomain,
  findVerifiedAbove,
  findVerifiedHolder,
  getDomain,
  insertAudit,
  isContested,
  isForApproval,
  listAllDomains,
  listOrganizationNames,
  lockDomain,
  proveDomain,
  refuseDomain,
  type OrganizationDomainRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { domainNoteBody, domainDetail, domainPage, type domainRow } from '../../contract/dashboard.ts';
import { checkDomain, lookForApproval } from '../../domain-checks.ts';
import { domainViewOf } from '../../domain-views.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';

/** S10: domains, and what each name server answered. */

const states = ['pending', 'verified', 'failed', 'lapsed', 'conflict'] as const;

const list = route({
  method: 'GET',
  path: '/dashboard/api/domains',
  who: 'staff',
  role: 'viewer',
  summary: 'Domains of all organizations, newest first',
  query: pageQuery.extend({ search: z.string().max(260).optional(), state: z.enum(states).optional() }),
  answers: { 200: domainPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { search, state } = query;
      const filter = {
        ...(search === undefined ? {} : { search: search.trim() }),
        ...(state === undefined ? {} : { state }),
      };
      const page = await listAllDomains(
        tx,
        { environmentId: caller.environment.id },
        filter,
        pageRequest(query),
      );
      const domains = page.rows.map((row) => rowOf(row, row.organizationName));
      return ok({ domains, next: page.after });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/domains/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A domain with its record and what each server answered',
  answers: { 200: domainDetail },
  handler: ({ caller, params, read }) =>
    read(async (tx) =>
      ok(await detailOf(tx, await getDomain(tx, { environmentId: caller.environment.id }, params.id))),
    ),
});

const check = route({
  method: 'POST',
  path: '/dashboard/api/domains/:id/check',
  who: 'staff',
  role: 'support',
  summary: 'Looks at DNS now, at most every ten seconds',
  answers: { 200: domainDetail },
  handler: async ({ deps, caller, params, read, request }) => {
    const tenant = { environmentId: caller.environment.id };
    const row = await checkDomain(deps, tenant, params.id, acting(caller, request));
    return read(async (tx) => ok(await detailOf(tx, row)));
  },
});

const decide = route({
  method: 'POST',
  path: '/dashboard/api/domains/:id/decide',
  who: 'staff',
  role: 'support',
  isGrave: true,
  summary: 'Gives a contested domain to its organization, or approves one after a look at DNS, with a note',
  body: domainNoteBody,
  answers: { 200: domainDetail },
  handler: async ({ deps, body, caller, params, commit, request }) => {
    const by = acting(caller, request);
    const tenant = { environmentId: caller.environment.id };
    const seen = await lookForApproval(deps, tenant, params.id, by);
    return commit(async (tx) => {
      const decision = { note: body.note, actor: by.actor, now: request.now, newId, seen };
      return ok(await detailOf(tx, await decideDomain(tx, tenant, params.id, decision)));
    });
  },
});

const refuse = route({
  method: 'POST',
  path: '/dashboard/api/domains/:id/refuse',
  who: 'staff',
  role: 'support',
  isGrave: true,
  summary: 'Says that a domain that waits for staff does not count for its organization, with a note',
  body: domainNoteBody,
  answers: { 200: domainDetail },
  handler: ({ body, caller, params, commit, request }) =>
    commit(async (tx) => {
      const { actor } = acting(caller, request);
      const decision = { note: body.note, actor, now: request.now, newId };
      const tenant = { environmentId: caller.environment.id };
      return ok(await detailOf(tx, await refuseDomain(tx, tenant, params.id, decision)));
    }),
});

const verify = route({
  method: 'POST',
  path: '/dashboard/api/domains/:id/verify',
  who: 'staff',
  role: 'support',
  isGrave: true,
  summary:
    'Vouches for a domain that is not proved by DNS, with a note; one that is contested is decided instead',
  body: domainNoteBody,
  answers: { 200: domainDetail },
  handler: ({ body, caller, params, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const by = acting(caller, request);
      const { organizationId } = await getDomain(tx, tenant, params.id);
      const whose = { ...tenant, organizationId };
      const before = await lockDomain(tx, whose, params.id);
      if (isContested(before)) throw new OnboardingError('conflict', { domain: before.domain });
      const proof = {
        strategy: 'manual',
        actor: by.actor,
        now: request.now,
        newId,
        tellWorkflow: true,
      } as const;
      const proved = await proveDomain(tx, whose, params.id, proof);
      if (proved !== undefined) {
        // The customer's log has the proof; why staff vouched is their own people's business.
        const ofEnvironment = { ...tenant, organizationId: null };
        const action = 'organization_domain.vouched_for';
        const target = { type: 'organization_domain', id: params.id };
        const after = { organization_id: organizationId, domain: proved.domain, note: body.note };
        await insertAudit(tx, audited(by, ofEnvironment, { action, target, after }));
      }
      return ok(await detailOf(tx, proved ?? before));
    }),
});

export const domainRoutes = [list, get, check, verify, decide, refuse];

async function detailOf(tx: Tx, row: OrganizationDomainRow): Promise<z.infer<typeof domainDetail>> {
  const { environmentId, organizationId } = row;
  const holder = isContested(row) ? await holderOf(tx, row) : undefined;
  const ids = holder === undefined ? [organizationId] : [organizationId, holder.organizationId];
  const names = await listOrganizationNames(tx, { environmentId }, ids);
  const nameOf = (id: string) => names.get(id) ?? '';
  const held = holder && {
    organizationId: holder.organizationId,
    organizationName: nameOf(holder.organizationId),
    domain: toUnicodeDomain(holder.domain),
  };
  // One that waits for approval may have been proved by somebody else meanwhile: that one loses it, and is named.
  const isBelow = isForApproval(row) && holder?.domain !== row.domain;
  return {
    ...rowOf(row, nameOf(organizationId)),
    contest: isContested(row) ? { kind: isBelow ? 'below' : 'proved_twice', holder: held ?? null } : null,
  };
}

async function holderOf(tx: Tx, row: OrganizationDomainRow): Promise<OrganizationDomainRow | undefined> {
  const holder = await findVerifiedHolder(tx, row.environmentId, row.domain);
  return holder ?? (isForApproval(row) ? findVerifiedAbove(tx, row.environmentId, row.domain) : undefined);
}

function rowOf(row: OrganizationDomainRow, organizationName: string): z.infer<typeof domainRow> {
  return { ...domainViewOf(row), organizationId: row.organizationId, organizationName };
}
