import { randomBytes } from 'node:crypto';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';

export interface NewAudit {
  id: string;
  environmentId: string;
  organizationId: string | null;
  actor: { type: string; id?: string | null; sessionId?: string | null };
  /** Verb and noun, as `organization.deleted`. */
  action: string;
  target?: { type: string; id: string } | null;
  /** What changed, without secrets [SEC-04] and without personal data, which belongs to `personal`. */
  before?: object | null;
  after?: object | null;
  /** Names and addresses: they can be erased later without breaking the chain [AUD-04]. */
  personal?: Readonly<Record<string, string>>;
  request?: { id?: string | null; sourceAddress?: string | null; userAgent?: string | null };
  at: Date;
}

/** Records who did what, in the transaction of the change [AUD-01]. */
export async function insertAudit(tx: Tx, audit: NewAudit): Promise<void> {
  const { actor, target, before, after, personal = {}, request } = audit;
  await tx
    .insertInto('auditEvents')
    .values({
      id: audit.id,
      environmentId: audit.environmentId,
      organizationId: audit.organizationId,
      at: audit.at,
      actorType: actor.type,
      actorId: actor.id ?? null,
      sessionId: actor.sessionId ?? null,
      action: audit.action,
      targetType: target?.type ?? null,
      targetId: target?.id ?? null,
      before: before ? toJson(before) : null,
      after: after ? toJson(after) : null,
      personal: toJson(personal),
      personalSalt: randomBytes(16).toString('hex'),
      sourceAddress: request?.sourceAddress ?? null,
      userAgent: request?.userAgent ?? null,
      requestId: request?.id ?? null,
    })
    .execute();
}
