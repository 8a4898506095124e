import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { IdempotentRequest, StoredAnswer } from './idempotency-keys.ts';

/**
 * Replaces the answer of a finished request by the one its work after the commit led to: a command that was queued when
 * the transaction ended, and applied a moment later.
 */
export async function replaceStoredAnswer(
  tx: Tx,
  { environmentId, scope, key, bodyHash }: IdempotentRequest,
  answer: StoredAnswer,
): Promise<void> {
  await tx
    .updateTable('idempotencyKeys')
    .set({
      status: answer.status,
      headers: toJson(answer.headers),
      body: answer.body,
      bodySealed: answer.isSealed,
    })
    .where('environmentId', '=', environmentId)
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('bodyHash', '=', bodyHash)
    .where('state', '=', 'done')
    .execute();
}
