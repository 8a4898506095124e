import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WorkOS } from '@workos-inc/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { mintWebhookSecret, webhookSecretAt } from '../adapters/webhook-signatures.ts';
import {
  dropWaiting,
  findWebhookEndpoint,
  insertEvent,
  insertMember,
  insertTestDelivery,
  insertWebhookEndpoint,
  listWebhookDeliveries,
  numberEvents,
  replayDeliveries,
  updateWebhookEndpoint,
  withTenant,
  type WebhookEndpointRow,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { sampledEvents, sampleOf } from '../onboarding/webhook-samples.ts';
import { anEnvironment, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { mailWebhookNews } from './webhook-news.ts';

/** A receiver on this machine: answers as it is told, and remembers what came. */
interface Receiver {
  url: string;
  got: { path: string; headers: IncomingHttpHeaders; body: string; event: string; objectId: string }[];
  answer: (path: string, body: string) => { status: number; headers?: Record<string, string>; body?: string };
  /** Nothing is answered before. */
  until?: Promise<void>;
}

let world: ActivityWorld;
let receiver: Receiver;
let server: Server;
let environmentId: string;

beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.at = now;
  environmentId = await anEnvironment(world);
  receiver = { url: '', got: [], answer: () => ({ status: 204 }) };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { event, data } = JSON.parse(body) as { event: string; data: { id: string } };
    receiver.got.push({ path: request.url ?? '', headers: request.headers, body, event, objectId: data.id });
    await receiver.until;
    const answer = receiver.answer(request.url ?? '', body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const inEnvironment = <T>(work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(world.app, { environmentId }, work);

async function anEndpoint(events = ['organization.created', 'organization.updated'], path = '/hook') {
  const id = newId('we_');
  const secret = mintWebhookSecret();
  const row = await inEnvironment((tx) =>
    insertWebhookEndpoint(tx, {
      id,
      environmentId,
      endpointUrl: `${receiver.url}${path}`,
      events,
      createdAt: now,
      updatedAt: now,
      secretSealed: world.deps.secrets.seal(secret, webhookSecretAt(id)),
    }),
  );
  return { id, secret, row };
}

async function happens(name: string, objectId = newId('org_'), more: object = {}): Promise<string> {
  const id = newId('event_');
  await inEnvironment(async (tx) => {
    await insertEvent(tx, {
      id,
      environmentId,
      organizationId: null,
      name,
      data: { object: 'organization', id: objectId, ...more },
      createdAt: world.clock.at,
    });
    await numberEvents(tx, environmentId);
  });
  return id;
}

const pump = (endpointId: string, activities = world.activities) =>
  run(activities.pumpWebhooks, { environmentId, endpointId });

const deliveriesOf = async (endpointId: string) =>
  (
    await inEnvironment((tx) =>
      listWebhookDeliveries(tx, { environmentId }, { endpointId }, { limit: 100, order: 'asc' }),
    )
  ).rows;
const endpointNow = (id: string) => inEnvironment((tx) => findWebhookEndpoint(tx, { environmentId }, id));

it('sends what the endpoint asked for, from its making on, each once and in order', async () => {
  await happens('organization.created', 'org_before');
  const { id } = await anEndpoint(['organization.created']);
  for (const object of ['org_1', 'org_2', 'org_3']) await happens('organization.created', object);
  await happens('organization.updated', 'org_1');

  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });

  expect(receiver.got.map(({ objectId }) => objectId).sort()).toEqual(['org_1', 'org_2', 'org_3']);
  expect((await deliveriesOf(id)).map(({ state, tries, lastStatus }) => [state, tries, lastStatus])).toEqual(
    Array(3).fill(['delivered', 1, 204]),
  );
});

it('[WHK-01] each delivery proves itself to the official SDK, over the very bytes that were sent', async () => {
  const { id, secret } = await anEndpoint();
  await happens('organization.created', 'org_1', {
    domains: [],
    name: 'Łódź “Ω” \u2028 </script>',
    metadata: { a: 1.5 },
  });
  world.clock.at = new Date();
  await pump(id);

  const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = receiver.got;
  const { webhooks } = new WorkOS('sk_test_1', { clientId: 'client_1' });
  const read = await webhooks.constructEvent({
    payload: JSON.parse(body) as Record<string, unknown>,
    sigHeader: String(headers['workos-signature']),
    secret,
  });
  expect(read.event).toBe('organization.created');
  await expect(
    webhooks.constructEvent({
      payload: { ...(JSON.parse(body) as object), id: 'event_2' },
      sigHeader: String(headers['workos-signature']),
      secret,
    }),
  ).rejects.toThrow();
  expect(headers['content-type']).toBe('application/json');
  expect(headers['webhook-id']).toBe((JSON.parse(body) as { id: string }).id);
});

it('[REL-11] tries again after 5 s, 5 min, 30 min …, with the same id and a new time, until it is taken', async () => {
  const { id } = await anEndpoint();
  await happens('organization.created');
  receiver.answer = () => ({ status: 503, body: 'down \u0000 for \u001b[31m lunch' });

  const waits: number[] = [];
  for (let tries = 1; tries <= 3; tries++) {
    const pumped = await pump(id);
    const next = new Date(pumped.state === 'idle' ? String(pumped.nextTryAt) : '');
    waits.push(next.getTime() - world.clock.at.getTime());
    world.clock.at = next;
  }
  receiver.answer = () => ({ status: 200 });
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });

  const usual = [5_000, 5 * minuteMs, 30 * minuteMs];
  for (const [index, wait] of waits.entries()) {
    expect(Math.abs(wait - (usual[index] ?? 0))).toBeLessThanOrEqual(0.2 * (usual[index] ?? 0) + 1);
  }
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(receiver.got.map(({ headers }) => headers['workos-signature'])).size).toBe(4);
  expect(await deliveriesOf(id)).toMatchObject([{ state: 'delivered', tries: 4, lastStatus: 200 }]);
});

