import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GenerateLinkIntent, WorkOS } from '@workos-inc/node';
import { readConfig } from '../config.ts';
import type { RehearsalLine, RehearsalStep } from '../onboarding/rehearsal.ts';
import {
  developerCaller,
  portalCaller,
  signInAt,
  until,
  type Call,
  type Json,
} from '../sandbox/rehearsal/callers.ts';
import { playCustomer } from '../sandbox/rehearsal/play.ts';
import { createVisitor, sessionHandleIn } from '../sandbox/rehearsal/visitor.ts';

/**
 * `npm run demo`: the whole road against the running product, by HTTP alone and with nothing that its people could not
 * do. The rehearsal of the dashboard, then people of a directory, what becomes of an event, and at the end the timeline.
 * Exits non-zero when anything is not as it should be.
 */

const startedAt = performance.now();
const domain = `acme-${Date.now().toString(36)}.test`;

const linesOf: Record<RehearsalStep, (facts: RehearsalLine['facts']) => [who: string, what: string]> = {
  clean_up: ({ name }) => ['developer', `deletes ${name}`],
  organization: ({ name }) => ['developer', `creates the organization ${name}`],
  onboarding: ({ email }) => [
    'developer',
    `starts its onboarding: single sign-on and the domain, invitation to ${email}`,
  ],
  invitation: ({ subject }) => ['IT admin', `receives “${subject}”`],
  link: () => ['IT admin', 'opens its link'],
  provider: ({ url }) => ['IT admin', `chooses the Test IdP, and pastes its metadata address ${url}`],
  record: ({ name, value }) => ['IT admin', `claims ${domain}: TXT ${name} = ${value}`],
  domain: () => ['DNS', `both name servers hold the record; ${domain} is verified`],
  test: ({ email, reference }) => ['IT admin', `tests the sign-in as ${email}: it works (${reference})`],
  live: () => ['IT admin', 'goes live'],
  sign_in: ({ app }) => ['user', `signs in, and is led back to the app at ${app}`],
  profile: ({ email, id }) => ['app', `has the profile of ${email} (${id})`],
  event: ({ name }) => ['developer', `receives ${name}`],
};

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
    apiHostname: address.hostname,
    port: Number(address.port),
    https: address.protocol === 'https:',
    clientId,
  });
  const ours = developerCaller(api, apiKey);
  const redirectUri = `http://127.0.0.1:${config.server.port + 5}/callback`;

  // From nothing to a user who signs in.
  const { organizationId, onboardingId, authorizeUrl, profile } = await playCustomer({
    urls: { api, portal },
    apiKey,
    clientId,
    redirectUri,
    leftover: null,
    customer: { name: 'Acme Corporation', domain },
    say: ({ step, facts }) => say(...linesOf[step](facts)),
  });

  // The directory: the test directory plays the customer's provider, and knows no more of us than an address and a token.
  await ours('PUT', '/sandbox/test-directory', { manner: 'okta', faults: [] });
  await ours('POST', '/sandbox/test-directory/reset', {});
  const connected = await ours('POST', '/sandbox/test-directory/use', { organizationId });
  const directoryId = connected.connected.directoryId;
  say('IT admin', `connects the company's directory: ${connected.baseUrl}`);
  await ours('POST', '/sandbox/test-directory/talk', { about: 'cycle' });
  const client = await until(async () => {
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
  const refused = await signInAt(createVisitor({ stopAt: redirectUri }), authorizeUrl, domain);
  const refusal = new URL(refused.url).searchParams.get('error');
  expect(refusal === 'access_denied', `${profile.email} was not refused: ${refused.url}`);
  say('user', `is refused at the next sign-in: ${refusal}`);
  await switchLeaver(true);
  const welcome = await signInAt(createVisitor({ stopAt: redirectUri }), authorizeUrl, domain);
  expect(new URL(welcome.url).searchParams.has('code'), `${profile.email} stays refused: ${welcome.url}`);
  say('user', 'signs in again, reactivated');

  await followEvents({ workos, ours, portal, organizationId });

  const { data: timeline } = await ours('GET', `/onboardings/${onboardingId}/timeline?limit=100`);
  process.stdout.write('\n  The onboarding in order\n');
  for (const entry of timeline) {
    const step = entry.step === null ? '' : ` · ${entry.step}`;
    process.stdout.write(`    ${entry.at.slice(11, 19)}  ${entry.kind}${step}\n`);
  }
  process.stdout.write(
    `\n  From nothing to live, one who left kept out, and every event delivered, in ${seconds()} s.\n`,
  );
}

/**
 * An audit event of the vendor's app, by the official SDK, on its two ways: by a log stream to the customer's SIEM and by a
 * webhook to the vendor's backend. The test sink plays both, and forgets what it had.
 */
async function followEvents({
  workos,
  ours,
  portal,
  organizationId,
}: {
  workos: WorkOS;
  ours: Call;
  portal: string;
  organizationId: string;
}): Promise<void> {
  await ours('POST', '/sandbox/test-sink/reset', {});
  const { addresses, credentials } = await ours('GET', '/sandbox/test-sink');
  const arrived = async (receiver: string, find: string) => {
    const { records } = await ours('GET', `/sandbox/test-sink?find=${encodeURIComponent(find)}`);
    return records.find((record: Json) => record.receiver === receiver);
  };

  // The developer's backend wants to hear of what is done to organizations.
  const hook = await ours('POST', '/webhook_endpoints', {
    endpoint_url: addresses.https,
    events: ['organization.updated'],
  });
  await ours('PUT', '/sandbox/test-sink', { signingSecret: hook.secret });
  say('developer', `has events sent to ${new URL(addresses.https).pathname}, signed`);

  // The customer's admin, at a link of the vendor's app.
  const { link } = await workos.adminPortal.generateLink({
    organization: organizationId,
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
  const found = await until(() => arrived('splunk', mark));
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
  await workos.auditLogs.createEvent(organizationId, {
    action: 'invoice.paid',
    occurredAt: new Date(),
    actor: { id: 'user_ada', type: 'user', name: 'Ada' },
    targets: [{ id: invoice, type: 'invoice' }],
    context: { location: '203.0.113.7' },
  });
  say('app', `records that Ada paid ${invoice}`);
  await until(() => arrived('splunk', invoice));
  say('Splunk', `has ${invoice}, ${Math.round(performance.now() - sentAt)} ms after`);

  // The name stays as it is: staff look for their customers by it.
  const changedAt = performance.now();
  await workos.organizations.updateOrganization({
    organization: organizationId,
    metadata: { last_invoice: invoice },
  });
  await until(() => arrived('https', invoice));
  const { receivers, arrivals } = await ours('GET', '/sandbox/test-sink');
  const posted = arrivals.find((one: Json) => one.receiver === 'https');
  expect(posted.signature === 'good', `the webhook's signature is ${posted.signature}`);
  say('backend', `has organization.updated, signed, ${Math.round(performance.now() - changedAt)} ms after`);
  const splunk = receivers.find((one: Json) => one.receiver === 'splunk');
  const tally = splunk.tallies.find((one: Json) => one.organizationId === organizationId);
  expect(tally.missing === 0 && tally.outOfOrder === 0, `the stream has gaps: ${JSON.stringify(tally)}`);
  await ours('DELETE', `/webhook_endpoints/${hook.id}`);
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
