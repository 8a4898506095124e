import { z } from 'zod';
import { keyScopes } from '../../onboarding/api-scopes.ts';
import { instant } from './shared.ts';

/** S16: GET api-keys · POST api-keys · POST api-keys/{id}/rotate · POST api-keys/{id}/revoke. */

const scope = z.enum(keyScopes);

export const apiKeyView = z.strictObject({
  id: z.string(),
  name: z.string(),
  suffix: z.string(),
  scopes: z.array(scope),
  /** From where alone it may be used; none: everywhere. */
  addresses: z.array(z.string()),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  replacedBy: z.string().nullable(),
});
export const apiKeyList = z.strictObject({ keys: z.array(apiKeyView), clientId: z.string() });

export const newApiKeyBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(scope).min(1),
  addresses: z.array(z.string().max(50)).max(20).default([]),
  expiresAt: instant.nullable(),
});
export const newApiKey = apiKeyView.extend({ secret: z.string() });

/** The old secret works on for so long, at most seven days. */
export const rotateApiKeyBody = z.strictObject({ overlapHours: z.int().min(0).max(168) });
export const rotatedApiKey = newApiKey.extend({ replaces: apiKeyView });
