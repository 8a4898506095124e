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
  const make = (commonName: string) =>
    makeKeyPair({ commonName, now, validDays: 3 * 365, modulusLength: 2048 });
  const [current, next, unpublished] = await Promise.all([
    make('Test IdP signing'),
    make('Test IdP signing, next'),
    make('Test IdP, not published'),
  ]);
  return { current, next, unpublished };
}
