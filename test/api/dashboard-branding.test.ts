import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailBrand } from '../../adapters/mail/mail-brand.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aPng } from '../support/png.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';
import { eventually } from '../support/eventually.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.close());

let vendor: Vendor;
let admin: Staff;
const aWorld = async () => {
  vendor = await aVendor(api);
  admin = await aStaff(api, vendor, 'admin');
};
const words = {
  productName: 'Nimbus',
  vendorName: 'Nimbus Inc.',
  supportEmail: 'help@nimbus.test',
  supportHours: null,
  intro: null,
};
const putImage = (kind: string, bytes: Buffer) =>
  admin.ask('PUT', `/branding/images/${kind}`, { data: bytes.toString('base64') });
const fetchPath = (path: string) => fetch(new URL(path, api.url));
const deadDoor = async () => (await fetchPath(`/setup/${vendor.environment.handle}/vb_setup_gone`)).text();
const environmentRow = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('environments')
      .selectAll()
      .where('id', '=', vendor.environment.id)
      .executeTakeFirstOrThrow(),
  );

test('names, words and colour are on every door at once, the dead one too, and in mails', async () => {
  await aWorld();

  const saved = await admin.ask('PUT', '/branding', { ...words, accent: '#FFC400' });

  expect(saved.body).toMatchObject({
    ...words,
    colours: { accent: '#ffc400', light: { onAccent: '#14181b' } },
  });
  const page = await eventually(async () => {
    const found = await deadDoor();
    expect(found).toContain('/brand/');
    return found;
  });
  expect(page).toContain('<bdi>Nimbus</bdi>');
  const [, path = ''] = /href="(\/brand\/[^"]+\.css)"/.exec(page) ?? [];
  const css = await fetchPath(path);
  expect(css.headers.get('cache-control')).toContain('immutable');
  expect(await css.text()).toMatch(/--accent-fill: #ffc400;[^]*prefers-color-scheme: dark/);
  expect(mailBrand(await environmentRow(), 'https://setup.test').button?.fill).toBe('#ffc400');
});

test('an invitation wears the vendor’s button and logo', async () => {
  await aWorld();
  await admin.ask('PUT', '/branding', { ...words, accent: '#2a6fdb' });
  await putImage('logo_light', aPng(120, 32));
  const email = `nia-${crypto.randomUUID().slice(0, 6)}@northwind.test`;

  await admin.ask('POST', '/members', { email, role: 'viewer' });

  const [{ id = '' } = {}] = api.mailbox.list({ to: email });
  const html = (await api.mailbox.get(id))?.html ?? '';
  expect(html).toContain('background:#2a6fdb');
  expect(html).toMatch(/<img src="http[^"]+\/brand\/[^"]+" alt="Nimbus"/);
});

test('an image is shown from our own origin, kept by its content, and gone when it is taken away', async () => {
  await aWorld();
  const logo = aPng(200, 40);

  const { body } = await putImage('logo_light', logo);
  const { images } = body as { images: { logo_light: string } };
  const shown = await fetchPath(images.logo_light);

  expect(shown.headers.get('content-type')).toBe('image/png');
  expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(Buffer.from(await shown.arrayBuffer()).equals(logo)).toBe(true);
  const again = await putImage('logo_light', aPng(210, 40));
  expect(again.body.images).not.toEqual(images);
  expect((await fetchPath(images.logo_light)).status).toBe(404);
  expect((await admin.ask('POST', '/branding/images/logo_light/remove')).body.images).toMatchObject({
    logo_light: null,
  });
});

// What is shown to customers and in mails is an image by its content, whatever it was called.
test.each([
  ['an SVG', 'logo_light', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
  ['a page', 'logo_light', Buffer.from('<!doctype html><script>1</script>')],
  ['a PNG that is none', 'logo_dark', Buffer.from('\x89PNG\r\n\x1a\nnonsense', 'latin1')],
  ['a GIF', 'logo_light', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1')],
  ['an icon that is no square', 'icon', aPng(64, 32)],
  ['more than 200 KB', 'logo_light', Buffer.concat([aPng(8, 8), Buffer.alloc(205_000)])],
])('%s is refused as %s, and nothing changes', async (_what, kind, bytes) => {
  await aWorld();

  const refused = await putImage(kind, bytes);

  expect([refused.status, refused.body.code]).toEqual([422, 'image_refused']);
  expect((await admin.ask('GET', '/branding')).body.images).toEqual({
    logo_light: null,
    logo_dark: null,
    icon: null,
  });
});

test('what is no colour, no name or no address is refused with its field', async () => {
  await aWorld();
  const put = async (change: object) => admin.ask('PUT', '/branding', { ...words, accent: null, ...change });

  expect((await put({ accent: 'red;} body{' })).status).toBe(422);
  expect((await put({ productName: ' ' })).status).toBe(422);
  expect((await put({ intro: 'x'.repeat(601) })).status).toBe(422);
  expect((await put({ supportEmail: 'nobody' })).body.code).toBe('email_invalid');
  expect((await admin.ask('GET', '/branding/colours?accent=blue')).status).toBe(422);
  expect((await put({})).status).toBe(200);
});

// [API-02] the looks are an admin's; the page tells everybody what they are.
test('only an admin changes the looks, and every change is in the audit log with before and after', async () => {
  await aWorld();
  const developer = await aStaff(api, vendor, 'developer');
  const body = { ...words, accent: '#2a6fdb' };

  expect((await developer.ask('PUT', '/branding', body)).status).toBe(403);
  expect((await developer.ask('POST', '/branding/images/icon/remove')).status).toBe(403);
  expect((await developer.ask('GET', '/branding')).status).toBe(200);
  await admin.ask('PUT', '/branding', body);
  await admin.ask('PUT', '/branding', { ...body, accent: null });

  const [first, second] = await auditOf(api, admin);
  expect(first).toMatchObject({
    action: 'branding.changed',
    after: { accent: '#2a6fdb', productName: 'Nimbus' },
  });
  expect(second).toMatchObject({ action: 'branding.changed', after: { accent: null } });
});

test('a preview says how well a colour can be read, and saves nothing', async () => {
  await aWorld();

  const { body } = await admin.ask('GET', '/branding/colours?accent=%23FFC400');

  expect(body).toMatchObject({ measured: { light: { asked: expect.closeTo(1.59, 1) } } });
  expect((await admin.ask('GET', '/branding')).body.colours).toBeNull();
});

// [TEN-01] each vendor has its own.
test('an image of another environment is not found below this one’s address', async () => {
  await aWorld();
  const { body } = await putImage('icon', aPng(64, 64));
  const path = (body as { images: { icon: string } }).images.icon;
  const { environment } = vendor;
  await aWorld();

  expect((await fetchPath(path)).status).toBe(200);
  expect((await fetchPath(path.replace(environment.handle, vendor.environment.handle))).status).toBe(404);
  expect((await fetchPath('/brand/nobody/x.css')).status).toBe(404);
});

test('a customer’s own pages carry the looks for the app to draw', async () => {
  await aWorld();
  await admin.ask('PUT', '/branding', { ...words, accent: '#2a6fdb' });
  await putImage('icon', aPng(64, 64));
  await anOrganization(vendor);

  const page = await eventually(async () => {
    const found = await (await fetchPath(`/setup/${vendor.environment.handle}/home`)).text();
    expect(found).toContain('iconUrl');
    return found;
  });

  expect(page).toMatch(/<link rel="stylesheet" href="\/brand\/[^"]+\.css"/);
});
