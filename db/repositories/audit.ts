import { randomBytes } from 'node:crypto';
import type { AuditAction } from '../../onboarding/audit-actions.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { toJson } from '../tables/columns.ts';

export interface NewAudit {
  id: string;
  environmentId: string;
  organizationId: string | null;
  actor: { type: string; id?: string | null; sessionId?: string | null };
  /** Verb and noun, as `organization.deleted`. */
  action: AuditAction;
  target?: { type: string; id: string } | null;
  /** What changed, without secrets [SEC-04] and without personal data, which belongs to `personal`. */
  before?: object | null;
  after?: object | null;
  /** Names and addresses: they can be erased later without breaking the chain [AUD-04]. */
  personal?: Readonly<Record<string, string>>;
  request?: { id?: string | null; sourceAddress?: string | null; userAgent?: string | null };
  at: Date;
}

/** An audit row as values of a fixed statement that names `auditColumns` and takes `auditParameters`. */
export function auditValues({ actor, target, before, after, personal = {}, request, ...audit }: NewAudit) {
  return {
    auditId: audit.id,
    auditEnvironmentId: audit.environmentId,
    auditOrganizationId: audit.organizationId,
    auditAt: audit.at,
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
  };
}

export const auditColumns = `id, environment_id, organization_id, at, actor_type, actor_id, session_id, action,
  target_type, target_id, before, after, personal, personal_salt, source_address, user_agent, request_id,
  occurred_at`;
export const auditParameters = `:auditId, :auditEnvironmentId, :auditOrganizationId, :auditAt, :actorType, :actorId,
  :sessionId, :action, :targetType, :targetId, :before, :after, :personal, :personalSalt, :sourceAddress, :userAgent,
  :requestId, :auditAt`;

const insertRow = fixedStatement(`insert into audit_events (${auditColumns}) values (${auditParameters})`);

/** Records who did what, in the transaction of the change [AUD-01]. */
export async function insertAudit(tx: Tx, audit: NewAudit): Promise<void> {
  await insertRow(tx, auditValues(audit));
}
