import type { z } from 'zod';
import { findById, findByWords } from '../../../db/index.ts';
import { readSought } from '../../../onboarding/search-words.ts';
import { ok } from '../../answers.ts';
import { foundKinds, searchAnswer, searchQuery } from '../../contract/dashboard-search.ts';
import { route } from '../../route.ts';

/** S22: names, people, domains, and ids of any kind. Nothing here that a viewer may not read on its page. */
const search = route({
  method: 'GET',
  path: '/dashboard/api/search',
  who: 'staff',
  role: 'viewer',
  summary: 'Finds things of the environment by the beginning of a word in their name, or by an id',
  query: searchQuery,
  answers: { 200: searchAnswer },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const sought = readSought(query.q);
      const byId = await findById(tx, { environmentId: caller.environment.id }, sought.id, mostOfAKind);
      const byWords =
        byId.length > 0 || sought.words.length === 0
          ? []
          : await findByWords(tx, sought.words, sought.addressPrefix, mostOfAKind);
      return ok({ found: [...byId, ...byWords].flatMap(shown) });
    }),
});

export const searchRoutes = [search];

const mostOfAKind = 5;

type Shown = z.infer<typeof searchAnswer>['found'];

function shown({ kind, ...found }: Awaited<ReturnType<typeof findById>>[number]): Shown {
  const known = foundKinds.find((one) => one === kind);
  return known === undefined ? [] : [{ kind: known, ...found }];
}
