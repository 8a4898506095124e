import { findMember, insertAudit, listAllRedirectUris, withTenant, type Tx } from '../../../db/index.ts';
import { nextStep, type Rehearsal } from '../../../onboarding/rehearsal.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { endApiKey, makeApiKey } from '../../api-keys.ts';
import { begunRehearsal, rehearsalState, type RehearsalState } from '../../contract/sandbox.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** S20: a whole customer, played on real parts and watched act by act. */

const get = route({
  method: 'GET',
  path: '/sandbox/rehearsal',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The last rehearsal, act by act, also while it is being played',
  answers: { 200: rehearsalState },
  handler: ({ deps, caller, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const rehearsal = await embeddedOf(deps).rehearsals.find(tx, tenant, request.now);
      return ok(await stateOf(tx, deps, caller, rehearsal));
    }),
});

const begin = route({
  method: 'POST',
  path: '/sandbox/rehearsal',
  who: 'sandbox',
  role: 'developer',
  summary: 'Begins a rehearsal; while one is being played, answers with that one',
  answers: { 200: begunRehearsal },
  handler: async ({ deps, caller, commit, request }) => {
    const { environment, by } = caller;
    const rehearsals = embeddedOf(deps).rehearsals;
    await deps.limits.spend('rehearsals', environment.id);
    return commit(async (tx) => {
      const tenant = { environmentId: environment.id };
      const redirectUri = await redirectUriOf(tx, environment.id);
      if (obstacleOf(deps, redirectUri) !== null || redirectUri === undefined) {
        const last = await rehearsals.find(tx, tenant, request.now);
        return ok({ ...(await stateOf(tx, deps, caller, last)), begun: false });
      }
      const memberId = by.type === 'staff' ? by.member.id : null;
      const begins = { memberId, now: request.now };
      const { rehearsal, begun, formerKeyId } = await rehearsals.begin(tx, tenant, begins);
      const answer = ok({ ...(await stateOf(tx, deps, caller, rehearsal)), begun });
      if (!begun) return answer;

      const whose = { ...tenant, organizationId: null };
      const target = { type: 'rehearsal', id: rehearsal.id };
      await insertAudit(tx, audited(acting(by, request), whose, { action: 'rehearsal.started', target }));
      const { key, secret: apiKey, takeBack } = await lendKey(tx, deps, caller, request);
      await rehearsals.lend(tx, tenant, key.id, request.now);
      if (formerKeyId !== null) await endApiKey(tx, environment, formerKeyId, keyHolder(by, request));
      const hands = { apiKey, formerKeyId, takeBack, clientId: environment.clientId, redirectUri };
      return {
        ...answer,
        afterCommit: () => {
          // It goes on after the answer, and says by itself how it ended.
          void rehearsals.play(tenant, rehearsal, hands);
          return Promise.resolve(answer);
        },
      };
    });
  },
});

export const rehearsalRoutes = [get, begin];

/** Longer than any rehearsal: should nobody take the key back, it ends by itself. */
const keyLifeMs = 20 * 60_000;

/**
 * The developer of the play comes with a key like any other, made by whoever pressed: they could have made it themselves.
 * It lies nowhere but in the memory of the play (`docs/decisions/0049-a-rehearsal-has-its-own-key.md`).
 */
async function lendKey(
  tx: Tx,
  deps: ApiDeps,
  { environment, by }: Callers['sandbox'],
  request: RequestFacts,
) {
  const order = {
    name: 'Rehearsal',
    scopes: ['full'] as const,
    addresses: [],
    expiresAt: new Date(request.now.getTime() + keyLifeMs),
  };
  const holder = keyHolder(by, request);
  const { key, secret } = await makeApiKey(tx, environment, order, holder);
  const takeBack = async () => {
    const later = { ...holder, request: { ...request, now: deps.now() } };
    try {
      await withTenant(deps.db, { environmentId: environment.id }, (after) =>
        endApiKey(after, environment, key.id, later),
      );
    } catch (error) {
      deps.logger.error({ err: error }, 'the key of a rehearsal ends by its time');
    }
  };
  return { key, secret, takeBack };
}

/** The play calls from here, wherever whoever pressed may call from. */
const keyHolder = (by: Callers['sandbox']['by'], request: RequestFacts) => ({
  ...acting(by, request),
  scopes: ['full'],
  addresses: [],
});

/** The default one, else the oldest. */
async function redirectUriOf(tx: Tx, environmentId: string): Promise<string | undefined> {
  return (await listAllRedirectUris(tx, { environmentId }))[0]?.uri;
}

function obstacleOf({ embedded }: ApiDeps, redirectUri: string | undefined): RehearsalState['obstacle'] {
  if (embedded?.mailbox === undefined) return 'no_mailbox';
  return redirectUri === undefined ? 'no_redirect_uri' : null;
}

async function stateOf(
  tx: Tx,
  deps: ApiDeps,
  { environment }: Callers['sandbox'],
  rehearsal: Rehearsal | undefined,
): Promise<RehearsalState> {
  const obstacle = obstacleOf(deps, await redirectUriOf(tx, environment.id));
  if (rehearsal === undefined) return { obstacle, rehearsal: null };
  const { id, startedAt, endedAt, memberId, lines, failure } = rehearsal;
  const tenant = { environmentId: environment.id };
  const member = memberId === null ? undefined : await findMember(tx, tenant, memberId);
  const isRunning = endedAt === null;
  return {
    obstacle,
    rehearsal: {
      id,
      startedAt,
      endedAt,
      lines,
      failure,
      by: member?.email ?? null,
      state: isRunning ? 'running' : failure === null ? 'done' : 'failed',
      current: isRunning ? nextStep(rehearsal) : null,
    },
  };
}
