import { randomBytes } from 'node:crypto';
import express, { Router, type Request, type RequestHandler } from 'express';
import { withTenant, type ConnectionRow, type Tx } from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import {
  destinationsOf,
  findLoginUrl,
  findConnectionBehind,
  findSandboxConnection,
  listStartable,
  peopleOf,
  registrationOf,
  tenantOf,
} from './connections.ts';
import type { TestIdpDeps } from './deps.ts';
import { isFaultName } from './faults.ts';
import { buildTestIdpMetadata } from './metadata.ts';
import { answerPage, peoplePage, startPage } from './pages.ts';
import { findPerson } from './people.ts';
import {
  readAuthnRequest,
  type ArrivedRequest,
  type ReadAuthnRequest,
  type RegisteredSp,
} from './request.ts';
import { buildTestResponse } from './response.ts';
import { fieldsOf, show } from './show.ts';
import { addressesOf, findLastAnswer, findLastSession, rememberAnswer } from './state.ts';
import type { ReadKeys } from './stored-keys.ts';
import { readSwitches } from './switches.ts';

/** A sign-in on its way: a request that was read, or one that starts here and answers none. */
interface SignIn {
  readonly connection: ConnectionRow;
  readonly sp: RegisteredSp;
  readonly request: Pick<ReadAuthnRequest, 'spEntityId' | 'acsUrl' | 'nameIdFormat' | 'relayState'> & {
    readonly id?: string;
  };
}

/**
 * The Test IdP by SAML [TIDP-01] [TIDP-03]. It keeps no session: the request travels with the page and is checked
 * again when a person is chosen.
 */
export function samlRoutes(deps: TestIdpDeps, keys: ReadKeys): RequestHandler {
  const { db, now } = deps;
  const addresses = addressesOf(deps.url);
  const home = { environmentId: deps.environmentId };

  async function read(fields: Record<string, string>): Promise<SignIn> {
    return fields.connection === undefined
      ? readRequest(arrivedOf(fields))
      : startHere(fields.connection, fields.RelayState);
  }

  async function readRequest(arrived: ArrivedRequest): Promise<SignIn> {
    let connection: ConnectionRow | undefined;
    let sp: RegisteredSp | undefined;
    const request = await readAuthnRequest(arrived, async (entityId) => {
      connection = await findConnectionBehind(db, entityId, addresses.entityId);
      sp = connection && (await registrationOf(db, connection));
      return sp;
    });
    if (connection === undefined || sp === undefined) throw new OnboardingError('request_refused');
    return { connection, sp, request };
  }

  async function startHere(connectionId: string, relayState: string | undefined): Promise<SignIn> {
    const connection = await findSandboxConnection(db, connectionId);
    if (connection?.idpEntityId !== addresses.entityId || connection.protocol !== 'saml') {
      throw new OnboardingError('request_refused', { reason: 'unknown_service_provider' });
    }
    const sp = await registrationOf(db, connection);
    const { spEntityId, acsUrl } = connection;
    return { connection, sp, request: { spEntityId, acsUrl, nameIdFormat: undefined, relayState } };
  }

  async function choosePage(fields: Record<string, string>): Promise<string> {
    const { connection } = await read(fields);
    const tenant = tenantOf(connection);
    return withTenant(db, tenant, async (tx) =>
      peoplePage({
        action: '/test-idp/saml/sign-in',
        people: await peopleOf(tx, connection),
        connectionName: connection.name,
        fault: (await readSwitches(tx, tenant)).fault,
        fields,
      }),
    );
  }

  async function signIn(tx: Tx, { connection, sp, request }: SignIn, chosen: string) {
    const person = findPerson(await peopleOf(tx, connection), chosen);
    if (!person) throw new OnboardingError('request_refused', { reason: 'unknown_person' });
    const tenant = tenantOf(connection);
    const { fault } = await readSwitches(tx, tenant);
    const { rollover } = await withTenant(db, home, (own) => readSwitches(own, home));
    const answer = buildTestResponse({
      request,
      encryptionCertificate: sp.encryptionCertificate,
      idpEntityId: addresses.entityId,
      person,
      keys: await keys(),
      signsWith: rollover === 'next_signs' ? 'next' : 'current',
      fault: fault !== null && isFaultName(fault) ? fault : undefined,
      previousIds: await findLastAnswer(tx, tenant, connection.id),
      relayState: request.relayState,
      now: now(),
    });
    const { ids, session } = answer;
    await rememberAnswer(tx, tenant, connection.id, { ...ids, ...(session && { session }) }, now());
    return { answer, formAction: await destinationsOf(tx, connection) };
  }

  const router = Router({ caseSensitive: true });
  const form = express.urlencoded({ extended: false, limit: 256 * 1024, parameterLimit: 10 });
  router.get('/test-idp/start', async (_request, response) => {
    const { connections, signedIn } = await withTenant(db, home, async (tx) => {
      const startable = await listStartable(tx, home, addresses);
      const sessions = await Promise.all(
        startable.map(({ connection }) => findLastSession(tx, home, connection)),
      );
      return { connections: startable, signedIn: startable.filter((_, at) => sessions[at] !== undefined) };
    });
    // Browsers hold the policy against the redirects behind a form too.
    const formAction = new Set(connections.map(({ connection }) => new URL(connection.spMetadataUrl).origin));
    show(response, startPage({ connections, signedIn }), { formAction: [...formAction] });
  });
  router.post('/test-idp/start', form, async (request, response) => {
    const { connection = '', RelayState } = fieldsOf(request);
    const loginUrl = await findLoginUrl(db, connection, addresses);
    if (loginUrl !== undefined) {
      response.redirect(303, loginUrl);
      return;
    }
    const fields = { connection, ...(RelayState ? { RelayState } : {}) };
    show(response, await choosePage(fields));
  });
  router.get('/test-idp/saml/metadata', async (_request, response) => {
    const { rollover } = await withTenant(db, home, (tx) => readSwitches(tx, home));
    const publishes = rollover === 'one_key' ? 'current' : 'current_and_next';
    const xml = buildTestIdpMetadata({ ...addresses, keys: await keys(), publishes });
    response.set('Cache-Control', 'no-store').type('application/samlmetadata+xml').send(xml);
  });
  router.get('/test-idp/saml/sso', async (request, response) => {
    show(response, await choosePage({ query: rawQueryOf(request) }));
  });
  router.post('/test-idp/saml/sso', form, async (request, response) => {
    const { SAMLRequest = '', RelayState } = fieldsOf(request);
    show(response, await choosePage({ SAMLRequest, ...(RelayState !== undefined && { RelayState }) }));
  });
  router.post('/test-idp/saml/sign-in', form, async (request, response) => {
    const { person = '', ...fields } = fieldsOf(request);
    const found = await read(fields);
    const { answer, formAction } = await withTenant(db, tenantOf(found.connection), (tx) =>
      signIn(tx, found, person),
    );
    const nonce = randomBytes(16).toString('base64url');
    const page = answerPage({ action: answer.acsUrl, fields: { ...answer.fields }, nonce });
    show(response, page, { formAction, nonce });
  });
  return router;
}

function rawQueryOf({ originalUrl }: Request): string {
  const at = originalUrl.indexOf('?');
  return at === -1 ? '' : originalUrl.slice(at + 1);
}

function arrivedOf({ query, SAMLRequest, RelayState }: Record<string, string>): ArrivedRequest {
  return query === undefined
    ? { binding: 'post', samlRequest: SAMLRequest ?? '', relayState: RelayState }
    : { binding: 'redirect', query };
}
