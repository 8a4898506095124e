import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditExportActivities } from '../../activities/audit-exports.ts';
import { auditExportView } from '../../api/contract/setup-audit.ts';
import { auditExport } from '../../api/contract/developer-audit-logs.ts';
import { expireExports, insertVendorEvents, sealAudit, withSystem, withTenant } from '../../db/index.ts';
import { newId } from '../../adapters/ids.ts';
import { run } from '../support/activity-builders.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import {
  aCustomer,
  aMember,
  anOrganization,
  aVendor,
  caller,
  type Reply,
  type Vendor,
} from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
let organization: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
beforeEach(async () => {
  organization = (await anOrganization(vendor)).id;
});
afterAll(() => api.close());

const happened = new Date('2026-03-01T10:00:00.000Z');
const range = { range_start: '2026-03-01T00:00:00Z', range_end: '2026-03-02T00:00:00Z' };
async function record(names: readonly string[], changes: object = {}): Promise<void> {
  const environmentId = vendor.environment.id;
  const events = names.map((name, index) => ({
    id: newId('audit_'),
    organizationId: organization,
    event: {
      action: 'user.signed_in',
      occurredAt: new Date(happened.getTime() + index),
      version: 1,
      actor: { id: `user_${index}`, type: 'user', name },
      targets: [
        { id: 'team_1', type: 'team' },
        { id: 'app_1', type: 'app' },
      ],
      context: { location: '192.0.2.7' },
      ...changes,
    },
  }));
  await withTenant(api.db, { environmentId }, (tx) =>
    insertVendorEvents(tx, environmentId, events, api.deps.now()),
  );
}
const ask = (body: object = {}) =>
  vendor.call('POST', '/audit_logs/exports', { organization_id: organization, ...range, ...body });
const get = (id: string) => vendor.call('GET', `/audit_logs/exports/${id}`);
/** As the worker does it. */
const write = (exportId: string) =>
  run(auditExportActivities({ systemDb: api.systemDb, now: api.deps.now }).writeAuditExport, {
    environmentId: vendor.environment.id,
    organizationId: organization,
    exportId,
  });
async function fileOf({ body }: Reply): Promise<Reply> {
  await write(body.id);
  return fetchFile((await get(body.id)).body.url);
}
const fetchFile = (url: string) => caller(api)('GET', url.replace(api.url, ''));

test('a file is pending until it is written, then a new link of ten minutes comes with every answer', async () => {
  await record(['Ann', 'Bo']);
  const made = await ask();

  expect([made.status, made.body]).toEqual([
    201,
    {
      object: 'audit_log_export',
      id: expect.stringMatching(/^audit_log_export_/),
      state: 'pending',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
  ]);
  await write(made.body.id);
  const ready = await get(made.body.id);
  expect(auditExport.parse(ready.body)).toMatchObject({
    state: 'ready',
    url: expect.stringContaining(api.url),
  });
  const file = await fetchFile(ready.body.url);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-[\w-]+\.csv"$/);
  expect(file.text.split('\r\n')).toEqual([
    expect.stringMatching(/^id,sequence,action,occurred_at,actor_id,actor_type,actor_name,/),
    expect.stringContaining('"user.signed_in","2026-03-01T10:00:00.000Z","user_0","user","Ann"'),
    expect.stringContaining('"user_1","user","Bo"'),
    '',
  ]);
  api.pass(1_000);
  const again = (await get(made.body.id)).body.url;
  expect(again).not.toBe(ready.body.url);
  api.pass(10 * 60_000 - 500);
  expect((await fetchFile(ready.body.url)).status).toBe(410);
  expect((await fetchFile(again)).status).toBe(200);
});

test('a link that has ended, or lost its end on the way, is a page in a browser that says what to do, and a code elsewhere', async () => {
  await record(['Ann']);
  const made = await ask();
  await write(made.body.id);
  const { url } = (await get(made.body.id)).body as { url: string };
  api.pass(10 * 60_000);
  const open = (link: string, accept: string) => fetch(link, { headers: { accept } });

  for (const link of [url, url.slice(0, -60), url.replace(/\?.*/, '')]) {
    const page = await open(link, 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect([page.status, page.headers.get('content-type')]).toEqual([410, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<strong>A new link</strong>');
    const answer = await open(link, '*/*');
    expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'link_ended' }]);
  }
});

test('a link that was changed in any place, or is for another file, opens nothing', async () => {
  await record(['Ann']);
  const [one, other] = [await ask(), await ask()];
  await fileOf(other);
  await write(one.body.id);
  const { url } = (await get(one.body.id)).body as { url: string };
  const link = new URL(url);

  for (const [name, value] of link.searchParams) {
    const changed = new URL(url);
    changed.searchParams.set(name, name === 'until' ? String(Number(value) + 1) : `${value}x`);
    expect([name, (await fetchFile(changed.href)).status]).toEqual([name, 410]);
  }
  expect((await fetchFile(url.replace(one.body.id, other.body.id))).status).toBe(410);
});

test('as JSON, one object a line is what streams would have sent', async () => {
  await record(['Ann\nBo']);
  const file = await fileOf(await ask({ format: 'json' }));

  expect(
    file.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    {
      action: 'user.signed_in',
      organization_id: organization,
      actor: { name: 'Ann\nBo' },
      targets: [{ id: 'team_1' }, { id: 'app_1' }],
    },
  ]);
});

