import { z } from 'zod';
import {
  findDirectoryUser,
  insertAudit,
  remapDirectory,
  searchDirectoryPeople,
  updateDirectory,
  type DirectoryRow,
  type DirectoryUserRow,
} from '../../../db/index.ts';
import {
  defaultPath,
  directoryFields,
  isReadablePath,
  listReceived,
  standardFields,
  type DirectoryField,
} from '../../../onboarding/directory-attributes.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { saved } from '../../contract/setup.ts';
import {
  directoryAttributes,
  directoryAttributesBody,
  type DirectoryAttributes,
} from '../../contract/setup-directories.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { personViewOf } from './directory-views.ts';
import { getCurrentDirectory, lockCurrentDirectory } from './directory.ts';
import { requireLooking, requireChange, tenantOf } from './scope.ts';

/** Which value of what really arrives fills which field, seen by one of the people who have come. */

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/attributes',
  who: 'portal_session',
  summary: 'The fields of a person, what fills them, and what arrived for one who has come',
  query: z.object({ person: z.string().max(80).optional() }),
  answers: { 200: directoryAttributes },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, 'directory_sync');
      const tenant = tenantOf(context);
      const directory = await getCurrentDirectory(tx, context);
      const everybody = { directoryId: directory.id, search: '' };
      const some = (await searchDirectoryPeople(tx, tenant, everybody, { limit: 50 })).rows;
      const { person: asked } = context.query;
      const found = asked === undefined ? some[0] : await findDirectoryUser(tx, tenant, asked);
      const person = found?.directoryId === directory.id ? found : undefined;
      const fields = directoryFields(context.caller.environment.customAttributes);
      return ok({
        fields: fields.map((field) => fieldOf(field, directory, person)),
        person: person === undefined ? null : namedOf(person),
        people: some.map(namedOf),
        received: listReceived(person?.raw ?? {}),
        raw: { ...person?.raw },
      });
    }),
});

const put = route({
  method: 'PUT',
  path: '/setup/:handle/api/directory/attributes',
  who: 'portal_session',
  summary: 'Sets what fills which field; an empty path takes the default',
  body: directoryAttributesBody,
  answers: { 200: saved },
  handler: (context) => {
    const { body, caller, request } = context;
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const tenant = tenantOf(context);
      const directory = await lockCurrentDirectory(tx, context);
      const known = directoryFields(caller.environment.customAttributes).map(({ field }) => field);
      const unknown = Object.keys(body.mapping).find((field) => !known.includes(field));
      if (unknown !== undefined) throw new OnboardingError('invalid_request', { field: 'mapping' });
      const entries = Object.entries(body.mapping).map(([field, path]) => [field, path.trim()] as const);
      refuseUnreadable(entries);
      const attributeMapping = Object.fromEntries(entries.filter(([, path]) => path !== ''));
      const mapped = await updateDirectory(tx, tenant, directory.id, { attributeMapping }, request.now);
      await remapDirectory(tx, mapped, caller.environment.customAttributes, request.now);
      await insertAudit(
        tx,
        audited(acting(caller, request), tenant, {
          action: 'directory.attributes_mapped',
          target: { type: 'directory', id: directory.id },
          before: directory.attributeMapping,
          after: attributeMapping,
        }),
      );
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const directoryAttributeRoutes = [get, put];

/** A path that can never lead anywhere would empty the field of everybody. */
function refuseUnreadable(entries: readonly (readonly [field: string, path: string])[]): void {
  const wrong = entries.filter(([, path]) => path !== '' && !isReadablePath(path));
  if (wrong.length === 0) return;
  throw new InvalidInput(
    wrong.map(([field]) => ({
      field: `mapping.${field}`,
      code: 'path_unreadable',
      message: `mapping.${field} is no path like name.givenName or addresses[type eq "work"].locality`,
    })),
  );
}

const namedOf = (person: DirectoryUserRow) => {
  const { id, name } = personViewOf(person);
  return { id, name };
};

function fieldOf(
  field: DirectoryField,
  { attributeMapping }: DirectoryRow,
  person: DirectoryUserRow | undefined,
): DirectoryAttributes['fields'][number] {
  const mapped = attributeMapping[field.field];
  return {
    field: field.field,
    label: field.label,
    isDefault: mapped === undefined,
    path: mapped ?? defaultPath(field, person?.raw ?? {}),
    // What the source's reader reads by itself has no path to follow.
    read: mapped === undefined && person !== undefined ? readByItself(field.field, person) : null,
  };
}

function readByItself(field: string, person: DirectoryUserRow): string | null {
  const standard = standardFields.find((known) => known === field);
  return standard === undefined ? null : person[standard];
}
