import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import { withTenant, type ConnectionRow } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { destinationsOf, peopleOf, tenantOf } from '../connections.ts';
import type { TestIdpDeps } from '../deps.ts';
import { clientPage, clientsPage, peoplePage } from '../pages.ts';
import { findPerson } from '../people.ts';
import { fieldsOf, show } from '../show.ts';
import { addressesOf } from '../state.ts';
import { readSwitches } from '../switches.ts';
import { findConnectionOfClient, findConnectionOfRedirectUri, registerClient } from './clients.ts';
import { isOidcFaultName, oidcFaults, type OidcFault } from './faults.ts';
import { ensureOidcKeys } from './keys.ts';
import type { Mood } from './misbehave.ts';
import { createProvider, signInPath } from './provider.ts';

/** The Test IdP by OpenID Connect: the provider, its page of people, and the page that registers clients. */
export function oidcRoutes(deps: TestIdpDeps): RequestHandler {
  const { db, now } = deps;
  const home = { environmentId: deps.environmentId };
  let starting: Promise<Provider> | undefined;

  const keys = () =>
    withTenant(db, home, (tx) => ensureOidcKeys(tx, home, { secrets: deps.secrets, now: now() }));

  /** One provider, made at the first request. */
  function provider(): Promise<Provider> {
    starting ??= keys().then((made) => createProvider(deps, made, moodFor));
    starting.catch(() => (starting = undefined));
    return starting;
  }

  /** A fault reaches the connections of its own environment; what belongs to none follows the one with the keys. */
  async function moodFor(connection: ConnectionRow | undefined): Promise<Mood> {
    const tenant = connection === undefined ? home : tenantOf(connection);
    const { fault } = await withTenant(db, tenant, (tx) => readSwitches(tx, tenant));
    const { rollover } = await withTenant(db, home, (tx) => readSwitches(tx, home));
    return {
      fault: faultOf(fault),
      keys: await keys(),
      signsWith: rollover === 'next_signs' ? 'next' : 'current',
      publishes: rollover === 'one_key' ? ['current'] : ['current', 'next'],
      now: now(),
    };
  }

  /** The sign-in that a page of people belongs to. */
  async function interactionOf(request: Request, response: Response) {
    const op = await provider();
    try {
      const { params } = await op.interactionDetails(request, response);
      const connection = await findConnectionOfClient(db, String(params['client_id']));
      if (connection !== undefined) return { op, connection };
    } catch (error) {
      if (!isSessionNotFound(error)) throw error;
    }
    throw new OnboardingError('request_refused', { reason: 'sign_in_over' });
  }

  const router = Router({ caseSensitive: true });
  const form = express.urlencoded({ extended: false, limit: 16 * 1024, parameterLimit: 10 });
  router.get('/test-idp/clients', (_request, response) => {
    show(response, clientsPage());
  });
  router.post('/test-idp/clients', form, async (request, response) => {
    if (!isOwnPost(request, deps.url))
      throw new OnboardingError('request_refused', { reason: 'foreign_page' });
    const connection = await findConnectionOfRedirectUri(db, (fieldsOf(request).redirect_uri ?? '').trim());
    if (connection === undefined) {
      throw new OnboardingError('request_refused', { reason: 'unknown_redirect_uri' });
    }
    const tenant = tenantOf(connection);
    const client = await withTenant(db, tenant, (tx) =>
      registerClient(tx, tenant, connection.id, { secrets: deps.secrets, now: now() }),
    );
    if (client === undefined)
      throw new OnboardingError('request_refused', { reason: 'unknown_redirect_uri' });
    show(response, clientPage({ ...client, ...addressesOf(deps.url), connectionName: connection.name }));
  });
  router.get(`${signInPath}/:uid`, async (request, response) => {
    const { connection } = await interactionOf(request, response);
    const tenant = tenantOf(connection);
    const { page, formAction } = await withTenant(db, tenant, async (tx) => ({
      page: peoplePage({
        action: request.originalUrl,
        people: await peopleOf(tx, connection),
        connectionName: connection.name,
        fault: (await readSwitches(tx, tenant)).fault,
        fields: {},
      }),
      formAction: await destinationsOf(tx, connection),
    }));
    show(response, page, { formAction });
  });
  router.post(`${signInPath}/:uid`, form, async (request, response) => {
    const { op, connection } = await interactionOf(request, response);
    const tenant = tenantOf(connection);
    const { people, fault } = await withTenant(db, tenant, async (tx) => ({
      people: await peopleOf(tx, connection),
      fault: faultOf((await readSwitches(tx, tenant)).fault),
    }));
    const person = findPerson(people, fieldsOf(request).person ?? '');
    if (!person) throw new OnboardingError('request_refused', { reason: 'unknown_person' });
    const result = fault?.refusal ?? { login: { accountId: person.id } };
    await op.interactionFinished(request, response, { ...result }, { mergeWithLastSubmission: false });
  });
  router.use('/test-idp/oidc', async (request, response) => {
    await (await provider()).callback()(request, response);
  });
  return router;
}

function faultOf(name: string | null): OidcFault | undefined {
  return name !== null && isOidcFaultName(name) ? oidcFaults[name] : undefined;
}

/** Registering shows a secret, so no other page may ask for it; scripts send no Origin. */
function isOwnPost(request: Request, url: string): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  return (origin === undefined || origin === url) && (site === undefined || site === 'same-origin');
}

function isSessionNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'SessionNotFound';
}
