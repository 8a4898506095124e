import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditConfiguration } from '../../api/contract/developer-audit-logs.ts';
import { sealAudit, verifyAudit, withSystem, withTenant } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';

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

const path = (name: string) => `/organizations/${organization}/${name}`;
const put = (body: object) => vendor.call('PUT', path('audit_logs_retention'), body);
const kept = async () => (await vendor.call('GET', path('audit_logs_retention'))).body;
const seal = () => withSystem(api.systemDb, (tx) => sealAudit(tx, vendor.environment.id));

test.each([
  [{ retention_period_in_days: 30 }, 30],
  [{ retention_period_in_days: 330 }, 330],
  [{ retention_period_in_days: 3650 }, 3650],
  [{ retention_period: '1_MONTH' }, 30],
  [{ retention_period: '11_MONTHS' }, 330],
  [{ retention_period: '1_YEAR' }, 365],
  [{ retention_period: '10_YEARS', retention_period_in_days: null }, 3650],
])('%j is kept for so many days', async (body, days) => {
  expect(await kept()).toEqual({ retention_period_in_days: null });

  expect([(await put(body)).status, await kept()]).toEqual([200, { retention_period_in_days: days }]);
});

test.each([
  [{}],
  [{ retention_period_in_days: 30, retention_period: '1_MONTH' }],
  [{ retention_period_in_days: 31 }],
  [{ retention_period_in_days: 0 }],
  [{ retention_period_in_days: 4015 }],
  [{ retention_period: '12_MONTHS' }],
  [{ retention_period: 'constructor' }],
])('%j says nothing of how long', async (body) => {
  const { status, body: refusal } = await put(body);

  expect([status, refusal.message]).toEqual([422, 'Validation failed']);
  expect(await kept()).toEqual({ retention_period_in_days: null });
});

test('of an organization that is not there, nothing is told or set', async () => {
  organization = 'org_01HHHHHHHHHHHHHHHHHHHHHHHH';
  const replies = [
    await vendor.call('GET', path('audit_logs_retention')),
    await put({ retention_period_in_days: 30 }),
    await vendor.call('GET', path('audit_log_configuration')),
  ];

  for (const { status, body } of replies)
    expect([status, body]).toEqual([404, { message: `Organization not found: '${organization}'.` }]);
});

test('[AUD-03] it is set before the first row is sealed, too, is on record, and leaves the chain whole', async () => {
  await put({ retention_period_in_days: 365 });
  await seal();
  await put({ retention_period_in_days: 30 });
  await seal();

  const environmentId = vendor.environment.id;
  const verdict = await withSystem(api.systemDb, (tx) => verifyAudit(tx, environmentId, () => true));
  expect(verdict).toMatchObject({ state: 'intact', notYetSealed: 0 });
  const rows = await withSystem(api.systemDb, (tx) =>
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('organizationId', '=', organization)
      .where('action', '=', 'audit_log.retention_changed')
      .orderBy('ordinal')
      .execute(),
  );
  expect(rows.map(({ before, after }) => [before, after])).toEqual([
    [{ days: null }, { days: 365 }],
    [{ days: 365 }, { days: 30 }],
  ]);
});

test('[AUD-02] the programs cannot say where a chain ends', async () => {
  const environmentId = vendor.environment.id;
  const heads = {
    environmentId,
    chain: organization,
    lastNumber: 5,
    lastHash: 'x',
    cutHash: null,
    keptDays: 30,
  };
  const tenant = { environmentId };

  const begun = withTenant(api.db, tenant, (tx) => tx.insertInto('auditHeads').values(heads).execute());
  await expect(begun).rejects.toMatchObject({ code: '42501' });
  await seal();
  const moved = withTenant(api.db, tenant, (tx) =>
    tx.updateTable('auditHeads').set({ lastNumber: 0 }).execute(),
  );
  await expect(moved).rejects.toMatchObject({ code: '42501' });
});

test('the configuration tells how long, and whether there is anything', async () => {
  const before = await vendor.call('GET', path('audit_log_configuration'));
  expect(auditConfiguration.parse(before.body)).toEqual({
    organization_id: organization,
    retention_period_in_days: 400,
    state: 'inactive',
  });
  await put({ retention_period: '2_YEARS' });
  await seal();

  const { body } = await vendor.call('GET', path('audit_log_configuration'));
  expect(body).toMatchObject({ retention_period_in_days: 730, state: 'active' });
});
