import { describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import type { StreamList, StreamPage } from '../../api/contract/setup-log-streams.ts';
import { insertLogStream, sealAudit, withSystem, withTenant, type Tx } from '../../db/index.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { useStreamSetUp } from '../support/stream-set-up.ts';
import { anInvited } from '../support/visitor.ts';

/** P24 by its JSON: what a stream proves itself with, its removal, and the sandbox’s own place to stream to. */

const { world, tenant, typed, choose, page, post, stepsOf, rowOf, aLiveStream, codeFor } = useStreamSetUp();

describe('[STR-01] a destination’s credentials', () => {
  it('go in and never come out, but for their last characters', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    expect((await page(id)).stream.secrets).toMatchObject({ hints: { headerValue: '' } });
    const { secretSealed } = await rowOf(id);
    expect(secretSealed).not.toContain('s3cret-of-acme');
    expect((await page(id)).guide).toMatchObject({ checkedOn: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
    const everything = JSON.stringify([
      await page(id),
      (await world.visitor.ask('GET', '/log-streams')).body,
    ]);
    expect(everything).not.toContain('s3cret-of-acme');
    const audits = await asSystem(world.api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', world.organizationId).execute(),
    );
    expect(JSON.stringify(audits)).not.toContain('s3cret-of-acme');
    expect(world.api.logged()).not.toContain('s3cret-of-acme');
  });

  it('are asked for again when the stream moves to another host, so that they cannot be sent to somebody else’s', async () => {
    const id = await choose();
    await post(id, 'settings', typed());
    world.got = [];
    const elsewhere = world.url.replace('127.0.0.1', 'localhost');
    const { body } = await post(id, 'settings', {
      settings: { url: elsewhere, format: 'array', headerName: 'Authorization' },
      secrets: {},
    });
    expect(body).toMatchObject({
      code: 'stream_fields_refused',
      facts: { field: 'headerValue', problem: 'enter_again' },
    });
    expect(world.got, 'nothing was sent there').toEqual([]);
    const same = await post(id, 'settings', {
      settings: { url: world.url.replace('/logs', '/other'), format: 'array', headerName: 'Authorization' },
      secrets: {},
    });
    expect(same.status).toBe(200);
    expect(world.got.at(-1)?.header).toBe('Bearer s3cret-of-acme');
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
    expect((await world.visitor.ask('GET', `/log-streams/${id}`)).status).toBe(404);
    expect(
      await asSystem(world.api, (tx) =>
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
  const list = async () => (await world.visitor.ask('GET', '/log-streams')).body as unknown as StreamList;

  it('comes back for 30 days as it was, to send on from where it stood', async () => {
    const id = await aLiveStream();
    const before = await rowOf(id);
    expect((await remove(id)).status).toBe(200);
    const gone = await list();
    expect(gone).toMatchObject({ streams: [], removed: [{ id, name: before.name }] });

    await withSystem(world.api.systemDb, (tx) => sealAudit(tx, tenant().environmentId));
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
    world.api.pass(30 * 86_400_000);
    world.visitor = await anInvited(world.api, world.vendor, world.organizationId, {
      contacts: [world.contact],
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
    expect(await asSystem(world.api, secretOf)).toEqual({ secretSealed: null });
  });

  it('does not come back where others have taken its place', async () => {
    const id = await aLiveStream();
    await remove(id);
    await withTenant(world.api.db, tenant(), async (tx) => {
      const now = world.api.deps.now();
      for (let at = 0; at < 10; at += 1) {
        const named = { name: `Copy ${at}`, destination: 'https', createdAt: now, updatedAt: now };
        await insertLogStream(tx, { id: newId('als_'), ...tenant(), ...named });
      }
    });

    expect((await post(id, 'bring-back')).body).toMatchObject({ code: 'streams_full' });
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
        endpoint: at.s3,
        region: 'us-east-1',
        bucket: 'acme-logs',
        accessKeyId: key.accessKeyId,
      }),
      (key) => ({ secretAccessKey: key.secretAccessKey }),
    ],
  ] as [
    string,
    (at: Record<string, string>, key: Record<string, string>) => object,
    (key: Record<string, string>) => object,
  ][])('is a place that a sandbox’s %s stream can go to', async (destinationId, settings, secrets) => {
    const { addresses, credentials } = await sinkOf(world.vendor);
    const id = await choose(destinationId);

    const kept = await post(id, 'settings', {
      settings: settings(addresses, credentials),
      secrets: secrets(credentials),
    });
    expect(kept.status, JSON.stringify(kept.body)).toBe(200);
    expect((await post(id, 'test')).status).toBe(200);
    expect((await page(id)).stream.proof.answer).toMatchObject({ kind: 'sent' });
    expect(JSON.stringify((await sinkOf(world.vendor)).records)).toContain('log_stream.test_event');
  });

  // [TEN-01] one sandbox is not offered what arrives in another.
  it('is among Datadog’s sites in a sandbox, by its environment’s own address, and nowhere else', async () => {
    const { addresses } = await sinkOf(world.vendor);
    expect(sitesOf(await page(await choose('datadog')))).toContain(addresses.datadog);

    const production = await aVendor(world.api, { kind: 'production' });
    const organization = await anOrganization(production);
    const theirs = await anInvited(world.api, production, organization.id, {
      contacts: [world.contact],
      features: [{ feature: 'log_streams' }],
      delivery: 'copy',
    });
    const { body } = await theirs.ask('POST', '/log-streams', { destinationId: 'datadog' });
    const { streamId } = body as unknown as { streamId: string };
    const shown = (await theirs.ask('GET', `/log-streams/${streamId}`)).body as unknown as StreamPage;
    expect(sitesOf(shown).length).toBeGreaterThan(5);
    expect(JSON.stringify(shown)).not.toContain('test-sink');
    const refused = await theirs.ask('POST', `/log-streams/${streamId}/settings`, {
      settings: { site: addresses.datadog },
      secrets: { apiKey: 'a'.repeat(32) },
    });
    expect(refused.body).toMatchObject({
      code: 'stream_fields_refused',
      facts: { field: 'site', problem: 'not_offered' },
    });
  });

  it('that refuses a key is told from Datadog, whose sites are not asked for it', async () => {
    const { addresses } = await sinkOf(world.vendor);
    const id = await choose('datadog');
    const typedThere = { settings: { site: addresses.datadog }, secrets: { apiKey: 'a'.repeat(32) } };
    const { body } = await post(id, 'check', { ...typedThere, asksDestination: true });
    expect(body).toMatchObject({ probe: { cause: 'credential_refused', field: 'apiKey' } });
  });
});
