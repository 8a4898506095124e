import { tokensMatch } from '../../../adapters/tokens.ts';
import {
  findEndingAttempt,
  inOneMessage,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type SignInRules,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route } from '../../route.ts';
import { answerCompletion } from '../../sign-in/answer-completion.ts';
import { digestOfCookie } from '../../sign-in/browser-binding.ts';
import { completeSamlSignIn } from '../../sign-in/complete-saml-sign-in.ts';
import type { Completion } from '../../sign-in/complete-sign-in.ts';
import { lookAsAttempt, unusable, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { readOutcome, type RefusedOutcome } from '../../sign-in/pending-outcome.ts';
import { failAttempt, keepRefused } from '../../sign-in/record-outcome.ts';
import { overPage } from '../../sign-in/return-to-app.ts';
import { isUsable, tenantOf } from '../../sign-in/usable-connection.ts';

/** The bounce takes a moment. A verdict that has waited longer was made under settings that may have changed since. */
const verdictLifeMs = 2 * 60_000;

/**
 * The end of the bounce of [SAML-16]: reached by a redirect from the assertion consumer service, same-site and by GET,
 * so the browser shows its cookie. Only the browser that began the sign-in ends it.
 */
export const finish = route({
  method: 'GET',
  path: '/sso/saml/:connection/finish/:attempt',
  who: 'public',
  isAct: true,
  summary: 'Ends a sign-in in the browser that began it',
  answers: { 302: 'to the app, with a code or an error', 200: 'page: test received', 403: 'page: refused' },
  async handler({ deps, params, request }) {
    const { connection: connectionId, attempt: attemptId } = params;
    const source = sourceKey(request.address);
    await deps.limits.refuseSpent('sign_in_failures', source);
    const tenant = await deps.tenants.ofConnection(connectionId);
    if (tenant === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
    const found = await inOneMessage(deps.db, tenant, (tx) =>
      findEndingAttempt(tx, tenant, { connectionId, attemptId, now: request.now }),
    );
    if (found === undefined) throw new OnboardingError('not_found', { kind: 'attempt' });
    const seen = await lookAsAttempt(deps.db, found.connection, found.attempt);
    if (found.attempt.protocol !== 'saml') throw new OnboardingError('not_found', { kind: 'attempt' });
    const bindingDigest = digestOfCookie(deps, request);
    const connection = seen ?? found.connection;
    const ended = await end(deps, { ...found, seen, connection, bindingDigest, now: request.now });
    // The browser's own failure was counted where its answer came; what is another's is counted here, and writes a row.
    if (ended === undefined || ended.kind === 'not_this_one') {
      await deps.limits.spend('sign_in_failures', source);
    }
    if (ended === undefined) {
      return overPage(await deps.environments.find(tenant.environmentId), 'sign_in');
    }
    deps.metrics.signIns.inc({ verdict: 'cause' in ended ? ended.cause : 'success' });
    return answerCompletion(deps, ended);
  },
});

interface Ending {
  /** As the attempt sees it; undefined where the draft that it tests is over. */
  seen: EffectiveConnection | undefined;
  connection: ConnectionRow;
  attempt: AttemptRow;
  rules: SignInRules;
  bindingDigest: string | null;
  now: Date;
}

/** Undefined when there is nothing to end: no answer came, or it was used, or it waited too long. */
async function end(deps: ApiDeps, ending: Ending): Promise<Completion | undefined> {
  const { seen, connection, attempt, now } = ending;
  const { requestId, answeredAt } = attempt;
  const outcome = readOutcome(attempt);
  if (!outcome || requestId === null || answeredAt === null) return undefined;
  if (answeredAt.getTime() + verdictLifeMs <= now.getTime()) return undefined;
  if (!outcome.ok) return endRefused(deps, ending, outcome);
  const isWell =
    seen !== undefined && seen.protocol === 'saml' && (await isUsable(deps, seen, attempt.origin));
  if (!isWell) {
    return endRefused(deps, ending, { ok: false, ...unusable(seen, connection), checks: outcome.checks });
  }
  return completeSamlSignIn(deps.db, { ...ending, attempt: { ...attempt, requestId }, outcome });
}

async function endRefused(
  { db }: ApiDeps,
  { connection, attempt, bindingDigest, now }: Ending,
  { cause, facts, checks }: RefusedOutcome,
): Promise<Completion | undefined> {
  const { origin, responseXml } = attempt;
  return withTenant(db, tenantOf(connection), async (tx) => {
    if (!isBound(attempt, bindingDigest)) {
      // Anybody may have posted it: the pending request stays, and what came is kept beside it [SAML-17].
      const kept = await keepRefused(tx, connection, { origin, cause, facts, checks, responseXml, now });
      return { kind: 'not_this_one', cause, kept };
    }
    const failed = await failAttempt(tx, connection, attempt, { cause, facts, checks, now });
    return failed && { kind: 'refused', cause: failed.cause ?? cause, attempt: failed };
  });
}

function isBound(attempt: AttemptRow, shown: string | null): boolean {
  return attempt.bindingDigest !== null && shown !== null && tokensMatch(attempt.bindingDigest, shown);
}
