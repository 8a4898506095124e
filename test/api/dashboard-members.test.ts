import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, asSystem, aVendor, caller, pageHeaders, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf } from '../support/staff.ts';

const aKey = (name: string) => ({ name, scopes: ['full'], expiresAt: null });

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.close());

let vendor: Vendor;
const aWorld = async () => {
  vendor = await aVendor(api);
  return aStaff(api, vendor, 'admin');
};
const address = () => `new-${crypto.randomUUID().slice(0, 8)}@northwind.test`;

test('an invited colleague is told where, and gets in with a code', async () => {
  const admin = await aWorld();
  const email = address();

  const invited = await admin.ask('POST', '/members', { email, name: ' Nia ', role: 'support' });

  expect(invited.body).toMatchObject({
    email,
    name: 'Nia',
    role: 'support',
    isMailed: true,
    lastSeenAt: null,
  });
  const [mail] = api.mailbox.list({ to: email });
  expect(mail?.subject).toMatch(/^You may sign in to the .* dashboard$/);
  const page = caller(api, pageHeaders(api));
  await page('POST', '/dashboard/api/sign-in/code', { email });
  await expect.poll(() => api.mailbox.list({ to: email })).toHaveLength(2);
  const [{ id = '' } = {}] = api.mailbox.list({ to: email });
  const code = /\b\d{6}\b/.exec((await api.mailbox.get(id))?.text ?? '')?.[0];
  expect((await page('POST', '/dashboard/api/sign-in', { email, code })).status).toBe(204);
  expect(await auditOf(api, admin)).toMatchObject([
    { action: 'member.invited', targetId: invited.body.id, after: { role: 'support' } },
  ]);
});

test('a member was last seen at work, not when they signed in', async () => {
  const admin = await aWorld();
  const longAgo = new Date(api.deps.now().getTime() - 3_600_000);
  await asSystem(api, async (tx) => {
    await tx.updateTable('members').set({ lastSeenAt: longAgo }).where('id', '=', admin.member.id).execute();
    await tx
      .updateTable('staffSessions')
      .set({ lastSeenAt: longAgo })
      .where('memberId', '=', admin.member.id)
      .execute();
  });

  await admin.ask('GET', '/members');
  const { body } = await admin.ask('GET', '/members');

  const [seen] = body.members.filter(({ id }: { id: string }) => id === admin.member.id);
  expect(Date.parse(seen.lastSeenAt)).toBeGreaterThan(longAgo.getTime());
});

test('an invitation that was decided stays when the mail server refuses, says so, and can be sent again', async () => {
  const admin = await aWorld();
  const email = `bounce+${address()}`;

  const invited = await admin.ask('POST', '/members', { email, role: 'viewer' });

  expect([invited.status, invited.body.isMailed]).toEqual([201, false]);
  expect((await admin.ask('POST', `/members/${String(invited.body.id)}/invite`)).body.isMailed).toBe(false);
  expect(api.logged()).toContain('the invitation of a member could not be sent');
});

test('nobody is invited twice, in any case, and what is no address is refused', async () => {
  const admin = await aWorld();
  const email = address();
  await admin.ask('POST', '/members', { email, role: 'viewer' });

  expect((await admin.ask('POST', '/members', { email: email.toUpperCase(), role: 'admin' })).status).toBe(
    409,
  );
  expect((await admin.ask('POST', '/members', { email: 'nobody', role: 'admin' })).status).toBe(422);
  expect((await admin.ask('POST', '/members', { email, role: 'owner' })).status).toBe(422);
});

// [API-02] a role is looked up with every request.
test('a changed role counts for the next request of a session that is open', async () => {
  const admin = await aWorld();
  const colleague = await aStaff(api, vendor, 'viewer');
  expect((await colleague.ask('POST', '/api-keys', aKey('CI'))).status).toBe(403);

  const changed = await admin.ask('PATCH', `/members/${colleague.member.id}`, { role: 'developer' });

  expect(changed.body).toMatchObject({ role: 'developer' });
  expect((await colleague.ask('POST', '/api-keys', aKey('CI'))).status).toBe(201);
});

test('a removed member is out at the next request, in every browser, and may be invited again', async () => {
  const admin = await aWorld();
  const { member, ask } = await aStaff(api, vendor, 'admin');

  expect((await admin.ask('POST', `/members/${member.id}/remove`)).status).toBe(204);

  expect((await ask('GET', '/session')).status).toBe(401);
  expect((await admin.ask('GET', '/members')).body.members).toHaveLength(1);
  const again = await admin.ask('POST', '/members', { email: member.email, role: 'viewer' });
  expect(again.status).toBe(201);
  expect((await ask('GET', '/session')).status).toBe(401);
});

test('the last admin neither goes nor steps down, until there is another', async () => {
  const admin = await aWorld();
  const path = `/members/${admin.member.id}`;

  expect((await admin.ask('POST', `${path}/remove`)).body).toMatchObject({ status: 409, code: 'last_admin' });
  expect((await admin.ask('PATCH', path, { role: 'viewer' })).body).toMatchObject({ code: 'last_admin' });
  await aMember(api, vendor, 'admin');
  expect((await admin.ask('PATCH', path, { role: 'viewer' })).status).toBe(200);
  expect((await admin.ask('POST', `${path}/remove`)).status).toBe(204);
});

test('of two admins who leave at the same time one stays', async () => {
  const first = await aWorld();
  const second = await aStaff(api, vendor, 'admin');

  const left = await Promise.all(
    [first, second].map(({ ask, member }) => ask('POST', `/members/${member.id}/remove`)),
  );

  expect(left.map(({ status }) => status).sort()).toEqual([204, 409]);
});

test('sessions are seen by whom they belong to and by admins, and end at once', async () => {
  const admin = await aWorld();
  const colleague = await aStaff(api, vendor, 'support');
  const seenBy = async ({ ask }: typeof admin) => {
    const { body } = await ask('GET', '/members');
    const members = body.members as { id: string; sessions: { id: string; isThisOne: boolean }[] | null }[];
    return members.find(({ id }) => id === colleague.member.id)?.sessions;
  };
  const other = await aStaff(api, vendor, 'viewer');
  expect(await seenBy(other)).toBeNull();
  expect(await seenBy(colleague)).toMatchObject([{ isThisOne: true }]);
  const [session] = (await seenBy(admin)) ?? [];

  const path = `/members/${colleague.member.id}/end-sessions`;
  expect((await other.ask('POST', path, { sessionId: session?.id })).status).toBe(403);
  expect((await colleague.ask('POST', path, {})).body).toMatchObject({ sessions: [{ isThisOne: true }] });
  expect((await admin.ask('POST', path, { sessionId: session?.id })).body).toMatchObject({ sessions: [] });
  expect((await colleague.ask('GET', '/session')).status).toBe(401);
});

// [TEN-01] members of another environment do not exist here.
test('members of another environment are neither seen nor touched', async () => {
  const stranger = await aWorld();
  const admin = await aWorld();
  const path = `/members/${stranger.member.id}`;

  expect((await admin.ask('PATCH', path, { role: 'viewer' })).status).toBe(404);
  expect((await admin.ask('POST', `${path}/remove`)).status).toBe(404);
  expect((await admin.ask('POST', `${path}/end-sessions`)).status).toBe(404);
  expect((await admin.ask('POST', `${path}/invite`)).status).toBe(404);
  const rows = await asSystem(api, (tx) =>
    tx.selectFrom('members').select('role').where('id', '=', stranger.member.id).execute(),
  );
  expect(rows).toEqual([{ role: 'admin' }]);
});
