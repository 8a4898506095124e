import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';

const types = {
  keyword: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  datetime: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  bool: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
} as const;

/** Names of search attributes and what they hold. Names are permanent: a column may be given to another one later. */
export type SearchAttributes = Readonly<Record<string, keyof typeof types>>;

/**
 * Brings retention and search attributes of an existing namespace to what we need. Running it again changes nothing.
 */
export async function ensureNamespace(
  connection: Connection,
  o: { namespace: string; retentionDays: number; searchAttributes: SearchAttributes },
): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace: o.namespace,
    config: { workflowExecutionRetentionTtl: msToTs(o.retentionDays * 86_400_000) },
  });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: o.namespace,
  });
  const missing = Object.entries(o.searchAttributes).filter(
    ([name]) => customAttributes?.[name] === undefined,
  );
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace: o.namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, types[type]])),
  });
}
