import { z } from 'zod';
import type { Secrets } from '../../adapters/secrets.ts';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import { makeTestIdpKey, makeTestIdpKeys, type TestIdpKeys } from './keys.ts';
import { putSwitches, readSwitches } from './switches.ts';

/** The installation's keys in `sandbox_state`, sealed, because they sign people in to the sandbox [TIDP-02]. */

const keysKey = 'test_idp_keys';
const sealed = z.object({ sealed: z.string() });
const keyPair = z.object({
  privateKeyPem: z.string(),
  certificatePem: z.string(),
  notAfter: z.iso.datetime().transform((text) => new Date(text)),
});
const opened = z.object({ current: keyPair, next: keyPair, unpublished: keyPair });

interface Hands {
  readonly secrets: Secrets;
  readonly now: Date;
}

/** Made when first asked for. */
export async function ensureKeys(tx: Tx, tenant: Tenant, hands: Hands): Promise<TestIdpKeys> {
  return (await readSealed(tx, tenant, keysKey, opened, hands)) ?? storeKeys(tx, tenant, hands);
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
  await putSwitches(tx, tenant, { rollover: 'one_key' }, hands.now);
  return true;
}

/** A sealed value of `sandbox_state` as this schema reads it; undefined when there is none. */
export async function readSealed<T>(
  tx: Tx,
  tenant: Tenant,
  key: string,
  schema: z.ZodType<T>,
  { secrets }: Pick<Hands, 'secrets'>,
): Promise<T | undefined> {
  const found = sealed.safeParse(await findSandboxState(tx, tenant, key));
  return found.success ? schema.parse(JSON.parse(secrets.open(found.data.sealed, placeOf(key)))) : undefined;
}

/** Keys of sealed values differ between environments, so that each has a place of its own. */
export async function putSealed(
  tx: Tx,
  tenant: Tenant,
  key: string,
  value: unknown,
  { secrets, now }: Hands,
): Promise<void> {
  const text = secrets.seal(JSON.stringify(value), placeOf(key));
  await putSandboxState(tx, tenant, key, { sealed: text }, now);
}

const placeOf = (key: string) => ({
  table: 'sandbox_state',
  column: 'value',
  organizationId: null,
  rowId: key,
});
