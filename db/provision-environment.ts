import type { Tx } from './database.ts';
import { insertApiKey } from './repositories/api-keys.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertEnvironment, insertTokenKey } from './repositories/environments.ts';
import { insertMember } from './repositories/members.ts';
import type { EnvironmentRow } from './tables/environments.ts';

export type NewEnvironmentParts = {
  environment: Pick<
    EnvironmentRow,
    'id' | 'handle' | 'name' | 'kind' | 'clientId' | 'vendorName' | 'productName' | 'supportEmail'
  >;
  tokenKey: { id: string; publicJwk: object; privateKeySealed: string };
  apiKey: { id: string; name: string; digest: string; suffix: string };
  /** The first member, an admin: the last one can never leave. */
  admin: { id: string; email: string };
  auditId: string;
  now: Date;
};

/** Makes an environment with what it cannot do without. Needs `withSystem`. Throws `conflict` for a used handle. */
export async function provisionEnvironment(tx: Tx, parts: NewEnvironmentParts): Promise<EnvironmentRow> {
  const { environment, now } = parts;
  const row = await insertEnvironment(tx, {
    ...environment,
    supportHours: null,
    intro: null,
    defaultReturnUrl: null,
    defaultSuccessUrl: null,
    createdAt: now,
  });
  await insertTokenKey(tx, { ...parts.tokenKey, environmentId: row.id, createdAt: now });
  await insertApiKey(tx, { ...parts.apiKey, environmentId: row.id, createdAt: now, expiresAt: null });
  await insertMember(tx, {
    ...parts.admin,
    environmentId: row.id,
    name: null,
    role: 'admin',
    createdAt: now,
  });
  await insertAudit(tx, {
    id: parts.auditId,
    environmentId: row.id,
    organizationId: null,
    actor: { type: 'operator' },
    action: 'environment.created',
    target: { type: 'environment', id: row.id },
    after: { handle: row.handle, kind: row.kind },
    personal: { admin: parts.admin.email },
    at: now,
  });
  return row;
}
