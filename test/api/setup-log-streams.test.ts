import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  findLogStream,
  findOpenOnboarding,
  insertAudit,
  insertLogStream,
  lastAuditNumber,
  sealAudit,
  updateLogStream,
  withSystem,
  withTenant,
  type LogStreamRow,
  type Tx,
} from '../../db/index.ts';
import { messageNames } from '../../onboarding/workflow-names.ts';
import type { RejectList, StreamList, StreamPage } from '../../api/contract/setup-log-streams.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { imitateDestinations } from '../support/stream-destinations.ts';
import { aStaff, type Staff } from '../support/staff.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** P24 by its JSON: an admin sets a stream up, proves it, starts it and changes it, against a receiver on this machine. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let contact: string;
let server: Server;
let url: string;
let status: number;
let got: { records: { action: string; metadata?: Record<string, string> }[]; header: string | undefined }[];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  contact = `anna-${newId('x_').slice(-6).toLowerCase()}@acme.com`;
  visitor = await anInvited(api, vendor, organizationId, {
    contacts: [contact],
    features: [{ feature: 'log_streams' }],
  });
  got = [];
  status = 200;
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const records = JSON.parse(Buffer.concat(chunks).toString('utf8')) as (typeof got)[number]['records'];
    got.push({ records, header: request.headers.authorization });
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const tenant = () => ({ environmentId: vendor.environment.id, organizationId });
const typed = (more: { settings?: object; secrets?: object } = {}) => ({
  settings: { url, format: 'array', headerName: 'Authorization', ...more.settings },
  secrets: { headerValue: 'Bearer s3cret-of-acme', ...more.secrets },
});

async function choose(destinationId = 'https'): Promise<string> {
  const { body } = await visitor.ask('POST', '/log-streams', { destinationId });
  return (body as unknown as { streamId: string }).streamId;
}
const page = async (id: string) =>
  (await visitor.ask('GET', `/log-streams/${id}`)).body as unknown as StreamPage;
const post = (id: string, what: string, body: object = {}) =>
  visitor.ask('POST', `/log-streams/${id}/${what}`, body);
const stepsOf = (view: StreamPage['view']) =>
  Object.fromEntries(
    (view?.features.find(({ feature }) => feature === 'log_streams')?.steps ?? []).map(({ step, state }) => [
      step,
      state,
    ]),
  );
const codeThatArrived = () => got.at(-1)?.records[0]?.metadata?.['code'] ?? '';
const rowOf = async (id: string): Promise<LogStreamRow> => {
  const found = await withTenant(api.db, tenant(), (tx) => findLogStream(tx, tenant(), id));
  if (found === undefined) throw new Error('the stream is gone');
  return found;
};

async function aProvenStream(): Promise<string> {
  const id = await choose();
  await post(id, 'settings', typed());
  await post(id, 'test');
  await post(id, 'proof', { code: codeThatArrived() });
  return id;
}
async function aLiveStream(): Promise<string> {
  const id = await aProvenStream();
  await post(id, 'start', { from: 'now' });
  return id;
}

/** A code for an act, from the contact's mailbox [LNK-10]. */
async function codeFor(act: 'stream_settings' | 'stream_delete', subject: string): Promise<string> {
  await visitor.ask('POST', '/codes', { act, subject });
  return codeMailedTo(api, contact);
}

