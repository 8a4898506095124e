import { createHash, createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  exportJWK,
  importJWK,
  importPKCS8,
  jwtVerify,
  SignJWT,
  type JWK,
} from 'jose';
import type { Secrets } from './secrets.ts';

/** RFC 9068 in spirit, in the shape WorkOS SDKs read: what an app gets for a code. Seconds. */
export const accessTokenLifeS = 600;

/** A row of `token_keys`. */
export interface TokenKey {
  readonly id: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly privateKeySealed: string;
  readonly createdAt: Date;
}

/** What a token says: who signed in, for which client, through what. `id` is its `jti`. */
export interface AccessTokenClaims {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly profileId: string;
  readonly organizationId: string;
  readonly connectionId: string;
}

export interface PeekedToken {
  readonly id: string;
  readonly clientId: string;
  readonly keyId: string;
}

/** A public key as `/sso/jwks/{clientId}` shows it: SDKs expect the certificate beside the modulus. */
export type PublishedKey = JWK & { x5c: string[]; 'x5t#S256': string };

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Signs and verifies access tokens (RS256) with the sealed keys of `token_keys`; opened keys are kept in memory. */
export function createAccessTokens({ secrets }: { secrets: Secrets }) {
  const signers = new Map<string, Promise<CryptoKey>>();
  const verifiers = new Map<string, Promise<CryptoKey | Uint8Array>>();
  const published = new Map<string, Promise<PublishedKey>>();

  function openPem(key: TokenKey): string {
    const at = { table: 'token_keys', column: 'private_key_sealed', organizationId: null, rowId: key.id };
    return secrets.open(key.privateKeySealed, at);
  }

  return {
    async sign(key: TokenKey, claims: AccessTokenClaims, now: Date): Promise<string> {
      const signer = await once(signers, key.id, () => importPKCS8(openPem(key), 'RS256'));
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ org_id: claims.organizationId, connection_id: claims.connectionId })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.id })
        .setJti(claims.id)
        .setIssuer(claims.issuer)
        .setAudience(claims.clientId)
        .setSubject(claims.profileId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenLifeS)
        .sign(signer);
    },

    /** What a token of ours says of itself, unverified: good for finding what to verify it with, and for nothing else. */
    peek(token: string): PeekedToken | undefined {
      try {
        const { jti, aud } = decodeJwt(token);
        return peekedToken(jti, aud, decodeProtectedHeader(token).kid);
      } catch {
        return undefined;
      }
    },

    /** Whether one of the keys signed the token for this client and it has not ended. */
    async verify(
      keys: readonly TokenKey[],
      token: string,
      expected: { readonly issuer: string; readonly clientId: string; readonly now: Date },
    ): Promise<boolean> {
      try {
        const { payload } = await jwtVerify(
          token,
          async ({ kid }) => {
            const key = keys.find(({ id }) => id === kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return once(verifiers, key.id, () => importJWK(key.publicJwk, 'RS256'));
          },
          {
            algorithms: ['RS256'],
            issuer: expected.issuer,
            audience: expected.clientId,
            currentDate: expected.now,
          },
        );
        return payload.exp !== undefined;
      } catch (error) {
        if (error instanceof errors.JOSEError) return false;
        throw error;
      }
    },

    /** The public half, with a self-signed certificate that is the same every time: it is made from the key alone. */
    async publish(key: TokenKey): Promise<PublishedKey> {
      return once(published, key.id, () => publish(createPrivateKey(openPem(key)), key));
    },
  };
}

/** Ids of ours are of these characters; anything else is no token of ours, and none of it is looked up. */
const ourId = /^[\w-]{1,100}$/;

function peekedToken(id: unknown, clientId: unknown, keyId: unknown): PeekedToken | undefined {
  if (typeof id !== 'string' || typeof clientId !== 'string' || typeof keyId !== 'string') return undefined;
  return [id, clientId, keyId].every((part) => ourId.test(part)) ? { id, clientId, keyId } : undefined;
}

async function publish(privateKey: KeyObject, key: TokenKey): Promise<PublishedKey> {
  const certificate = await certify(privateKey, key);
  const jwk = await exportJWK(createPublicKey(privateKey));
  return {
    ...jwk,
    alg: 'RS256',
    use: 'sig',
    kid: key.id,
    x5c: [certificate.toString('base64')],
    'x5t#S256': createHash('sha256').update(certificate).digest('base64url'),
  };
}

/** RSASSA-PKCS1-v1_5 is deterministic, so fixed dates and a serial from the key's id give the same bytes each time. */
async function certify(privateKey: KeyObject, { id, createdAt }: TokenKey): Promise<Buffer> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const importKey = (format: 'pkcs8' | 'spki', der: Uint8Array<ArrayBuffer>, use: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(format, der, algorithm, true, [use]);
  const exported = (from: KeyObject, type: 'pkcs8' | 'spki') =>
    new Uint8Array(from.export({ format: 'der', type }));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // 16 digits of a digest, the first one small: a positive serial of the same length always.
    serialNumber: `1${createHash('sha256').update(id).digest('hex').slice(0, 15)}`,
    name: [{ CN: [id] }],
    notBefore: createdAt,
    notAfter: new Date(createdAt.getTime() + 10 * 365 * 86_400_000),
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await importKey('pkcs8', exported(privateKey, 'pkcs8'), 'sign'),
      publicKey: await importKey('spki', exported(createPublicKey(privateKey), 'spki'), 'verify'),
    },
  });
  return Buffer.from(certificate.rawData);
}

/** Computes once per key; a failure is not remembered. */
function once<Value>(
  known: Map<string, Promise<Value>>,
  id: string,
  compute: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(id);
  if (found) return found;
  const computed = compute();
  known.set(id, computed);
  computed.catch(() => known.delete(id));
  return computed;
}