test('[STR-02] a JSON file has one line for one event, whatever its reader takes for the end of a line', async () => {
  const names = ['two\u2028lines', 'next\u0085line', '\u202Egnp.exe', '\u001B[2J'];
  await record(names);

  const { text } = await fileOf(await ask({ format: 'json' }));

  const lines = text.trimEnd().split(/[\n\r\u0085\u2028\u2029\v\f]/);
  expect(lines.map((line) => JSON.parse(line).actor.name)).toEqual(names);
  expect(text).not.toMatch(/[\u001B\u202E]/);
});

test('[STR-02] a CSV file has one record for one event, and no spreadsheet runs what is in it', async () => {
  const names = [
    '=cmd|"/c calc"!A1',
    '@SUM(1)',
    '-1+1',
    '+1',
    '\t=1',
    ' =1',
    'a "quoted", name',
    'two\r\nlines',
    '\u001B[2J',
  ];
  await record(names);
  const { text } = await fileOf(await ask());

  const rows = parseCsv(text);
  expect(rows).toHaveLength(names.length + 1);
  expect(rows.slice(1).map((row) => row[6])).toEqual(
    names.map((name, index) => (index < 6 ? `'${name}` : name)),
  );
});

test('what was recorded a moment before is in the file, what happened outside the range is not, and our own acts are', async () => {
  await record(['In']);
  await record(['Before'], { occurredAt: new Date('2026-02-28T23:59:59.999Z') });
  await record(['Behind'], { occurredAt: new Date('2026-03-02T00:00:00.000Z') });

  expect(parseCsv((await fileOf(await ask())).text).map((row) => row[6])).toEqual(['actor_name', 'In']);
  const now = api.deps.now().getTime();
  const today = {
    range_start: new Date(now - 3_600_000).toISOString(),
    range_end: new Date(now + 3_600_000).toISOString(),
  };
  const { text } = await fileOf(await ask(today));
  expect(parseCsv(text).map((row) => row[2])).toContain('organization.created');
});

test.each([
  [{ actions: ['user.signed_in'] }, 2],
  [{ actions: ['user.left'] }, 1],
  [{ actor_ids: ['user_1'] }, 1],
  [{ actor_names: ['Ann'] }, 1],
  [{ actors: ['Bo'] }, 1],
  [{ targets: ['app'] }, 2],
  [{ targets: ['planet'] }, 0],
  [{ actions: [], targets: [] }, 3],
])('%j narrows the file', async (filter, count) => {
  await record(['Ann', 'Bo']);
  await record(['Cy'], { action: 'user.left', targets: [{ id: 'x', type: 'door' }] });

  expect(parseCsv((await fileOf(await ask(filter))).text)).toHaveLength(count + 1);
});

test('[REL-16] a writing that is broken off goes on where it was, and one that runs twice at once writes once', async () => {
  await record(Array.from({ length: 3_500 }, (_, index) => `Name ${index}`));
  const made = await ask();
  const activities = auditExportActivities({ systemDb: api.systemDb, now: api.deps.now });
  await Promise.all(
    [1, 2, 3].map(() =>
      run(activities.writeAuditExport, {
        environmentId: vendor.environment.id,
        organizationId: organization,
        exportId: made.body.id,
      }),
    ),
  );

  const rows = parseCsv((await fetchFile((await get(made.body.id)).body.url)).text);
  expect(rows.slice(1).map((row) => row[6])).toEqual(
    Array.from({ length: 3_500 }, (_, index) => `Name ${index}`),
  );
});

