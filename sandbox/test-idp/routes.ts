import { randomBytes } from 'node:crypto';
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import type { Secrets } from '../../adapters/secrets.ts';
import {
  listAllRedirectUris,
  listDomains,
  listSpKeys,
  lookUpConnection,
  lookUpEnvironment,
  withTenant,
  type ConnectionRow,
  type Db,
  type Tx,
} from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { TestIdpKeys } from './keys.ts';
import { buildTestIdpMetadata } from './metadata.ts';
import { answerPage, peoplePage, refusedPage, stylesheet, type HiddenFields } from './pages.ts';
import { findTestPerson, testPeople } from './people.ts';
import {
  readAuthnRequest,
  type ArrivedRequest,
  type ReadAuthnRequest,
  type RegisteredSp,
} from './request.ts';
import { buildTestResponse } from './response.ts';
import { addressesOf, ensureKeys, findLastAnswer, readSwitches, rememberAnswer } from './state.ts';

export interface TestIdpDeps {
  /** Works as `vestibule_app`. */
  readonly db: Db;
  readonly secrets: Secrets;
  readonly now: () => Date;
  /** `TEST_IDP_URL`: the origin it answers under, and the start of its entity id. */
  readonly url: string;
  /** The sandbox environment that keeps its keys. */
  readonly environmentId: string;
}

/**
 * The Test IdP over HTTP, for connections of sandbox environments that have its entity id [TIDP-01] [TIDP-03]. It
 * keeps no session: the request travels with the page and is checked again when a person is chosen. Requests that are
 * not for it are passed on.
 */
export function createTestIdp(deps: TestIdpDeps): RequestHandler {
  const { db, now, url } = deps;
  const { host } = new URL(url);
  const addresses = addressesOf(url);
  const home = { environmentId: deps.environmentId };
  let made: Promise<TestIdpKeys> | undefined;

  /** One pair of hands makes the keys, however many ask at the first start. */
  function keys(): Promise<TestIdpKeys> {
    made ??= withTenant(db, home, (tx) => ensureKeys(tx, home, { secrets: deps.secrets, now: now() }));
    made.catch(() => (made = undefined));
    return made;
  }

  async function read(arrived: ArrivedRequest) {
    let connection: ConnectionRow | undefined;
    const request = await readAuthnRequest(arrived, async (entityId) => {
      connection = await findConnectionBehind(db, entityId, addresses.entityId);
      return connection && registrationOf(db, connection);
    });
    if (connection === undefined) throw new OnboardingError('request_refused');
    return { request, connection };
  }

  async function choosePage(arrived: ArrivedRequest, fields: HiddenFields): Promise<string> {
    const { connection } = await read(arrived);
    const tenant = tenantOf(connection);
    return withTenant(db, tenant, async (tx) =>
      peoplePage({
        people: testPeople(await domainOf(tx, connection)),
        connectionName: connection.name,
        fault: (await readSwitches(tx, tenant)).fault,
        fields,
      }),
    );
  }

  async function signIn(tx: Tx, connection: ConnectionRow, request: ReadAuthnRequest, email: string) {
    const person = findTestPerson(email);
    if (!person) throw new OnboardingError('request_refused', { reason: 'unknown_person' });
    const tenant = tenantOf(connection);
    const { fault } = await readSwitches(tx, tenant);
    const answer = buildTestResponse({
      request,
      idpEntityId: addresses.entityId,
      person,
      keys: await keys(),
      fault: fault ?? undefined,
      previousIds: await findLastAnswer(tx, tenant, connection.id),
      relayState: request.relayState,
      now: now(),
    });
    await rememberAnswer(tx, tenant, connection.id, answer.ids, now());
    return { answer, formAction: await destinationsOf(tx, connection) };
  }

  const router = Router({ caseSensitive: true });
  const form = express.urlencoded({ extended: false, limit: 256 * 1024, parameterLimit: 10 });
  router.use('/test-idp', (request, _response, next) => next(request.host === host ? undefined : 'router'));
  router.get('/test-idp/style.css', (_request, response) => {
    response.set('Cache-Control', 'public, max-age=3600').type('css').send(stylesheet);
  });
  router.get('/test-idp/saml/metadata', async (_request, response) => {
    const { twoKeys } = await withTenant(db, home, (tx) => readSwitches(tx, home));
    const publishes = twoKeys ? 'current_and_next' : 'current';
    const xml = buildTestIdpMetadata({ ...addresses, keys: await keys(), publishes });
    response.set('Cache-Control', 'no-store').type('application/samlmetadata+xml').send(xml);
  });
  router.get('/test-idp/saml/sso', async (request, response) => {
    const query = rawQueryOf(request);
    show(response, await choosePage({ binding: 'redirect', query }, { query }), []);
  });
  router.post('/test-idp/saml/sso', form, async (request, response) => {
    const fields = fieldsOf(request);
    show(response, await choosePage(arrivedOf(fields), fields), []);
  });
  router.post('/test-idp/saml/sign-in', form, async (request, response) => {
    const { person = '', ...fields } = fieldsOf(request);
    const found = await read(arrivedOf(fields));
    const { answer, formAction } = await withTenant(db, tenantOf(found.connection), (tx) =>
      signIn(tx, found.connection, found.request, person),
    );
    const nonce = randomBytes(16).toString('base64url');
    const page = answerPage({ action: answer.acsUrl, fields: { ...answer.fields }, nonce });
    show(response, page, formAction, nonce);
  });
  router.use('/test-idp', refuse);
  return router;
}

