/** Destinations of log streams as a loopback server plays them, each in the shape of its documented wire. */
import { generateKeyPairSync } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { createStreamSenders, type StreamTarget } from '../../adapters/log-streams/index.ts';
import { createEgress } from '../../adapters/egress.ts';
import { mintWebhookSecret } from '../../adapters/webhook-signatures.ts';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import { destinationIds, type DestinationId } from '../../onboarding/log-streams/destination.ts';
import { serveImitation, type Answered, type Asked } from './imitation.ts';

export type HttpDestination = Exclude<DestinationId, 'syslog'>;

export const httpDestinations: readonly HttpDestination[] = destinationIds.filter((id) => id !== 'syslog');

/** What the tokens and sessions of others look like here: none of it may be shown. */
export const theirToken = 'ya29-their-access-token';
const theirSession = 'their-session-token-of-aws';

const serviceAccountKey = JSON.stringify({
  type: 'service_account',
  private_key_id: 'k1',
  client_id: '1',
  client_email: 'logs@acme.iam.gserviceaccount.com',
  // Wherever a key file wants tokens from, they come from Google.
  token_uri: 'https://evil.example/token',
  private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
});

/** Answers a question of one destination; `undefined` where the good answer will do. */
type Answer = (asked: Asked) => Answered | undefined;

export async function imitateDestinations(now: () => Date = () => new Date('2026-11-26T09:00:00Z')) {
  let answer: Answer = () => undefined;
  const server = await serveImitation((asked) => answer(asked) ?? goodAnswer(asked, server.asked));
  const { url } = server;
  const pauses: number[] = [];
  const made = () =>
    createStreamSenders({
      egress: createEgress({ allow: [], loopback: true, ownAddresses: [], now: () => new Date() }),
      now,
      aws: {
        accessKeyId: 'AKIAOURSELVES0000000',
        secretAccessKey: 'our-own-secret-access-key',
        principal: 'arn:aws:iam::123456789012:user/vestibule',
      },
      hostName: 'auth.ledgerly.test',
      hosts: {
        datadogIntake: (site) => (site.startsWith('http') ? site : `${url}/intake/${site}`),
        datadogApi: (site) => `${url}/api-of/${site}`,
        newRelic: (region) => `${url}/newrelic/${region}`,
        microsoftLogin: () => `${url}/login`,
        googleToken: `${url}/google-token`,
        googleStorage: `${url}/gcs`,
        amazonBucket: (region, bucket) => `${url}/s3/${region}/${bucket}`,
        amazonSts: (region) => `${url}/sts/${region}`,
      },
      pause: (ms) => Promise.resolve(void pauses.push(ms)),
    });

  let senders = made();

  return {
    url,
    pauses,
    asked: server.asked,
    close: server.close,
    get senders() {
      return senders;
    },
    /** From now on. */
    answers(next: Answer) {
      answer = next;
    },
    /** Forgets what was asked and every token, and answers well again. */
    reset() {
      senders = made();
      answer = () => undefined;
      server.asked.length = 0;
      pauses.length = 0;
    },
    targetOf: (destination: HttpDestination, change: Partial<StreamTarget> = {}) =>
      aTarget(url, destination, change),
  };
}

export type DestinationsImitation = Awaited<ReturnType<typeof imitateDestinations>>;

function aTarget(url: string, destination: HttpDestination, change: Partial<StreamTarget>): StreamTarget {
  const { settings = {}, secrets = {}, ...rest } = change;
  const [defaults, defaultSecrets] = typedFor(url)[destination];
  return {
    destination,
    streamId: 'log_stream_01',
    organizationId: 'org_01',
    isSandbox: true,
    settings: { ...defaults, ...settings },
    secrets: { ...defaultSecrets, ...secrets },
    ...rest,
  };
}

type Typed = readonly [settings: Record<string, string>, secrets: Record<string, string>];

