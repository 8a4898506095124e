import type { z } from 'zod';
import { listApiKeys, type ApiKeyRow } from '../../../db/index.ts';
import { keyScopes } from '../../../onboarding/api-scopes.ts';
import { acting } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import { endApiKey, makeApiKey, rotateApiKey } from '../../api-keys.ts';
import type { apiKey } from '../../contract/developer-api-keys.ts';
import {
  apiKeyList,
  createApiKeyBody,
  newApiKey,
  rotateApiKeyBody,
  rotatedApiKey,
} from '../../contract/developer-api-keys.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';

/** `/api_keys`: a program renews its own credential without anybody's hands. */

const list = route({
  method: 'GET',
  path: '/api_keys',
  who: 'api_key',
  scope: 'settings',
  summary: 'Lists API keys, revoked ones too, newest first',
  answers: { 200: apiKeyList },
  handler: ({ caller, read }) =>
    read(async (tx) => {
      const rows = await listApiKeys(tx, { environmentId: caller.environment.id });
      return ok({ object: 'list' as const, data: rows.map(apiKeyObject) });
    }),
});

const create = route({
  method: 'POST',
  path: '/api_keys',
  who: 'api_key',
  scope: 'settings',
  summary: 'Makes an API key; its secret is in this answer only',
  body: createApiKeyBody,
  answers: { 201: newApiKey },
  handler: ({ body, caller, commit, request }) =>
    commit(async (tx) => {
      const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at);
      const order = { name: body.name.trim(), scopes: body.scopes, addresses: body.addresses, expiresAt };
      const { key, secret } = await makeApiKey(tx, caller.environment, order, holding(caller, request));
      return { ...created({ ...apiKeyObject(key), secret }), holdsSecret: true };
    }),
});

const rotate = route({
  method: 'POST',
  path: '/api_keys/:id/rotate',
  who: 'api_key',
  scope: 'settings',
  summary: 'Makes a new secret beside the old one, which ends after the overlap',
  body: rotateApiKeyBody,
  answers: { 201: rotatedApiKey },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const what = { id: params.id, overlapMs: body.overlap_hours * 3_600_000 };
      const made = await rotateApiKey(tx, caller.environment, what, holding(caller, request));
      const answer = {
        ...apiKeyObject(made.key),
        secret: made.secret,
        replaces: apiKeyObject(made.replaced),
      };
      return { ...created(answer), holdsSecret: true };
    }),
});

const revoke = route({
  method: 'DELETE',
  path: '/api_keys/:id',
  who: 'api_key',
  scope: 'settings',
  summary: 'Revokes an API key, at once on every process',
  answers: { 204: 'nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      await endApiKey(tx, caller.environment, params.id, holding(caller, request));
      return noContent();
    }),
});

export const apiKeyRoutes = [list, create, rotate, revoke];

const holding = (caller: Callers['api_key'], request: RequestFacts) => ({
  ...acting(caller, request),
  scopes: caller.scopes,
  addresses: caller.addresses,
});

function apiKeyObject(row: ApiKeyRow): z.infer<typeof apiKey> {
  return {
    object: 'api_key',
    id: row.id,
    name: row.name,
    last_four: row.suffix,
    scopes: keyScopes.filter((scope) => row.scopes.includes(scope)),
    addresses: row.addresses,
    created_at: row.createdAt.toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    replaced_by: row.replacedBy,
  };
}
