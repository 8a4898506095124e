import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { streamSecretAt } from '../adapters/client-secrets.ts';
import { newId } from '../adapters/ids.ts';
import { mintWebhookSecret } from '../adapters/webhook-signatures.ts';
import {
  askToResend,
  cutAuditChain,
  deleteOrganization,
  findLogStream,
  insertAudit,
  insertLogStream,
  insertMember,
  lastAuditNumber,
  listOpenTroubles,
  listOutages,
  pageStreamRejects,
  sealAudit,
  takeStreamsToWake,
  updateLogStream,
  withTenant,
  type LogStreamRow,
} from '../db/index.ts';
import { catchUpPerSecond } from '../onboarding/log-streams.ts';
import { aContact, aCustomer, now, type Customer } from '../test/db/builders.ts';
import {
  anEnvironmentOfActivities,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

/** What a log stream does with what its destination answers: real Postgres, and a receiver on this machine. */

interface Batch {
  sequences: number[];
  names: string[];
}
type Answer = { status: number; headers?: Record<string, string>; body?: string };

let world: ActivityWorld;
let customer: Customer;
let server: Server;
let url: string;
let got: Batch[];
let answer: (batch: Batch) => Answer | Promise<Answer>;

beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.at = now;
  customer = await aCustomer(world, { name: 'Northwind' });
  got = [];
  answer = () => ({ status: 200 });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const records = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      sequence: number;
      metadata?: { after_name?: string };
    }[];
    const batch = {
      sequences: records.map(({ sequence }) => sequence),
      names: records.map(({ metadata }) => metadata?.after_name ?? ''),
    };
    got.push(batch);
    const { status, headers, body } = await answer(batch);
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(world.app, customer, work);

async function happen(count: number, name = 'Acme'): Promise<void> {
  await inTenant(async (tx) => {
    for (let n = 0; n < count; n += 1)
      await insertAudit(tx, {
        id: newId('audit_'),
        ...customer,
        actor: { type: 'customer', id: 'link_1' },
        at: world.clock.at,
        action: 'organization.updated',
        target: { type: 'organization', id: 'org_1' },
        after: { name },
      });
  });
  await asSystem(world, (tx) => sealAudit(tx, customer.environmentId));
}

/** A stream that was started before anything of this test happened. */
async function aStream(changes: Partial<LogStreamRow> = {}): Promise<string> {
  const id = newId('als_');
  const { organizationId } = customer;
  await inTenant(async (tx) => {
    const made = await insertLogStream(tx, {
      id,
      ...customer,
      name: 'Collector',
      destination: 'https',
      createdAt: now,
      updatedAt: now,
      settings: { url, format: 'array' },
    });
    const { lastError: _none, ...set } = changes;
    await updateLogStream(tx, made, {
      secretSealed: world.deps.secrets.seal(
        JSON.stringify({ signingSecret: mintWebhookSecret() }),
        streamSecretAt({ id, organizationId }),
      ),
      state: 'active',
      provenAt: now,
      startedAt: now,
      updatedAt: now,
      position: await lastAuditNumber(tx, customer),
      ...set,
    });
  });
  return id;
}

/** Retention takes all that has happened so far; two records come after. */
async function endAll(): Promise<void> {
  world.pass(10 * dayMs);
  await happen(2);
  const { environmentId, organizationId: chain } = customer;
  const before = new Date(world.clock.at.getTime() - dayMs);
  const { signer } = world.deps;
  const id = newId('checkpoint_');
  await asSystem(world, (tx) =>
    cutAuditChain(tx, { id, environmentId, chain, before, signer, now: world.clock.at }),
  );
}

const pump = (streamId: string) => run(world.activities.pumpLogStream, { ...customer, streamId });
const streamNow = async (id: string): Promise<LogStreamRow> => {
  const found = await inTenant((tx) => findLogStream(tx, customer, id));
  if (found === undefined) throw new Error('the stream is gone');
  return found;
};
const rejectsOf = (id: string) =>
  inTenant((tx) => pageStreamRejects(tx, customer, id, { limit: 50, order: 'asc' }));
const outagesOf = (id: string) => inTenant(async (tx) => listOutages(tx, await streamNow(id)));
const lookAtHealth = () => run(world.activities.sweep, { kind: 'minute' });
const arrived = () => got.flatMap(({ sequences }) => sequences);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

