import type { z } from 'zod';
import { listApiKeys, type ApiKeyRow } from '../../../db/index.ts';
import { keyScopes } from '../../../onboarding/api-scopes.ts';
import { acting } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import { endApiKey, makeApiKey, rotateApiKey } from '../../api-keys.ts';
import {
  apiKeyList,
  apiKeyView,
  newApiKey,
  newApiKeyBody,
  rotateApiKeyBody,
  rotatedApiKey,
} from '../../contract/dashboard-keys.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';

/** S16: keys of the developer API. The secret is told once; what is stored finds it and cannot be turned back [API-01]. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/api-keys',
  who: 'staff',
  role: 'viewer',
  summary: 'API keys, revoked ones too',
  answers: { 200: apiKeyList },
  handler: ({ caller, read }) =>
    read(async (tx) => {
      const rows = await listApiKeys(tx, { environmentId: caller.environment.id });
      return ok({ keys: rows.map((row) => viewOf(row)), clientId: caller.environment.clientId });
    }),
});

const create = route({
  method: 'POST',
  path: '/dashboard/api/api-keys',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Makes an API key; its secret is in this answer only',
  body: newApiKeyBody,
  answers: { 201: newApiKey },
  handler: ({ caller, body, commit, request }) =>
    commit(async (tx) => {
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
      const order = { name: body.name, scopes: body.scopes, addresses: body.addresses, expiresAt };
      const { key, secret } = await makeApiKey(tx, caller.environment, order, holding(caller, request));
      return { ...created({ ...viewOf(key), secret }), holdsSecret: true };
    }),
});

const rotate = route({
  method: 'POST',
  path: '/dashboard/api/api-keys/:id/rotate',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Makes a new secret beside the old one, which ends after the overlap',
  body: rotateApiKeyBody,
  answers: { 201: rotatedApiKey },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const what = { id: params.id, overlapMs: body.overlapHours * 3_600_000 };
      const made = await rotateApiKey(tx, caller.environment, what, holding(caller, request));
      const answer = { ...viewOf(made.key), secret: made.secret, replaces: viewOf(made.replaced) };
      return { ...created(answer), holdsSecret: true };
    }),
});

const revoke = route({
  method: 'POST',
  path: '/dashboard/api/api-keys/:id/revoke',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Revokes an API key, at once on every process',
  answers: { 200: apiKeyView },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) =>
      ok(viewOf(await endApiKey(tx, caller.environment, params.id, holding(caller, request)))),
    ),
});

export const apiKeyRoutes = [list, create, rotate, revoke];

/** Members who may make keys may make any. */
const holding = (caller: Callers['staff'], request: RequestFacts) => ({
  ...acting(caller, request),
  scopes: ['full'],
  addresses: [],
});

function viewOf(row: ApiKeyRow): z.infer<typeof apiKeyView> {
  return {
    id: row.id,
    name: row.name,
    suffix: row.suffix,
    scopes: keyScopes.filter((scope) => row.scopes.includes(scope)),
    addresses: row.addresses,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    replacedBy: row.replacedBy,
  };
}