describe('a change that is on its way while the onboarding has its last step done', () => {
  const openRun = () =>
    withTenant(api.db, tenant(), (tx) => findOpenOnboarding(tx, tenant(), organizationId));
  const runs = () =>
    withTenant(api.db, tenant(), (tx) =>
      tx
        .selectFrom('onboardings')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .orderBy('number')
        .execute(),
    );

  it('is kept, and begins a quiet run of its own', async () => {
    await aLiveStream();
    const [finished] = await runs();
    expect(finished).toMatchObject({ number: 1, isOpen: false, view: { state: 'live' } });
    const say = (isOpen: boolean) =>
      withSystem(api.systemDb, (tx) =>
        tx
          .updateTable('onboardings')
          .set({ isOpen })
          .where('id', '=', finished?.id ?? '')
          .execute(),
      );
    // The read model trails behind its workflow by a moment.
    await say(true);
    const { deliver } = api.temporal;
    const refused: string[] = [];
    api.temporal.deliver = async (command) => {
      if (!command.workflowId.endsWith('/1')) return deliver(command);
      refused.push(command.message);
      await say(false);
      return { status: 'refused', code: 'onboarding_ended' };
    };

    const second = await visitor.ask('POST', '/log-streams', { destinationId: 'https' });

    expect(second.status).toBe(200);
    expect(refused).toEqual([messageNames.applyCommand]);
    expect(await runs()).toMatchObject([{ number: 1 }, { number: 2, origin: 'portal' }]);
    expect(await openRun()).toBeUndefined();
  });

  it('is refused where the vendor has ended it', async () => {
    const id = await choose();
    api.temporal.deliver = () => Promise.resolve({ status: 'refused', code: 'onboarding_ended' });

    expect(await post(id, 'settings', typed())).toMatchObject({
      ...{ status: 409, body: { code: 'onboarding_ended' } },
    });
    expect(await runs()).toHaveLength(1);
  });
});

