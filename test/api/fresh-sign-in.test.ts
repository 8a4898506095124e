import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tables } from '../../api/routes/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, asSystem, aVendor, type Vendor } from '../support/builders.ts';

/** What gives access, takes it away or cannot be undone: a browser that was left alone does none of it [UI-04]. */

let api: TestApi;
let vendor: Vendor;
let sandbox: Vendor;
beforeAll(async () => {
  api = await startTestApi({ isEmbedded: false });
  [vendor, sandbox] = [await aVendor(api, { kind: 'production' }), await aVendor(api)];
});
afterAll(() => api.close());

const grave = tables
  .flatMap(({ routes }) => routes)
  .filter(({ isGrave }) => isGrave === true)
  .map(({ method, path }) => [method, path] as const);

/** An admin who proved who they are so many minutes ago. */
async function anAdmin(of: Vendor, minutes: number, at = api) {
  const { member, call } = await aMember(at, of);
  const provedAt = new Date(at.deps.now().getTime() - minutes * 60_000);
  await asSystem(at, (tx) =>
    tx.updateTable('staffSessions').set({ provedAt }).where('memberId', '=', member.id).execute(),
  );
  const codeOf = async (method: string, path: string): Promise<unknown> =>
    (await call(method, path.replaceAll(/:\w+/g, 'none_of_ours'), {})).body?.code;
  const makesAKey = async () =>
    (await call('POST', '/dashboard/api/api-keys', { name: 'CI', scopes: ['read'], expiresAt: null })).status;
  return { call, codeOf, makesAKey };
}

test('[UI-04] these acts matter: name a new one with care', () => {
  expect(grave.map(([method, path]) => `${method} ${path.replace('/dashboard/api', '')}`).toSorted()).toEqual(
    [
      'DELETE /environment/google-client',
      'DELETE /environment/mail-secret',
      'DELETE /environment/redirect-uris/:id',
      'DELETE /organizations/:id',
      'DELETE /webhooks/:id',
      'PATCH /environment',
      'PATCH /members/:id',
      'POST /api-keys',
      'POST /api-keys/:id/revoke',
      'POST /api-keys/:id/rotate',
      'POST /connections/:id/formers/:former/bring-back',
      'POST /domains/:id/decide',
      'POST /domains/:id/refuse',
      'POST /domains/:id/verify',
      'POST /environment/mail-secret',
      'POST /environment/redirect-uris',
      'POST /erasures',
      'POST /members',
      'POST /members/:id/invite',
      'POST /members/:id/remove',
      'POST /onboardings/:id/steps/:step/reset',
      'POST /roles/:slug/remove',
      'POST /webhooks',
      'POST /webhooks/:id/rotate',
      'PUT /environment/google-client',
      'PUT /members-sso',
      'PUT /role-policy',
      'PUT /webhooks/:id',
    ],
  );
});

describe('[UI-04] in production', () => {
  test.each(grave)('%s %s takes a sign-in of the last 15 minutes', async (method, path) => {
    const [fresh, stale] = [await anAdmin(vendor, 14), await anAdmin(vendor, 15)];

    expect(await stale.codeOf(method, path)).toBe('sign_in_again');
    expect(await fresh.codeOf(method, path)).not.toBe('sign_in_again');
  });

  test('what is done every day takes none', async () => {
    const { call } = await anAdmin(vendor, 60);

    expect(
      (await call('POST', '/dashboard/api/organizations', { name: 'Acme', domains: [], contacts: [] }))
        .status,
    ).toBe(201);
  });
});

test('[UI-04] a sandbox has nothing that matters', async () => {
  const { makesAKey } = await anAdmin(sandbox, 60);

  expect(await makesAKey()).toBe(201);
});

test('[UI-04] where mails stay in the embedded mailbox nobody could get a code, and none is asked for', async () => {
  const embedded = await startTestApi();
  const { makesAKey } = await anAdmin(await aVendor(embedded, { kind: 'production' }), 60, embedded);

  expect(await makesAKey()).toBe(201);
  await embedded.close();
});
