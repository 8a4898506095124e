import type { ZodType } from 'zod';
import { provedBody, saved } from '../../api/contract/setup.ts';
import {
  chooseDestinationBody,
  destinationList,
  rejectList,
  sendAgainAsked,
  sendAgainBody,
  streamCheck,
  streamCheckBody,
  streamChosen,
  streamList,
  streamPage,
  streamProgressBody,
  streamProofBody,
  streamSecretBody,
  streamSecretMade,
  streamSettingsBody,
  streamStartBody,
  type RejectList,
  type StreamCheck,
  type StreamList,
  type StreamPage,
} from '../../api/contract/setup-log-streams.ts';
import { stepResult, type StepResult } from '../../api/contract/shared.ts';
import { aRunningStream, aStreamList, aStreamPage, destinationsOffered, proofOf } from './stream-builders.ts';
import { at } from './setup-builders.ts';

/** The endpoints about log streams, for `fake-setup-api.ts`. */

export type FakeStreams = {
  pages: StreamPage[];
  check: StreamCheck;
  rejects: RejectList['rejects'];
  removed: StreamList['removed'];
};

export function aFakeStreams(pages: StreamPage[] = [], change: Partial<FakeStreams> = {}): FakeStreams {
  return {
    pages,
    check: { canSave: true, findings: [], probe: { kind: 'accepted', status: 200, milliseconds: 284 } },
    rejects: [],
    removed: [],
    ...change,
  };
}

type Setup = { streams: FakeStreams; result: StepResult };
type Route = {
  method: string;
  path: RegExp;
  body?: ZodType;
  answer: ZodType;
  make: (setup: Setup, request: { query: URLSearchParams; path: string }, id: string) => unknown;
};

const result = ({ result: answer }: Setup) => answer;
const keep = () => ({ savedAt: at(0) });
const pageOf = ({ streams }: Setup, id: string) =>
  streams.pages.find(({ stream }) => stream.id === id) ?? aStreamPage();
const post = (path: RegExp, answer: ZodType, make: Route['make'], body?: ZodType): Route => ({
  method: 'POST',
  path,
  answer,
  make,
  ...(body && { body }),
});
const get = (path: RegExp, answer: ZodType, make: Route['make']): Route => ({
  method: 'GET',
  path,
  answer,
  make,
});

export const fakeStreamRoutes: Route[] = [
  get(/^\/log-streams$/, streamList, ({ streams }) =>
    aStreamList(
      streams.pages.map(({ stream }) => stream),
      streams.removed,
    ),
  ),
  get(/^\/log-streams\/destinations$/, destinationList, (_, { query }) =>
    destinationsOffered(query.get('query') ?? ''),
  ),
  post(
    /^\/log-streams$/,
    streamChosen,
    ({ result: { view } }) => ({ status: 'applied', view, streamId: 'log_stream_1' }),
    chooseDestinationBody,
  ),
  get(/^\/log-streams\/([^/]+)$/, streamPage, (setup, _, id) => pageOf(setup, id)),
  {
    method: 'PUT',
    path: /^\/log-streams\/([^/]+)\/progress$/,
    body: streamProgressBody,
    answer: saved,
    make: keep,
  },
  post(/^\/log-streams\/([^/]+)\/check$/, streamCheck, ({ streams }) => streams.check, streamCheckBody),
  post(/^\/log-streams\/([^/]+)\/settings$/, stepResult, result, streamSettingsBody),
  post(
    /^\/log-streams\/([^/]+)\/secrets\/[^/]+$/,
    streamSecretMade,
    () => ({ value: 'whsec_b25seUZvclRoZUZha2VTdHJlYW0wMDAwMDAwMDA=' }),
    streamSecretBody,
  ),
  post(/^\/log-streams\/([^/]+)\/test$/, saved, (setup, _, id) => {
    pageOf(setup, id).stream.proof = proofOf();
    return keep();
  }),
  post(/^\/log-streams\/([^/]+)\/(?:pause|resume|try-now)$/, saved, keep),
  post(
    /^\/log-streams\/([^/]+)\/rejects\/send-again$/,
    sendAgainAsked,
    ({ streams }) => ({ ...keep(), asked: streams.rejects.length, gone: 0 }),
    sendAgainBody,
  ),
  post(
    /^\/log-streams\/([^/]+)\/proof$/,
    stepResult,
    (setup, _, id) => {
      const { stream } = pageOf(setup, id);
      stream.proof = proofOf({ provenAt: at(0), provenBy: 'customer' });
      stream.chip = 'ready';
      return result(setup);
    },
    streamProofBody,
  ),
  post(/^\/log-streams\/([^/]+)\/start$/, stepResult, result, streamStartBody),
  post(
    /^\/log-streams\/([^/]+)\/delete$/,
    stepResult,
    (setup, _, id) => {
      const { streams } = setup;
      const { name } = pageOf(setup, id).stream;
      streams.removed = [{ id, name, removedAt: at(0), keptUntil: at(30 * 86_400_000) }];
      streams.pages = streams.pages.filter(({ stream }) => stream.id !== id);
      return result(setup);
    },
    provedBody,
  ),
  post(/^\/log-streams\/([^/]+)\/bring-back$/, stepResult, (setup, _, id) => {
    const { streams } = setup;
    streams.removed = streams.removed.filter((one) => one.id !== id);
    streams.pages = [aStreamPage(aRunningStream({ id }))];
    return result(setup);
  }),
  get(/^\/log-streams\/([^/]+)\/rejects$/, rejectList, ({ streams }) => ({
    rejects: streams.rejects,
    after: null,
  })),
];