describe('the road of a log stream', () => {
  it('leads from the choice over settings and proof to the start, a step at a time', async () => {
    const chosen = await visitor.ask('POST', '/log-streams', { destinationId: 'https' });
    expect(chosen.status).toBe(200);
    const id = (chosen.body as unknown as { streamId: string }).streamId;
    expect(stepsOf((await page(id)).view)).toEqual({
      ...{ choose_destination: 'done', configure_stream: 'open' },
      ...{ prove_stream: 'blocked', start_stream: 'blocked' },
    });

    expect((await post(id, 'settings', typed())).status).toBe(200);
    expect((await post(id, 'start', { from: 'now' })).body).toMatchObject({
      ...{ code: 'stream_state_refused', facts: { state: 'not_proven' } },
    });

    expect((await post(id, 'test')).status).toBe(200);
    const sent = (await page(id)).stream;
    expect(sent).toMatchObject({
      chip: 'not_proven',
      proof: { provenAt: null, answer: { kind: 'sent', status: 200 } },
    });
    const code = codeThatArrived();
    expect(code).toMatch(/^\d{6}$/);
    expect(sent.proof.search).toContain('vestibule-test-');
    expect(JSON.stringify(await page(id)), 'the page does not tell the code').not.toContain(code);

    expect((await post(id, 'proof', { code })).status).toBe(200);
    expect((await page(id)).stream).toMatchObject({ chip: 'ready', proof: { provenBy: 'customer' } });
    expect((await post(id, 'start', { from: 'now' })).status).toBe(200);
    const live = await page(id);
    expect(live.stream).toMatchObject({ chip: 'streaming', state: 'active', isLive: true, behind: 0 });
    expect(Object.values(stepsOf(live.view))).toEqual(['done', 'done', 'done', 'done']);
    expect(got.at(-1)?.header).toBe('Bearer s3cret-of-acme');
  });

  it('needs no code where we can read the test event at the destination ourselves, and says who has proved it', async () => {
    const there = await imitateDestinations();
    const { settings, secrets } = there.targetOf('elastic');
    const id = await choose('elastic');
    expect((await post(id, 'settings', { settings, secrets })).status).toBe(200);

    there.answers(({ path }) => (path.endsWith('/_search') ? { status: 403, body: '' } : undefined));
    await post(id, 'test');
    expect((await page(id)).stream).toMatchObject({
      chip: 'not_proven',
      proof: { provenAt: null, provenBy: null, answer: { kind: 'sent', sighting: 'not_permitted' } },
    });

    there.reset();
    expect((await post(id, 'test')).status).toBe(200);
    const { stream, view } = await page(id);
    expect(stream).toMatchObject({
      chip: 'ready',
      proof: { provenBy: 'read', answer: { kind: 'sent', sighting: 'found' } },
    });
    expect(stepsOf(view)).toMatchObject({ prove_stream: 'done', start_stream: 'open' });
    await there.close();
  });

  it('takes a code five times, and then wants another test event', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    await post(id, 'test');
    const right = codeThatArrived();
    const wrong = right === '000000' ? '000001' : '000000';
    const left: unknown[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const { body } = await post(id, 'proof', { code: wrong });
      left.push((body as unknown as { facts: { tries_left: number } }).facts.tries_left);
    }
    expect(left).toEqual([4, 3, 2, 1, 0]);
    expect((await post(id, 'proof', { code: right })).body).toMatchObject({ code: 'stream_test_missing' });
    expect((await page(id)).stream.proof.provenAt).toBeNull();
  });

  it('says what the destination answered, keeps nothing of it, and names the field to change', async () => {
    const id = await choose();
    status = 401;
    const { body } = await post(id, 'check', { ...typed(), asksDestination: true });
    expect(body).toMatchObject({
      canSave: false,
      probe: { kind: 'refused', cause: 'credential_refused', status: 401, field: 'headerValue' },
    });
    expect((await post(id, 'settings', typed())).body).toMatchObject({
      ...{ code: 'stream_destination_refused', facts: { cause: 'credential_refused', field: 'headerValue' } },
    });
    expect(await rowOf(id)).toMatchObject({ secretSealed: null, settings: {} });
  });

  it('looks at what is typed without asking anybody', async () => {
    const id = await choose();
    const { body } = await post(id, 'check', {
      ...typed({ settings: { url: 'ftp://x' } }),
      asksDestination: false,
    });
    expect(body).toMatchObject({
      canSave: false,
      findings: [{ field: 'url', problem: 'not_a_url' }],
      probe: null,
    });
    expect(got).toEqual([]);
  });

  it('names the addresses that we send from, on the page and in the step that lets them in', async () => {
    const { egressAddresses, guide } = await page(await choose());
    expect(egressAddresses).toEqual(['203.0.113.7']);
    expect(guide).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({
          id: 'allow-us',
          blocks: expect.arrayContaining([
            expect.objectContaining({ kind: 'value', placeholder: 'OUR_ADDRESSES', value: '203.0.113.7' }),
          ]),
        }),
      ]),
    });
  });

  it('starts where the admin says: with what is kept, or from a moment on', async () => {
    const id = await aProvenStream();
    await withSystem(api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
    const before = await withTenant(api.db, tenant(), (tx) => lastAuditNumber(tx, tenant()));
    await post(id, 'start', { from: 'all' });
    const row = await rowOf(id);
    expect(row).toMatchObject({ position: 0, state: 'active' });
    expect(row.backfillUntil).toBeGreaterThanOrEqual(before);
    expect((await page(id)).stream).toMatchObject({
      behind: row.backfillUntil,
      catchUp: { perSecond: 20_000 },
    });
  });

  it('starts from no day that is still to come, since it would send from now on', async () => {
    const id = await aProvenStream();

    const ahead = new Date(api.deps.now().getTime() + 1_000).toISOString();
    expect((await post(id, 'start', { from: 'since', at: ahead })).body).toMatchObject({
      ...{ code: 'invalid_request', fields: { at: expect.anything() as string } },
    });
    expect((await rowOf(id)).startedAt).toBeNull();
    expect((await post(id, 'start', { from: 'since', at: api.deps.now().toISOString() })).status).toBe(200);
  });
});

