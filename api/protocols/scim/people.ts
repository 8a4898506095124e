import { personFilter } from '../../../adapters/scim/filter.ts';
import { readOperations } from '../../../adapters/scim/operations.ts';
import { patchPerson } from '../../../adapters/scim/patch-person.ts';
import { personOf, type ReadPerson } from '../../../adapters/scim/person.ts';
import { readProjection, shows, type Projection } from '../../../adapters/scim/projection.ts';
import { renderList } from '../../../adapters/scim/render.ts';
import { readResource } from '../../../adapters/scim/values.ts';
import {
  findSourcePerson,
  findSourcePersonWithGroups,
  insertPerson,
  listSourcePeople,
  readSourcePerson,
  removePerson,
  updatePerson,
  type DirectoryScope,
  type DirectoryUserRow,
  type SourcePerson,
  type Tx,
} from '../../../db/index.ts';
import { mapDirectoryPerson } from '../../../onboarding/directory-attributes.ts';
import { personFields } from '../../../onboarding/directory-filter.ts';
import type { DirectoryRequestKind } from '../../../onboarding/directory-requests.ts';
import { maskSubject } from '../../../onboarding/masking.ts';
import { askedByBody, askedByQuery, sortOf, type AskedList } from './asked.ts';
import type { ScimAnswer, ScimCall, ScimHandler } from './call.ts';
import { personUnknown } from './failures.ts';
import { headersOf, show, storedOf } from './shown.ts';
import { names, onNewestVersion, refuseOtherVersion } from './versions.ts';

const projectionOf = ({ query }: ScimCall): Projection | null =>
  readProjection(query.get('attributes'), query.get('excludedAttributes'));

export const createPerson: ScimHandler = async (call) => {
  const { row, base } = await call.door.transact(async (tx, scope) => {
    const person = personOf(readResource('User', call.body));
    return { row: await insertPerson(tx, scope, sourceOf(call, scope, person)), base: baseOf(scope) };
  });
  const stored = storedOf(row);
  return {
    status: 201,
    body: show(base, 'User', stored, projectionOf(call)),
    headers: headersOf(base, 'User', stored),
    kind: 'person_created',
    subject: maskSubject(row.userName),
  };
};

export const readPerson: ScimHandler = async (call) => {
  const projection = projectionOf(call);
  const { found, base } = await call.door.read(async (tx, scope) => ({
    found: await readSourcePerson(tx, scope, call.id ?? '', { withGroups: shows(projection, 'groups') }),
    base: baseOf(scope),
  }));
  if (found === undefined) throw personUnknown();
  const headers = headersOf(base, 'User', found);
  if (call.ifNoneMatch !== undefined && names(call.ifNoneMatch, found.version))
    return { status: 304, headers, kind: 'read' };
  const body = show(base, 'User', found, projection);
  return { status: 200, body, headers, kind: 'read', summary: JSON.stringify({ id: found.id }) };
};

export const listPeople: ScimHandler = (call) => list(call, () => askedByQuery(call.query));
export const searchPeople: ScimHandler = (call) => list(call, () => askedByBody(call.body));

async function list({ door }: ScimCall, ask: () => AskedList): Promise<ScimAnswer> {
  const { page, base, asked, isWaited } = await door.read(async (tx, scope) => {
    const asking = ask();
    return { asked: asking, page: await pageOfPeople(tx, scope, asking), ...aboutScope(scope) };
  });
  const { startIndex, projection } = asked;
  const shown = page.rows.map((row) => show(base, 'User', row, projection));
  return {
    status: 200,
    body: renderList({ total: page.total, startIndex }, shown),
    kind: isWaited ? 'connection_test' : 'read',
    summary: JSON.stringify({ totalResults: page.total, itemsPerPage: page.rows.length }),
  };
}

/** Throws what is wrong with the question. */
export function pageOfPeople(tx: Tx, scope: DirectoryScope, asked: AskedList) {
  const { filter, startIndex, count, projection } = asked;
  return listSourcePeople(tx, scope, {
    filter: filter === null ? null : personFilter(filter),
    sort: sortOf(asked, personFields),
    offset: startIndex - 1,
    limit: count,
    withLinked: shows(projection, 'groups'),
  });
}

/** PUT: what is not said of whether somebody is active, and of the source's own id, stays as it was. */
export const replacePerson: ScimHandler = (call) =>
  change(call, (before) => {
    const values = readResource('User', call.body);
    const { externalId } = before;
    const named = values.externalId === undefined && externalId !== null ? { ...values, externalId } : values;
    return personOf(named, { wasActive: before.active });
  });

export const patchOnePerson: ScimHandler = (call) =>
  change(call, (before) =>
    personOf(patchPerson(before.raw, readOperations('User', call.body, before.raw.schemas)), {
      wasActive: before.active,
      isPart: true,
    }),
  );

async function change(call: ScimCall, to: (before: DirectoryUserRow) => ReadPerson): Promise<ScimAnswer> {
  const projection = projectionOf(call);
  const changed = () =>
    call.door.transact(async (tx, scope) => {
      const found = await findSourcePersonWithGroups(tx, scope, call.id ?? '');
      if (found === undefined) throw personUnknown();
      const { person: before, groups } = found;
      refuseOtherVersion(call.ifMatch, before.version);
      const after = await updatePerson(tx, scope, before, sourceOf(call, scope, to(before)));
      return { before, after, groups, base: baseOf(scope) };
    });
  const { before, after, groups, base } = await onNewestVersion(call.ifMatch, changed);
  const stored = storedOf(after, groups);
  return {
    status: 200,
    body: show(base, 'User', stored, projection),
    headers: headersOf(base, 'User', stored),
    kind: kindOf(before, after),
    subject: maskSubject(after.userName),
  };
}

function kindOf(before: DirectoryUserRow, after: DirectoryUserRow): DirectoryRequestKind {
  if (before.active === after.active) return 'person_changed';
  return after.active ? 'person_reactivated' : 'person_deactivated';
}

export const deletePerson: ScimHandler = async (call) => {
  const removed = () =>
    call.door.transact(async (tx, scope) => {
      const found = await findSourcePerson(tx, scope, call.id ?? '');
      if (found === undefined) throw personUnknown();
      refuseOtherVersion(call.ifMatch, found.version);
      await removePerson(tx, scope, found);
      return found.userName;
    });
  const userName = await onNewestVersion(call.ifMatch, removed);
  return { status: 204, kind: 'person_removed', subject: maskSubject(userName) };
};

/** What the core takes: a person as read, with the fields that the directory's mapping makes of what came. */
function sourceOf({ attributes }: ScimCall, { directory }: DirectoryScope, person: ReadPerson): SourcePerson {
  return mapDirectoryPerson(person, directory.attributeMapping, attributes);
}

const baseOf = ({ directory }: DirectoryScope): string => directory.scimBaseUrl;

/** While nobody has come yet, a question is the test of a connection. */
function aboutScope({ directory }: DirectoryScope): { base: string; isWaited: boolean } {
  return { base: directory.scimBaseUrl, isWaited: directory.state === 'validating' };
}
