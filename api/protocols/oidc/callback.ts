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
  findAttemptByRequest,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type Tx,
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
import { connectionSeenBy } from '../../sign-in/effective-connection.ts';
import { trustOf } from '../../sign-in/oidc-trust.ts';
import { failAttempt, keepRefused } from '../../sign-in/record-outcome.ts';
import {
  findLivingConnection,
  isReady,
  isUsable,
  tenantOf,
  type ReadyOidcConnection,
} from '../../sign-in/usable-connection.ts';

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
    const connection = await findLivingConnection(deps, params.connection);
    const environment = connection && (await deps.environments.find(connection.environmentId));
    const spent = connection && environment && (await spend(deps, connection, query.state ?? '', request));
    if (connection === undefined || environment === undefined || spent === undefined) {
      await deps.limits.spend('sign_in_failures', source);
      throw new OnboardingError('not_found', { kind: 'connection' });
    }
    await deps.limits.spend('sign_in_answers', connection.id);
    const completion =
      spent.kind === 'spent'
        ? await complete(deps, spent, query, request)
        : ({ ...spent, kind: 'not_this_one' } as const);
    const isRefused = completion.kind === 'not_this_one' || completion.kind === 'refused';
    if (isRefused) await deps.limits.spend('sign_in_failures', source);
    deps.metrics.signIns.inc({ verdict: isRefused ? completion.cause : 'success' });
    return answerCompletion(completion, environment);
  },
});

type Spent =
  | {
      readonly kind: 'spent';
      /** With the values that this attempt sees: a revision's, when it tests one. */
      readonly connection: ConnectionRow;
      readonly attempt: AttemptRow;
      readonly named: NamedRequest;
      readonly state: string;
    }
  /** Kept under a reference of its own: the request that it may have named stays as it is. */
  | { readonly kind: 'kept'; readonly cause: SignInCause; readonly kept: AttemptRow };

/** Undefined where the connection takes no answers of OpenID Connect at all. */
async function spend(
  deps: ApiDeps,
  connection: ConnectionRow,
  state: string,
  request: RequestFacts,
): Promise<Spent | undefined> {
  const { now } = request;
  const tenant = tenantOf(connection);
  const names = looksLikeOurToken(state, 'vb_state_') ? requestsNamedBy(deps.secrets, state) : [];
  return withTenant(deps.db, tenant, async (tx) => {
    const found = await findNamed(tx, connection, names);
    if (found === undefined && connection.protocol !== 'oidc') return undefined;
    const origin = found?.attempt.origin ?? 'provider';
    const refuse = async (cause: SignInCause, check: string): Promise<Spent> => {
      const failure = { origin, cause, checks: [{ check, passed: false }], now };
      return { kind: 'kept', cause, kept: await keepRefused(tx, connection, failure) };
    };
    if (found === undefined) return refuse('state_unknown', 'in_response_to');
    const { outcome } = await consumeRequest(tx, tenant, {
      connectionId: connection.id,
      requestId: found.named.requestId,
      bindingDigest: digestOfCookie(deps, request),
      messages: [],
      now,
    });
    if (outcome === 'consumed') {
      const seen = await connectionSeenBy(tx, connection, found.attempt);
      return { kind: 'spent', state, connection: seen, ...found };
    }
    const cause = outcome === 'in_response_to_unknown' ? 'state_unknown' : outcome;
    return refuse(cause, cause === 'replayed' ? 'replay' : 'browser');
  });
}

async function findNamed(
  tx: Tx,
  connection: ConnectionRow,
  names: readonly NamedRequest[],
): Promise<{ attempt: AttemptRow; named: NamedRequest } | undefined> {
  for (const named of names) {
    const attempt = await findAttemptByRequest(tx, tenantOf(connection), connection.id, named.requestId);
    if (attempt?.protocol === 'oidc') return { attempt, named };
  }
  return undefined;
}

/** Exchanges and verifies without a transaction: providers take their time. */
async function complete(
  deps: ApiDeps,
  { connection, attempt, named, state }: Extract<Spent, { kind: 'spent' }>,
  query: AnswerQuery,
  { now }: RequestFacts,
): Promise<Completion> {
  const ready = isReady(connection) && connection.protocol === 'oidc' ? connection : undefined;
  if (ready === undefined || !(await isUsable(deps, connection, attempt.origin))) {
    return refuseUnusable(deps, connection, attempt, now);
  }
  const pending = pendingRequestOf(deps.secrets, named.keyId, state, ready.oidcIssuer);
  const trust = await withTenant(deps.db, tenantOf(connection), (tx) => trustOf(tx, deps, ready));
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
  const environment = await deps.environments.find(connection.environmentId);
  if (environment === undefined) throw new OnboardingError('not_found', { kind: 'environment' });
  const now = deps.now();
  // The whole environment, because a domain may be another organization's.
  return withTenant(deps.db, { environmentId: connection.environmentId }, (tx) =>
    completeOidcSignIn(tx, { connection, environment, attempt, verdict, now }),
  );
}

function refuseUnusable(
  { db }: ApiDeps,
  connection: ConnectionRow,
  attempt: AttemptRow,
  now: Date,
): Promise<Completion> {
  const cause = 'connection_not_usable';
  const facts = { state: connection.state };
  return withTenant(db, tenantOf(connection), async (tx) => {
    const failed = await failAttempt(tx, connection, attempt, { cause, facts, now });
    return { kind: 'refused', cause, attempt: failed ?? attempt };
  });
}

function parametersOf(query: AnswerQuery): URLSearchParams {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given);
}