it('an endpoint that was slow gives its place back and takes the next among the slow, until a turn of posting was quick', async () => {
  const { id } = await anEndpoint(['organization.created']);
  const pumpSlowly = () =>
    run(world.activities.pumpWebhooks, { environmentId, endpointId: id, isSlow: true });
  for (let made = 0; made < 12; made += 1) await happens('organization.created');
  receiver.answer = () => {
    world.pass(4_000);
    return { status: 200 };
  };
  expect(await pump(id)).toMatchObject({ nextTryAt: world.clock.at.toISOString(), isSlow: true });
  expect(receiver.got.length).toBeLessThan(12);

  expect(await pumpSlowly()).toEqual({ state: 'idle', nextTryAt: null, isSlow: true });
  expect(await pumpSlowly()).toEqual({ state: 'idle', nextTryAt: null, isSlow: true });
  expect(receiver.got).toHaveLength(12);

  receiver.answer = () => ({ status: 200 });
  await happens('organization.created');
  expect(await pumpSlowly()).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });
});

it('an endpoint that has taken nothing for a minute is asked one thing at a time, among the slow, until it takes something [REL-12]', async () => {
  const { id } = await anEndpoint(['organization.created']);
  receiver.answer = () => ({ status: 500 });
  await happens('organization.created');
  await pump(id);
  world.pass(60_000);
  for (let made = 0; made < 12; made += 1) await happens('organization.created');
  const before = receiver.got.length;

  expect(await pump(id)).toMatchObject({ nextTryAt: world.clock.at.toISOString(), isSlow: true });
  expect(receiver.got).toHaveLength(before + 1);

  receiver.answer = () => ({ status: 200 });
  const among = { environmentId, endpointId: id, isSlow: true };
  expect(await run(world.activities.pumpWebhooks, among)).toMatchObject({ isSlow: false });
  const states = (await deliveriesOf(id)).map(({ state }) => state);
  expect(states.filter((state) => state === 'delivered').length).toBeGreaterThanOrEqual(12);
});

