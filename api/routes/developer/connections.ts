import { created, noContent, ok } from '../../answers.ts';
import { acting } from '../../acting.ts';
import {
  connection,
  createConnectionBody,
  listConnectionsQuery,
} from '../../contract/developer-connections.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { comparableDomain } from '../../../adapters/domain-names.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  addConnectionNotice,
  dropConnection,
  findConnectionByExternalId,
  findOpenOnboarding,
  findOrganization,
  getConnection,
  insertCommand,
  listConnections,
  listDomains,
  listDomainsOf,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { connectionObject } from '../../../onboarding/wire-objects.ts';
import { factRow } from '../../../onboarding/workflow-names.ts';
import { route } from '../../route.ts';
import { insertVouched } from './create-connection.ts';
import { insertVouchedOidc } from './create-oidc-connection.ts';
import { listAnswer, pageRequest } from './list-answer.ts';
import { readOidcOptions } from './oidc-options.ts';
import { optionsOf, readSamlOptions } from './saml-options.ts';
import { readSpSide } from './saml-sp-side.ts';
import { updateConnectionRoute } from './update-connection.ts';

/** `/connections`: how an organization's people sign in. */

const create = route({
  method: 'POST',
  path: '/connections',
  who: 'api_key',
  scope: 'connections',
  summary: 'Creates a connection that is live at once: the developer vouches for it',
  body: createConnectionBody,
  answers: { 201: connection },
  handler: async ({ deps, body, caller, read, commit, request }) => {
    const { environment } = caller;
    const tenant = { environmentId: environment.id, organizationId: body.organization_id };
    const { external_id: externalId } = body;
    const [organization, same] = await read((tx) =>
      Promise.all([
        findOrganization(tx, tenant, body.organization_id),
        externalId === undefined ? undefined : findConnectionByExternalId(tx, tenant, externalId),
      ]),
    );
    if (organization === undefined) {
      throw new OnboardingError('not_found', { kind: 'organization', id: body.organization_id });
    }
    if (same !== undefined) return created(await read((tx) => objectOf(tx, same)));
    const options = optionsOf(body);
    const by = acting(caller, request);
    if ('oidc' in options) {
      const { now } = request;
      const provider = await readOidcOptions(deps, environment, organization.id, options.oidc, now);
      return commit(async (tx) =>
        created(await objectOf(tx, await insertVouchedOidc(tx, deps, organization, body, provider, by))),
      );
    }
    const { saml } = options;
    const sp = readSpSide(deps, environment, saml);
    const settings = await readSamlOptions(deps, environment, organization.id, saml, request.now);
    return commit(async (tx) => created(await insertVouched(tx, deps, organization, body, settings, sp, by)));
  },
});

const list = route({
  method: 'GET',
  path: '/connections',
  who: 'api_key',
  scope: 'connections',
  summary: 'Lists connections',
  query: listConnectionsQuery,
  answers: { 200: listOf(connection) },
  handler: ({ query, caller, read }) =>
    read(async (tx) => {
      const { connection_type: types, domain, search, organization_id: organizationId = null } = query;
      const tenant = { environmentId: caller.environment.id, organizationId };
      const filter = {
        ...(types === undefined
          ? {}
          : { connectionTypes: types.map((type) => (type === 'GithubOAuth' ? 'GitHubOAuth' : type)) }),
        ...(domain === undefined ? {} : { domain: comparableDomain(domain) }),
        ...(search === undefined ? {} : { search }),
      };
      const page = await listConnections(tx, tenant, filter, pageRequest(query));
      const owners = [...new Set(page.rows.map((row) => row.organizationId))];
      const domains = await listDomainsOf(tx, tenant, owners);
      return listAnswer(page, (row) =>
        connectionObject(
          row,
          domains.filter((one) => one.organizationId === row.organizationId),
        ),
      );
    }),
});

const get = route({
  method: 'GET',
  path: '/connections/:id',
  who: 'api_key',
  scope: 'connections',
  summary: 'Gets a connection',
  answers: { 200: connection },
  handler: ({ params, caller, read }) =>
    read(async (tx) =>
      ok(await objectOf(tx, await getConnection(tx, { environmentId: caller.environment.id }, params.id))),
    ),
});

const deleteOne = route({
  method: 'DELETE',
  path: '/connections/:id',
  who: 'api_key',
  scope: 'connections',
  summary: 'Deletes a connection; nobody signs in through it any more',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const { now } = request;
      const by = acting(caller, request);
      const tenant = { environmentId: caller.environment.id };
      const how = { actor: by.actor, now, newId, restorableUntil: null };
      const row = await dropConnection(tx, tenant, params.id, how);
      if (row === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
      const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
      if (row.activatedAt !== null) {
        const notice = { kind: 'deleted', at: now.toISOString(), by: null, isVendors: true } as const;
        await addConnectionNotice(tx, whose, row.id, notice);
      }
      const onboarding = await findOpenOnboarding(tx, whose, row.organizationId);
      if (onboarding !== undefined) {
        const fact = {
          key: newId('cmd_'),
          actor: by.actor,
          kind: 'connection_gone',
          connectionId: row.id,
        } as const;
        await insertCommand(tx, factRow(onboarding, fact, now));
      }
      return noContent();
    }),
});

export const connectionRoutes = [create, list, get, updateConnectionRoute, deleteOne];

async function objectOf(tx: Tx, row: ConnectionRow) {
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  return connectionObject(row, await listDomains(tx, whose));
}