describe('what cannot be asked for', () => {
  test.each([
    [{ range_start: '2026-03-02T00:00:00Z', range_end: '2026-03-01T00:00:00Z' }],
    [{ range_start: '2026-01-01T00:00:00Z', range_end: '2026-07-01T00:00:00Z' }],
    [{ range_start: '2099-01-01T00:00:00Z', range_end: '2099-01-02T00:00:00Z' }],
  ])('%j is no range', async (body) => {
    const reply = await ask(body);

    expect([reply.status, reply.body]).toEqual([
      400,
      { message: 'Invalid date range', code: 'invalid_audit_log_export_range_date' },
    ]);
  });

  test('nonsense, and the files of others', async () => {
    expect((await ask({ range_start: 'yesterday' })).status).toBe(422);
    expect((await ask({ organization_id: 'org_01HHHHHHHHHHHHHHHHHHHHHHHH' })).body.message).toContain(
      'Organization not found',
    );
    const { body } = await ask();
    const stranger = await aVendor(api);
    expect((await stranger.call('GET', `/audit_logs/exports/${body.id}`)).status).toBe(404);
  });

  test('more than five at a time', async () => {
    for (let made = 0; made < 5; made += 1) expect((await ask()).status).toBe(201);

    const reply = await ask();
    expect([reply.status, reply.body.code]).toEqual([429, 'rate_limit_exceeded']);
  });
});

test('after a day the file is gone, and says so', async () => {
  const made = await ask();
  await write(made.body.id);
  const { url } = (await get(made.body.id)).body;
  api.pass(24 * 3_600_000);

  expect((await get(made.body.id)).body).toMatchObject({ state: 'expired' });
  expect((await fetchFile(url)).status).toBe(410);
  expect(await withSystem(api.systemDb, (tx) => expireExports(tx, api.deps.now()))).toBeGreaterThan(0);
  const left = await withSystem(api.systemDb, (tx) =>
    tx.selectFrom('auditExportChunks').select('number').where('exportId', '=', made.body.id).execute(),
  );
  expect(left).toEqual([]);
});

test('a file that could not be written says so', async () => {
  const made = await ask();
  await run(auditExportActivities({ systemDb: api.systemDb, now: api.deps.now }).failAuditExport, {
    environmentId: vendor.environment.id,
    organizationId: organization,
    exportId: made.body.id,
  });

  expect((await get(made.body.id)).body).toMatchObject({ state: 'error' });
  await write(made.body.id);
  expect((await get(made.body.id)).body).toMatchObject({ state: 'error' });
});

describe('[AUD-05] exports are on record', () => {
  test('with who asked, and every download', async () => {
    const file = await ask();
    await fileOf(file);

    const rows = await withSystem(api.systemDb, (tx) =>
      tx
        .selectFrom('auditEvents')
        .selectAll()
        .where('targetId', '=', file.body.id)
        .orderBy('ordinal')
        .execute(),
    );
    expect(rows.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['audit_log.exported', vendor.key.id],
      ['audit_log.export_downloaded', vendor.key.id],
    ]);
  });
});

