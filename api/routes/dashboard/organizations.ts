import { z } from 'zod';
import { parseEmail } from '../../../adapters/email-address.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  getOrganization,
  insertAudit,
  insertEvent,
  insertOrganization,
  listOrganizationFacts,
  listOrganizations,
  type OrganizationFacts,
  type OrganizationRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import { rememberContacts } from '../../contacts.ts';
import {
  createdOrganization,
  deleteOrganizationBody,
  newOrganizationBody,
  organizationList,
  type OrganizationList,
} from '../../contract/dashboard.ts';
import { announceClaim, insertClaim, parseDomain } from '../../domains.ts';
import { domainChip } from '../../domain-views.ts';
import { route } from '../../route.ts';
import { deleteWithAll } from '../developer/delete-organization.ts';
import { organizationObject } from '../developer/organization-object.ts';
import { pageQuery, pageRequest } from './page-query.ts';
import { restoreWithAll } from './restore-organization.ts';
import { featuresOf } from './views.ts';

/** S3: the vendor's customers; making, deleting and restoring them. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/organizations',
  who: 'staff',
  role: 'viewer',
  summary: 'Organizations with what they have, how far they are and what ends soonest',
  query: pageQuery.extend({ search: z.string().max(200).optional() }),
  answers: { 200: organizationList },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const filter = query.search === undefined ? {} : { search: query.search.trim() };
      const page = await listOrganizations(tx, tenant, filter, pageRequest(query));
      const facts = await listOrganizationFacts(
        tx,
        tenant,
        page.rows.map(({ id }) => id),
      );
      const body: OrganizationList = {
        organizations: page.rows.map((row) => rowOf(row, facts.get(row.id))),
        next: page.after,
      };
      return ok(body);
    }),
});

const create = route({
  method: 'POST',
  path: '/dashboard/api/organizations',
  who: 'staff',
  role: 'support',
  summary: 'Makes an organization with its domains and contacts',
  body: newOrganizationBody,
  answers: { 201: createdOrganization },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const by = acting(caller, request);
      const domains = new Set(
        body.domains
          .filter((typed) => typed.trim() !== '')
          .map((typed) => inLine('domains', typed, () => parseDomain(deps, environment, typed))),
      );
      const contacts = body.contacts
        .filter((typed) => typed.trim() !== '')
        .map((typed) => inLine('contacts', typed, () => parseEmail(typed.trim())));
      const row = await insertOrganization(tx, {
        id: newId('org_'),
        environmentId: environment.id,
        name: body.name,
        externalId: null,
        stripeCustomerId: null,
        allowProfilesOutsideOrganization: false,
        createdAt: request.now,
      });
      const tenant = { environmentId: environment.id, organizationId: row.id };
      const claims = [];
      for (const domain of domains) {
        const claim = { environment, organizationId: row.id, domain, onboarding: undefined };
        claims.push({ claim, pending: await insertClaim(tx, claim, by) });
      }
      // The organization is told of before its domains: readers look it up when they hear of one.
      await insertEvent(tx, {
        id: newId('event_'),
        ...tenant,
        name: 'organization.created',
        data: organizationObject(
          row,
          claims.map(({ pending }) => pending),
        ),
        createdAt: request.now,
      });
      for (const { claim, pending } of claims) await announceClaim(tx, claim, pending, by);
      await rememberContacts(tx, tenant, contacts, request.now);
      const target = { type: 'organization', id: row.id };
      const after = { name: row.name, external_id: row.externalId };
      await insertAudit(tx, audited(by, tenant, { action: 'organization.created', target, after }));
      return created({ id: row.id });
    }),
});

/** What is read of one line of a field with several. A refusal names both. */
function inLine<T>(field: 'domains' | 'contacts', line: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    throw new OnboardingError(error.code, { ...error.facts, field, line: line.trim() });
  }
}

const deleteOne = route({
  method: 'DELETE',
  path: '/dashboard/api/organizations/:id',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Deletes an organization whose name was typed; it can be restored for 30 days',
  body: deleteOrganizationBody,
  answers: { 204: 'deleted' },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const { name } = await getOrganization(tx, tenant, params.id);
      if (body.name.trim() !== name) throw new OnboardingError('invalid_request', { field: 'name' });
      await deleteWithAll(tx, tenant.environmentId, params.id, acting(caller, request));
      return noContent();
    }),
});

const restore = route({
  method: 'POST',
  path: '/dashboard/api/organizations/:id/restore',
  who: 'staff',
  role: 'admin',
  summary: 'Brings a deleted organization back; its domains return as pending',
  answers: { 200: createdOrganization },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      await restoreWithAll(tx, caller.environment, params.id, acting(caller, request));
      return ok({ id: params.id });
    }),
});

export const organizationRoutes = [list, create, deleteOne, restore];

function rowOf(
  row: OrganizationRow,
  facts: OrganizationFacts | undefined,
): OrganizationList['organizations'][number] {
  const view = facts?.onboarding?.view;
  const domains = facts?.domains ?? [];
  return {
    id: row.id,
    name: row.name,
    externalId: row.externalId,
    domains: domains.map(({ domain, state, verdict, reason }) => ({
      domain,
      chip: domainChip(state, verdict, reason),
    })),
    features: featuresOf(view, facts),
    onboarding: facts?.onboarding
      ? {
          id: facts.onboarding.id,
          state: facts.onboarding.view.state,
          stepsDone: facts.onboarding.view.stepsDone,
          stepsTotal: facts.onboarding.view.stepsTotal,
        }
      : null,
    lastSignInAt: facts?.lastSignInAt?.toISOString() ?? null,
    endsSoonest: facts?.endsSoonest?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
