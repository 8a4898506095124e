import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { SAML } from '@node-saml/node-saml';
import { request } from 'undici';
import { makeTestIdpKeys } from '../../sandbox/test-idp/keys.ts';
import { testPeople } from '../../sandbox/test-idp/people.ts';
import { buildTestResponse } from '../../sandbox/test-idp/response.ts';
import { createVisitor, sessionHandleIn } from '../../sandbox/rehearsal/visitor.ts';
import { measureEach, type Measured, type Scenario } from './driver.ts';
import { startBenchProvider } from './openid-provider.ts';
import type { RunningProduct } from './product.ts';

/** The exchanges that are measured. Every one is what a real client sends, with all of our code in its way. */

const idpEntityId = 'https://idp.bench.test/saml';
const idpSsoUrl = 'https://idp.bench.test/sso';
/** Nobody is there: who signs in is stopped before. */
const callback = 'http://127.0.0.1:9/callback';

type Call = (method: 'POST', route: string, body: unknown) => Promise<Record<string, unknown>>;

/** The bare server is called in the same way: what the caller does costs both the same. */
export function callerOf({ url, apiKey }: Pick<RunningProduct, 'url' | 'apiKey'>): Call {
  return async (method, route, body) => {
    const response = await request(`${url}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${method} ${route}: ${response.statusCode} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}

export function bareInsert({ bare, apiKey }: RunningProduct): Scenario {
  const call = callerOf({ url: bare.url, apiKey });
  return {
    name: 'bare server: one durable insert',
    callers: 8,
    seconds: 8,
    pid: bare.pid,
    once: async () => void (await call('POST', '/insert', { name: 'Acme', at: Date.now() })),
  };
}

export function createOrganization(product: RunningProduct): Scenario {
  const call = callerOf(product);
  return {
    name: 'create organization',
    callers: 8,
    seconds: 8,
    pid: product.apiPid,
    once: async () => void (await call('POST', '/organizations', { name: 'Acme' })),
  };
}

export async function generateLink(product: RunningProduct): Promise<Scenario> {
  const call = callerOf(product);
  const { id } = await call('POST', '/organizations', { name: 'Linked' });
  return {
    name: 'generate link',
    callers: 8,
    seconds: 8,
    pid: product.apiPid,
    once: async () => void (await call('POST', '/portal/generate_link', { organization: id, intent: 'sso' })),
  };
}

/** A connection with what the metadata of its provider says: entity id, address, certificate. */
export async function createConnection(product: RunningProduct): Promise<Scenario> {
  const call = callerOf(product);
  const keys = await makeTestIdpKeys(new Date());
  const { id } = await call('POST', '/organizations', { name: 'Connecting' });
  const body = {
    organization_id: id,
    connection_type: 'GenericSAML',
    saml_options: {
      idp_entity_id: idpEntityId,
      idp_sso_url: idpSsoUrl,
      idp_signing_certs: [keys.current.certificatePem],
    },
  };
  return {
    name: 'create connection',
    callers: 8,
    seconds: 4,
    pid: product.apiPid,
    once: async () => void (await call('POST', '/connections', body)),
  };
}

/** One act after another in one portal session: the page's request until the workflow has answered its update. */
export async function portalStep(product: RunningProduct): Promise<Scenario> {
  const call = callerOf(product);
  const { id } = await call('POST', '/organizations', { name: 'Stepping' });
  const started = await call('POST', '/onboardings', {
    organization: id,
    features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'optional' }],
    contacts: ['it@bench.test'],
    delivery: 'copy',
  });
  const admin = createVisitor();
  const home = await admin.submit(await admin.open(String(started.link)));
  const base = `${product.url}/setup/${/\/setup\/([^/]+)\//.exec(home.url)?.[1] ?? ''}/api`;
  let skips = false;
  return {
    name: 'portal step with its workflow update',
    callers: 1,
    seconds: 8,
    pid: product.apiPid,
    async once() {
      skips = !skips;
      const act = skips ? 'skip' : 'take-back';
      const headers = { 'x-vestibule-session': sessionHandleIn(home), 'idempotency-key': randomUUID() };
      const answer = await admin.call('POST', `${base}/features/domain_verification/${act}`, {}, headers);
      // 202: the engine was too busy to answer in time, and applies it in a moment.
      if (answer.status !== 200 && answer.status !== 202) {
        throw new Error(`${act}: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    },
  };
}

/** From the app's redirect to the profile: authorize, the provider's signed answer, the bounce, code for profile. */
export async function signIn(product: RunningProduct): Promise<Scenario> {
  const { begin, finish } = await signInsOf(product);
  return {
    name: 'sign-in, from redirect to profile',
    callers: 4,
    seconds: 8,
    pid: product.apiPid,
    once: async () => finish(await begin()),
  };
}

/**
 * From the provider's signed answer to the profile, and beside it the library that everybody verifies with, on the same
 * answers and with nothing around it. The ratio is that of their CPU time. Then the same one at a time.
 */
export async function samlAnswers(product: RunningProduct, count: number): Promise<Measured[]> {
  const { begin, finish, certificatePem } = await signInsOf(product);
  const begun = await times(count, begin);
  const library = await measureEach(
    {
      name: 'node-saml: verify the response',
      callers: 1,
      pid: process.pid,
      async once({ answer, spEntityId, acsUrl }) {
        const saml = new SAML({
          idpCert: certificatePem,
          issuer: spEntityId,
          audience: spEntityId,
          callbackUrl: acsUrl,
          entryPoint: idpSsoUrl,
          wantAssertionsSigned: true,
          wantAuthnResponseSigned: true,
        });
        await saml.validatePostResponseAsync({ SAMLResponse: answer.fields.SAMLResponse });
      },
    },
    begun,
  );
  const saml = { name: 'SAML response to profile', pid: product.apiPid, once: finish };
  const ours = await measureEach({ ...saml, callers: 4 }, begun);
  const single = { ...saml, name: `${saml.name}, one at a time`, callers: 1 };
  return [
    library,
    { ...ours, ratio: library.cpuMs / ours.cpuMs },
    await measureEach(single, await times(count / 2, begin)),
  ];
}

/** From the redirect of a provider of OpenID Connect to the profile, four at once and one at a time. */
export async function oidcCallbacks(product: RunningProduct, count: number): Promise<Measured[]> {
  const provider = await startBenchProvider();
  try {
    const { call, redirectUri, organizationId, begins, redeem } = await appOf(product);
    const connection = await call('POST', '/connections', {
      organization_id: organizationId,
      connection_type: 'GenericOIDC',
      oidc_options: {
        discovery_endpoint: provider.discoveryUrl,
        client_id: provider.clientId,
        client_secret: provider.clientSecret,
      },
    });
    const begin = async () => {
      const user = createVisitor({ stopAt: [provider.authorizationEndpoint, redirectUri] });
      const asked = new URL((await user.open(begins(String(connection.id)))).url).searchParams;
      return { user, answer: await provider.answer(asked) };
    };
    const oidc = {
      name: 'OIDC callback to profile',
      pid: product.apiPid,
      async once({ user, answer }: Awaited<ReturnType<typeof begin>>) {
        const { url, status } = await user.open(answer);
        const code = url.startsWith(redirectUri) ? new URL(url).searchParams.get('code') : null;
        if (code === null) throw new Error(`no code: ${status} ${url}`);
        await redeem(code);
      },
    };
    const single = { ...oidc, name: `${oidc.name}, one at a time`, callers: 1 };
    return [
      await measureEach({ ...oidc, callers: 4 }, await times(count, begin)),
      await measureEach(single, await times(count / 2, begin)),
    ];
  } finally {
    provider.close();
  }
}

async function times<Item>(count: number, make: () => Promise<Item>): Promise<Item[]> {
  const made: Item[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

/** An app of the vendor's, with a customer who signs in to it. */
async function appOf(product: RunningProduct) {
  const call = callerOf(product);
  const redirectUri = `${callback}/${randomUUID()}`;
  const { id } = await call('POST', '/organizations', { name: 'Signing in' });
  await call('POST', '/user_management/redirect_uris', { uri: redirectUri });
  return {
    call,
    redirectUri,
    organizationId: id,
    begins: (connectionId: string) => {
      const asked = { client_id: product.clientId, redirect_uri: redirectUri, response_type: 'code' };
      const query = new URLSearchParams({ ...asked, connection: connectionId });
      return `${product.url}/sso/authorize?${query.toString()}`;
    },
    async redeem(code: string) {
      const profile = await fetch(`${product.url}/sso/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: product.clientId,
          client_secret: product.apiKey,
          grant_type: 'authorization_code',
          code,
        }),
      });
      if (profile.status !== 200) throw new Error(`token: ${profile.status} ${await profile.text()}`);
      await profile.arrayBuffer();
    },
  };
}

/** Sign-ins in two halves: up to the provider's answer, and from there to the profile. */
async function signInsOf(product: RunningProduct) {
  const { call, redirectUri, organizationId, begins, redeem } = await appOf(product);
  const keys = await makeTestIdpKeys(new Date());
  const [person] = testPeople();
  if (person === undefined) throw new Error('the Test IdP has no people');
  const connection = await call('POST', '/connections', {
    organization_id: organizationId,
    connection_type: 'GenericSAML',
    saml_options: {
      idp_entity_id: idpEntityId,
      idp_sso_url: idpSsoUrl,
      idp_signing_certs: [keys.current.certificatePem],
    },
  });
  const spEntityId = `${product.url}/sso/saml/${String(connection.id)}`;
  const acsUrl = `${spEntityId}/acs`;
  return {
    certificatePem: keys.current.certificatePem,
    async begin() {
      const user = createVisitor({ stopAt: idpSsoUrl });
      const asked = new URL((await user.open(begins(String(connection.id)))).url).searchParams;
      const xml = inflateRawSync(Buffer.from(asked.get('SAMLRequest') ?? '', 'base64')).toString('utf8');
      const [, requestId] = /\sID="([^"]+)"/.exec(xml) ?? [];
      const answer = buildTestResponse({
        request: { id: requestId, spEntityId, acsUrl },
        idpEntityId,
        person,
        keys,
        now: new Date(),
        relayState: asked.get('RelayState') ?? undefined,
      });
      return { user, answer, spEntityId, acsUrl };
    },
    async finish({ user, answer }: Begun) {
      await redeem(await user.post(acsUrl, answer.fields, redirectUri));
    },
  };
}

interface Begun {
  user: ReturnType<typeof createVisitor>;
  answer: ReturnType<typeof buildTestResponse>;
}

/** Onboardings a second, from POST until the mail server has the invitation. */
export async function invitations(
  product: RunningProduct,
  count: number,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const call = callerOf(product);
  const startedAt = new Map<string, number>();
  const took: number[] = [];
  const stop = product.mailbox.subscribe(({ to }) => {
    const began = startedAt.get(to);
    if (began !== undefined) took.push(performance.now() - began);
  });
  const begunAt = performance.now();
  let next = 0;
  const caller = async () => {
    while (next < count) {
      const email = `it-${next++}@bench.test`;
      const { id } = await call('POST', '/organizations', { name: 'Invited' });
      startedAt.set(email, performance.now());
      await call('POST', '/onboardings', {
        organization: id,
        features: [{ feature: 'sso' }],
        contacts: [email],
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  while (took.length < count) await pause(50);
  stop();
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { perSecond: (count / (performance.now() - begunAt)) * 1000, p50: at(0.5), p99: at(0.99) };
}
