import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GenerateLinkIntent, WorkOS } from '@workos-inc/node';
import { readConfig } from '../config.ts';
import { createVisitor, personAt, sessionHandleIn, type Visitor } from './demo/visitor.ts';

/**
 * `npm run demo`: the whole road against the running product, by HTTP alone and with nothing that its people could not
 * do. A developer, an IT admin who reads the mail, a user, what becomes of an event, and at the end the timeline. Exits non-zero when anything is
 * not as it should be.
 */

// The demo reads answers as a script in any language would: without types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

const startedAt = performance.now();
const domain = `acme-${Date.now().toString(36)}.test`;

try {
  await play();
} catch (error) {
  process.stderr.write(`\n  ✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

async function play(): Promise<void> {
  const config = readConfig('start');
  const kept = JSON.parse(
    await readFile(path.join(config.dataDir, 'sandbox.json'), 'utf8').catch(() => '{}'),
  );
  const apiKey: string | undefined = config.sandbox.apiKey ?? kept.apiKey;
  const clientId: string | undefined = config.sandbox.clientId ?? kept.clientId;
  if (apiKey === undefined || clientId === undefined) {
    throw new Error(`The product is not running on ${config.dataDir}. Start it first: npm start`);
  }
  const { api, portal } = config.urls;
  const address = new URL(api);
  const workos = new WorkOS(apiKey, {
    ...{
      apiHostname: address.hostname,
      port: Number(address.port),
      https: address.protocol === 'https:',
      clientId,
    },
  });
  const ours = callerOf(api, apiKey);
  const redirectUri = `http://127.0.0.1:${config.server.port + 5}/callback`;

  // The developer.
  const organization = await workos.organizations.createOrganization({ name: 'Acme Corporation' });
  say('developer', `creates the organization ${organization.name} (${organization.id})`);
  const onboarding = await ours('POST', '/onboardings', {
    organization: organization.id,
    features: [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'required' }],
    contacts: [`it@${domain}`],
  });
  say('developer', `starts its onboarding: single sign-on and the domain, invitation to it@${domain}`);

  // The IT admin.
  const link = await until('the invitation', async () => {
    const { mails } = await ours('GET', `/sandbox/mails?to=it@${domain}&limit=5`);
    if (mails.length === 0) return undefined;
    const mail = await ours('GET', `/sandbox/mails/${mails[0].id}`);
    return mail.links.find((found: string) => found.startsWith(`${portal}/setup/`));
  });
  say('IT admin', 'receives the invitation and opens its link');
  const admin = createVisitor();
  const landing = await admin.open(link);
  expect(landing.status === 200, `the link answers ${landing.status}`);
  const home = await admin.submit(landing);
  const handle = /\/setup\/([^/]+)\//.exec(home.url)?.[1] ?? '';
  const setup = portalCaller(admin, `${portal}/setup/${handle}/api`, sessionHandleIn(home));

  const { providers } = await setup('GET', '/sso/providers?query=');
  say('IT admin', `chooses the Test IdP among ${providers.length} ways to sign in`);
  await setup('POST', '/sso/provider', { providerId: 'test-idp' });
  await setup('POST', '/sso/configuration-done', {});
  const { metadataUrl } = await ours('GET', '/sandbox/test-idp');
  const check = await setup('POST', '/sso/metadata/check', { way: 'metadata_url', url: metadataUrl });
  say(
    'IT admin',
    `pastes the metadata address: ${check.summary.certificates.length} certificate, read in ${check.elapsedMs} ms`,
  );
  await setup('POST', '/sso/metadata', { way: 'metadata_url', url: metadataUrl, accepted: true });

  const { domain: claimed } = await setup('POST', '/domains', { domain });
  say('IT admin', `claims ${domain}: TXT ${claimed.record.name} = ${claimed.record.value}`);
  await ours('POST', '/sandbox/dns/records', {
    name: claimed.record.name,
    type: 'TXT',
    value: claimed.record.value,
  });
  await until('the domain to be verified', async () => {
    const { domain: seen } = await setup('GET', `/domains/${claimed.id}`);
    if (seen.state === 'verified') return true;
    await setup('POST', `/domains/${claimed.id}/check`, {}).catch(() => undefined);
    return undefined;
  });
  say('DNS', `both name servers hold the record; ${domain} is verified`);

  const test = await setup('POST', '/sso/tests', {});
  const received = await signInAt(admin, test.url);
  expect(received.status === 200, `the test sign-in ended with ${received.status} at ${received.url}`);
  const attempt = await setup('GET', `/sso/attempts/${test.attemptId}`);
  expect(attempt.chip === 'success', `the test sign-in ${attempt.reference} failed: ${attempt.cause}`);
  say('IT admin', `tests the sign-in as ${attempt.email}: it works (${attempt.reference})`);

  await until('the test to reach the onboarding', async () => {
    const { view } = await setup('GET', '/sso');
    const steps: { step: string; state: string }[] = view.features.flatMap(
      (f: { steps: unknown[] }) => f.steps,
    );
    return steps.find(({ step }) => step === 'test_sign_in')?.state === 'done' ? true : undefined;
  });
  await setup('POST', '/sso/go-live', {});
  await until('the connection to be live', async () => {
    const { connection } = await setup('GET', '/sso');
    return connection.chip === 'live' ? true : undefined;
  });
  say('IT admin', 'goes live');

  // The user.
  const user = createVisitor({ stopAt: redirectUri });
  const authorize = workos.sso.getAuthorizationUrl({
    organization: organization.id,
    redirectUri,
    clientId,
    state: 'demo',
  });
  const back = await signInAt(user, authorize);
  const code = new URL(back.url).searchParams.get('code') ?? '';
  expect(code !== '', `the user came back without a code: ${back.url}`);
  const { profile } = await workos.sso.getProfileAndToken({ code, clientId });
  say('user', `signs in to the app as ${profile.email} (${profile.id})`);

  const live = await until('onboarding.live', async () => {
    const { data } = await ours('GET', `/events?events=onboarding.live&organization_id=${organization.id}`);
    return data[0];
  });
  say('developer', `receives ${live.event} (${live.id})`);

  // The directory: the test directory plays the customer's provider, and knows no more of us than an address and a token.
  await ours('PUT', '/sandbox/test-directory', { manner: 'okta', faults: [] });
  await ours('POST', '/sandbox/test-directory/reset', {});
  const connected = await ours('POST', '/sandbox/test-directory/use', { organizationId: organization.id });
  const directoryId = connected.connected.directoryId;
  say('IT admin', `connects the company's directory: ${connected.baseUrl}`);
  await ours('POST', '/sandbox/test-directory/talk', { about: 'cycle' });
  const client = await until('the directory to have sent everybody', async () => {
    const state = await ours('GET', '/sandbox/test-directory');
    return state.isTalking || state.waiting > 0 ? undefined : state;
  });
  const users = await workos.directorySync.listUsers({ directory: directoryId, limit: 100 });
  const groups = await workos.directorySync.listGroups({ directory: directoryId, limit: 100 });
  expect(
    users.data.length === client.people.length,
    `${users.data.length} of ${client.people.length} arrived`,
  );
  say('directory', `${users.data.length} people and ${groups.data.length} groups have arrived`);

  const leaver = client.people.find((one: { userName: string }) => one.userName === profile.email);
  expect(leaver !== undefined, `the directory does not know ${profile.email}`);
  const { id: leaverId, arrival: _arrival, ...particulars } = leaver;
  const switchLeaver = (active: boolean) =>
    ours('PUT', `/sandbox/test-directory/people/${leaverId}`, { ...particulars, active });
  await switchLeaver(false);
  say('directory', `deactivates ${profile.email}`);
  const refused = await signInAt(createVisitor({ stopAt: redirectUri }), authorize);
  const refusal = new URL(refused.url).searchParams.get('error');
  expect(refusal === 'access_denied', `${profile.email} was not refused: ${refused.url}`);
  say('user', `is refused at the next sign-in: ${refusal}`);
  await switchLeaver(true);
  const welcome = await signInAt(createVisitor({ stopAt: redirectUri }), authorize);
  expect(new URL(welcome.url).searchParams.has('code'), `${profile.email} stays refused: ${welcome.url}`);
  say('user', 'signs in again, reactivated');

  await followEvents({ workos, ours, portal, organization });

  const { data: timeline } = await ours('GET', `/onboardings/${onboarding.id}/timeline?limit=100`);
  process.stdout.write('\n  The onboarding in order\n');
  for (const entry of timeline) {
    const step = entry.step === null ? '' : ` · ${entry.step}`;
    process.stdout.write(`    ${entry.at.slice(11, 19)}  ${entry.kind}${step}\n`);
  }
  process.stdout.write(
    `\n  From nothing to live, one who left kept out, and every event delivered, in ${seconds()} s.\n`,
  );
}

