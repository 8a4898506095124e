/** What each destination's own documentation asks of a request, beyond what `senders.test.ts` holds for all of them. */
import { createHash, createHmac } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Asked } from '../../test/support/imitation.ts';
import {
  aRecord,
  imitateDestinations,
  someRecords,
  theirToken,
  type DestinationsImitation,
} from '../../test/support/stream-destinations.ts';

let there: DestinationsImitation;

beforeAll(async () => {
  there = await imitateDestinations();
});
afterAll(() => there.close());
beforeEach(() => {
  there.reset();
});

const asked = (path: RegExp): Asked[] => there.asked.filter((one) => path.test(one.path));
const one = (path: RegExp): Asked => {
  const [found] = asked(path);
  if (found === undefined) throw new Error(`nobody asked for ${path.source}`);
  return found;
};

describe('Splunk', () => {
  it('gets objects behind each other, packed, dated in seconds', async () => {
    await there.senders.send(there.targetOf('splunk', { settings: { index: 'audit' } }), someRecords(1));
    const { headers, body } = one(/event$/);

    expect(headers).toMatchObject({
      authorization: 'Splunk 1f5f6a3e-0000-4000-8000-c0ffee000000',
      'content-encoding': 'gzip',
    });
    expect(headers).not.toHaveProperty('x-splunk-request-channel');
    expect(JSON.parse(body)).toEqual({
      time: 1_795_683_540,
      host: 'auth.ledgerly.test',
      source: 'vestibule',
      sourcetype: '_json',
      index: 'audit',
      event: aRecord(1),
    });
  });

  const acknowledging = { settings: { acknowledgement: 'on' } };

  it('with acknowledgement counts a batch when its index has it [STR-04]', async () => {
    let asks = 0;
    there.answers(({ path }) =>
      path.endsWith('/ack') ? { status: 200, body: { acks: { 7: (asks += 1) === 3 } } } : undefined,
    );
    const outcome = await there.senders.send(there.targetOf('splunk', acknowledging), someRecords(2));

    expect(outcome).toMatchObject({ kind: 'sent', level: 'acknowledged', count: 2 });
    const channel = one(/event$/).headers['x-splunk-request-channel'];
    expect(channel).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(asked(/ack$/).map(({ query }) => query.get('channel'))).toEqual([channel, channel, channel]);
    expect(there.pauses).toEqual([250, 500, 1_000]);
  });

  it('that never acknowledges a batch is sent it again', async () => {
    there.answers(({ path }) =>
      path.endsWith('/ack') ? { status: 200, body: { acks: { 7: false } } } : undefined,
    );

    expect(await there.senders.send(there.targetOf('splunk', acknowledging), someRecords(1))).toMatchObject({
      kind: 'retry',
      cause: 'not_acknowledged',
    });
  });

  it('that gives no acknowledgement id has it off', async () => {
    there.answers(({ path }) => (path.endsWith('/event') ? { status: 200, body: { code: 0 } } : undefined));

    expect(await there.senders.send(there.targetOf('splunk', acknowledging), someRecords(1))).toMatchObject({
      kind: 'invalid',
      cause: 'acknowledgement_off',
      field: 'acknowledgement',
    });
  });
});

describe('Datadog', () => {
  it('gets entries with its reserved names; those that it would drop are dated by their arrival', async () => {
    const old = aRecord(2, { occurred_at: '2026-11-25T09:00:00.000Z' });
    await there.senders.send(there.targetOf('datadog'), [aRecord(1), old]);
    const { headers, body } = one(/logs$/);

    expect(headers['dd-api-key']).toBe('a'.repeat(32));
    expect(JSON.parse(body)).toEqual([
      {
        message: aRecord(1),
        ddsource: 'vestibule',
        service: 'audit-logs',
        hostname: 'auth.ledgerly.test',
        ddtags: 'organization_id:org_01',
        timestamp: Date.parse('2026-11-26T08:59:00.000Z'),
      },
      {
        message: old,
        ddsource: 'vestibule',
        service: 'audit-logs',
        hostname: 'auth.ledgerly.test',
        ddtags: 'organization_id:org_01',
      },
    ]);
  });

  it('names the site that a key belongs to', async () => {
    there.answers(({ path }) =>
      path.includes('us5.datadoghq.com') ? undefined : { status: 403, body: { errors: ['Forbidden'] } },
    );
    const wrongSite = { kind: 'invalid', cause: 'wrong_site', field: 'site', suggested: 'us5.datadoghq.com' };

    expect(await there.senders.probe(there.targetOf('datadog'))).toMatchObject(wrongSite);
    expect(await there.senders.send(there.targetOf('datadog'), someRecords(1))).toMatchObject(wrongSite);
  });
});

