import { z } from 'zod';
import {
  countAttemptsPerDay,
  findConnection,
  finishAttempt,
  getAttempt,
  getOrganization,
  insertAudit,
  listAttempts,
  type AttemptRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { maskAddresses } from '../../../onboarding/masking.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { attemptDetailOf, attemptViewOf } from '../../attempt-views.ts';
import { attemptList, startTestBody, testStarted } from '../../contract/setup-sign-in-tests.ts';
import { attemptDetail, attemptView, type AttemptDetail } from '../../contract/shared.ts';
import { effectiveConnection } from '../../sign-in/effective-connection.ts';
import { startTest } from '../../sign-in/start-test.ts';
import { route } from '../../route.ts';
import { findCurrentConnection, lockCurrentConnection } from './connection.ts';
import { findEdited } from './edited.ts';
import { covers, requireChange, signInPart, tenantOf, type SetupContext } from './scope.ts';

/** P10 to P12: test sign-ins, and what became of every try. A renewal is proven by one, too. */

const start = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/tests',
  who: 'portal_session',
  summary: 'Makes an address for one test sign-in, with the draft where this session edits one',
  body: startTestBody,
  answers: { 200: testStarted },
  handler: (context) =>
    context.commit(async (tx) => {
      const { deps, caller, request } = context;
      const tenant = tenantOf(context);
      const link = await requireChange(tx, context, signInPart(context));
      const current = await lockCurrentConnection(tx, context);
      const edited = context.body.isLive === true ? undefined : await findEdited(tx, context, link);
      const connection = edited ?? effectiveConnection(current, undefined);
      await deps.limits.spend('sign_in_starts', connection.id);
      const started = await startTest(tx, deps, { connection, now: request.now });
      const target = { type: 'attempt', id: started.attemptId };
      await insertAudit(
        tx,
        audited(acting(caller, request), tenant, { action: 'sign_in.test_started', target }),
      );
      const { expiresAt, ...rest } = started;
      return { ...ok({ ...rest, expiresAt: expiresAt.toISOString() }), holdsSecret: true };
    }),
});

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/attempts',
  who: 'portal_session',
  summary: 'The last tries, newest first, and how many a day',
  query: z.object({ state: z.enum(['in_progress', 'success', 'failed', 'timed_out']).optional() }),
  answers: { 200: attemptList },
  handler: (context) =>
    context.read(async (tx) => {
      const { caller, query, request } = context;
      const tenant = tenantOf(context);
      const connection = covers(caller.session, 'certificate_renewal')
        ? await findCurrentConnection(tx, context)
        : undefined;
      if (connection === undefined) return ok({ attempts: [], perDay: [] });
      const { state } = query;
      const filter = { connectionId: connection.id, ...(state === undefined ? {} : { state }) };
      const { rows } = await listAttempts(tx, tenant, filter, { limit: shownAttempts, order: 'desc' });
      const since = new Date(request.now.getTime() - chartDays * 86_400_000);
      const perDay = await countAttemptsPerDay(tx, tenant, connection.id, since);
      return ok({
        attempts: rows.map((row) => masked(attemptViewOf(row, row))),
        perDay: perDay.map(({ day, worked, failed }) => ({
          day,
          worked: Number(worked),
          failed: Number(failed),
        })),
      });
    }),
});

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/attempts/:id',
  who: 'portal_session',
  summary: 'One try: what was received, what was expected, what to change where',
  answers: { 200: attemptDetail },
  handler: (context) =>
    context.read(async (tx) =>
      ok(masked(await detailOf(tx, context, await attemptOf(tx, context, context.params.id)))),
    ),
});

const stop = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/attempts/:id/stop',
  who: 'portal_session',
  summary: 'Waits no longer for a test; its address stops working',
  answers: { 200: attemptView },
  handler: (context) =>
    context.commit(async (tx) => {
      const { caller, request } = context;
      const tenant = tenantOf(context);
      await requireChange(tx, context, signInPart(context));
      const attempt = await attemptOf(tx, context, context.params.id);
      if (attempt.origin !== 'test') throw new OnboardingError('conflict');
      const ended = await finishAttempt(tx, tenant, attempt.id, {
        state: 'failed',
        cause: 'timed_out',
        facts: { stopped: true },
        now: request.now,
      });
      if (ended !== undefined) {
        const target = { type: 'attempt', id: attempt.id };
        await insertAudit(
          tx,
          audited(acting(caller, request), tenant, { action: 'sign_in.test_stopped', target }),
        );
      }
      const { connectionId } = attempt;
      const connection = await findConnection(tx, tenant, connectionId);
      const organization = await getOrganization(tx, tenant, tenant.organizationId);
      const names = { organizationName: organization.name, providerId: connection?.providerId ?? null };
      return ok(masked(attemptViewOf(ended ?? attempt, names)));
    }),
});

export const attemptRoutes = [start, list, get, stop];

const shownAttempts = 50;
const chartDays = 30;

/** Throws `not_found`, also for what the link does not cover. */
export async function attemptOf(tx: Tx, context: SetupContext, attemptId: string): Promise<AttemptRow> {
  if (!covers(context.caller.session, 'certificate_renewal'))
    throw new OnboardingError('not_found', { kind: 'attempt' });
  return getAttempt(tx, tenantOf(context), attemptId);
}

export async function detailOf(tx: Tx, context: SetupContext, attempt: AttemptRow): Promise<AttemptDetail> {
  const { deps, caller } = context;
  const tenant = tenantOf(context);
  const organization = await getOrganization(tx, tenant, tenant.organizationId);
  return attemptDetailOf(attempt, {
    environment: caller.environment,
    connection: await findConnection(tx, tenant, attempt.connectionId),
    organizationName: organization.name,
    urls: deps.urls,
  });
}

/** Whoever holds the link should recognise people, not learn their addresses: every address in it is masked. */
function masked<T extends object>(shown: T): T {
  return Object.assign(shown, maskIn(shown));
}

function maskIn(value: unknown): unknown {
  if (typeof value === 'string') return maskAddresses(value);
  if (Array.isArray(value)) return value.map(maskIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskIn(inner)]));
}
