import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { ask, isTaken, refusal, settingOf, type Answered, type Sending } from './asking.ts';
import { signedHeaders, type SigningKey } from './aws-signature.ts';
import { NotTaken, passingCauseOf } from './not-taken.ts';
import { elementIn } from './stored-objects.ts';

type Session = Required<Pick<SigningKey, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>>;

const sessionMs = 3_600_000;

/**
 * A session of the customer's role, for an hour. The external id is the stream's own: a role that trusts us for one
 * customer cannot be used by another. Throws `NotTaken`.
 */
export function assumeRole(sending: Sending): Promise<Session> {
  const { tokens, hidden } = sending;
  return tokens
    .get(roleFacts(sending), async () => ({ token: await newSession(sending), goodForMs: sessionMs }))
    .then((session) => {
      hidden.add(session.secretAccessKey).add(session.sessionToken);
      return session;
    });
}

/** What a kept session is known by. */
export function roleFacts(sending: Sending): readonly string[] {
  const named = ['roleArn', 'externalId', 'region'].map((name) => settingOf(sending, name));
  return ['aws-role', sending.target.streamId, ...named];
}

async function newSession(sending: Sending): Promise<Session> {
  const { aws, hosts, target, now } = sending;
  if (aws === null) throw new NotTaken('settings_incomplete');
  const region = settingOf(sending, 'region');
  const url = `${hosts.amazonSts(region)}/`;
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    DurationSeconds: String(sessionMs / 1_000),
    RoleArn: settingOf(sending, 'roleArn'),
    ExternalId: settingOf(sending, 'externalId'),
    RoleSessionName: target.streamId.replace(/[^\w+=,.@-]/g, '-').slice(0, 64),
  }).toString();
  const request = { method: 'POST', url, body } as const;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { principal: _principal, ...identity } = aws;
  const answer = await ask(sending, {
    ...request,
    feature: 'token',
    headers: signedHeaders(
      { ...request, headers },
      { ...identity, region, service: 'sts', scheme: 'AWS4' },
      now(),
    ),
  });
  const [accessKeyId, secretAccessKey, sessionToken] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map(
    (name) => elementIn(answer.text, name),
  );
  if (!isTaken(answer)) throw refusal(sending, answer, causeOf(answer));
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw new NotTaken('answer_unexpected');
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Only what the customer's role says is theirs to mend; what AWS says of our own identity is ours. */
function causeOf({ text, status }: Answered): StreamCause {
  switch (elementIn(text, 'Code')) {
    case 'AccessDenied':
    case 'ValidationError':
      return 'role_refused';
    case 'RegionDisabledException':
      return 'wrong_region';
    case 'Throttling':
    case 'ThrottlingException':
      return 'rate_limited';
    default:
      return passingCauseOf(status) ?? 'answer_unexpected';
  }
}