it('keeps the beginning of an answer as text, without what no page could show [NET-09]', async () => {
  const { id } = await anEndpoint();
  await happens('organization.created');
  receiver.answer = () => ({ status: 500, body: `\u0000\u001b[31mno\u0007${'x'.repeat(50_000)}` });

  await pump(id);

  const [delivery] = await deliveriesOf(id);
  expect(delivery?.lastAnswer).toMatch(/^\[31mnox+$/);
  expect(delivery?.lastAnswer?.length).toBeLessThanOrEqual(1024);
});

it('[REL-09] what is about one object waits for what came before; the others do not', async () => {
  const { id } = await anEndpoint();
  await happens('organization.created', 'org_1');
  await happens('organization.updated', 'org_1');
  await happens('organization.created', 'org_2');
  receiver.answer = (_path, body) => ({ status: body.includes('org_1') ? 500 : 200 });

  const first = await pump(id);
  const tried = receiver.got.map(({ event, objectId }) => `${event} ${objectId}`).sort();
  receiver.answer = () => ({ status: 200 });
  world.clock.at = new Date(first.state === 'idle' ? String(first.nextTryAt) : '');
  await pump(id);

  expect(tried).toEqual(['organization.created org_1', 'organization.created org_2']);
  expect(receiver.got.slice(2).map(({ event }) => event)).toEqual([
    'organization.created',
    'organization.updated',
  ]);
});

it('[WHK-03] a redirect is followed nowhere, and 410 switches the endpoint off at once, with a mail', async () => {
  await aMember('dev@vendor.test', 'developer');
  const { id } = await anEndpoint();
  await happens('organization.created', 'org_1');
  receiver.answer = () => ({ status: 307, headers: { location: `${receiver.url}/elsewhere` } });
  const first = await pump(id);
  expect(receiver.got.map(({ path }) => path)).toEqual(['/hook']);
  expect((await deliveriesOf(id))[0]?.lastAnswer).toContain(`Location: ${receiver.url}/elsewhere`);

  receiver.answer = () => ({ status: 410 });
  world.clock.at = new Date(first.state === 'idle' ? String(first.nextTryAt) : '');
  await happens('organization.created', 'org_2');
  expect(await pump(id)).toEqual({ state: 'gone' });

  expect(await endpointNow(id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
  expect((await deliveriesOf(id)).every(({ state }) => state === 'failed' || state === 'dropped')).toBe(true);
  await mailWebhookNews(world.deps);
  const mails = await world.mailTo('dev@vendor.test');
  expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining('are switched off')]);
  expect(mails[0]?.text).toContain('answered that it is gone (410)');
  expect(mails[0]?.text).toContain(`/dashboard/webhooks/${id}`);
});

it('[WHK-03] an endpoint that asks for a pause gets nothing until it is over, whatever comes meanwhile', async () => {
  const { id } = await anEndpoint();
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
  await happens('organization.created', 'org_1');
  const first = await pump(id);
  receiver.answer = () => ({ status: 200 });
  world.pass(minuteMs / 2);
  await happens('organization.created', 'org_2');
  const meanwhile = await pump(id);
  expect(receiver.got.map(({ objectId }) => objectId)).toEqual(['org_1']);

  world.clock.at = new Date(now.getTime() + 10 * minuteMs);
  await pump(id);

  const until = new Date(now.getTime() + 10 * minuteMs).toISOString();
  expect([first, meanwhile]).toMatchObject([{ nextTryAt: until }, { nextTryAt: until }]);
  expect(receiver.got.slice(1).map(({ objectId }) => objectId)).toEqual(['org_1', 'org_2']);
});

it('[REL-11] five days without a success switch it off; its people are told after an hour, a day and then', async () => {
  await aMember('boss@vendor.test', 'admin');
  await aMember('viewer@vendor.test', 'viewer');
  const { id } = await anEndpoint();
  receiver.answer = () => ({ status: 500 });
  const endsAt = new Date(now.getTime() + 6 * dayMs);

  let pumped = await pump(id);
  for (let events = 0; pumped.state !== 'gone' && world.clock.at < endsAt; events++) {
    await happens('organization.created', `org_${events}`);
    pumped = await pump(id);
    // By the minute, as the sweep comes.
    for (let round = 0; round < 2; round += 1) await mailWebhookNews(world.deps);
    world.clock.at = new Date(world.clock.at.getTime() + 4 * hourMs);
  }

  const daysTaken = (world.clock.at.getTime() - now.getTime()) / dayMs;
  expect(daysTaken).toBeGreaterThan(5);
  expect(daysTaken).toBeLessThan(5.5);
  expect(await endpointNow(id)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
  expect((await world.mailTo('boss@vendor.test')).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^Webhooks to 127\.0\.0\.1:\d+ fail$/),
    expect.stringMatching(/^Webhooks to 127\.0\.0\.1:\d+ fail$/),
    expect.stringMatching(/are switched off$/),
  ]);
  expect(await world.mailTo('viewer@vendor.test')).toEqual([]);
});

