import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookAtHealth } from '../../activities/health.ts';
import { newId } from '../../adapters/ids.ts';
import { tellDirectoryLinked, withTenant } from '../../db/index.ts';
import { aDirectory, aDirectoryToken } from '../db/builders.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff } from '../support/staff.ts';
import { anInvited, aPortalVisitor } from '../support/visitor.ts';

/** Directory sync as a part of an onboarding, as the API, the portal and the dashboard show it. */

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const features = [{ feature: 'sso' }, { feature: 'directory_sync' }];
const tenantOf = (organizationId: string) => ({ environmentId: vendor.environment.id, organizationId });
const aLinked = (organizationId: string, changes: Parameters<typeof aDirectory>[2] = {}) =>
  aDirectory({ app: api.deps.db }, tenantOf(organizationId), changes);
const giveRole = () =>
  asSystem(api, (tx) =>
    tx
      .insertInto('roles')
      .values({
        id: newId('role_'),
        environmentId: vendor.environment.id,
        slug: 'admin',
        name: 'Admin',
        rank: 1,
      })
      .execute(),
  );
const stepsOf = (body: { features: { feature: string; steps: { step: string; state: string }[] }[] }) =>
  Object.fromEntries(
    body.features
      .filter(({ feature }) => feature === 'directory_sync')
      .flatMap(({ steps }) => steps.map(({ step, state }) => [step, state])),
  );

describe('an onboarding', () => {
  test('covers directory sync where it is asked for, and its link opens it', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await anInvited(api, vendor, organization, { features });

    const { body } = await visitor.ask('GET', '/home');
    expect(stepsOf(body.view)).toEqual({
      choose_directory: 'open',
      connect_directory: 'blocked',
      receive_people: 'blocked',
      assign_roles: 'blocked',
    });
    expect((await visitor.ask('GET', '/session')).body.features).toEqual(['sso', 'directory_sync']);
  });

  test('does not cover it unless somebody asks', async () => {
    const { id: organization } = await anOrganization(vendor);
    const { body } = await vendor.call('POST', '/onboardings', { organization, delivery: 'copy' });

    expect(body.features.map(({ feature }: { feature: string }) => feature)).toEqual([
      'sso',
      'domain_verification',
    ]);
  });

  test('begins with what people come from already as done, and with roles still to assign where there are some', async () => {
    const { id: organization } = await anOrganization(vendor);
    await aLinked(organization);
    const begin = async () =>
      stepsOf((await vendor.call('POST', '/onboardings', { organization, delivery: 'copy', features })).body);

    expect(await begin()).toMatchObject({ receive_people: 'done', assign_roles: 'done' });

    const { id: other } = await anOrganization(vendor);
    await aLinked(other);
    await giveRole();
    const { body } = await vendor.call('POST', '/onboardings', {
      organization: other,
      delivery: 'copy',
      features,
    });
    expect(stepsOf(body)).toMatchObject({ receive_people: 'done', assign_roles: 'open' });
  });

  test('hears in the transaction that links a directory that people come, and whether there are roles', async () => {
    const { id: organization } = await anOrganization(vendor);
    await anInvited(api, vendor, organization, { features });
    const directory = await aLinked(organization);
    await withTenant(api.deps.db, tenantOf(organization), (tx) =>
      tellDirectoryLinked(tx, directory, { now: api.deps.now(), newId }),
    );

    const facts = await asSystem(api, (tx) =>
      tx
        .selectFrom('commands')
        .select('body')
        .where('organizationId', '=', organization)
        .where('delivery', '=', 'signal')
        .execute(),
    );
    expect(facts.map(({ body }) => body)).toMatchObject([
      { kind: 'directory_linked', directoryId: directory.id, hasRoles: true },
    ]);
  });

  test('names the source that was chosen in its timeline', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await anInvited(api, vendor, organization, { features });
    const tenant = tenantOf(organization);
    await asSystem(api, (tx) =>
      tx
        .insertInto('timelineEntries')
        .values({
          ...tenant,
          onboardingId: visitor.onboardingId,
          number: 99,
          at: api.deps.now(),
          kind: 'directory_chosen',
          actorType: 'customer',
          actorId: 'link_1',
          completes: true,
          step: 'choose_directory',
          facts: JSON.stringify({ provider: 'microsoft-entra-id' }),
        })
        .execute(),
    );

    const { body } = await visitor.ask('GET', '/home');
    expect(body.timeline.at(-1)?.facts).toMatchObject({ provider_name: 'Microsoft Entra ID' });
  });
});

