/** What the engine should be working on, and how it goes on with what it has lost. */
import { sql } from 'kysely';
import { isBegunOnly, isOver } from '../../onboarding/transitions/deadlines.ts';
import type { State } from '../../onboarding/state.ts';
import { onboardingOf, onboardingStart } from '../../onboarding/workflow-names.ts';
import type { Tx } from '../database.ts';

/** How to begin an onboarding's workflow anew, and how many commands are to reach it again before any other. */
interface Resumption {
  start: { type: string; input: object };
  commandsAgain: number;
}

/**
 * For a workflow that is not there: from the state that it told last, with the commands made due again that it took after
 * that. Undefined for one that is no onboarding's, and for an onboarding that is over, is not known here, or whose customer
 * was deleted. Needs `withSystem`.
 */
export async function resumeOnboarding(
  tx: Tx,
  { workflowId }: { workflowId: string },
  now: Date,
): Promise<Resumption | undefined> {
  const known = onboardingOf(workflowId);
  if (known === undefined) return undefined;
  const found = await tx
    .selectFrom('onboardings')
    .innerJoin('organizations', 'organizations.id', 'onboardings.organizationId')
    .leftJoin('onboardingStates', 'onboardingStates.onboardingId', 'onboardings.id')
    .select(['onboardings.id', 'onboardings.environmentId', 'onboardings.revision', 'onboardingStates.state'])
    .where('onboardings.organizationId', '=', known.organizationId)
    .where('onboardings.number', '=', known.number)
    .where('organizations.deletedAt', 'is', null)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { id, environmentId, revision, state } = found;
  // Told before states were kept: from nothing, it would overwrite nothing and know nothing.
  if (state === null && revision > 0) return undefined;
  // What was under way while it was told, the telling itself for one, does not keep it from being over.
  if (state !== null && isOver({ ...state, effects: [] }, now.getTime()) && !isBegunOnly(state))
    return undefined;
  const commandsAgain = await makeDueAgain(tx, workflowId, state, now);
  if (state === null && commandsAgain === 0) return undefined;
  return { start: onboardingStart({ id, environmentId, ...known }, state ?? undefined), commandsAgain };
}

/** A little earlier than the last command that the state knows: the engine's clock and ours may differ. */
const overlapMs = 60_000;

/** A command that the state knows is left alone, and one that comes twice is known by its key. */
async function makeDueAgain(tx: Tx, workflowId: string, state: State | null, now: Date): Promise<number> {
  const seen = state?.seen ?? [];
  const lastSeenAt = seen.at(-1)?.[1];
  let query = tx
    .updateTable('commands')
    .set({ state: 'accepted', attempts: 0, deliveredAt: null, claimedUntil: null, nextAttemptAt: now })
    .where('workflowId', '=', workflowId)
    .where('state', 'in', ['applied', 'dead']);
  if (lastSeenAt !== undefined) {
    const from = new Date(Date.parse(lastSeenAt) - overlapMs);
    query = query.where((eb) => eb.or([eb('deliveredAt', '>=', from), eb('state', '=', 'dead')]));
  }
  if (seen.length > 0) {
    query = query.where(
      'id',
      'not in',
      seen.map(([key]) => key),
    );
  }
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Something for which a workflow should be there. Watches over what ends in weeks are begun anew each day anyway. */
export type Expected = { environmentId: string; id: string } & (
  | { kind: 'onboarding'; organizationId: string; number: number }
  | {
      kind: 'domain' | 'certificate' | 'directory' | 'log_stream' | 'audit_export';
      organizationId: string;
    }
  | { kind: 'webhook'; organizationId: null }
);

const expected = sql<Expected>`
  with things as (
    select 'onboarding' as kind, environment_id, organization_id, id, number from onboardings where is_open
    union all
    select 'domain', environment_id, organization_id, id, null from organization_domains
      where state in ('pending', 'verified') and strategy = 'dns' and token is not null
    union all
    select 'certificate', environment_id, organization_id, id, null from connections
      where state = 'active' and deleted_at is null
    union all
    select 'directory', environment_id, organization_id, id, null from directories
      where road <> 'scim' and state not in ('unlinked', 'deleting') and deleted_at is null
    union all
    select 'log_stream', environment_id, organization_id, id, null from log_streams
      where started_at is not null and deleted_at is null
    union all
    select 'webhook', environment_id, null, id, null from webhook_endpoints
      where status = 'enabled' and deleted_at is null
    union all
    select 'audit_export', environment_id, organization_id, id, null from audit_exports where state = 'pending'
  )
  select * from things
  where organization_id is null
    or exists (select from organizations where id = things.organization_id and deleted_at is null)
`;

/** How many things there are for which a workflow should be there. Needs `withSystem`. */
export async function countExpected(tx: Tx): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from (${expected}) as things`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** One slice of them, always the same as long as they are cut into as many. Needs `withSystem`. */
export async function listExpected(
  tx: Tx,
  { slice, slices }: { slice: number; slices: number },
): Promise<Expected[]> {
  const { rows } = await sql<Expected>`
    select * from (${expected}) as things where mod(abs(hashtext(id)::bigint), ${slices}) = ${slice}
  `.execute(tx);
  return rows;
}

/** The workflows for which a command is under way. Needs `withSystem`. */
export async function listAwaitedWorkflows(tx: Tx): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('commands')
    .select('workflowId')
    .distinct()
    .where('state', '=', 'accepted')
    .execute();
  return new Set(rows.map(({ workflowId }) => workflowId));
}
