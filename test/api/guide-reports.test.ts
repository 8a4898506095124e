import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findGuide } from '../../onboarding/providers/sign-in/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let staff: Staff;

beforeAll(async () => {
  api = await startTestApi({ rateLimitFactor: 1 });
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor, { name: 'Acme' })).id;
  visitor = await anInvited(api, vendor, organizationId);
  staff = await aStaff(api, vendor);
  expect((await visitor.ask('POST', '/sso/provider', { providerId: 'okta-oidc' })).status).toBe(202);
});

const report = (body: object) => visitor.ask('POST', '/sso/guide-reports', body);
const reports = async (query = '') => (await staff.ask('GET', `/guide-reports${query}`)).body.reports;

test('staff see which step of which guide an admin found changed, and what the admin wrote', async () => {
  expect((await report({ stepId: 'settings', note: '  The tab is called Basics.  ' })).status).toBe(200);

  expect(await reports()).toMatchObject([
    {
      providerId: 'okta-oidc',
      providerName: 'Okta',
      way: 'OpenID Connect',
      stepTitle: 'Fill in the web app',
      note: 'The tab is called Basics.',
      organizationId,
      organizationName: 'Acme',
      checkedOn: findGuide('okta-oidc')?.checkedOn,
      seenAt: null,
    },
  ]);
});

test('one report is kept of a step, a day and a session; the newest note counts', async () => {
  await report({ stepId: 'settings', note: 'first' });
  await report({ stepId: 'settings', note: 'second' });
  await report({ stepId: 'assign' });
  expect((await reports()).map(({ note }: { note: string }) => note)).toEqual(['', 'second']);

  const other = await anInvited(api, vendor, organizationId);
  await other.ask('POST', '/sso/guide-reports', { stepId: 'settings', note: 'third' });
  expect(await reports()).toHaveLength(3);
});

test('only steps of the chosen guide can be reported', async () => {
  expect((await report({ stepId: 'saml-settings' })).status).toBe(404);
  expect((await report({ stepId: 'settings', note: 'x'.repeat(1001) })).status).toBe(422);
  expect((await report({})).status).toBe(422);
  expect(await reports()).toEqual([]);
});

test('a session that reports without end is slowed down, and told so', async () => {
  const answers = await Promise.all(Array.from({ length: 25 }, () => report({ stepId: 'assign' })));

  expect(answers.map(({ status }) => status).sort()).toEqual([
    ...Array.from({ length: 20 }, () => 200),
    ...Array.from({ length: 5 }, () => 429),
  ]);
});

test('a report that was seen leaves the list of new ones, and its marking is in the audit log', async () => {
  await report({ stepId: 'settings' });
  const [{ id }] = await reports('?state=new');

  expect((await staff.ask('POST', `/guide-reports/${id}/seen`)).body.seenAt).not.toBeNull();

  expect(await reports('?state=new')).toEqual([]);
  expect(await reports('?state=seen')).toMatchObject([{ id }]);
  expect(await auditOf(api, staff)).toMatchObject([{ action: 'guide_report.seen', targetId: id }]);
});

test('a viewer reads reports and marks none, and another vendor sees nothing of them', async () => {
  await report({ stepId: 'settings' });
  const [{ id }] = await reports();
  const viewer = await aStaff(api, vendor, 'viewer');
  const stranger = await aStaff(api, await aVendor(api), 'admin');

  expect((await viewer.ask('GET', '/guide-reports')).body.reports).toHaveLength(1);
  expect((await viewer.ask('POST', `/guide-reports/${id}/seen`)).status).toBe(403);
  expect((await stranger.ask('GET', '/guide-reports')).body.reports).toEqual([]);
  expect((await stranger.ask('POST', `/guide-reports/${id}/seen`)).status).toBe(404);
});
