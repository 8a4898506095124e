import { describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import type { RejectList } from '../../api/contract/setup-log-streams.ts';
import {
  findOpenOnboarding,
  insertAudit,
  lastAuditNumber,
  sealAudit,
  updateLogStream,
  withSystem,
  getLogStream,
  withTenant,
} from '../../db/index.ts';
import { messageNames } from '../../onboarding/workflow-names.ts';
import { anOrganization, asSystem } from '../support/builders.ts';
import { aStaff, type Staff } from '../support/staff.ts';
import { imitateDestinations } from '../support/stream-destinations.ts';
import { useStreamSetUp } from '../support/stream-set-up.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** P24 by its JSON: an admin sets a stream up, proves it, starts it and changes it, against a receiver on this machine. */

const {
  world,
  tenant,
  typed,
  choose,
  page,
  post,
  stepsOf,
  codeThatArrived,
  rowOf,
  aProvenStream,
  aLiveStream,
} = useStreamSetUp();

describe('a change that is on its way while the onboarding has its last step done', () => {
  const openRun = () =>
    withTenant(world.api.db, tenant(), (tx) => findOpenOnboarding(tx, tenant(), world.organizationId));
  const runs = () =>
    withTenant(world.api.db, tenant(), (tx) =>
      tx
        .selectFrom('onboardings')
        .selectAll()
        .where('organizationId', '=', world.organizationId)
        .orderBy('number')
        .execute(),
    );

  it('is kept, and begins a quiet run of its own', async () => {
    await aLiveStream();
    const [finished] = await runs();
    expect(finished).toMatchObject({ number: 1, isOpen: false, view: { state: 'live' } });
    const say = (isOpen: boolean) =>
      withSystem(world.api.systemDb, (tx) =>
        tx
          .updateTable('onboardings')
          .set({ isOpen })
          .where('id', '=', finished?.id ?? '')
          .execute(),
      );
    // The read model trails behind its workflow by a moment.
    await say(true);
    const { deliver } = world.api.temporal;
    const refused: string[] = [];
    world.api.temporal.deliver = async (command) => {
      if (!command.workflowId.endsWith('/1')) return deliver(command);
      refused.push(command.message);
      await say(false);
      return { status: 'refused', code: 'onboarding_ended' };
    };

    const second = await world.visitor.ask('POST', '/log-streams', { destinationId: 'https' });

    expect(second.status).toBe(200);
    expect(refused).toEqual([messageNames.applyCommand]);
    expect(await runs()).toMatchObject([{ number: 1 }, { number: 2, origin: 'portal' }]);
    expect(await openRun()).toBeUndefined();
  });

  it('is refused where the vendor has ended it', async () => {
    const id = await choose();
    world.api.temporal.deliver = () => Promise.resolve({ status: 'refused', code: 'onboarding_ended' });

    expect(await post(id, 'settings', typed())).toMatchObject({
      status: 409,
      body: { code: 'onboarding_ended' },
    });
    expect(await runs()).toHaveLength(1);
  });
});

describe('the road of a log stream', () => {
  it('leads from the choice over settings and proof to the start, a step at a time', async () => {
    const chosen = await world.visitor.ask('POST', '/log-streams', { destinationId: 'https' });
    expect(chosen.status).toBe(200);
    const id = (chosen.body as unknown as { streamId: string }).streamId;
    expect(stepsOf((await page(id)).view)).toEqual({
      choose_destination: 'done',
      configure_stream: 'open',
      prove_stream: 'blocked',
      start_stream: 'blocked',
    });

    expect((await post(id, 'settings', typed())).status).toBe(200);
    expect((await post(id, 'start', { from: 'now' })).body).toMatchObject({
      code: 'stream_state_refused',
      facts: { state: 'not_proven' },
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
    expect(world.got.at(-1)?.header).toBe('Bearer s3cret-of-acme');
  });

  it.each([
    ['below its folder', { prefix: 'vestibule/acme' }],
    ['at the top of the bucket', {}],
  ])('shows where in a store the test event lies: %s', async (_where, folder) => {
    const there = await imitateDestinations();
    const { settings, secrets } = there.targetOf('s3-compatible');
    const { prefix: _prefix, ...at } = settings;
    const id = await choose('s3-compatible');
    expect((await post(id, 'settings', { settings: { ...at, ...folder }, secrets })).status).toBe(200);
    expect((await post(id, 'test')).status).toBe(200);

    const object = there.asked.find(({ path }) => path.endsWith('.ndjson.gz'));
    const { search } = (await page(id)).stream.proof;
    expect(search).toContain(id);
    expect(object?.path).toMatch(new RegExp(`^/store/${search ?? ''}\\d{4}/`));
    await there.close();
  });

  it('searches Sentinel in the table that its own stream is named after', async () => {
    const id = await choose('microsoft-sentinel');
    await withTenant(world.api.db, tenant(), async (tx) => {
      const stream = await getLogStream(tx, tenant(), id);
      const answer = { kind: 'sent', level: 'accepted', status: 204, milliseconds: 9 } as const;
      const at = new Date();
      await updateLogStream(tx, stream, {
        settings: { streamName: 'Custom-AcmeAudit_CL' },
        updatedAt: at,
        proofLabel: 'vestibule-test-1',
        proofSentAt: at,
        proofAnswer: { ...answer, at: at.toISOString() },
      });
    });

    expect((await page(id)).stream.proof.search).toBe('AcmeAudit_CL | where Data has "vestibule-test-1"');
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
    world.status = 401;
    const { body } = await post(id, 'check', { ...typed(), asksDestination: true });
    expect(body).toMatchObject({
      canSave: false,
      probe: { kind: 'refused', cause: 'credential_refused', status: 401, field: 'headerValue' },
    });
    expect((await post(id, 'settings', typed())).body).toMatchObject({
      code: 'stream_destination_refused',
      facts: { cause: 'credential_refused', field: 'headerValue' },
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
    expect(world.got).toEqual([]);
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
    await withSystem(world.api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
    const before = await withTenant(world.api.db, tenant(), (tx) => lastAuditNumber(tx, tenant()));
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

    const ahead = new Date(world.api.deps.now().getTime() + 1_000).toISOString();
    expect((await post(id, 'start', { from: 'since', at: ahead })).body).toMatchObject({
      code: 'invalid_request',
      fields: { at: expect.anything() as string },
    });
    expect((await rowOf(id)).startedAt).toBeNull();
    expect((await post(id, 'start', { from: 'since', at: world.api.deps.now().toISOString() })).status).toBe(
      200,
    );
  });
});

describe('a log stream', () => {
  it('[LNK-03] of another organization is not there, for looking or for changing', async () => {
    const id = await aLiveStream();
    const other = (await anOrganization(world.vendor)).id;
    const stranger = await anInvited(world.api, world.vendor, other, {
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
    const narrow = await anInvited(world.api, world.vendor, (await anOrganization(world.vendor)).id, {
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

    const staff = await aStaff(world.api, world.vendor);
    const theirs = await staff.ask('GET', `/organizations/${world.organizationId}`);
    expect(theirs.body.logStreams).toMatchObject([{ id, chip: 'paused', destination: { id: 'https' } }]);
    const list = await staff.ask('GET', '/log-streams?view=paused');
    expect(list.body).toMatchObject({
      counts: { all: 1, failing: 0, paused: 1, unfinished: 0 },
      streams: [{ id, chip: 'paused', organization: { id: world.organizationId } }],
    });
    expect((await staff.ask('POST', `/log-streams/${id}/resume`, {})).status).toBe(200);
    const seen = await staff.ask('GET', `/log-streams/${id}`);
    expect(seen.body).toMatchObject({ stream: { chip: 'streaming' }, rejects: [] });
    expect(seen.body.stream.settings).toContainEqual({ label: 'URL', value: world.url });
    expect(JSON.stringify(seen.body)).not.toContain('s3cret-of-acme');
    const audits = await asSystem(world.api, (tx) =>
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
    await asSystem(world.api, async (tx) => {
      await sealAudit(tx, world.vendor.environment.id);
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
      const { body } = await world.visitor.ask('GET', `/log-streams/${id}/rejects`);
      const { rejects } = body as unknown as RejectList;
      return Object.fromEntries(rejects.map(({ from, resend }) => [from, resend]));
    };
    expect(await resends()).toEqual({ 1: 'offered', 900: 'gone' });

    const again = (who: Visitor | Staff, body: object) =>
      who.ask('POST', `/log-streams/${id}/rejects/send-again`, body);
    const lost = await again(world.visitor, { rejectId: `reject_lost_${id}` });
    expect(lost).toMatchObject({ status: 410, body: { code: 'stream_records_gone' } });
    expect((await again(world.visitor, { rejectId: 'reject_of_nobody' })).status).toBe(404);

    const staff = await aStaff(world.api, world.vendor);
    expect(await again(staff, {})).toMatchObject({ status: 200, body: { asked: 1, gone: 1 } });
    expect(await again(world.visitor, {}), 'asking twice changes nothing').toMatchObject({
      status: 200,
      body: { asked: 1, gone: 1 },
    });
    expect(await resends()).toEqual({ 1: 'asked', 900: 'gone' });
    const audits = await asSystem(world.api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select(['actorType', 'after'])
        .where('action', '=', 'log_stream.resend_asked')
        .where('organizationId', '=', world.organizationId)
        .execute(),
    );
    expect(audits).toEqual([{ actorType: 'staff', after: { count: 1 } }]);

    await post(id, 'pause');
    expect((await again(world.visitor, {})).body).toMatchObject({
      code: 'stream_state_refused',
      facts: { state: 'paused' },
    });
    const viewer = await aStaff(world.api, world.vendor, 'viewer');
    expect((await again(viewer, {})).status).toBe(403);
  });

  it('shows how far it is behind, since when, and why', async () => {
    const id = await aLiveStream();
    await withTenant(world.api.db, tenant(), async (tx) => {
      for (let n = 0; n < 3; n += 1)
        await insertAudit(tx, {
          id: newId('audit_'),
          ...tenant(),
          actor: { type: 'customer', id: 'link_1' },
          action: 'organization.updated',
          at: world.api.deps.now(),
        });
    });
    await withSystem(world.api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
    const { stream } = await page(id);
    expect(stream.behind).toBeGreaterThanOrEqual(3);
    expect(stream.oldestUnsentAt).not.toBeNull();
    await withTenant(world.api.db, tenant(), async (tx) =>
      updateLogStream(tx, await rowOf(id), {
        nextTryAt: new Date('2099-01-01'),
        updatedAt: world.api.deps.now(),
      }),
    );
    expect((await post(id, 'try-now')).status).toBe(200);
    expect((await rowOf(id)).nextTryAt).toBeNull();
  });
});

it('the developer API names the stream that sends, by the contract’s words', async () => {
  const configuration = async () =>
    (await world.vendor.call('GET', `/organizations/${world.organizationId}/audit_log_configuration`)).body;
  expect(await configuration()).not.toHaveProperty('log_stream');
  const id = await aProvenStream();
  expect(await configuration()).toMatchObject({
    log_stream: { id, type: 'GenericHttps', state: 'inactive', last_synced_at: null },
  });
  await post(id, 'start', { from: 'now' });
  expect(await configuration()).toMatchObject({ log_stream: { id, state: 'active' } });
});
