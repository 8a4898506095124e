import { type KeyPair, makeKeyPair } from '../../adapters/saml/sp-keys.ts';

/**
 * The keys of one installation's Test IdP, made at its first start [TIDP-02]: the one it signs with, the one it will
 * roll over to, and one it never publishes, for the fault that signs with a stranger's key.
 */
export interface TestIdpKeys {
  readonly current: KeyPair;
  readonly next: KeyPair;
  readonly unpublished: KeyPair;
}

export async function makeTestIdpKeys(now: Date): Promise<TestIdpKeys> {
  const [current, next, unpublished] = await Promise.all([
    makeTestIdpKey(now),
    makeTestIdpKey(now),
    makeTestIdpKey(now, 'Test IdP, not published'),
  ]);
  return { current, next, unpublished };
}

/** A key to sign with; its certificate says since when, so that two can be told apart. */
export function makeTestIdpKey(now: Date, commonName = 'Test IdP signing'): Promise<KeyPair> {
  return makeKeyPair({ commonName, now, validDays: 3 * 365, modulusLength: 2048 });
}
