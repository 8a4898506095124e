import { newId } from './ids.ts';
import type { SealedAt, Secrets } from './secrets.ts';
import { digestToken, mintToken } from './tokens.ts';

/** A setup link's secret: told once, found by its digest [LNK-02], and sealed, because reminders carry the same link. */
export function mintSetupLink(secrets: Pick<Secrets, 'seal'>, organizationId: string) {
  const id = newId('link_');
  const token = mintToken('vb_setup_');
  return {
    token,
    minted: {
      id,
      digest: digestToken(token).toString('hex'),
      tokenSealed: secrets.seal(token, linkSealedAt(organizationId, id)),
    },
  };
}

/** Where a setup link's token is sealed: retries and reminders open it there, and carry the same link. */
export function linkSealedAt(organizationId: string, linkId: string): SealedAt {
  return { table: 'links', column: 'token_sealed', organizationId, rowId: linkId };
}

/** The address of a door: the handle is public, so that even a cut-off link shows the vendor's brand. */
export function setupUrl(portalUrl: string, handle: string, token: string): string {
  return `${portalUrl}/setup/${handle}/${token}`;
}
