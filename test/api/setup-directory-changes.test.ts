import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { directorySecretAt } from '../../adapters/client-secrets.ts';
import { maskEmail } from '../../onboarding/masking.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { updateEnvironment } from '../../db/index.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { clientOf, type ScimClient } from '../support/scim-client.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** Replacing, resetting, bringing back and deleting a directory that people come from, over the portal and SCIM. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let contact: string;
let visitor: Visitor;
let okta: ScimClient['call'];
let journeys: ReturnType<typeof runJourneys>;

beforeAll(async () => {
  api = await startTestApi();
  journeys = runJourneys(api);
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  contact = `cora${(customers += 1)}@acme.com`;
  visitor = await anInvited(api, vendor, organizationId, {
    contacts: [contact],
    features: [{ feature: 'directory_sync' }],
  });
  await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });
  okta = await aClient();
  await sends(okta, 'ada', 'ben');
  await journeys.relay();
});

const state = async () => (await visitor.ask('GET', '/directory')).body;
const row = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('directories')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .executeTakeFirstOrThrow(),
  );

/** What calls by a token that is made now; of a linked directory it takes a code. */
async function aClient(): Promise<ScimClient['call']> {
  const { id, externalKey } = await row();
  const first = await visitor.ask('POST', '/directory/tokens');
  const made = first.status === 200 ? first : await proved('directory_token', id, '/directory/tokens');
  return clientOf(api, { externalKey, token: made.body.token });
}

async function sends(client: ScimClient['call'], ...names: string[]) {
  for (const name of names) {
    const userName = `${name}@acme.com`;
    const emails = [{ value: userName, primary: true }];
    expect((await client('POST', '/Users', { userName, emails })).status).toBe(201);
  }
}

async function idOf(client: ScimClient['call'], name: string): Promise<string> {
  const { body } = await client(
    'GET',
    `/Users?filter=${encodeURIComponent(`userName eq "${name}@acme.com"`)}`,
  );
  return body.Resources[0].id;
}

async function aGroup(client: ScimClient['call'], displayName: string, ...names: string[]): Promise<string> {
  const members = await Promise.all(names.map(async (name) => ({ value: await idOf(client, name) })));
  const reply = await client('POST', '/Groups', { displayName, members });
  expect(reply.status).toBe(201);
  return reply.body.id;
}

/** That group alone gives the role, and no other group gives any. */
async function giveRole(group: string, role: string) {
  const path = '/directory/roles';
  const { mapped, version } = (await visitor.ask('GET', path)).body;
  const { sources } = (await visitor.ask('GET', `${path}/sources`)).body;
  const { source } = [...mapped, ...sources].find(({ label }: { label: string }) => label === group);
  const body = { mapping: [{ source, role }], version };
  const saved = await (mapped.length === 0
    ? visitor.ask('PUT', path, body)
    : proved('directory_roles', organizationId, path, body, 'PUT'));
  expect(saved.status).toBeLessThan(300);
}

async function proved(act: string, subject: string, path: string, body: object = {}, method = 'POST') {
  // A code is sent again after a while only.
  api.pass(120_000);
  const earlier = api.mailbox.list({ to: contact }).length;
  await visitor.ask('POST', '/codes', { act, subject });
  const code = await codeMailedTo(api, contact, earlier);
  return visitor.ask(method, path, { ...body, code });
}
const startSwitch = async (sourceId = 'microsoft-entra-id') =>
  proved('directory_switch', (await row()).id, '/directory/switch', { sourceId });
async function confirm() {
  const reply = await proved('directory_switch', (await row()).id, '/directory/switch/confirm');
  await journeys.relay();
  return reply;
}

async function shown(): Promise<string[]> {
  const { body } = await vendor.call('GET', `/directory_users?directory=${(await row()).id}`);
  return body.data.map(({ username }: { username: string }) => username).sort();
}
const preview = async () => (await visitor.ask('GET', '/directory/switch')).body;
const named = async (kind: string) => {
  const { body } = await visitor.ask('GET', `/directory/switch?kind=${kind}`);
  return body.people.map(({ userName }: { userName: string }) => userName);
};
const stepsOf = ({ view }: Awaited<ReturnType<typeof state>>): string[] =>
  view.features
    .find(({ feature }: { feature: string }) => feature === 'directory_sync')
    .steps.map(({ step, state: one }: { step: string; state: string }) => `${step} ${one}`);
