import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { newId } from '../../adapters/ids.ts';
import { makeTokenKeyPair } from '../../adapters/token-keys.ts';
import { addressesOf } from '../../api/connections.ts';
import {
  insertCertificates,
  insertConnection,
  insertDomain,
  insertOrganization,
  insertRedirectUri,
  insertTokenKey,
  moveConnection,
  updateConnectionSettings,
  withSystem,
  withTenant,
  type ConnectionRow,
  type OrganizationRow,
} from '../../db/index.ts';
import type { TestIdpKeys } from '../../sandbox/test-idp/keys.ts';
import type { Switches } from '../../sandbox/test-idp/switches.ts';
import { createTestIdp } from '../../sandbox/test-idp/routes.ts';
import { addressesOf as testIdpAddresses } from '../../sandbox/test-idp/state.ts';
import { ensureKeys } from '../../sandbox/test-idp/stored-keys.ts';
import { putSwitches } from '../../sandbox/test-idp/switches.ts';
import { freePort, startTestApi, type TestApi, type TestApiOptions } from './api.ts';
import { aVendor, type Vendor } from './builders.ts';

/** A vendor with an app, an API and the Test IdP on another site (`localhost`), for sign-ins over real HTTP. */
export interface SignInWorld {
  api: TestApi;
  vendor: Vendor;
  idp: ReturnType<typeof testIdpAddresses>;
  keys: TestIdpKeys;
  redirectUri: string;
  /** Switches a fault of the Test IdP on, or with null off. */
  setFault(fault: Switches['fault']): Promise<void>;
  close(): Promise<void>;
}

export async function aSignInWorld(options: TestApiOptions = {}): Promise<SignInWorld> {
  const api = await startTestApi(options);
  const vendor = await aVendor(api);
  const { environment } = vendor;
  const redirectUri = 'https://app.northwind.test/callback';
  await givePublicFace(api, vendor, redirectUri);

  const port = await freePort();
  const url = `http://localhost:${port}`;
  api.deps.urls.testIdp = url;
  const { db, secrets, now } = api.deps;
  const app = express().use(createTestIdp({ db, secrets, now, url, environmentId: environment.id }));
  const server = createServer(app).listen(port, 'localhost');
  await once(server, 'listening');
  const tenant = { environmentId: environment.id };
  const keys = await withTenant(db, tenant, (tx) => ensureKeys(tx, tenant, { secrets, now: now() }));

  return {
    api,
    vendor,
    idp: testIdpAddresses(url),
    keys,
    redirectUri,
    setFault: (fault) => withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { fault }, now())),
    async close() {
      server.closeAllConnections();
      server.close();
      await api.close();
    },
  };
}

/** A registered redirect URI and a key for access tokens. */
export async function givePublicFace(api: TestApi, { environment }: Vendor, uri: string): Promise<void> {
  const createdAt = api.deps.now();
  const keyId = newId('token_key_');
  const pair = await makeTokenKeyPair(keyId);
  const at = { table: 'token_keys', column: 'private_key_sealed', organizationId: null, rowId: keyId };
  await withSystem(api.systemDb, async (tx) => {
    await insertTokenKey(tx, {
      id: keyId,
      environmentId: environment.id,
      publicJwk: pair.publicJwk,
      privateKeySealed: api.deps.secrets.seal(pair.privateKeyPem, at),
      createdAt,
    });
    const row = { id: newId('redir_'), environmentId: environment.id, uri, createdAt, updatedAt: createdAt };
    await insertRedirectUri(tx, row);
  });
}

export interface SignInCustomer {
  organization: OrganizationRow;
  connection: ConnectionRow;
}

/** A customer whose connection trusts the Test IdP. */
export async function aSignInCustomer(
  { api, vendor, idp, keys }: SignInWorld,
  more: {
    state?: ConnectionRow['state'];
    settings?: Partial<ConnectionRow>;
    verifiedDomain?: string;
    of?: Vendor;
  } = {},
): Promise<SignInCustomer> {
  const now = api.deps.now();
  const { environment } = more.of ?? vendor;
  const organizationId = newId('org_');
  const whose = { environmentId: environment.id, organizationId };
  return withTenant(api.db, { environmentId: environment.id }, async (tx) => {
    const organization = await insertOrganization(tx, {
      id: organizationId,
      environmentId: environment.id,
      name: 'Acme',
      externalId: null,
      stripeCustomerId: null,
      createdAt: now,
    });
    const id = newId('conn_');
    await insertConnection(tx, {
      id,
      ...whose,
      name: 'Acme',
      externalId: null,
      connectionType: 'TestIdp',
      providerId: 'test-idp',
      state: 'validating',
      ...addressesOf(api.deps.urls, id),
      createdAt: now,
    });
    const pem = keys.current.certificatePem;
    const certificate = new X509Certificate(pem);
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    await insertCertificates(tx, [
      {
        id: newId('saml_x509_cert_'),
        ...whose,
        connectionId: id,
        pem,
        fingerprint,
        spkiFingerprint: fingerprint,
        subject: 'CN=Test IdP signing',
        keyBits: 2048,
        notBefore: new Date(certificate.validFrom),
        notAfter: new Date(certificate.validTo),
        source: 'metadata',
        createdAt: now,
      },
    ]);
    if (more.verifiedDomain !== undefined) {
      await insertDomain(tx, {
        id: newId('org_domain_'),
        ...whose,
        domain: more.verifiedDomain,
        state: 'verified',
        strategy: 'dns',
        verifiedAt: now,
        createdAt: now,
      });
    }
    const settings = { idpEntityId: idp.entityId, idpSsoUrl: idp.ssoUrl, ...more.settings };
    const configured = await updateConnectionSettings(tx, whose, id, settings, now);
    const { state = 'active' } = more;
    const moved =
      state === 'validating'
        ? configured
        : await moveConnection(tx, whose, id, { from: ['validating'], to: state, now });
    return { organization, connection: moved ?? configured };
  });
}