test('sends what has happened since it was started, once and in the order of the log, and then has nothing to do', async () => {
  await happen(2);
  const id = await aStream();
  await happen(5);

  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });

  expect(arrived()).toEqual(upTo(7, 3));
  expect(await streamNow(id)).toMatchObject({
    state: 'active',
    position: 7,
    sentCount: 5,
    lastLevel: 'accepted',
    failingSince: null,
    wokenAt: null,
    lastSentAt: now,
  });
});

test('a destination that was slow takes its next place among the slow, and keeps it until one turn of sending was quick', async () => {
  const id = await aStream();
  const pumpSlowly = () => run(world.activities.pumpLogStream, { ...customer, streamId: id, isSlow: true });
  await happen(3);
  answer = () => {
    world.pass(4_000);
    return { status: 503 };
  };
  expect(await pump(id)).toMatchObject({ state: 'idle', isSlow: true });
  expect(await pumpSlowly()).toMatchObject({ state: 'idle', isSlow: true });
  expect(got).toHaveLength(1);

  world.pass(minuteMs);
  answer = () => ({ status: 200 });
  expect(await pumpSlowly()).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });
  expect(arrived()).toEqual([...upTo(3), ...upTo(3)]);
});

test('one that takes records slowly gives its place among the quick back after the first batch', async () => {
  const id = await aStream();
  await happen(1_500);
  answer = () => {
    world.pass(4_000);
    return { status: 200 };
  };

  expect(await pump(id)).toMatchObject({ nextTryAt: world.clock.at.toISOString(), isSlow: true });

  expect(got).toHaveLength(1);
});

test('[REL-13] the cursor moves only after the acknowledgement: a pump that dies in the middle sends the batch again', async () => {
  const id = await aStream();
  await happen(3);
  const environment = anEnvironmentOfActivities();
  answer = () => {
    environment.cancel();
    return { status: 200 };
  };
  await expect(
    environment.run(world.activities.pumpLogStream, { ...customer, streamId: id }),
  ).rejects.toThrow();
  expect((await streamNow(id)).position).toBe(0);

  answer = () => ({ status: 200 });
  await pump(id);
  expect(got.map(({ sequences }) => sequences)).toEqual([upTo(3), upTo(3)]);
  expect((await streamNow(id)).position).toBe(3);
});

test('a destination that is away is tried later and later, and gets everything in order when it is back', async () => {
  const id = await aStream();
  await happen(3);
  answer = () => ({ status: 503, body: 'busy' });
  const waits: number[] = [];
  for (let tries = 0; tries < 7; tries += 1) {
    const pumped = await pump(id);
    if (pumped.state === 'gone' || pumped.nextTryAt === null) throw new Error('no next try');
    const waitMs = Date.parse(pumped.nextTryAt) - world.clock.at.getTime();
    waits.push(waitMs);
    world.pass(waitMs);
  }
  expect(waits).toEqual([...waits].toSorted((a, b) => a - b));
  expect(waits[6]).toBeGreaterThan(20 * minuteMs);
  const failing = await streamNow(id);
  expect(failing).toMatchObject({ state: 'error', position: 0, tries: 7, failingSince: now });
  expect(failing.lastError).toMatchObject({ cause: 'destination_busy', status: 503, answer: 'busy' });

  got = [];
  answer = () => ({ status: 200 });
  await happen(2);
  await pump(id);
  expect(arrived()).toEqual(upTo(5));
  expect(await streamNow(id)).toMatchObject({ state: 'active', position: 5, tries: 0, failingSince: null });
});

test('after an outage it catches up at the stated rate, and then sends as fast as records come', async () => {
  const rests: number[] = [];
  const resting = world.with({
    rest: (ms) => {
      rests.push(ms);
      world.pass(ms);
      return Promise.resolve();
    },
  });
  const id = await aStream();
  const sends = () => run(resting.pumpLogStream, { ...customer, streamId: id });
  await happen(600);
  answer = () => ({ status: 503 });
  await sends();
  world.pass(minuteMs);
  answer = () => ({ status: 200 });

  const startedAt = world.clock.at.getTime();
  await sends();

  // The first batch finds out that the destination is back: what is late is known after it.
  const late = 600 - (got[1]?.sequences.length ?? 0);
  expect(arrived().slice(got[0]?.sequences.length)).toEqual(upTo(600));
  expect(late).toBeGreaterThan(0);
  expect(world.clock.at.getTime() - startedAt).toBe((late * 1_000) / catchUpPerSecond);

  const rested = rests.length;
  await happen(200);
  await sends();
  expect(arrived()).toHaveLength(800 + (got[0]?.sequences.length ?? 0));
  expect(rests).toHaveLength(rested);
});