describe('[STR-01] a destination’s credentials', () => {
  it('go in and never come out, but for their last characters', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    expect((await page(id)).stream.secrets).toMatchObject({ hints: { headerValue: '' } });
    const { secretSealed } = await rowOf(id);
    expect(secretSealed).not.toContain('s3cret-of-acme');
    expect((await page(id)).guide).toMatchObject({ checkedOn: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    const everything = JSON.stringify([await page(id), (await visitor.ask('GET', '/log-streams')).body]);
    expect(everything).not.toContain('s3cret-of-acme');
    const audits = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(JSON.stringify(audits)).not.toContain('s3cret-of-acme');
    expect(api.logged()).not.toContain('s3cret-of-acme');
  });

  it('are asked for again when the stream moves to another host, so that they cannot be sent to somebody else’s', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    got = [];
    const elsewhere = url.replace('127.0.0.1', 'localhost');
    const { body } = await post(id, 'settings', {
      settings: { url: elsewhere, format: 'array', headerName: 'Authorization' },
      secrets: {},
    });
    expect(body).toMatchObject({
      ...{ code: 'stream_fields_refused', facts: { field: 'headerValue', problem: 'enter_again' } },
    });
    expect(got, 'nothing was sent there').toEqual([]);
    const same = await post(id, 'settings', {
      settings: { url: url.replace('/logs', '/other'), format: 'array', headerName: 'Authorization' },
      secrets: {},
    });
    expect(same.status).toBe(200);
    expect(got.at(-1)?.header).toBe('Bearer s3cret-of-acme');
  });

  it('[LNK-10] of a stream that sends are changed with a mailed code alone, and so is its removal', async () => {
    const id = await aLiveStream();
    const other = typed({ secrets: { headerValue: 'Bearer another-secret' } });
    expect((await post(id, 'settings', other)).body).toMatchObject({ code: 'code_needed' });
    expect((await post(id, 'settings', { ...other, code: '000000' })).body).toMatchObject({
      code: 'code_wrong',
    });
    expect((await post(id, 'delete')).body).toMatchObject({ code: 'code_needed' });
    expect((await rowOf(id)).secretSealed).not.toBeNull();

    const code = await codeFor('stream_settings', id);
    expect((await post(id, 'settings', { ...other, code })).status).toBe(200);
    expect((await post(id, 'delete', { code })).body, 'a code is good for its own act').toMatchObject({
      code: 'code_wrong',
    });
    const removal = await codeFor('stream_delete', id);
    expect((await post(id, 'delete', { code: removal })).status).toBe(200);
    expect((await visitor.ask('GET', `/log-streams/${id}`)).status).toBe(404);
    expect(
      await asSystem(api, (tx) =>
        tx.selectFrom('logStreams').select('secretSealed').where('id', '=', id).executeTakeFirst(),
      ),
      'kept for as long as it can be brought back',
    ).not.toEqual({ secretSealed: null });
  });

  it('[LNK-10] that we make are shown once, when they are made', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    const { body } = await post(id, 'secrets/signingSecret');
    const { value } = body as unknown as { value: string };
    expect(value).toMatch(/^whsec_/);
    expect(JSON.stringify(await page(id))).not.toContain(value);
    expect((await post(id, 'secrets/headerValue')).status).toBe(404);
  });
});

describe('a log stream that was removed', () => {
  const remove = async (id: string) => post(id, 'delete', { code: await codeFor('stream_delete', id) });
  const list = async () => (await visitor.ask('GET', '/log-streams')).body as unknown as StreamList;

  it('comes back for 30 days as it was, to send on from where it stood', async () => {
    const id = await aLiveStream();
    const before = await rowOf(id);
    expect((await remove(id)).status).toBe(200);
    const gone = await list();
    expect(gone).toMatchObject({ streams: [], removed: [{ id, name: before.name }] });

    await withSystem(api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
    const back = await post(id, 'bring-back');

    expect(back.status).toBe(200);
    expect(stepsOf(back.body.view as unknown as StreamPage['view'])).toMatchObject({ start_stream: 'done' });
    const after = await rowOf(id);
    const { settings, secretSealed, position, startedAt, provenAt } = before;
    expect(after).toMatchObject({ settings, secretSealed, position, startedAt, provenAt, state: 'active' });
    expect(after.backfillUntil, 'what happened meanwhile is sent late').toBeGreaterThan(position);
    expect(await list()).toMatchObject({ streams: [{ id, chip: 'streaming' }], removed: [] });
    expect((await post(id, 'bring-back')).body).toMatchObject({ code: 'former_ended' });

    await remove(id);
    api.pass(30 * 86_400_000);
    visitor = await anInvited(api, vendor, organizationId, {
      contacts: [contact],
      features: [{ feature: 'log_streams' }],
    });
    expect((await list()).removed).toEqual([]);
    expect((await post(id, 'bring-back')).status).toBe(410);
  });

  it('[SEC-03] takes its secret with it where it had never sent, and cannot come back', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    expect((await post(id, 'delete')).status).toBe(200);

    expect((await list()).removed).toEqual([]);
    expect((await post(id, 'bring-back')).status).toBe(410);
    const secretOf = (tx: Tx) =>
      tx.selectFrom('logStreams').select('secretSealed').where('id', '=', id).executeTakeFirst();
    expect(await asSystem(api, secretOf)).toEqual({ secretSealed: null });
  });

  it('does not come back where others have taken its place', async () => {
    const id = await aLiveStream();
    await remove(id);
    await withTenant(api.db, tenant(), async (tx) => {
      const now = api.deps.now();
      for (let at = 0; at < 10; at += 1) {
        const named = { name: `Copy ${at}`, destination: 'https', createdAt: now, updatedAt: now };
        await insertLogStream(tx, { id: newId('als_'), ...tenant(), ...named });
      }
    });

    expect((await post(id, 'bring-back')).body).toMatchObject({ code: 'streams_full' });
  });
});

