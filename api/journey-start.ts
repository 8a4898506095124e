import { newId } from '../adapters/ids.ts';
import {
  insertOnboarding,
  listConnectionsOf,
  listDomains,
  type EnvironmentRow,
  type OnboardingRow,
  type Tx,
} from '../db/index.ts';
import type { Act, Command, FeaturePlan, Origin } from '../onboarding/commands.ts';
import { fresh } from '../onboarding/state.ts';
import { apply } from '../onboarding/transitions.ts';
import { view } from '../onboarding/view.ts';
import type { Acting } from './acting.ts';

/** How the row of an onboarding comes to be before its workflow has heard of it. Used by `journey.ts` only. */

/** Commands of this person; each is known by a key of its own. */
export function commandsBy({ actor }: Acting, acts: readonly Act[]): Command[] {
  return acts.map((act) => ({ ...act, key: newId('cmd_'), actor }));
}

/** The first command: the plan, and what the organization has done already. */
export async function startAct(
  tx: Tx,
  environment: EnvironmentRow,
  organizationId: string,
  wanted: { origin: Origin; plan: FeaturePlan; reminders: boolean },
): Promise<Act> {
  const tenant = { environmentId: environment.id, organizationId };
  const domains = await listDomains(tx, tenant);
  const connections = await listConnectionsOf(tx, tenant, [organizationId]);
  return {
    kind: 'start',
    ...wanted,
    domainPolicy: environment.domainPolicy,
    reminderDays: environment.reminderDays,
    domainVerified: domains.some(({ state }) => state === 'verified'),
    connectionLive: connections.some(({ state }) => state === 'active'),
  };
}

/** The row of a new onboarding, with the view its first commands will lead to: pages show it before the workflow runs. */
export async function insertStarted(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  by: Acting,
  acts: readonly Act[],
): Promise<{ onboarding: OnboardingRow; commands: Command[] }> {
  const id = newId('onb_');
  const { now } = by.request;
  const commands = commandsBy(by, acts);
  const blank = fresh({ onboardingId: id, environmentId, organizationId, number: 1, at: now.toISOString() });
  const expected = commands.reduce((state, command) => apply(state, command, now.getTime()), blank);
  const [start] = acts;
  const onboarding = await insertOnboarding(tx, {
    id,
    environmentId,
    organizationId,
    origin: start?.kind === 'start' ? start.origin : 'invitation',
    // Below the workflow's first revision, so that its own account replaces this one.
    view: { ...view(expected), revision: 0 },
    createdAt: now,
  });
  return { onboarding, commands };
}
