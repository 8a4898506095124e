import { listRedirectUris, type RedirectUriRow } from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import {
  changeRedirectUriBody,
  createRedirectUriBody,
  listRedirectUrisQuery,
  redirectUri,
} from '../../contract/developer-environment.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { addRedirectUri, chooseDefaultUri, removeRedirectUri } from '../../redirect-uris.ts';
import { route } from '../../route.ts';
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
      const row = await addRedirectUri(tx, deps, caller.environment, body.uri, acting(caller, request));
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
      await removeRedirectUri(tx, caller.environment, params.id, acting(caller, request));
      return noContent();
    }),
});

const chooseDefault = route({
  method: 'PATCH',
  path: '/user_management/redirect_uris/:id',
  who: 'api_key',
  scope: 'settings',
  summary: 'Makes a redirect URI the default, which sign-ins lead to when they name none',
  body: changeRedirectUriBody,
  answers: { 200: redirectUri },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) =>
      ok(
        redirectUriObject(await chooseDefaultUri(tx, caller.environment, params.id, acting(caller, request))),
      ),
    ),
});

export const redirectUriRoutes = [create, list, deleteOne, chooseDefault];

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
