import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealAudit } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff, type Staff } from '../support/staff.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.close());

type Row = {
  id: string;
  action: string;
  actor: { type: string; id: string; name: string };
  target: { type: string; id: string; name: string | null } | null;
};
let vendor: Vendor;
const aWorld = async (role: Parameters<typeof aStaff>[2] = 'admin') => {
  vendor = await aVendor(api);
  return aStaff(api, vendor, role);
};
const rowsOf = async (staff: Staff, query = '') => {
  const { body } = await staff.ask('GET', `/audit-log${query}`);
  return body.rows as Row[];
};
const seal = () => asSystem(api, (tx) => sealAudit(tx, vendor.environment.id));

test('an act is on record with its actor by name, and with what was before and after', async () => {
  const admin = await aWorld();
  const colleague = await aStaff(api, vendor, 'viewer');
  await admin.ask('PATCH', `/members/${colleague.member.id}`, { role: 'support' });

  const [row] = await rowsOf(admin, '?action=member');
  const detail = await admin.ask('GET', `/audit-log/${row?.id}`);

  expect(detail.body).toMatchObject({
    action: 'member.role_changed',
    actor: { type: 'staff', id: admin.member.id },
    target: { type: 'member', id: colleague.member.id },
    before: { role: 'viewer' },
    after: { role: 'support' },
    personal: [{ field: 'member', value: colleague.member.email }],
    sourceAddress: '127.0.0.1',
    seal: null,
  });
  expect(row?.actor.name).toBe(admin.member.name ?? admin.member.email);
});

test('[AUD-05] the log names the call that a colleague was refused, and the role that it takes', async () => {
  const admin = await aWorld();
  const viewer = await aStaff(api, vendor, 'viewer');
  await viewer.ask('POST', '/api-keys', {});

  const [row] = await rowsOf(admin, '?action=access');

  const call = 'POST /dashboard/api/api-keys';
  expect(row).toMatchObject({
    actor: { id: viewer.member.id },
    target: { type: 'route', id: call, name: call },
  });
  expect((await admin.ask('GET', `/audit-log/${row?.id}`)).body.after).toEqual({ needed_role: 'developer' });
});

test('[AUD-02] what an API key has changed is on record with before and after', async () => {
  const admin = await aWorld();
  const { id } = await anOrganization(vendor, { name: 'Acme' });
  await vendor.call('PUT', `/organizations/${id}`, { name: 'Acme Ltd' });

  const [changed, made] = await rowsOf(admin, `?target=${id}&actorType=developer`);

  expect([changed?.action, made?.action]).toEqual(['organization.updated', 'organization.created']);
  const { body } = await admin.ask('GET', `/audit-log/${changed?.id}`);
  expect([body.before, body.after]).toMatchObject([{ name: 'Acme' }, { name: 'Acme Ltd' }]);
  expect(changed?.target?.name).toBe('Acme Ltd');
});

test('pages go on by cursor, and a cursor of nobody is refused in words', async () => {
  const admin = await aWorld('viewer');
  for (const name of ['A', 'B', 'C']) await anOrganization(vendor, { name });

  const first = await admin.ask('GET', '/audit-log?action=organization&limit=2');
  const second = await admin.ask('GET', `/audit-log?action=organization&limit=2&after=${first.body.next}`);

  expect([first.body.rows, second.body.rows].map((rows) => (rows as Row[]).length)).toEqual([2, 1]);
  expect((await admin.ask('GET', '/audit-log?after=audit_01J00000000000000000000000')).status).toBe(422);
  expect((await admin.ask('GET', '/audit-log?from=yesterday')).status).toBe(422);
});

test('[IDB-03] nobody reads an act of another environment', async () => {
  const stranger = await aWorld();
  await anOrganization(vendor, {});
  const [row] = await rowsOf(stranger);
  const admin = await aWorld();

  expect((await admin.ask('GET', `/audit-log/${row?.id}`)).status).toBe(404);
  expect(await rowsOf(admin, `?target=${row?.target?.id}`)).toEqual([]);
});

test('[AUD-03] verify holds the log against its chains, and is itself on record', async () => {
  const admin = await aWorld();
  await anOrganization(vendor, {});
  await seal();

  const { body } = await admin.ask('POST', '/audit-log/verify');

  expect(body).toMatchObject({ state: 'intact', removedByRetention: 0 });
  expect(await rowsOf(admin, '?action=audit_log')).toMatchObject([{ action: 'audit_log.verified' }]);
});

test('[AUD-03] verify names the row that was changed, and whose it is', async () => {
  const admin = await aWorld();
  const { id } = await anOrganization(vendor, { name: 'Acme' });
  await seal();
  const [row] = await rowsOf(admin, `?target=${id}`);
  await asSystem(api, (tx) =>
    tx
      .updateTable('auditEvents')
      .set({ sourceAddress: '198.51.100.1' })
      .where('id', '=', row?.id ?? '')
      .execute(),
  );

  const { body } = await admin.ask('POST', '/audit-log/verify');

  expect(body).toMatchObject({
    state: 'broken',
    problem: 'changed',
    rowId: row?.id,
    number: 1,
    organization: { id, name: 'Acme' },
  });
});

test('[API-02] only admins verify, and nobody goes on from a place that is not ours', async () => {
  const viewer = await aWorld('viewer');
  const admin = await aStaff(api, vendor, 'admin');

  expect((await viewer.ask('POST', '/audit-log/verify')).status).toBe(403);
  expect((await admin.ask('POST', '/audit-log/verify', { goOn: 'A256GCM.k.x.y' })).status).toBe(422);
});