describe('a customer', () => {
  const theirs = (features = ['audit_logs']) => aCustomer(api, vendor, organization, features);
  const base = () => `/setup/${vendor.environment.handle}/api`;

  test('sees what happened by its link, page by page and narrowed, and nothing of others', async () => {
    await record(['Ann', 'Bo', 'Cy']);
    const neighbour = await anOrganization(vendor);
    const { call } = await theirs();

    const first = await call('GET', `${base()}/audit-events?limit=2&action=user.signed_in`);
    expect(first.body).toMatchObject({
      rows: [
        { origin: 'vendor', actor: { name: 'Cy' }, targets: [{ id: 'team_1' }, { id: 'app_1' }] },
        { actor: { name: 'Bo' } },
      ],
      keptDays: 400,
    });
    const second = await call('GET', `${base()}/audit-events?limit=2&action=user&after=${first.body.next}`);
    expect(second.body).toMatchObject({ rows: [{ actor: { name: 'Ann' } }], next: null });
    const of = async (query: string) => (await call('GET', `${base()}/audit-events?${query}`)).body.rows;
    expect(await of('actor=user_1')).toMatchObject([{ actor: { name: 'Bo' } }]);
    expect(await of('target=app_1')).toHaveLength(3);
    expect(await of('from=2026-03-01T10:00:00.001Z&until=2026-03-01T10:00:00.002Z')).toMatchObject([
      { actor: { name: 'Bo' } },
    ]);
    const all = await of('');
    expect(JSON.stringify(all)).not.toContain(neighbour.id);
    const id = all.find(({ origin }: { origin: string }) => origin === 'vendor').id;
    expect((await call('GET', `${base()}/audit-events/${id}`)).body).toMatchObject({
      record: { action: 'user.signed_in' },
      sequence: null,
    });
    await withSystem(api.systemDb, (tx) => sealAudit(tx, vendor.environment.id));
    const sealed = (await call('GET', `${base()}/audit-events/${id}`)).body;
    expect(sealed.record).toMatchObject({ sequence: sealed.sequence });
    expect(sealed.sequence).toBeGreaterThan(0);
    expect((await call('GET', `${base()}/audit-events?from=yesterday`)).status).toBe(422);
  });

  test('[AUD-04] sees acts of staff by their mark, without their names and whereabouts', async () => {
    const { call: staff, member } = await aMember(api, vendor);
    await staff('POST', `/dashboard/api/organizations/${organization}/audit-exports`, {
      format: 'csv',
      from: range.range_start,
      until: range.range_end,
    });
    const { call } = await theirs();

    const { body } = await call('GET', `${base()}/audit-events?action=audit_log`);
    expect(body.rows).toMatchObject([
      { origin: 'setup', actor: { type: 'staff', name: null }, location: null },
    ]);
    expect(JSON.stringify(body)).not.toContain(member.email);
  });

  test('[LNK-03] with a link for other things sees nothing of it', async () => {
    const { call } = await theirs(['sso']);

    for (const path of ['audit-events', 'audit-events/x', 'audit-exports/x'])
      expect(await call('GET', `${base()}/${path}`)).toMatchObject({
        status: 403,
        body: { code: 'outside_link' },
      });
    expect(
      (
        await call('POST', `${base()}/audit-exports`, {
          format: 'csv',
          from: range.range_start,
          until: range.range_end,
        })
      ).status,
    ).toBe(403);
  });

  test('has a file written with the page’s filters, and fetches it', async () => {
    await record(['Ann', 'Bo']);
    const { call } = await theirs();
    const asked = await call('POST', `${base()}/audit-exports`, {
      format: 'csv',
      from: range.range_start,
      until: range.range_end,
      actor: 'user_1',
      action: 'user',
      target: 'app_1',
    });

    expect([asked.status, auditExportView.parse(asked.body)]).toMatchObject([
      202,
      { state: 'pending', url: null },
    ]);
    await write(asked.body.id);
    const { body } = await call('GET', `${base()}/audit-exports/${asked.body.id}`);
    expect(body).toMatchObject({ state: 'ready', rows: 1 });
    expect(parseCsv((await fetchFile(body.url)).text)[1]?.[6]).toBe('Bo');
    const neighbour = await anOrganization(vendor);
    const { call: others } = await aCustomer(api, vendor, neighbour.id, ['audit_logs']);
    expect((await others('GET', `${base()}/audit-exports/${asked.body.id}`)).status).toBe(404);
  });
});

test('staff see the vendor’s events beside ours, and have files written', async () => {
  await record(['Ann']);
  const { call } = await aMember(api, vendor, 'support');

  const { body } = await call('GET', `/dashboard/api/audit-log?organization=${organization}&origin=vendor`);
  expect(body.rows).toMatchObject([
    { origin: 'vendor', action: 'user.signed_in', actor: { name: 'Ann' }, at: '2026-03-01T10:00:00.000Z' },
  ]);
  const detail = await call('GET', `/dashboard/api/audit-log/${body.rows[0].id}`);
  const nothingMore = { name: null, metadata: {} };
  expect(detail.body.event).toEqual({
    version: 1,
    actor: {},
    metadata: {},
    targets: [
      { id: 'team_1', type: 'team', ...nothingMore },
      { id: 'app_1', type: 'app', ...nothingMore },
    ],
  });
  const asked = await call('POST', `/dashboard/api/organizations/${organization}/audit-exports`, {
    format: 'json',
    from: range.range_start,
    until: range.range_end,
  });
  await write(asked.body.id);
  expect((await call('GET', `/dashboard/api/audit-exports/${asked.body.id}`)).body).toMatchObject({
    state: 'ready',
    rows: 1,
  });
});

/** RFC 4180, as a reader has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/gy;
  for (
    let found = field.exec(text);
    found !== null && field.lastIndex <= text.length;
    found = field.exec(text)
  ) {
    row.push((found[1] ?? found[2] ?? '').replaceAll('""', '"'));
    if (found[3] !== ',') {
      rows.push(row);
      row = [];
    }
    if (field.lastIndex === text.length) break;
  }
  return rows;
}