async function audited(): Promise<string[]> {
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select('action')
      .where('organizationId', '=', organizationId)
      .where('action', 'like', 'directory.%')
      .execute(),
  );
  return rows.map(({ action }) => action);
}
const told = async () => {
  const rows = await asSystem(api, async (tx) =>
    tx
      .selectFrom('commands')
      .select('message')
      .where('workflowId', '=', `dir/${(await row()).id}`)
      .orderBy('seq')
      .execute(),
  );
  return rows.map(({ message }) => message);
};

describe('another source', () => {
  test('is prepared beside the people who are shown, and shows first who would appear, vanish and stay', async () => {
    expect((await startSwitch()).status).toBe(200);

    const prepared = await state();
    expect(prepared.directory).toMatchObject({
      name: 'Okta',
      type: 'azure scim v2.0',
      tokens: [],
      chip: 'linked',
      switchTo: { name: 'Microsoft Entra ID', sourceId: 'microsoft-entra-id' },
    });
    expect(prepared.formers).toEqual([]);
    expect(prepared.checklist.map((one: { state: string }) => one.state)).not.toContain('done');
    expect(stepsOf(prepared)).toContain('choose_directory done');
    expect(stepsOf(prepared)).not.toContain('receive_people done');
    const entra = await aClient();
    await sends(entra, 'ben', 'cem');
    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com']);
    expect([await named('appear'), await named('vanish'), await named('stay')]).toEqual([
      ['cem@acme.com'],
      ['ada@acme.com'],
      ['ben@acme.com'],
    ]);

    expect((await confirm()).status).toBe(200);

    expect(await shown()).toEqual(['ben@acme.com', 'cem@acme.com']);
    const after = await state();
    expect(after.directory).toMatchObject({ name: 'Microsoft Entra ID', switchTo: null });
    expect(after.formers).toMatchObject([{ reason: 'switched', name: 'Okta' }]);
    const { endedAt, keptUntil } = after.formers[0];
    expect(Date.parse(keptUntil) - Date.parse(endedAt)).toBe(30 * 86_400_000);
    expect(stepsOf(after)).toContain('receive_people done');
    expect(await audited()).toContain('directory.switch_confirmed');
  });

  test('[SCIM-01] ends the tokens of the present one, so that an old client never writes among the new people', async () => {
    await startSwitch();

    const userName = 'late@acme.com';
    expect((await okta('POST', '/Users', { userName })).status).toBe(401);
    expect((await okta('GET', '/Users')).status).toBe(401);
    expect(await named('appear')).toEqual([]);
  });

  test('[LNK-10] takes a code to be prepared and one to be confirmed', async () => {
    const refused = await visitor.ask('POST', '/directory/switch', { sourceId: 'microsoft-entra-id' });
    expect(refused.body.code).toBe('code_needed');
    expect((await state()).directory.switchTo).toBeNull();
    await startSwitch();
    await sends(await aClient(), 'cem');

    expect((await visitor.ask('POST', '/directory/switch/confirm')).body.code).toBe('code_needed');
    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com']);
  });

  test('is not confirmed while nobody has come from it', async () => {
    await startSwitch();

    expect((await confirm()).body.code).toBe('directory_snapshot_empty');
    expect(await shown()).toHaveLength(2);
  });

  test('is confirmed only if somebody is left with the top role, and so is going back (M37)', async () => {
    await vendor.call('POST', '/roles', { slug: 'admin', name: 'Admin' });
    await aGroup(okta, 'IT', 'ada');
    await giveRole('IT', 'admin');
    await startSwitch();
    const entra = await aClient();
    await sends(entra, 'ada', 'ben');
    const it = await aGroup(entra, 'IT');

    expect(await preview()).toMatchObject({ roles: [{ group: 'IT', isKept: true }], roleLost: 'Admin' });
    expect((await confirm()).body).toMatchObject({ code: 'top_role_lost', facts: { role: 'Admin' } });
    expect((await state()).directory.switchTo).not.toBeNull();

    const members = [{ value: await idOf(entra, 'ben') }];
    expect((await entra('PUT', `/Groups/${it}`, { displayName: 'IT', members })).status).toBe(200);
    expect((await preview()).roleLost).toBeNull();
    const moved = (await visitor.ask('GET', '/directory/switch?kind=roles')).body;
    expect(moved.counts).toMatchObject({ stay: 2, roles: 2 });
    expect(moved.people).toMatchObject([
      { userName: 'ada@acme.com', move: { before: ['Admin'], after: [] } },
      { userName: 'ben@acme.com', move: { before: [], after: ['Admin'] } },
    ]);
    expect((await confirm()).status).toBe(200);
    await aGroup(entra, 'Owners', 'ben');
    await giveRole('Owners', 'admin');
    const [{ id }] = (await state()).formers;
    const back = await proved('directory_bring_back', id, `/directory/formers/${id}/bring-back`);
    expect(back.body).toMatchObject({ code: 'top_role_lost', facts: { role: 'Admin' } });
  });

  test('whose groups are called otherwise is given the roles before: those that have come are offered (M37)', async () => {
    await vendor.call('POST', '/roles', { slug: 'admin', name: 'Admin' });
    await aGroup(okta, 'IT', 'ada');
    await giveRole('IT', 'admin');
    await startSwitch();
    const entra = await aClient();
    await sends(entra, 'ada', 'ben');
    await aGroup(entra, 'SG-Admins', 'ben');
    await aGroup(entra, 'IT');
    expect((await preview()).roleLost).toBe('Admin');

    const { mapped, version, counts } = (await visitor.ask('GET', '/directory/roles')).body;
    const { sources } = (await visitor.ask('GET', '/directory/roles/sources')).body;
    expect(counts.groups).toBe(2);
    expect(mapped).toMatchObject([{ label: 'IT', people: 1, origin: 'Okta', isPrepared: false }]);
    expect(sources).toMatchObject([
      { label: 'SG-Admins', people: 1, origin: 'Microsoft Entra ID', isPrepared: true },
    ]);
    const mapping = [...mapped, ...sources].map(({ source }: { source: object }) => ({
      source,
      role: 'admin',
    }));
    const path = '/directory/roles';
    const saved = await proved('directory_roles', organizationId, path, { mapping, version }, 'PUT');
    expect(saved.status).toBeLessThan(300);

    expect((await preview()).roleLost).toBeNull();
    expect((await confirm()).status).toBe(200);
    const users = await vendor.call('GET', `/directory_users?directory=${(await row()).id}`);
    expect(
      users.body.data.map(({ username, role }: { username: string; role?: object }) => [username, role]),
    ).toEqual(expect.arrayContaining([['ben@acme.com', { slug: 'admin' }]]));
  });

  test('that goes back names who has other roles then: groups of the former set-up give theirs again', async () => {
    for (const slug of ['admin', 'editor'])
      await vendor.call('POST', '/roles', { slug, name: slug.toUpperCase() });
    await aGroup(okta, 'Sales', 'ben');
    await giveRole('Sales', 'editor');
    await startSwitch();
    await sends(await aClient(), 'ben', 'cem');
    expect((await confirm()).status).toBe(200);
    const [{ id }] = (await state()).formers;

    const { body } = await visitor.ask('GET', `/directory/formers/${id}?kind=roles`);
    expect(body.people).toMatchObject([
      { userName: 'ben@acme.com', move: { before: [], after: ['EDITOR'] } },
    ]);

    await proved('directory_bring_back', id, `/directory/formers/${id}/bring-back`);
    const users = await vendor.call('GET', `/directory_users?directory=${(await row()).id}`);
    const [ben] = users.body.data.filter(({ username }: { username: string }) => username === 'ben@acme.com');
    expect(ben.role).toEqual({ slug: 'editor' });
  });

  test('takes nobody along of whom the page that was confirmed did not speak', async () => {
    await startSwitch();
    await sends(await aClient(), 'cem');
    const confirming = async (vanish: number) =>
      proved('directory_switch', (await row()).id, '/directory/switch/confirm', { vanish });

    expect((await confirming(1)).body).toMatchObject({ code: 'directory_more_leave', facts: { people: 2 } });
    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com']);
    expect((await confirming(2)).status).toBe(200);
    expect(await shown()).toEqual(['cem@acme.com']);
  });

  test('a directory whose deletion leaves nobody with the top role says so before', async () => {
    const weigh = async () => (await visitor.ask('GET', '/directory/deletion')).body;
    expect(await weigh()).toEqual({ people: 2, roleLost: null });

    await vendor.call('POST', '/roles', { slug: 'admin', name: 'Admin' });
    await aGroup(okta, 'IT', 'ada');
    await giveRole('IT', 'admin');

    expect(await weigh()).toEqual({ people: 2, roleLost: 'Admin' });
  });

  test('a change on hold that leaves nobody with the top role says so before it is applied', async () => {
    await vendor.call('POST', '/roles', { slug: 'admin', name: 'Admin' });
    await aGroup(okta, 'IT', 'ada');
    await aGroup(okta, 'Owners', 'ben');
    await giveRole('IT', 'admin');
    await asSystem(api, (tx) =>
      updateEnvironment(
        tx,
        vendor.environment.id,
        { removalGuardPeople: 0, removalGuardPercent: 1 },
        api.deps.now(),
      ),
    );
    const review = async () => (await visitor.ask('GET', '/directory/hold')).body;
    expect((await okta('DELETE', `/Users/${await idOf(okta, 'ada')}`)).status).toBe(204);

    expect(await review()).toMatchObject({ people: [{ email: 'ada@acme.com' }], roleLost: 'Admin' });
    await giveRole('Owners', 'admin');
    expect((await review()).roleLost).toBeNull();
  });

  test('is given up in one press: the present one is heard again', async () => {
    await startSwitch();
    await sends(await aClient(), 'cem');

    expect((await visitor.ask('POST', '/directory/switch/discard')).status).toBe(200);

    await sends(okta, 'dan');
    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com', 'dan@acme.com']);
    const after = await state();
    expect(after.directory).toMatchObject({ name: 'Okta', switchTo: null });
    expect(after.formers).toEqual([]);
    expect(stepsOf(after)).toContain('receive_people done');
    expect((await visitor.ask('POST', '/directory/switch/discard')).body.code).toBe(
      'directory_switch_missing',
    );
  });

  test('is prepared once at a time, and looked at only while it is', async () => {
    expect((await visitor.ask('GET', '/directory/switch')).body.code).toBe('directory_switch_missing');
    await startSwitch();

    expect((await startSwitch('okta')).body.code).toBe('directory_switch_open');
    expect((await visitor.ask('GET', '/directory/switch?kind=nonsense')).status).toBe(422);
  });

  test('that is read has its workflow look, and one that is not any more has it stop', async () => {
    await startSwitch('bamboohr');
    expect(await told()).toEqual(['directoryChanged']);

    await visitor.ask('POST', '/directory/switch/discard');

    expect(await told()).toEqual(['directoryChanged', 'stopDirectory']);
  });

  test('[SEC-04] keeps the credentials of the one before sealed for their own row, and they work when it is back', async () => {
    const { id, environmentId } = await row();
    const sealed = api.deps.secrets.seal('its key', directorySecretAt({ id, organizationId }));
    await asSystem(api, (tx) =>
      tx
        .updateTable('directories')
        .set({ road: 'bamboohr', providerId: 'bamboohr', credentialsSealed: sealed })
        .where('id', '=', id)
        .execute(),
    );
    await startSwitch();
    const [former] = await asSystem(api, (tx) =>
      tx.selectFrom('formerDirectories').selectAll().where('environmentId', '=', environmentId).execute(),
    );
    expect(former?.credentialsSealed).not.toBe(sealed);
    expect((await row()).credentialsSealed).toBeNull();

    await visitor.ask('POST', '/directory/switch/discard');

    const { credentialsSealed } = await row();
    expect(api.deps.secrets.open(credentialsSealed ?? '', directorySecretAt({ id, organizationId }))).toBe(
      'its key',
    );
    expect(await told()).toEqual(['stopDirectory', 'directoryChanged']);
  });
});

