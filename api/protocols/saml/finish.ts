import { tokensMatch } from '../../../adapters/tokens.ts';
import {
  getAttempt,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { answerCompletion } from '../../sign-in/answer-completion.ts';
import { digestOfCookie } from '../../sign-in/browser-binding.ts';
import { completeSamlSignIn } from '../../sign-in/complete-saml-sign-in.ts';
import type { Completion } from '../../sign-in/complete-sign-in.ts';
import { connectionSeenBy } from '../../sign-in/effective-connection.ts';
import { readOutcome, type RefusedOutcome } from '../../sign-in/pending-outcome.ts';
import { failAttempt, keepRefused } from '../../sign-in/record-outcome.ts';
import { overPage } from '../../sign-in/return-to-app.ts';
import { findLivingConnection, isUsable } from '../../sign-in/usable-connection.ts';

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
    const living = await findLivingConnection(deps, params.connection);
    const environment = living && (await deps.environments.find(living.environmentId));
    if (living === undefined || environment === undefined) {
      throw new OnboardingError('not_found', { kind: 'connection' });
    }
    // The whole environment, because a domain may be another organization's.
    const tenant = { environmentId: living.environmentId };
    const bindingDigest = digestOfCookie(deps, request);
    const ended = await withTenant(deps.db, tenant, async (tx) => {
      const whose = { ...tenant, organizationId: living.organizationId };
      const attempt = await getAttempt(tx, whose, params.attempt);
      if (attempt.connectionId !== living.id) throw new OnboardingError('not_found', { kind: 'attempt' });
      const connection = await connectionSeenBy(tx, living, attempt);
      if (connection.protocol !== 'saml') throw new OnboardingError('not_found', { kind: 'attempt' });
      return end(tx, deps, { connection, environment, attempt, bindingDigest, now: request.now });
    });
    if (ended === undefined) return overPage(environment, 'sign_in');
    deps.metrics.signIns.inc({ verdict: 'cause' in ended ? ended.cause : 'success' });
    return answerCompletion(ended, environment);
  },
});

interface Ending {
  connection: ConnectionRow;
  environment: EnvironmentRow;
  attempt: AttemptRow;
  bindingDigest: string | null;
  now: Date;
}

/** Undefined when there is nothing to end: no answer came, or it was used, or it waited too long. */
async function end(tx: Tx, deps: ApiDeps, ending: Ending): Promise<Completion | undefined> {
  const { connection, attempt, now } = ending;
  const { requestId, answeredAt } = attempt;
  const outcome = readOutcome(attempt);
  if (!outcome || requestId === null || answeredAt === null) return undefined;
  if (answeredAt.getTime() + verdictLifeMs <= now.getTime()) return undefined;
  if (!outcome.ok) return endRefused(tx, ending, outcome);
  if (!(await isUsable(deps, connection, attempt.origin))) {
    const facts = { state: connection.state };
    return endRefused(tx, ending, {
      ok: false,
      cause: 'connection_not_usable',
      facts,
      checks: outcome.checks,
    });
  }
  return completeSamlSignIn(tx, { ...ending, attempt: { ...attempt, requestId }, outcome });
}

async function endRefused(
  tx: Tx,
  { connection, attempt, bindingDigest, now }: Ending,
  { cause, facts, checks }: RefusedOutcome,
): Promise<Completion | undefined> {
  const { origin, responseXml } = attempt;
  if (!isBound(attempt, bindingDigest)) {
    // Anybody may have posted it: the pending request stays, and what came is kept beside it [SAML-17].
    const kept = await keepRefused(tx, connection, { origin, cause, facts, checks, responseXml, now });
    return { kind: 'not_this_one', cause, kept };
  }
  const failed = await failAttempt(tx, connection, attempt, { cause, facts, checks, now });
  return failed && { kind: 'refused', cause, attempt: failed };
}

function isBound(attempt: AttemptRow, shown: string | null): boolean {
  return attempt.bindingDigest !== null && shown !== null && tokensMatch(attempt.bindingDigest, shown);
}
