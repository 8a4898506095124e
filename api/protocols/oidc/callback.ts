import { z } from 'zod';
import {
  pendingRequestOf,
  requestsNamedBy,
  type NamedRequest,
} from '../../../adapters/oidc/pending-request.ts';
import type { OidcVerdict } from '../../../adapters/oidc/verdict.ts';
import { looksLikeOurToken } from '../../../adapters/tokens.ts';
import {
  consumeRequest,
  findEndingAttempt,
  inOneMessage,
  takeCalledBackAttempt,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { SignInCause } from '../../../onboarding/sign-in-causes.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { answerCompletion } from '../../sign-in/answer-completion.ts';
import { digestOfCookie } from '../../sign-in/browser-binding.ts';
import { completeOidcSignIn } from '../../sign-in/complete-oidc-sign-in.ts';
import type { Completion } from '../../sign-in/complete-sign-in.ts';
import { lookAsAttempt, unusable, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { trustOf } from '../../sign-in/oidc-trust.ts';
import { failAttempt, keepRefused } from '../../sign-in/record-outcome.ts';
import { isReady, isUsable, tenantOf, type ReadyOidcConnection } from '../../sign-in/usable-connection.ts';

/** One of each at most: a repeated parameter arrives as a list and is refused (RFC 6749 §3.1). */
const answerQuery = z.object({
  state: z.string().max(200).optional(),
  code: z.string().max(8_000).optional(),
  iss: z.string().max(2_000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(4_000).optional(),
  // Of implicit and hybrid answers, which are refused [OIDC-01].
  id_token: z.string().optional(),
  token: z.string().optional(),
  access_token: z.string().optional(),
  response: z.string().optional(),
});
type AnswerQuery = z.infer<typeof answerQuery>;

/**
 * The redirect URI, one for each connection [OIDC-03]. The provider's redirect is a navigation by GET, so the browser
 * shows its cookie; the request is spent before the code is exchanged, by the browser that began it and once [OIDC-02].
 */
export const callback = route({
  method: 'GET',
  path: '/sso/oidc/:connection/callback',
  who: 'public',
  isAct: true,
  summary: 'Takes the answer of an OpenID provider',
  query: answerQuery,
  answers: {
    302: 'to the app, with a code or an error',
    200: 'page: test received',
    403: 'page: refused',
    404: 'page: no such connection',
  },
  async handler({ deps, params, query, request }) {
    const source = sourceKey(request.address);
    await deps.limits.refuseSpent('sign_in_failures', source);
    const tenant = await deps.tenants.ofConnection(params.connection);
    const spent = tenant && (await spend(deps, tenant, params.connection, query.state ?? '', request));
    if (spent === undefined) {
      await deps.limits.spend('sign_in_failures', source);
      throw new OnboardingError('not_found', { kind: 'connection' });
    }
    await deps.limits.spend('sign_in_answers', params.connection);
    const completion =
      spent.kind === 'spent'
        ? await complete(deps, spent, query, request)
        : ({ ...spent, kind: 'not_this_one' } as const);
    const isRefused = completion.kind === 'not_this_one' || completion.kind === 'refused';
    if (isRefused) await deps.limits.spend('sign_in_failures', source);
    deps.metrics.signIns.inc({ verdict: isRefused ? completion.cause : 'success' });
    return answerCompletion(deps, completion);
  },
});

type Spent =
  | {
      readonly kind: 'spent';
      readonly connection: ConnectionRow;
      /** With the values that this attempt sees: a revision's, when it tests one; undefined where that is over. */
      readonly seen: EffectiveConnection | undefined;
      readonly attempt: AttemptRow;
      readonly named: NamedRequest;
      readonly state: string;
    }
  /** Kept under a reference of its own: the request that it may have named stays as it is. */
  | { readonly kind: 'kept'; readonly cause: SignInCause; readonly kept: AttemptRow };

/** Undefined where the connection takes no answers of OpenID Connect at all. */
async function spend(
  deps: ApiDeps,
  tenant: { environmentId: string; organizationId: string },
  connectionId: string,
  state: string,
  request: RequestFacts,
): Promise<Spent | undefined> {
  const names = looksLikeOurToken(state, 'vb_state_') ? requestsNamedBy(deps.secrets, state) : [];
  const requestIds = names.map(({ requestId }) => requestId);
  const shown = { bindingDigest: digestOfCookie(deps, request), now: request.now };
  const taken = await inOneMessage(deps.db, tenant, (tx) =>
    takeCalledBackAttempt(tx, tenant, { connectionId, requestIds, ...shown }),
  );
  if (taken === undefined) return undefined;
  const { connection, attempt, isSpent } = taken;
  const named = attempt && names.find(({ requestId }) => requestId === attempt.requestId);
  if (attempt === undefined || named === undefined) {
    return connection.protocol === 'oidc' ? refuseUnnamed(deps, connection, request) : undefined;
  }
  const stands = isSpent
    ? undefined
    : await keepUnspent(deps, connection, attempt, { requestId: named.requestId, ...shown });
  if (stands) return stands;
  const seen = await lookAsAttempt(deps.db, connection, attempt);
  return { kind: 'spent', state, connection: seen ?? connection, seen, attempt, named };
}

function refuseUnnamed({ db }: ApiDeps, connection: ConnectionRow, { now }: RequestFacts): Promise<Spent> {
  const cause = 'state_unknown';
  const checks = [{ check: 'in_response_to', passed: false }];
  return withTenant(db, tenantOf(connection), async (tx) => ({
    kind: 'kept',
    cause,
    kept: await keepRefused(tx, connection, { origin: 'provider', cause, checks, now }),
  }));
}

/** What came for a request that could not be spent, kept with the reason; undefined when it was spent after all. */
function keepUnspent(
  { db }: ApiDeps,
  connection: ConnectionRow,
  { origin }: AttemptRow,
  answer: { requestId: string; bindingDigest: string | null; now: Date },
): Promise<Spent | undefined> {
  const tenant = tenantOf(connection);
  return withTenant(db, tenant, async (tx) => {
    const named = { ...answer, connectionId: connection.id, messages: [] };
    const { outcome } = await consumeRequest(tx, tenant, named);
    if (outcome === 'consumed') return undefined;
    const cause = outcome === 'in_response_to_unknown' ? 'state_unknown' : outcome;
    const checks = [{ check: cause === 'replayed' ? 'replay' : 'browser', passed: false }];
    const kept = await keepRefused(tx, connection, { origin, cause, checks, now: answer.now });
    return { kind: 'kept', cause, kept };
  });
}

/** Exchanges and verifies without a transaction: providers take their time. */
async function complete(
  deps: ApiDeps,
  { connection, seen, attempt, named, state }: Extract<Spent, { kind: 'spent' }>,
  query: AnswerQuery,
  { now }: RequestFacts,
): Promise<Completion> {
  const ready = seen !== undefined && isReady(seen) && seen.protocol === 'oidc' ? seen : undefined;
  if (ready === undefined || !(await isUsable(deps, ready, attempt.origin))) {
    return refuseUnusable(deps, connection, attempt, { ...unusable(seen, connection), now });
  }
  const pending = pendingRequestOf(deps.secrets, named.keyId, state, ready.oidcIssuer);
  const trust = await trustOf(deps, ready);
  const { startedAt, forceAuthn } = attempt;
  const parameters = parametersOf(query);
  const asked = { startedAt, forceAuthn, provesAuthn: ready.forceAuthn && forceAuthn };
  const verdict = await deps.relyingParty.verify(trust, { parameters, pending, ...asked, now });
  return end(deps, ready, attempt, verdict);
}

async function end(
  deps: ApiDeps,
  connection: ReadyOidcConnection,
  attempt: AttemptRow,
  verdict: OidcVerdict,
): Promise<Completion> {
  const tenant = tenantOf(connection);
  const now = deps.now();
  const of = { connectionId: connection.id, attemptId: attempt.id, now };
  const ending = await inOneMessage(deps.db, tenant, (tx) => findEndingAttempt(tx, tenant, of));
  if (ending === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
  return completeOidcSignIn(deps.db, { connection, attempt, rules: ending.rules, verdict, now });
}

function refuseUnusable(
  { db }: ApiDeps,
  connection: ConnectionRow,
  attempt: AttemptRow,
  failure: ReturnType<typeof unusable> & { now: Date },
): Promise<Completion> {
  return withTenant(db, tenantOf(connection), async (tx) => {
    const failed = await failAttempt(tx, connection, attempt, failure);
    return { kind: 'refused', cause: failed?.cause ?? failure.cause, attempt: failed ?? attempt };
  });
}

function parametersOf(query: AnswerQuery): URLSearchParams {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given);
}
