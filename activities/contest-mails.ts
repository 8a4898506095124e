import { domainContest } from '../adapters/mail/contact-mails.ts';
import { forgetContestNews, listContestNews, withSystem, type Db } from '../db/index.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import type { MailDeps } from './mail-delivery.ts';

type ContestNewsRow = Awaited<ReturnType<typeof listContestNews>>[number];

/**
 * Mails the contacts of both sides what a contest over a domain has come to [DOM-05]. What could not go out yet stays for
 * the next round, and nobody gets a mail twice. Answers how many sides are told.
 */
export async function mailContestNews(deps: MailDeps & { systemDb: Db }): Promise<number> {
  const sides = await withSystem(deps.systemDb, listContestNews);
  let told = 0;
  for (const side of sides) {
    if (!(await mailEveryContact(deps, side, [newsOf(side)]))) continue;
    await withSystem(deps.systemDb, (tx) => forgetContestNews(tx, side));
    told += 1;
  }
  return told;
}

function newsOf({ id, domain, contestNews, contestNewsAt }: ContestNewsRow): ContactNews {
  return {
    kind: `domain_${contestNews}`,
    effect: `contest:${id}:${contestNewsAt.getTime()}`,
    page: 'domains',
    write: (brand, common) => domainContest(brand, { ...common, domain, news: contestNews }),
  };
}
