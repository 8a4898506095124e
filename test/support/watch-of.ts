import { ageingActivities } from '../../activities/ageing.ts';
import { certificateActivities } from '../../activities/certificates.ts';
import { mailConnectionNotices } from '../../activities/connection-notices.ts';
import { mailRenewalLinks } from '../../activities/renewal-links.ts';
import type { TestApi } from './api.ts';

const mailsWithoutEnd = {
  perRecipientMinute: 1_000,
  perRecipientDay: 1_000,
  perOrganizationDay: 1_000,
  perCreatorDay: 1_000,
  perMemberDay: 1_000,
};

/** What the watches over things that end do, on the database and with the mailbox of an api. */
export function watchOf({ db, systemDb, deps }: TestApi) {
  const { secrets, mailer, egress, now, urls } = deps;
  const shared = {
    db,
    systemDb,
    secrets,
    mailer,
    egress,
    now,
    portalUrl: urls.portal,
    dashboardUrl: urls.dashboard,
    bounceAddresses: null,
    mailLimits: mailsWithoutEnd,
    sandboxLoopback: true,
    ownHosts: [],
    ownEntityIdPrefix: '',
    workflows: { deliver: () => Promise.resolve({ status: 'applied' as const, result: null }) },
  };
  return {
    ...certificateActivities({ ...shared, ownEntityIdPrefix: `${urls.api}/sso/saml/` }),
    ...ageingActivities(shared),
    mailRenewalLinks: () => mailRenewalLinks(shared),
    mailConnectionNotices: () => mailConnectionNotices(shared),
  };
}