describe('a reset', () => {
  test('sets the same source up anew; nobody vanishes before it is confirmed', async () => {
    const { id } = await row();
    expect((await visitor.ask('POST', '/directory/reset')).body.code).toBe('code_needed');

    expect((await proved('directory_reset', id, '/directory/reset')).status).toBe(200);

    expect((await state()).directory).toMatchObject({ switchTo: { name: 'Okta' }, tokens: [] });
    expect(await shown()).toHaveLength(2);
    expect(await audited()).toContain('directory.reset');
    await sends(await aClient(), 'ada');
    await confirm();
    expect(await shown()).toEqual(['ada@acme.com']);
    expect((await state()).formers).toMatchObject([{ reason: 'reset' }]);
  });

  test('is for a directory that people come from', async () => {
    organizationId = (await anOrganization(vendor)).id;
    visitor = await anInvited(api, vendor, organizationId, {
      contacts: [contact],
      features: [{ feature: 'directory_sync' }],
    });
    await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });

    expect((await visitor.ask('POST', '/directory/reset')).body.code).toBe('directory_state_refused');
    expect((await visitor.ask('POST', '/directory/switch', { sourceId: 'okta' })).body.code).toBe(
      'directory_state_refused',
    );
  });
});

test('whose client still calls by a token that has ended is told so, until it calls by another', async () => {
  const entitled = await aClient();
  const ended = async () => (await state()).directory.endedToken;
  // When a token was used is noted a while after.
  await expect.poll(async () => (await state()).directory.tokens[0].lastUsedAt).not.toBeNull();
  expect(await ended()).toBeNull();

  const endedAt = new Date(api.deps.now().getTime() - 60_000);
  const { suffix } = await asSystem(api, async (tx) =>
    tx
      .updateTable('directoryTokens')
      .set({ expiresAt: endedAt })
      .where('directoryId', '=', (await row()).id)
      .where('lastUsedAt', 'is not', null)
      .returning('suffix')
      .executeTakeFirstOrThrow(),
  );
  expect(await ended()).toEqual({ suffix, endedAt: endedAt.toISOString() });

  await sends(entitled, 'cem');
  await expect.poll(ended).toBeNull();
});

