import {
  closeLinks,
  commandsBy,
  extendLink,
  findActiveMainLink,
  findNewestMainLink,
  findOpenOnboarding,
  getOnboarding,
  insertAudit,
  insertStarted,
  lockOrganization,
  replaceMainLink,
  startAct,
  withTenant,
  type EnvironmentRow,
  type LinkRow,
  type OnboardingRow,
  type OrganizationRow,
  type Tx,
} from '../db/index.ts';
import type { Act, Command, FeaturePlan } from '../onboarding/commands.ts';
import { errorCodes, OnboardingError, type ErrorCode } from '../onboarding/errors.ts';
import { isHeldByOther } from '../onboarding/modes.ts';
import type { SignInGuide } from '../onboarding/providers/sign-in/provider.ts';
import { stepOfAct } from '../onboarding/refusals.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import { audited, doerOf, type Acting } from './acting.ts';
import { rememberContacts } from './contacts.ts';
import type { ApiDeps } from './deps.ts';
import { mintMainLink, type MainLinkOrder } from './links.ts';
import { queueCommands, type QueuedCommand } from './onboarding-client.ts';
import { preselectAct } from './provider-choice.ts';
import { cutForJoin, cutForStart, type Wishes } from './tailoring.ts';

/**
 * How an onboarding begins and is acted on, for the developer API, the dashboard and the portal alike. Each function
 * writes rows and outbox commands in the caller's transaction; after the commit `settle` offers the commands to the
 * workflow and says what came of them.
 */

/** The life is the environment's unless told; the note is a line of the vendor's own in the mail. */
export interface Invitation extends Omit<MainLinkOrder, 'plan'>, Wishes {
  /** The first one gets the link, all of them become IT contacts of the organization. */
  emails: readonly string[];
  /** Whom the customer is known to use, chosen for them. */
  provider?: SignInGuide | undefined;
}

export interface Invited {
  organization: OrganizationRow;
  onboarding: OnboardingRow;
  link: LinkRow;
  /** The address of the link; shown once where it is to be copied. */
  url: string;
  /** The main link that this one has ended. */
  replaced: LinkRow | undefined;
  queued: QueuedCommand[];
}

/**
 * Starts the organization's onboarding, or joins the open one, and issues its main link. An older main link ends in the
 * same act. Throws `not_found`, `email_invalid`, and `no_contact` when there is nobody to mail.
 */
export async function startOnboarding(
  tx: Tx,
  deps: ApiDeps,
  invitation: Invitation,
  by: Acting,
): Promise<Invited> {
  const { environment, organizationId, provider, delivery } = invitation;
  const tenant = { environmentId: environment.id, organizationId };
  const organization = await lockOrganization(tx, tenant, organizationId);
  const [contact = null] = await rememberContacts(tx, tenant, invitation.emails, by.request.now);
  if (contact === null && needsContact(environment, delivery)) throw new OnboardingError('no_contact');

  const open = await findOpenOnboarding(tx, tenant, organizationId);
  const cut = open === undefined ? cutForStart(environment, invitation) : cutForJoin(open, invitation);
  const { plan } = cut;
  const issued = mintMainLink(deps, { ...invitation, plan }, contact, by, open);
  const covers = plan.sso !== undefined || open?.view.features.some(({ feature }) => feature === 'sso');
  const preselected =
    provider !== undefined && covers === true
      ? await preselectAct(tx, deps, tenant, { guide: provider, open }, by)
      : undefined;
  const chosen = preselected === undefined ? [] : [preselected];
  const { reminders, reminderDays } = environment;
  const started =
    open === undefined
      ? await insertStarted(tx, tenant, doerOf(by), [
          await startAct(tx, environment, organizationId, { origin: 'invitation', ...cut, reminders }),
          ...chosen,
          issued.act('invite'),
        ])
      : {
          onboarding: open,
          commands: commandsBy(doerOf(by), [
            { kind: 'join', ...cut, reminders, reminderDays },
            ...chosen,
            issued.act('invite'),
          ]),
        };
  const { onboarding, commands } = started;
  const { link, replaced } = await replaceMainLink(tx, { ...issued.link, onboardingId: onboarding.id });
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: open === undefined ? 'onboarding.started' : 'onboarding.joined',
      target: { type: 'onboarding', id: onboarding.id },
      after: {
        ...cut,
        ...(provider === undefined ? {} : { provider_id: provider.id }),
        link_id: link.id,
        delivery,
        replaced_link_id: replaced?.id ?? null,
      },
      personal: contact === null ? {} : { contact: contact.email },
    }),
  );
  const queued = await queueCommands(tx, onboarding, commands, by.request.now);
  return { organization, onboarding, link, url: issued.url, replaced, queued };
}

