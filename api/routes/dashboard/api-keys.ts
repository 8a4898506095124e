import type { z } from 'zod';
import { newId } from '../../../adapters/ids.ts';
import { digestToken, mintToken } from '../../../adapters/tokens.ts';
import { insertApiKey, insertAudit, listApiKeys, revokeApiKey, type ApiKeyRow } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import { apiKeyList, apiKeyView, newApiKey, newApiKeyBody } from '../../contract/dashboard.ts';
import { route } from '../../route.ts';

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
  summary: 'Makes an API key; its secret is in this answer only',
  body: newApiKeyBody,
  answers: { 201: newApiKey },
  handler: ({ caller, body, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const secret = mintToken(environment.kind === 'production' ? 'sk_live_' : 'sk_test_');
      const row = await insertApiKey(tx, {
        id: newId('api_key_'),
        environmentId: environment.id,
        name: body.name,
        digest: digestToken(secret).toString('hex'),
        suffix: secret.slice(-4),
        createdAt: request.now,
      });
      const whose = { environmentId: environment.id, organizationId: null };
      const target = { type: 'api_key', id: row.id };
      const after = { name: row.name, suffix: row.suffix };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, { action: 'api_key.created', target, after }),
      );
      return { ...created({ ...viewOf(row), secret }), holdsSecret: true };
    }),
});

const revoke = route({
  method: 'POST',
  path: '/dashboard/api/api-keys/:id/revoke',
  who: 'staff',
  role: 'developer',
  summary: 'Revokes an API key, at once on every process',
  answers: { 200: apiKeyView },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      const row = await revokeApiKey(tx, whose, params.id, request.now);
      if (row === undefined) throw new OnboardingError('not_found', { kind: 'api_key' });
      const target = { type: 'api_key', id: row.id };
      await insertAudit(tx, audited(acting(caller, request), whose, { action: 'api_key.revoked', target }));
      return ok(viewOf(row));
    }),
});

export const apiKeyRoutes = [list, create, revoke];

function viewOf(row: ApiKeyRow): z.infer<typeof apiKeyView> {
  return {
    id: row.id,
    name: row.name,
    suffix: row.suffix,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
