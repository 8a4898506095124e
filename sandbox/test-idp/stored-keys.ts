import { z } from 'zod';
import { withTenant, type Tenant, type Tx } from '../../db/index.ts';
import type { TestIdpDeps } from './deps.ts';
import { makeTestIdpKey, makeTestIdpKeys, type TestIdpKeys } from './keys.ts';
import { retireOidcKey } from './oidc/keys.ts';
import { putSealed, readSealed, type Hands } from './sealed-state.ts';
import { putSwitches, readSwitches } from './switches.ts';

/** The installation's keys in `sandbox_state`, sealed, because they sign people in to the sandbox [TIDP-02]. */

const keysKey = 'test_idp_keys';
const keyPair = z.object({
  privateKeyPem: z.string(),
  certificatePem: z.string(),
  notAfter: z.iso.datetime().transform((text) => new Date(text)),
});
const opened = z.object({ current: keyPair, next: keyPair, unpublished: keyPair });

/** Made when first asked for. */
export async function ensureKeys(tx: Tx, tenant: Tenant, hands: Hands): Promise<TestIdpKeys> {
  return (await readSealed(tx, tenant, keysKey, opened, hands)) ?? storeKeys(tx, tenant, hands);
}

export type ReadKeys = () => Promise<TestIdpKeys>;

/** One pair of hands makes the keys, however many ask at the first start; later they are read, since they roll over. */
export function createKeyReader({ db, secrets, now, environmentId }: TestIdpDeps): ReadKeys {
  const home = { environmentId };
  const read = () => withTenant(db, home, (tx) => ensureKeys(tx, home, { secrets, now: now() }));
  let making: Promise<TestIdpKeys> | undefined;
  return async () => {
    if (making !== undefined) return making.then(read);
    making = read();
    making.catch(() => (making = undefined));
    return making;
  };
}

async function storeKeys(tx: Tx, tenant: Tenant, hands: Hands): Promise<TestIdpKeys> {
  const made = await makeTestIdpKeys(hands.now);
  await putSealed(tx, tenant, keysKey, made, hands);
  return made;
}

/**
 * Ends a rollover: the next key takes the place of the current one, which nobody will see again. False when the next
 * one does not sign yet: whoever trusts the current one only would be cut off.
 */
export async function retireCurrentKey(tx: Tx, tenant: Tenant, hands: Hands): Promise<boolean> {
  if ((await readSwitches(tx, tenant)).rollover !== 'next_signs') return false;
  const { next, unpublished } = await ensureKeys(tx, tenant, hands);
  const after: TestIdpKeys = { current: next, next: await makeTestIdpKey(hands.now), unpublished };
  await putSealed(tx, tenant, keysKey, after, hands);
  await retireOidcKey(tx, tenant, hands);
  await putSwitches(tx, tenant, { rollover: 'one_key' }, hands.now);
  return true;
}
