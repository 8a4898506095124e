/** What was told of one person of a directory. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';

export interface PersonEvent {
  id: string;
  name: string;
  createdAt: Date;
  /** Names of what was other before. */
  changed: string[];
  /** Into or out of which. */
  group: string | null;
}

/** Only so many of the organization's newest events are looked through: events have no index by person. */
const lookedThrough = 5_000;

/** Newest first. */
export async function listPersonEvents(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  userId: string,
  limit: number,
): Promise<PersonEvent[]> {
  const { rows } = await sql<PersonEvent>`
    select id, name, created_at as "createdAt", data -> 'group' ->> 'name' as "group",
      array(select jsonb_object_keys(coalesce(data -> 'previous_attributes', '{}')) order by 1) as changed
    from (
      select id, name, data, created_at, position from events
      where environment_id = ${environmentId} and organization_id = ${organizationId} and position is not null
      order by position desc limit ${lookedThrough}
    ) as newest
    where name like 'dsync.%' and (data ->> 'id' = ${userId} or data -> 'user' ->> 'id' = ${userId})
    order by position desc limit ${limit}
  `.execute(tx);
  return rows;
}
