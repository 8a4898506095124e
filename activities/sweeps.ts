import { newId } from '../adapters/ids.ts';
import {
  endSessions,
  eraseOrganization,
  erasePersonal,
  expireLinks,
  insertCheckpoint,
  listEnvironments,
  listOrganizationsToErase,
  removeExpired,
  removeFormers,
  removeOldAttempts,
  removeOldCommands,
  removeOldEvents,
  timeOutAttempts,
  withSystem,
  type CheckpointSigner,
  type Db,
  type Tx,
} from '../db/index.ts';
import type { Activities } from './index.ts';

export type SweepDeps = {
  /** As `vestibule_system`: the clocks of all environments. */
  systemDb: Db;
  signer: CheckpointSigner;
  now: () => Date;
};

/** Days that things are kept (`design.md` §7). */
const kept = { attempts: 90, events: 90, commands: 30, deletedOrganizations: 30 };

/** Keeps the clocks: what is over ends, what is past its retention goes. Each statement may run at any time, twice. */
export function sweepActivities({ systemDb, signer, now }: SweepDeps): Pick<Activities, 'sweep'> {
  return {
    async sweep({ kind }): Promise<Record<string, number>> {
      switch (kind) {
        case 'minute':
          return withSystem(systemDb, async (tx) => ({
            links: (await expireLinks(tx, now())).length,
            sessions: await endSessions(tx, now()),
            attempts: await timeOutAttempts(tx, now()),
          }));
        case 'hour':
          return {
            expired: await withSystem(systemDb, (tx) => removeExpired(tx, now())),
            formers: await withSystem(systemDb, (tx) => removeFormers(tx, now())),
            checkpoints: await signCheckpoints(),
          };
        case 'day':
          return {
            attempts: await untilDone((tx) => removeOldAttempts(tx, now(), kept.attempts)),
            events: await untilDone((tx) => removeOldEvents(tx, now(), kept.events)),
            commands: await withSystem(systemDb, (tx) => removeOldCommands(tx, now(), kept.commands)),
            organizations: await eraseDeleted(),
          };
      }
    },
  };

  async function signCheckpoints(): Promise<number> {
    const environments = await withSystem(systemDb, (tx) => listEnvironments(tx));
    let signed = 0;
    for (const { id: environmentId } of environments) {
      const checkpoint = await withSystem(systemDb, (tx) =>
        insertCheckpoint(tx, { id: newId('checkpoint_'), environmentId, signer, now: now() }),
      );
      if (checkpoint !== undefined) signed += 1;
    }
    return signed;
  }

  async function untilDone(batch: (tx: Tx) => Promise<number>): Promise<number> {
    let total = 0;
    for (;;) {
      const removed = await withSystem(systemDb, batch);
      if (removed === 0) return total;
      total += removed;
    }
  }

  async function eraseDeleted(): Promise<number> {
    const due = await withSystem(systemDb, (tx) =>
      listOrganizationsToErase(tx, now(), kept.deletedOrganizations),
    );
    for (const organization of due) {
      // First the tombstones: once its row is gone, nothing would find the organization again [AUD-04].
      await untilDone((tx) => erasePersonal(tx, organization));
      await withSystem(systemDb, (tx) => eraseOrganization(tx, organization));
    }
    return due.length;
  }
}
