import { z } from 'zod';
import type { Secrets } from '../../adapters/secrets.ts';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';

/** Values of `sandbox_state` that are sealed: keys and client secrets of the Test IdP. */

const sealed = z.object({ sealed: z.string() });

export interface Hands {
  readonly secrets: Secrets;
  readonly now: Date;
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