/** A link that is copied needs nobody, unless the door asks for a code by e-mail [LNK-05]. */
function needsContact({ linkConfirmation }: EnvironmentRow, delivery: 'mail' | 'copy'): boolean {
  return delivery === 'mail' || linkConfirmation === 'email_code';
}

/** A new main link for the contact of the newest one, which it replaces. Throws `onboarding_ended` and `no_contact`. */
export async function issueFreshLink(
  tx: Tx,
  deps: ApiDeps,
  {
    environment,
    onboarding,
    delivery,
  }: { environment: EnvironmentRow; onboarding: OnboardingRow; delivery: 'mail' | 'copy' },
  by: Acting,
): Promise<Omit<Invited, 'organization'>> {
  const tenant = { environmentId: environment.id, organizationId: onboarding.organizationId };
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  const newest = await findNewestMainLink(tx, tenant, onboarding.id);
  const contactId = newest?.contactId ?? null;
  if (contactId === null && needsContact(environment, delivery)) throw new OnboardingError('no_contact');

  const { organizationId } = onboarding;
  const contact = contactId === null ? null : { id: contactId };
  const issued = mintMainLink(
    deps,
    { environment, organizationId, plan: {}, delivery },
    contact,
    by,
    onboarding,
  );
  const { link, replaced } = await replaceMainLink(tx, { ...issued.link, onboardingId: onboarding.id });
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'link.replaced',
      target: { type: 'link', id: link.id },
      after: { delivery, replaced_link_id: replaced?.id ?? null },
    }),
  );
  const queued = await queueCommands(
    tx,
    onboarding,
    commandsBy(doerOf(by), [issued.act('fresh_link')]),
    by.request.now,
  );
  return { onboarding, link, url: issued.url, replaced, queued };
}

/**
 * Has the main link work longer, for as long as a new one would: it and the sessions it opened stay. An end that is
 * later already stays. Throws `onboarding_ended` and `link_ended`.
 */
export async function extendMainLink(
  tx: Tx,
  {
    environment,
    onboarding,
    lifeDays = environment.linkDays,
  }: { environment: EnvironmentRow; onboarding: OnboardingRow; lifeDays?: number | undefined },
  by: Acting,
): Promise<QueuedCommand[]> {
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  const { now } = by.request;
  const link = await findActiveMainLink(tx, onboarding, onboarding.id);
  if (link === undefined || link.expiresAt <= now) throw new OnboardingError('link_ended');
  const until = now.getTime() + lifeDays * 86_400_000;
  const expiresAt = new Date(Math.max(until, link.expiresAt.getTime()));
  await extendLink(tx, onboarding, link.id, expiresAt);
  await insertAudit(
    tx,
    audited(by, onboarding, {
      action: 'link.extended',
      target: { type: 'link', id: link.id },
      before: { expires_at: link.expiresAt.toISOString() },
      after: { expires_at: expiresAt.toISOString() },
    }),
  );
  const act = { kind: 'extend_link' as const, linkId: link.id, expiresAt: expiresAt.toISOString() };
  return queueCommands(tx, onboarding, commandsBy(doerOf(by), [act]), now);
}

/**
 * The onboarding a change made in a portal session belongs to: the open one, or a quiet run with this feature alone,
 * without reminders. The commands it takes to begin come first in `queued`.
 */
export async function ensureOnboarding(
  tx: Tx,
  environment: EnvironmentRow,
  organizationId: string,
  feature: OfferedFeature,
  by: Acting,
): Promise<{ onboarding: OnboardingRow; queued: QueuedCommand[] }> {
  const tenant = { environmentId: environment.id, organizationId };
  const plan: FeaturePlan = { [feature]: 'required' };
  const open = await findOpenOnboarding(tx, tenant, organizationId);
  if (open === undefined) {
    await lockOrganization(tx, tenant, organizationId);
    const start = await startAct(tx, environment, organizationId, {
      origin: 'portal',
      plan,
      reminders: false,
    });
    const { onboarding, commands } = await insertStarted(tx, tenant, doerOf(by), [start]);
    await insertAudit(
      tx,
      audited(by, tenant, {
        action: 'onboarding.started',
        target: { type: 'onboarding', id: onboarding.id },
        after: { plan },
      }),
    );
    return { onboarding, queued: await queueCommands(tx, onboarding, commands, by.request.now) };
  }
  const covers = open.view.features.some((f) => f.feature === feature && f.requirement !== 'off');
  const joins: Act[] = covers
    ? []
    : [{ kind: 'join', plan: { [feature]: 'optional' }, ...remindersOf(environment) }];
  return {
    onboarding: open,
    queued: await queueCommands(tx, open, commandsBy(doerOf(by), joins), by.request.now),
  };
}

