/** One row in every table of directories and roles: for tests that walk all tables. */
import { newId } from '../../adapters/ids.ts';
import type { Tx } from '../../db/index.ts';
import { minutesLater, now, type Customer } from './builders.ts';

export async function fillDirectoryTables(tx: Tx, customer: Customer, name: string): Promise<void> {
  const directoryId = newId('directory_');
  const of = { ...customer, directoryId };
  const userId = newId('directory_user_');
  const groupId = newId('directory_group_');
  const fileId = newId('directory_file_');
  const roleId = newId('role_');
  await tx
    .insertInto('directories')
    .values({
      id: directoryId,
      ...customer,
      name,
      type: 'okta scim v2.0',
      road: 'scim',
      state: 'linked',
      externalKey: `0123456789abcdef-${name}`,
      scimBaseUrl: 'https://vendor.test/scim/v2/x',
    })
    .execute();
  await tx
    .insertInto('directoryTokens')
    .values({ id: newId('directory_token_'), ...of, digest: `token ${name}`, suffix: '9f2c' })
    .execute();
  await tx
    .insertInto('directoryHolds')
    .values({ id: newId('directory_hold_'), ...of, reason: 'many_leave', activeBefore: 900 })
    .execute();
  await tx
    .insertInto('directoryUsers')
    .values({
      id: userId,
      ...of,
      generation: 1,
      userName: name,
      userNameKey: name,
      raw: '{}',
      active: true,
      state: 'active',
    })
    .execute();
  await tx
    .insertInto('directoryGroups')
    .values({
      id: groupId,
      ...of,
      generation: 1,
      displayName: 'IT',
      nameKey: 'it',
      raw: '{}',
      isPublished: true,
    })
    .execute();
  await tx
    .insertInto('directoryMemberships')
    .values({ ...of, groupId, userId })
    .execute();
  await tx
    .insertInto('directoryRequests')
    .values({
      id: newId('directory_request_'),
      ...of,
      at: now,
      method: 'GET',
      path: '/Users',
      status: 200,
      milliseconds: 3,
      kind: 'read',
    })
    .execute();
  await tx
    .insertInto('formerDirectories')
    .values({
      id: newId('former_directory_'),
      ...of,
      generation: 1,
      name,
      type: 'okta scim v2.0',
      road: 'scim',
      attributeMapping: '{}',
      settings: '{}',
      tokenIds: [],
      reason: 'reset',
      keptUntil: minutesLater(60),
    })
    .execute();
  await tx
    .insertInto('directoryRuns')
    .values({ id: newId('directory_run_'), ...of, kind: 'files' })
    .execute();
  await tx
    .insertInto('sftpKeys')
    .values({
      id: newId('sftp_key_'),
      ...of,
      publicKey: 'ssh-ed25519 A',
      fingerprint: 'SHA256:A',
      algorithm: 'ssh-ed25519',
    })
    .execute();
  await tx
    .insertInto('directoryFiles')
    .values({ id: fileId, ...of, name: 'users.csv', state: 'received', expiresAt: minutesLater(60) })
    .execute();
  await tx
    .insertInto('directoryFileChunks')
    .values({ fileId, number: 1, ...customer, bytes: Buffer.from('user_id') })
    .execute();
  await tx
    .insertInto('directoryFileLines')
    .values({ fileId, number: 1, ...customer, line: 2, cause: 'email_invalid' })
    .execute();
  await tx
    .insertInto('roles')
    .values({
      id: roleId,
      environmentId: customer.environmentId,
      slug: `admin-${name}`,
      name,
      rank: await freeRank(tx),
    })
    .execute();
  await tx
    .insertInto('groupRoles')
    .values({ id: newId('group_role_'), ...customer, roleId, directoryGroupId: groupId })
    .execute();
}

async function freeRank(tx: Tx): Promise<number> {
  const { length } = await tx.selectFrom('roles').select('id').execute();
  return length + 1;
}
