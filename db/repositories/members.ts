import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import type { MemberRow, MembersTable } from '../tables/members.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** Throws `conflict` when the address is a member already, in any case. */
export async function insertMember(
  tx: Tx,
  member: Omit<Insertable<MembersTable>, 'lastSeenAt' | 'removedAt'>,
): Promise<MemberRow> {
  const statement = tx.insertInto('members').values(member).returningAll().executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'members_one_per_address', 'conflict', { field: 'email' });
}

export async function findMember(tx: Tx, tenant: Tenant, memberId: string): Promise<MemberRow | undefined> {
  return membersOf(tx, tenant).where('id', '=', memberId).executeTakeFirst();
}

export async function findMemberByEmail(
  tx: Tx,
  tenant: Tenant,
  email: string,
): Promise<MemberRow | undefined> {
  return membersOf(tx, tenant)
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
}

/** Oldest first. */
export async function listMembers(tx: Tx, tenant: Tenant): Promise<MemberRow[]> {
  return membersOf(tx, tenant).orderBy('createdAt').orderBy('id').execute();
}

/**
 * The member, with every admin of the environment held until the transaction ends: who takes rights away decides on
 * what nobody else is changing. Undefined when there is no such member.
 */
export async function lockMember(
  tx: Tx,
  tenant: Tenant,
  memberId: string,
): Promise<{ member: MemberRow; isLastAdmin: boolean } | undefined> {
  const held = await membersOf(tx, tenant)
    .where((eb) => eb.or([eb('id', '=', memberId), eb('role', '=', 'admin')]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const member = held.find(({ id }) => id === memberId);
  const admins = held.filter(({ role }) => role === 'admin');
  return member && { member, isLastAdmin: member.role === 'admin' && admins.length === 1 };
}

export async function updateMember(
  tx: Tx,
  tenant: Tenant,
  memberId: string,
  changes: { role?: MemberRow['role']; removedAt?: Date },
): Promise<MemberRow> {
  return tx
    .updateTable('members')
    .set(changes)
    .where('id', '=', memberId)
    .where(ofEnvironment('members', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function touchMember(tx: Tx, tenant: Tenant, memberId: string, now: Date): Promise<void> {
  await tx
    .updateTable('members')
    .set({ lastSeenAt: now })
    .where('id', '=', memberId)
    .where(ofEnvironment('members', tenant))
    .execute();
}

function membersOf(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('members')
    .selectAll()
    .where(ofEnvironment('members', tenant))
    .where('removedAt', 'is', null);
}
