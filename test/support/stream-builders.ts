import type {
  DestinationList,
  RejectList,
  StreamFailureView,
  StreamList,
  StreamPage,
} from '../../api/contract/setup-log-streams.ts';
import { guideOf, type DestinationId, type StreamValues } from '../../onboarding/log-streams/destination.ts';
import {
  fieldsOf,
  fillDestination,
  findDestinations,
  getDestination,
} from '../../onboarding/log-streams/destinations/index.ts';
import { at } from './setup-builders.ts';

/** What the portal's endpoints about log streams answer, built for tests of its pages. */

const minute = 60_000;
const day = 24 * 60 * minute;
type Stream = StreamPage['stream'];

export function destinationsOffered(query = ''): DestinationList {
  return {
    destinations: findDestinations(query, { hasAwsIdentity: true }).map(({ needs, ways, ...one }) => ({
      ...one,
      needs: [...needs],
      ways: [...ways],
    })),
  };
}

const values: StreamValues = {
  PRODUCT: 'Ledgerly',
  ORGANIZATION_ID: 'org_01KB00000000000000000000RG',
  OUR_ADDRESSES: '203.0.113.10\n203.0.113.11',
  PROOF_MARK: 'vestibule-test-7Q2K9',
  EXTERNAL_ID: 'ext_8Rk2vQ4mZ7xN1cT6',
  OUR_AWS_PRINCIPAL: 'arn:aws:iam::123456789012:role/ledgerly-streams',
  BUCKET: 'acme-audit',
  PREFIX: 'ledgerly/',
  STREAM_ID: 'log_stream_1',
  TABLE: 'VestibuleAudit_CL',
};

/** One of Splunk that was only just chosen. */
export function aStream(change: Partial<Stream> = {}, id: DestinationId = 'splunk'): Stream {
  const { name, mark, proof } = fillDestination(getDestination(id), values);
  return {
    id: 'log_stream_1',
    name,
    destination: { id, name, mark },
    chip: 'not_proven',
    state: 'inactive',
    lastSentAt: null,
    behind: 0,
    oldestUnsentAt: null,
    settings: {},
    isLive: false,
    secrets: { hints: {}, setAt: null, endsOn: null },
    createdAt: at(-60 * minute),
    startedAt: null,
    pausedAt: null,
    sentCount: 0,
    lastLevel: null,
    lastError: null,
    failingSince: null,
    nextTryAt: null,
    rejectedCount: 0,
    catchUp: null,
    proof: {
      provenAt: null,
      provenBy: null,
      sentAt: null,
      answer: null,
      where: [...proof.where],
      search: null,
      hint: null,
      triesLeft: 5,
      mistakes: getDestination(id).mistakes.map((mistake) => ({ ...mistake })),
    },
    ...change,
  };
}

export const setUp = (): Partial<Stream> => ({
  settings: {
    url: 'https://http-inputs-acme.splunkcloud.com/services/collector/event',
    acknowledgement: 'off',
  },
  secrets: { hints: { token: '9f2c' }, setAt: at(-30 * minute), endsOn: null },
});

export function proofOf(change: Partial<Stream['proof']> = {}): Stream['proof'] {
  const { proof } = fillDestination(getDestination('splunk'), values);
  return {
    ...aStream().proof,
    sentAt: at(-minute),
    search: proof.search,
    hint: proof.hint ?? null,
    answer: {
      kind: 'sent',
      level: 'accepted',
      status: 200,
      milliseconds: 312,
      at: at(-minute),
      sighting: 'not_offered',
    },
    ...change,
  };
}

export const aRefusal = (change: Partial<StreamFailureView> = {}): StreamFailureView => ({
  cause: 'credential_refused',
  field: 'token',
  suggested: null,
  status: 403,
  answer: '{"text":"Invalid token","code":4}',
  at: at(-2 * minute),
  repair: {
    path: ['Settings', 'Data inputs', 'HTTP Event Collector'],
    label: 'Token Value',
    fix: 'Copy the token’s value again and save it here.',
  },
  ...change,
});

/** One that has streamed for a week. */
export const aRunningStream = (change: Partial<Stream> = {}): Stream =>
  aStream({
    ...setUp(),
    chip: 'streaming',
    state: 'active',
    isLive: true,
    startedAt: at(-7 * day),
    sentCount: 48_210,
    lastSentAt: at(-4_000),
    lastLevel: 'acknowledged',
    proof: proofOf({ provenAt: at(-7 * day) }),
    ...change,
  });

export function aStreamPage(stream: Stream = aStream()): StreamPage {
  const destination = getDestination(stream.destination.id);
  return {
    view: null,
    stream,
    egressAddresses: ['203.0.113.10', '203.0.113.11'],
    keptDays: 365,
    fields: structuredClone(fieldsOf(destination, null)) as StreamPage['fields'],
    guide: JSON.parse(JSON.stringify(guideOf(fillDestination(destination, values)))) as StreamPage['guide'],
    progress: { copied: {}, doneSteps: [], currentStep: null },
    oldestRecordAt: at(-200 * day),
    outages: [],
  };
}

export const aStreamList = (streams: readonly Stream[], removed: StreamList['removed'] = []): StreamList => ({
  view: null,
  journeysStreamId: streams[0]?.id ?? null,
  removed,
  streams: streams.map(({ id, name, destination, chip, state, lastSentAt, behind, oldestUnsentAt }) => ({
    id,
    name,
    destination,
    chip,
    state,
    lastSentAt,
    behind,
    oldestUnsentAt,
  })),
});

export const someRejects = (): RejectList['rejects'] => [
  {
    id: 'reject_1',
    from: 1_204,
    until: 1_204,
    recordId: 'audit_1',
    cause: 'records_too_large',
    status: 413,
    answer: 'Event exceeds 500 KB',
    at: at(-3 * 60 * minute),
    resend: 'offered',
    resentAt: null,
  },
  {
    id: 'reject_3',
    from: 1_190,
    until: 1_190,
    recordId: 'audit_3',
    cause: 'records_refused',
    status: 400,
    answer: 'mapping conflict',
    at: at(-4 * 60 * minute),
    resend: 'asked',
    resentAt: null,
  },
  {
    id: 'reject_4',
    from: 1_180,
    until: 1_180,
    recordId: 'audit_4',
    cause: 'records_refused',
    status: 400,
    answer: 'mapping conflict',
    at: at(-5 * 60 * minute),
    resend: 'done',
    resentAt: at(-minute),
  },
  {
    id: 'reject_5',
    from: 1_170,
    until: 1_170,
    recordId: 'audit_5',
    cause: 'records_refused',
    status: 400,
    answer: 'mapping conflict',
    at: at(-6 * 60 * minute),
    resend: 'offered',
    resentAt: null,
  },
  {
    id: 'reject_2',
    from: 3,
    until: 1_118,
    recordId: null,
    cause: 'retention_over',
    status: null,
    answer: null,
    at: at(-day),
    resend: 'gone',
    resentAt: null,
  },
];
