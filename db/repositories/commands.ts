/** The outbox: a command is written with what it is about, and stays until the workflow has it. */
import { sql, type UpdateObject } from 'kysely';
import { unhurriedMessages } from '../../onboarding/workflow-names.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns, columnNames } from '../row-columns.ts';
import { toJson } from '../tables/columns.ts';
import type { Database } from '../tables/index.ts';
import type { CommandRow } from '../tables/commands.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export interface NewCommand {
  /** The idempotency key: also the update's id and the entry in the workflow's `seen` list. */
  id: string;
  environmentId: string;
  organizationId: string | null;
  workflowId: string;
  delivery: CommandRow['delivery'];
  /** Name of the update or signal. */
  message: string;
  /** Type and input of the workflow, where the command may have to start it. */
  start?: object | null;
  /** Arguments of the message: ids, instants and closed words only. */
  body: object;
  /** When the relay may take it; later than now leaves the fast path its time. */
  nextAttemptAt: Date;
  createdAt: Date;
}

const columns = bareColumns(
  columnNames<CommandRow>({
    id: true,
    environmentId: true,
    organizationId: true,
    workflowId: true,
    delivery: true,
    message: true,
    isHurried: true,
    start: true,
    body: true,
    state: true,
    result: true,
    refusal: true,
    attempts: true,
    nextAttemptAt: true,
    claimedUntil: true,
    lastError: true,
    createdAt: true,
    deliveredAt: true,
    seq: true,
  }),
);

const insertRow = fixedStatement<CommandRow>(`
  insert into commands (id, environment_id, organization_id, workflow_id, delivery, message, is_hurried, start,
    body, next_attempt_at, created_at)
  values (:id, :environmentId, :organizationId, :workflowId, :delivery, :message, :isHurried, :start, :body,
    :nextAttemptAt, :createdAt)
  on conflict (id) do nothing
  returning ${columns}
`);

/** Writes a command once: a second one with the same id changes nothing and the first is given back. */
export async function insertCommand(
  tx: Tx,
  command: NewCommand,
): Promise<{ command: CommandRow; isNew: boolean }> {
  notifyAfterCommit(tx, { channel: 'outbox' });
  const [inserted] = await insertRow(tx, {
    ...command,
    isHurried: !unhurriedMessages.includes(command.message),
    body: toJson(command.body),
    start: command.start ? toJson(command.start) : null,
  });
  if (inserted) return { command: inserted, isNew: true };
  return { command: await getCommand(tx, command, command.id), isNew: false };
}

export async function findCommand(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
): Promise<CommandRow | undefined> {
  return tx
    .selectFrom('commands')
    .selectAll()
    .where('id', '=', commandId)
    .where(ownedBy('commands', tenant))
    .executeTakeFirst();
}

async function getCommand(tx: Tx, tenant: Tenant, commandId: string): Promise<CommandRow> {
  const command = await findCommand(tx, tenant, commandId);
  if (!command) throw new Error(`command ${commandId} belongs to somebody else`);
  return command;
}

/** Whether the workflow still waits for an older command: then the fast path must not overtake it. */
export async function hasOlderUndelivered(tx: Tx, command: CommandRow): Promise<boolean> {
  const { rows } = await sql`
    select from commands
    where workflow_id = ${command.workflowId} and state = 'accepted' and seq < ${command.seq} limit 1
  `.execute(tx);
  return rows.length > 0;
}

const claimRows = fixedStatement<CommandRow>(`
  update commands set claimed_until = :claimedUntil, attempts = attempts + 1
  where id = any(array(
    select id from commands
    where state = 'accepted' and is_hurried = :hurried and next_attempt_at <= :now
      and (claimed_until is null or claimed_until <= :now)
      and seq = (select seq from commands as of_workflow
        where of_workflow.workflow_id = commands.workflow_id and of_workflow.state = 'accepted' order by seq limit 1)
    order by next_attempt_at, seq limit :limit
    for update skip locked
  ))
  returning ${columns}
`);

/**
 * Takes up to `limit` due commands for `leaseMs`: of each workflow the oldest only, so that its order holds; rows that
 * another relay is taking are left to it. `hurried`: those that somebody may wait for, or the others. Needs
 * `withSystem`.
 */
export async function claimDueCommands(
  tx: Tx,
  { now, limit, leaseMs, hurried }: { now: Date; limit: number; leaseMs: number; hurried: boolean },
): Promise<CommandRow[]> {
  // The outbox is empty most of the time, so that the planner thinks it empty, too, when ten thousand commands come at
  // once: it compared each with each, for minutes. Where it may not sort, it walks both indexes in their order.
  await sql`select set_config('enable_sort', 'off', true)`.execute(tx);
  const claimedUntil = new Date(now.getTime() + leaseMs);
  const claimed = await claimRows(tx, { claimedUntil, hurried, now, limit });
  return claimed.sort((a, b) => a.seq - b.seq);
}

/** The workflow has taken it; `result` is the view it answered an update with. */
export async function markCommandApplied(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
  result: OnboardingView | null,
  now: Date,
): Promise<void> {
  await settle(tx, tenant, commandId, {
    state: 'applied',
    result: result ? toJson(result) : null,
    deliveredAt: now,
    lastError: null,
  });
}

/** The workflow has refused it, with a code of `onboarding/errors.ts`. */
export async function markCommandRefused(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
  refusal: string,
  now: Date,
): Promise<void> {
  await settle(tx, tenant, commandId, { state: 'refused', refusal, deliveredAt: now, lastError: null });
}

/** Nobody could be reached: it stays due. `attempts` is how many of its tries count. */
export async function retryCommandLater(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
  { error, attempts, nextAttemptAt }: { error: string; attempts: number; nextAttemptAt: Date },
): Promise<void> {
  await settle(tx, tenant, commandId, { lastError: error, attempts, nextAttemptAt, claimedUntil: null });
}

/** Given up until an operator has it tried again: the commands after it are no longer held back. */
export async function markCommandDead(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
  error: string,
): Promise<void> {
  await settle(tx, tenant, commandId, { state: 'dead', lastError: error });
}

/** What was given up is due again, from the first try on; answers how much that was. Needs `withSystem`. */
export async function retryDeadCommands(tx: Tx, now: Date): Promise<number> {
  notifyAfterCommit(tx, { channel: 'outbox' });
  const { numUpdatedRows } = await tx
    .updateTable('commands')
    .set({ state: 'accepted', attempts: 0, claimedUntil: null, nextAttemptAt: now })
    .where('state', '=', 'dead')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** How many commands of the organization wait for their workflow. */
export async function countUndelivered(tx: Tx, tenant: Tenant & { organizationId: string }): Promise<number> {
  const { count } = await tx
    .selectFrom('commands')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(ownedBy('commands', tenant))
    .where('state', '=', 'accepted')
    .executeTakeFirstOrThrow();
  return count;
}

/** Only a command that still waits: fast path and relay may both come to an end with it. */
async function settle(
  tx: Tx,
  tenant: Tenant,
  commandId: string,
  changes: UpdateObject<Database, 'commands'>,
): Promise<void> {
  await tx
    .updateTable('commands')
    .set(changes)
    .where('id', '=', commandId)
    .where('state', '=', 'accepted')
    .where(ownedBy('commands', tenant))
    .execute();
}