test('what the destination asks to wait is waited, and nothing is sent before', async () => {
  const id = await aStream();
  await happen(1);
  answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
  const next = new Date(now.getTime() + 120_000).toISOString();
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: next, isSlow: false });
  world.pass(minuteMs);
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: next, isSlow: false });
  expect(got).toHaveLength(1);
});

test('refused credentials stop the stream, a look a day finds them good again, and only then is anything sent', async () => {
  const id = await aStream();
  await happen(2);
  answer = () => ({ status: 401, body: 'who are you' });
  await pump(id);
  expect(await streamNow(id)).toMatchObject({ state: 'invalid', position: 0 });
  expect((await toldOf(world, customer)).audits).toContain('log_stream.refused');

  got = [];
  world.pass(2 * dayMs);
  await pump(id);
  expect(arrived(), 'a look sends no record').toEqual([]);
  expect((await streamNow(id)).state).toBe('invalid');

  world.pass(2 * dayMs);
  answer = () => ({ status: 200 });
  await asSystem(world, (tx) => sealAudit(tx, customer.environmentId));
  await pump(id);
  expect(arrived().slice(0, 2)).toEqual([1, 2]);
  expect(await streamNow(id)).toMatchObject({ state: 'active', failingSince: null, lateCount: 3 });
});

test('one record that is refused for good is found, written down and left out; the others arrive', async () => {
  const id = await aStream();
  await happen(3);
  await happen(1, 'poison');
  await happen(4);
  answer = ({ names }) => ({ status: names.includes('poison') ? 400 : 200, body: 'bad record' });
  await pump(id);

  const taken = got.filter(({ names }) => !names.includes('poison')).flatMap(({ sequences }) => sequences);
  expect(taken).toEqual([...upTo(3), ...upTo(8, 5)]);
  expect(await streamNow(id)).toMatchObject({ state: 'active', position: 8, sentCount: 7, rejectedCount: 1 });
  expect((await rejectsOf(id)).rows).toMatchObject([
    { sequence: 4, untilSequence: 4, cause: 'records_refused', status: 400, answer: 'bad record' },
  ]);
});

test('a destination that refuses every record is not fed the whole log: after ten the stream waits', async () => {
  const id = await aStream();
  await happen(20);
  answer = () => ({ status: 400 });
  await pump(id);
  expect(await streamNow(id)).toMatchObject({ state: 'error', position: 10, rejectedCount: 10 });
});

test('what retention took before it was sent is written down, with its numbers', async () => {
  const id = await aStream();
  await happen(4);
  await endAll();
  await pump(id);
  expect(arrived()).toEqual([5, 6]);
  expect((await rejectsOf(id)).rows).toMatchObject([
    { sequence: 1, untilSequence: 4, cause: 'retention_over' },
  ]);
});

/** Asks for all that was refused to be sent again; answers what became of asking. */
const askAgain = (id: string) =>
  inTenant(async (tx) => askToResend(tx, await streamNow(id), { rejectId: null, now: world.clock.at }));

test('what was refused is sent again once somebody asks for it, in the order of the log, and counts as delivered', async () => {
  const id = await aStream();
  await happen(1, 'poison');
  await happen(2);
  await happen(1, 'poison');
  answer = ({ names }) => ({ status: names.includes('poison') ? 400 : 200 });
  await pump(id);
  expect(await streamNow(id)).toMatchObject({ position: 4, sentCount: 2, rejectedCount: 2 });

  got = [];
  answer = () => ({ status: 200 });
  await pump(id);
  expect(arrived(), 'nobody has asked').toEqual([]);
  expect(await askAgain(id)).toEqual({ asked: 2, waited: 0, gone: 0 });
  expect(await askAgain(id), 'asking twice changes nothing').toEqual({ asked: 0, waited: 2, gone: 0 });
  await pump(id);
  await pump(id);
  expect(arrived()).toEqual([1, 4]);
  expect(await streamNow(id)).toMatchObject({ position: 4, sentCount: 4, rejectedCount: 0 });
  expect((await rejectsOf(id)).rows).toMatchObject([
    { sequence: 1, resentAt: now, resendAskedAt: null },
    { sequence: 4, resentAt: now, resendAskedAt: null },
  ]);
  expect(await askAgain(id)).toEqual({ asked: 0, waited: 0, gone: 0 });
});