describe('a log stream', () => {
  it('[LNK-03] of another organization is not there, for looking or for changing', async () => {
    const id = await aLiveStream();
    const other = (await anOrganization(vendor)).id;
    const stranger = await anInvited(api, vendor, other, {
      contacts: [`eve-${newId('x_').slice(-6).toLowerCase()}@corp.com`],
      features: [{ feature: 'log_streams' }],
    });
    const statuses = [await stranger.ask('GET', `/log-streams/${id}`)];
    for (const what of ['pause', 'resume', 'try-now', 'test', 'delete', 'bring-back', 'rejects/send-again'])
      statuses.push(await stranger.ask('POST', `/log-streams/${id}/${what}`, {}));
    statuses.push(await stranger.ask('POST', `/log-streams/${id}/settings`, typed()));
    statuses.push(await stranger.ask('POST', '/log-streams', { destinationId: 'https', streamId: id }));
    expect(statuses.map((answer) => answer.status)).toEqual(statuses.map(() => 404));
    expect((await stranger.ask('GET', '/log-streams')).body).toMatchObject({ streams: [] });
  });

  it('[LNK-03] is not to be seen by a session whose link is about other things', async () => {
    const id = await aLiveStream();
    const narrow = await anInvited(api, vendor, (await anOrganization(vendor)).id, {
      contacts: [`bo-${newId('x_').slice(-6).toLowerCase()}@corp.com`],
      features: [{ feature: 'sso' }],
    });
    const answers = [
      await narrow.ask('GET', '/log-streams'),
      await narrow.ask('GET', `/log-streams/${id}`),
      await narrow.ask('POST', '/log-streams', { destinationId: 'https' }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403]);
  });

  it('is paused and resumed by the customer and by staff, each in the log; staff find it with its organization and never see a secret', async () => {
    const id = await aLiveStream();
    expect((await post(id, 'pause')).status).toBe(200);
    expect((await page(id)).stream).toMatchObject({ chip: 'paused', state: 'inactive' });

    const staff = await aStaff(api, vendor);
    const theirs = await staff.ask('GET', `/organizations/${organizationId}`);
    expect(theirs.body.logStreams).toMatchObject([{ id, chip: 'paused', destination: { id: 'https' } }]);
    const list = await staff.ask('GET', '/log-streams?view=paused');
    expect(list.body).toMatchObject({
      counts: { all: 1, failing: 0, paused: 1, unfinished: 0 },
      streams: [{ id, chip: 'paused', organization: { id: organizationId } }],
    });
    expect((await staff.ask('POST', `/log-streams/${id}/resume`, {})).status).toBe(200);
    const seen = await staff.ask('GET', `/log-streams/${id}`);
    expect(seen.body).toMatchObject({ stream: { chip: 'streaming' }, rejects: [] });
    expect(seen.body.stream.settings).toContainEqual({ label: 'URL', value: url });
    expect(JSON.stringify(seen.body)).not.toContain('s3cret-of-acme');
    const audits = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select(['action', 'actorType'])
        .where('targetId', '=', id)
        .orderBy('ordinal')
        .execute(),
    );
    expect(audits.slice(-2)).toEqual([
      { action: 'log_stream.paused', actorType: 'customer' },
      { action: 'log_stream.resumed', actorType: 'staff' },
    ]);
  });

  it('sends what was refused again when the customer or staff ask, and says so where nothing of it is kept', async () => {
    const id = await aLiveStream();
    const stream = await rowOf(id);
    await asSystem(api, async (tx) => {
      await sealAudit(tx, vendor.environment.id);
      const reject = {
        recordId: null,
        cause: 'records_refused',
        status: 400,
        answer: 'no',
        createdAt: new Date(),
      };
      const far = { sequence: 900, untilSequence: 900 };
      for (const [name, numbers] of [
        ['kept', { sequence: 1, untilSequence: 1 }],
        ['lost', far],
      ] as const)
        await tx
          .insertInto('logStreamRejects')
          .values({ id: `reject_${name}_${id}`, ...tenant(), streamId: stream.id, ...numbers, ...reject })
          .execute();
    });
    const resends = async () => {
      const { body } = await visitor.ask('GET', `/log-streams/${id}/rejects`);
      const { rejects } = body as unknown as RejectList;
      return Object.fromEntries(rejects.map(({ from, resend }) => [from, resend]));
    };
    expect(await resends()).toEqual({ 1: 'offered', 900: 'gone' });

    const again = (who: Visitor | Staff, body: object) =>
      who.ask('POST', `/log-streams/${id}/rejects/send-again`, body);
    const lost = await again(visitor, { rejectId: `reject_lost_${id}` });
    expect(lost).toMatchObject({ status: 410, body: { code: 'stream_records_gone' } });
    expect((await again(visitor, { rejectId: 'reject_of_nobody' })).status).toBe(404);

    const staff = await aStaff(api, vendor);
    expect(await again(staff, {})).toMatchObject({ status: 200, body: { asked: 1, gone: 1 } });
    expect(await again(visitor, {}), 'asking twice changes nothing').toMatchObject({
      ...{ status: 200, body: { asked: 1, gone: 1 } },
    });
    expect(await resends()).toEqual({ 1: 'asked', 900: 'gone' });
    const audits = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select(['actorType', 'after'])
        .where('action', '=', 'log_stream.resend_asked')
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    expect(audits).toEqual([{ actorType: 'staff', after: { count: 1 } }]);

    await post(id, 'pause');
    expect((await again(visitor, {})).body).toMatchObject({
      ...{ code: 'stream_state_refused', facts: { state: 'paused' } },
    });
    const viewer = await aStaff(api, vendor, 'viewer');
    expect((await again(viewer, {})).status).toBe(403);
  });

  it('shows how far it is behind, since when, and why', async () => {
    const id = await aLiveStream();
    await withTenant(api.db, tenant(), async (tx) => {
      for (let n = 0; n < 3; n += 1)
        await insertAudit(tx, {
          ...{ id: newId('audit_'), ...tenant(), actor: { type: 'customer', id: 'link_1' } },
          ...{ action: 'organization.updated', at: api.deps.now() },
        });
    });
    await withSystem(api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
    const { stream } = await page(id);
    expect(stream.behind).toBeGreaterThanOrEqual(3);
    expect(stream.oldestUnsentAt).not.toBeNull();
    await withTenant(api.db, tenant(), async (tx) =>
      updateLogStream(tx, await rowOf(id), { nextTryAt: new Date('2099-01-01'), updatedAt: api.deps.now() }),
    );
    expect((await post(id, 'try-now')).status).toBe(200);
    expect((await rowOf(id)).nextTryAt).toBeNull();
  });
});

