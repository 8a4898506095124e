import { findAuditSchema, withTenant, type Db } from '../db/index.ts';
import type { AuditSchemaDefinition } from '../onboarding/audit-schemas.ts';

/**
 * Schemas of audit events, remembered: a version never changes, and which one is the newest is asked for again every two
 * seconds, because every event needs it and it hardly ever changes.
 */
export interface AuditSchemas {
  /** Without a version, the newest; undefined when there is none. */
  find(environmentId: string, action: string, version: number | null): Promise<VersionedSchema | undefined>;
  /** Who has just added one sees it at once; other processes do within the two seconds. */
  forget(environmentId: string, action: string): void;
}

export interface VersionedSchema {
  version: number;
  definition: AuditSchemaDefinition;
}

const rememberMs = 2_000;
const rememberedAtMost = 10_000;

export function createAuditSchemas({ db, now }: { db: Db; now: () => Date }): AuditSchemas {
  const known = new Map<string, { schema: VersionedSchema; until: number }>();
  const keyOf = (environmentId: string, action: string, version: number | null) =>
    `${environmentId} ${action} ${version ?? ''}`;
  return {
    async find(environmentId, action, version) {
      const key = keyOf(environmentId, action, version);
      const nowMs = now().getTime();
      const found = known.get(key);
      if (found !== undefined && found.until > nowMs) return found.schema;
      const schema = await withTenant(db, { environmentId }, (tx) =>
        findAuditSchema(tx, environmentId, action, version),
      );
      if (schema === undefined) return undefined;
      const [oldest] = known.keys();
      if (known.size >= rememberedAtMost && oldest !== undefined) known.delete(oldest);
      known.set(key, { schema, until: version === null ? nowMs + rememberMs : Number.POSITIVE_INFINITY });
      return schema;
    },
    forget: (environmentId, action) => void known.delete(keyOf(environmentId, action, null)),
  };
}
