import { created, InsteadAnswer, noContent } from '../../answers.ts';
import { acting, audited } from '../../acting.ts';
import {
  createRedirectUriBody,
  listRedirectUrisQuery,
  redirectUri,
} from '../../contract/developer-environment.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  deleteRedirectUri,
  insertAudit,
  insertRedirectUri,
  listAllRedirectUris,
  listRedirectUris,
  type RedirectUriRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { route } from '../../route.ts';
import { parseRedirectUri } from '../../urls.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/user_management/redirect_uris`: where sign-ins may lead back to. The first one is the default. */

const create = route({
  method: 'POST',
  path: '/user_management/redirect_uris',
  who: 'api_key',
  scope: 'settings',
  summary: 'Registers a redirect URI',
  body: createRedirectUriBody,
  answers: { 201: redirectUri },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const uri = parseRedirectUri(deps, caller.environment, body.uri);
      const known = await listAllRedirectUris(tx, tenant);
      if (known.some((row) => row.uri === uri)) {
        throw new InsteadAnswer({
          status: 422,
          body: { message: `The redirect URI ${uri} already exists.` },
        });
      }
      const at = { createdAt: request.now, updatedAt: request.now };
      const row = await insertRedirectUri(tx, { id: newId('redir_'), ...tenant, uri, ...at });
      const whose = { ...tenant, organizationId: null };
      const target = { type: 'redirect_uri', id: row.id };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, { action: 'redirect_uri.created', target, after: { uri } }),
      );
      return created(redirectUriObject(row));
    }),
});

const list = route({
  method: 'GET',
  path: '/user_management/redirect_uris',
  who: 'api_key',
  scope: 'settings',
  summary: 'Lists redirect URIs',
  query: listRedirectUrisQuery,
  answers: { 200: listOf(redirectUri) },
  handler: ({ query, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      return listAnswer(await listRedirectUris(tx, tenant, pageRequest(query)), redirectUriObject);
    }),
});

const deleteOne = route({
  method: 'DELETE',
  path: '/user_management/redirect_uris/:id',
  who: 'api_key',
  scope: 'settings',
  summary: 'Removes a redirect URI, unless it is the default',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const outcome = await deleteRedirectUri(tx, tenant, params.id);
      if (outcome === 'missing') throw new OnboardingError('not_found', { kind: 'redirect_uri' });
      if (outcome === 'is_default') {
        const message = 'The default redirect URI cannot be removed.';
        throw new InsteadAnswer({ status: 409, body: { code: 'redirect_uri_is_default', message } });
      }
      const whose = { ...tenant, organizationId: null };
      const target = { type: 'redirect_uri', id: params.id };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, { action: 'redirect_uri.deleted', target }),
      );
      return noContent();
    }),
});

export const redirectUriRoutes = [create, list, deleteOne];

function redirectUriObject(row: RedirectUriRow) {
  return {
    object: 'redirect_uri' as const,
    id: row.id,
    uri: row.uri,
    default: row.isDefault,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
