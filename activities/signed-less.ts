import { signedLess } from '../adapters/mail/contact-mails.ts';
import { signedLessNotice } from '../adapters/mail/staff-mails.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import {
  findConnection,
  findOrganization,
  findNewestRefusal,
  getEnvironment,
  listMembers,
  withTenant,
  type ConnectionRow,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import type { CertificateDeps } from './certificates.ts';
import { mailEveryContact } from './contact-news.ts';
import type { Activities, OfConnection } from './index.ts';
import { deliverMail, isMailable, toMember } from './mail-delivery.ts';
import { mayHelp } from './told-members.ts';

export type SignedLessDeps = CertificateDeps & {
  /** Origin of the pages of staff. */
  dashboardUrl: string;
};

/**
 * A live connection's provider signs or encrypts less than it did when it was tested: a change nobody announced, or
 * somebody's try. Contacts and staff hear of it at once, and once a day.
 */
export function signedLessActivities(deps: SignedLessDeps): Pick<Activities, 'announceSignedLess'> {
  return {
    async announceSignedLess({ at, ...whose }) {
      const day = at.slice(0, 10);
      const since = new Date(at);
      const attempt = await withTenant(deps.db, whose, (tx) =>
        findNewestRefusal(tx, whose, { connectionId: whose.connectionId, cause: 'signed_less', since }),
      );
      if (attempt === undefined) return;
      const { expected, received } = attempt.facts;
      const forms = { expected: String(expected), received: String(received), reference: attempt.reference };
      const connection = await withTenant(deps.db, whose, (tx) =>
        findConnection(tx, whose, whose.connectionId),
      );
      if (connection === undefined) return;
      const isWhole = await mailEveryContact(deps, whose, [
        {
          kind: 'signed_less',
          effect: `less:${whose.connectionId}:${day}`,
          page: `sso/of/${connection.id}`,
          write: (brand, common) => signedLess(brand, { ...common, ...forms, provider: nameOf(connection) }),
        },
      ]);
      await mailStaff(deps, whose, day, forms);
      if (!isWhole) throw new Error('some contacts could not be written to yet');
    },
  };
}

const nameOf = ({ providerId, name }: ConnectionRow) => findGuide(providerId ?? '')?.name ?? name;

async function mailStaff(
  deps: SignedLessDeps,
  whose: OfConnection,
  day: string,
  forms: { expected: string; received: string; reference: string },
): Promise<void> {
  const found = await withTenant(deps.db, whose, async (tx) => ({
    environment: await getEnvironment(tx, whose.environmentId),
    organization: await findOrganization(tx, whose, whose.organizationId),
    connection: await findConnection(tx, whose, whose.connectionId),
    members: await listMembers(tx, { environmentId: whose.environmentId }),
  }));
  const { environment, organization, connection, members } = found;
  if (organization === undefined || connection === undefined || !isMailable(organization.name)) return;
  for (const member of members.filter(mayHelp)) {
    await deliverMail(deps, {
      effectId: `less:${whose.connectionId}:${day}:${member.id}`,
      environmentId: whose.environmentId,
      organizationId: whose.organizationId,
      onboardingId: null,
      kind: 'signed_less_staff',
      ...toMember(member),
      mail: signedLessNotice(mailBrand(environment, deps.dashboardUrl), {
        organization: organization.name,
        provider: nameOf(connection),
        ...forms,
        url: `${deps.dashboardUrl}/dashboard/connections/${connection.id}`,
      }),
    });
  }
}
