import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { withSystem, type Db } from '../../db/index.ts';
import type { DirectoryRow } from '../../db/tables/directories.ts';

/** A directory that a SCIM client fills, as it is right after it was made, with a token. */
export interface ScimDirectory {
  environmentId: string;
  organizationId: string;
  directoryId: string;
  externalKey: string;
  tokenId: string;
  token: string;
}

interface Whose {
  environmentId: string;
  organizationId: string;
}

export async function aScimDirectory(
  system: Db,
  whose: Whose,
  more: Partial<Pick<DirectoryRow, 'type' | 'state' | 'road'>> & { apiUrl?: string; createdAt?: Date } = {},
): Promise<ScimDirectory> {
  const { apiUrl = 'http://127.0.0.1', createdAt = new Date(), ...changes } = more;
  const directoryId = newId('directory_');
  const externalKey = `key-${directoryId.slice(-20).toLowerCase()}`;
  await withSystem(system, (tx) =>
    tx
      .insertInto('directories')
      .values({
        id: directoryId,
        ...whose,
        name: 'Acme',
        type: 'generic scim v2.0',
        road: 'scim',
        state: 'validating',
        externalKey,
        scimBaseUrl: `${apiUrl}/scim/v2/${externalKey}`,
        createdAt,
        updatedAt: createdAt,
        ...changes,
      })
      .execute(),
  );
  const of = { environmentId: whose.environmentId, organizationId: whose.organizationId, directoryId };
  return { ...of, externalKey, ...(await aScimToken(system, of)) };
}

/** One more token of a directory. */
export async function aScimToken(
  system: Db,
  { environmentId, organizationId, directoryId }: Omit<ScimDirectory, 'externalKey' | 'token' | 'tokenId'>,
  more: { expiresAt?: Date; revokedAt?: Date } = {},
): Promise<{ tokenId: string; token: string }> {
  const token = mintToken('vb_scim_');
  const tokenId = newId('directory_token_');
  await withSystem(system, (tx) =>
    tx
      .insertInto('directoryTokens')
      .values({
        id: tokenId,
        environmentId,
        organizationId,
        directoryId,
        suffix: token.slice(-4),
        digest: digestToken(token).toString('hex'),
        ...more,
      })
      .execute(),
  );
  return { tokenId, token };
}