/** A browser as far as sign-ins need one: cookies per site, SameSite=Lax, redirects followed one at a time. */
export interface Browser {
  get(url: string): Promise<Visit>;
  /** `isForeign` posts as another site's page does: Lax cookies stay at home. */
  post(url: string, fields: Readonly<Record<string, string>>, isForeign?: boolean): Promise<Visit>;
  /** Calls as a page of ours does. */
  call(url: string, body: object): Promise<Visit>;
  /** What it would send there, as a Cookie header. */
  cookieOf(url: string): string;
  /** Follows redirects as long as they lead to `host`s that answer here. */
  follow(visit: Visit): Promise<Visit>;
}

export interface Visit {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** Where it leads, absolute; undefined when it stays. */
  leadsTo: URL | undefined;
}

export function aBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();

  async function request(
    url: string,
    init: RequestInit,
    withCookies: boolean,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Visit> {
    const { hostname } = new URL(url);
    const jar = jars.get(hostname) ?? new Map<string, string>();
    jars.set(hostname, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(withCookies && cookie !== '' ? { cookie } : {}), ...more };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      leadsTo: location === null ? undefined : new URL(location, url),
    };
  }

  const browser: Browser = {
    get: (url) => request(url, {}, true),
    post: (url, fields, isForeign = true) =>
      request(url, { method: 'POST', body: new URLSearchParams(fields) }, !isForeign),
    call: (url, body) =>
      request(url, { method: 'POST', body: JSON.stringify(body) }, true, {
        origin: new URL(url).origin,
        'sec-fetch-site': 'same-origin',
        'x-vestibule-request': '1',
        'content-type': 'application/json',
      }),
    cookieOf: (url) =>
      [...(jars.get(new URL(url).hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; '),
    async follow(visit) {
      let at = visit;
      while (at.leadsTo && ['127.0.0.1', 'localhost'].includes(at.leadsTo.hostname)) {
        at = await browser.get(at.leadsTo.href);
      }
      return at;
    },
  };
  return browser;
}

/** The first form of a page: where it posts to, and its hidden fields. */
function formOf({ text, url }: Visit): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`no form on the page:\n${text}`);
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [unescape(name), unescape(value)],
  );
  return { action: new URL(unescape(action), url).href, fields: Object.fromEntries(fields) };
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#10': '\n',
};
const unescape = (text: string) =>
  text.replace(/&([a-z]+|#\d+);/g, (all, name: string) => entities[name] ?? all);

/** The start of a sign-in at `/sso/authorize`. */
export function authorizeUrl(
  { api, vendor, redirectUri }: SignInWorld,
  query: Readonly<Record<string, string>>,
): string {
  const url = new URL('/sso/authorize', api.url);
  const standard = {
    client_id: vendor.environment.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    state: 'the state',
  };
  for (const [name, value] of Object.entries({ ...standard, ...query })) url.searchParams.set(name, value);
  return url.href;
}

/** From the Test IdP's page of people to the page that posts its answer: what would be posted where. */
export async function chooseAtTestIdp(browser: Browser, start: Visit, person = 'anna@people.test') {
  const page = await browser.follow(start);
  const { action, fields } = formOf(page);
  return formOf(await browser.post(action, { ...fields, person }, false));
}

/** A whole sign-in in one browser: where it ends. */
export async function signInAt(
  world: SignInWorld,
  query: Readonly<Record<string, string>>,
  options: { person?: string; browser?: Browser } = {},
): Promise<Visit> {
  const browser = options.browser ?? aBrowser();
  const start = await browser.get(authorizeUrl(world, query));
  const { action, fields } = await chooseAtTestIdp(browser, start, options.person);
  return browser.follow(await browser.post(action, fields));
}
