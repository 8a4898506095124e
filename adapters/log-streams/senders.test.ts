import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answered, Asked } from '../../test/support/imitation.ts';
import {
  aRecord,
  arrivedRecords,
  httpDestinations,
  imitateDestinations,
  someRecords,
  theirToken,
  type DestinationsImitation,
  type HttpDestination,
} from '../../test/support/stream-destinations.ts';
import { getDestination } from '../../onboarding/log-streams/destinations/index.ts';

let there: DestinationsImitation;

beforeAll(async () => {
  there = await imitateDestinations();
});
afterAll(() => there.close());
beforeEach(() => {
  there.reset();
});

const xml = (code: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`;
const isToken = ({ path }: Asked) => /^\/(sts|login|google-token)/.test(path);

describe.each(httpDestinations.map((id) => [id] as const))('%s', (id) => {
  it('takes records as they are, one for one, in their order', async () => {
    const records = someRecords(3);
    const outcome = await there.senders.send(there.targetOf(id), records);

    expect(outcome).toMatchObject({ kind: 'sent', count: 3 });
    expect(arrivedRecords(id, there.asked)).toEqual(records);
  });

  it('is sent no more at once than it takes', async () => {
    const most = getDestination(id).limits.records;
    const outcome = await there.senders.send(there.targetOf(id), someRecords(most + 5));

    expect(outcome).toMatchObject({ kind: 'sent', count: most });
  });

  it('can be asked whether the credentials are good', async () => {
    expect(await there.senders.probe(there.targetOf(id))).toMatchObject({ kind: 'sent', count: 0 });
    expect(arrivedRecords(id, there.asked)).toEqual([]);
  });

  it.each([
    [429, { 'retry-after': '17' }, 'rate_limited', 17_000],
    [408, {}, 'destination_busy', null],
    [500, {}, 'destination_busy', null],
    [503, { 'retry-after': '3' }, 'destination_busy', 3_000],
  ])('that answers %d is tried again when it says', async (status, headers, cause, retryAfterMs) => {
    there.answers(() => ({ status, headers, body: 'not now' }));

    expect(await there.senders.send(there.targetOf(id), someRecords(2))).toMatchObject({
      kind: 'retry',
      cause,
      status,
      retryAfterMs,
    });
  });

  it.each([[301], [302], [307], [308]])('that answers %d is not followed [NET-06]', async (status) => {
    there.answers(() => ({ status, headers: { location: `${there.url}/elsewhere` }, body: '' }));
    const outcome = await there.senders.send(there.targetOf(id), someRecords(1));

    expect(outcome.kind).not.toBe('sent');
    expect(there.asked.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('that nobody plays is tried again', async () => {
    const nobody = await imitateDestinations();
    await nobody.close();

    expect(await nobody.senders.send(nobody.targetOf(id), someRecords(1))).toMatchObject({
      kind: 'retry',
      cause: 'unreachable',
      status: null,
      answer: null,
    });
  });

  it('on this machine is no destination outside a sandbox [STR-01]', async () => {
    const target = there.targetOf(id, { isSandbox: false });

    expect(await there.senders.send(target, someRecords(1))).toMatchObject({ cause: 'address_refused' });
    expect(there.asked).toEqual([]);
  });

  it('never has a secret of ours said back to people [NET-09]', async () => {
    const target = there.targetOf(id);
    there.answers((asked) =>
      isToken(asked)
        ? undefined
        : { status: 403, body: `refused: ${JSON.stringify(asked.headers)} ${asked.path}` },
    );
    const outcome = JSON.stringify(await there.senders.send(target, someRecords(1)));

    for (const secret of [...Object.values(target.secrets), theirToken, 'their-session-token-of-aws']) {
      expect(outcome).not.toContain(secret);
    }
  });

  it('says at most a kilobyte, without anything that acts on a terminal [NET-09]', async () => {
    there.answers(() => ({ status: 400, body: `\u001b[31m\u202e${'x'.repeat(5_000)}` }));
    const { answer } = await there.senders.send(there.targetOf(id), someRecords(1));

    expect(answer?.length).toBeLessThanOrEqual(1_024);
    expect(answer).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

/** Those whose credentials can be allowed to read. */
const readable: readonly HttpDestination[] = [
  ...(['amazon-s3', 'amazon-s3-keys', 's3-compatible', 'google-cloud-storage'] as const),
  ...(['google-cloud-storage-hmac', 'elastic'] as const),
];
const isReading = ({ method, path }: Asked) => method === 'GET' || path.endsWith('/_search');
const testEvent = aRecord(0, { metadata: { test: 'vestibule-test-1', code: '123456' } });

describe.each(readable.map((id) => [id] as const))('what %s was sent is looked for there', (id) => {
  it('and is found where the credentials may read', async () => {
    const target = there.targetOf(id);
    await there.senders.send(target, [testEvent]);

    expect(await there.senders.look(target, testEvent)).toBe('found');
  });

  it('and is not found where something else lies', async () => {
    const target = there.targetOf(id);
    await there.senders.send(target, [{ ...testEvent, metadata: { code: '654321' } }]);

    expect(await there.senders.look(target, testEvent)).toBe('not_found');
    expect(there.pauses, 'it may take a while to show').toEqual([500, 1_500, 3_000]);
  });

  it.each([[401], [403]])('but not where they may only write: %d', async (status) => {
    const target = there.targetOf(id);
    await there.senders.send(target, [testEvent]);
    there.answers((asked) => (isReading(asked) ? { status, body: 'no' } : undefined));

    expect(await there.senders.look(target, testEvent)).toBe('not_permitted');
  });

  it('and a destination that has no time to answer has shown nothing', async () => {
    const target = there.targetOf(id);
    await there.senders.send(target, [testEvent]);
    there.answers((asked) => (isReading(asked) ? { status: 503, body: '' } : undefined));

    expect(await there.senders.look(target, testEvent)).toBe('not_found');
  });
});

it.each(httpDestinations.filter((id) => !readable.includes(id)))(
  '%s shows nothing to those who send to it, and is not asked',
  async (id) => {
    expect(await there.senders.look(there.targetOf(id), testEvent)).toBe('not_offered');
    expect(there.asked).toEqual([]);
  },
);

describe('what is refused is told apart', () => {
  type Row = [HttpDestination, string, (asked: Asked) => Answered | undefined, Record<string, unknown>];
  const always = (status: number, body: unknown) => () => ({ status, body });
  const afterToken = (status: number, body: unknown) => (asked: Asked) =>
    isToken(asked) ? undefined : { status, body };
  const onlyToken = (status: number, body: unknown) => (asked: Asked) =>
    isToken(asked) ? { status, body } : undefined;

  const oneBad = (status: number, type: string, reason: string) => ({
    errors: true,
    items: [{ create: { status: 201 } }, { create: { status, error: { type, reason } } }],
  });

  it.each<Row>([
    [
      'splunk',
      'a token that is off',
      always(403, { code: 1 }),
      { cause: 'credential_disabled', field: 'token' },
    ],
    ['splunk', 'a wrong token', always(403, { code: 4 }), { cause: 'credential_refused', field: 'token' }],
    [
      'splunk',
      'an index it may not write to',
      always(400, { code: 7 }),
      { cause: 'index_refused', field: 'index' },
    ],
    [
      'splunk',
      'acknowledgement that is on there',
      always(400, { code: 10 }),
      { cause: 'acknowledgement_needed', field: 'acknowledgement' },
    ],
    [
      'splunk',
      'data that it cannot read',
      always(400, { code: 6 }),
      { kind: 'rejected', cause: 'records_refused' },
    ],
    ['splunk', 'a busy server', always(503, { code: 9 }), { kind: 'retry', cause: 'destination_busy' }],
    ['splunk', 'a web page', always(200, '<html>'), { cause: 'address_refused', field: 'url' }],
    ['splunk', 'too much at once', always(413, ''), { kind: 'rejected', cause: 'records_too_large' }],
    [
      'datadog',
      'a key that no site knows',
      always(403, { errors: ['Forbidden'] }),
      { cause: 'credential_refused', field: 'apiKey', suggested: null },
    ],
    ['datadog', 'bad JSON', always(400, {}), { kind: 'rejected', cause: 'records_refused' }],
    [
      'microsoft-sentinel',
      'a wrong secret',
      onlyToken(401, { error_codes: [7000215] }),
      { cause: 'credential_refused', field: 'clientSecret' },
    ],
    [
      'microsoft-sentinel',
      'a secret that has ended',
      onlyToken(401, { error_codes: [7000222] }),
      { cause: 'credential_ended', field: 'clientSecret' },
    ],
    [
      'microsoft-sentinel',
      'an unknown app',
      onlyToken(400, { error_codes: [700016] }),
      { cause: 'client_unknown', field: 'clientId' },
    ],
    [
      'microsoft-sentinel',
      'an app that is not in this tenant',
      onlyToken(400, { error_codes: [7000229] }),
      { cause: 'client_unknown', field: 'clientId' },
    ],
    [
      'microsoft-sentinel',
      'an unknown tenant',
      onlyToken(400, { error_codes: [90002] }),
      { cause: 'tenant_unknown', field: 'tenantId' },
    ],
    ['microsoft-sentinel', 'a role that is missing', afterToken(403, {}), { cause: 'not_allowed' }],
    [
      'microsoft-sentinel',
      'a rule that is not there',
      afterToken(404, {}),
      { cause: 'place_unknown', field: 'ruleId' },
    ],
    [
      'microsoft-sentinel',
      'a stream that is not there',
      afterToken(400, { error: { code: 'InvalidStream' } }),
      { cause: 'place_unknown', field: 'streamName' },
    ],
    [
      'amazon-s3',
      'a role that does not trust us',
      onlyToken(403, xml('AccessDenied')),
      { cause: 'role_refused', field: 'roleArn' },
    ],
    [
      'amazon-s3',
      'our own identity, which is not theirs to mend',
      onlyToken(403, xml('InvalidClientTokenId')),
      { kind: 'retry', cause: 'answer_unexpected' },
    ],
    [
      'amazon-s3',
      'a policy without the folder',
      afterToken(403, xml('AccessDenied')),
      { cause: 'not_allowed', field: 'roleArn' },
    ],
    [
      'amazon-s3-keys',
      'a key that is gone',
      always(403, xml('InvalidAccessKeyId')),
      { cause: 'credential_refused', field: 'accessKeyId' },
    ],
    [
      'amazon-s3-keys',
      'a wrong secret',
      always(403, xml('SignatureDoesNotMatch')),
      { cause: 'credential_refused', field: 'secretAccessKey' },
    ],
    [
      'amazon-s3-keys',
      'an error in a good answer',
      always(200, xml('InternalError')),
      { kind: 'retry', cause: 'destination_busy' },
    ],
    [
      's3-compatible',
      'a full bucket',
      always(403, xml('QuotaExceeded')),
      { cause: 'over_quota', field: 'bucket' },
    ],
    [
      's3-compatible',
      'a key that it does not know',
      always(403, xml('InvalidAccessKeyId')),
      { cause: 'credential_refused', field: 'accessKeyId' },
    ],
    [
      'amazon-s3-keys',
      'another region',
      always(400, xml('AuthorizationHeaderMalformed', '<Region>us-west-2</Region>')),
      { cause: 'wrong_region', field: 'region', suggested: 'us-west-2' },
    ],
    [
      'amazon-s3-keys',
      'another region by its header',
      () => ({
        status: 301,
        headers: { 'x-amz-bucket-region': 'eu-west-1' },
        body: xml('PermanentRedirect'),
      }),
      { cause: 'wrong_region', suggested: 'eu-west-1' },
    ],
    [
      'amazon-s3-keys',
      'no such bucket',
      always(404, xml('NoSuchBucket')),
      { cause: 'place_unknown', field: 'bucket' },
    ],
    [
      'amazon-s3-keys',
      'a clock that differs',
      always(403, xml('RequestTimeTooSkewed')),
      { kind: 'retry', cause: 'clock_differs' },
    ],
    [
      'amazon-s3-keys',
      'a KMS key that is closed to us',
      always(400, xml('KMS.DisabledException')),
      { cause: 'not_allowed' },
    ],
    [
      'amazon-s3-keys',
      'a request to slow down',
      always(503, xml('SlowDown')),
      { kind: 'retry', cause: 'rate_limited' },
    ],
    [
      's3-compatible',
      'a key without rights',
      always(403, xml('AccessDenied')),
      { cause: 'not_allowed', field: 'accessKeyId' },
    ],
    [
      'google-cloud-storage',
      'a key that was deleted',
      onlyToken(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
      { cause: 'credential_refused', field: 'serviceAccountKey' },
    ],
    [
      'google-cloud-storage',
      'an account that is gone',
      onlyToken(400, { error: 'invalid_grant', error_description: 'Invalid grant: account not found' }),
      { cause: 'client_unknown' },
    ],
    [
      'google-cloud-storage',
      'a role that is missing',
      afterToken(403, xml('AccessDenied')),
      { cause: 'not_allowed' },
    ],
    [
      'google-cloud-storage',
      'no such bucket',
      afterToken(404, xml('NoSuchBucket')),
      { cause: 'place_unknown', field: 'bucket' },
    ],
    [
      'google-cloud-storage',
      'a policy of the organization, by the status of an object that is there',
      afterToken(412, xml('OrgPolicyConstraintFailed')),
      { cause: 'not_allowed', field: 'serviceAccountKey' },
    ],
    [
      'google-cloud-storage',
      'a project whose billing is closed',
      afterToken(403, xml('UserProjectAccountProblem')),
      { cause: 'over_quota', field: 'bucket' },
    ],
    [
      'google-cloud-storage-hmac',
      'an access key that it does not know',
      always(403, xml('InvalidAccessKeyId')),
      { cause: 'credential_refused', field: 'accessKeyId' },
    ],
    [
      'google-cloud-storage-hmac',
      'a wrong secret',
      always(403, xml('SignatureDoesNotMatch')),
      { cause: 'credential_refused', field: 'secretAccessKey' },
    ],
    ['new-relic', 'a wrong key', always(403, {}), { cause: 'credential_refused', field: 'licenseKey' }],
    ['new-relic', 'too much at once', always(413, {}), { kind: 'rejected', cause: 'records_too_large' }],
    ['elastic', 'a wrong key', always(401, {}), { cause: 'credential_refused', field: 'apiKey' }],
    ['elastic', 'a right that is missing', always(403, {}), { cause: 'not_allowed', field: 'apiKey' }],
    [
      'elastic',
      'a record that does not fit the mapping',
      always(200, { errors: true, items: [{ create: { status: 201 } }, { create: { status: 400 } }] }),
      { kind: 'rejected', cause: 'records_refused' },
    ],
    [
      'elastic',
      'a full queue behind a good answer',
      always(200, { errors: true, items: [{ create: { status: 201 } }, { create: { status: 429 } }] }),
      { kind: 'retry', cause: 'rate_limited' },
    ],
    [
      'elastic',
      'an index that is closed',
      always(200, oneBad(400, 'index_closed_exception', 'closed')),
      { cause: 'place_unknown', field: 'index' },
    ],
    [
      'elastic',
      'a cluster that may hold no more shards',
      always(200, oneBad(400, 'validation_exception', 'this action would add [2] shards')),
      { cause: 'over_quota', field: 'index' },
    ],
    [
      'elastic',
      'an index that is blocked for now',
      always(200, oneBad(403, 'cluster_block_exception', 'index write (api)')),
      { kind: 'retry', cause: 'destination_busy' },
    ],
    [
      'elastic',
      'the document at fault, in its own words',
      always(200, oneBad(400, 'document_parsing_exception', 'failed to parse field [actor.id]')),
      {
        kind: 'rejected',
        cause: 'records_refused',
        answer:
          '{"status":400,"error":{"type":"document_parsing_exception","reason":"failed to parse field [actor.id]"}}',
      },
    ],
    [
      'elastic',
      'fewer answers than records',
      always(200, { errors: true, items: [{ create: { status: 201 } }] }),
      { kind: 'retry', cause: 'answer_unexpected' },
    ],
    [
      'elastic',
      'a good status without a word',
      always(200, 'ok'),
      { kind: 'retry', cause: 'answer_unexpected' },
    ],
    [
      'sumo-logic',
      'a source that is gone',
      always(401, ''),
      { cause: 'credential_refused', field: 'sourceUrl' },
    ],
    ['https', 'a wrong key', always(401, ''), { cause: 'credential_refused', field: 'headerValue' }],
    ['https', 'no such path', always(404, ''), { cause: 'place_unknown', field: 'url' }],
    ['https', 'a method it does not know', always(405, ''), { cause: 'address_refused', field: 'url' }],
    ['https', 'something never built', always(501, ''), { cause: 'address_refused' }],
    [
      'https',
      'another address, and which',
      () => ({ status: 302, headers: { location: 'https://new.acme.example/in' }, body: '' }),
      { cause: 'redirected', field: 'url', answer: 'Location: https://new.acme.example/in' },
    ],
    ['https', 'records it does not like', always(422, ''), { kind: 'rejected', cause: 'records_refused' }],
  ])('%s: %s', async (id, _what, answer, expected) => {
    there.answers(answer);
    const outcome = await there.senders.send(there.targetOf(id), someRecords(2));

    expect(outcome).toMatchObject({ kind: 'invalid', count: 2, ...expected });
  });
});

it('Elastic is asked for reasons where they are few: those of a large batch could be more than we read', async () => {
  const askedFor = async (count: number) => {
    there.reset();
    await there.senders.send(there.targetOf('elastic'), someRecords(count));
    return there.asked[0]?.query.get('filter_path') ?? '';
  };

  expect(await askedFor(1)).toContain('error.reason');
  expect(await askedFor(1_000)).not.toContain('error.reason');
});
