/**
 * A directory that goes over to another source, or is set up anew: what the new one sends is prepared beside the people who
 * are shown, and takes their place when a person says so. The former set-up and its people are kept for 30 days.
 */
import { sql } from 'kysely';
import type { Actor } from '../../onboarding/commands.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { AuditAction } from '../../onboarding/audit-actions.ts';
import { isRead } from '../../onboarding/providers/directory/provider.ts';
import { notifyChange, type Tx } from '../database.ts';
import { tellDirectoryLinked } from '../directory-news.ts';
import { newId } from '../new-id.ts';
import { insertAudit } from '../repositories/audit.ts';
import { toJson } from '../tables/columns.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { FormerDirectoryRow } from '../tables/former-directories.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { getDirectory, lockDirectory, markDirectorySynced } from './directories.ts';
import { endSource, reviveSource } from './end-source.ts';
import { switchedRoles } from './generation-match.ts';
import { showGeneration, type SwitchCounts } from './show-generation.ts';

type OfOrganization = Tenant & { organizationId: string };
type By = { actor: Actor; now: Date };

/** Credentials are sealed for their row: seals them anew for the one that they move to. */
export interface MoveCredentials {
  toFormer(directory: DirectoryRow, formerId: string): string | null;
  toDirectory(former: FormerDirectoryRow): string | null;
}
type Moving = By & { credentials: MoveCredentials };

/** What a directory is set up for; what its source is asked with comes later. */
export type DirectorySource = Pick<DirectoryRow, 'name' | 'type' | 'providerId' | 'road' | 'sftpUserName'>;

const keptMs = 30 * 86_400_000;

/**
 * Begins to set a directory up anew, for another source or for the same one: from now on nobody but the new source writes,
 * and what it sends is shown to nobody yet. A directory that never had people is changed at once. Throws
 * `directory_switch_open` while one is prepared already.
 */
export async function prepareDirectorySwitch(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
  { source, reason }: { source: DirectorySource; reason: 'switched' | 'reset' },
  by: Moving,
): Promise<DirectoryRow> {
  const directory = await lockDirectory(tx, tenant, directoryId);
  if (directory.nextGeneration !== null) throw new OnboardingError('directory_switch_open');
  const tokenIds = await endSource(tx, directory, by);
  const isFresh = directory.linkedAt === null;
  if (!isFresh) await keepFormer(tx, directory, reason, tokenIds, by);
  const nextGeneration = isFresh ? null : await freshGeneration(tx, directory);
  await place(tx, directory, { ...source, ...blank, ...stateAnew(directory), nextGeneration }, by.now);
  const action = reason === 'reset' ? 'directory.reset' : 'directory.switch_prepared';
  await record(tx, directory, action, { from: directory.type, to: source.type }, by);
  return getDirectory(tx, tenant, directoryId);
}

/**
 * Shows the people of the new source in place of the others. A group gives the role on that it gave by the same name; the
 * audit row says which did not come, and so give none any more. Throws `directory_switch_missing`, and
 * `directory_snapshot_empty` where nobody has come yet: then everybody would vanish.
 */
export async function confirmDirectorySwitch(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
  by: By,
): Promise<SwitchCounts> {
  const directory = await lockDirectory(tx, tenant, directoryId);
  const { nextGeneration } = directory;
  if (nextGeneration === null) throw new OnboardingError('directory_switch_missing');
  const roles = await switchedRoles(tx, { directoryId, generation: nextGeneration });
  const counts = await show(tx, directory, nextGeneration, by);
  if (counts.appear + counts.stay === 0) throw new OnboardingError('directory_snapshot_empty');
  // Who has come by a list came by a whole one, which was looked at: the next is not the first.
  if (isRead(directory)) await markDirectorySynced(tx, directory, by.now);
  await keepFromNow(tx, directory, by.now);
  const lost = roles.filter(({ isKept }) => !isKept);
  await record(
    tx,
    directory,
    'directory.switch_confirmed',
    {
      ...counts,
      roles_kept: roles.length - lost.length,
      roles_lost: lost.map(({ group, role }) => ({ group, role })),
    },
    by,
  );
  await tellDirectoryLinked(tx, directory, { now: by.now, newId });
  return counts;
}

