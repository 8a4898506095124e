/** The test sink as streams, webhooks, scripts and pages meet it: the real senders post to it over HTTP. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEgress } from '../../adapters/egress.ts';
import { createStreamSenders, type StreamTarget } from '../../adapters/log-streams/index.ts';
import { mintWebhookSecret } from '../../adapters/webhook-signatures.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Call, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf, heldAgainstContract, type Staff } from '../support/staff.ts';
import { someRecords } from '../support/stream-destinations.ts';

let api: TestApi;
let vendor: Vendor;
let developer: Staff;
let script: Call;
let targets: Record<'splunk' | 'datadog' | 's3' | 'https', StreamTarget>;
const signingSecret = mintWebhookSecret();
const now = () => new Date();
const senders = createStreamSenders({
  egress: createEgress({ allow: [], loopback: true, ownAddresses: [], now }),
  now,
  aws: null,
  hostName: 'auth.vendor.test',
  pause: () => Promise.resolve(),
});

beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  developer = await aStaff(api, vendor, 'developer');
  script = heldAgainstContract(vendor.call);
  const { addresses, credentials } = (await script('GET', '/sandbox/test-sink')).body;
  const { splunkToken, datadogKey, accessKeyId, secretAccessKey } = credentials;
  const stream = { streamId: 'log_stream_1', organizationId: 'org_01', isSandbox: true };
  targets = {
    splunk: {
      ...stream,
      destination: 'splunk',
      secrets: { token: splunkToken },
      settings: { url: addresses.splunk, acknowledgement: 'on' },
    },
    datadog: {
      ...stream,
      destination: 'datadog',
      secrets: { apiKey: datadogKey },
      settings: { site: addresses.datadog },
    },
    s3: {
      ...stream,
      destination: 's3-compatible',
      secrets: { secretAccessKey },
      settings: {
        endpoint: addresses.s3,
        region: 'us-east-1',
        bucket: 'acme-logs',
        prefix: 'a b',
        accessKeyId,
      },
    },
    https: {
      ...stream,
      destination: 'https',
      secrets: { signingSecret },
      settings: { url: addresses.https, format: 'array' },
    },
  };
});
afterAll(() => api.close());
beforeEach(async () => {
  await script('POST', '/sandbox/test-sink/reset');
});

const state = async (find = '') =>
  (await script('GET', `/sandbox/test-sink?find=${encodeURIComponent(find)}`)).body;
const of = async (receiver: string) =>
  (await state()).receivers.find((one: { receiver: string }) => one.receiver === receiver);
const every = ['splunk', 'datadog', 's3', 'https'] as const;

describe('everything that the sink plays', () => {
  test.each(every)('%s takes what its sender sends, and counts it', async (receiver) => {
    expect(await senders.probe(targets[receiver])).toMatchObject({ kind: 'sent' });
    expect(await senders.send(targets[receiver], someRecords(5))).toMatchObject({ kind: 'sent', count: 5 });

    expect(await of(receiver)).toMatchObject({
      records: 5,
      badSignatures: 0,
      tallies: [
        { organizationId: 'org_01', count: 5, first: 1, last: 5, duplicates: 0, outOfOrder: 0, missing: 0 },
      ],
    });
  });

  test.each(every)('%s tells of what is missing, comes twice, or comes too late', async (receiver) => {
    for (const records of [someRecords(2), someRecords(3, 6), someRecords(2), someRecords(1, 4)]) {
      await senders.send(targets[receiver], records);
    }

    expect((await of(receiver)).tallies).toEqual([
      {
        organizationId: 'org_01',
        count: 6,
        first: 1,
        last: 8,
        duplicates: 2,
        outOfOrder: 1,
        missing: 2,
        gaps: [
          [3, 3],
          [5, 5],
        ],
      },
    ]);
  });

  test.each(every)('%s answers with every fault as the real one would', async (receiver) => {
    const sendWith = async (fault: string) => {
      await script('PUT', '/sandbox/test-sink', { faults: [fault] });
      return senders.send(targets[receiver], someRecords(1));
    };

    expect(await sendWith('errors')).toMatchObject({ kind: 'retry', cause: 'destination_busy', status: 503 });
    expect(await sendWith('rate_limit')).toMatchObject({ cause: 'rate_limited', retryAfterMs: 2_000 });
    expect(await sendWith('wrong_credentials')).toMatchObject({
      kind: 'invalid',
      cause: 'credential_refused',
    });
    expect((await of(receiver)).tallies).toEqual([]);
  });
});

test('Splunk with half acknowledgements takes every batch and tells of every other', async () => {
  await script('PUT', '/sandbox/test-sink', { faults: ['half_acknowledgements'] });
  const outcomes = [];
  for (const from of [1, 1, 2, 2]) outcomes.push(await senders.send(targets.splunk, someRecords(1, from)));

  expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'sent', 'retry', 'sent']);
  expect((await of('splunk')).tallies).toMatchObject([
    { count: 2, duplicates: 2, missing: 0, outOfOrder: 0 },
  ]);
});

test('a wrong credential is refused as the product would, and nothing of it is kept', async () => {
  const wrong = { ...targets.s3, secrets: { secretAccessKey: 'not-the-secret-of-this-sink' } };

  expect(await senders.send(wrong, someRecords(1))).toMatchObject({
    kind: 'invalid',
    cause: 'credential_refused',
  });
  expect(await of('s3')).toMatchObject({ records: 0, badSignatures: 1 });
  expect(JSON.stringify(await state())).not.toContain('not-the-secret-of-this-sink');
});

test('an object of its store is read back by who wrote it, and by nobody else', async () => {
  const [record] = someRecords(1);
  if (record === undefined) throw new Error('there is no record');
  await senders.send(targets.s3, [record]);

  expect(await senders.look(targets.s3, record)).toBe('found');
  expect(await senders.look(targets.s3, { ...record, action: 'user.signed_out' })).toBe('not_found');
  const stranger = { ...targets.s3, secrets: { secretAccessKey: 'not-the-secret-of-this-sink' } };
  expect(await senders.look(stranger, record)).toBe('not_permitted');
});

test('signatures of posts are verified once the secret is given, and a bad one is refused', async () => {
  await senders.send(targets.https, someRecords(1));
  await script('PUT', '/sandbox/test-sink', { signingSecret });
  await senders.send(targets.https, someRecords(1, 2));
  await script('PUT', '/sandbox/test-sink', { signingSecret: mintWebhookSecret() });
  const refused = await senders.send(targets.https, someRecords(1, 3));
  const shown = await state();

  expect(refused).toMatchObject({ kind: 'invalid', cause: 'credential_refused' });
  expect(shown.arrivals.map(({ signature }: { signature: string | null }) => signature)).toEqual([
    'bad',
    'good',
    null,
  ]);
  expect(shown.hasSigningSecret).toBe(true);
  expect(JSON.stringify(shown)).not.toContain(signingSecret);
});

test('a record is found by what it holds, and a webhook counts by its id', async () => {
  const post = (body: object) =>
    fetch(targets.https.settings['url'] ?? '', { method: 'POST', body: JSON.stringify(body) });
  await post({ id: 'event_1', event: 'user.created', note: 'vestibule-test-7k2m' });
  await post({ id: 'event_1', event: 'user.created' });
  await post({ id: 'event_2', event: 'user.created' });

  expect((await state('TEST-7k2m')).records).toHaveLength(1);
  expect((await state('nothing like it')).records).toEqual([]);
  expect(await of('https')).toMatchObject({ records: 3, loose: 3, looseDuplicates: 1, tallies: [] });
});

test.each([
  ['a body that is not what it says', 'https', 'no json', 400],
  ['half an object', 'https', '{"a":', 400],
  ['an address that it does not play', 'nothing', '{}', 404],
])('%s is refused and breaks nothing', async (_what, receiver, body, status) => {
  const { addresses } = await state();

  expect((await fetch(`${addresses.base}/${receiver}`, { method: 'POST', body })).status).toBe(status);
});

test('packed nonsense is refused and breaks nothing', async () => {
  const { addresses, credentials } = await state();
  const answer = await fetch(addresses.splunk, {
    method: 'POST',
    headers: { authorization: `Splunk ${credentials.splunkToken}`, 'content-encoding': 'gzip' },
    body: 'no gzip at all',
  });

  expect(answer.status).toBe(400);
});

// [TEN-01] what arrives holds the audit log of a customer.
test('another environment has a sink of its own', async () => {
  await senders.send(targets.https, someRecords(3));
  const other = await aVendor(api);
  const theirs = (await heldAgainstContract(other.call)('GET', '/sandbox/test-sink')).body;

  expect(theirs.addresses.base).not.toBe((await state()).addresses.base);
  expect(theirs.arrivals).toEqual([]);
});

test('a sink that nobody has looked at since the start takes what a stream of its environment sends', async () => {
  const other = await aVendor(api);
  const token = createHash('sha256').update(`test-sink ${other.environment.id}`).digest('hex').slice(0, 24);
  const { status } = await fetch(`${api.url}/test-sink/${token}/https`, {
    method: 'POST',
    body: '[{"id":"1"}]',
  });
  expect(status).toBe(200);
  const { body } = await heldAgainstContract(other.call)('GET', '/sandbox/test-sink');
  expect(body.arrivals).toMatchObject([{ receiver: 'https', status: 200, records: 1 }]);
});

test('nobody finds a sink by guessing', async () => {
  expect(
    (await fetch(`${api.url}/test-sink/0123456789abcdef01234567/https`, { method: 'POST' })).status,
  ).toBe(404);
});

test('a developer turns it and a viewer looks; every turn is in the audit log', async () => {
  const viewer = await aStaff(api, vendor, 'viewer');

  expect(
    (await developer.ask('PUT', '/sandbox/test-sink', { faults: ['slow', 'slow'] })).body.faults,
  ).toContainEqual({ id: 'slow', isOn: true });
  expect((await viewer.ask('GET', '/sandbox/test-sink')).status).toBe(200);
  expect((await viewer.ask('PUT', '/sandbox/test-sink', { faults: [] })).status).toBe(403);
  expect((await developer.ask('PUT', '/sandbox/test-sink', { faults: ['unknown'] })).status).toBe(422);
  expect((await developer.ask('PUT', '/sandbox/test-sink', { signingSecret: 'abc' })).status).toBe(422);
  expect((await auditOf(api, developer)).map(({ action }) => action)).toContain('test_sink.switched');
});
