/** Google Cloud Storage, by a service account's key or by an HMAC key. */
import { importPKCS8, SignJWT } from 'jose';
import { serviceAccountKeyOf } from '../../onboarding/directory-preflight.ts';
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import {
  ask,
  isTaken,
  objectIn,
  refusal,
  secretOf,
  settingOf,
  type Answered,
  type Sending,
} from './asking.ts';
import { signedHeaders, type SigningKey } from './aws-signature.ts';
import { causeOfStatus, NotTaken, passingCauseOf } from './not-taken.ts';
import { elementIn, isStored, keyField, objectSender, type StoredObject } from './stored-objects.ts';

const scope = 'https://www.googleapis.com/auth/devstorage.read_write';

/** By a token that the service account's key gets. */
export const googleStorageSender = objectSender({
  async put(sending, object) {
    const put = async () => {
      const token = await accessToken(sending);
      return putGiven(sending, object, (headers) => ({ ...headers, authorization: `Bearer ${token}` }));
    };
    try {
      return await put();
    } catch (error) {
      if (
        !(error instanceof NotTaken) ||
        error.streamCause !== 'credential_refused' ||
        error.facts.status !== 401
      )
        throw error;
      // A token may end before its time, as when the key was just replaced.
      sending.tokens.drop(tokenFacts(sending));
      return put();
    }
  },
  async get(sending, path) {
    const headers = { authorization: `Bearer ${await accessToken(sending)}` };
    return ask(sending, { url: urlOf(sending, path), method: 'GET', headers });
  },
});

/** By an HMAC key of the interoperable API. */
export const googleHmacSender = objectSender({
  put: (sending, object) =>
    putGiven(sending, object, (headers, url) =>
      signedHeaders({ method: 'PUT', url, headers, body: object.body }, hmacKeyOf(sending), sending.now()),
    ),
  get(sending, path) {
    const request = { url: urlOf(sending, path), method: 'GET' } as const;
    const headers = signedHeaders({ ...request, headers: {}, body: '' }, hmacKeyOf(sending), sending.now());
    return ask(sending, { ...request, headers });
  },
});

const hmacKeyOf = (sending: Sending): SigningKey => ({
  accessKeyId: settingOf(sending, 'accessKeyId'),
  secretAccessKey: secretOf(sending, 'secretAccessKey'),
  region: 'auto',
  service: 'storage',
  scheme: 'GOOG4',
});

const urlOf = (sending: Sending, path: string): string =>
  `${sending.hosts.googleStorage}/${settingOf(sending, 'bucket')}/${path}`;

async function putGiven(
  sending: Sending,
  { path, body, headers }: StoredObject,
  authorized: (headers: Record<string, string>, url: string) => Record<string, string>,
): Promise<Answered> {
  const url = urlOf(sending, path);
  // The account may create and not replace: an object that is there stays, and that is as good.
  const conditional = { ...headers, 'x-goog-if-generation-match': '0' };
  const answer = await ask(sending, { url, method: 'PUT', headers: authorized(conditional, url), body });
  if (isStored(answer)) return answer;
  const { streamCause, facts } = refusal(sending, answer, causeOf(answer));
  throw new NotTaken(streamCause, { ...facts, ...keyField(sending, elementIn(answer.text, 'Code')) });
}

function causeOf({ text, status }: Answered): StreamCause {
  switch (elementIn(text, 'Code')) {
    case 'SignatureDoesNotMatch':
    case 'InvalidAccessKeyId':
    case 'InvalidSecurity':
    case 'AuthenticationRequired':
      return 'credential_refused';
    case 'AccountProblem':
    case 'UserProjectAccountProblem':
      // The project's billing; the credential is as good as before.
      return 'over_quota';
    case 'RequestTimeTooSkewed':
      return 'clock_differs';
    default: {
      // An organization's policy, whose constraint stands in the answer.
      if (status === 412) return 'not_allowed';
      if (status < 300) return 'answer_unexpected';
      const cause = causeOfStatus(status);
      return cause === 'records_refused' ? 'address_refused' : cause;
    }
  }
}

const tokenFacts = (sending: Sending) => ['google', secretOf(sending, 'serviceAccountKey')];

async function accessToken(sending: Sending): Promise<string> {
  const token = await sending.tokens.get(tokenFacts(sending), () => newToken(sending));
  sending.hidden.add(token);
  return token;
}

/** RFC 7523. The token endpoint is Google's own, whatever the key file says. */
async function newToken(sending: Sending): Promise<{ token: string; goodForMs: number }> {
  const key = serviceAccountKeyOf(secretOf(sending, 'serviceAccountKey'));
  if (key === undefined) throw new NotTaken('credential_unreadable');
  const issuedAt = Math.floor(sending.now().getTime() / 1_000);
  const signingKey = await importPKCS8(key.privateKey, 'RS256').catch(() => {
    throw new NotTaken('credential_unreadable');
  });
  const assertion = await new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.keyId === '' ? {} : { kid: key.keyId }) })
    .setIssuer(key.clientEmail)
    .setAudience(sending.hosts.googleToken)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 3_600)
    .sign(signingKey);
  const answer = await ask(sending, {
    url: sending.hosts.googleToken,
    feature: 'token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    }).toString(),
  });
  const { access_token: token, expires_in: seconds } = objectIn(answer);
  if (isTaken(answer) && typeof token === 'string' && token !== '') {
    return { token, goodForMs: (typeof seconds === 'number' ? seconds : 3_600) * 1_000 };
  }
  throw refusal(sending, answer, causeOfToken(answer));
}

function causeOfToken(answer: Answered): StreamCause {
  if (isTaken(answer)) return 'answer_unexpected';
  const passing = passingCauseOf(answer.status);
  if (passing !== undefined) return passing;
  const description = objectIn(answer)['error_description'];
  if (typeof description === 'string' && /account not found/i.test(description)) return 'client_unknown';
  if (typeof description === 'string' && /\b(iat|exp)\b|timeframe/i.test(description)) return 'clock_differs';
  return 'credential_refused';
}
