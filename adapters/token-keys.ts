import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';
import { newId } from './ids.ts';
import type { SealedAt, Secrets } from './secrets.ts';

/** A key pair that signs the access tokens of one environment: RS256, 2048 bits, as WorkOS SDKs expect. */
export type TokenKey = {
  id: string;
  /** Public half for `/sso/jwks/{clientId}`; its `kid` is the id. */
  publicJwk: JWK;
  /** PKCS #8 PEM, sealed for its row. */
  privateKeySealed: string;
};

/** Makes a pair and seals its private half; takes some tens of milliseconds. */
export async function makeTokenKey(secrets: Secrets): Promise<TokenKey> {
  const id = newId('key_');
  const { publicJwk, privateKeyPem } = await makeTokenKeyPair(id);
  return { id, publicJwk, privateKeySealed: secrets.seal(privateKeyPem, tokenKeySealedAt(id)) };
}

/** The pair by itself: public JWK with its `kid`, private half as PKCS #8 PEM. */
export async function makeTokenKeyPair(keyId: string): Promise<{ publicJwk: JWK; privateKeyPem: string }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', {
    modulusLength: 2048,
    extractable: true,
  });
  const jwk = await exportJWK(publicKey);
  return {
    publicJwk: { ...jwk, alg: 'RS256', use: 'sig', kid: keyId },
    privateKeyPem: await exportPKCS8(privateKey),
  };
}

/** Where the private half is sealed. */
function tokenKeySealedAt(keyId: string): SealedAt {
  return { table: 'token_keys', column: 'private_key_sealed', organizationId: null, rowId: keyId };
}
