import { z } from 'zod';

/** Lists of the developer API: pages by cursor, where a cursor is the id of an object. */

const limitWords = 'must be between 1 and 100';

export const pageQuery = z.object({
  limit: z
    .int({ error: limitWords })
    .min(1, limitWords)
    .max(100, limitWords)
    .optional()
    .meta({ description: 'Objects a page; 10 unless told' }),
  after: z.string().optional().meta({ description: 'Id of an object; the page goes on behind it' }),
  before: z.string().optional().meta({ description: 'Id of an object; the page ends before it' }),
  order: z.enum(['asc', 'desc', 'normal']).optional().meta({
    description: '`normal`, where nothing is told: newest first, and `after` means newer',
  }),
});
export type PageQuery = z.infer<typeof pageQuery>;

export function listOf<Item extends z.ZodType>(item: Item) {
  const cursors = z.object({ before: z.string().nullable(), after: z.string().nullable() });
  return z.object({ object: z.literal('list'), data: z.array(item), list_metadata: cursors });
}

export const timestamps = {
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

/** Bodies of refusals: a message, a code where programs decide by it, and single fields of a 422. */
export const developerError = z
  .object({
    message: z.string(),
    code: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), code: z.string() })).optional(),
  })
  .meta({ id: 'Error' });
