import {
  findConnection,
  findDirectory,
  findItContact,
  findLastFreshLink,
  findLogStream,
  findNewestRenewalLink,
  findOpenOnboarding,
  insertLink,
  lockOrganization,
  type EnvironmentRow,
  type FreshLinkRequestRow,
  type LinkRow,
  type Tx,
} from '../../db/index.ts';
import type { Acting } from '../acting.ts';
import type { ApiDeps } from '../deps.ts';
import { mintRenewalLink, type Renewed } from '../links.ts';

/** One mail in ten minutes, however often it is asked for. */
export const pauseMs = 10 * 60_000;

const intents: readonly (string | null)[] = ['certificate_renewal', 'token_renewal', 'credential_renewal'];

/** Whether a link was sent for a renewal; a portal link leads there too, and is never mailed. */
export const isRenewalLink = ({ kind, intent }: LinkRow): boolean =>
  kind === 'colleague' && intents.includes(intent);

/**
 * "Send me a fresh link" on a link for a renewal: mails the address that this link was for, and no other. What a person
 * has ended stays ended, and nothing is sent for what there is no more to renew.
 */
export async function answerRenewalPress(
  tx: Tx,
  deps: Pick<ApiDeps, 'secrets' | 'urls'>,
  { environment, pressed }: { environment: EnvironmentRow; pressed: LinkRow },
  by: Acting,
): Promise<{ outcome: FreshLinkRequestRow['outcome']; linkId: string }> {
  const { now } = by.request;
  const tenant = { environmentId: environment.id, organizationId: pressed.organizationId };
  // Two that press at once are answered one after the other.
  await lockOrganization(tx, tenant, tenant.organizationId);
  const newest = (await findNewestRenewalLink(tx, tenant, pressed)) ?? pressed;
  const withheld = { outcome: 'withheld' as const, linkId: newest.id };
  if (newest.contactId === null) return withheld;
  const contact = await findItContact(tx, tenant, newest.contactId);
  const renewed = await findRenewed(tx, tenant, newest);
  if (contact === undefined || contact.removedAt !== null || renewed === undefined) return withheld;

  const last = await findLastFreshLink(tx, tenant, newest.id);
  if (last !== undefined && last.createdAt.getTime() > now.getTime() - pauseMs)
    return { ...withheld, outcome: 'too_soon' };
  if (newest.endedAt === null && newest.expiresAt > now) return { ...withheld, outcome: 'sent_again' };
  const hasExpired = newest.endedAt === null || newest.state === 'expired';
  if (!hasExpired) return withheld;
  const order = { environment, renewed, delivery: 'mail' as const, contactId: contact.id };
  const { link } = mintRenewalLink(deps, order, by);
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  const onboardingId = open !== undefined && open.id === newest.onboardingId ? open.id : null;
  const fresh = await insertLink(tx, { ...link, onboardingId });
  return { outcome: 'replaced', linkId: fresh.id };
}

async function findRenewed(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
  { connectionId, directoryId, logStreamId }: LinkRow,
): Promise<Renewed | undefined> {
  const { organizationId } = tenant;
  if (logStreamId !== null) {
    const stream = await findLogStream(tx, tenant, logStreamId);
    return stream && { organizationId, logStreamId };
  }
  if (directoryId !== null) {
    const directory = await findDirectory(tx, tenant, directoryId);
    return directory && { organizationId, directoryId };
  }
  const connection = connectionId === null ? undefined : await findConnection(tx, tenant, connectionId);
  return connection?.state === 'active'
    ? { organizationId, connectionId: connection.id, protocol: connection.protocol }
    : undefined;
}
