import { accepted, created, ok } from '../../answers.ts';
import { acting, audited, type Acting } from '../../acting.ts';
import {
  createOrganizationBody,
  listOrganizationsQuery,
  organization,
  updateOrganizationBody,
} from '../../contract/developer-organizations.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { announceClaim, draftDomain } from '../../domains.ts';
import { comparableDomain } from '../../../adapters/domain-names.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  awaitWithCommit,
  findOrganization,
  findOrganizationByExternalId,
  insertDomain,
  insertOrganizationRecorded,
  listDomains,
  listDomainsOf,
  listOrganizations,
  type OrganizationRow,
  type RecordedOrganization,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route } from '../../route.ts';
import { deleteWithAll } from './delete-organization.ts';
import { listAnswer, pageRequest } from './list-answer.ts';
import { metadataOf, organizationObject, wantedDomains, wantsDomains } from './organization-object.ts';
import { changeOrganization } from './update-organization.ts';

/** `/organizations`: the vendor's customers. */

const createOrganization = route({
  method: 'POST',
  path: '/organizations',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Creates an organization',
  body: createOrganizationBody,
  answers: { 201: organization },
  handler: ({ deps, body, caller, commit, commitGathered, request }) => {
    const { environment } = caller;
    const by = acting(caller, request);
    const made = {
      id: newId('org_'),
      environmentId: environment.id,
      name: body.name,
      externalId: body.external_id ?? null,
      stripeCustomerId: null,
      metadata: metadataOf({}, body.metadata),
      allowProfilesOutsideOrganization: body.allow_profiles_outside_organization ?? false,
      createdAt: request.now,
      updatedAt: request.now,
    };
    if (!wantsDomains(body)) {
      const alone = recordOf(made, [], by);
      return commitGathered(deps.gathered.organizations, alone, created(organizationObject(made, [])));
    }
    return commit(async (tx) => {
      const domains = await wantedDomains(tx, deps, environment, body, null);
      const claims = domains.map((wanted) => {
        const claim = { environment, organizationId: made.id, ...wanted, onboarding: undefined };
        return { claim, draft: draftDomain(claim, by) };
      });
      // The organization is told of before its domains: readers look it up when they hear of one. They are told of it as
      // it is once it is made, like whoever made it.
      const told = claims.map(({ claim, draft }) =>
        claim.vouched === undefined ? draft : { ...draft, state: 'verified' as const },
      );
      awaitWithCommit(tx, insertOrganizationRecorded(tx, recordOf(made, told, by)));
      const rows = [];
      for (const { claim, draft } of claims) {
        const pending = await insertDomain(tx, draft);
        rows.push((await announceClaim(tx, claim, pending, by)).domain);
      }
      return created(organizationObject(made, rows));
    });
  },
});

/** The organization with what is told and recorded of its making. */
function recordOf(
  made: Parameters<typeof organizationObject>[0] & { environmentId: string; createdAt: Date },
  domains: Parameters<typeof organizationObject>[1],
  by: Acting,
): RecordedOrganization {
  const tenant = { environmentId: made.environmentId, organizationId: made.id };
  const data = organizationObject(made, domains);
  const target = { type: 'organization', id: made.id };
  const after = { name: made.name, external_id: made.externalId };
  return {
    organization: made,
    event: { id: newId('event_'), ...tenant, name: 'organization.created', data, createdAt: made.createdAt },
    audit: audited(by, tenant, { action: 'organization.created', target, after }),
  };
}

const list = route({
  method: 'GET',
  path: '/organizations',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Lists organizations',
  query: listOrganizationsQuery,
  answers: { 200: listOf(organization) },
  handler: ({ query, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const page = await listOrganizations(
        tx,
        tenant,
        {
          ...(query.search === undefined ? {} : { name: query.search }),
          ...(query.domains === undefined ? {} : { domains: query.domains.map(comparableDomain) }),
        },
        pageRequest(query),
      );
      const domains = await listDomainsOf(
        tx,
        tenant,
        page.rows.map(({ id }) => id),
      );
      return listAnswer(page, (row) =>
        organizationObject(
          row,
          domains.filter(({ organizationId }) => organizationId === row.id),
        ),
      );
    }),
});

const getByExternalId = route({
  method: 'GET',
  // An external id may hold slashes, and not every SDK encodes them.
  path: '/organizations/external_id/*external_id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Gets an organization by its external id',
  answers: { 200: organization },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await findOrganizationByExternalId(tx, tenant, params.external_id);
      if (row === undefined)
        throw new OnboardingError('not_found', { kind: 'organization', id: params.external_id });
      return ok(await objectOf(tx, row));
    }),
});

const get = route({
  method: 'GET',
  path: '/organizations/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Gets an organization',
  answers: { 200: organization },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const row = await findOrganization(tx, { environmentId: caller.environment.id }, params.id);
      if (row === undefined) throw new OnboardingError('not_found', { kind: 'organization' });
      return ok(await objectOf(tx, row));
    }),
});

const update = route({
  method: 'PUT',
  path: '/organizations/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Updates what is given of an organization',
  body: updateOrganizationBody,
  clearable: ['external_id', 'metadata', 'stripe_customer_id'],
  answers: { 200: organization },
  handler: ({ deps, body, params, caller, commit, request }) =>
    commit(async (tx) => {
      const by = acting(caller, request);
      const { row, queued } = await changeOrganization(tx, deps, caller.environment, params.id, body, by);
      const answer = ok(await objectOf(tx, row));
      return {
        ...answer,
        afterCommit: async () => {
          await deps.onboardingClient.deliver(queued);
          return answer;
        },
      };
    }),
});

const deleteOne = route({
  method: 'DELETE',
  path: '/organizations/:id',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Deletes an organization and all that belongs to it',
  answers: { 202: 'Accepted, in plain text' },
  handler: async ({ deps, params, caller, commit, request }) => {
    await deps.limits.spend('organization_deletes', caller.keyId);
    return commit(async (tx) => {
      await deleteWithAll(tx, caller.environment.id, params.id, acting(caller, request));
      return accepted();
    });
  },
});

export const organizationRoutes = [createOrganization, list, getByExternalId, get, update, deleteOne];

async function objectOf(tx: Tx, row: OrganizationRow) {
  return organizationObject(
    row,
    await listDomains(tx, { environmentId: row.environmentId, organizationId: row.id }),
  );
}