const remindersOf = ({ reminders, reminderDays }: EnvironmentRow) => ({ reminders, reminderDays });

/**
 * Writes a person's act on an onboarding to the outbox, with its audit row, after what `ensureOnboarding` has queued.
 * Throws `step_held` where it is somebody else's to do, so that nothing of it is kept.
 */
export async function sendCommand(
  tx: Tx,
  onboarding: OnboardingRow,
  act: Act,
  by: Acting,
  earlier: readonly QueuedCommand[] = [],
): Promise<QueuedCommand[]> {
  const step = stepOfAct(act);
  const held = onboarding.view.features.flatMap(({ steps }) => steps).find((one) => one.step === step);
  if (held !== undefined && isHeldByOther(held.holder, by.actor)) {
    throw new OnboardingError('step_held', { step: held.step, holder: held.holder });
  }
  const { kind, ...facts } = act;
  await insertAudit(
    tx,
    audited(by, onboarding, {
      action: `onboarding.${kind}`,
      target: { type: 'onboarding', id: onboarding.id },
      ...(Object.keys(facts).length > 0 && { after: facts }),
    }),
  );
  return queueCommands(tx, onboarding, commandsBy(doerOf(by), [act]), by.request.now, earlier);
}

/**
 * Calls an open onboarding off. Its links and their sessions end at once, whether the engine is there or not: they may
 * be in the wrong hands. A live one is refused by the workflow and keeps its links. Throws `onboarding_ended`.
 */
export async function cancelOnboarding(
  tx: Tx,
  onboarding: OnboardingRow,
  by: Acting,
): Promise<QueuedCommand[]> {
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  const isLive = onboarding.state === 'live';
  const closed = isLive ? [] : await closeLinks(tx, onboarding, onboarding.id, 'revoked', by.request.now);
  for (const { id } of closed) {
    await insertAudit(tx, audited(by, onboarding, { action: 'link.revoked', target: { type: 'link', id } }));
  }
  return sendCommand(tx, onboarding, { kind: 'cancel' }, by);
}

/** What became of commands: the view after them, or the one from before when they wait. Throws the workflow's refusal. */
export async function settle(
  deps: ApiDeps,
  before: OnboardingView,
  queued: readonly QueuedCommand[],
): Promise<{ status: 'applied' | 'queued'; view: OnboardingView }> {
  const delivered = await deps.onboardingClient.deliver(queued);
  if (delivered.status === 'refused') throw new OnboardingError(refusalCode(delivered.code));
  if (delivered.status === 'queued' || delivered.view === null) return { status: 'queued', view: before };
  return { status: 'applied', view: delivered.view };
}

/**
 * `settle` for a change made on a page. Where the onboarding's last step was done while the change was on its way, it has
 * finished: the change begins a quiet run of its own, as it would have a moment later.
 */
export async function settleOrBegin(
  deps: ApiDeps,
  { onboarding, queued }: { onboarding: OnboardingRow; queued: readonly QueuedCommand[] },
  { environment, feature, by }: { environment: EnvironmentRow; feature: OfferedFeature; by: Acting },
): ReturnType<typeof settle> {
  try {
    return await settle(deps, onboarding.view, queued);
  } catch (error) {
    if (!(error instanceof OnboardingError && error.code === 'onboarding_ended')) throw error;
    const begun = await withTenant(deps.db, onboarding, async (tx) => {
      const { isOpen, view } = await getOnboarding(tx, onboarding, onboarding.id);
      if (isOpen || view.state !== 'live') return undefined;
      const run = await ensureOnboarding(tx, environment, onboarding.organizationId, feature, by);
      const commands = commandsBy(doerOf(by), queued.flatMap(actIn));
      return queueCommands(tx, run.onboarding, commands, by.request.now, run.queued);
    });
    if (begun === undefined) throw error;
    return settle(deps, onboarding.view, begun);
  }
}

/** The act of a command of this outbox, but for the joining of a run that is over. */
function actIn({ row }: QueuedCommand): Act[] {
  const { key: _key, actor: _actor, ...act } = row.body as Command;
  return act.kind === 'join' ? [] : [act];
}

function refusalCode(code: string): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'conflict';
}
