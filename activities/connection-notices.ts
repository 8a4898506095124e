import { connectionNotice } from '../adapters/mail/contact-mails.ts';
import {
  forgetConnectionNotices,
  listNoticedConnections,
  withSystem,
  type ConnectionRow,
  type Db,
} from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import type { MailDeps } from './mail-delivery.ts';

/**
 * Mails every contact of what somebody did to a connection, so that an act with one person's mailbox is seen in the
 * others. What could not go out yet stays for the next round, and nobody gets a mail twice. Answers how many connections
 * are told.
 */
export async function mailConnectionNotices(deps: MailDeps & { systemDb: Db }): Promise<number> {
  const connections = await withSystem(deps.systemDb, listNoticedConnections);
  let told = 0;
  for (const connection of connections) {
    if (!(await mailEveryContact(deps, connection, newsOf(connection)))) continue;
    await withSystem(deps.systemDb, (tx) => forgetConnectionNotices(tx, connection));
    told += 1;
  }
  return told;
}

function newsOf({ id, name, providerId, deletedAt, allowedDomains, notices }: ConnectionRow): ContactNews[] {
  const provider = findGuide(providerId ?? '')?.name ?? name;
  return notices.map(({ kind, at, by }) => ({
    kind: `connection_${kind}`,
    effect: `connection:${id}:${kind}:${at}`,
    page: deletedAt === null ? `sso/of/${id}` : 'home',
    write: (brand, common) =>
      connectionNotice(brand, { ...common, provider, kind, at: new Date(at), by, domains: allowedDomains }),
  }));
}
