/** Profiles, and what a successful sign-in has left, until it ends. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { ProfileRow } from '../tables/profiles.ts';
import type { SignInRow } from '../tables/sign-ins.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** How many people have signed in through a connection since then. */
export async function countPeople(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  since: Date,
): Promise<number> {
  const { people } = await tx
    .selectFrom('signIns')
    .select((eb) => eb.fn.count<number>('profileId').distinct().as('people'))
    .where(ownedBy('signIns', tenant))
    .where('connectionId', '=', connectionId)
    .where('createdAt', '>=', since)
    .executeTakeFirstOrThrow();
  return Number(people);
}

export async function findProfile(
  tx: Tx,
  tenant: Tenant,
  profileId: string,
): Promise<ProfileRow | undefined> {
  return tx
    .selectFrom('profiles')
    .selectAll()
    .where('id', '=', profileId)
    .where(ownedBy('profiles', tenant))
    .executeTakeFirst();
}

/**
 * Ends the sign-ins of a connection that a logout request of its provider names: by the subject and one of the session
 * indexes, never by one of the two alone [SLO-03]. Gives back those ended.
 */
export async function endSignIns(
  tx: Tx,
  tenant: Tenant,
  of: { connectionId: string; nameId: string; sessionIndexes: readonly string[]; now: Date },
): Promise<SignInRow[]> {
  return tx
    .updateTable('signIns')
    .set({ endedAt: of.now })
    .where('connectionId', '=', of.connectionId)
    .where(sql<boolean>`name_id ->> 'value' = ${of.nameId}`)
    .where(sql<boolean>`session_index = any(${of.sessionIndexes}::text[])`)
    .where('endedAt', 'is', null)
    .where(ownedBy('signIns', tenant))
    .returningAll()
    .execute();
}

/** Gives the newest running sign-in of a profile an address that ends it. Undefined when there is none. */
export async function prepareLogout(
  tx: Tx,
  tenant: Tenant,
  profileId: string,
  address: { logoutDigest: string; logoutExpiresAt: Date },
): Promise<SignInRow | undefined> {
  return tx
    .updateTable('signIns')
    .set(address)
    .where('id', '=', (eb) =>
      eb
        .selectFrom('signIns')
        .select('id')
        .where('profileId', '=', profileId)
        .where('endedAt', 'is', null)
        .where(ownedBy('signIns', tenant))
        .orderBy('createdAt', 'desc')
        .limit(1),
    )
    .where(ownedBy('signIns', tenant))
    .returningAll()
    .executeTakeFirst();
}

/** Ends every running sign-in of a profile, and its addresses with them; the newest first. */
export async function endSignInsOfProfile(
  tx: Tx,
  tenant: Tenant,
  profileId: string,
  now: Date,
): Promise<SignInRow[]> {
  const ended = await tx
    .updateTable('signIns')
    .set({ endedAt: now, logoutDigest: null, logoutExpiresAt: null })
    .where('profileId', '=', profileId)
    .where('endedAt', 'is', null)
    .where(ownedBy('signIns', tenant))
    .returningAll()
    .execute();
  return ended.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}
