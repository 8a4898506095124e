import type { z } from 'zod';
import type { ConnectionRow, IdpCertificateRow } from '../db/index.ts';
import type { certificateView, chipConnection } from './contract/shared.ts';

/** How connections and their certificates are shown, to the person at the customer and to staff alike. */

/** How far back a failed sign-in makes a live connection Failing. */
export const failingWithinMs = 24 * 3_600_000;

/** The word on the chip (design §6). A test counts for the settings it was made with. */
export function connectionChip(
  { state, testedAt, testedRevision, settingsRevision }: ConnectionRow,
  isFailing: boolean,
): z.infer<typeof chipConnection> {
  switch (state) {
    case 'requires_type':
    case 'draft':
      return 'draft';
    case 'validating':
      return testedAt !== null && testedRevision === settingsRevision ? 'tested' : 'not_tested';
    case 'active':
      return isFailing ? 'failing' : 'live';
    case 'inactive':
    case 'deleting':
      return 'off';
  }
}

export function certificateViewOf(row: IdpCertificateRow): z.infer<typeof certificateView> {
  return {
    id: row.id,
    subject: row.subject,
    fingerprint: row.fingerprint,
    keyBits: row.keyBits,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    source: row.source,
    retiredAt: row.retiredAt?.toISOString() ?? null,
  };
}
