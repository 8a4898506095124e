import type { Act, Actor, Command, FeaturePlan, IssuedLink, Origin, Repair } from '../onboarding/commands.ts';
import { usualMode, type Mode } from '../onboarding/modes.ts';
import { fresh } from '../onboarding/state.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import { apply } from '../onboarding/transitions.ts';
import { view } from '../onboarding/view.ts';
import type { Tx } from './database.ts';
import { listConnectionsOf } from './repositories/connections.ts';
import { areRolesAssigned, listDirectoriesOf } from './repositories/directory-watch.ts';
import { listLogStreamsOf } from './repositories/log-streams.ts';
import { insertOnboarding } from './repositories/onboardings.ts';
import { listDomains } from './repositories/organization-domains.ts';
import type { EnvironmentRow } from './tables/environments.ts';
import type { OnboardingRow } from './tables/onboardings.ts';

/** How the row of an onboarding comes to be before its workflow has heard of it. */

/** Who begins or acts, and when. */
export interface Doer {
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
}

/** Commands of this person or machine; each is known by a key of its own. */
export function commandsBy({ actor, newId }: Pick<Doer, 'actor' | 'newId'>, acts: readonly Act[]): Command[] {
  return acts.map((act) => ({ ...act, key: newId('cmd_'), actor }));
}

/** The first command: the plan, and what the organization has done already. */
export async function startAct(
  tx: Tx,
  environment: EnvironmentRow,
  organizationId: string,
  wanted: {
    origin: Origin;
    plan: FeaturePlan;
    order?: OfferedFeature[];
    mode?: Mode;
    reminders: boolean;
    repair?: Repair;
    link?: IssuedLink;
  },
): Promise<Act> {
  const tenant = { environmentId: environment.id, organizationId };
  const domains = await listDomains(tx, tenant);
  const connections = await listConnectionsOf(tx, tenant, [organizationId]);
  const directories = await listDirectoriesOf(tx, tenant, organizationId);
  const linked = directories.find(({ linkedAt, state }) => linkedAt !== null && state !== 'validating');
  const streams = await listLogStreamsOf(tx, tenant);
  const started = streams.find(({ startedAt }) => startedAt !== null);
  return {
    kind: 'start',
    mode: usualMode,
    ...wanted,
    domainPolicy: environment.domainPolicy,
    reminderDays: environment.reminderDays,
    domainVerified: domains.some(({ state }) => state === 'verified'),
    connectionLive: connections.some(({ state }) => state === 'active'),
    ...(linked && { directory: { id: linked.id, rolesAssigned: await areRolesAssigned(tx, tenant) } }),
    ...(started && { stream: { id: started.id } }),
  };
}

/** The row of a new onboarding, with the view its first commands will lead to: pages show it before the workflow runs. */
export async function insertStarted(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  by: Doer,
  acts: readonly Act[],
): Promise<{ onboarding: OnboardingRow; commands: Command[] }> {
  const id = by.newId('onb_');
  const { now } = by;
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
