import { z } from 'zod';
import { pageQuery, timestamps } from './developer-lists.ts';

/** Events (`/events`) and the environment's redirect URIs (`/user_management/redirect_uris`). */

export const event = z
  .object({
    object: z.literal('event'),
    id: z.string(),
    event: z.string(),
    data: z.record(z.string(), z.unknown()),
    created_at: z.iso.datetime(),
    context: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Event' });

const instant = z.iso.datetime({ offset: true });
export const listEventsQuery = pageQuery.extend({
  events: z.array(z.string().max(100)).max(200).optional().meta({ description: 'Names; at least one' }),
  organization_id: z.string().optional(),
  range_start: instant.optional(),
  range_end: instant.optional(),
});

export const redirectUri = z
  .object({
    object: z.literal('redirect_uri'),
    id: z.string(),
    uri: z.string(),
    default: z.boolean(),
    ...timestamps,
  })
  .meta({ id: 'RedirectURI' });

export const customAttribute = z
  .object({
    object: z.literal('custom_attribute'),
    key: z.string(),
    label: z.string(),
    required: z.boolean(),
  })
  .meta({ id: 'CustomAttribute' });

/** No `list_metadata`: the whole list is short and comes at once. */
export const customAttributeList = z.object({ object: z.literal('list'), data: z.array(customAttribute) });

export const putCustomAttributeBody = z.object({
  label: z.string().regex(/\S/, 'must not be blank').max(80),
  required: z.boolean().default(false),
});

export const createRedirectUriBody = z.object({ uri: z.string().max(2000) });
/** There is always one default: another takes its place, none leaves it. */
export const changeRedirectUriBody = z.object({ default: z.literal(true) });
export { pageQuery as listRedirectUrisQuery };