describe('the test sink', () => {
  const sinkOf = async (by: Vendor) => (await by.call('GET', '/sandbox/test-sink')).body;
  const sitesOf = ({ fields }: StreamPage) =>
    fields.flatMap((field) => (field.kind === 'choice' ? field.choices.map(({ value }) => value) : []));

  it.each([
    ['splunk', (at) => ({ url: at.splunk, acknowledgement: 'on' }), (key) => ({ token: key.splunkToken })],
    ['datadog', (at) => ({ site: at.datadog }), (key) => ({ apiKey: key.datadogKey })],
    ['https', (at) => ({ url: at.https, format: 'ndjson' }), () => ({})],
    [
      's3-compatible',
      (at, key) => ({
        ...{ endpoint: at.s3, region: 'us-east-1', bucket: 'acme-logs', accessKeyId: key.accessKeyId },
      }),
      (key) => ({ secretAccessKey: key.secretAccessKey }),
    ],
  ] as [
    string,
    (at: Record<string, string>, key: Record<string, string>) => object,
    (key: Record<string, string>) => object,
  ][])('is a place that a sandbox’s %s stream can go to', async (destinationId, settings, secrets) => {
    const { addresses, credentials } = await sinkOf(vendor);
    const id = await choose(destinationId);

    const kept = await post(id, 'settings', {
      ...{ settings: settings(addresses, credentials), secrets: secrets(credentials) },
    });
    expect(kept.status, JSON.stringify(kept.body)).toBe(200);
    expect((await post(id, 'test')).status).toBe(200);
    expect((await page(id)).stream.proof.answer).toMatchObject({ kind: 'sent' });
    expect(JSON.stringify((await sinkOf(vendor)).records)).toContain('log_stream.test_event');
  });

  // [TEN-01] one sandbox is not offered what arrives in another.
  it('is among Datadog’s sites in a sandbox, by its environment’s own address, and nowhere else', async () => {
    const { addresses } = await sinkOf(vendor);
    expect(sitesOf(await page(await choose('datadog')))).toContain(addresses.datadog);

    const production = await aVendor(api, { kind: 'production' });
    const organization = await anOrganization(production);
    const theirs = await anInvited(api, production, organization.id, {
      ...{ contacts: [contact], features: [{ feature: 'log_streams' }], delivery: 'copy' },
    });
    const { body } = await theirs.ask('POST', '/log-streams', { destinationId: 'datadog' });
    const { streamId } = body as unknown as { streamId: string };
    const shown = (await theirs.ask('GET', `/log-streams/${streamId}`)).body as unknown as StreamPage;
    expect(sitesOf(shown).length).toBeGreaterThan(5);
    expect(JSON.stringify(shown)).not.toContain('test-sink');
    const refused = await theirs.ask('POST', `/log-streams/${streamId}/settings`, {
      ...{ settings: { site: addresses.datadog }, secrets: { apiKey: 'a'.repeat(32) } },
    });
    expect(refused.body).toMatchObject({
      ...{ code: 'stream_fields_refused', facts: { field: 'site', problem: 'not_offered' } },
    });
  });

  it('that refuses a key is told from Datadog, whose sites are not asked for it', async () => {
    const { addresses } = await sinkOf(vendor);
    const id = await choose('datadog');
    const typedThere = { settings: { site: addresses.datadog }, secrets: { apiKey: 'a'.repeat(32) } };
    const { body } = await post(id, 'check', { ...typedThere, asksDestination: true });
    expect(body).toMatchObject({ probe: { cause: 'credential_refused', field: 'apiKey' } });
  });
});

it('the developer API names the stream that sends, by the contract’s words', async () => {
  const configuration = async () =>
    (await vendor.call('GET', `/organizations/${organizationId}/audit_log_configuration`)).body;
  expect(await configuration()).not.toHaveProperty('log_stream');
  const id = await aProvenStream();
  expect(await configuration()).toMatchObject({
    log_stream: { id, type: 'GenericHttps', state: 'inactive', last_synced_at: null },
  });
  await post(id, 'start', { from: 'now' });
  expect(await configuration()).toMatchObject({ log_stream: { id, state: 'active' } });
});
