import { newId } from '../../adapters/ids.ts';
import {
  findItContact,
  findLastFreshLink,
  findNewestMainLink,
  insertAudit,
  insertFreshLinkRequest,
  lockOnboarding,
  withTenant,
  type EnvironmentRow,
  type FreshLinkRequestRow,
  type LinkRow,
  type OnboardingRow,
  type Tx,
} from '../../db/index.ts';
import { audited, type Acting } from '../acting.ts';
import type { ApiDeps } from '../deps.ts';
import { issueFreshLink, sendCommand } from '../journey.ts';
import type { QueuedCommand } from '../onboarding-client.ts';
import type { RequestFacts } from '../route.ts';
import { answerRenewalPress, isRenewalLink, pauseMs } from './fresh-renewal.ts';

/**
 * "Send me a fresh link" (design §7): mails the contact of the onboarding's newest main link, never an address typed
 * here, at most once in ten minutes. An active link is sent again as it is; a new one is made only where the newest has
 * expired. What a person has ended stays ended; staff see the request. A link for a renewal has its own address.
 */
export async function requestFreshLink(
  deps: ApiDeps,
  environment: EnvironmentRow,
  pressed: LinkRow,
  request: RequestFacts,
): Promise<void> {
  const { organizationId } = pressed;
  if (pressed.kind === 'portal') return;
  const tenant = { environmentId: environment.id, organizationId };
  const by: Acting = { actor: { type: 'customer', id: pressed.id }, sessionId: null, request };
  const queued = await withTenant(deps.db, tenant, async (tx) => {
    const done = await answerPress(tx, deps, { environment, pressed }, by);
    if (done === undefined) return [];
    await insertFreshLinkRequest(tx, {
      id: newId('fresh_link_'),
      ...tenant,
      linkId: done.linkId,
      outcome: done.outcome,
      createdAt: request.now,
    });
    const target = { type: 'link', id: pressed.id };
    const after = { outcome: done.outcome, link_id: done.linkId };
    await insertAudit(tx, audited(by, tenant, { action: 'fresh_link.requested', target, after }));
    return done.queued;
  });
  void deps.onboardingClient.deliver(queued);
}

interface Done {
  outcome: FreshLinkRequestRow['outcome'];
  /** The link that was sent, or that the request is about. */
  linkId: string;
  queued: QueuedCommand[];
}

/** Undefined: the link belongs to nothing that another could be sent for. */
async function answerPress(
  tx: Tx,
  deps: ApiDeps,
  { environment, pressed }: { environment: EnvironmentRow; pressed: LinkRow },
  by: Acting,
): Promise<Done | undefined> {
  const tenant = { environmentId: environment.id, organizationId: pressed.organizationId };
  if (isRenewalLink(pressed))
    return { ...(await answerRenewalPress(tx, deps, { environment, pressed }, by)), queued: [] };
  const { onboardingId } = pressed;
  if (onboardingId === null) return undefined;
  const onboarding = await lockOnboarding(tx, tenant, onboardingId);
  const newest = (await findNewestMainLink(tx, tenant, onboardingId)) ?? pressed;
  return answerMainPress(tx, deps, { environment, onboarding, newest }, by);
}

async function answerMainPress(
  tx: Tx,
  deps: ApiDeps,
  of: { environment: EnvironmentRow; onboarding: OnboardingRow; newest: LinkRow },
  by: Acting,
): Promise<Done> {
  const { environment, onboarding, newest } = of;
  const { now } = by.request;
  const withheld: Done = { outcome: 'withheld', linkId: newest.id, queued: [] };
  if (!onboarding.isOpen || newest.contactId === null) return withheld;
  const contact = await findItContact(tx, newest, newest.contactId);
  if (contact === undefined || contact.removedAt !== null) return withheld;

  const last = await findLastFreshLink(tx, newest, newest.id);
  if (last !== undefined && last.createdAt.getTime() > now.getTime() - pauseMs) {
    return { ...withheld, outcome: 'too_soon' };
  }
  if (newest.endedAt === null && newest.expiresAt > now) {
    const queued = await sendCommand(tx, onboarding, { kind: 'remind' }, by);
    return { outcome: 'sent_again', linkId: newest.id, queued };
  }
  const hasExpired = newest.endedAt === null || newest.state === 'expired';
  if (!hasExpired) return withheld;
  const issued = await issueFreshLink(tx, deps, { environment, onboarding, delivery: 'mail' }, by);
  return { outcome: 'replaced', linkId: issued.link.id, queued: issued.queued };
}
