import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { onboarding, startedOnboarding } from '../../api/contract/developer-onboardings.ts';
import { fresh, type State } from '../../onboarding/state.ts';
import { apply } from '../../onboarding/transitions.ts';
import { view } from '../../onboarding/view.ts';
import type { Command } from '../../onboarding/commands.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());
const away = () => Promise.resolve({ status: 'unknown', reason: 'nobody listens' } as const);
afterEach(() => {
  api.temporal.deliver = away;
});

const features = [{ feature: 'sso' }, { feature: 'domain_verification', requirement: 'optional' }];
const start = async (more: object = {}) => {
  const { id } = await anOrganization(vendor);
  return vendor.call('POST', '/onboardings', {
    organization: id,
    features,
    contacts: ['it@acme.test', 'ops@acme.test'],
    ...more,
  });
};
const commandsOf = (organizationId: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('commands')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .orderBy('seq')
      .execute(),
  );
const linksOf = (organizationId: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('links').selectAll().where('organizationId', '=', organizationId).execute(),
  );

test('[MAIL-06] an invitation to a suppressed address is answered like any other', async () => {
  const plain = await start({ contacts: ['fine@acme.test'] });
  await asSystem(api, (tx) =>
    tx
      .insertInto('mailSuppressions')
      .values({ environmentId: vendor.environment.id, address: 'gone@acme.test', reason: 'bounced' })
      .execute(),
  );
  const suppressed = await start({ contacts: ['gone@acme.test'] });

  const shapeOf = ({ status, body }: typeof plain) => {
    const shown = JSON.stringify(body)
      .replace(/[a-z]+_[0-9A-Z]{26}/g, 'id')
      .replace(/20\d\d-[^"]+Z/g, 'instant');
    return { status, shown: shown.replaceAll('fine@', 'gone@') };
  };
  expect(shapeOf(suppressed)).toEqual(shapeOf(plain));
});

test('an invitation is kept while Temporal is away: its commands wait in order, its link is made', async () => {
  const { status, body } = await start({ note: 'Welcome' });

  expect(status).toBe(201);
  expect(startedOnboarding.parse(body)).toEqual(body);
  expect(body).toMatchObject({ number: 1, origin: 'invitation', state: 'invited', waiting_for: 'customer' });
  expect(body).not.toHaveProperty('link');
  expect(body.features).toMatchObject([
    { feature: 'sso', requirement: 'required', state: 'not_started' },
    { feature: 'domain_verification', requirement: 'optional' },
  ]);
  const commands = await commandsOf(body.organization_id);
  expect(commands).toMatchObject([
    { state: 'accepted', workflowId: `onb/${body.organization_id}/1`, body: { kind: 'start' } },
    { state: 'accepted', body: { kind: 'invite', delivery: 'mail' } },
  ]);
  expect(await linksOf(body.organization_id)).toMatchObject([
    { kind: 'main', delivery: 'mail', note: 'Welcome', features: ['sso', 'domain_verification'] },
  ]);
});

test('[TMP-01] commands carry ids, never an address, a name or a token', async () => {
  const { body } = await start({ note: 'Dear Ms Example' });

  const written = JSON.stringify(await commandsOf(body.organization_id));

  expect(written).not.toMatch(/acme\.test|Example|vb_setup_/);
});

test('a workflow that answers gives its own view', async () => {
  let state: State | undefined;
  api.temporal.deliver = (command) => {
    state ??= fresh({
      onboardingId: 'onb_1',
      environmentId: vendor.environment.id,
      organizationId: 'org_1',
      number: 1,
      at: '2026-01-01T00:00:00.000Z',
    });
    state = apply(state, command.body as Command, Date.parse('2026-01-01T00:00:00.000Z'));
    return Promise.resolve({ status: 'applied', result: view(state) });
  };

  const { status, body } = await start();

  expect(status).toBe(201);
  expect(body.waiting_since).toBe('2026-01-01T00:00:00.000Z');
  const commands = await commandsOf(body.organization_id);
  expect(commands.map(({ state: stored }) => stored)).toEqual(['applied', 'applied']);
});

test('a second invitation joins the open onboarding and replaces its main link', async () => {
  const { body: first } = await start({ features: [{ feature: 'sso' }] });

  const { status, body } = await vendor.call('POST', '/onboardings', {
    organization: first.organization_id,
    features,
    contacts: ['it@acme.test'],
  });

  expect([status, body.id]).toEqual([201, first.id]);
  const links = await linksOf(first.organization_id);
  expect(links.map((link) => link.state).sort()).toEqual(['created', 'replaced']);
  const commands = await commandsOf(first.organization_id);
  expect(commands.map(({ body: command }) => (command as { kind?: string }).kind)).toEqual([
    'start',
    'invite',
    'join',
    'invite',
  ]);
});

test('of invitations at the same instant one starts the onboarding and the others join it', async () => {
  const { id } = await anOrganization(vendor);
  const invite = () =>
    vendor.call('POST', '/onboardings', { organization: id, features, contacts: ['a@acme.test'] });

  const replies = await Promise.all(Array.from({ length: 6 }, invite));

  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201));
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
  const links = await linksOf(id);
  expect(links.filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
});

test('a link to copy is in the answer, and only there', async () => {
  const { body } = await start({ delivery: 'copy', contacts: [] });

  expect(body.link).toMatch(new RegExp(`^${api.url}/setup/${vendor.environment.handle}/vb_setup_`));
  const { body: read } = await vendor.call('GET', `/onboardings/${body.id}`);
  expect(read).not.toHaveProperty('link');
  expect(onboarding.parse(read)).toEqual(read);
});

test('acts on an onboarding wait for the workflow with 202', async () => {
  const { body } = await start();

  for (const act of ['remind', 'fresh_link', 'cancel']) {
    const reply = await vendor.call('POST', `/onboardings/${body.id}/${act}`);
    expect([act, reply.status, reply.body.id]).toEqual([act, 202, body.id]);
  }
  const kinds = (await commandsOf(body.organization_id)).map(({ body: b }) => (b as { kind?: string }).kind);
  expect(kinds).toEqual(['start', 'invite', 'remind', 'fresh_link', 'cancel']);
});

test('a refusal of the workflow is the answer, and is repeated under its key', async () => {
  const { body } = await start();
  await asSystem(api, (tx) =>
    tx
      .updateTable('commands')
      .set({ state: 'applied' })
      .where('organizationId', '=', body.organization_id)
      .execute(),
  );
  api.temporal.deliver = () => Promise.resolve({ status: 'refused', code: 'no_contact' });
  const remind = () =>
    vendor.call('POST', `/onboardings/${body.id}/remind`, undefined, { 'idempotency-key': 'remind-1' });

  const refused = await remind();
  api.temporal.deliver = away;
  const again = await remind();

  expect([refused.status, refused.body.code]).toEqual([409, 'no_contact']);
  expect([again.status, again.text]).toEqual([refused.status, refused.text]);
});

test('a command never overtakes an older one of its workflow', async () => {
  const { body } = await start();
  let offered = 0;
  api.temporal.deliver = () => {
    offered += 1;
    return Promise.resolve({ status: 'applied', result: null });
  };

  const reply = await vendor.call('POST', `/onboardings/${body.id}/cancel`);

  expect([reply.status, offered]).toEqual([202, 0]);
});

test.each([
  [{ features: [] }, 422],
  [{ features: [{ feature: 'audit_logs' }] }, 422],
  [{ contacts: ['not an address'] }, 422],
  [{ contacts: [] }, 409],
  [{ life_days: 31 }, 422],
])('%j is refused', async (more, status) => {
  expect((await start(more)).status).toBe(status);
});

test('onboardings are listed by organization and state', async () => {
  const { body } = await start();

  const mine = await vendor.call(
    'GET',
    `/onboardings?organization_id=${body.organization_id}&state=invited,live`,
  );
  const none = await vendor.call('GET', `/onboardings?organization_id=${body.organization_id}&state=live`);
  const timeline = await vendor.call('GET', `/onboardings/${body.id}/timeline`);

  expect(mine.body.data.map(({ id }: { id: string }) => id)).toEqual([body.id]);
  expect(none.body.data).toEqual([]);
  expect(timeline.body).toMatchObject({ object: 'list', data: [] });
});
