import type { MailBrand, RenderedMail } from '../adapters/mail/layout.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { findOrganization, getEnvironment, listMembers, withTenant } from '../db/index.ts';
import { deliverOrWait, isMailable, toMember, type MailDeps } from './mail-delivery.ts';
import { mayHelp } from './told-members.ts';

export type MemberNewsDeps = MailDeps & {
  /** Origin of the pages of staff. */
  dashboardUrl: string;
};

/** One thing about an organization that the vendor's people are to hear. */
export interface MemberNews {
  /** As the mail is kept. */
  kind: string;
  /** Names what happened: each member gets one mail of it, however often it is asked for. */
  effect: string;
  write: (brand: MailBrand, organization: string) => RenderedMail;
}

/**
 * Mails news to every member who may help the organization. Answers whether each has been written to, or will never be;
 * false means that a limit or the mail server let some not out, and the next round tries again.
 */
export async function mailEveryHelper(
  deps: MemberNewsDeps,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  news: readonly MemberNews[],
): Promise<boolean> {
  const whose = { environmentId, organizationId };
  const { environment, organization, members } = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, environmentId),
    organization: await findOrganization(tx, whose, organizationId),
    members: await listMembers(tx, { environmentId }),
  }));
  if (organization === undefined || !isMailable(organization.name)) return true;
  let isWhole = true;
  for (const { kind, effect, write } of news) {
    for (const member of members.filter(mayHelp)) {
      const isHeard = await deliverOrWait(deps, {
        ...whose,
        onboardingId: null,
        kind,
        effectId: `${effect}:${member.id}`,
        ...toMember(member),
        mail: write(mailBrand(environment, deps.dashboardUrl), organization.name),
      });
      if (!isHeard) isWhole = false;
    }
  }
  return isWhole;
}
