import { ok } from '../../answers.ts';
import {
  directoryGroup,
  directoryUser,
  listDirectoryGroupsQuery,
  listDirectoryUsersQuery,
} from '../../contract/developer-directories.ts';
import { listOf } from '../../contract/developer-lists.ts';
import {
  findDirectory,
  getDirectoryGroup,
  getDirectoryUser,
  listDirectoryGroups,
  listDirectoryUsers,
  listGroupsOfPeople,
  rolesOfDirectoryUsers,
  type DirectoryUserRow,
  type Tenant,
  type Tx,
} from '../../../db/index.ts';
import { directoryGroupObject, directoryUserObject } from '../../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { roleFields } from '../../../onboarding/roles.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/directory_users` and `/directory_groups`: who came from a directory, as the vendor is shown them. */

const listUsers = route({
  method: 'GET',
  path: '/directory_users',
  who: 'api_key',
  scope: 'directories',
  summary: 'Lists the people of a directory, of a group, or of both',
  query: listDirectoryUsersQuery,
  answers: { 200: listOf(directoryUser) },
  handler: ({ query, caller, read }) => {
    const { directory, group, idp_id: idpId, email } = query;
    needOne({ directory, group });
    if (directory === undefined && (idpId !== undefined || email !== undefined)) {
      const field = 'directory';
      const message = 'Please provide the "directory" parameter with "idp_id" and "email".';
      throw new InvalidInput([{ field, code: 'required', message }]);
    }
    return read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      if (directory !== undefined) await needDirectory(tx, tenant, directory);
      if (group !== undefined) await shown(tx, tenant, await getDirectoryGroup(tx, tenant, group));
      const filter = {
        ...(directory === undefined ? {} : { directoryId: directory }),
        ...(group === undefined ? {} : { groupId: group }),
        ...(idpId === undefined ? {} : { idpId }),
        ...(email === undefined ? {} : { email }),
      };
      const page = await listDirectoryUsers(tx, tenant, filter, pageRequest(query));
      const toObject = await userObjects(tx, tenant, page.rows);
      return listAnswer(page, toObject);
    });
  },
});

const getUser = route({
  method: 'GET',
  path: '/directory_users/:id',
  who: 'api_key',
  scope: 'directories',
  summary: 'Gets a person of a directory',
  answers: { 200: directoryUser },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await shown(tx, tenant, await getDirectoryUser(tx, tenant, params.id));
      const toObject = await userObjects(tx, tenant, [row]);
      return ok(toObject(row));
    }),
});

const listGroups = route({
  method: 'GET',
  path: '/directory_groups',
  who: 'api_key',
  scope: 'directories',
  summary: 'Lists the groups of a directory, of a person, or of both',
  query: listDirectoryGroupsQuery,
  answers: { 200: listOf(directoryGroup) },
  handler: ({ query, caller, read }) => {
    const { directory, user } = query;
    needOne({ directory, user });
    return read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      if (directory !== undefined) await needDirectory(tx, tenant, directory);
      if (user !== undefined) await shown(tx, tenant, await getDirectoryUser(tx, tenant, user));
      const filter = {
        ...(directory === undefined ? {} : { directoryId: directory }),
        ...(user === undefined ? {} : { userId: user }),
      };
      return listAnswer(
        await listDirectoryGroups(tx, tenant, filter, pageRequest(query)),
        directoryGroupObject,
      );
    });
  },
});

const getGroup = route({
  method: 'GET',
  path: '/directory_groups/:id',
  who: 'api_key',
  scope: 'directories',
  summary: 'Gets a group of a directory',
  answers: { 200: directoryGroup },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      return ok(
        directoryGroupObject(await shown(tx, tenant, await getDirectoryGroup(tx, tenant, params.id))),
      );
    }),
});

export const directoryPeopleRoutes = [listUsers, getUser, listGroups, getGroup];

/** In the words of the contract, about each of the two. */
function needOne(asked: Readonly<Record<string, string | undefined>>): void {
  const names = Object.keys(asked);
  if (Object.values(asked).some((value) => value !== undefined)) return;
  const message = `Please provide either ${names.map((name) => `"${name}"`).join(' or ')} parameters.`;
  throw new InvalidInput(names.map((field) => ({ field, code: 'required', message })));
}

/** Throws `not_found` with the id that was asked for. */
async function needDirectory(tx: Tx, tenant: Tenant, id: string): Promise<void> {
  if ((await findDirectory(tx, tenant, id)) !== undefined) return;
  throw new OnboardingError('not_found', { kind: 'directory', id });
}

/** Throws `not_found` for somebody, or a group, of a directory that was deleted: they went with it. */
async function shown<Row extends { id: string; directoryId: string }>(
  tx: Tx,
  tenant: Tenant,
  row: Row,
): Promise<Row> {
  if ((await findDirectory(tx, tenant, row.directoryId)) !== undefined) return row;
  throw new OnboardingError('not_found', {
    kind: row.id.startsWith('directory_group_') ? 'directory_group' : 'directory_user',
    id: row.id,
  });
}

/** People with their roles and groups: two statements more, however many people there are. */
async function userObjects(tx: Tx, tenant: Tenant, rows: readonly DirectoryUserRow[]) {
  const ids = rows.map(({ id }) => id);
  const [groups, roles] = await Promise.all([
    listGroupsOfPeople(tx, tenant, ids),
    rolesOfDirectoryUsers(tx, tenant, ids),
  ]);
  return (row: DirectoryUserRow) => ({
    ...directoryUserObject(row),
    ...roleFields(roles.get(row.id) ?? []),
    groups: (groups.get(row.id) ?? []).map(directoryGroupObject),
  });
}