const tenantOf = ({ environmentId }: ConnectionRow) => ({ environmentId });

/** The connection of an entity id of ours, if it is a sandbox's and has the Test IdP as its provider [TIDP-04]. */
async function findConnectionBehind(
  db: Db,
  spEntityId: string,
  idpEntityId: string,
): Promise<ConnectionRow | undefined> {
  const [, id] = /\/sso\/saml\/(conn_[0-9A-Z]{26})$/.exec(spEntityId) ?? [];
  const connection = id === undefined ? undefined : await lookUpConnection(db, id);
  if (connection === undefined || connection.deletedAt !== null) return undefined;
  if (connection.spEntityId !== spEntityId || connection.idpEntityId !== idpEntityId) return undefined;
  const environment = await lookUpEnvironment(db, connection.environmentId);
  return environment?.kind === 'sandbox' ? connection : undefined;
}

async function registrationOf(db: Db, connection: ConnectionRow): Promise<RegisteredSp> {
  const tenant = tenantOf(connection);
  const keys = connection.signRequests
    ? await withTenant(db, tenant, (tx) => listSpKeys(tx, tenant, connection.id))
    : [];
  return {
    entityId: connection.spEntityId,
    acsUrl: connection.acsUrl,
    signingCertificates: keys.filter(({ use }) => use === 'signing').map((key) => key.certificatePem),
  };
}

/** The people live in the organization's own `.test` domain, if it has one, so that the domain policy lets them in. */
async function domainOf(
  tx: Tx,
  { environmentId, organizationId }: ConnectionRow,
): Promise<string | undefined> {
  const domains = (await listDomains(tx, { environmentId, organizationId })).filter(({ domain }) =>
    domain.endsWith('.test'),
  );
  return (domains.find(({ state }) => state === 'verified') ?? domains[0])?.domain;
}

const plainOrigin = /^https?:\/\/[a-z0-9.*-]+(:(\d+|\*))?$/i;

/** Where the posted answer may lead: browsers hold `form-action` against the redirects behind it too. */
async function destinationsOf(tx: Tx, connection: ConnectionRow): Promise<string[]> {
  const registered = await listAllRedirectUris(tx, tenantOf(connection));
  const origins = [connection.acsUrl, ...registered.map(({ uri }) => uri)].map(
    (uri) => /^https?:\/\/[^/?#]+/i.exec(uri)?.[0] ?? '',
  );
  return [...new Set(origins)].filter((origin) => plainOrigin.test(origin));
}

function rawQueryOf({ originalUrl }: Request): string {
  const at = originalUrl.indexOf('?');
  return at === -1 ? '' : originalUrl.slice(at + 1);
}

/** Single texts only. */
function fieldsOf(request: Request): Record<string, string> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return {};
  const known = ['person', 'query', 'SAMLRequest', 'RelayState'];
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => known.includes(name) && typeof value === 'string'),
  );
}

function arrivedOf({ query, SAMLRequest, RelayState }: Record<string, string>): ArrivedRequest {
  return query === undefined
    ? { binding: 'post', samlRequest: SAMLRequest ?? '', relayState: RelayState }
    : { binding: 'redirect', query };
}

function show(
  response: express.Response,
  page: string,
  formAction: readonly string[],
  nonce?: string,
  status = 200,
): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    nonce === undefined ? "script-src 'none'" : `script-src 'nonce-${nonce}'`,
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  response.status(status).set('Content-Security-Policy', policy.join('; ')).set('Cache-Control', 'no-store');
  response.type('html').send(page);
}

const refuse: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof OnboardingError)) {
    next(error);
    return;
  }
  show(response, refusedPage(String(error.facts.reason ?? error.code)), [], undefined, 400);
};
