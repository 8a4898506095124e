import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './secrets.ts';

/**
 * Links to files that were made for somebody: whoever has one may fetch the file until it ends. The key's id stands in the
 * link, so that a change of keys ends none.
 */

type Of = { environmentId: string; exportId: string };

/** What stands behind the "?" of a link. */
export function signExportLink(secrets: Secrets, of: Of, until: Date): string {
  const keyId = secrets.writingKeyId;
  const ends = String(until.getTime());
  const query = {
    environment: of.environmentId,
    until: ends,
    key: keyId,
    signature: macOf(secrets, keyId, of, ends),
  };
  return new URLSearchParams(query).toString();
}

/** Whether the link was made by us for this file and has not ended. */
export function isExportLink(
  secrets: Secrets,
  of: Of,
  link: { until: string; key: string; signature: string },
  now: Date,
): boolean {
  if (!secrets.keyIds.includes(link.key) || !(Number(link.until) > now.getTime())) return false;
  const expected = Buffer.from(macOf(secrets, link.key, of, link.until));
  const given = Buffer.from(link.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function macOf(secrets: Secrets, keyId: string, { environmentId, exportId }: Of, until: string): string {
  return createHmac('sha256', secrets.derive('export-link', keyId))
    .update(JSON.stringify([environmentId, exportId, until]))
    .digest('base64url');
}
