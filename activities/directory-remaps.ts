import {
  endRemap,
  findDirectory,
  getEnvironment,
  listDueRemaps,
  listRolesDue,
  lockDirectory,
  lockEnvironment,
  remapDirectory,
  tellRoleChanges,
  withSystem,
  withTenant,
  type Db,
  type DirectoryRow,
} from '../db/index.ts';

/** So many a minute: those of a vendor with thousands of customers take turns. */
const atOnce = 50;

/**
 * Reads everybody of directories anew whose vendor asks for other attributes than before, from what their sources sent
 * last. Each directory in a transaction of its own; one that was not reached is next. Answers how many were read.
 */
export async function remapDirectories(deps: { db: Db; systemDb: Db; now: () => Date }): Promise<number> {
  const due = await withSystem(deps.systemDb, (tx) => listDueRemaps(tx, atOnce));
  for (const directory of due) await remap(deps, directory);
  return due.length;
}

/**
 * Tells of everybody whose roles are others since their vendor has changed its own rules. Each directory in a transaction of
 * its own. Answers how many directories that were.
 */
export async function tellOfRoles(deps: { db: Db; systemDb: Db; now: () => Date }): Promise<number> {
  const due = await withSystem(deps.systemDb, (tx) => listRolesDue(tx, atOnce));
  for (const { id, environmentId, organizationId } of due) {
    const whose = { environmentId, organizationId };
    await withTenant(deps.db, whose, async (tx) => {
      if ((await findDirectory(tx, whose, id)) === undefined) return;
      // Who changes the rules again waits, so that all are told by the same ones.
      await lockEnvironment(tx, environmentId);
      await tellRoleChanges(tx, await lockDirectory(tx, whose, id), deps.now());
    });
  }
  return due.length;
}

async function remap(deps: { db: Db; now: () => Date }, { id, ...row }: DirectoryRow): Promise<void> {
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  await withTenant(deps.db, whose, async (tx) => {
    if ((await findDirectory(tx, whose, id)) === undefined) return;
    const directory = await lockDirectory(tx, whose, id);
    const { customAttributes } = await getEnvironment(tx, whose.environmentId);
    await remapDirectory(tx, directory, customAttributes, deps.now());
    await endRemap(tx, whose, id);
  });
}
