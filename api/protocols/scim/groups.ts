import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { groupFilter } from '../../../adapters/scim/filter.ts';
import { readOperations } from '../../../adapters/scim/operations.ts';
import { memberIds, patchGroup, type MemberChanges } from '../../../adapters/scim/patch-group.ts';
import { groupOf } from '../../../adapters/scim/person.ts';
import { readProjection, shows, type Projection } from '../../../adapters/scim/projection.ts';
import { renderList } from '../../../adapters/scim/render.ts';
import { isValues, readResource } from '../../../adapters/scim/values.ts';
import {
  changeMembers,
  countSourceMembers,
  findSourceGroup,
  hasGroupNamed,
  insertGroup,
  listSourceGroups,
  readSourceGroup,
  removeGroup,
  replaceMembers,
  updateGroup,
  type DirectoryGroupRow,
  type DirectoryScope,
  type SourceGroup,
  type SourcePage,
  type Tx,
} from '../../../db/index.ts';
import { groupFields } from '../../../onboarding/directory-filter.ts';
import { askedByBody, askedByQuery, sortOf, type AskedList } from './asked.ts';
import type { ScimAnswer, ScimCall, ScimHandler } from './call.ts';
import { groupUnknown } from './failures.ts';
import { headersOf, show } from './shown.ts';
import { names, onNewestVersion, refuseOtherVersion } from './versions.ts';

const projectionOf = ({ query }: ScimCall): Projection | null =>
  readProjection(query.get('attributes'), query.get('excludedAttributes'));

export const createGroup: ScimHandler = async (call) => {
  const projection = projectionOf(call);
  const { found, base, name } = await call.door.transact(async (tx, scope) => {
    const group = groupOf(readResource('Group', call.body));
    await refuseSameName(tx, scope, group);
    const row = await insertGroup(tx, scope, group);
    const ids = membersIn(call.body) ?? [];
    if (ids.length > 0) await changeMembers(tx, scope, row.id, { add: ids, remove: [] });
    return {
      found: await readAgain(tx, scope, row, projection),
      base: scope.directory.scimBaseUrl,
      name: row.displayName,
    };
  });
  return {
    status: 201,
    body: show(base, 'Group', found, projection),
    headers: headersOf(base, 'Group', found),
    kind: 'group_pushed',
    subject: name,
  };
};

/** Only its name tells apart a group for which the client has no id of its own, as Okta's: two would be mistaken. */
async function refuseSameName(
  tx: Tx,
  scope: DirectoryScope,
  { externalId, displayName }: SourceGroup,
  before?: DirectoryGroupRow,
): Promise<void> {
  if (externalId !== null || !(await hasGroupNamed(tx, scope, displayName, before?.id))) return;
  throw new ScimRefusal(409, 'group_exists', 'Another group has this displayName.', 'uniqueness');
}

export const readGroup: ScimHandler = async (call) => {
  const projection = projectionOf(call);
  const { found, base } = await call.door.read(async (tx, scope) => ({
    found: await readSourceGroup(tx, scope, call.id ?? '', { withMembers: shows(projection, 'members') }),
    base: scope.directory.scimBaseUrl,
  }));
  if (found === undefined) throw groupUnknown();
  const headers = headersOf(base, 'Group', found);
  if (call.ifNoneMatch !== undefined && names(call.ifNoneMatch, found.version))
    return { status: 304, headers, kind: 'read' };
  const body = show(base, 'Group', found, projection);
  return { status: 200, body, headers, kind: 'read', summary: JSON.stringify({ id: found.id }) };
};

export const listGroups: ScimHandler = (call) => list(call, () => askedByQuery(call.query));
export const searchGroups: ScimHandler = (call) => list(call, () => askedByBody(call.body));

async function list({ door }: ScimCall, ask: () => AskedList): Promise<ScimAnswer> {
  const { page, base, asked } = await door.transact(async (tx, scope) => {
    const asking = ask();
    const found = await pageOfGroups(tx, scope, asking);
    return { asked: asking, page: found, base: scope.directory.scimBaseUrl };
  });
  const { startIndex, projection } = asked;
  const shown = page.rows.map((row) => show(base, 'Group', row, projection));
  return {
    status: 200,
    body: renderList({ total: page.total, startIndex }, shown),
    kind: 'read',
    summary: JSON.stringify({ totalResults: page.total, itemsPerPage: page.rows.length }),
  };
}

/** Members that one page of groups may have together, unless they are left out. */
const mostMembers = 100_000;