const typedFor = (url: string): Record<HttpDestination, Typed> => ({
  splunk: [
    { url: `${url}/services/collector/event`, acknowledgement: 'off' },
    { token: '1f5f6a3e-0000-4000-8000-c0ffee000000' },
  ],
  datadog: [{ site: 'datadoghq.eu' }, { apiKey: 'a'.repeat(32) }],
  'microsoft-sentinel': [
    {
      tenantId: 'tenant-1',
      clientId: 'client-1',
      endpoint: url,
      ruleId: `dcr-${'0'.repeat(32)}`,
      streamName: 'Custom-VestibuleAudit_CL',
    },
    { clientSecret: 'a-client-secret-of-entra' },
  ],
  'amazon-s3': [
    {
      region: 'eu-central-1',
      bucket: 'acme-logs',
      prefix: 'vestibule',
      roleArn: 'arn:aws:iam::123456789012:role/logs',
      externalId: 'external-of-the-stream',
    },
    {},
  ],
  'amazon-s3-keys': [
    { region: 'eu-central-1', bucket: 'acme-logs', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  ],
  's3-compatible': [
    { endpoint: `${url}/store`, region: 'auto', bucket: 'acme-logs', prefix: 'a b/c', accessKeyId: 'minio' },
    { secretAccessKey: 'minio-secret-key' },
  ],
  'google-cloud-storage': [{ bucket: 'acme-logs' }, { serviceAccountKey }],
  'google-cloud-storage-hmac': [
    { bucket: 'acme-logs', accessKeyId: 'GOOG1EXAMPLE' },
    { secretAccessKey: 'a-google-hmac-secret' },
  ],
  'new-relic': [{ region: 'us' }, { licenseKey: 'b'.repeat(40) }],
  elastic: [{ url, index: 'logs-vestibule.audit-default' }, { apiKey: 'ZW5jb2RlZC1rZXktb2YtZWxhc3RpYw==' }],
  'sumo-logic': [{}, { sourceUrl: `${url}/receiver/v1/http/c2VjcmV0LWluLXRoZS1wYXRo` }],
  https: [
    { url: `${url}/ingest`, format: 'array', headerName: 'X-Api-Key' },
    { headerValue: 'the-key-of-the-receiver', signingSecret: mintWebhookSecret() },
  ],
});

/** What each says when all is well. */
function goodAnswer({ method, path, body }: Asked, before: readonly Asked[]): Answered {
  if (path === '/services/collector/event') {
    return body === ''
      ? { status: 400, body: { text: 'No data', code: 5 } }
      : { status: 200, body: { text: 'Success', code: 0, ackId: 7 } };
  }
  if (path === '/services/collector/ack') return { status: 200, body: { acks: { 7: true } } };
  if (path.startsWith('/intake/')) return { status: 202, body: {} };
  if (path.startsWith('/api-of/')) return { status: 200, body: { valid: true } };
  if (path.startsWith('/login/') || path === '/google-token') {
    return { status: 200, body: { access_token: theirToken, expires_in: 3600, token_type: 'Bearer' } };
  }
  if (path.startsWith('/dataCollectionRules/')) return { status: 204, body: '' };
  if (path.startsWith('/sts/')) return { status: 200, body: assumed };
  if (path.startsWith('/newrelic/')) return { status: 202, body: { requestId: 'r-1' } };
  if (path.endsWith('/_bulk')) {
    const items = body.trim().split('\n').length / 2;
    return {
      status: 200,
      body: { errors: false, items: Array.from({ length: items }, () => ({ create: { status: 201 } })) },
    };
  }
  if (path.endsWith('/_search')) return { status: 200, body: searched(body, before) };
  const stored = before.find((one) => one.method === 'PUT' && one.path === path);
  if (method === 'GET' && stored !== undefined) return { status: 200, body: stored.bytes };
  return { status: 200, body: method === 'PUT' ? '' : 'ok' };
}

/** What a search by ids finds of what was sent in bulk, with the fields that `filter_path` leaves. */
function searched(body: string, before: readonly Asked[]) {
  const { query } = JSON.parse(body) as { query: { ids: { values: string[] } } };
  const documents = arrivedRecords('elastic', before) as { id: string; metadata?: object }[];
  const found = documents.filter(({ id }) => query.ids.values.includes(id));
  return { hits: { hits: found.map(({ id, metadata }) => ({ _source: { id, metadata } })) } };
}

const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIATHEIRS0000000000</AccessKeyId><SecretAccessKey>their/session+secret</SecretAccessKey>
<SessionToken>${theirSession}</SessionToken><Expiration>2026-11-26T10:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** The records that arrived, as the product there would show them: one for each of its own records. */
export function arrivedRecords(destination: HttpDestination, asked: readonly Asked[]): unknown[] {
  return asked.flatMap((one) => recordsIn(destination, one));
}

function recordsIn(destination: HttpDestination, { method, path, body, bytes }: Asked): unknown[] {
  switch (destination) {
    case 'splunk':
      return path.endsWith('/event') ? linesOf(body).map((line) => fieldOf(line, 'event')) : [];
    case 'datadog':
      return path.endsWith('/logs') ? listOf(body).map((entry) => fieldOf(entry, 'message')) : [];
    case 'microsoft-sentinel':
      return path.includes('/streams/') ? listOf(body).map((row) => sentinelRecord(row)) : [];
    case 'new-relic':
      return listOf(body).flatMap((part) =>
        (fieldOf(part, 'logs') as unknown[]).map(
          (log) => JSON.parse(String(fieldOf(log, 'message'))) as unknown,
        ),
      );
    case 'elastic':
      return path.endsWith('/_bulk')
        ? linesOf(body)
            .filter((_line, index) => index % 2 === 1)
            .map((document) => withoutTime(document))
        : [];
    case 'sumo-logic':
      return linesOf(body);
    case 'https':
      return body.startsWith('[') ? listOf(body) : linesOf(body);
    default:
      return method === 'PUT' && path.endsWith('.ndjson.gz')
        ? linesOf(gunzipSync(bytes).toString('utf8'))
        : [];
  }
}

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
const listOf = (text: string): unknown[] => JSON.parse(text) as unknown[];
const fieldOf = (object: unknown, name: string): unknown => (object as Record<string, unknown>)[name];

function withoutTime(document: unknown) {
  const { '@timestamp': _time, ...record } = document as Record<string, unknown>;
  return record;
}

function sentinelRecord(row: unknown) {
  const { TimeGenerated, EventId, Sequence, EventType, OrganizationId, Data } = row as Record<
    string,
    unknown
  >;
  return {
    id: EventId,
    sequence: Sequence,
    organization_id: OrganizationId,
    action: EventType,
    occurred_at: TimeGenerated,
    ...(Data as object),
  };
}

/** A record of the audit log. */
export function aRecord(sequence = 1, change: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: `audit_${String(sequence).padStart(6, '0')}`,
    sequence,
    organization_id: 'org_01',
    action: 'user.signed_in',
    occurred_at: '2026-11-26T08:59:00.000Z',
    actor: { id: 'user_1', type: 'user', name: 'Anna' },
    targets: [{ id: 'team_1', type: 'team' }],
    context: { location: '203.0.113.7' },
    ...change,
  };
}

export const someRecords = (count: number, from = 1): AuditRecord[] =>
  Array.from({ length: count }, (_, index) => aRecord(from + index));
