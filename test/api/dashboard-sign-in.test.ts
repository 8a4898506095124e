import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { insertStaffSession, insertStaffSignIn, type MemberRow } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { aMember, asSystem, aVendor, caller, pageHeaders, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const page = () => caller(api, pageHeaders(api));
const askCode = (email: string) => page()('POST', '/dashboard/api/sign-in/code', { email });
const enter = (email: string, code: string) => page()('POST', '/dashboard/api/sign-in', { email, code });
const codeFor = (email: string, earlier = 0) => codeMailedTo(api, email, earlier);

test('a member gets in with the code that was mailed, once', async () => {
  const { member } = await aMember(api, vendor);

  expect((await askCode(` ${member.email.toUpperCase()} `.trim())).status).toBe(204);
  const code = await codeFor(member.email);
  const entered = await enter(member.email, code);

  expect(entered.status).toBe(204);
  const setCookie = entered.headers.get('set-cookie') ?? '';
  expect(setCookie).toMatch(/HttpOnly; SameSite=Lax/);
  const [cookie = ''] = setCookie.split(';');
  const session = await caller(api, { cookie })('GET', '/dashboard/api/session');
  expect(session.body).toMatchObject({ member: { id: member.id, role: 'admin' }, sandbox: true });
  expect((await enter(member.email, code)).body).toMatchObject({ code: 'code_wrong' });
  expect((await auditOf(api, { member })).map(({ action }) => action)).toEqual([
    'staff.signed_in',
    'staff.sign_in_refused',
  ]);
});

// [RATE] the answer tells nobody who has access.
test('an address without access gets the same answer and no mail', async () => {
  for (const email of ['nobody@northwind.test', 'no address', 'x'.repeat(300)]) {
    const asked = await askCode(email);
    const entered = await enter(email, '123456');

    expect([asked.status, asked.text]).toEqual([204, '']);
    expect([entered.status, entered.body.code]).toEqual([422, 'code_wrong']);
  }
  expect(api.mailbox.list({ to: 'nobody@northwind.test' })).toEqual([]);
});

// [SEC-03] six digits are weak: five tries and ten minutes make up for it.
test('after five wrong codes the right one is refused too', async () => {
  const { member } = await aMember(api, vendor);
  await askCode(member.email);
  const code = await codeFor(member.email);
  const wrong = code === '000000' ? '000001' : '000000';

  for (let tries = 0; tries < 5; tries += 1) expect((await enter(member.email, wrong)).status).toBe(422);

  expect((await enter(member.email, code)).status).toBe(422);
});

test('a code is refused once a newer one was asked for, and the newer one lets in', async () => {
  const { member } = await aMember(api, vendor);
  await askCode(member.email);
  const older = await codeFor(member.email);
  await askCode(member.email);
  const newer = await codeFor(member.email, 1);

  if (older !== newer) expect((await enter(member.email, older)).status).toBe(422);
  expect((await enter(member.email, newer)).status).toBe(204);
});

test('of many who enter the right code at once one gets in', async () => {
  const { member } = await aMember(api, vendor);
  await askCode(member.email);
  const code = await codeFor(member.email);

  const replies = await Promise.all(Array.from({ length: 8 }, () => enter(member.email, code)));

  expect(replies.filter(({ status }) => status === 204)).toHaveLength(1);
});

test('what is stored of a code is no plain digest of its digits', async () => {
  const { member } = await aMember(api, vendor);
  await askCode(member.email);
  const code = await codeFor(member.email);

  const [row] = await asSystem(api, (tx) =>
    tx.selectFrom('staffSignIns').selectAll().where('memberId', '=', member.id).execute(),
  );

  expect(row?.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(row?.digest).not.toBe(digestToken(code).toString('hex'));
});

test('a mail server that refuses changes nothing about the answer, and is logged', async () => {
  const email = `bounce+${newId('x_').slice(-6).toLowerCase()}@northwind.test`;
  const { member } = await aMember(api, vendor);
  await asSystem(api, (tx) => tx.updateTable('members').set({ email }).where('id', '=', member.id).execute());

  expect((await askCode(email)).status).toBe(204);

  await expect.poll(() => api.logged()).toContain('a sign-in code could not be sent');
  expect(api.logged()).not.toMatch(/"code":"\d{6}"/);
});

// [LNK-09] nobody is signed in from a page of somebody else.
test('signing in from a foreign page is refused', async () => {
  const foreign: Record<string, string>[] = [
    {},
    { origin: api.url },
    { ...pageHeaders(api), origin: 'https://evil.example' },
    { ...pageHeaders(api), origin: 'null' },
    { ...pageHeaders(api), 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign) {
    for (const [path, body] of [
      ['/dashboard/api/sign-in/code', { email: 'a@b.test' }],
      ['/dashboard/api/sign-in', { email: 'a@b.test', code: '123456' }],
    ] as const) {
      expect((await caller(api, headers)('POST', path, body)).status).toBe(403);
    }
  }
});

test('signing out ends the session at once', async () => {
  const staff = await aStaff(api, vendor, 'viewer');

  const out = await staff.ask('POST', '/sign-out');

  expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('1970')]);
  expect((await staff.ask('GET', '/session')).status).toBe(401);
});

test('a page that was drawn for another session is told so', async () => {
  const staff = await aStaff(api, vendor, 'viewer');

  const reply = await staff.ask('GET', '/session', undefined, { 'x-vestibule-session': 'somebody_else' });

  expect([reply.status, reply.body.code]).toEqual([409, 'session_differs']);
});

test('whoever signs in again goes on with the page of the session before; nobody else does', async () => {
  const staff = await aStaff(api, vendor, 'viewer');
  const stranger = await aStaff(api, vendor, 'viewer');
  const { handle } = (await staff.ask('GET', '/session')).body;
  await staff.ask('POST', '/sign-out');
  const again = await aSessionOf(staff.member);
  const drawn = { 'x-vestibule-session': handle };

  expect((await again('GET', '/dashboard/api/session', undefined, drawn)).status).toBe(200);
  const other = await stranger.ask('GET', '/session', undefined, drawn);
  expect([other.status, other.body.code]).toEqual([409, 'session_differs']);
});

async function aSessionOf({ id: memberId, environmentId }: MemberRow) {
  const createdAt = api.deps.now();
  const later = new Date(createdAt.getTime() + 3_600_000);
  const token = mintToken('vb_staff_');
  await asSystem(api, (tx) =>
    insertStaffSession(tx, {
      id: newId('staff_session_'),
      environmentId,
      memberId,
      createdAt,
      digest: digestToken(token).toString('hex'),
      idleExpiresAt: later,
      expiresAt: later,
    }),
  );
  return caller(api, {
    cookie: `vestibule_dashboard_${new URL(api.url).port}=${token}`,
    ...pageHeaders(api),
  });
}

async function aPrintedLink(more: { expiresInMs?: number } = {}): Promise<string> {
  const { member } = await aMember(api, vendor);
  const token = mintToken('vb_signin_');
  const createdAt = api.deps.now();
  await asSystem(api, (tx) =>
    insertStaffSignIn(tx, {
      id: newId('signin_'),
      environmentId: vendor.environment.id,
      memberId: member.id,
      kind: 'link',
      digest: digestToken(token).toString('hex'),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + (more.expiresInMs ?? 900_000)),
    }),
  );
  return `/dashboard/sign-in/${token}`;
}

