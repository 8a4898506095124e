import { parseEmail } from '../adapters/email-address.ts';
import { newId } from '../adapters/ids.ts';
import {
  getOrganization,
  insertAudit,
  insertErasure,
  listMembers,
  type ErasureRow,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { audited, type Acting } from './acting.ts';

export type AskedErasure = {
  environmentId: string;
  organizationId: string | null;
  email: string | null;
  idpId: string | null;
};

/**
 * Asks for one person to be erased; the worker does it within minutes. The audit row says that it was asked, and not for
 * whom. Throws `invalid_request` where nobody is named, `email_invalid`, `not_found` for an organization that is not
 * there, and `still_a_member` for somebody who works here.
 */
export async function askForErasure(tx: Tx, asked: AskedErasure, by: Acting): Promise<ErasureRow> {
  const { environmentId, organizationId, idpId } = asked;
  if (asked.email === null && idpId === null)
    throw new OnboardingError('invalid_request', { field: 'email' });
  // The same id means somebody else at another provider.
  if (idpId !== null && organizationId === null)
    throw new OnboardingError('invalid_request', { field: 'organization' });
  const email = asked.email === null ? null : parseEmail(asked.email);
  const tenant = { environmentId };
  if (organizationId === null) {
    const members = await listMembers(tx, tenant);
    if (members.some((member) => member.email.toLowerCase() === email?.toLowerCase()))
      throw new OnboardingError('still_a_member');
  } else {
    await getOrganization(tx, tenant, organizationId);
  }
  const id = newId('erasure_');
  const row = { id, environmentId, organizationId, email, idpId, createdAt: by.request.now };
  const erasure = await insertErasure(tx, row);
  const target = { type: 'erasure', id };
  const whose = { environmentId, organizationId };
  await insertAudit(tx, audited(by, whose, { action: 'person.erasure_asked', target }));
  return erasure;
}
