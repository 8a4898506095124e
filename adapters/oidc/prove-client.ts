import { importPKCS8 } from 'jose';
import {
  ClientSecretBasic,
  ClientSecretPost,
  modifyAssertion,
  PrivateKeyJwt,
  type ClientAuth,
} from 'openid-client';
import type { ClientProof } from './verdict.ts';

/** How we prove ourselves at the token endpoint (Core §9), as the connection says [OIDC-08]. */
export async function proofOf(proof: ClientProof): Promise<ClientAuth> {
  switch (proof.method) {
    case 'client_secret_basic':
      return ClientSecretBasic(proof.secret);
    case 'client_secret_post':
      return ClientSecretPost(proof.secret);
    case 'private_key_jwt': {
      const { audience } = proof;
      const key = { key: await importPKCS8(proof.privateKeyPem, 'RS256'), kid: proof.keyId };
      return PrivateKeyJwt(key, {
        [modifyAssertion](_header, claims) {
          if (audience !== undefined) claims['aud'] = audience;
        },
      });
    }
  }
}
