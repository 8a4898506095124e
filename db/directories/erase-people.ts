import { sql } from 'kysely';
import type { Tx } from '../database.ts';

const rowsAtOnce = 1_000;

/**
 * Erases people and groups that nobody can be shown any more: those of deleted directories, and those of set-ups that were
 * given up or are not kept any longer. Those of a deleted organization stay while it can be restored, and go with it. Who was removed from a directory that lives stays known as removed, and so stays
 * out. Answers how many rows that were; call it until it answers 0. Needs `withSystem`.
 */
export async function eraseLeftPeople(tx: Tx, now: Date): Promise<number> {
  const isLeft = sql`(
    directories.state = 'deleting'
    or (directories.generation <> one.generation and directories.next_generation is distinct from one.generation
      and not exists (
        select from former_directories
        where directory_id = directories.id and generation = one.generation and restored_at is null
          and kept_until > ${now}
      ))
  )`;
  const groups = await sql`
    delete from directory_groups where ctid = any(array(
      select one.ctid from directory_groups as one join directories on directories.id = one.directory_id
      where ${isLeft} and (not one.is_published or directories.state = 'deleting') limit ${rowsAtOnce}))
  `.execute(tx);
  const people = await sql<{ count: number }>`
    with gone as (
      delete from directory_users where ctid = any(array(
        select one.ctid from directory_users as one join directories on directories.id = one.directory_id
        where ${isLeft} and (one.state is null or directories.state = 'deleting') limit ${rowsAtOnce}))
      returning id
    ), left_groups as (
      delete from directory_memberships where user_id in (select id from gone)
    )
    select count(*) as count from gone
  `.execute(tx);
  return Number(groups.numAffectedRows ?? 0) + (people.rows[0]?.count ?? 0);
}
