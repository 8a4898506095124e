import type { SealedAt } from './secrets.ts';

/** Where a setup link's token is sealed: retries and reminders open it there, and carry the same link. */
export function linkSealedAt(organizationId: string, linkId: string): SealedAt {
  return { table: 'links', column: 'token_sealed', organizationId, rowId: linkId };
}

/** The address of a door: the handle is public, so that even a cut-off link shows the vendor's brand. */
export function setupUrl(portalUrl: string, handle: string, token: string): string {
  return `${portalUrl}/setup/${handle}/${token}`;
}
