import { directoryNotice } from '../adapters/mail/contact-mails.ts';
import {
  forgetDirectoryNotices,
  listNoticedDirectories,
  withSystem,
  type Db,
  type DirectoryRow,
} from '../db/index.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import type { MailDeps } from './mail-delivery.ts';

/**
 * Mails every contact of what somebody did to a directory, so that an act with one person's mailbox is seen in the others.
 * What could not go out yet stays for the next round, and nobody gets a mail twice. Answers how many directories are told.
 */
export async function mailDirectoryNotices(deps: MailDeps & { systemDb: Db }): Promise<number> {
  let told = 0;
  for (const directory of await withSystem(deps.systemDb, listNoticedDirectories)) {
    if (!(await mailEveryContact(deps, directory, newsOf(directory)))) continue;
    await withSystem(deps.systemDb, (tx) => forgetDirectoryNotices(tx, directory));
    told += 1;
  }
  return told;
}

function newsOf({ id, deletedAt, notices }: DirectoryRow): ContactNews[] {
  return notices.map(({ kind, at, by, isVendors = false, source, to = source }) => ({
    kind: `directory_${kind}`,
    effect: `directory:${id}:${kind}:${at}`,
    page: deletedAt === null ? 'directory/state' : 'home',
    write: (brand, common) =>
      directoryNotice(brand, { ...common, kind, at: new Date(at), by, isVendors, source, to }),
  }));
}
