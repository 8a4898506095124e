/** Microsoft Sentinel, by the Logs Ingestion API of Azure Monitor. */
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { microsoftSentinel } from '../../onboarding/log-streams/destinations/microsoft-sentinel.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import {
  ask,
  isObject,
  isTaken,
  objectIn,
  refusal,
  secretOf,
  settingOf,
  type Answered,
  type Sending,
} from './asking.ts';
import { NotTaken, passingCauseOf } from './not-taken.ts';
import { takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

export const sentinelSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, microsoftSentinel.limits, rowOf);
    onCount(batch.length);
    const body = `[${batch.map(({ line }) => line).join(',')}]`;
    let answer = await post(sending, body);
    if (answer.status === 401) {
      sending.tokens.drop(tokenFacts(sending));
      answer = await post(sending, body);
    }
    if (!isTaken(answer)) throw refusalOf(sending, answer);
    return {
      count: batch.length,
      level: 'accepted',
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
    };
  },

  /** As far as a token goes: whether the rule lets us write shows with the first record only. */
  async probe(sending) {
    sending.tokens.drop(tokenFacts(sending));
    const startedMs = performance.now();
    await accessToken(sending);
    return { level: 'accepted', status: 200, ms: Math.round(performance.now() - startedMs), answer: '' };
  },
};

/** `id`, `Type` and some others are Azure's own names: none of ours is among them. */
function rowOf(record: SentRecord): string {
  const { id, sequence, organization_id, action, occurred_at, actor, ...data } = record;
  return plainJson({
    TimeGenerated: occurred_at,
    EventId: id,
    Sequence: sequence,
    EventType: action,
    OrganizationId: organization_id,
    ActorId: actor.id,
    ActorType: actor.type,
    Data: { ...data, actor },
  });
}

async function post(sending: Sending, body: string): Promise<Answered> {
  const [endpoint, rule, stream] = ['endpoint', 'ruleId', 'streamName'].map((name) =>
    settingOf(sending, name),
  );
  return ask(sending, {
    url: `${String(endpoint).replace(/\/$/, '')}/dataCollectionRules/${String(rule)}/streams/${encodeURIComponent(String(stream))}?api-version=2023-01-01`,
    headers: {
      authorization: `Bearer ${await accessToken(sending)}`,
      'content-type': 'application/json',
    },
    body,
    isCompressed: microsoftSentinel.limits.isCompressed,
  });
}

/** The rule may be right and have no stream of that name. */
function refusalOf(sending: Sending, answer: Answered): NotTaken {
  const { error } = objectIn(answer);
  const code = isObject(error) ? error['code'] : undefined;
  const isOfPlace = code === 'InvalidStream' || code === 'InvalidDcr';
  const { streamCause, facts } = refusal(sending, answer, isOfPlace ? 'place_unknown' : undefined);
  return new NotTaken(streamCause, {
    ...facts,
    ...(code === 'InvalidStream' ? { field: 'streamName' } : {}),
  });
}

/** Azure's clouds have log-ins of their own; which one it is stands at the end of the endpoint's host. */
function cloudOf(sending: Sending): 'com' | 'us' | 'cn' {
  const { hostname } = new URL(settingOf(sending, 'endpoint'));
  if (hostname.endsWith('.azure.us')) return 'us';
  return hostname.endsWith('.azure.cn') ? 'cn' : 'com';
}

const tokenFacts = (sending: Sending) => [
  'microsoft',
  cloudOf(sending),
  settingOf(sending, 'tenantId'),
  settingOf(sending, 'clientId'),
  secretOf(sending, 'clientSecret'),
];

async function accessToken(sending: Sending): Promise<string> {
  const token = await sending.tokens.get(tokenFacts(sending), () => newToken(sending));
  sending.hidden.add(token);
  return token;
}

async function newToken(sending: Sending): Promise<{ token: string; goodForMs: number }> {
  const cloud = cloudOf(sending);
  const tenant = encodeURIComponent(settingOf(sending, 'tenantId'));
  const answer = await ask(sending, {
    url: `${sending.hosts.microsoftLogin(cloud)}/${tenant}/oauth2/v2.0/token`,
    feature: 'token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: `https://monitor.azure.${cloud}/.default`,
      client_id: settingOf(sending, 'clientId'),
      client_secret: secretOf(sending, 'clientSecret'),
    }).toString(),
  });
  const { access_token: token, expires_in: seconds } = objectIn(answer);
  if (isTaken(answer) && typeof token === 'string' && token !== '') {
    return { token, goodForMs: (typeof seconds === 'number' ? seconds : 3_600) * 1_000 };
  }
  throw refusal(sending, answer, causeOfToken(answer));
}

/** Entra's own numbers: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function causeOfToken(answer: Answered): StreamCause {
  if (isTaken(answer)) return 'answer_unexpected';
  const passing = passingCauseOf(answer.status);
  if (passing !== undefined) return passing;
  const { error_codes: codes } = objectIn(answer);
  const has = (...numbers: number[]) =>
    Array.isArray(codes) && numbers.some((number) => codes.includes(number));
  if (has(7_000_222)) return 'credential_ended';
  if (has(90_002, 900_023)) return 'tenant_unknown';
  if (has(700_016, 7_000_229)) return 'client_unknown';
  if (has(7_000_112)) return 'credential_disabled';
  return 'credential_refused';
}