describe('what was there before', () => {
  beforeEach(async () => {
    await startSwitch();
    await sends(await aClient(), 'ben', 'cem');
    await confirm();
  });
  const bringBack = async () => {
    const [{ id }] = (await state()).formers;
    return proved('directory_bring_back', id, `/directory/formers/${id}/bring-back`);
  };

  test('is back with its people and its tokens in one press, and that which it replaces is kept', async () => {
    const [{ id }] = (await state()).formers;
    const path = `/directory/formers/${id}/bring-back`;
    expect((await visitor.ask('POST', path)).body.code).toBe('code_needed');

    expect((await bringBack()).status).toBe(200);

    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com']);
    await sends(okta, 'dan');
    expect(await shown()).toContain('dan@acme.com');
    const after = await state();
    expect(after.directory).toMatchObject({ name: 'Okta', switchTo: null });
    expect(after.formers).toMatchObject([{ reason: 'brought_back', name: 'Microsoft Entra ID' }]);
    expect(await audited()).toContain('directory.brought_back');
    expect(stepsOf(after)).toContain('receive_people done');
  });

  test('shows first who would appear and vanish with it, and takes no more along than was agreed to', async () => {
    const [{ id }] = (await state()).formers;
    const path = `/directory/formers/${id}`;
    const look = async (kind: string) => {
      const { body } = await visitor.ask('GET', `${path}?kind=${kind}`);
      return [body.counts, body.people.map(({ userName }: { userName: string }) => userName)];
    };
    const counts = { appear: 1, vanish: 1, stay: 1, roles: 0 };
    expect(await look('appear')).toEqual([counts, ['ada@acme.com']]);
    expect(await look('vanish')).toEqual([counts, ['cem@acme.com']]);

    const refused = await proved('directory_bring_back', id, `${path}/bring-back`, { vanish: 0 });
    expect(refused.body).toMatchObject({ code: 'directory_more_leave', facts: { people: 1 } });
    expect(await shown()).toEqual(['ben@acme.com', 'cem@acme.com']);

    expect((await proved('directory_bring_back', id, `${path}/bring-back`, { vanish: 1 })).status).toBe(200);
    expect(await shown()).toEqual(['ada@acme.com', 'ben@acme.com']);
    await startSwitch();
    const [older] = (await state()).formers;
    expect((await visitor.ask('GET', `/directory/formers/${older.id}`)).body.code).toBe(
      'directory_switch_open',
    );
  });

  test('is gone after 30 days', async () => {
    const [{ id }] = (await state()).formers;
    await asSystem(api, (tx) =>
      tx.updateTable('formerDirectories').set({ keptUntil: api.deps.now() }).where('id', '=', id).execute(),
    );

    expect((await state()).formers).toEqual([]);
    const late = await proved('directory_bring_back', id, `/directory/formers/${id}/bring-back`);
    expect(late.body.code).toBe('former_ended');
  });

  test('of somebody else is not found [LNK-03]', async () => {
    const [{ id }] = (await state()).formers;
    const path = `/directory/formers/${id}/bring-back`;
    expect((await visitor.ask('GET', `/directory/formers/${id}`)).status).toBe(200);
    organizationId = (await anOrganization(vendor)).id;
    visitor = await anInvited(api, vendor, organizationId, {
      contacts: [contact],
      features: [{ feature: 'directory_sync' }],
    });
    await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });

    expect((await proved('directory_bring_back', id, path)).status).toBe(404);
    expect((await visitor.ask('GET', `/directory/formers/${id}`)).status).toBe(404);
  });
});

