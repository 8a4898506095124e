import type { ZodType } from 'zod';
import {
  askCodeBody,
  codeAsked,
  guideReportBody,
  home,
  provedBody,
  saved,
  sessionFinished,
  setupSession,
  type CodeAsked,
  type Home,
  type SetupSession,
} from '../../api/contract/setup.ts';
import {
  addConnectionBody,
  attributesBody,
  attributesState,
  chooseDomainsBody,
  chooseProviderBody,
  connectionAdded,
  draftsBody,
  draftsSaved,
  guideProgressBody,
  optionsBody,
  providerList,
  resetPlan,
  signInDomains,
  ssoState,
  type ProviderList,
  type SsoState,
} from '../../api/contract/setup-connections.ts';
import {
  domainDetail,
  domainList,
  domainResult,
  hostBody,
  addDomainBody,
  type DomainDetail,
} from '../../api/contract/setup-domains.ts';
import {
  metadataBody,
  metadataCheck,
  oidcBody,
  oidcCheck,
  renewalBody,
  renewalState,
  renewalText,
  type MetadataBody,
  type MetadataCheck,
  type OidcBody,
  type OidcCheck,
  type RenewalState,
} from '../../api/contract/setup-provider-settings.ts';
import {
  acceptFormBody,
  attemptList,
  repairBody,
  repairPlan,
  testStarted,
  type RepairPlan,
} from '../../api/contract/setup-sign-in-tests.ts';
import {
  attemptDetail,
  attemptView,
  problem,
  stepResult,
  type AttemptDetail,
  type StepResult,
} from '../../api/contract/shared.ts';
import type { ErrorCode, ErrorFacts } from '../../onboarding/errors.ts';
import { aDomainDetail } from './domain-builders.ts';
import {
  aCodeAsked,
  aHome,
  aMetadataCheck,
  aRenewalState,
  anOidcCheck,
  aSession,
  aView,
  anSsoState,
  at,
  providersOffered,
} from './setup-builders.ts';
import { aFakeStreams, fakeStreamRoutes, type FakeStreams } from './fake-streams.ts';
import { aFakeAuditLog, fakeAuditRoutes, type FakeAuditEvents } from './fake-audit-events.ts';
import { aFakeDirectory, fakeDirectoryRoutes, type FakeDirectory } from './fake-directory.ts';
import type { z } from 'zod';

/** What the fake knows. A test builds the part it cares about. */
export type FakeSetup = {
  session: SetupSession;
  home: Home;
  sso: SsoState;
  providers: (query: string) => ProviderList;
  check: (body: MetadataBody) => MetadataCheck;
  oidcCheck: (body: OidcBody) => OidcCheck;
  attempts: AttemptDetail[];
  perDay: z.infer<typeof attemptList>['perDay'];
  attributes: z.infer<typeof attributesState>;
  repair: RepairPlan;
  renewal: RenewalState;
  renewalCheck: (text: string) => MetadataCheck;
  directory: FakeDirectory;
  auditLog: FakeAuditEvents;
  streams: FakeStreams;
  domains: DomainDetail[];
  policy: z.infer<typeof domainList>['policy'];
  hint: z.infer<typeof domainList>['hint'];
  /** The domains that were chosen for the connection; null for all. */
  chosen: string[] | null;
  allowsOutside: boolean;
  /** What asking for a code answers. */
  code: CodeAsked;
  /** How many people a reset would stop. */
  people: number;
  /** The top role that nobody would have without the connection. */
  roleLost: string | null;
  /** What every act answers. */
  result: StepResult;
  /** `METHOD /path` → how it is refused. */
  refusals: Record<
    string,
    { status: number; code: ErrorCode | 'internal'; facts?: ErrorFacts; fields?: Record<string, string> }
  >;
};

export type FakeRequest = { method: string; path: string; query: URLSearchParams; body: unknown };
type Route = {
  method: string;
  path: RegExp;
  body?: ZodType;
  answer: ZodType | null;
  make: (setup: FakeSetup, request: FakeRequest, id: string) => unknown;
};

