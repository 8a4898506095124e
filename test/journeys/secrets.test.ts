import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createVisitor, sessionHandleIn, type Visitor } from '../../sandbox/rehearsal/visitor.ts';
import { eventually } from '../support/eventually.ts';
import { listExecutions, readDatabase, readDecoded } from '../support/everything.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal, type TestTemporal } from '../support/temporal.ts';
import { aCanary, aPrivateKey, createSecretsHeard } from './planted-secrets.ts';
import { done, goLiveByRequests, pageCaller, reach, signInAt, type Call } from './road-by-requests.ts';

/**
 * [SEC-04], [TMP-01]: the whole road by HTTP on the built product, with a secret in every input. Everything that travels
 * is overheard; afterwards log, histories, mails and database are searched for it.
 */

const staffEmail = 'admin@vendor.test';
const domain = `${aCanary('acme')}.test`;
const contact = `${aCanary('ada.lovelace')}@${domain}`;
const otherContact = `${aCanary('grace.hopper')}@globex.test`;
const organizationName = aCanary('Acme Corporation');
const note = aCanary('Call me before you begin');
const externalId = aCanary('crm-entry');
const metadataValue = aCanary('contract-number');
/** Words of people: theirs alone, so the engine and the log have no business with them. */
const personal = [contact, otherContact, organizationName, note, externalId, metadataValue];

