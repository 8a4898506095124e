import type { WorkflowClient } from '../adapters/workflow-client.ts';
import {
  countErased,
  emptyEvents,
  erasedTables,
  eraseOrganization,
  erasePersonal,
  erasePersonFromAttempts,
  erasePersonFromAudit,
  erasePersonFromEvents,
  erasePersonFromRecords,
  eraseRows,
  findPerson,
  finishErasure,
  forgetPerson,
  listMailsOf,
  listOrganizationsToErase,
  listWaitingErasures,
  listWorkedFor,
  sealAudit,
  withSystem,
  type Batch,
  type Db,
  type ErasureRow,
  type Person,
  type Tx,
} from '../db/index.ts';
import { restoreDays, type ErasedKind } from '../onboarding/erasure.ts';
import { workflowIdOf } from '../onboarding/workflow-names.ts';

export type ErasureDeps = {
  systemDb: Db;
  workflows: Pick<WorkflowClient, 'forget'>;
  /** The mailbox of the embedded default; null where mails leave for good. */
  keptMails: {
    forget(wanted: { recipients: readonly string[]; messageIds: readonly string[] }): Promise<number>;
  } | null;
  now: () => Date;
};

/**
 * Erases the organizations whose time to be restored is over; answers how many. A round that was broken off leaves the
 * organization's row, by which the next one finds it again and goes on.
 */
export async function eraseDeletedOrganizations({
  systemDb,
  workflows,
  keptMails,
  now,
}: ErasureDeps): Promise<number> {
  const due = await withSystem(systemDb, (tx) => listOrganizationsToErase(tx, now(), restoreDays));
  for (const whose of due) {
    // A command that still waited would begin its workflow anew.
    await untilDone(systemDb, (tx) => eraseRows(tx, 'commands', whose));
    // What names other things goes first: once the rows are gone, nothing would find them again.
    const things = await withSystem(systemDb, (tx) => listWorkedFor(tx, whose));
    for (const thing of things) await workflows.forget(workflowIdOf(thing));
    const mails = await withSystem(systemDb, (tx) => listMailsOf(tx, whose));
    await keptMails?.forget(mails);
    await sealAll(systemDb, whose.environmentId);
    await untilDone(systemDb, (tx) => erasePersonal(tx, whose));
    await untilDone(systemDb, (tx) => emptyEvents(tx, whose));
    for (const table of erasedTables) await untilDone(systemDb, (tx) => eraseRows(tx, table, whose));
    await withSystem(systemDb, (tx) => eraseOrganization(tx, whose, mails.recipients));
  }
  return due.length;
}

/** Erases the persons that are asked for; answers how many requests are done. */
export async function erasePersons(deps: ErasureDeps): Promise<number> {
  const waiting = await withSystem(deps.systemDb, (tx) => listWaitingErasures(tx));
  for (const erasure of waiting) await erasePerson(deps, erasure);
  return waiting.length;
}

async function erasePerson({ systemDb, keptMails, now }: ErasureDeps, erasure: ErasureRow): Promise<void> {
  const person = await withSystem(systemDb, (tx) => findPerson(tx, erasure));
  const counted = (kind: ErasedKind, batch: (tx: Tx, person: Person, after: string) => Promise<Batch>) =>
    walk(systemDb, async (tx, after) => {
      const done = await batch(tx, person, after);
      await countErased(tx, erasure.id, { [kind]: done.erased });
      return done;
    });

  // Only sealed rows of the audit log can be emptied.
  await sealAll(systemDb, erasure.environmentId);
  await counted('audit_events', erasePersonFromAudit);
  await counted('events', erasePersonFromEvents);
  await counted('attempts', erasePersonFromAttempts);
  await keptMails?.forget({ recipients: person.emails, messageIds: [] });
  await withSystem(systemDb, async (tx) => {
    await countErased(tx, erasure.id, await erasePersonFromRecords(tx, person));
    await countErased(tx, erasure.id, await forgetPerson(tx, person, now()));
    await finishErasure(tx, erasure.id, now());
  });
}

async function sealAll(systemDb: Db, environmentId: string): Promise<void> {
  await untilDone(systemDb, (tx) => sealAudit(tx, environmentId));
}

async function untilDone(systemDb: Db, batch: (tx: Tx) => Promise<number>): Promise<void> {
  while ((await withSystem(systemDb, batch)) > 0);
}

async function walk(systemDb: Db, batch: (tx: Tx, after: string) => Promise<Batch>): Promise<void> {
  let after: string | undefined = '';
  while (after !== undefined) {
    const from: string = after;
    ({ after } = await withSystem(systemDb, (tx) => batch(tx, from)));
  }
}
