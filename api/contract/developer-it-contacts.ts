import { z } from 'zod';
import { timestamps } from './developer-lists.ts';

/** People at a customer who may get links and notices (`/organizations/{id}/it_contacts`). */

export const itContact = z
  .object({
    object: z.literal('it_contact'),
    id: z.string(),
    email: z.string(),
    ...timestamps,
  })
  .meta({ id: 'ItContact' });

export const createItContactBody = z.object({ email: z.string().max(320) });

/** Not the words of `generate_link`: there it is `dsync`, here `directory_sync`. */
const contactIntents = [
  'sso',
  'directory_sync',
  'log_streams',
  'domain_verification',
  'bring_your_own_key',
] as const;
export type ContactIntent = (typeof contactIntents)[number];

export const inviteItContactBody = z.object({
  intents: z
    .array(z.enum(contactIntents))
    .min(1, 'must name at least one')
    .max(contactIntents.length)
    .refine((intents) => new Set(intents).size === intents.length, 'must be unique'),
});
