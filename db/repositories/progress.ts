/** What a workflow tells about its onboarding: the read model, the timeline and the events of the journey. */
import type { Origin } from '../../onboarding/commands.ts';
import { eventOfEntry, journeyEventData, type JourneyEventName } from '../../onboarding/journey-events.ts';
import type { State, TimelineEntry } from '../../onboarding/state.ts';
import type { StepName } from '../../onboarding/steps.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import { notifyChange, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { PortalStepRow } from '../tables/portal-steps.ts';
import type { StaffNewsRow } from '../tables/staff-news.ts';
import type { TimelineEntryRow } from '../tables/timeline-entries.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { columnsOf, lockOnboarding } from './onboardings.ts';
import { insertEvent } from './events.ts';
import { insertStaffNews } from './staff-news.ts';

export interface Projection {
  onboardingId: string;
  /** How the run counts now: an invitation that joins makes a repair a full one. */
  origin: Origin;
  view: OnboardingView;
  entries: readonly TimelineEntry[];
  isOpen: boolean;
  /** Absent in runs that began before it was told. */
  state?: State;
  newId: (prefix: `${string}_`) => string;
  now: Date;
}

/**
 * Writes what the workflow shows, unless a newer revision is there. Entries are added in any case, once by their number,
 * and only a new one sends its event and is news for staff: the activity may run twice and late. Tells whether the view was newer.
 */
export async function applyProjection(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  { onboardingId, origin, view, entries, isOpen, state, newId, now }: Projection,
): Promise<boolean> {
  const before = await lockOnboarding(tx, tenant, onboardingId);
  const isNewer = before.revision < view.revision;
  if (isNewer) {
    await tx
      .updateTable('onboardings')
      .set({
        ...columnsOf(view),
        origin,
        isOpen,
        lastActAt: lastActOf(before.lastActAt, entries),
        updatedAt: now,
      })
      .where('id', '=', onboardingId)
      .where(ownedBy('onboardings', tenant))
      .execute();
    if (state !== undefined) await keepState(tx, tenant, state, now);
  }
  const inserted = await insertEntries(tx, tenant, onboardingId, entries);
  const identity = { ...before, origin, updatedAt: now };
  for (const entry of entries) {
    const name = inserted.has(entry.number) ? eventOfEntry(entry, origin) : undefined;
    if (!name) continue;
    await insertEvent(tx, {
      id: newId('event_'),
      environmentId: tenant.environmentId,
      organizationId: tenant.organizationId,
      name,
      data: journeyEventData(identity, view, entry),
      createdAt: now,
    });
    const kind = staffNewsOf[name];
    if (kind === undefined) continue;
    const { environmentId, organizationId } = tenant;
    const troubleId = entry.facts?.trouble_id;
    const news = {
      id: newId('news_'),
      environmentId,
      organizationId,
      onboardingId,
      kind,
      troubleId: typeof troubleId === 'string' ? troubleId : null,
    };
    await insertStaffNews(tx, { ...news, createdAt: now });
  }
  notifyChange(tx, tenant, 'onboarding', onboardingId);
  return isNewer;
}

/** With what another workflow can go on. */
async function keepState(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  state: State,
  now: Date,
): Promise<void> {
  const { onboardingId, revision } = state;
  const known = { revision, state: toJson(state), recordedAt: now };
  await tx
    .insertInto('onboardingStates')
    .values({ onboardingId, environmentId, organizationId, ...known })
    .onConflict((conflict) => conflict.column('onboardingId').doUpdateSet(known))
    .execute();
}

/** Events that the vendor's people are mailed about. */
const staffNewsOf: Partial<Record<JourneyEventName, StaffNewsRow['kind']>> = {
  'onboarding.stalled': 'stalled',
  'onboarding.live': 'live',
  'onboarding.repair_needed': 'trouble',
};

/** The last `limit` entries, oldest first; with `after`, only those above that number. */
export async function listTimeline(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
  { limit, after = 0 }: { limit: number; after?: number },
): Promise<TimelineEntryRow[]> {
  const newestFirst = await tx
    .selectFrom('timelineEntries')
    .selectAll()
    .where(ownedBy('timelineEntries', tenant))
    .where('onboardingId', '=', onboardingId)
    .where('number', '>', after)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return newestFirst.reverse();
}

type StepRound = { onboardingId: string; step: StepName; round: number };

/** Opens the door of a step for one round; doing it again changes nothing. */
export async function openPortalStep(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  step: StepRound & { openedAt: Date },
): Promise<void> {
  const { environmentId, organizationId } = tenant;
  await tx
    .insertInto('portalSteps')
    .values({ ...step, environmentId, organizationId })
    .onConflict((conflict) => conflict.columns(['onboardingId', 'step', 'round']).doNothing())
    .execute();
}

/** Closes the door of a step's round, opened or not; the first outcome stays. */
export async function closePortalStep(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  { closedAt, outcome, ...step }: StepRound & { closedAt: Date; outcome: string },
): Promise<void> {
  await openPortalStep(tx, tenant, { ...step, openedAt: closedAt });
  await tx
    .updateTable('portalSteps')
    .set({ closedAt, outcome })
    .where(ownedBy('portalSteps', tenant))
    .where('onboardingId', '=', step.onboardingId)
    .where('step', '=', step.step)
    .where('round', '=', step.round)
    .where('closedAt', 'is', null)
    .execute();
}

/** The steps that a person may do now. */
export async function listOpenPortalSteps(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<PortalStepRow[]> {
  return tx
    .selectFrom('portalSteps')
    .selectAll()
    .where(ownedBy('portalSteps', tenant))
    .where('onboardingId', '=', onboardingId)
    .where('closedAt', 'is', null)
    .execute();
}

async function insertEntries(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  onboardingId: string,
  entries: readonly TimelineEntry[],
): Promise<Set<number>> {
  if (entries.length === 0) return new Set();
  const rows = await tx
    .insertInto('timelineEntries')
    .values(
      entries.map(({ number, at, kind, actor, completes, step, facts = {} }) => ({
        onboardingId,
        environmentId,
        organizationId,
        number,
        at: new Date(at),
        kind,
        actorType: actor.type,
        actorId: actor.id,
        completes,
        step: step ?? null,
        facts: toJson(facts),
      })),
    )
    .onConflict((conflict) => conflict.columns(['onboardingId', 'number']).doNothing())
    .returning('number')
    .execute();
  return new Set(rows.map(({ number }) => number));
}

/** A customer's or colleague's act, not ours and not a machine's: the same rule as `onboarding/transitions.ts`. */
function lastActOf(known: Date | null, entries: readonly TimelineEntry[]): Date | null {
  const acts = entries
    .filter(({ actor }) => actor.type === 'customer' || actor.type === 'colleague')
    .map(({ at }) => new Date(at));
  return acts.reduce((latest, at) => (latest === null || at > latest ? at : latest), known);
}
