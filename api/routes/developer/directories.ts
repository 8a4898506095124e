import { z } from 'zod';
import { listDirectoriesQuery } from '../../contract/developer-connections.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { route } from '../../route.ts';
import { listAnswer } from './list-answer.ts';

/** `/directories`: no directory can be set up in this release, so every list of them is empty. */
const list = route({
  method: 'GET',
  path: '/directories',
  who: 'api_key',
  scope: 'directories',
  summary: 'Lists directories',
  query: listDirectoriesQuery,
  answers: { 200: listOf(z.never()) },
  handler: () => listAnswer({ rows: [], before: null, after: null }, (row: never) => row),
});

export const directoryRoutes = [list];