it('that an endpoint fails is told once the mail server is back, and holds no delivery up meanwhile', async () => {
  await aMember('patient@vendor.test', 'admin');
  const { id } = await anEndpoint();
  receiver.answer = () => ({ status: 500 });
  await happens('organization.created', 'org_1');
  await pump(id);
  world.pass(2 * hourMs);
  const away = { mailer: await aMailerWithoutServer() };
  expect(await run(world.with(away).pumpWebhooks, { environmentId, endpointId: id })).toMatchObject({
    state: 'idle',
  });
  expect(await mailWebhookNews({ ...world.deps, ...away })).toBe(0);

  expect(await mailWebhookNews(world.deps)).toBe(1);
  expect(await mailWebhookNews(world.deps)).toBe(0);

  const subjects = (await world.mailTo('patient@vendor.test')).map(({ subject }) => subject);
  expect(subjects).toEqual([expect.stringMatching(/ fail$/)]);
});

it('an endpoint that fails again after it was well is told of again', async () => {
  await aMember('again@vendor.test', 'admin');
  const { id } = await anEndpoint();
  for (const round of [1, 2]) {
    receiver.answer = () => ({ status: 500 });
    await happens('organization.created', `org_${round}`);
    await pump(id);
    world.pass(hourMs);
    await mailWebhookNews(world.deps);
    receiver.answer = () => ({ status: 200 });
    world.pass(hourMs);
    await pump(id);
  }

  expect(await world.mailTo('again@vendor.test')).toHaveLength(2);
});

it('one success in between makes it well again', async () => {
  const { id } = await anEndpoint();
  receiver.answer = () => ({ status: 500 });
  await happens('organization.created', 'org_1');
  await pump(id);
  expect((await endpointNow(id))?.failingSince).toEqual(now);

  receiver.answer = () => ({ status: 200 });
  await happens('organization.created', 'org_2');
  await pump(id);

  expect((await endpointNow(id))?.failingSince).toBeNull();
});

it('[WHK-02] both secrets sign until the old one’s time is over', async () => {
  const { id, secret, row } = await anEndpoint();
  const fresh = mintWebhookSecret();
  await changes(row, {
    secretSealed: world.deps.secrets.seal(fresh, webhookSecretAt(id)),
    previousSecretSealed: world.deps.secrets.seal(secret, webhookSecretAt(id, 'previous_secret_sealed')),
    previousSecretUntil: new Date(now.getTime() + hourMs),
  });

  await happens('organization.created', 'org_1');
  await pump(id);
  world.pass(hourMs + 1);
  await happens('organization.created', 'org_2');
  await pump(id);

  const kinds = receiver.got.map(({ headers }) =>
    String(headers['webhook-signature'])
      .split(' ')
      .map((one) => one.split(',')[0]),
  );
  expect(kinds).toEqual([
    ['v1', 'v1', 'v1a', 'v1a'],
    ['v1', 'v1a'],
  ]);
});

it('[WHK-05] what was on its way goes to the address it was made for; a replay goes where the endpoint leads now', async () => {
  const { id, row } = await anEndpoint();
  receiver.answer = () => ({ status: 500 });
  await happens('organization.created', 'org_1');
  const first = await pump(id);
  const moved = await changes(row, { endpointUrl: `${receiver.url}/new` });
  receiver.answer = () => ({ status: 200 });
  world.clock.at = new Date(first.state === 'idle' ? String(first.nextTryAt) : '');
  await pump(id);
  expect(receiver.got.map(({ path }) => path)).toEqual(['/hook', '/hook']);

  const replayed = await inEnvironment((tx) =>
    replayDeliveries(
      tx,
      moved,
      { from: now, until: world.clock.at },
      { newId: () => newId('webhook_delivery_'), now: world.clock.at, limit: 100 },
    ),
  );
  await pump(id);

  expect(replayed).toEqual({ count: 1, after: null });
  expect(receiver.got.slice(2).map(({ path }) => path)).toEqual(['/new']);
  expect((await deliveriesOf(id)).map(({ isReplay, state }) => [isReplay, state])).toEqual([
    [false, 'delivered'],
    [true, 'delivered'],
  ]);
});

it('[WHK-05] what an address says that it no longer leads to counts for that address alone', async () => {
  await aMember('calm@vendor.test', 'developer');
  const { id, row } = await anEndpoint();
  receiver.answer = () => ({ status: 500 });
  await happens('organization.created', 'org_1');
  await happens('organization.created', 'org_2');
  const first = await pump(id);
  await changes(row, { endpointUrl: `${receiver.url}/new`, failingSince: null });
  receiver.answer = (path) => ({ status: path === '/hook' ? 410 : 200 });
  world.clock.at = new Date(first.state === 'idle' ? String(first.nextTryAt) : '');
  await pump(id);
  await happens('organization.updated', 'org_3');
  await pump(id);
  await mailWebhookNews(world.deps);

  expect(await endpointNow(id)).toMatchObject({ status: 'enabled', failingSince: null });
  const became = (await deliveriesOf(id)).map(({ endpointUrl, state }) => [endpointUrl, state]);
  expect(became.filter(([url]) => url === row.endpointUrl).map(([, state]) => state)).toEqual(
    expect.arrayContaining(['failed', expect.stringMatching(/^(failed|dropped)$/)]),
  );
  expect(became.at(-1)).toEqual([`${receiver.url}/new`, 'delivered']);
  expect(await world.mailTo('calm@vendor.test')).toEqual([]);
});

