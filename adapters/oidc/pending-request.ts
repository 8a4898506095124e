/**
 * What a sign-in request keeps from the browser and from whoever reads the database [OIDC-02]: nonce and PKCE verifier
 * are derived from the state under a key of the operator's, and the row holds only a code of the state made with the
 * same key. A dump gives nothing to answer a request with.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Secrets } from '../secrets.ts';
import { mintToken } from '../tokens.ts';

export interface PendingRequest {
  /** What stands in the row; found again by the state alone. */
  readonly requestId: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 §4.1: 43 characters, 256 bits. */
  readonly verifier: string;
  readonly challenge: string;
}

export function newPendingRequest(secrets: Secrets): PendingRequest {
  return derive(secrets, secrets.writingKeyId, mintToken('vb_state_'));
}

/** The request of a state that came back, under each key that may have made it, the likeliest first. */
export function pendingRequestsOf(secrets: Secrets, state: string): readonly PendingRequest[] {
  return secrets.keyIds.map((keyId) => derive(secrets, keyId, state));
}

function derive(secrets: Secrets, keyId: string, state: string): PendingRequest {
  const key = secrets.derive('sign-in-request', keyId);
  const part = (name: string) => createHmac('sha256', key).update(`${name} ${state}`).digest('base64url');
  const verifier = part('verifier');
  return {
    requestId: part('request'),
    state,
    nonce: part('nonce'),
    verifier,
    challenge: createHash('sha256').update(verifier).digest('base64url'),
  };
}