describe('home', () => {
  test('leads to the directory first where that is all the link is for, and is done when people come', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    expect(visitor.landedOn).toMatch(/\/directory$/);
    expect((await visitor.ask('GET', '/home')).body).toMatchObject({
      directory: null,
      allDone: false,
      nextStep: { feature: 'directory_sync', step: 'choose_directory' },
    });

    const directory = await aLinked(organization);
    expect((await visitor.ask('GET', '/home')).body).toMatchObject({
      nextStep: null,
      allDone: true,
      directory: { id: directory.id, name: 'Okta', chip: 'linked', linkedAt: expect.any(String) },
    });
  });

  test.each([
    [{ state: 'validating', linkedAt: null }, 'waiting'],
    [{ silentSince: new Date('2026-01-01') }, 'silent'],
    [{ state: 'invalid_credentials' }, 'invalid_credentials'],
    [{ state: 'unlinked' }, 'off'],
  ] as const)('shows a directory with %j as %s', async (changes, chip) => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    await aLinked(organization, changes);

    expect((await visitor.ask('GET', '/home')).body.directory.chip).toBe(chip);
  });

  async function holdChange(organization: string, directoryId: string): Promise<void> {
    await asSystem(api, (tx) =>
      tx
        .insertInto('directoryHolds')
        .values({
          id: newId('directory_hold_'),
          ...tenantOf(organization),
          directoryId,
          reason: 'many_leave',
          activeBefore: 9,
        })
        .execute(),
    );
  }

  test('[SCIM-09] shows a change on hold before anything else about a linked directory', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    const { id } = await aLinked(organization, { silentSince: new Date('2026-01-01') });
    await holdChange(organization, id);

    expect((await visitor.ask('GET', '/home')).body.directory.chip).toBe('held');
  });

  test('[SCIM-09] is not done while a change is on hold, from the first moment on to the decision', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    const { id } = await aLinked(organization);
    await holdChange(organization, id);
    const home = async () => (await visitor.ask('GET', '/home')).body;
    const waits = { kind: 'directory_held', subjectId: id, subject: 'Okta', step: 'repair_directory' };
    expect(await home()).toMatchObject({ allDone: false, troubles: [waits] });

    await lookAtHealth({
      db: api.deps.db,
      systemDb: api.systemDb,
      secrets: api.deps.secrets,
      now: api.deps.now,
    });
    const looked = await home();
    expect(looked).toMatchObject({ allDone: false, troubles: [waits] });
    expect(looked.view.features).toMatchObject([{ feature: 'directory_sync', state: 'repair' }]);

    await asSystem(api, (tx) =>
      tx.updateTable('directoryHolds').set({ state: 'applied' }).where('directoryId', '=', id).execute(),
    );
    const decided = await home();
    expect(decided).toMatchObject({ allDone: true, troubles: [] });
    expect(decided.view.features).toMatchObject([{ feature: 'directory_sync', state: 'done' }]);
    expect(decided.view.stepsTotal).toBe(looked.view.stepsTotal - 1);
  });

  test('is not done while a source refuses our credentials, from the first moment on', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    await aLinked(organization, { state: 'invalid_credentials', credentialsCause: 'sftp_login_refused' });

    expect((await visitor.ask('GET', '/home')).body).toMatchObject({
      allDone: false,
      troubles: [{ kind: 'directory_refused', cause: 'sftp_login_refused' }],
    });
  });

  test('is not done while no token of a linked directory works, from the first moment on to the next token', async () => {
    const { id: organization } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'dsync' });
    const directory = await aLinked(organization);
    const home = async () => (await visitor.ask('GET', '/home')).body;
    const revokedAt = new Date(api.deps.now().getTime() - 60_000);
    await aDirectoryToken({ app: api.deps.db }, directory, { revokedAt });
    expect(await home()).toMatchObject({
      allDone: false,
      troubles: [
        {
          kind: 'directory_token_ended',
          subjectId: directory.id,
          subject: 'Okta',
          since: revokedAt.toISOString(),
        },
      ],
    });

    await aDirectoryToken({ app: api.deps.db }, directory);
    expect(await home()).toMatchObject({ allDone: true, troubles: [] });
  });

  test('says nothing of directories to a link that does not cover them', async () => {
    const { id: organization } = await anOrganization(vendor);
    await aLinked(organization);
    const visitor = await aPortalVisitor(api, vendor, organization, { intent: 'sso' });

    expect((await visitor.ask('GET', '/home')).body.directory).toBeNull();
  });
});

test('the dashboard counts directory sync as done where people come, whoever connected it', async () => {
  const staff = await aStaff(api, vendor);
  const { id } = await anOrganization(vendor, { name: 'Peopled' });
  await aLinked(id);

  const { body } = await staff.ask('GET', '/organizations?search=Peopled');
  expect(body.organizations[0].features).toEqual([{ feature: 'directory_sync', state: 'done' }]);
});