const found = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new NotThere();
  return thing;
};
class NotThere extends Error {}

const detailOf = (setup: FakeSetup, id: string) =>
  found(setup.domains.find(({ domain }) => domain.id === id));
const attemptOf = (setup: FakeSetup, id: string) => found(setup.attempts.find((one) => one.id === id));
const rowOf = (attempt: AttemptDetail) => {
  const { checks, profile, signed, signedBy, advice, requestXml, responseXml, trail, timeline, ...row } =
    attempt;
  void [checks, profile, signed, signedBy, advice, requestXml, responseXml, trail, timeline];
  return row;
};
const result = ({ result: answer }: FakeSetup) => answer;
const keep = () => ({ savedAt: at(0) });
const keepDrafts = () => ({ ...keep(), typing: null });

const routes: Route[] = [
  ...fakeDirectoryRoutes,
  ...fakeAuditRoutes,
  ...fakeStreamRoutes,
  { method: 'GET', path: /^\/session$/, answer: setupSession, make: ({ session }) => session },
  {
    method: 'POST',
    path: /^\/session\/extend$/,
    answer: setupSession,
    make: ({ session }) => ({ ...session, idleEndsAt: at(3_600_000) }),
  },
  {
    method: 'POST',
    path: /^\/session\/finish$/,
    answer: sessionFinished,
    make: ({ session }) => ({ location: session.successUrl }),
  },
  { method: 'GET', path: /^\/home$/, answer: home, make: (setup) => setup.home },
  { method: 'POST', path: /^\/features\/[a-z_]+\/(?:skip|take-back)$/, answer: stepResult, make: result },
  { method: 'POST', path: /^\/steps\/[a-z_]+\/take-back$/, answer: stepResult, make: result },
  { method: 'GET', path: /^\/sso$/, answer: ssoState, make: ({ sso }) => sso },
  {
    method: 'GET',
    path: /^\/sso\/providers$/,
    answer: providerList,
    make: ({ providers }, { query }) => providers(query.get('query') ?? ''),
  },
  {
    method: 'POST',
    path: /^\/guide-reports$/,
    body: guideReportBody,
    answer: saved,
    make: () => ({ savedAt: new Date().toISOString() }),
  },
  { method: 'POST', path: /^\/sso\/provider$/, body: chooseProviderBody, answer: stepResult, make: result },
  { method: 'PUT', path: /^\/sso\/progress$/, body: guideProgressBody, answer: saved, make: keep },
  { method: 'PUT', path: /^\/sso\/drafts$/, body: draftsBody, answer: draftsSaved, make: keepDrafts },
  { method: 'POST', path: /^\/sso\/configuration-done$/, answer: stepResult, make: result },
  {
    method: 'POST',
    path: /^\/sso\/metadata\/check$/,
    body: metadataBody,
    answer: metadataCheck,
    make: ({ check }, { body }) => check(metadataBody.parse(body)),
  },
  {
    method: 'POST',
    path: /^\/sso\/oidc\/check$/,
    body: oidcBody,
    answer: oidcCheck,
    make: ({ oidcCheck: check }, { body }) => check(oidcBody.parse(body)),
  },
  { method: 'POST', path: /^\/sso\/oidc$/, body: oidcBody, answer: stepResult, make: result },
  { method: 'POST', path: /^\/sso\/metadata$/, body: metadataBody, answer: stepResult, make: result },
  {
    method: 'GET',
    path: /^\/sso\/attributes$/,
    answer: attributesState,
    make: ({ attributes }) => attributes,
  },
  { method: 'PUT', path: /^\/sso\/attributes$/, body: attributesBody, answer: stepResult, make: result },
  {
    method: 'GET',
    path: /^\/sso\/domains$/,
    answer: signInDomains,
    make: ({ domains, policy, chosen, allowsOutside }) => ({
      policy,
      chosen,
      allowsOutside,
      domains: domains.map(({ domain }) => domain),
    }),
  },
  { method: 'PUT', path: /^\/sso\/domains$/, body: chooseDomainsBody, answer: stepResult, make: result },
  { method: 'POST', path: /^\/sso\/accepted-form$/, body: acceptFormBody, answer: stepResult, make: result },
  {
    method: 'POST',
    path: /^\/sso\/connections$/,
    body: addConnectionBody,
    answer: connectionAdded,
    make: (setup) => ({ ...setup.result, connectionId: 'conn_2' }),
  },
  { method: 'POST', path: /^\/sso\/deleted\/[^/]+\/bring-back$/, answer: stepResult, make: result },
  { method: 'PUT', path: /^\/sso\/options$/, body: optionsBody, answer: stepResult, make: result },
  {
    method: 'POST',
    path: /^\/sso\/tests$/,
    answer: testStarted,
    make: ({ attempts }) => ({
      attemptId: attempts[0]?.id ?? 'att_1',
      reference: attempts[0]?.reference ?? '4K2M-71',
      url: 'https://auth.ledgerly.example/sso/test/tst_1',
      expiresAt: at(900_000),
    }),
  },
  {
    method: 'GET',
    path: /^\/sso\/attempts$/,
    answer: attemptList,
    make: ({ attempts, perDay }, { query }) => ({
      attempts: attempts
        .map(rowOf)
        .filter(({ chip }) => query.get('state') !== 'failed' || chip !== 'success'),
      perDay,
    }),
  },
  {
    method: 'GET',
    path: /^\/sso\/attempts\/([^/]+)$/,
    answer: attemptDetail,
    make: (setup, _, id) => attemptOf(setup, id),
  },
  {
    method: 'POST',
    path: /^\/sso\/attempts\/([^/]+)\/stop$/,
    answer: attemptView,
    make: (setup, _, id) => rowOf(attemptOf(setup, id)),
  },
  {
    method: 'POST',
    path: /^\/sso\/repairs$/,
    body: repairBody,
    answer: repairPlan,
    make: (setup, { body }) => ({
      ...setup.repair,
      result: repairBody.parse(body).confirm ? setup.result : null,
    }),
  },
  { method: 'POST', path: /^\/sso\/(?:go-live|switch-off|switch-on)$/, answer: stepResult, make: result },
  { method: 'POST', path: /^\/codes$/, body: askCodeBody, answer: codeAsked, make: ({ code }) => code },
  { method: 'POST', path: /^\/sso\/draft(?:\/take-over|\/discard)?$/, answer: stepResult, make: result },
  {
    method: 'POST',
    path: /^\/sso\/(?:draft\/switch|reset|delete|formers\/[^/]+\/bring-back)$/,
    body: provedBody,
    answer: stepResult,
    make: result,
  },
  { method: 'GET', path: /^\/sso\/renewal$/, answer: renewalState, make: ({ renewal }) => renewal },
  {
    method: 'POST',
    path: /^\/sso\/renewal\/check$/,
    body: renewalText,
    answer: metadataCheck,
    make: ({ renewalCheck }, { body }) => renewalCheck(renewalText.parse(body).text),
  },
  { method: 'POST', path: /^\/sso\/renewal$/, body: renewalBody, answer: stepResult, make: result },
  {
    method: 'GET',
    path: /^\/sso\/reset$/,
    answer: resetPlan,
    make: ({ people, roleLost }) => ({ people, roleLost }),
  },
  {
    method: 'GET',
    path: /^\/domains$/,
    answer: domainList,
    make: ({ domains, policy, hint }) => ({ domains: domains.map(({ domain }) => domain), policy, hint }),
  },
  {
    method: 'POST',
    path: /^\/domains$/,
    body: addDomainBody,
    answer: domainResult,
    make: (setup) => ({ ...setup.result, domain: (setup.domains[0] ?? aDomainDetail()).domain }),
  },
  {
    method: 'GET',
    path: /^\/domains\/([^/]+)$/,
    answer: domainDetail,
    make: (setup, _, id) => detailOf(setup, id),
  },
  {
    method: 'DELETE',
    path: /^\/domains\/([^/]+)$/,
    answer: domainResult,
    make: (setup, _, id) => ({ ...setup.result, domain: detailOf(setup, id).domain }),
  },
  {
    method: 'POST',
    path: /^\/domains\/([^/]+)\/check$/,
    answer: domainResult,
    make: (setup, _, id) => ({ ...setup.result, domain: detailOf(setup, id).domain }),
  },
  {
    method: 'PUT',
    path: /^\/domains\/([^/]+)\/host$/,
    body: hostBody,
    answer: domainDetail,
    make: (setup, _, id) => detailOf(setup, id),
  },
];

