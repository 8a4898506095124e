import { z } from 'zod';
import type { PageRequest } from '../../../db/index.ts';

/** What every list of the dashboard takes: newest first, 50 rows unless told. */
export const pageQuery = z.strictObject({
  after: z.string().max(60).optional(),
  limit: z.int().min(1).max(100).optional(),
});

export function pageRequest({ after, limit = 50 }: z.infer<typeof pageQuery>): PageRequest {
  return { limit, order: 'desc', ...(after === undefined ? {} : { after }) };
}
