import { ok, type Answer } from '../../answers.ts';
import type { PageQuery } from '../../contract/developer-lists.ts';
import type { Page, PageRequest } from '../../../db/index.ts';

/** Ten objects, newest first, unless the query tells otherwise. */
export function pageRequest({ limit = 10, order = 'normal', after, before }: PageQuery): PageRequest {
  return { limit, order, after, before };
}

/** A list with both cursors, under the old name too: the Ruby SDK up to 6 reads only that one. */
export function listAnswer<Row>({ rows, before, after }: Page<Row>, toObject: (row: Row) => object): Answer {
  const cursors = { before, after };
  return ok({ object: 'list', data: rows.map(toObject), list_metadata: cursors, listMetadata: cursors });
}