/** Gives the switch up: the former set-up is back with its tokens. Throws `directory_switch_missing`. */
export async function discardDirectorySwitch(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
  by: Moving,
): Promise<DirectoryRow> {
  const directory = await lockDirectory(tx, tenant, directoryId);
  if (directory.nextGeneration === null) throw new OnboardingError('directory_switch_missing');
  const former = await findSwitchedFrom(tx, tenant, directory);
  if (former === undefined) throw new OnboardingError('former_ended');
  await endSource(tx, directory, by);
  await takeUp(tx, directory, former, { nextGeneration: null }, by);
  await record(tx, directory, 'directory.switch_discarded', { from: directory.type, to: former.type }, by);
  return getDirectory(tx, tenant, directoryId);
}

/**
 * One press back: the former set-up with its tokens and its people, and the present one is kept in its place. Throws
 * `former_ended` where it is not kept any more, `directory_switch_open` while a switch is prepared.
 */
export async function bringDirectoryBack(
  tx: Tx,
  tenant: OfOrganization,
  which: { directoryId: string; formerId: string },
  by: Moving,
): Promise<SwitchCounts> {
  const directory = await lockDirectory(tx, tenant, which.directoryId);
  const former = await getFormerDirectory(tx, tenant, which, by.now);
  if (directory.nextGeneration !== null) throw new OnboardingError('directory_switch_open');
  const tokenIds = await endSource(tx, directory, by);
  await keepFormer(tx, directory, 'brought_back', tokenIds, by);
  const counts = await show(tx, directory, former.generation, by);
  await takeUp(tx, directory, former, {}, by);
  await record(tx, directory, 'directory.brought_back', { ...counts, to: former.type }, by);
  return counts;
}

/** Set-ups that can still be brought back, newest first. */
export async function listFormerDirectories(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
  now: Date,
): Promise<FormerDirectoryRow[]> {
  const { nextGeneration } = await getDirectory(tx, tenant, directoryId);
  const formers = await listFormers(tx, tenant, directoryId, now);
  // While a switch is prepared, the newest is the one that giving it up goes back to.
  return nextGeneration === null ? formers : formers.slice(1);
}

/** The set-up whose people are shown while a switch is prepared; it is kept for as long as that takes. */
export async function findSwitchedFrom(
  tx: Tx,
  tenant: OfOrganization,
  { id, nextGeneration }: DirectoryRow,
): Promise<FormerDirectoryRow | undefined> {
  if (nextGeneration === null) return undefined;
  return unrestored(tx, tenant, id).executeTakeFirst();
}

/** Credentials that the source before refused say nothing about this one. */
const stateAnew = ({ state, linkedAt }: DirectoryRow) =>
  state === 'invalid_credentials' ? ({ state: linkedAt === null ? 'validating' : 'linked' } as const) : {};

const blank = {
  guideProgress: '{}',
  attributeMapping: '{}',
  settings: '{}',
  credentialsSealed: null,
  credentialsSetAt: null,
  credentialsFailingSince: null,
  credentialsCause: null,
  firstRequestAt: null,
  lastRequestAt: null,
  silentSince: null,
} as const;

async function place(tx: Tx, directory: DirectoryRow, changes: object, now: Date): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ ...changes, updatedAt: now })
    .where('id', '=', directory.id)
    .where(ownedBy('directories', directory))
    .execute();
  notifyChange(tx, directory, 'directory', directory.id);
}

async function show(
  tx: Tx,
  directory: DirectoryRow,
  generation: number,
  { actor, now }: By,
): Promise<SwitchCounts> {
  // What was on hold was about people of the source that goes.
  await tx
    .updateTable('directoryHolds')
    .set({ state: 'discarded', decidedAt: now, decidedBy: actor.id })
    .where('directoryId', '=', directory.id)
    .where('state', '=', 'open')
    .execute();
  const counts = await showGeneration(tx, directory, generation, now);
  await place(tx, directory, { generation, nextGeneration: null, lastChangedAt: now }, now);
  return counts;
}

