import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { apiKeyParts, mintApiKey } from '../adapters/api-keys.ts';
import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { makeTokenKey } from '../adapters/token-keys.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import { withSystem, type Db, type Tx } from '../db/index.ts';
import { provisionEnvironment } from '../db/index.ts';
import { insertApiKey, listApiKeys } from '../db/index.ts';
import { listEnvironments } from '../db/index.ts';
import { listMembers } from '../db/index.ts';
import { insertRedirectUri, listAllRedirectUris } from '../db/index.ts';
import { insertStaffSignIn } from '../db/index.ts';
import type { EnvironmentRow } from '../db/index.ts';

const sandboxHandle = 'sandbox';
const signInLinkMs = 15 * 60_000;

export type SeedOptions = {
  /** As `vestibule_system`. */
  db: Db;
  secrets: Secrets;
  now: () => Date;
  /** The folder of `sandbox.json`, readable by its owner only. */
  dataDir: string;
  /** Preset by `SANDBOX_API_KEY` and `SANDBOX_CLIENT_ID`; made and kept otherwise. */
  apiKey: string | undefined;
  clientId: string | undefined;
  /** Where the example app takes codes. */
  redirectUri: string;
};

export type SeededSandbox = {
  environment: EnvironmentRow;
  apiKey: string;
  /** Token of a staff sign-in link: good once, for 15 minutes, a new one at each start. */
  signInToken: string;
};

/**
 * Brings the sandbox of the embedded default: an environment with a key that scripts can find, an admin, and the
 * example app's redirect URI. Finds what an earlier start has made; running it again adds only a new sign-in link.
 */
export async function seedSandbox(options: SeedOptions): Promise<SeededSandbox> {
  const { db, now } = options;
  const file = path.join(options.dataDir, 'sandbox.json');
  const kept = await readKept(file);
  const apiKey = options.apiKey ?? kept?.apiKey ?? mintApiKey('sandbox');
  const environments = await withSystem(db, (tx) => listEnvironments(tx));
  const found = environments.find(({ handle }) => handle === sandboxHandle);
  const environment = found ?? (await makeSandbox(options, apiKey, options.clientId ?? kept?.clientId));
  const signInToken = mintToken('vb_signin_');
  await withSystem(db, async (tx) => {
    await ensureApiKey(tx, environment.id, apiKey, now());
    await ensureRedirectUri(tx, environment.id, options.redirectUri, now());
    const [admin] = await listMembers(tx, { environmentId: environment.id });
    if (admin === undefined) throw new Error('the sandbox has no member left; remove DATA_DIR to start anew');
    await insertStaffSignIn(tx, {
      id: newId('signin_'),
      environmentId: environment.id,
      memberId: admin.id,
      kind: 'link',
      digest: digestToken(signInToken).toString('hex'),
      createdAt: now(),
      expiresAt: new Date(now().getTime() + signInLinkMs),
    });
  });
  await writeFile(file, `${JSON.stringify({ apiKey, clientId: environment.clientId }, null, 2)}\n`, {
    mode: 0o600,
  });
  return { environment, apiKey, signInToken };
}

async function makeSandbox(
  options: SeedOptions,
  apiKey: string,
  clientId: string | undefined,
): Promise<EnvironmentRow> {
  const environmentId = newId('env_');
  const tokenKey = await makeTokenKey(options.secrets);
  return withSystem(options.db, (tx) =>
    provisionEnvironment(tx, {
      environment: {
        id: environmentId,
        handle: sandboxHandle,
        name: 'Sandbox',
        kind: 'sandbox',
        clientId: clientId ?? newId('client_'),
        vendorName: 'Example Vendor',
        productName: 'Example App',
        supportEmail: 'help@vendor.test',
      },
      tokenKey,
      apiKey: { id: newId('api_key_'), name: 'Sandbox key', ...apiKeyParts(apiKey) },
      admin: { id: newId('member_'), email: 'admin@vendor.test' },
      auditId: newId('audit_'),
      now: options.now(),
    }),
  );
}

/** A key that was preset, or whose file outlived the database, becomes valid beside the others. */
async function ensureApiKey(tx: Tx, environmentId: string, apiKey: string, now: Date): Promise<void> {
  const { digest, suffix } = apiKeyParts(apiKey);
  const known = await listApiKeys(tx, { environmentId });
  if (known.some((key) => key.digest === digest)) return;
  await insertApiKey(tx, {
    id: newId('api_key_'),
    environmentId,
    name: 'Sandbox key',
    digest,
    suffix,
    createdAt: now,
    expiresAt: null,
  });
}

async function ensureRedirectUri(tx: Tx, environmentId: string, uri: string, now: Date): Promise<void> {
  const known = await listAllRedirectUris(tx, { environmentId });
  if (known.some((row) => row.uri === uri)) return;
  await insertRedirectUri(tx, { id: newId('redir_'), environmentId, uri, createdAt: now, updatedAt: now });
}

async function readKept(file: string): Promise<{ apiKey?: string; clientId?: string } | undefined> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof kept === 'object' && kept !== null ? kept : undefined;
  } catch {
    return undefined;
  }
}