/** Throws what is wrong with the question. */
export async function pageOfGroups(tx: Tx, scope: DirectoryScope, asked: AskedList): Promise<SourcePage> {
  const { filter, startIndex, count, projection } = asked;
  const withLinked = shows(projection, 'members') && count > 0;
  const query = {
    filter: filter === null ? null : groupFilter(filter),
    sort: sortOf(asked, groupFields),
    offset: startIndex - 1,
    limit: count,
  };
  if (!withLinked || count === 1) return listSourceGroups(tx, scope, { ...query, withLinked });
  const members = await countSourceMembers(tx, scope);
  if (members > mostMembers)
    throw new ScimRefusal(
      ...([400, 'too_many_results'] as const),
      `These groups have ${members} members together. Ask with excludedAttributes=members, or for one group at a time.`,
      'tooMany',
    );
  return listSourceGroups(tx, scope, { ...query, withLinked: true });
}

/** PUT: who is in the group stays as it was where the body does not say, and so does the source's own id. */
export const replaceGroup: ScimHandler = (call) =>
  change(call, ({ externalId }) => {
    const values = readResource('Group', call.body);
    const named = values.externalId === undefined && externalId !== null ? { ...values, externalId } : values;
    const ids = membersIn(call.body);
    const members: MemberChanges | null = ids === undefined ? null : { is: 'replace', ids };
    return { group: groupOf(named), members };
  });

export const patchOneGroup: ScimHandler = (call) =>
  change(call, (before) => {
    const { values, members } = patchGroup(before.raw, readOperations('Group', call.body));
    return { group: groupOf(values), members };
  });

interface Changed {
  group: SourceGroup;
  members: MemberChanges | null;
}

async function change(call: ScimCall, to: (before: DirectoryGroupRow) => Changed): Promise<ScimAnswer> {
  const projection = projectionOf(call);
  const answersBody = call.isWhole || projection !== null;
  const changed = () =>
    call.door.transact(async (tx, scope) => {
      const before = await findSourceGroup(tx, scope, call.id ?? '');
      if (before === undefined) throw groupUnknown();
      refuseOtherVersion(call.ifMatch, before.version);
      const { group, members } = to(before);
      if (group.displayName !== before.displayName) await refuseSameName(tx, scope, group, before);
      const after = await updateGroup(tx, scope, before, group);
      const moved = members === null ? 0 : await applyMembers(tx, scope, before.id, members);
      return {
        found: answersBody ? await readAgain(tx, scope, after, projection) : undefined,
        base: scope.directory.scimBaseUrl,
        name: after.displayName,
        isNamed: after.version !== before.version || moved === 0,
      };
    });
  const { found, base, name, isNamed } = await onNewestVersion(call.ifMatch, changed);
  const told = { kind: isNamed ? 'group_changed' : 'members_changed', subject: name } as const;
  if (found === undefined) return { status: 204, ...told };
  const headers = headersOf(base, 'Group', found);
  return { status: 200, body: show(base, 'Group', found, projection), headers, ...told };
}

async function applyMembers(
  tx: Tx,
  scope: DirectoryScope,
  groupId: string,
  members: MemberChanges,
): Promise<number> {
  if (members.is === 'change' && members.add.length + members.remove.length === 0) return 0;
  const { added, removed } =
    members.is === 'replace'
      ? await replaceMembers(tx, scope, groupId, members.ids)
      : await changeMembers(tx, scope, groupId, members);
  return added + removed;
}

export const deleteGroup: ScimHandler = async (call) => {
  const removed = () =>
    call.door.transact(async (tx, scope) => {
      const found = await findSourceGroup(tx, scope, call.id ?? '');
      if (found === undefined) throw groupUnknown();
      refuseOtherVersion(call.ifMatch, found.version);
      await removeGroup(tx, scope, found);
      return found.displayName;
    });
  return { status: 204, kind: 'group_removed', subject: await onNewestVersion(call.ifMatch, removed) };
};

/** After the last write of a transaction: its version and its members are what they are from now on. */
async function readAgain(
  tx: Tx,
  scope: DirectoryScope,
  { id, sourceId }: DirectoryGroupRow,
  projection: Projection | null,
) {
  const withMembers = shows(projection, 'members');
  const found = await readSourceGroup(tx, scope, sourceId ?? id, { withMembers });
  if (found === undefined) throw groupUnknown();
  return found;
}

/** Undefined where a body says nothing of members. */
function membersIn(body: unknown): string[] | undefined {
  const named = isValues(body)
    ? Object.entries(body).find(([name]) => name.toLowerCase() === 'members')
    : undefined;
  return named && memberIds(named[1]);
}
