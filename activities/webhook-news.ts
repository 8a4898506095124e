import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { webhookFailing } from '../adapters/mail/staff-mails.ts';
import {
  getEnvironment,
  listEndpointsToTell,
  listMembers,
  markEndpointTold,
  withSystem,
  withTenant,
  type Db,
  type EndpointToTell,
} from '../db/index.ts';
import { endpointNews, type EndpointNews } from '../onboarding/webhooks.ts';
import { deliverOrWait, toMember } from './mail-delivery.ts';
import type { MemberNewsDeps } from './member-news.ts';

export type WebhookNewsDeps = MemberNewsDeps & { systemDb: Db };

/** What was switched off longer ago is left to the dashboard. Mails are kept for longer, so that none is sent twice. */
const newsForMs = 30 * 86_400_000;

/**
 * Mails the vendor's developers that an endpoint takes nothing, after an hour and a day, and that it was switched off
 * [REL-11]. Apart from what sends the events: a mail that has to wait holds no delivery up. What could not go out yet
 * stays for the next round, and nobody gets a mail twice. Answers how many endpoints are told of.
 */
export async function mailWebhookNews(deps: WebhookNewsDeps): Promise<number> {
  let told = 0;
  const since = new Date(deps.now().getTime() - newsForMs);
  for (const endpoint of await withSystem(deps.systemDb, (tx) => listEndpointsToTell(tx, since))) {
    const news = endpointNews(endpoint, deps.now());
    if (news.told <= endpoint.toldFailing) continue;
    if (!(await tell(deps, endpoint, news))) continue;
    await withSystem(deps.systemDb, (tx) => markEndpointTold(tx, endpoint, news.told));
    told += 1;
  }
  return told;
}

/** Answers whether each has been written to, or will never be. */
async function tell(
  deps: WebhookNewsDeps,
  { id, environmentId, endpointUrl, failingSince }: EndpointToTell,
  { told, isOff, isGone }: EndpointNews,
): Promise<boolean> {
  const { environment, members } = await withTenant(deps.db, { environmentId }, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    members: await listMembers(tx, { environmentId }),
  }));
  let isWhole = true;
  for (const member of members.filter(({ role }) => role === 'admin' || role === 'developer')) {
    const isHeard = await deliverOrWait(deps, {
      effectId: `hook:${id}:${failingSince.toISOString()}:${isOff ? 'off' : told}:${member.id}`,
      environmentId,
      organizationId: null,
      onboardingId: null,
      kind: 'webhook_failing',
      ...toMember(member),
      mail: webhookFailing(mailBrand(environment, deps.dashboardUrl), {
        host: new URL(endpointUrl).host,
        since: failingSince,
        isOff,
        isGone,
        timeZone: 'UTC',
        url: `${deps.dashboardUrl}/dashboard/webhooks/${id}`,
      }),
    });
    if (!isHeard) isWhole = false;
  }
  return isWhole;
}