type Caller = ReturnType<typeof callerOf>;

/**
 * An audit event of the vendor's app, by the official SDK, on its two ways: by a log stream to the customer's SIEM and by a
 * webhook to the vendor's backend. The test sink plays both, and forgets what it had.
 */
async function followEvents({
  workos,
  ours,
  portal,
  organization,
}: {
  workos: WorkOS;
  ours: Caller;
  portal: string;
  organization: { id: string };
}): Promise<void> {
  await ours('POST', '/sandbox/test-sink/reset', {});
  const { addresses, credentials } = await ours('GET', '/sandbox/test-sink');
  const arrived = async (receiver: string, find: string) => {
    const { records } = await ours('GET', `/sandbox/test-sink?find=${encodeURIComponent(find)}`);
    return records.find((record: Json) => record.receiver === receiver);
  };

  // The developer's backend wants to hear of what is done to organizations.
  const hook = await ours('POST', '/webhook_endpoints', {
    ...{ endpoint_url: addresses.https, events: ['organization.updated'] },
  });
  await ours('PUT', '/sandbox/test-sink', { signingSecret: hook.secret });
  say('developer', `has events sent to ${new URL(addresses.https).pathname}, signed`);

  // The customer's admin, at a link of the vendor's app.
  const { link } = await workos.adminPortal.generateLink({
    organization: organization.id,
    intent: GenerateLinkIntent.LogStreams,
  });
  const admin = createVisitor();
  const home = await admin.submit(await admin.open(link));
  const handle = /\/setup\/([^/]+)\//.exec(home.url)?.[1] ?? '';
  const setup = portalCaller(admin, `${portal}/setup/${handle}/api`, sessionHandleIn(home));
  const { streamId } = await setup('POST', '/log-streams', { destinationId: 'splunk' });
  const stream = `/log-streams/${streamId}`;
  await setup('POST', `${stream}/settings`, {
    settings: { url: addresses.splunk, acknowledgement: 'on' },
    secrets: { token: credentials.splunkToken },
  });
  await setup('POST', `${stream}/test`, {});
  const { stream: tested } = await setup('GET', stream);
  expect(tested.proof.answer.kind === 'sent', `the test event was refused: ${tested.proof.answer.cause}`);
  const mark = /vestibule-test-[0-9a-f]+/.exec(tested.proof.search)?.[0] ?? '';
  const found = await until('the test event', () => arrived('splunk', mark));
  const testCode = /"code": ?"(\d{6})"/.exec(found.text)?.[1] ?? '';
  await setup('POST', `${stream}/proof`, { code: testCode });
  await setup('POST', `${stream}/start`, { from: 'now' });
  say(
    'IT admin',
    `points a log stream at ${new URL(addresses.splunk).pathname} and proves it with ${testCode}`,
  );

  // The vendor's app.
  await ours('POST', '/audit_logs/actions/invoice.paid/schemas', { targets: [{ type: 'invoice' }] });
  const invoice = `invoice_${Date.now().toString(36)}`;
  const sentAt = performance.now();
  await workos.auditLogs.createEvent(organization.id, {
    ...{ action: 'invoice.paid', occurredAt: new Date() },
    actor: { id: 'user_ada', type: 'user', name: 'Ada' },
    targets: [{ id: invoice, type: 'invoice' }],
    context: { location: '203.0.113.7' },
  });
  say('app', `records that Ada paid ${invoice}`);
  await until('the audit event in the stream', () => arrived('splunk', invoice));
  say('Splunk', `has ${invoice}, ${Math.round(performance.now() - sentAt)} ms after`);

  const name = `Acme ${invoice}`;
  const changedAt = performance.now();
  await workos.organizations.updateOrganization({ organization: organization.id, name });
  await until('the webhook', () => arrived('https', name));
  const { receivers, arrivals } = await ours('GET', '/sandbox/test-sink');
  const posted = arrivals.find((one: Json) => one.receiver === 'https');
  expect(posted.signature === 'good', `the webhook's signature is ${posted.signature}`);
  say('backend', `has organization.updated, signed, ${Math.round(performance.now() - changedAt)} ms after`);
  const splunk = receivers.find((one: Json) => one.receiver === 'splunk');
  const tally = splunk.tallies.find((one: Json) => one.organizationId === organization.id);
  expect(tally.missing === 0 && tally.outOfOrder === 0, `the stream has gaps: ${JSON.stringify(tally)}`);
  await ours('DELETE', `/webhook_endpoints/${hook.id}`);
}

