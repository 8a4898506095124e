/**
 * What a sign-in request keeps from the browser and from whoever reads the database [OIDC-02]: nonce and PKCE verifier
 * are derived from the state under a key of the operator's, and the row holds only a code of the state made with the
 * same key. A dump gives nothing to answer a request with. The issuer is derived in as well: settings that have changed
 * to another provider meanwhile give another verifier, so the old provider's code is worth nothing at the new one.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Secrets } from '../secrets.ts';
import { mintToken } from '../tokens.ts';

export interface PendingRequest {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 §4.1: 43 characters, 256 bits. */
  readonly verifier: string;
  readonly challenge: string;
}

/** A state by what stands for it in a row, and the key that it was made with. */
export interface NamedRequest {
  readonly requestId: string;
  readonly keyId: string;
}

export function newPendingRequest(secrets: Secrets, issuer: string): PendingRequest & NamedRequest {
  const state = mintToken('vb_state_');
  const keyId = secrets.writingKeyId;
  const requestId = codeOf(secrets, keyId, ['request', state]);
  return { requestId, keyId, ...pendingRequestOf(secrets, keyId, state, issuer) };
}

/** What may stand for a state that came back, under each key that may have made it, the likeliest first. */
export function requestsNamedBy(secrets: Secrets, state: string): readonly NamedRequest[] {
  return secrets.keyIds.map((keyId) => ({ keyId, requestId: codeOf(secrets, keyId, ['request', state]) }));
}

export function pendingRequestOf(
  secrets: Secrets,
  keyId: string,
  state: string,
  issuer: string,
): PendingRequest {
  const verifier = codeOf(secrets, keyId, ['verifier', state, issuer]);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { state, nonce: codeOf(secrets, keyId, ['nonce', state, issuer]), verifier, challenge };
}

function codeOf(secrets: Secrets, keyId: string, parts: readonly string[]): string {
  const key = secrets.derive('sign-in-request', keyId);
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}
