import { z } from 'zod';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import { readSealed, putSealed, type Hands } from '../test-idp/sealed-state.ts';
import { nothingSent, sent, type Sent } from './sent.ts';
import { firstSource, source, type Source } from './source.ts';

/** The test directory in `sandbox_state`. Edits write the source, conversations what has arrived: never both. */

const sourceKey = 'test_directory';
const sentKey = 'test_directory_sent';
const tokenKey = 'test_directory_token';

export async function readSource(tx: Tx, tenant: Tenant): Promise<Source> {
  const stored = source.safeParse(await findSandboxState(tx, tenant, sourceKey));
  return stored.success ? stored.data : firstSource();
}

export const putSource = (tx: Tx, tenant: Tenant, changed: Source, now: Date): Promise<void> =>
  putSandboxState(tx, tenant, sourceKey, changed, now);

export async function readSent(tx: Tx, tenant: Tenant): Promise<Sent> {
  const stored = sent.safeParse(await findSandboxState(tx, tenant, sentKey));
  return stored.success ? stored.data : nothingSent();
}

export const putSent = (tx: Tx, tenant: Tenant, changed: Sent, now: Date): Promise<void> =>
  putSandboxState(tx, tenant, sentKey, changed, now);

export const readToken = (tx: Tx, tenant: Tenant, hands: Pick<Hands, 'secrets'>) =>
  readSealed(tx, tenant, tokenKey, z.string().nullable(), hands);

export const putToken = (tx: Tx, tenant: Tenant, token: string | null, hands: Hands): Promise<void> =>
  putSealed(tx, tenant, tokenKey, token, hands);
