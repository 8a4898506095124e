import type { Tx } from './database.ts';
import { insertApiKey } from './repositories/api-keys.ts';
import { insertAudit, type NewAudit } from './repositories/audit.ts';
import { insertEnvironment, insertTokenKey } from './repositories/environments.ts';
import { insertMember } from './repositories/members.ts';
import type { EnvironmentRow } from './tables/environments.ts';

export type NewEnvironmentParts = {
  environment: Pick<
    EnvironmentRow,
    'id' | 'handle' | 'name' | 'kind' | 'clientId' | 'vendorName' | 'productName' | 'supportEmail'
  > &
    Partial<Pick<EnvironmentRow, 'supportHours' | 'intro' | 'domainLabel'>>;
  tokenKey: { id: string; publicJwk: object; privateKeySealed: string };
  apiKey: { id: string; name: string; digest: string; suffix: string };
  /** The first member, an admin, whom the last one's rule keeps; an operator may name one later. */
  admin: { id: string; email: string } | null;
  actor?: NewAudit['actor'];
  auditId: string;
  now: Date;
};

/**
 * Makes an environment with what it cannot do without: in a transaction of its own tenant, or `withSystem`. Throws
 * `handle_taken`.
 */
export async function provisionEnvironment(tx: Tx, parts: NewEnvironmentParts): Promise<EnvironmentRow> {
  const { environment, now } = parts;
  const row = await insertEnvironment(tx, {
    supportHours: null,
    intro: null,
    ...environment,
    defaultReturnUrl: null,
    defaultSuccessUrl: null,
    createdAt: now,
  });
  await insertTokenKey(tx, { ...parts.tokenKey, environmentId: row.id, createdAt: now });
  await insertApiKey(tx, { ...parts.apiKey, environmentId: row.id, createdAt: now, expiresAt: null });
  if (parts.admin !== null) {
    const member = { ...parts.admin, environmentId: row.id, name: null };
    await insertMember(tx, { ...member, role: 'admin', createdAt: now });
  }
  await insertAudit(tx, {
    id: parts.auditId,
    environmentId: row.id,
    organizationId: null,
    actor: parts.actor ?? { type: 'operator' },
    action: 'environment.created',
    target: { type: 'environment', id: row.id },
    after: { handle: row.handle, kind: row.kind },
    personal: parts.admin === null ? {} : { admin: parts.admin.email },
    at: now,
  });
  return row;
}
