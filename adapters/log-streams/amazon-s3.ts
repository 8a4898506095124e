/** Amazon S3 by a role or by keys, and stores that speak S3 at an address of their own. */
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { assumeRole, roleFacts } from './aws-role.ts';
import { ask, refusal, secretOf, settingOf, type Answered, type Sending } from './asking.ts';
import { signedHeaders, type SigningKey } from './aws-signature.ts';
import { causeOfStatus, NotTaken } from './not-taken.ts';
import { elementIn, isStored, keyField, objectSender, type StoredObject } from './stored-objects.ts';

type Credentials = Pick<SigningKey, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;

/** By a role of the customer's that trusts us. */
export const amazonRoleSender = objectSender({
  async put(sending, object) {
    const put = async () => putAs(sending, object, amazonBase(sending), await assumeRole(sending));
    try {
      return await put();
    } catch (error) {
      if (!(error instanceof NotTaken) || error.streamCause !== 'credential_ended') throw error;
      // The session was ended before its time; one more is asked for.
      sending.tokens.drop(roleFacts(sending));
      return put();
    }
  },
  get: async (sending, path) => getAs(sending, path, amazonBase(sending), await assumeRole(sending)),
});

/** By an access key of the customer's. */
export const amazonKeysSender = objectSender({
  put: (sending, object) => putAs(sending, object, amazonBase(sending), keysOf(sending)),
  get: (sending, path) => getAs(sending, path, amazonBase(sending), keysOf(sending)),
});

/** At an address of its own, with the bucket in the path. */
export const compatibleSender = objectSender({
  put: (sending, object) => putAs(sending, object, compatibleBase(sending), keysOf(sending)),
  get: (sending, path) => getAs(sending, path, compatibleBase(sending), keysOf(sending)),
});

const compatibleBase = (sending: Sending) =>
  `${settingOf(sending, 'endpoint').replace(/\/$/, '')}/${settingOf(sending, 'bucket')}`;

const amazonBase = (sending: Sending) =>
  sending.hosts.amazonBucket(settingOf(sending, 'region'), settingOf(sending, 'bucket'));

const keysOf = (sending: Sending): Credentials => ({
  accessKeyId: settingOf(sending, 'accessKeyId'),
  secretAccessKey: secretOf(sending, 'secretAccessKey'),
});

async function putAs(
  sending: Sending,
  { path, body, headers }: StoredObject,
  bucketUrl: string,
  credentials: Credentials,
): Promise<Answered> {
  const request = { method: 'PUT', url: `${bucketUrl}/${path}`, body } as const;
  const conditional = { ...headers, 'if-none-match': '*' };
  const key = keyOf(sending, credentials);
  const answer = await ask(sending, {
    ...request,
    headers: signedHeaders({ ...request, headers: conditional }, key, sending.now()),
  });
  if (!isStored(answer)) throw storeRefusal(sending, answer);
  return answer;
}

function getAs(
  sending: Sending,
  path: string,
  bucketUrl: string,
  credentials: Credentials,
): Promise<Answered> {
  const request = { method: 'GET', url: `${bucketUrl}/${path}` } as const;
  const key = keyOf(sending, credentials);
  const headers = signedHeaders({ ...request, headers: {}, body: '' }, key, sending.now());
  return ask(sending, { ...request, headers });
}

const keyOf = (sending: Sending, credentials: Credentials): SigningKey => ({
  ...credentials,
  region: settingOf(sending, 'region'),
  service: 's3',
  scheme: 'AWS4',
});

/** What the store's own codes mean (`providers-siem` §3). */
const causeOfCode: Readonly<Record<string, StreamCause>> = {
  AccessDenied: 'not_allowed',
  AccountProblem: 'credential_disabled',
  AllAccessDisabled: 'not_allowed',
  InvalidAccessKeyId: 'credential_refused',
  SignatureDoesNotMatch: 'credential_refused',
  ExpiredToken: 'credential_ended',
  InvalidToken: 'credential_ended',
  AuthorizationHeaderMalformed: 'wrong_region',
  PermanentRedirect: 'wrong_region',
  TemporaryRedirect: 'destination_busy',
  IllegalLocationConstraintException: 'wrong_region',
  NoSuchBucket: 'place_unknown',
  InvalidBucketName: 'place_unknown',
  QuotaExceeded: 'over_quota',
  XMinioAdminBucketQuotaExceeded: 'over_quota',
  XMinioStorageFull: 'over_quota',
  RequestTimeTooSkewed: 'clock_differs',
  SlowDown: 'rate_limited',
  ConditionalRequestConflict: 'destination_busy',
  OperationAborted: 'destination_busy',
  EntityTooLarge: 'records_too_large',
  RequestTimeout: 'destination_busy',
  InternalError: 'destination_busy',
  ServiceUnavailable: 'destination_busy',
};

function storeRefusal(sending: Sending, answer: Answered): NotTaken {
  const code = elementIn(answer.text, 'Code') ?? '';
  const cause = code.startsWith('KMS.') ? 'not_allowed' : (causeOfCode[code] ?? causeOfObjectStatus(answer));
  const { facts } = refusal(sending, answer, cause);
  const region = answer.headers['x-amz-bucket-region'] ?? elementIn(answer.text, 'Region');
  return new NotTaken(cause, {
    ...facts,
    ...keyField(sending, code),
    ...(cause === 'wrong_region' && region !== undefined ? { suggested: region } : {}),
  });
}

/** What is in an object never matters to a store: a bad request is about how we ask. */
function causeOfObjectStatus({ status }: Answered): StreamCause {
  const cause = causeOfStatus(status);
  if (status === 301 || status === 307) return 'wrong_region';
  if (status === 412) return 'not_allowed';
  if (status < 300) return 'answer_unexpected';
  return cause === 'records_refused' ? 'address_refused' : cause;
}
