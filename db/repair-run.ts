import type { Act, Command, FeaturePlan, IssuedLink, Repair } from '../onboarding/commands.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import type { Tx } from './database.ts';
import type { MainLink } from './main-link.ts';
import { commandsBy, insertStarted, startAct, type Doer } from './onboarding-start.ts';
import { insertAudit } from './repositories/audit.ts';
import { findActiveMainLink, replaceMainLink } from './repositories/links.ts';
import { findOpenOnboarding } from './repositories/onboardings.ts';
import { lockOrganization } from './repositories/organizations.ts';
import type { EnvironmentRow } from './tables/environments.ts';
import type { LinkRow } from './tables/links.ts';
import type { OnboardingRow } from './tables/onboardings.ts';

export interface RepairOrder {
  environment: EnvironmentRow;
  organizationId: string;
  feature: OfferedFeature;
  /** The step that something live needs; left out where the feature's own steps are the work. */
  repair?: Repair | undefined;
  /** Makes the link that leads to it, with what it opens; called only where no link is there that does. */
  link?: ((features: readonly OfferedFeature[]) => MainLink) | undefined;
}

export interface RepairRun {
  onboarding: OnboardingRow;
  /** The open onboarding has taken it, or a run of its own was begun. */
  isNew: boolean;
  /** The link that was made; undefined where one that opens it was there, or nobody is there to get one. */
  link: LinkRow | undefined;
  /** To be written to the outbox in this order, in the same transaction. */
  commands: Command[];
}

/**
 * Has something repaired: in the open onboarding, or in the next one, of origin `repair`, with this feature alone and
 * without reminders (`design.md` §4). Locks the organization. Throws `not_found` when it is gone.
 */
export async function ensureRepairRun(
  tx: Tx,
  { environment, organizationId, feature, repair, link: makeLink }: RepairOrder,
  by: Doer,
): Promise<RepairRun> {
  const tenant = { environmentId: environment.id, organizationId };
  await lockOrganization(tx, tenant, organizationId);
  const open = await findOpenOnboarding(tx, tenant, organizationId);
  const plan: FeaturePlan = { [feature]: 'required' };
  if (open !== undefined) {
    const covered = open.view.features.filter((f) => f.requirement !== 'off').map((f) => f.feature);
    const active = await findActiveMainLink(tx, tenant, open.id);
    const leadsThere = active?.features.includes(feature) === true;
    const made = leadsThere ? undefined : makeLink?.([...new Set([...covered, feature])]);
    const issued = await issueLink(tx, open, made);
    const acts = joining(environment, feature, covered.includes(feature), repair, issued?.act);
    return { onboarding: open, isNew: false, link: issued?.link, commands: commandsBy(by, acts) };
  }
  const made = makeLink?.([feature]);
  const start = await startAct(tx, environment, organizationId, {
    origin: 'repair' as const,
    plan,
    reminders: false,
    ...(repair && { repair }),
    ...(made && { link: actOf(made) }),
  });
  const { onboarding, commands } = await insertStarted(tx, tenant, by, [start]);
  const issued = await issueLink(tx, onboarding, made);
  await insertAudit(tx, {
    id: by.newId('audit_'),
    ...tenant,
    actor: by.actor,
    at: by.now,
    action: 'onboarding.started',
    target: { type: 'onboarding', id: onboarding.id },
    after: { origin: 'repair', plan, link_id: issued?.link.id ?? null },
  });
  return { onboarding, isNew: true, link: issued?.link, commands };
}

function joining(
  { reminders, reminderDays }: EnvironmentRow,
  feature: OfferedFeature,
  isCovered: boolean,
  repair: Repair | undefined,
  link: IssuedLink | undefined,
): Act[] {
  if (repair !== undefined) return [{ kind: 'open_repair', repair, ...(link && { link }) }];
  return isCovered ? [] : [{ kind: 'join', plan: { [feature]: 'optional' }, reminders, reminderDays }];
}

async function issueLink(
  tx: Tx,
  onboarding: OnboardingRow,
  made: MainLink | undefined,
): Promise<{ link: LinkRow; act: IssuedLink } | undefined> {
  if (made === undefined) return undefined;
  const { link } = await replaceMainLink(tx, { ...made, onboardingId: onboarding.id });
  return { link, act: actOf(made) };
}

const actOf = ({ id, delivery, contactId, expiresAt }: MainLink): IssuedLink => ({
  linkId: id,
  delivery,
  contactId,
  expiresAt: expiresAt.toISOString(),
});
