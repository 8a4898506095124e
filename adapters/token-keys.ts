import { exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';

/** A key pair that signs the access tokens of one environment: RS256, 2048 bits, as WorkOS SDKs expect. */
export type TokenKeyPair = {
  /** Public half for `/sso/jwks/{clientId}`; `kid` is the row's id. */
  publicJwk: JWK;
  /** PKCS #8 PEM; seal it before it is stored. */
  privateKeyPem: string;
};

/** Makes a pair; takes some tens of milliseconds. */
export async function makeTokenKeyPair(keyId: string): Promise<TokenKeyPair> {
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
