import { directorySecretAt } from '../adapters/client-secrets.ts';
import type { DirectoryRow } from '../db/index.ts';
import { sftpSecretOf, type SftpSecret } from '../onboarding/directory-sources.ts';
import type { ApiDeps } from './deps.ts';
import { keptSecretOf } from './directory-access.ts';

/**
 * A key of ours for a server of the customer's, sealed before it is written: what changes on the directory. The first one
 * is made once; `isNext` makes one beside it, which takes its place when the server has let us in with it. Undefined where
 * that key was made before, because its public half may lie on their server already.
 */
export async function makeOurKey(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  directory: DirectoryRow,
  { isNext }: { isNext: boolean },
): Promise<Pick<DirectoryRow, 'settings' | 'credentialsSealed'> | undefined> {
  const kept = sftpSecretOf(keptSecretOf({ secrets }, directory));
  const isBesideOne = isNext && kept.privateKey !== null;
  if ((isBesideOne ? kept.nextPrivateKey : kept.privateKey) !== null) return undefined;
  // Loaded for it alone, as for the key of our own server.
  const { makeSshKeyPair } = await import('../adapters/sftp/key-pairs.ts');
  const pair = makeSshKeyPair();
  const secret: SftpSecret = { ...kept, [isBesideOne ? 'nextPrivateKey' : 'privateKey']: pair.private };
  return {
    settings: { ...directory.settings, [isBesideOne ? 'nextPublicKey' : 'publicKey']: pair.public },
    credentialsSealed: secrets.seal(JSON.stringify(secret), directorySecretAt(directory)),
  };
}