/** Goes to the identity provider, signs in as one of the domain's test people, and comes back as the answer is posted. */
async function signInAt(visitor: Visitor, url: string) {
  const people = await visitor.open(url);
  const answer = await visitor.submit(people, personAt(people, domain));
  return visitor.submit(answer);
}

/** Our own API calls, where the official SDK has none. */
function callerOf(
  api: string,
  apiKey: string,
): (method: string, route: string, body?: unknown) => Promise<Json> {
  return async (method, route, body) => {
    const response = await fetch(`${api}${route}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${route} answers ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** Calls of the portal's pages, with the public handle of the session they were drawn for. */
function portalCaller(
  visitor: Visitor,
  base: string,
  handle: string,
): (method: string, route: string, body?: unknown) => Promise<Json> {
  let keys = 0;
  return async (method, route, body) => {
    const headers = {
      'x-vestibule-session': handle,
      'idempotency-key': `demo-${Date.now()}-${++keys}`,
    };
    const answer = await visitor.call(method, `${base}${route}`, body, headers);
    expect(
      answer.status < 400,
      `${method} ${route} answers ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
    return answer.body;
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited a minute for ${what}`);
    await pause(300);
  }
}

function expect(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}

function seconds(): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

function say(who: string, what: string): void {
  process.stdout.write(`  ${seconds().padStart(5)} s  ${who.padEnd(9)}  ${what}\n`);
}