test('what is refused once more waits no longer, and the others that were asked for arrive', async () => {
  const id = await aStream();
  await happen(1, 'poison');
  await happen(1, 'mended');
  answer = () => ({ status: 400, body: 'no' });
  await pump(id);

  answer = ({ names }) => ({ status: names.includes('poison') ? 422 : 200, body: 'still no' });
  await askAgain(id);
  await pump(id);
  expect((await rejectsOf(id)).rows).toMatchObject([
    { sequence: 1, resentAt: null, resendAskedAt: null, status: 422, answer: 'still no' },
    { sequence: 2, resentAt: now, resendAskedAt: null },
  ]);
  expect(await streamNow(id)).toMatchObject({ state: 'active', rejectedCount: 1 });
});

test('what is asked for again waits while the destination is away, and is sent when it is back', async () => {
  const id = await aStream();
  await happen(1);
  answer = () => ({ status: 400 });
  await pump(id);
  await askAgain(id);
  answer = () => ({ status: 503 });
  const pumped = await pump(id);
  if (pumped.state === 'gone' || pumped.nextTryAt === null) throw new Error('no next try');
  expect(await streamNow(id)).toMatchObject({ state: 'error', rejectedCount: 1 });

  got = [];
  answer = () => ({ status: 200 });
  world.clock.at = new Date(pumped.nextTryAt);
  await pump(id);
  expect(arrived()).toEqual([1]);
  expect(await streamNow(id)).toMatchObject({ state: 'active', failingSince: null, rejectedCount: 0 });
});

test('what retention took since it was refused cannot be asked for, and what it took since it was asked for says so', async () => {
  const id = await aStream();
  await happen(1, 'poison');
  await happen(1, 'poison');
  answer = () => ({ status: 400 });
  await pump(id);
  const [, second] = (await rejectsOf(id)).rows;
  await inTenant(async (tx) =>
    askToResend(tx, await streamNow(id), { rejectId: second?.id ?? null, now: world.clock.at }),
  );
  await endAll();

  expect(await askAgain(id)).toEqual({ asked: 0, waited: 1, gone: 1 });
  got = [];
  answer = () => ({ status: 200 });
  await pump(id);
  expect(arrived().filter((sequence) => sequence <= 2)).toEqual([]);
  expect((await rejectsOf(id)).rows).toMatchObject([
    { sequence: 1, cause: 'records_refused' },
    { sequence: 2, cause: 'retention_over', resendAskedAt: null, resentAt: null },
  ]);
});

test('a time in which nothing was taken is told with its reason, its length, and how much came late until when', async () => {
  const id = await aStream();
  await happen(3);
  answer = () => ({ status: 503 });
  await pump(id);
  expect(await outagesOf(id)).toMatchObject([
    { beganAt: now, endedAt: null, cause: 'destination_busy', status: 503, tries: 1, lateCount: null },
  ]);
  world.pass(hourMs);
  answer = () => ({ status: 401 });
  await pump(id);
  world.pass(2 * dayMs);
  answer = () => ({ status: 200 });
  await happen(2);
  await pump(id);

  const [outage, ...others] = await outagesOf(id);
  expect(others).toEqual([]);
  expect(outage).toMatchObject({ beganAt: now, cause: 'credential_refused', status: 401, tries: 2 });
  expect(outage).toMatchObject({ endedAt: world.clock.at, caughtUpAt: world.clock.at });
  expect(outage?.lateCount).toBeGreaterThanOrEqual(5);
});

test('a destination that comes and goes within a minute has one outage, and one that fails again later another', async () => {
  const id = await aStream();
  const failAndComeBack = async () => {
    await happen(1);
    answer = () => ({ status: 503 });
    await pump(id);
    world.pass(2_000);
    answer = () => ({ status: 200 });
    await pump(id);
  };
  await failAndComeBack();
  await failAndComeBack();
  const [both, ...others] = await outagesOf(id);
  expect(others).toEqual([]);
  expect(both).toMatchObject({ beganAt: now, tries: 2, endedAt: world.clock.at, lateCount: 2 });
  world.pass(hourMs);
  await failAndComeBack();
  expect(await outagesOf(id)).toHaveLength(2);
});

