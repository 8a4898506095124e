import type { CustomAttribute } from '../../onboarding/attributes.ts';
import { mapDirectoryPerson } from '../../onboarding/directory-attributes.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns } from '../row-columns.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { directoryUserColumns, type DirectoryUserRow } from '../tables/directory-users.ts';
import { noteDirectoryChange } from './directories.ts';
import { fateOf, isSameAs, personOf } from './people-fate.ts';
import { updatePeople } from './people-sets.ts';
import { scopeValues, sourceScope } from './scope.ts';

const atOnce = 5_000;

const listSome = fixedStatement<DirectoryUserRow>(`
  select ${bareColumns(directoryUserColumns)} from directory_users
  where directory_id = :directoryId and environment_id = :environmentId and generation = :generation
    and removed_at is null and id > :after
  order by id limit :limit
  for update
`);

/**
 * Reads everybody anew by the directory's mapping and the vendor's attributes, after one of the two has changed: from what
 * the source sent last. Answers how many are other than they were.
 */
export async function remapDirectory(
  tx: Tx,
  directory: DirectoryRow,
  attributes: readonly CustomAttribute[],
  now: Date,
): Promise<number> {
  const scope = sourceScope(directory, now);
  let changed = 0;
  let after = '';
  for (;;) {
    const rows = await listSome(tx, { ...scopeValues(scope), after, limit: atOnce });
    const changes = rows.flatMap((before) => {
      const person = mapDirectoryPerson(personOf(before), directory.attributeMapping, attributes);
      return isSameAs(before, person) ? [] : [{ before, person, fate: fateOf(before) }];
    });
    if (changes.length > 0) await updatePeople(tx, scope, changes);
    changed += changes.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < atOnce) break;
    after = last.id;
  }
  if (changed > 0) await noteDirectoryChange(tx, directory, now);
  return changed;
}
