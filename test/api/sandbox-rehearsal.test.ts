import { afterAll, beforeAll, expect, test } from 'vitest';
import { listApiKeys } from '../../db/index.ts';
import { rehearsalSilenceMs } from '../../onboarding/rehearsal.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { comesWithinMs } from '../support/limits.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

/** Nobody carries out what workflows are told here: a rehearsal waits for its invitation until it is called off. */
let api: TestApi;
let vendor: Vendor;
let developer: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendorWithApp();
  developer = await aStaff(api, vendor, 'developer');
});
afterAll(() => api.close());

const path = '/sandbox/rehearsal';
async function aVendorWithApp(): Promise<Vendor> {
  const made = await aVendor(api);
  await made.call('POST', '/user_management/redirect_uris', { uri: 'http://127.0.0.1:9/callback' });
  return made;
}
const keysOf = (of: Vendor) =>
  asSystem(api, (tx) => listApiKeys(tx, { environmentId: of.environment.id })).then((keys) =>
    keys.filter(({ name }) => name === 'Rehearsal'),
  );
/** Until the play waits for the invitation. */
const untilInvited = (staff: Staff) =>
  expect
    .poll(async () => (await staff.ask('GET', path)).body.rehearsal.current, { timeout: 60_000 })
    .toBe('invitation');

test('one is begun with a key of its own, and pressing again answers with the one being played', async () => {
  expect((await developer.ask('GET', path)).body).toEqual({ obstacle: null, rehearsal: null });

  const first = await developer.ask('POST', path);
  const second = await vendor.call('POST', path, {});
  await untilInvited(developer);

  expect(first.body).toMatchObject({
    begun: true,
    rehearsal: { state: 'running', by: developer.member.email },
  });
  expect(second.body).toMatchObject({ begun: false, rehearsal: { id: first.body.rehearsal.id } });
  const { lines } = (await developer.ask('GET', path)).body.rehearsal;
  expect(lines.map(({ step }: { step: string }) => step)).toEqual(['organization', 'onboarding']);
  const [key, ...others] = await keysOf(vendor);
  expect(others).toEqual([]);
  expect(key?.expiresAt).not.toBeNull();
  expect((await auditOf(api, developer)).map(({ action }) => action)).toEqual([
    'rehearsal.started',
    'api_key.created',
  ]);
});

test('one whose program fell silent counts as stopped, and the next is begun', async () => {
  const other = await aVendorWithApp();
  const staff = await aStaff(api, other, 'developer');
  const first = await staff.ask('POST', path);
  await untilInvited(staff);

  api.pass(rehearsalSilenceMs);
  const { rehearsal: seen } = (await staff.ask('GET', path)).body;
  const next = await staff.ask('POST', path);

  expect(seen).toMatchObject({ state: 'failed', failure: { step: 'invitation', reason: 'stopped' } });
  expect(next.body).toMatchObject({ begun: true, rehearsal: { state: 'running' } });
  expect(next.body.rehearsal.id).not.toBe(first.body.rehearsal.id);
});

test('the next one takes the key of the one before out of the list, and no other key of that name', async () => {
  const other = await aVendorWithApp();
  const staff = await aStaff(api, other, 'developer');
  const own = await other.call('POST', '/api_keys', { name: 'Rehearsal', scopes: ['full'] });
  await other.call('DELETE', `/api_keys/${own.body.id}`);
  await staff.ask('POST', path);
  await untilInvited(staff);
  const before = (await keysOf(other)).map(({ id }) => id);
  expect(before).toHaveLength(2);

  api.pass(rehearsalSilenceMs);
  await staff.ask('POST', path);

  const [former] = before.filter((id) => id !== own.body.id);
  await expect
    .poll(async () => (await keysOf(other)).map(({ id }) => id), { timeout: comesWithinMs })
    .not.toContain(former);
  const after = await keysOf(other);
  expect(after).toHaveLength(2);
  expect(after.map(({ id }) => id)).toContain(own.body.id);
  expect((await auditOf(api, staff)).map(({ action }) => action)).toContain('api_key.revoked');
});

test.each(['viewer', 'support'] as const)('a %s may watch and not begin', async (role) => {
  const staff = await aStaff(api, vendor, role);

  expect((await staff.ask('GET', path)).status).toBe(200);
  expect((await staff.ask('POST', path)).status).toBe(403);
});

test('without a redirect URI nothing is begun, and the answer says why', async () => {
  const other = await aVendor(api);
  const staff = await aStaff(api, other, 'developer');

  expect((await staff.ask('POST', path)).body).toEqual({
    obstacle: 'no_redirect_uri',
    rehearsal: null,
    begun: false,
  });
  expect(await keysOf(other)).toEqual([]);
});

test('[TEN-01] there is none in production, and none of another environment is shown', async () => {
  const live = await aVendor(api, { kind: 'production' });
  const staff = await aStaff(api, live, 'admin');
  const other = await aStaff(api, await aVendor(api), 'admin');

  expect((await staff.ask('POST', path)).status).toBe(404);
  expect((await staff.ask('GET', path)).status).toBe(404);
  expect((await other.ask('GET', path)).body.rehearsal).toBeNull();
});
