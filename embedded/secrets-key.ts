import { randomBytes } from 'node:crypto';
import { access, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The key file of the embedded default, made at the first start: `k1:` and 32 random bytes, readable by its owner only.
 * Production is given its keys and never makes one, because a key that appears by itself also disappears by itself.
 *
 * @param folder a data folder the caller has claimed
 * @returns the path, for `SECRETS_KEY_FILE`
 */
export async function ensureSecretsKeyFile(folder: string): Promise<string> {
  const file = path.join(folder, 'secrets-key');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // Renamed into place: half a key would lock everything stored under it away.
    await writeFile(`${file}.new`, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return file;
}
