import { connectionNotice } from '../adapters/mail/contact-mails.ts';
import { connectionNoticeForStaff } from '../adapters/mail/staff-mails.ts';
import {
  forgetConnectionNotices,
  listNoticedConnections,
  withSystem,
  type ConnectionRow,
  type Db,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { toldToStaff } from '../onboarding/connection-notices.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import { mailEveryHelper, type MemberNewsDeps } from './member-news.ts';

type ConnectionNoticeDeps = MemberNewsDeps & { systemDb: Db };

/**
 * Mails every contact of what somebody did to a connection, so that an act with one person's mailbox is seen in the
 * others, and the vendor's people of what they may be asked about. What could not go out yet stays for the next round,
 * and nobody gets a mail twice. Answers how many connections are told.
 */
export async function mailConnectionNotices(deps: ConnectionNoticeDeps): Promise<number> {
  const connections = await withSystem(deps.systemDb, listNoticedConnections);
  let told = 0;
  for (const connection of connections) {
    const isHeard = await mailEveryContact(deps, connection, newsOf(connection));
    if (!(await mailStaff(deps, connection)) || !isHeard) continue;
    await withSystem(deps.systemDb, (tx) => forgetConnectionNotices(tx, connection));
    told += 1;
  }
  return told;
}

function newsOf({ id, name, providerId, deletedAt, allowedDomains, notices }: ConnectionRow): ContactNews[] {
  const provider = findGuide(providerId ?? '')?.name ?? name;
  return notices.map(({ kind, at, by, isVendors = false }) => ({
    kind: `connection_${kind}`,
    effect: `connection:${id}:${kind}:${at}`,
    page: deletedAt === null ? `sso/of/${id}` : 'home',
    write: (brand, common) =>
      connectionNotice(brand, {
        ...common,
        provider,
        kind,
        by,
        isVendors,
        at: new Date(at),
        domains: allowedDomains,
      }),
  }));
}

function mailStaff(deps: ConnectionNoticeDeps, connection: ConnectionRow): Promise<boolean> {
  const { organizationId, providerId, name } = connection;
  const theirs = connection.notices.filter(({ kind, isVendors }) => !isVendors && toldToStaff.has(kind));
  if (theirs.length === 0) return Promise.resolve(true);
  return mailEveryHelper(
    deps,
    connection,
    theirs.map(({ kind, at, by }) => ({
      kind: `staff_connection_${kind}`,
      effect: `connection:${connection.id}:${kind}:${at}`,
      write: (brand, organization) =>
        connectionNoticeForStaff(brand, {
          organization,
          kind,
          at: new Date(at),
          by,
          timeZone: 'UTC',
          provider: findGuide(providerId ?? '')?.name ?? name,
          url: `${deps.dashboardUrl}/dashboard/organizations/${organizationId}`,
        }),
    })),
  );
}
