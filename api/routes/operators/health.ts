import { databaseState } from '../../../db/index.ts';
import { ok, text } from '../../answers.ts';
import { route } from '../../route.ts';

/** Whether the program runs, whether it can work, and in what state each part is. */

/** The process answers; nothing is asked. */
const isAlive = route({
  method: 'GET',
  path: '/healthz',
  who: 'public',
  summary: 'Whether the program runs',
  answers: { 200: 'ok' },
  handler: () => text(200, 'ok\n'),
});

/** Ready means that requests can be served: the database writes. The engine may be away, acts wait for it then. */
const isReady = route({
  method: 'GET',
  path: '/readyz',
  who: 'public',
  summary: 'Whether requests can be served',
  answers: { 200: 'ready', 503: 'not ready' },
  handler: async ({ deps }) =>
    (await databaseState(deps.db)) === 'up' ? text(200, 'ready\n') : text(503, 'not ready\n'),
});

const readinessDetails = route({
  method: 'GET',
  path: '/readyz',
  who: 'operator',
  summary: 'The state of each part',
  answers: { 200: 'every part by name', 503: 'every part by name' },
  handler: async ({ deps }) => {
    const [database, temporal] = await Promise.all([
      databaseState(deps.db),
      deps.onboardingClient.isReachable(),
    ]);
    const parts = {
      database: databaseWords[database],
      temporal: temporal ? 'up' : 'down; acts of customers and staff wait in the outbox',
    };
    const ready = database === 'up';
    return { ...ok({ ready, parts }), status: ready ? 200 : 503 };
  },
});

const metrics = route({
  method: 'GET',
  path: '/metrics',
  who: 'operator',
  summary: 'Figures for Prometheus',
  answers: { 200: 'text exposition format' },
  handler: async ({
    deps: {
      metrics: { registry },
    },
  }) => text(200, await registry.metrics(), registry.contentType),
});

export const healthRoutes = [isAlive, isReady];
export const operatorRoutes = [readinessDetails, metrics];

const databaseWords = { up: 'up', down: 'down', reads: 'read-only; nothing can be changed' } as const;
