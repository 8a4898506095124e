import type { Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { StaffNewsRow, StaffNewsTable } from '../tables/staff-news.ts';

/** Has staff mailed about it, soon. */
export async function insertStaffNews(
  tx: Tx,
  news: Insertable<StaffNewsTable> & { createdAt: Date },
): Promise<void> {
  await tx.insertInto('staffNews').values(news).execute();
}

/** What staff have yet to be mailed, oldest first. Needs `withSystem`. */
export async function listStaffNews(tx: Tx): Promise<StaffNewsRow[]> {
  return tx.selectFrom('staffNews').selectAll().orderBy('createdAt').orderBy('id').execute();
}

/** Staff were told, or nobody is to be. Needs `withSystem`. */
export async function removeStaffNews(tx: Tx, newsId: string): Promise<void> {
  await tx.deleteFrom('staffNews').where('id', '=', newsId).execute();
}
