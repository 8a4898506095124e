import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  type JsonWebKey,
} from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Tenant, Tx } from '../../../db/index.ts';
import { putSealed, readSealed, type Hands } from '../sealed-state.ts';

/**
 * The keys of the Test IdP's OpenID provider, apart from those of SAML: the one it signs with, the one it rolls over
 * to, one it never publishes, and the one that keeps its cookies honest. Made at the first start [TIDP-02].
 */
export interface OidcKeys {
  readonly current: SigningKey;
  readonly next: SigningKey;
  readonly unpublished: SigningKey;
  readonly cookieSecret: string;
}

export interface SigningKey {
  readonly kid: string;
  readonly privateKeyPem: string;
}

const keysKey = 'test_idp_oidc_keys';
const signingKey = z.object({ kid: z.string(), privateKeyPem: z.string() });
const stored = z.object({
  current: signingKey,
  next: signingKey,
  unpublished: signingKey,
  cookieSecret: z.string(),
});

/** Made when first asked for. */
export async function ensureOidcKeys(tx: Tx, tenant: Tenant, hands: Hands): Promise<OidcKeys> {
  const found = await readSealed(tx, tenant, keysKey, stored, hands);
  if (found) return found;
  const [current, next, unpublished] = await Promise.all([makeKey(), makeKey(), makeKey()]);
  const made = { current, next, unpublished, cookieSecret: randomBytes(32).toString('base64url') };
  await putSealed(tx, tenant, keysKey, made, hands);
  return made;
}

/** The end of a rollover. Does nothing before the keys were made. */
export async function retireOidcKey(tx: Tx, tenant: Tenant, hands: Hands): Promise<void> {
  const found = await readSealed(tx, tenant, keysKey, stored, hands);
  if (found === undefined) return;
  await putSealed(tx, tenant, keysKey, { ...found, current: found.next, next: await makeKey() }, hands);
}

const generate = promisify(generateKeyPair);

async function makeKey(): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return {
    kid: randomBytes(8).toString('hex'),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** As the key set publishes it. */
export function publicJwk({ kid, privateKeyPem }: SigningKey): JsonWebKey {
  const jwk = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: 'jwk' });
  return { ...jwk, kid, alg: 'RS256', use: 'sig' };
}