it('nobody listening, and addresses of ours, end as a cause in the log, never as an error of the workflow', async () => {
  const { id } = await anEndpoint();
  await happens('organization.created');
  await run(world.with({ egress: refusing }).pumpWebhooks, { environmentId, endpointId: id });

  expect(await deliveriesOf(id)).toMatchObject([
    { state: 'waiting', tries: 1, lastCause: 'could_not_connect' },
  ]);
});

const refusing = {
  fetch: () =>
    Promise.reject(new OnboardingError('egress_refused', { reason: 'could_not_connect', host: 'x' })),
};

it('what our own limits hold back is sent a moment later, and is no try of the endpoint’s [NET-11]', async () => {
  const endpoints = await Promise.all(['/a', '/b', '/c'].map((path) => anEndpoint(undefined, path)));
  for (let made = 0; made < 8; made += 1) await happens('organization.created');
  // More at once than one host is asked: nobody is answered before ten have come.
  let begun = 0;
  receiver.until = new Promise((resolve) => server.on('request', () => (begun += 1) === 10 && resolve()));

  await Promise.all(endpoints.map(({ id }) => pump(id)));

  for (const { id } of endpoints) {
    const deliveries = await deliveriesOf(id);
    expect(deliveries.map(({ state, tries }) => `${state} ${tries}`)).toEqual(Array(8).fill('delivered 1'));
  }
});

it('a replay brings what happened while the endpoint was off, of what it asks for, and nothing that it gets anyway', async () => {
  const { id, row } = await anEndpoint(['organization.created']);
  await happens('organization.created', 'org_sent');
  await pump(id);
  const off = await changes((await endpointNow(id)) ?? row, {
    status: 'disabled',
    disabledReason: 'by_hand',
  });
  world.clock.at = new Date(now.getTime() + hourMs);
  await happens('organization.created', 'org_missed');
  await happens('organization.updated', 'org_missed');
  const on = await changes(off, { status: 'enabled', disabledReason: null }, { fromNowOn: true });
  await happens('organization.created', 'org_next');

  const replayed = await inEnvironment((tx) =>
    replayDeliveries(
      tx,
      on,
      { from: world.clock.at, until: world.clock.at },
      { newId: () => newId('webhook_delivery_'), now: world.clock.at, limit: 100 },
    ),
  );
  await pump(id);

  expect(replayed).toEqual({ count: 1, after: null });
  expect(receiver.got.map(({ objectId }) => objectId)).toEqual(['org_sent', 'org_missed', 'org_next']);
});

it('an endpoint that is off or deleted gets nothing, and its workflow ends', async () => {
  const { id, row } = await anEndpoint();
  await happens('organization.created');
  await changes(row, { status: 'disabled', disabledReason: 'by_hand' });

  expect(await pump(id)).toEqual({ state: 'gone' });
  expect(await run(world.activities.pumpWebhooks, { environmentId, endpointId: 'we_none' })).toEqual({
    state: 'gone',
  });
  expect(receiver.got).toEqual([]);
});

it('a delivery that ended is kept for 30 days, and one that waits as long as it does', async () => {
  const { id } = await anEndpoint();
  await happens('organization.created', 'org_1');
  await pump(id);
  await happens('organization.created', 'org_2');
  receiver.answer = () => ({ status: 500 });
  await pump(id);
  const sweepIn = async (days: number) => {
    world.clock.at = new Date(now.getTime() + days * dayMs);
    await run(world.activities.sweep, { kind: 'day' });
    return (await deliveriesOf(id)).map(({ state }) => state).toSorted();
  };

  expect(await sweepIn(29)).toEqual(['delivered', 'waiting']);
  expect(await sweepIn(31)).toEqual(['waiting']);
});