test('a stream is woken when sealed records wait for it, once until it has looked, and not while it is paused', async () => {
  const id = await aStream();
  const paused = await aStream({ pausedAt: now });
  const wakes = async () =>
    (await asSystem(world, (tx) => takeStreamsToWake(tx, world.clock.at)))
      .map((stream) => stream.id)
      .filter((one) => one === id || one === paused);
  expect(await wakes()).toEqual([]);
  await happen(1);
  expect(await wakes()).toEqual([id]);
  expect(await wakes()).toEqual([]);
  await pump(id);
  await happen(1);
  expect(await wakes()).toEqual([id]);
});

test('a paused stream sends nothing and keeps its place', async () => {
  const id = await aStream({ pausedAt: now });
  await happen(2);
  expect(await pump(id)).toEqual({ state: 'idle', nextTryAt: null, isSlow: false });
  expect(got).toEqual([]);
  await inTenant(async (tx) => updateLogStream(tx, await streamNow(id), { pausedAt: null, updatedAt: now }));
  await pump(id);
  expect(arrived()).toEqual([1, 2]);
});

test('what somebody changes while a batch is under way counts: its failure says nothing of the new settings', async () => {
  const id = await aStream();
  await happen(1);
  answer = async () => {
    answer = () => ({ status: 200 });
    const later = new Date(now.getTime() + 1_000);
    await inTenant(async (tx) =>
      updateLogStream(tx, await streamNow(id), { name: 'Mended', updatedAt: later }),
    );
    return { status: 401 };
  };
  await pump(id);
  expect(got).toHaveLength(2);
  expect(await streamNow(id)).toMatchObject({ state: 'active', position: 1, failingSince: null });
});

test('a deleted organization sends nothing more, and the stream’s workflow ends', async () => {
  const id = await aStream();
  await happen(1);
  await asSystem(world, (tx) => deleteOrganization(tx, customer, now));
  expect(await pump(id)).toEqual({ state: 'gone' });
  expect(got).toEqual([]);
});

test('one that fails for an hour, or is refused at once, needs a person; when it is well the repair closes and contacts hear what came late', async () => {
  const contact = await aContact(world, customer, `it-${newId('x_').slice(-8).toLowerCase()}@northwind.test`);
  const id = await aStream();
  await happen(4);
  answer = () => ({ status: 503 });
  await pump(id);
  await lookAtHealth();
  const troubles = () => inTenant((tx) => listOpenTroubles(tx, customer));
  expect(await troubles()).toEqual([]);

  world.pass(hourMs + minuteMs);
  await lookAtHealth();
  expect(await troubles()).toMatchObject([
    { kind: 'stream_failing', subjectId: id, cause: 'destination_busy', since: now },
  ]);

  world.pass(dayMs);
  await lookAtHealth();
  await lookAtHealth();
  const subjects = async () => (await world.mailTo(contact.email)).map(({ subject }) => subject);
  expect(await subjects()).toEqual(['Audit events still do not reach Collector']);

  answer = () => ({ status: 200 });
  await asSystem(world, (tx) => sealAudit(tx, customer.environmentId));
  await pump(id);
  await lookAtHealth();
  expect(await troubles()).toEqual([]);
  expect((await subjects()).at(-1)).toBe('Audit events reach Collector again');
  expect((await world.mailTo(contact.email)).at(-1)?.text).toContain('late; none is lost');
});

test('a stream that has stood still for a day is told to those who may help, once, with the way to that stream', async () => {
  const email = `${newId('m_').toLowerCase()}@vendor.test`;
  const member = { id: newId('member_'), environmentId: customer.environmentId, email, name: null };
  await asSystem(world, (tx) => insertMember(tx, { ...member, role: 'admin', createdAt: now }));
  const id = await aStream({ state: 'error', failingSince: now });
  world.pass(dayMs);
  await run(world.activities.sweep, { kind: 'minute' });
  await run(world.activities.sweep, { kind: 'minute' });

  const mails = (await world.mailTo(email)).filter(({ subject }) => subject.includes('do not reach'));
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toContain(`/dashboard/log-streams/${id}`);
});