await describeWithTemporal('secrets planted in every input', (temporal) => {
  const secrets = createSecretsHeard();
  let product: TestProduct;
  const mails: Mail[] = [];
  beforeAll(async () => {
    product = await startTestProduct(temporal(), { LOG_LEVEL: 'debug' });
    overhearEverything(product);
    await walk();
    const { mails: lines } = await product.call('GET', '/sandbox/mails?limit=500');
    for (const { id } of lines) mails.push(await product.call('GET', `/sandbox/mails/${id}`));
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await product.stop();
  });

  it('were all there to be found', () => {
    const kinds = secrets.kinds();
    for (const kind of [
      'sk_test',
      'vb_setup',
      'vb_portal',
      'vb_session',
      'vb_staff',
      'vb_signin',
      'vb_test',
      'vb_state',
      'vb_code',
      'access token',
      'private key',
      'SAML response',
      'sign-in code',
    ]) {
      expect(kinds).toContain(kind);
    }
  });

  it('[SEC-04] [LNK-07] are not in the log, at its most talkative, nor in any log file', async () => {
    // Between the two stands what the start prints on purpose: the key and the sign-in link.
    const [start = '', said = ''] = product.output().split('See the whole road in a minute');
    expect(said.split('\n').length).toBeGreaterThan(50);
    const files = await readLogs(product.dataDir);
    const logs = [start.split('Vestibule is running')[0], said, ...files].join('\n');
    expect(secrets.foundIn(logs)).toEqual([]);
    expect(personal.filter((word) => logs.includes(word))).toEqual([]);
  });

  it('[TMP-01] are not in what the engine holds: everything of ours is encrypted, and no id is personal', async () => {
    const { histories, executions } = await readEngine(temporal());
    expect(executions.length).toBeGreaterThanOrEqual(4);
    const payloads = payloadsIn(histories);
    expect(payloads.length).toBeGreaterThan(20);
    // The server's own: its word for an activity that was cancelled before it began, and which schedule began a sweep.
    const itsOwn = /^encrypted$|"ACTIVITY_ID_NOT_STARTED"$|indexedFields\.TemporalScheduled(ById|StartTime) /;
    const readable = payloads.filter((payload) => !itsOwn.test(payload));
    expect(readable).toEqual([]);
    const held = [...executions, ...histories].map((one) => plainText(one)).join('\n');
    expect(secrets.foundIn(held)).toEqual([]);
    expect([...personal, domain, staffEmail].filter((word) => held.includes(word))).toEqual([]);
  });

  it('[TMP-01] are not in the histories as those with the key read them: no token, no key, no address', async () => {
    const decoded = await readDecoded(temporal(), product.dataDir);
    expect(decoded).toContain('settingsRevision');
    expect(decoded).not.toMatch(/binary\/encrypted|undecodable/);
    expect(secrets.foundIn(decoded)).toEqual([]);
    expect(decoded).not.toMatch(/[\w.+-]+@[\w-]+(\.[\w-]+)*\.test\b/);
    expect(personal.filter((word) => decoded.includes(word))).toEqual([]);
  });

  it('[SEC-04] are in no mail but the one they belong to', () => {
    const recipients = mails.map(({ to }) => to);
    expect(recipients).toEqual(expect.arrayContaining([staffEmail, contact, otherContact]));
    for (const mail of mails) {
      const text = [mail.subject, mail.text, mail.html, ...mail.headers.map(({ value }) => value)].join('\n');
      const allowed = allowedIn(mail);
      const others = createSecretsHeard();
      for (const kind of secrets.kinds()) {
        for (const secret of secrets.of(kind)) if (!allowed.has(secret)) others.plant(kind, secret);
      }
      expect(others.foundIn(text), `“${mail.subject}” to ${mail.to}`).toEqual([]);
      const foreign = mail.to === contact ? [otherContact] : [contact, note];
      const told = [...foreign, externalId, metadataValue].filter((word) => text.includes(word));
      expect(told, `“${mail.subject}” to ${mail.to}`).toEqual([]);
    }
  });

  it('[SEC-03] [SEC-04] are nowhere in the database in a form that could be used', async () => {
    const rows = await readDatabase(product.databaseUrl);
    expect(rows).toContain(contact);
    expect(secrets.foundIn(rows, { inDatabase: true })).toEqual([]);
    expect(rows).not.toMatch(/PRIVATE KEY-----/);
  });

  /** What this mail is for: the link of its own customer, or the code that was asked for. */
  function allowedIn({ to, subject }: Mail): Set<string> {
    if (to === staffEmail && /code/i.test(subject)) return new Set(secrets.of('sign-in code'));
    const link = ownLinks.get(to);
    return new Set(link === undefined ? [] : [link]);
  }

  const ownLinks = new Map<string, string>();

  /** Every request that this file makes is heard with its answer, cookies and all. */
  function overhearEverything({ url: ours, apiKey, signInLink }: TestProduct): void {
    const examplePort = String(Number(new URL(ours).port) + 5);
    secrets.overhear(`${apiKey} ${signInLink()}`);
    const ask = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const sent = init?.body instanceof URLSearchParams ? init.body : undefined;
      secrets.overhear(`${String(input)} ${decodeURIComponent(String(sent ?? init?.body ?? ''))}`);
      const [answerSent, relayed] = [sent?.get('SAMLResponse'), sent?.get('RelayState')];
      // Kept for staff to look at, decoded; a second use is refused [SAML-18].
      if (answerSent) secrets.plant('SAML response', answerSent, { isStored: true });
      // Names a pending attempt as the request id does, and is worth nothing without the browser's cookie [SAML-16].
      if (relayed) plantAnew('RelayState', relayed);
      const response = await ask(input, init);
      for (const line of response.headers.getSetCookie()) {
        const [, value = ''] = /^[^=]+=([^;]*)/.exec(line) ?? [];
        secrets.overhear(value);
        // The example app's cookie is the state it sends along and wants back, which is kept with the attempt.
        const isStored = new URL(String(input)).port === examplePort;
        if (value.length >= 16) secrets.plant('cookie', value, { isStored });
      }
      const text = await response.clone().text();
      const url = response.headers.get('location') ?? '';
      const [, relay] = /[?&]RelayState=([^&]+)/.exec(url) ?? [];
      if (relay !== undefined) plantAnew('RelayState', decodeURIComponent(relay));
      secrets.overhear(`${url} ${text}`);
      return response;
    });
  }

  function plantAnew(kind: string, value: string): void {
    secrets.plant(kind, value, { isStored: true });
  }

  async function walk(): Promise<void> {
    const { url } = product;
    const staff = createVisitor();
    await enterAsStaff(staff);
    const ownKey = await makeKey(staff);

    const organization = await product.call('POST', '/organizations', {
      name: organizationName,
      external_id: externalId,
      metadata: { contract: metadataValue },
    });
    const features = [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'required' }];
    await product.call('POST', '/onboardings', {
      organization: organization.id,
      features,
      contacts: [contact],
      note,
    });
    const other = await product.call('POST', '/organizations', { name: 'Globex' });
    const copied = await product.call('POST', '/onboardings', {
      organization: other.id,
      features,
      contacts: [otherContact],
      delivery: 'copy',
    });
    ownLinks.set(otherContact, copied.link.split('/').at(-1));
    const portal = await product.call('POST', '/portal/generate_link', {
      organization: other.id,
      intent: 'sso',
    });
    await fetch(`${copied.link}/typed-wrong`);
    await fetch(`${portal.link}?api_key=${ownKey}`);
    await fetch(`${url}/organizations?api_key=${ownKey}`, {
      headers: { authorization: `Bearer ${ownKey}x` },
    });
    await product.call('POST', `/onboardings/${copied.id}/remind`);

    const admin = createVisitor();
    const home = await admin.submit(await admin.open(await mailed(contact)));
    const setup = pageCaller(admin, `${url}/setup/sandbox/api`, sessionHandleIn(home));
    const opener = createVisitor();
    await opener.submit(await opener.open(portal.link));

    await setup('POST', '/sso/provider', { providerId: 'test-idp' });
    await setup('POST', '/sso/configuration-done', {});
    await pasteKeysByMistake(setup, organization.id);
    await goLiveByRequests(product, admin, setup, domain);

    await signInUser(organization.id, ownKey);
    await reach(async () => {
      const query = `events=onboarding.live&organization_id=${organization.id}`;
      return (await product.call('GET', `/events?${query}`)).data.length;
    }, 1);
  }

  /** By the printed link, and again by a code. */
  async function enterAsStaff(staff: Visitor): Promise<void> {
    const link = product.signInLink();
    const visitor = createVisitor();
    await visitor.submit(await visitor.open(link));
    await staff.call('POST', `${product.url}/dashboard/api/sign-in/code`, { email: staffEmail });
    const mail = await newestMail(staffEmail);
    const [code = ''] = /\b\d{6}\b/.exec(mail.text) ?? [];
    secrets.plant('sign-in code', code);
    const entered = await staff.call('POST', `${product.url}/dashboard/api/sign-in`, {
      email: staffEmail,
      code,
    });
    expect(entered.status).toBe(204);
  }

  async function makeKey(staff: Visitor): Promise<string> {
    const page = await staff.open(`${product.url}/dashboard/onboardings`);
    const dashboard = pageCaller(staff, `${product.url}/dashboard/api`, sessionHandleIn(page));
    const { secret } = await done(
      dashboard('POST', '/api-keys', { name: 'Planted', scopes: ['full'], expiresAt: null }),
    );
    return secret;
  }

  /** Into every field that takes a certificate or something beside it; and in a body that is no JSON. */
  async function pasteKeysByMistake(setup: Call, organization: string): Promise<void> {
    const aKey = () => {
      const key = aPrivateKey();
      secrets.plant('private key', key.body);
      return key;
    };
    const certificate = { way: 'manual', entityId: 'https://idp.test', ssoUrl: 'https://idp.test/sso' };
    const pasted: [string, string, object][] = [
      ['PUT', '/sso/drafts', { certificate: aKey().pem }],
      ['PUT', '/sso/drafts', { certificate: aKey().bare }],
      ['PUT', '/sso/drafts', { entityId: aKey().pem }],
      ['PUT', '/sso/drafts', { entityId: aKey().bare }],
      ['PUT', '/sso/drafts', { metadataUrl: aKey().pem }],
      ['PUT', '/sso/drafts', { ssoUrl: aKey().bare }],
      ['POST', '/sso/metadata/check', { ...certificate, certificate: aKey().pem }],
      ['POST', '/sso/metadata', { ...certificate, certificate: aKey().pem, accepted: true }],
      ['POST', '/sso/metadata', { ...certificate, certificate: aKey().bare, accepted: true }],
      ['POST', '/sso/metadata', { way: 'metadata_file', text: aKey().pem, accepted: true }],
      ['POST', '/sso/metadata', { way: 'metadata_file', text: `<x>${aKey().pem}</x>`, accepted: true }],
      ['POST', '/sso/metadata', { way: 'metadata_url', url: aKey().pem, accepted: true }],
      ['POST', '/domains', { domain: aKey().bare }],
    ];
    for (const [method, route, body] of pasted) {
      const { status } = await setup(method, route, body);
      const isLooking = route.endsWith('/check');
      expect(isLooking ? 422 : status, `${method} ${route} ${Object.keys(body).join()}`).toBeGreaterThan(399);
      expect(status).toBeLessThan(500);
    }
    const [saml, broken] = [aKey(), aKey()];
    await product
      .call('POST', '/connections', {
        organization_id: organization,
        connection_type: 'GenericSAML',
        saml: { idp_entity_id: 'https://idp.test', idp_signing_certs: [saml.pem] },
      })
      .catch(() => undefined);
    await fetch(`${product.url}/organizations`, {
      method: 'POST',
      body: `{"name": "${broken.pem}`,
      headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    });
  }

  /** Through a program of the vendor's, and through the example app. */
  async function signInUser(organization: string, key: string): Promise<void> {
    const example = `http://127.0.0.1:${Number(new URL(product.url).port) + 5}`;
    const user = createVisitor({ stopAt: `${example}/callback` });
    const query = new URLSearchParams({
      organization,
      client_id: product.clientId,
      response_type: 'code',
      state: aCanary('state'),
      redirect_uri: `${example}/callback`,
    });
    const back = await signInAt(user, `${product.url}/sso/authorize?${query}`, domain);
    const code = new URL(back.url).searchParams.get('code') ?? '';
    secrets.overhear(code);
    const exchange = {
      client_id: product.clientId,
      client_secret: key,
      grant_type: 'authorization_code',
      code,
    };
    const response = await fetch(`${product.url}/sso/token`, {
      method: 'POST',
      body: new URLSearchParams(exchange),
    });
    expect(response.status).toBe(200);
    const { access_token: token } = await response.json();
    await fetch(`${product.url}/sso/profile`, { headers: { authorization: `Bearer ${token}` } });
    // A code is good once; this is an error that somebody looks up in the log.
    await fetch(`${product.url}/sso/token`, { method: 'POST', body: new URLSearchParams(exchange) });
    const page = await signInAt(createVisitor(), `${example}/sign-in?id=${organization}`, domain);
    expect(page.html).toContain('prof_');
  }

  async function newestMail(to: string): Promise<Mail> {
    return eventually(async () => {
      const { mails: lines } = await product.call(
        'GET',
        `/sandbox/mails?to=${encodeURIComponent(to)}&limit=1`,
      );
      if (lines.length === 0) throw new Error(`no mail to ${to}`);
      return product.call('GET', `/sandbox/mails/${lines[0].id}`);
    });
  }

  async function mailed(to: string): Promise<string> {
    const { links } = await newestMail(to);
    const link = links.find((one) => /\/setup\/[^/]+\/vb_setup_/.test(one)) ?? '';
    ownLinks.set(to, link.split('/').at(-1) ?? '');
    return link;
  }
});

