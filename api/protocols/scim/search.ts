import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { renderList } from '../../../adapters/scim/render.ts';
import type { SourcePage, Tx, DirectoryScope } from '../../../db/index.ts';
import { askedByBody, type AskedList } from './asked.ts';
import type { ScimHandler } from './call.ts';
import { pageOfGroups } from './groups.ts';
import { pageOfPeople } from './people.ts';
import { show } from './shown.ts';

type PageOf = (tx: Tx, scope: DirectoryScope, asked: AskedList) => Promise<SourcePage>;

/** `/.search` over all there is (RFC 7644 §3.4.3): people first, then groups, as one list. */
export const searchAll: ScimHandler = async ({ door, body }) => {
  // Two answers, the second cut by the first: a read that takes turns, so not one message.
  const { asked, people, groups, base } = await door.transact(async (tx, scope) => {
    const asking = askedByBody(body);
    const first = await pageIf(pageOfPeople, tx, scope, asking);
    const before = first?.total ?? 0;
    const startIndex = Math.max(1, asking.startIndex - before);
    const count = Math.max(0, asking.count - (first?.rows.length ?? 0));
    const second = await pageIf(pageOfGroups, tx, scope, { ...asking, startIndex, count });
    if (first === undefined && second === undefined) await pageOfPeople(tx, scope, asking);
    return { asked: asking, people: first, groups: second, base: scope.directory.scimBaseUrl };
  });
  const { startIndex, projection } = asked;
  const total = (people?.total ?? 0) + (groups?.total ?? 0);
  const shown = [
    ...(people?.rows ?? []).map((row) => show(base, 'User', row, projection)),
    ...(groups?.rows ?? []).map((row) => show(base, 'Group', row, projection)),
  ];
  return {
    status: 200,
    body: renderList({ total, startIndex }, shown),
    kind: 'read',
    summary: JSON.stringify({ totalResults: total, itemsPerPage: shown.length }),
  };
};

/** A question that only people or only groups can answer finds none of the others. */
async function pageIf(
  pageOf: PageOf,
  tx: Tx,
  scope: DirectoryScope,
  asked: AskedList,
): Promise<SourcePage | undefined> {
  try {
    return await pageOf(tx, scope, asked);
  } catch (error) {
    const isOfOthers =
      error instanceof ScimRefusal &&
      (error.reason === 'filter_attribute_unknown' || error.reason === 'sort_unknown');
    if (isOfOthers) return undefined;
    throw error;
  }
}
