import type { z } from 'zod';
import type { ConnectionRow, IdpCertificateRow, TroubleRow } from '../db/index.ts';
import type { certificateView, chipConnection } from './contract/shared.ts';

/** How connections and their certificates are shown, to the person at the customer and to staff alike. */

/** How far back the failed sign-ins are counted that pages speak of. */
export const failuresShownMs = 24 * 3_600_000;

/**
 * The word on the chip (design §6). A test counts for the settings it was made with; a live one is Failing while the look at
 * its sign-ins says so.
 */
export function connectionChip(
  { id, state, testedAt, testedRevision, settingsRevision }: ConnectionRow,
  troubles: readonly Pick<TroubleRow, 'kind' | 'subjectId'>[],
): z.infer<typeof chipConnection> {
  switch (state) {
    case 'requires_type':
    case 'draft':
      return 'draft';
    case 'validating':
      return testedAt !== null && testedRevision === settingsRevision ? 'tested' : 'not_tested';
    case 'active':
      return troubles.some(({ kind, subjectId }) => kind === 'sign_ins_failing' && subjectId === id)
        ? 'failing'
        : 'live';
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