type Mail = {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: { name: string; value: string }[];
  links: string[];
};

async function readLogs(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const logs = names.filter((name) => name.endsWith('.log'));
  expect(logs).toContain('example-app.log');
  return Promise.all(logs.map((name) => readFile(path.join(folder, name), 'utf8')));
}

/** All that is there without a key. The list of executions trails behind what has happened. */
async function readEngine(temporal: TestTemporal) {
  await expect.poll(async () => (await listExecutions(temporal)).length).toBeGreaterThan(3);
  const executions = await listExecutions(temporal);
  const { workflow } = temporal.environment.client;
  const histories = await Promise.all(
    executions.map(({ workflowId, runId }) => workflow.getHandle(workflowId, runId).fetchHistory()),
  );
  return { executions, histories };
}

/** Every payload: where it stands, how it is encoded, and what it says where that can be read. */
function payloadsIn(value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const { metadata, data, ...others } = Object.fromEntries(Object.entries(value));
  const inner = Object.entries({ metadata, ...others }).flatMap(([name, one]) =>
    payloadsIn(one, `${place}.${name}`),
  );
  const encoding: unknown = metadata?.encoding;
  if (!(encoding instanceof Uint8Array)) return [...inner, ...payloadsIn(data, `${place}.data`)];
  const isEncrypted = Buffer.from(encoding).toString() === 'binary/encrypted';
  return [isEncrypted ? 'encrypted' : `${place} ${Buffer.from(data).toString()}`, ...inner];
}

/** Every text and every byte of a value, one a line. */
function plainText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} ${plainText(one)}`)
    .join('\n');
}
