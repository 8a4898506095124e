import { addConnectionNotice, findItContact } from '../../../db/index.ts';
import type { ConnectionNoticeKind } from '../../../onboarding/connection-notices.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import type { Changing } from './scope.ts';

/** Has every contact mailed that sign-in through this connection differs from now on, and who saw to it. */
export async function tellContacts(
  { tx, tenant, link, by }: Changing,
  connectionId: string,
  kind: ConnectionNoticeKind,
): Promise<void> {
  const contact = link.contactId === null ? undefined : await findItContact(tx, tenant, link.contactId);
  const who = contact === undefined ? null : maskEmail(contact.email);
  await addConnectionNotice(tx, tenant, connectionId, { kind, at: by.request.now.toISOString(), by: who });
}
