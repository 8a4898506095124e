import { newId } from '../../../adapters/ids.ts';
import { singleLine } from '../../../adapters/mail/safe-text.ts';
import { digestToken, tokensMatch } from '../../../adapters/tokens.ts';
import {
  lookUpEnvironmentByClientId,
  recordMailOutcome,
  withTenant,
  type EnvironmentRow,
  type MailOutcome,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { noContent } from '../../answers.ts';
import { mailNoticeBody } from '../../contract/developer-mail-notices.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';

/** `/mail_notices`: the mail provider tells what became of a mail. Telling twice changes nothing. */

const wordsLength = 300;

const create = route({
  method: 'POST',
  path: '/mail_notices',
  who: 'notice_secret',
  summary:
    'Reports a mail as delivered, bounced or complained about; the bearer is the secret for mail notices',
  body: mailNoticeBody,
  answers: { 204: 'nothing', 401: 'the secret is not that of the client_id' },
  async handler({ deps, body, request }) {
    const { id } = await proveProvider(deps, body.client_id, request);
    const [, mailId] = /^<?(mail_[0-9A-Z]{26})@/.exec(body.message_id.trim()) ?? [];
    const outcome = outcomeOf(body);
    if (mailId === undefined || outcome === undefined) return noContent();
    const tenant = { environmentId: id };
    const told = { now: request.now, newId };
    await withTenant(deps.db, tenant, (tx) => recordMailOutcome(tx, tenant, mailId, outcome, told));
    return noContent();
  },
});

export const mailNoticeRoutes = [create];

/** The environment of the client id, if the bearer is its secret; guesses are counted. */
async function proveProvider(
  deps: ApiDeps,
  clientId: string,
  { authorizations, address }: RequestFacts,
): Promise<EnvironmentRow> {
  const source = sourceKey(address);
  await deps.limits.refuseSpent('mail_notice_failures', source);
  const environment = await lookUpEnvironmentByClientId(deps.db, clientId);
  const [, secret = ''] = /^Bearer +(\S+)$/i.exec(authorizations[0] ?? '') ?? [];
  // Without a secret of its own an environment takes no notices; the comparison is made all the same.
  const isRight = tokensMatch(
    digestToken(secret).toString('hex'),
    environment?.mailNoticeDigest ?? '-'.repeat(64),
  );
  if (environment !== undefined && isRight) return environment;
  await deps.limits.spend('mail_notice_failures', source);
  throw new OnboardingError('unauthorized');
}

function outcomeOf({
  event,
  status,
  reason,
}: {
  event: 'delivered' | 'bounced' | 'complaint';
  status?: string | undefined;
  reason?: string | undefined;
}): MailOutcome | undefined {
  if (event === 'delivered') return { kind: event };
  if (event === 'bounced' && status?.startsWith('4.') === true) return undefined;
  return { kind: event, words: singleLine([status, reason].filter(Boolean).join(' ') || event, wordsLength) };
}
