import { describe, expect, it } from 'vitest';
import { isStreamCause } from '../causes.ts';
import { destinationIds, type StreamDestination, type StreamValues } from '../destination.ts';
import { destinations, fieldsOf, fillDestination, findDestinations } from './index.ts';

const values: StreamValues = {
  PRODUCT: 'Ledgerly',
  ORGANIZATION_ID: 'org_01',
  OUR_ADDRESSES: '203.0.113.7\n203.0.113.8',
  PROOF_MARK: 'vestibule-test-7k2m9x',
  EXTERNAL_ID: 'q7k2m9x4c8v1b5n3',
  OUR_AWS_PRINCIPAL: 'arn:aws:iam::123456789012:user/vestibule',
  BUCKET: 'acme-audit-logs',
  PREFIX: 'vestibule/',
  STREAM_ID: 'log_stream_01',
  TABLE: 'VestibuleAudit_CL',
};

const every = destinations.map((destination) => [destination.id, destination] as const);
const offer = { hasAwsIdentity: true };
const found = (query: string) => findDestinations(query, offer).map(({ id }) => id);
const blocksOf = ({ steps }: StreamDestination) => steps.flatMap(({ blocks }) => [...blocks]);

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (node === null || typeof node !== 'object') return [];
  return Object.values(node).flatMap((child: unknown) => textsOf(child));
}

it('there is one destination of each id', () => {
  expect(destinations.map(({ id }) => id).sort()).toEqual([...destinationIds].sort());
});

describe.each(every)('the destination %s', (_id, destination) => {
  const { fields, limits, proof, repairs, blames, mistakes, needs } = destination;

  it('brings every value that is typed back from a step of the guide', () => {
    const brought = blocksOf(destination).flatMap((block) =>
      block.kind === 'bring_back' ? [block.field] : [],
    );
    const asked = fields
      .filter((field) => field.kind !== 'choice' && field.isOptional !== true)
      .filter((field) => field.kind !== 'text' || field.name !== 'externalId')
      .map(({ name }) => name);

    expect(brought).toEqual(expect.arrayContaining(asked));
    for (const name of brought) expect(fields.map((field) => field.name)).toContain(name);
  });

  it('has fields with names of their own, and patterns that its own examples match', () => {
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
    for (const field of fields) {
      expect(field.label.trim()).not.toBe('');
      if (field.kind === 'choice') {
        expect(field.choices.map(({ value }) => value)).toContain(field.initial);
        continue;
      }
      for (const { pattern } of field.mistakes ?? []) new RegExp(pattern);
      const { example, pattern } = field;
      if (example === undefined || example.includes('…') || pattern === undefined) continue;
      expect(example).toMatch(new RegExp(`^(?:${pattern.pattern})$`));
    }
  });

  it('has somewhere to go, and limits that hold a record', () => {
    expect(fields.some(({ isAddress }) => isAddress === true)).toBe(true);
    expect(limits.records).toBeGreaterThan(0);
    expect(limits.recordBytes).toBeLessThanOrEqual(limits.bytes);
  });

  it('says how the test event is found, and never its code', () => {
    expect(`${proof.search} ${proof.hint ?? ''}`).toContain('{PROOF_MARK}');
    expect(proof.where.length).toBeGreaterThan(0);
    expect(needs.length).toBeGreaterThan(0);
  });

  it('sends people from causes that there are to fields that it has, each once', () => {
    const causes = repairs.flatMap((repair) => [...repair.causes]);

    expect([...causes, ...Object.keys(blames)].every(isStreamCause)).toBe(true);
    for (const name of Object.values(blames)) expect(fields.map((field) => field.name)).toContain(name);
    expect(new Set(causes).size).toBe(causes.length);
    expect(mistakes.length).toBeGreaterThan(0);
  });

  it('says where to look when nobody answers, if what is typed decides where that is', () => {
    const isTyped = fields.some(({ name }) => ['url', 'endpoint', 'sourceUrl', 'host'].includes(name));
    const hasRegion = fields.some((field) => field.kind === 'text' && field.name === 'region');

    // With an address of its own the general words do: compare it.
    if (!isTyped && hasRegion) expect(blames.unreachable).toBe('region');
    if (blames.unreachable !== undefined)
      expect(repairs.flatMap(({ causes }) => [...causes])).toContain('unreachable');
  });

  it('leaves no placeholder behind when it is filled', () => {
    const texts = textsOf(fillDestination(destination, values));

    expect(texts.filter((text) => /\{[A-Z_]+\}/.test(text))).toEqual([]);
  });

  it('asks nobody to let in addresses that nobody has stated', () => {
    const { steps } = fillDestination(destination, { ...values, OUR_ADDRESSES: '' });

    expect(steps.length).toBeGreaterThan(0);
    expect(steps.map(({ id }) => id)).not.toContain('allow-us');
  });

  it('gives policies and samples that are JSON', () => {
    for (const block of blocksOf(fillDestination(destination, values))) {
      if (block.kind === 'snippet' && /^[[{]/.test(block.value)) JSON.parse(block.value);
    }
  });
});

describe('findDestinations', () => {
  it.each([
    ['hec', 'splunk'],
    ['azure', 'microsoft-sentinel'],
    ['r2', 's3-compatible'],
    ['minio', 's3-compatible'],
    ['aws', 'amazon-s3'],
    ['opensearch', 'elastic'],
    ['qradar', 'syslog'],
    ['webhook', 'https'],
  ])('finds %s', (query, id) => {
    expect(found(query)).toContain(id);
  });

  it('lists a product once, with its needs and its ways', () => {
    const [s3] = findDestinations('Amazon S3', offer);

    expect(s3?.ways.map(({ id }) => id)).toEqual(['amazon-s3', 'amazon-s3-keys']);
    expect(findDestinations('', offer).filter(({ name }) => name === 'Amazon S3')).toHaveLength(1);
  });

  it('offers a role only where somebody is there to assume it', () => {
    const [s3] = findDestinations('Amazon S3', { hasAwsIdentity: false });

    expect(s3).toMatchObject({ id: 'amazon-s3-keys', ways: [] });
  });
});

describe('the test sink among Datadog’s sites', () => {
  const sitesOf = (sinkUrl: string | null) =>
    destinations
      .flatMap((destination) => (destination.id === 'datadog' ? [...fieldsOf(destination, sinkUrl)] : []))
      .flatMap((field) => (field.kind === 'choice' ? field.choices.map(({ value }) => value) : []));

  it('is offered in a sandbox only', () => {
    expect(sitesOf(null)).toHaveLength(7);
    expect(sitesOf('http://127.0.0.1:8410/test-sink/x').at(-1)).toBe(
      'http://127.0.0.1:8410/test-sink/x/datadog',
    );
  });
});
