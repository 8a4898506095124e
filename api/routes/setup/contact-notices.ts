import {
  addConnectionNotice,
  addDirectoryNotice,
  findItContact,
  type DirectoryRow,
} from '../../../db/index.ts';
import type { ConnectionNoticeKind } from '../../../onboarding/connection-notices.ts';
import type { DirectoryNoticeKind } from '../../../onboarding/directory-notices.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { directoryNameOf } from '../../../onboarding/providers/directory/names.ts';
import type { Changing } from './scope.ts';

/** Has every contact mailed that sign-in through this connection differs from now on, and who saw to it. */
export async function tellContacts(
  changing: Changing,
  connectionId: string,
  kind: ConnectionNoticeKind,
): Promise<void> {
  await addConnectionNotice(changing.tx, changing.tenant, connectionId, {
    kind,
    ...(await doneBy(changing)),
  });
}

/**
 * The same of a directory that people come from: `before` is how it was, `to` what its source is called from now on. Of one
 * that nobody has come from yet, nobody is told.
 */
export async function tellContactsOfDirectory(
  changing: Changing,
  before: DirectoryRow,
  kind: DirectoryNoticeKind,
  to: Pick<DirectoryRow, 'providerId' | 'name'> = before,
): Promise<void> {
  if (before.linkedAt === null) return;
  await addDirectoryNotice(changing.tx, changing.tenant, before.id, {
    kind,
    source: directoryNameOf(before),
    to: directoryNameOf(to),
    ...(await doneBy(changing)),
  });
}

async function doneBy({ tx, tenant, link, by }: Changing): Promise<{ at: string; by: string | null }> {
  const contact = link.contactId === null ? undefined : await findItContact(tx, tenant, link.contactId);
  return {
    at: by.request.now.toISOString(),
    by: contact === undefined ? null : maskEmail(contact.email),
  };
}
