import { directorySecretAt, formerDirectorySecretAt, moveSecret } from '../adapters/client-secrets.ts';
import { newId } from '../adapters/ids.ts';
import {
  insertCommand,
  prepareDirectorySwitch,
  type DirectoryRow,
  type DirectorySource,
  type MoveCredentials,
  type Tx,
} from '../db/index.ts';
import { isRead } from '../onboarding/providers/directory/provider.ts';
import { directoryRow } from '../onboarding/workflow-names.ts';
import { doerOf, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { newDirectoryNames } from './directories.ts';

/** What puts another source, or the same one anew, in place of a directory's, for the portal and the vendor alike. */
export interface DirectoryChange {
  deps: Pick<ApiDeps, 'secrets' | 'urls'>;
  tx: Tx;
  tenant: { environmentId: string; organizationId: string };
  by: Acting;
}

/**
 * Has the source set up from the beginning. Of a directory that people come from, nobody is changed until a person
 * confirms it, and what it was set up with is kept for 30 days. Throws `directory_switch_open`.
 */
export async function setUpDirectoryAnew(
  change: DirectoryChange,
  before: DirectoryRow,
  wanted: { source: Omit<DirectorySource, 'sftpUserName'>; reason: 'switched' | 'reset' },
): Promise<DirectoryRow> {
  const { deps, tx, tenant } = change;
  const { sftpUserName } = newDirectoryNames(deps.urls, wanted.source.road);
  // The account for files keeps its name, as the address keeps its own.
  const source = { ...wanted.source, sftpUserName: before.sftpUserName ?? sftpUserName };
  const after = await prepareDirectorySwitch(tx, tenant, before.id, { ...wanted, source }, moving(change));
  await tellReading(change, before, after);
  return after;
}

/** What reads the directory looks again at how it is set up, or ends where the client calls us from now on. */
export async function tellReading(
  { tx, tenant, by }: Pick<DirectoryChange, 'tx' | 'tenant' | 'by'>,
  before: DirectoryRow,
  after: DirectoryRow,
): Promise<void> {
  if (!isRead(before) && !isRead(after)) return;
  const whose = { key: newId('cmd_'), ...tenant, directoryId: after.id };
  const message = isRead(after) ? 'directoryChanged' : 'stopDirectory';
  await insertCommand(tx, directoryRow(whose, message, by.request.now));
}

/** Who moves a directory's credentials to a row of their own, or back. */
export function moving({ deps: { secrets }, by }: Pick<DirectoryChange, 'deps' | 'by'>) {
  const credentials: MoveCredentials = {
    toFormer: (directory, formerId) =>
      moveSecret(
        secrets,
        directory.credentialsSealed,
        directorySecretAt(directory),
        formerDirectorySecretAt({ ...directory, id: formerId }),
      ),
    toDirectory: (former) =>
      moveSecret(
        secrets,
        former.credentialsSealed,
        formerDirectorySecretAt(former),
        directorySecretAt({ ...former, id: former.directoryId }),
      ),
  };
  return { ...doerOf(by), credentials };
}
