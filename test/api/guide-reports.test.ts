import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { findDestination } from '../../onboarding/log-streams/destinations/index.ts';
import { findDirectoryGuide } from '../../onboarding/providers/directory/index.ts';
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

const report = (body: object) => visitor.ask('POST', '/guide-reports', { guide: 'sign_in', ...body });
/** A name of this test's own. */
const aName = () => `${newId('x_').slice(-10).toLowerCase()}.test`;
const reports = async (query = '') => (await staff.ask('GET', `/guide-reports${query}`)).body.reports;

test('staff see which step of which guide an admin found changed, and what the admin wrote', async () => {
  expect((await report({ stepId: 'settings', note: '  The tab is called Basics.  ' })).status).toBe(200);

  expect(await reports()).toMatchObject([
    {
      guide: 'sign_in',
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
  await other.ask('POST', '/guide-reports', { guide: 'sign_in', stepId: 'settings', note: 'third' });
  expect(await reports()).toHaveLength(3);
});

test('guides of directories, log streams and DNS hosts are reported the same way, each by what it sets up', async () => {
  const features = ['sso', 'directory_sync', 'log_streams', 'domain_verification'];
  visitor = await anInvited(api, vendor, organizationId, {
    features: features.map((feature) => ({ feature })),
  });
  await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });
  const stream = await visitor.ask('POST', '/log-streams', { destinationId: 'datadog' });
  const added = await visitor.ask('POST', '/domains', { domain: aName() });
  const domainId = added.body.domain.id;
  await visitor.ask('PUT', `/domains/${domainId}/host`, { hostId: 'cloudflare' });
  const { streamId } = stream.body;
  const [[directoryStep], [streamStep]] = [
    findDirectoryGuide('okta')?.steps ?? [],
    findDestination('datadog')?.steps ?? [],
  ];

  const told = [
    { guide: 'directory', stepId: directoryStep?.id },
    { guide: 'log_stream', subjectId: streamId, stepId: streamStep?.id },
    { guide: 'dns_host', subjectId: domainId, stepId: 'record' },
  ];
  for (const body of told) expect((await report(body)).status).toBe(200);

  const { body: directory } = await visitor.ask('GET', '/directory');
  expect(await reports()).toMatchObject([
    { guide: 'dns_host', providerName: 'Cloudflare', subjectId: domainId, stepTitle: 'Add the TXT record' },
    { guide: 'log_stream', providerName: 'Datadog', subjectId: streamId, stepTitle: streamStep?.title },
    {
      guide: 'directory',
      providerId: 'okta',
      providerName: 'Okta',
      subjectId: directory.directory.id,
      stepTitle: directoryStep?.title,
    },
  ]);
});

test('a guide outside the link, and a stream or a domain of somebody else, cannot be reported', async () => {
  const other = await anInvited(api, vendor, (await anOrganization(vendor)).id, {
    features: [{ feature: 'log_streams' }],
  });
  const { body } = await other.ask('POST', '/log-streams', { destinationId: 'datadog' });
  const stepId = findDestination('datadog')?.steps[0]?.id;

  expect((await report({ guide: 'log_stream', subjectId: body.streamId, stepId })).status).toBe(403);
  visitor = await anInvited(api, vendor, organizationId, { features: [{ feature: 'log_streams' }] });
  expect((await report({ guide: 'log_stream', subjectId: body.streamId, stepId })).status).toBe(404);
  expect((await report({ guide: 'log_stream', stepId })).status).toBe(404);
  expect((await report({ guide: 'console', stepId })).status).toBe(422);
  expect(await reports()).toEqual([]);
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
