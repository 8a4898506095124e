/**
 * The mass-change guard [SCIM-09]: when more people would leave a directory within an hour than the environment allows,
 * what their leaving does is parked until a person has decided.
 */
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { isShown, type DirectoryScope } from './scope.ts';

const hourMs = 60 * 60_000;

interface Standing {
  openHold: string | null;
  people: number;
  percent: number;
  /** Who has left within the hour, and since a person last decided. */
  left: number;
}

// Taken before the counting: of simultaneous leavings each counts those before it.
const takeTurn = fixedStatement(`
  select pg_advisory_xact_lock(hashtextextended('leave:' || :directoryId, 0))
  from environments where id = :environmentId and removal_guard_percent > 0
`);

const count = fixedStatement<Standing>(`
  select environments.removal_guard_people as people, environments.removal_guard_percent as percent,
    (select id from directory_holds where directory_id = :directoryId and state = 'open') as "openHold",
    (select count(*) from directory_users
      where directory_id = :directoryId and left_at > greatest(:since::timestamptz, (
          select max(decided_at) from directory_holds where directory_id = :directoryId and state = 'applied'))
        and generation = :generation and state is not null and hold_id is null) as left
  from environments where id = :environmentId
`);

const countActive = fixedStatement<{ active: number }>(`
  select count(*) as active from directory_users
  where directory_id = :directoryId and generation = :generation and state = 'active' and deleted_at is null
`);

/**
 * Where people leave whom the vendor is shown as active: the hold in which that is parked, or undefined where it may take
 * effect. Opens the hold when this many more are too many.
 */
export async function holdLeavings(
  tx: Tx,
  scope: DirectoryScope,
  leaving: number,
): Promise<string | undefined> {
  if (leaving === 0 || !isShown(scope)) return undefined;
  const { directory, generation, now } = scope;
  const { id: directoryId, environmentId } = directory;
  const since = new Date(now.getTime() - hourMs);
  const turn = takeTurn(tx, { directoryId, environmentId });
  const [[standing]] = await Promise.all([
    count(tx, { directoryId, environmentId, generation, since }),
    turn,
  ]);
  if (standing === undefined) throw new Error(`environment ${environmentId} is not there`);
  const { openHold, people, percent, left } = standing;
  if (openHold !== null) return openHold;
  if (percent === 0 || left + leaving <= people) return undefined;
  const [counted] = await countActive(tx, { directoryId, generation });
  const activeBefore = (counted?.active ?? 0) + left;
  if (left + leaving <= Math.floor((activeBefore * percent) / 100)) return undefined;
  return openNewHold(tx, scope, activeBefore);
}

async function openNewHold(
  tx: Tx,
  { directory, now }: DirectoryScope,
  activeBefore: number,
): Promise<string> {
  const { id: directoryId, environmentId, organizationId } = directory;
  const id = newId('directory_hold_');
  await tx
    .insertInto('directoryHolds')
    .values({
      ...{ id, environmentId, organizationId, directoryId },
      ...{ reason: 'many_leave' as const, activeBefore, createdAt: now },
    })
    .execute();
  notifyChange(tx, directory, 'directory', directoryId);
  return id;
}
