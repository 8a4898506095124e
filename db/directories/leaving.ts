/**
 * The mass-change guard [SCIM-09]: when more people would leave a directory within an hour than the environment allows,
 * what their leaving does is parked until a person has decided.
 */
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { withdrawEmptyHolds } from './holds.ts';
import { isShown, type DirectoryScope } from './scope.ts';

const hourMs = 60 * 60_000;

interface Standing {
  openHold: string | null;
  people: number;
  percent: number;
  /** Who has left within the hour, and since a person last decided. */
  left: number;
}

const takeTurn = fixedStatement(
  `select pg_advisory_xact_lock(hashtextextended('leave:' || :directoryId, 0))`,
);

// Nobody is counted while a hold is open.
const look = fixedStatement<Standing>(`
  with open as (
    select id from directory_holds
    where directory_id = :directoryId and state = 'open' and (reason <> 'many_leave' or exists (
      select from directory_users where hold_id = directory_holds.id and deleted_at is null))
  )
  select environments.removal_guard_people as people, environments.removal_guard_percent as percent,
    (select id from open) as "openHold",
    case when exists (select from open) or removal_guard_percent = 0 then 0 else (
      select count(*) from directory_users
      where directory_id = :directoryId and left_at > greatest(:since::timestamptz, (
          select max(decided_at) from directory_holds where directory_id = :directoryId and state = 'applied'))
        and generation = :generation and state is not null and hold_id is null) end as left
  from environments where id = :environmentId
`);

const countActive = fixedStatement<{ active: number }>(`
  select count(*) as active from (
    select from directory_users
    where directory_id = :directoryId and generation = :generation and state = 'active' and deleted_at is null
    limit :atMost
  ) as counted
`);

/** So many may leave at the same moment without having counted each other; nearer to the limit they take turns. */
const uncountedAtMost = 10;

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
  const soon = await judge(tx, scope, leaving + uncountedAtMost);
  if (soon.openHold !== null || soon.allows) return soon.openHold ?? undefined;
  // Of simultaneous leavings each counts those before it.
  const turn = takeTurn(tx, { directoryId: scope.directory.id });
  const [found] = await Promise.all([judge(tx, scope, leaving), turn]);
  if (found.openHold !== null || found.allows) return found.openHold ?? undefined;
  return openNewHold(tx, scope, found.activeBefore);
}

type Judgement = { openHold: string | null } & ({ allows: true } | { allows: false; activeBefore: number });

/** Whether this many more may leave; nobody is counted beyond what that takes. */
async function judge(
  tx: Tx,
  { directory, generation, now }: DirectoryScope,
  leaving: number,
): Promise<Judgement> {
  const { id: directoryId, environmentId } = directory;
  const since = new Date(now.getTime() - hourMs);
  const [standing] = await look(tx, { directoryId, environmentId, generation, since });
  if (standing === undefined) throw new Error(`environment ${environmentId} is not there`);
  const { openHold, people, percent, left } = standing;
  if (openHold !== null || percent === 0 || left + leaving <= people) return { openHold, allows: true };
  const enough = Math.ceil(((left + leaving) * 100) / percent);
  const [counted] = await countActive(tx, { directoryId, generation, atMost: enough - left });
  const activeBefore = (counted?.active ?? 0) + left;
  return activeBefore >= enough ? { openHold, allows: true } : { openHold, allows: false, activeBefore };
}

async function openNewHold(
  tx: Tx,
  { directory, now }: DirectoryScope,
  activeBefore: number,
): Promise<string> {
  const { id: directoryId, environmentId, organizationId } = directory;
  const id = newId('directory_hold_');
  // One that everybody has come back from is in the way.
  await withdrawEmptyHolds(tx, now, directoryId);
  await tx
    .insertInto('directoryHolds')
    .values({
      id,
      environmentId,
      organizationId,
      directoryId,
      reason: 'many_leave' as const,
      activeBefore,
      createdAt: now,
    })
    .execute();
  notifyChange(tx, directory, 'directory', directoryId);
  return id;
}
