import { sql } from 'kysely';
import type { Origin } from '../../onboarding/commands.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { StepName } from '../../onboarding/steps.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { OnboardingRow } from '../tables/onboardings.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

export interface NewOnboarding {
  id: string;
  environmentId: string;
  organizationId: string;
  origin: Origin;
  /** What is shown until the workflow has told its own. */
  view: OnboardingView;
  createdAt: Date;
}

/** The next onboarding of the organization. Throws `onboarding_open` while another one is open. */
export async function insertOnboarding(tx: Tx, onboarding: NewOnboarding): Promise<OnboardingRow> {
  const { view, createdAt, ...identity } = onboarding;
  const statement = tx
    .insertInto('onboardings')
    .values({
      ...identity,
      ...columnsOf(view),
      number: sql<number>`(select coalesce(max(number), 0) + 1 from onboardings where organization_id = ${identity.organizationId})`,
      lastActAt: createdAt,
      createdAt,
      updatedAt: createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const open = refuseDuplicate(statement, 'onboardings_one_open', 'onboarding_open');
  return refuseDuplicate(open, 'onboardings_organization_id_number_key', 'onboarding_open');
}

export async function findOpenOnboarding(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
): Promise<OnboardingRow | undefined> {
  return onboardingsOf(tx, tenant)
    .where('organizationId', '=', organizationId)
    .where('isOpen', '=', true)
    .executeTakeFirst();
}

/** The open one, else the one that ended last. */
export async function findNewestOnboarding(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
): Promise<OnboardingRow | undefined> {
  return onboardingsOf(tx, tenant).orderBy('number', 'desc').limit(1).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getOnboarding(tx: Tx, tenant: Tenant, onboardingId: string): Promise<OnboardingRow> {
  const onboarding = await onboardingsOf(tx, tenant).where('id', '=', onboardingId).executeTakeFirst();
  if (!onboarding) throw new OnboardingError('not_found', { kind: 'onboarding' });
  return onboarding;
}

/** Like `getOnboarding`, and nobody else changes it until the transaction ends. */
export async function lockOnboarding(tx: Tx, tenant: Tenant, onboardingId: string): Promise<OnboardingRow> {
  const onboarding = await onboardingsOf(tx, tenant)
    .where('id', '=', onboardingId)
    .forUpdate()
    .executeTakeFirst();
  if (!onboarding) throw new OnboardingError('not_found', { kind: 'onboarding' });
  return onboarding;
}

/** Keeps what staff say about a step, or forgets it. The row is the caller's to lock. */
export async function noteSteps(
  tx: Tx,
  { id, stepNotes }: OnboardingRow,
  steps: readonly StepName[],
  note: string | null,
): Promise<void> {
  const after = { ...stepNotes };
  for (const step of steps) {
    if (note === null) delete after[step];
    else after[step] = note;
  }
  await tx
    .updateTable('onboardings')
    .set({ stepNotes: toJson(after) })
    .where('id', '=', id)
    .execute();
}

/** For callers from outside: like `getOnboarding`, and one of a deleted organization is not there for them. */
export async function getShownOnboarding(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<OnboardingRow> {
  const onboarding = await getOnboarding(tx, tenant, onboardingId);
  await requireShown(tx, onboarding);
  return onboarding;
}

/** Like `getShownOnboarding`, and nobody else changes it until the transaction ends. */
export async function lockShownOnboarding(
  tx: Tx,
  tenant: Tenant,
  onboardingId: string,
): Promise<OnboardingRow> {
  const onboarding = await lockOnboarding(tx, tenant, onboardingId);
  await requireShown(tx, onboarding);
  return onboarding;
}

/** Those of one organization or of the environment, by creation: for the developer API. */
export async function listOnboardings(
  tx: Tx,
  tenant: Tenant,
  filter: { states?: readonly OnboardingRow['state'][] },
  request: PageRequest,
): Promise<Page<OnboardingRow>> {
  const owned = ownedBy('onboardings', tenant);
  let query = onboardingsOf(tx, tenant).where(
    sql<boolean>`exists (select from organizations where id = onboardings.organization_id and deleted_at is null)`,
  );
  if (filter.states) query = query.where('state', 'in', filter.states);
  return pageOf(tx, query, { table: 'onboardings', keys: byCreation('onboardings'), owned }, request);
}

/** The columns that lists sort and filter by, taken from the view. */
export function columnsOf(view: OnboardingView) {
  return {
    state: view.state,
    paused: view.paused,
    stalledSince: dateOf(view.stalledSince),
    waitingFor: view.waitingFor,
    waitingSince: dateOf(view.waitingSince),
    nextDueAt: dateOf(view.next?.at ?? null),
    stepsDone: view.stepsDone,
    stepsTotal: view.stepsTotal,
    liveAt: dateOf(view.liveAt),
    revision: view.revision,
    view: toJson(view),
  };
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

async function requireShown(tx: Tx, { environmentId, organizationId }: OnboardingRow): Promise<void> {
  const there = await tx
    .selectFrom('organizations')
    .select('id')
    .where(ownedBy('organizations', { environmentId, organizationId }))
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  if (!there) throw new OnboardingError('not_found', { kind: 'onboarding' });
}

function onboardingsOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('onboardings').selectAll('onboardings').where(ownedBy('onboardings', tenant));
}