test('the printed link signs in by its button, without script, to the first run', async () => {
  const path = await aPrintedLink();
  const browser = caller(api, { origin: 'null' });

  const shown = await browser('GET', path);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain(`action="${path}"`);
  expect(shown.text).not.toContain('<script');
  const entered = await browser('POST', path, new URLSearchParams());

  expect(entered.status).toBe(303);
  expect(entered.headers.get('location')).toBe(`${api.url}/dashboard/first-run`);
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';');
  expect((await caller(api, { cookie })('GET', '/dashboard/api/session')).status).toBe(200);
});

test('looking at the printed link as often as one likes spends nothing', async () => {
  const path = await aPrintedLink();
  for (let looks = 0; looks < 3; looks += 1) expect((await caller(api)('GET', path)).status).toBe(200);

  expect((await caller(api)('POST', path, new URLSearchParams())).status).toBe(303);
});

test('of twenty who press the button of the printed link at once one gets in', async () => {
  const path = await aPrintedLink();

  const replies = await Promise.all(
    Array.from({ length: 20 }, () => caller(api)('POST', path, new URLSearchParams())),
  );

  expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 404)).toHaveLength(19);
});

test('a printed link that is over, cut off or made up opens nothing, and a foreign form neither', async () => {
  const over = await aPrintedLink({ expiresInMs: -1 });
  const fresh = await aPrintedLink();

  for (const path of [over, fresh.slice(0, -3), `/dashboard/sign-in/${mintToken('vb_signin_')}`]) {
    expect((await caller(api)('GET', path)).status).toBe(404);
    expect((await caller(api)('POST', path, new URLSearchParams())).status).toBe(404);
  }
  const foreign = caller(api, { origin: 'https://evil.example' });
  expect((await foreign('POST', fresh, new URLSearchParams())).status).toBe(403);
});

// [RATE] codes and their mails are counted for all processes together.
test('codes are mailed ten times an hour to an address and asked for ten times a minute', async () => {
  const strict = await startTestApi({ rateLimitFactor: 1 });
  try {
    const { environment } = await aVendor(strict);
    const { member } = await aMember(strict, { environment });
    const ask = caller(strict, pageHeaders(strict));
    const statuses = [];
    for (let asked = 0; asked < 12; asked += 1) {
      const { status } = await ask('POST', '/dashboard/api/sign-in/code', { email: member.email });
      statuses.push(status);
    }

    expect(statuses).toEqual([...Array<number>(10).fill(204), 429, 429]);
    const entries = [];
    for (let tried = 0; tried < 11; tried += 1) {
      const { status } = await ask('POST', '/dashboard/api/sign-in', { email: member.email, code: '123456' });
      entries.push(status);
    }
    expect(entries.at(-1)).toBe(429);
  } finally {
    await strict.close();
  }
});

test.each([['/dashboard'], ['/dashboard/']])('%s leads to the list of onboardings', async (path) => {
  const { status, headers } = await caller(api)('GET', path);

  expect([status, headers.get('location')]).toEqual([303, '/dashboard/onboardings']);
});

test.each([
  [true, 'start it again', 'npm run admin'],
  [false, 'npm run admin -- sign-in-link', 'start it again'],
])('a dead link says how there is a new one (all in one program: %s)', async (isEmbedded, said, unsaid) => {
  const there = await startTestApi({ isEmbedded });
  const { status, text } = await caller(there)('GET', '/dashboard/sign-in/vb_signin_gone');
  await there.close();

  expect(status).toBe(404);
  expect(text).toContain(said);
  expect(text).not.toContain(unsaid);
});
