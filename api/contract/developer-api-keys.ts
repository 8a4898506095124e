import { z } from 'zod';
import { keyScopes } from '../../onboarding/api-scopes.ts';

/** Keys of the environment (`/api_keys`). Ours, in the style of the contract. */

const scope = z.enum(keyScopes);

export const apiKey = z
  .object({
    object: z.literal('api_key'),
    id: z.string(),
    name: z.string(),
    last_four: z.string(),
    scopes: z.array(scope),
    addresses: z.array(z.string()).meta({ description: 'From where alone it may be used; none: everywhere' }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
    replaced_by: z.string().nullable().meta({ description: 'Id of the key that took over' }),
  })
  .meta({ id: 'APIKey' });

export const newApiKey = apiKey.extend({
  secret: z
    .string()
    .meta({ description: 'In this answer only; what is kept finds it and cannot be turned back' }),
});

/** No `list_metadata`: the whole list is short and comes at once. */
export const apiKeyList = z.object({ object: z.literal('list'), data: z.array(apiKey) });

export const createApiKeyBody = z.object({
  name: z.string().regex(/\S/, 'must not be blank').max(80),
  scopes: z.array(scope).min(1).default(['full']).meta({
    description:
      '`full`: everything; `read`: every GET; the others: what is written at each call. Never more than the calling key has',
  }),
  addresses: z.array(z.string().max(50)).max(20).default([]).meta({
    description:
      'Addresses and blocks of them (CIDR) from which alone the key may be used; everywhere, where none are told. Never more than the calling key has, which are taken where none are told',
  }),
  expires_at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'When it ends by itself; never, where nothing is told' }),
});

export const rotateApiKeyBody = z.object({
  overlap_hours: z
    .int()
    .min(0)
    .max(168)
    .default(24)
    .meta({ description: 'How long the old secret works on: at most seven days' }),
});
export const rotatedApiKey = newApiKey.extend({ replaces: apiKey });