describe('deleting', () => {
  test('[LNK-10] takes a code where people come from it; then nobody is shown, and another can be chosen', async () => {
    const { id } = await row();
    expect((await visitor.ask('POST', '/directory/delete')).body.code).toBe('code_needed');

    expect((await proved('directory_delete', id, '/directory/delete')).status).toBe(200);

    expect((await state()).directory).toBeNull();
    expect((await okta('GET', '/Users')).status).toBe(401);
    expect(await audited()).toContain('directory.deleted');
    expect((await visitor.ask('POST', '/directory/source', { sourceId: 'okta' })).status).toBe(200);
  });

  test('takes none while nobody has come', async () => {
    organizationId = (await anOrganization(vendor)).id;
    visitor = await anInvited(api, vendor, organizationId, {
      contacts: [contact],
      features: [{ feature: 'directory_sync' }],
    });
    await visitor.ask('POST', '/directory/source', { sourceId: 'okta' });

    expect((await visitor.ask('POST', '/directory/delete')).status).toBe(200);
    expect((await state()).directory).toBeNull();
  });
});

test('the contacts hear of a switch, of its end, of a reset and of a deletion', async () => {
  const news = async () =>
    asSystem(api, async (tx) => {
      const { notices } = await tx
        .selectFrom('directories')
        .select('notices')
        .where('organizationId', '=', organizationId)
        .executeTakeFirstOrThrow();
      return notices.map(({ kind, source, to, by }) => `${kind} ${source} ${to} ${by}`);
    });
  await startSwitch();
  await sends(await aClient(), 'ada');
  await confirm();
  await proved('directory_reset', (await row()).id, '/directory/reset');
  await visitor.ask('POST', '/directory/switch/discard');
  await proved('directory_delete', (await row()).id, '/directory/delete');

  const by = maskEmail(contact);
  expect(await news()).toEqual([
    `switch_prepared Okta Microsoft Entra ID ${by}`,
    `switched Okta Microsoft Entra ID ${by}`,
    `reset Microsoft Entra ID Microsoft Entra ID ${by}`,
    `brought_back Microsoft Entra ID Microsoft Entra ID ${by}`,
    `deleted Microsoft Entra ID Microsoft Entra ID ${by}`,
  ]);
});

test('none of it is for a link that does not cover directories [LNK-03]', async () => {
  visitor = await anInvited(api, vendor, (await anOrganization(vendor)).id, { contacts: [contact] });

  for (const path of [
    'switch',
    'reset',
    'delete',
    'switch/confirm',
    'switch/discard',
    'formers/x/bring-back',
  ]) {
    const body = path === 'switch' ? { sourceId: 'okta' } : {};
    expect((await visitor.ask('POST', `/directory/${path}`, body)).status).toBe(403);
  }
  expect((await visitor.ask('GET', '/directory/switch')).status).toBe(403);
  expect((await visitor.ask('GET', '/directory/formers/x')).status).toBe(403);
  expect((await visitor.ask('GET', '/directory/deletion')).status).toBe(403);
});