/**
 * The portal's JSON endpoints without a server behind them. Bodies and answers are held against the contract, so that a
 * test of a page cannot rest on an answer the api would never give.
 */
export function createFakeSetupApi(change: Partial<FakeSetup> = {}) {
  const setup: FakeSetup = {
    session: aSession(),
    home: aHome(),
    sso: anSsoState(),
    providers: providersOffered,
    check: () => aMetadataCheck(),
    oidcCheck: () => anOidcCheck(),
    attempts: [],
    perDay: [],
    attributes: { fields: [], received: [] },
    repair: { repair: 'trust_new_certificate', before: [], after: [], result: null },
    renewal: aRenewalState(),
    renewalCheck: () => aMetadataCheck(),
    directory: aFakeDirectory(),
    auditLog: aFakeAuditLog(),
    streams: aFakeStreams(),
    domains: [],
    policy: 'optional',
    hint: null,
    chosen: null,
    allowsOutside: false,
    code: aCodeAsked(),
    people: 412,
    roleLost: null,
    result: { status: 'applied', view: aView({ choose_provider: 'done' }) },
    refusals: {},
    ...change,
  };
  const requests: FakeRequest[] = [];

  /** @param path below the api's own path: `/sso/tests?x=1` */
  function handle(method: string, path: string, body: unknown): { status: number; body: unknown } {
    const url = new URL(path, 'http://fake.test');
    const request = { method, path: url.pathname, query: url.searchParams, body };
    requests.push(request);
    const refusal = setup.refusals[`${method} ${url.pathname}`];
    if (refusal !== undefined) return refused(refusal);
    const route = routes.find((one) => one.method === method && one.path.test(url.pathname));
    if (route === undefined) return refused({ status: 404, code: 'not_found' });
    route.body?.parse(body);
    const [, id = ''] = route.path.exec(url.pathname) ?? [];
    try {
      const answer = route.make(setup, request, id);
      return { status: 200, body: route.answer === null ? null : route.answer.parse(answer) };
    } catch (error) {
      if (error instanceof NotThere) return refused({ status: 404, code: 'not_found' });
      throw error;
    }
  }

  return {
    setup,
    requests,
    handle,
    /** In place of the browser's `fetch`; everything below `apiPath` is answered here. */
    fetch: async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
      init.signal?.throwIfAborted();
      const path = String(input).replace(/^.*\/api(?=\/)/, '');
      const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
      const answer = handle(init.method ?? 'GET', path, body);
      return new Response(JSON.stringify(answer.body), {
        status: answer.status,
        headers: { 'content-type': 'application/json', 'x-request-id': 'req_7F3K' },
      });
    },
  };
}

function refused({ status, code, facts, fields }: FakeSetup['refusals'][string]) {
  const body = problem.parse({
    type: 'about:blank',
    title: code,
    status,
    code,
    facts: facts ?? {},
    request_id: 'req_7F3K',
    ...(fields === undefined ? {} : { fields }),
  });
  return { status, body };
}
