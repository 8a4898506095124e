/** Which notices of things that end went out, and the things themselves as their watches read them. */
import { sql } from 'kysely';
import type { AgeingKind } from '../../onboarding/ageing.ts';
import type { Tx } from '../database.ts';
import type { AgeingNoticeRow } from '../tables/ageing-notices.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** Takes the right to tell of a threshold: false when it was told before [REL-19]. */
export async function takeAgeingNotice(tx: Tx, notice: AgeingNoticeRow): Promise<boolean> {
  const taken = await tx
    .insertInto('ageingNotices')
    .values(notice)
    .onConflict((conflict) => conflict.doNothing())
    .returning('toldAt')
    .executeTakeFirst();
  return taken !== undefined;
}

/** What ends, of a connection that serves people. */
export interface AgeingThing {
  connectionId: string;
  /** A secret ends with a day, a key at an instant. */
  end: { day: string } | { at: Date };
}

const keyUses = { signing_key: 'signing', encryption_key: 'encryption' } as const;

/** Undefined when it is gone: replaced, retired, without an end, or of a connection that serves nobody. */
export async function findAgeing(
  tx: Tx,
  tenant: Tenant,
  { kind, subjectId }: { kind: AgeingKind; subjectId: string },
): Promise<AgeingThing | undefined> {
  if (kind === 'client_secret') {
    const row = await tx
      .selectFrom('connections')
      .select(['id', 'oidcSecretEndsOn'])
      .where('id', '=', subjectId)
      .where('state', '=', 'active')
      .where('deletedAt', 'is', null)
      .where(ownedBy('connections', tenant))
      .executeTakeFirst();
    return row?.oidcSecretEndsOn == null
      ? undefined
      : { connectionId: row.id, end: { day: row.oidcSecretEndsOn } };
  }
  const row = await tx
    .selectFrom('spKeys')
    .innerJoin('connections', 'connections.id', 'spKeys.connectionId')
    .select(['spKeys.connectionId', 'spKeys.notAfter'])
    .where('spKeys.id', '=', subjectId)
    .where('spKeys.use', '=', keyUses[kind])
    .where('spKeys.state', '=', 'current')
    .where('spKeys.retiredAt', 'is', null)
    .where('connections.state', '=', 'active')
    .where('connections.deletedAt', 'is', null)
    .where(ownedBy('spKeys', tenant))
    .executeTakeFirst();
  return row === undefined ? undefined : { connectionId: row.connectionId, end: { at: row.notAfter } };
}

/** A thing that a watch is due for. */
export interface AgeingSubject {
  environmentId: string;
  organizationId: string;
  kind: AgeingKind;
  subjectId: string;
}

/** Everything of live connections that ends before the day named, or has ended. Needs `withSystem`. */
export async function listAgeing(tx: Tx, before: string): Promise<AgeingSubject[]> {
  const { rows } = await sql<AgeingSubject>`
    select environment_id as "environmentId", organization_id as "organizationId",
      'client_secret' as kind, id as "subjectId"
    from connections
    where state = 'active' and deleted_at is null and oidc_secret_ends_on < ${before}
    union all
    select sp_keys.environment_id, sp_keys.organization_id, sp_keys.use || '_key', sp_keys.id
    from sp_keys join connections on connections.id = sp_keys.connection_id
    where connections.state = 'active' and connections.deleted_at is null
      and sp_keys.use in ('signing', 'encryption') and sp_keys.state = 'current' and sp_keys.retired_at is null
      and sp_keys.not_after < ${before}::timestamptz
  `.execute(tx);
  return rows;
}
