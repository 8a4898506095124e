import { randomBytes } from 'node:crypto';
import { newId } from '../adapters/ids.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import {
  insertAudit,
  insertCommand,
  insertDirectory,
  listDirectoriesOf,
  type DirectoryRow,
  type IssuedToken,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { directoryGuides } from '../onboarding/providers/directory/index.ts';
import { directoryRow } from '../onboarding/workflow-names.ts';
import { audited, type Acting } from './acting.ts';
import type { ApiUrls } from './deps.ts';

/**
 * What a new directory is known by outside: its id, the key of its address and the name it sends files with. Okta refuses
 * an underscore anywhere in a base URL, so the key is no id of ours. All of it is stored and never changes.
 */
export function newDirectoryNames(urls: Pick<ApiUrls, 'api'>, road: DirectoryRow['road']) {
  const externalKey = randomBytes(12).toString('hex');
  return {
    id: newId('directory_'),
    externalKey,
    scimBaseUrl: `${urls.api}/scim/v2/${externalKey}`,
    sftpUserName: road === 'sftp' ? `dir-${externalKey.slice(0, 12)}` : null,
  };
}

/** The one that the journey is about: that people come from, else the newest that is on its way. */
export async function findJourneysDirectory(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
): Promise<DirectoryRow | undefined> {
  const all = await listDirectoriesOf(tx, tenant, tenant.organizationId);
  return all.findLast(({ linkedAt }) => linkedAt !== null) ?? all.at(-1);
}

type Named = Pick<DirectoryRow, 'environmentId' | 'organizationId' | 'name' | 'type' | 'road'>;

/** A directory that nobody has come from yet, with its audit row. */
export async function makeDirectory(
  tx: Tx,
  urls: Pick<ApiUrls, 'api'>,
  named: Named,
  by: Acting,
): Promise<DirectoryRow> {
  const { type, road } = named;
  const row = await insertDirectory(tx, {
    ...newDirectoryNames(urls, road),
    ...named,
    state: 'validating',
    createdAt: by.request.now,
    providerId: directoryGuides.find((guide) => guide.type === type)?.id ?? null,
  });
  const target = { type: 'directory', id: row.id };
  await insertAudit(tx, audited(by, named, { action: 'directory.created', target, after: { type, road } }));
  return row;
}

/** A bearer token for a directory, to be shown once, and what is kept of it. */
export function mintDirectoryToken(expiresAt: Date | null = null): { token: string; kept: IssuedToken } {
  const token = mintToken('vb_scim_');
  const digest = digestToken(token).toString('hex');
  return { token, kept: { digest, suffix: token.slice(-4), expiresAt } };
}

/** Has a directory read now. Throws `directory_not_read` for one whose client calls us. */
export async function askForReading(tx: Tx, row: DirectoryRow, by: Acting): Promise<void> {
  if (row.road === 'scim') throw new OnboardingError('directory_not_read');
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  const asked = { key: newId('cmd_'), ...whose, directoryId: row.id };
  await insertCommand(tx, directoryRow(asked, 'readDirectory', by.request.now));
  const target = { type: 'directory', id: row.id };
  await insertAudit(tx, audited(by, whose, { action: 'directory.reading_asked', target }));
}