/** Numbers are not used twice: of a switch that was given up, people may still be there. */
async function freshGeneration(tx: Tx, { id, generation }: DirectoryRow): Promise<number> {
  const { rows } = await sql<{ newest: number }>`
    select greatest(${generation}::integer, (select max(generation) from directory_users where directory_id = ${id}),
      (select max(generation) from directory_groups where directory_id = ${id})) as newest
  `.execute(tx);
  return (rows[0]?.newest ?? generation) + 1;
}

async function keepFormer(
  tx: Tx,
  directory: DirectoryRow,
  reason: FormerDirectoryRow['reason'],
  tokenIds: string[],
  { now, credentials }: Moving,
): Promise<void> {
  const id = newId('former_directory_');
  const {
    id: directoryId,
    environmentId,
    organizationId,
    generation,
    name,
    type,
    providerId,
    road,
  } = directory;
  await tx
    .insertInto('formerDirectories')
    .values({
      id,
      environmentId,
      organizationId,
      directoryId,
      generation,
      reason,
      name,
      type,
      providerId,
      road,
      tokenIds,
      credentialsSealed: credentials.toFormer(directory, id),
      attributeMapping: toJson(directory.attributeMapping),
      settings: toJson(directory.settings),
      createdAt: now,
      keptUntil: new Date(now.getTime() + keptMs),
    })
    .execute();
}

/** What a confirmed switch has replaced is kept as long as anything else, however long the preparation took. */
async function keepFromNow(tx: Tx, directory: DirectoryRow, now: Date): Promise<void> {
  const former = await findSwitchedFrom(tx, directory, directory);
  await tx
    .updateTable('formerDirectories')
    .set({ createdAt: now, keptUntil: new Date(now.getTime() + keptMs) })
    .where('id', '=', former?.id ?? '')
    .where(ownedBy('formerDirectories', directory))
    .execute();
}

/** The set-up as it was kept, in use again. */
async function takeUp(
  tx: Tx,
  directory: DirectoryRow,
  former: FormerDirectoryRow,
  more: { nextGeneration?: null },
  { now, credentials }: Moving,
): Promise<void> {
  const { name, type, providerId, road, attributeMapping, settings, tokenIds } = former;
  const credentialsSealed = credentials.toDirectory(former);
  await place(
    tx,
    directory,
    {
      ...blank,
      ...stateAnew(directory),
      name,
      type,
      providerId,
      road,
      credentialsSealed,
      ...more,
      // Newer than any reading of the other source, so that the next is due.
      credentialsSetAt: credentialsSealed === null ? null : now,
      attributeMapping: toJson(attributeMapping),
      settings: toJson(settings),
    },
    now,
  );
  await reviveSource(tx, directory, tokenIds);
  await tx
    .updateTable('formerDirectories')
    .set({ restoredAt: now, credentialsSealed: null })
    .where('id', '=', former.id)
    .execute();
}

async function listFormers(
  tx: Tx,
  tenant: OfOrganization,
  directoryId: string,
  now: Date,
): Promise<FormerDirectoryRow[]> {
  return unrestored(tx, tenant, directoryId).where('keptUntil', '>', now).execute();
}

/** Newest first. */
function unrestored(tx: Tx, tenant: OfOrganization, directoryId: string) {
  return tx
    .selectFrom('formerDirectories')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where('restoredAt', 'is', null)
    .where(ownedBy('formerDirectories', tenant))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc');
}

/** One that can still be brought back. Throws `not_found`, and `former_ended` where it is not kept any more. */
export async function getFormerDirectory(
  tx: Tx,
  tenant: OfOrganization,
  { directoryId, formerId }: { directoryId: string; formerId: string },
  now: Date,
): Promise<FormerDirectoryRow> {
  const former = await tx
    .selectFrom('formerDirectories')
    .selectAll()
    .where('id', '=', formerId)
    .where('directoryId', '=', directoryId)
    .where(ownedBy('formerDirectories', tenant))
    .executeTakeFirst();
  if (former === undefined) throw new OnboardingError('not_found', { kind: 'former_directory' });
  if (former.restoredAt !== null || former.keptUntil <= now) throw new OnboardingError('former_ended');
  return former;
}

async function record(
  tx: Tx,
  { id, environmentId, organizationId }: DirectoryRow,
  action: AuditAction,
  after: object,
  { actor, now }: By,
): Promise<void> {
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor,
    at: now,
    action,
    after,
    target: { type: 'directory', id },
  });
}