it('a thousand events that it did not ask for are passed by in one go', async () => {
  const { id } = await anEndpoint(['organization.deleted']);
  await inEnvironment(async (tx) => {
    for (let written = 0; written < 1_001; written++) {
      await insertEvent(tx, {
        id: newId('event_'),
        environmentId,
        organizationId: null,
        name: 'organization.created',
        data: { id: 'org_1' },
        createdAt: now,
      });
    }
    await numberEvents(tx, environmentId);
  });
  await happens('organization.deleted', 'org_1');

  await pump(id);

  expect(receiver.got.map(({ event }) => event)).toEqual(['organization.deleted']);
});

async function changes(
  row: WebhookEndpointRow,
  to: Parameters<typeof updateWebhookEndpoint>[2],
  how?: Parameters<typeof updateWebhookEndpoint>[3],
) {
  return inEnvironment((tx) => updateWebhookEndpoint(tx, row, to, how));
}

async function aMember(email: string, role: 'admin' | 'developer' | 'viewer'): Promise<void> {
  await inEnvironment((tx) =>
    insertMember(tx, { id: newId('member_'), environmentId, email, role, createdAt: now }),
  );
}

const tryWith = (row: WebhookEndpointRow, name = 'organization.created') =>
  inEnvironment((tx) =>
    insertTestDelivery(
      tx,
      row,
      {
        id: newId('webhook_delivery_'),
        eventId: newId('event_'),
        name,
        data: sampleOf(name, world.clock.at) ?? {},
      },
      world.clock.at,
    ),
  );

it('a test event is marked, tried once, and says nothing about the endpoint', async () => {
  const { id, row } = await anEndpoint(['organization.created']);
  await tryWith(row);
  receiver.answer = () => ({ status: 410, body: 'no' });

  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });

  expect(JSON.parse(receiver.got[0]?.body ?? '')).toMatchObject({
    event: 'organization.created',
    context: { test: true },
  });
  expect(await deliveriesOf(id)).toMatchObject([
    { state: 'failed', tries: 1, lastStatus: 410, lastAnswer: 'no' },
  ]);
  expect(await endpointNow(id)).toMatchObject({ status: 'enabled', failingSince: null });
});

it('[WHK-01] every sample is an event that the official SDK reads and whose signature it accepts', async () => {
  const { id, secret, row } = await anEndpoint(['organization.created']);
  for (const name of sampledEvents) await tryWith(row, name);
  world.clock.at = new Date();

  await pump(id);

  const { webhooks } = new WorkOS('sk_test_1', { clientId: 'client_1' });
  const read = receiver.got.map(({ headers, body }) =>
    webhooks.constructEvent({
      payload: JSON.parse(body) as Record<string, unknown>,
      sigHeader: String(headers['workos-signature']),
      secret,
    }),
  );
  await Promise.all(read);
  expect(receiver.got.map(({ event }) => event).toSorted()).toEqual([...sampledEvents].toSorted());
});

it('an endpoint that is off gets its test and nothing else, and a replay of a span sends no test again', async () => {
  const { id, row } = await anEndpoint(['organization.created']);
  await changes(row, { status: 'disabled', disabledReason: 'by_hand' });
  await happens('organization.created', 'org_1');
  await tryWith(row);

  expect(await pump(id)).toEqual({ state: 'gone' });

  expect(receiver.got.map(({ event }) => event)).toEqual(['organization.created']);
  expect(await deliveriesOf(id)).toMatchObject([
    { state: 'delivered', testEvent: { object: 'organization', id: 'org_test' } },
  ]);
  const span = { from: new Date(0), until: new Date(now.getTime() + dayMs) };
  const order = { newId: () => newId('webhook_delivery_'), now, limit: 10 };
  expect(await inEnvironment((tx) => replayDeliveries(tx, row, span, order))).toEqual({
    count: 0,
    after: null,
  });
});

it('[WHK-05] an endpoint that is deleted while it takes its time ends its work, and nothing goes there any more', async () => {
  const { id, row } = await anEndpoint();
  await happens('organization.created', 'org_1');
  let letGo: () => void = () => undefined;
  receiver.until = new Promise((resolve) => (letGo = resolve));
  receiver.answer = () => ({ status: 503 });
  const pumping = pump(id);
  await expect.poll(() => receiver.got.length).toBe(1);
  await inEnvironment(async (tx) => {
    await updateWebhookEndpoint(tx, row, { deletedAt: now });
    await dropWaiting(tx, row, now);
  });
  letGo();

  expect(await pumping).toEqual({ state: 'gone' });
  expect(await deliveriesOf(id)).toMatchObject([{ state: 'dropped' }]);
});