describe('objects of a store [STR-03]', () => {
  it('say in their names which records they hold, with a manifest of count and digest', async () => {
    await there.senders.send(
      there.targetOf('amazon-s3-keys', { settings: { prefix: 'logs/acme' } }),
      someRecords(3, 41),
    );
    const object = one(/gz$/);
    const manifest = one(/manifest/);
    const text = gunzipSync(object.bytes);

    expect(object.path).toMatch(
      /^\/s3\/eu-central-1\/acme-logs\/logs\/acme\/log_stream_01\/2026\/11\/26\/000000000041-000000000043-[0-9a-f]{12}\.ndjson\.gz$/,
    );
    expect(manifest.path.replace('.manifest.json', '')).toBe(object.path.replace('.ndjson.gz', ''));
    expect(JSON.parse(manifest.body)).toMatchObject({
      stream: 'log_stream_01',
      organization_id: 'org_01',
      first_sequence: 41,
      last_sequence: 43,
      count: 3,
      bytes: text.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('are written once: the same batch has the same name, and one that is there already is as good', async () => {
    const target = there.targetOf('amazon-s3-keys');
    await there.senders.send(target, someRecords(2));
    there.answers(() => ({ status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' }));
    const again = await there.senders.send(target, someRecords(2));
    await there.senders.send(target, someRecords(3));
    const names = asked(/gz$/).map(({ path }) => path);

    expect(again).toMatchObject({ kind: 'sent', level: 'stored', count: 2 });
    expect(names[0]).toBe(names[1]);
    expect(names[2]).not.toBe(names[1]);
    expect(new Set(there.asked.map(({ headers }) => headers['if-none-match']))).toEqual(new Set(['*']));
  });

  it('carry their digest, as buckets with Object Lock insist', async () => {
    await there.senders.send(there.targetOf('s3-compatible'), someRecords(1));

    for (const { headers, bytes } of there.asked) {
      expect(headers['content-md5']).toBe(createHash('md5').update(bytes).digest('base64'));
      expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('lie at an endpoint of its own with the bucket in the path, odd folders in percent form', async () => {
    await there.senders.send(there.targetOf('s3-compatible'), someRecords(1));

    expect(one(/gz$/).path).toMatch(/^\/store\/acme-logs\/a%20b\/c\/log_stream_01\//);
  });

  it('are not moved along by a manifest that was not taken', async () => {
    there.answers(({ path }) => (path.endsWith('.json') ? { status: 503, body: '' } : undefined));

    expect(await there.senders.send(there.targetOf('amazon-s3-keys'), someRecords(1))).toMatchObject({
      kind: 'retry',
    });
  });
});

describe('Amazon S3 by a role', () => {
  it('names the stream’s external id, and keeps the session for the next batches', async () => {
    const target = there.targetOf('amazon-s3');
    await there.senders.send(target, someRecords(1));
    await there.senders.send(target, someRecords(1, 2));
    const form = new URLSearchParams(one(/sts/).body);

    expect(asked(/sts/)).toHaveLength(1);
    expect(Object.fromEntries(form)).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: 'arn:aws:iam::123456789012:role/logs',
      ExternalId: 'external-of-the-stream',
      RoleSessionName: 'log_stream_01',
    });
    expect(one(/gz$/).headers).toMatchObject({ 'x-amz-security-token': 'their-session-token-of-aws' });
  });

  it('asks for a new session where the kept one has ended', async () => {
    let puts = 0;
    there.answers(({ method }) =>
      method === 'PUT' && (puts += 1) === 1
        ? { status: 400, body: '<Error><Code>ExpiredToken</Code></Error>' }
        : undefined,
    );

    expect(await there.senders.send(there.targetOf('amazon-s3'), someRecords(1))).toMatchObject({
      kind: 'sent',
    });
    expect(asked(/sts/)).toHaveLength(2);
  });
});

describe('Google Cloud Storage', () => {
  it('gets its token from Google, whatever the key file says, and never writes over an object', async () => {
    await there.senders.send(there.targetOf('google-cloud-storage'), someRecords(1));
    const { headers } = one(/gz$/);

    expect(new URLSearchParams(one(/google-token/).body).get('grant_type')).toMatch(/jwt-bearer$/);
    expect(headers).toMatchObject({
      authorization: `Bearer ${theirToken}`,
      'x-goog-if-generation-match': '0',
    });
  });

  it('is asked with a new token where the kept one has ended', async () => {
    let puts = 0;
    there.answers(({ method }) =>
      method === 'PUT' && (puts += 1) === 1 ? { status: 401, body: '' } : undefined,
    );

    expect(await there.senders.send(there.targetOf('google-cloud-storage'), someRecords(1))).toMatchObject({
      kind: 'sent',
    });
    expect(asked(/google-token/)).toHaveLength(2);
  });

  it('by an HMAC key is signed in Google’s own scheme, the condition too', async () => {
    await there.senders.send(there.targetOf('google-cloud-storage-hmac'), someRecords(1));

    expect(one(/gz$/).headers.authorization).toMatch(
      /^GOOG4-HMAC-SHA256 Credential=GOOG1EXAMPLE\/\d{8}\/auto\/storage\/goog4_request, SignedHeaders=.*x-goog-if-generation-match/,
    );
  });
});

describe('Microsoft Sentinel', () => {
  it('gets rows whose names are none of Azure’s own', async () => {
    await there.senders.send(there.targetOf('microsoft-sentinel'), someRecords(1));
    const { headers, query, body } = one(/streams/);
    const [row] = JSON.parse(body) as Record<string, unknown>[];

    expect(headers.authorization).toBe(`Bearer ${theirToken}`);
    expect(query.get('api-version')).toBe('2023-01-01');
    expect(Object.keys(row ?? {})).toEqual([
      'TimeGenerated',
      'EventId',
      'Sequence',
      'EventType',
      'OrganizationId',
      'ActorId',
      'ActorType',
      'Data',
    ]);
  });

  it('asks for a new token once where the kept one is refused', async () => {
    let asks = 0;
    there.answers(({ path }) =>
      path.includes('/streams/') && (asks += 1) === 1 ? { status: 401, body: '' } : undefined,
    );

    expect(await there.senders.send(there.targetOf('microsoft-sentinel'), someRecords(1))).toMatchObject({
      kind: 'sent',
    });
    expect(asked(/login/)).toHaveLength(2);
  });
});

describe('New Relic', () => {
  it('is told that a key of the EU belongs there', async () => {
    there.answers(() => ({ status: 403, body: '' }));
    const target = there.targetOf('new-relic', { secrets: { licenseKey: `eu01xx${'b'.repeat(34)}` } });

    expect(await there.senders.send(target, someRecords(1))).toMatchObject({
      cause: 'wrong_site',
      suggested: 'eu',
    });
  });
});

describe('Elastic', () => {
  it('knows a record that comes again by its id', async () => {
    there.answers(() => ({ status: 200, body: { errors: true, items: [{ create: { status: 409 } }] } }));
    const outcome = await there.senders.send(there.targetOf('elastic'), someRecords(1));

    expect(outcome).toMatchObject({ kind: 'sent', level: 'stored' });
    expect(one(/_bulk$/).body.split('\n')[0]).toBe('{"create":{"_id":"audit_000001"}}');
  });
});

describe('an HTTPS endpoint', () => {
  it('verifies the bytes by the headers of Standard Webhooks', async () => {
    const target = there.targetOf('https');
    await there.senders.send(target, someRecords(2));
    const { headers, body } = one(/ingest/);
    const key = Buffer.from((target.secrets['signingSecret'] ?? '').replace('whsec_', ''), 'base64');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;

    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(headers).toMatchObject({
      'x-api-key': 'the-key-of-the-receiver',
      'content-type': 'application/json',
    });
  });

  it('knows a batch that comes again by its id', async () => {
    for (const records of [someRecords(2), someRecords(2), someRecords(3)]) {
      await there.senders.send(there.targetOf('https'), records);
    }
    const ids = there.asked.map(({ headers }) => headers['webhook-id']);

    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('gets a record a line where it wants them so', async () => {
    await there.senders.send(there.targetOf('https', { settings: { format: 'ndjson' } }), someRecords(2));
    const { headers, body } = one(/ingest/);

    expect(headers['content-type']).toBe('application/x-ndjson');
    expect(body).toBe(`${JSON.stringify(aRecord(1))}\n${JSON.stringify(aRecord(2))}\n`);
  });
});
