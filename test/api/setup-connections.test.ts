import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { insertDomain, markConnectionTested } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import {
  aFailedTest,
  aLiveCustomer,
  codeMailedTo,
  idpMetadata,
  type LiveCustomer,
} from '../support/live-customer.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { aBrowser, givePublicFace } from '../support/sign-in.ts';

/** What an IT admin does with whole connections: deletes one, adds another, says for whom it is and what it accepts. */

let api: TestApi;
let vendor: Vendor;
let idp: MadeCertificate;
let customer: LiveCustomer;
let visitor: LiveCustomer['visitor'];
let contact: string;
const appUri = 'https://app.acme.example/callback';

beforeAll(async () => {
  api = await startTestApi();
  idp = await aCertificate({ name: 'idp' });
});
afterAll(() => api.close());
let customers = 0;
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  await givePublicFace(api, vendor, appUri);
  contact = `anna${(customers += 1)}@acme.com`;
  customer = await aLiveCustomer(api, vendor, { metadata: idpMetadata([idp.pem]), contacts: [contact] });
  visitor = customer.visitor;
});

async function codeFor(act: string, subject: string): Promise<string> {
  const earlier = api.mailbox.list({ to: contact }).length;
  const asked = await visitor.ask('POST', '/codes', { act, subject });
  expect(asked.body.state).toBe('mailed');
  return codeMailedTo(api, contact, earlier);
}
const rowOf = (id: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
const noticesOf = async (id: string) => (await rowOf(id)).notices.map(({ kind }) => kind);
const audits = async () =>
  (
    await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select(['action', 'before', 'after'])
        .where('organizationId', '=', customer.organizationId)
        .orderBy('id')
        .execute(),
    )
  ).map((row) => row);
async function errorOf(selector: Record<string, string>): Promise<string | null> {
  const query = new URLSearchParams({
    client_id: vendor.environment.clientId,
    redirect_uri: appUri,
    response_type: 'code',
    ...selector,
  });
  const visit = await aBrowser().get(`${api.url}/sso/authorize?${query.toString()}`);
  expect(visit.status).toBe(302);
  return visit.leadsTo?.searchParams.get('error') ?? null;
}
const aVerifiedDomain = (domain: string, state: 'verified' | 'pending' = 'verified') =>
  asSystem(api, (tx) =>
    insertDomain(tx, {
      id: newId('org_domain_'),
      environmentId: vendor.environment.id,
      organizationId: customer.organizationId,
      domain,
      state,
      strategy: 'dns' as const,
      ...(state === 'verified' ? { verifiedAt: api.deps.now() } : {}),
      createdAt: api.deps.now(),
    }),
  );
async function removeIt(): Promise<string> {
  const { id } = await customer.connection();
  const code = await codeFor('delete', id);
  expect((await visitor.ask('POST', '/sso/delete', { code })).status).toBe(200);
  return id;
}

describe('deleting a connection', () => {
  test('[LNK-10] needs the code, and stops sign-in at once', async () => {
    const { id } = await customer.connection();
    expect(await errorOf({ connection: id })).toBeNull();
    expect((await visitor.ask('POST', '/sso/delete', {})).body.code).toBe('code_needed');
    expect((await visitor.ask('POST', '/sso/delete', { code: '000000' })).body.code).toBe('code_wrong');
    expect(await errorOf({ connection: id })).toBeNull();

    await removeIt();

    expect(await errorOf({ connection: id })).toBe('connection_invalid');
    const state = (await visitor.ask('GET', '/sso')).body;
    expect(state).toMatchObject({ connection: null, deleted: [{ id, wasLive: true }] });
    expect((await visitor.ask('GET', '/home')).body.signInStopped).toMatchObject({ how: 'deleted', id });
    const [deleted] = state.deleted;
    expect(Date.parse(deleted.keptUntil) - Date.parse(deleted.deletedAt)).toBe(30 * 86_400_000);
    expect(await noticesOf(id)).toEqual(['deleted']);
    expect((await audits()).map(({ action }) => action)).toContain('connection.deleted');
  });

  test('ends its draft, and a code for another connection does not count', async () => {
    await visitor.ask('POST', '/sso/draft');
    const { id } = await customer.connection();
    const code = await codeFor('delete', `${id.slice(0, -1)}X`);
    expect((await visitor.ask('POST', '/sso/delete', { code })).body.code).toBe('code_wrong');

    await removeIt();

    const { endedAs } = await asSystem(api, (tx) =>
      tx
        .selectFrom('connectionRevisions')
        .selectAll()
        .where('connectionId', '=', id)
        .executeTakeFirstOrThrow(),
    );
    expect(endedAs).toBe('discarded');
  });

  test('is undone by one press: live again, with its addresses, keys and floor', async () => {
    const before = await customer.connection();
    const id = await removeIt();

    const back = await visitor.ask('POST', `/sso/deleted/${id}/bring-back`);

    expect(back.status).toBe(200);
    expect(await rowOf(id)).toMatchObject({
      state: 'active',
      deletedAt: null,
      restorableUntil: null,
      spEntityId: before.spEntityId,
      acsUrl: before.acsUrl,
      signedFloor: 'both',
    });
    expect(await errorOf({ connection: id })).toBeNull();
    expect(await noticesOf(id)).toEqual(['deleted', 'brought_back']);
    expect((await visitor.ask('GET', '/sso')).body.deleted).toEqual([]);
    expect((await visitor.ask('GET', '/home')).body.signInStopped).toBeNull();
    expect((await visitor.ask('POST', '/sso/switch-off')).status).toBe(200);
    expect((await visitor.ask('GET', '/home')).body.signInStopped).toMatchObject({ how: 'off' });
  });

  test('is undone once, within thirty days, by its own organization, and not what the vendor deleted', async () => {
    const id = await removeIt();
    const path = `/sso/deleted/${id}/bring-back`;
    const stranger = await aLiveCustomer(api, vendor, { metadata: idpMetadata([idp.pem]) });
    expect((await stranger.visitor.ask('POST', path)).status).toBe(404);

    expect((await visitor.ask('POST', path)).status).toBe(200);
    expect((await visitor.ask('POST', path)).body.code).toBe('former_ended');

    await removeIt();
    await asSystem(api, (tx) =>
      tx.updateTable('connections').set({ restorableUntil: api.deps.now() }).where('id', '=', id).execute(),
    );
    expect((await visitor.ask('POST', path)).body.code).toBe('former_ended');

    const other = await stranger.connection();
    expect((await vendor.call('DELETE', `/connections/${other.id}`)).status).toBe(204);
    const vendors = await stranger.visitor.ask('POST', `/sso/deleted/${other.id}/bring-back`);
    expect(vendors.body.code).toBe('former_ended');
    expect((await rowOf(other.id)).notices).toMatchObject([{ kind: 'deleted', by: null, isVendors: true }]);
  });
});

describe('switching off and on', () => {
  test('has the contacts told', async () => {
    await visitor.ask('POST', '/sso/switch-off');
    await visitor.ask('POST', '/sso/switch-on');

    expect((await customer.connection()).notices).toMatchObject([
      { kind: 'switched_off', by: 'a•••@acme.com' },
      { kind: 'switched_on', by: 'a•••@acme.com' },
    ]);
  });
});

describe('a second identity provider', () => {
  const add = () => visitor.ask('POST', '/sso/connections', { name: 'Another' });
  const of = (id: string) => ({ 'x-vestibule-connection': id });
  async function aSecond(): Promise<string> {
    const id = String((await add()).body.connectionId);
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, of(id));
    const text = idpMetadata([idp.pem], 'https://second.acme.example/saml');
    const body = { way: 'metadata_file', text, accepted: true };
    expect((await visitor.ask('POST', '/sso/metadata', body, of(id))).status).toBe(200);
    const { environmentId, organizationId, settingsRevision } = await rowOf(id);
    await asSystem(api, (tx) =>
      markConnectionTested(tx, { environmentId, organizationId }, id, {
        settingsRevision,
        email: 'anna@acme.com',
        signedFloor: 'both',
        encryptedFloor: false,
        now: api.deps.now(),
      }),
    );
    return id;
  }

  test('is set up beside the first, goes live by itself, and leaves the first as it is', async () => {
    const first = await customer.connection();
    const id = await aSecond();

    const live = await visitor.ask('POST', '/sso/go-live', {}, of(id));

    expect(live.status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ state: 'active', isAdditional: true, name: 'Okta' });
    expect(await rowOf(first.id)).toEqual(first);
    const home = (await visitor.ask('GET', '/home')).body;
    expect(home.connections).toMatchObject([
      { id: first.id, chip: 'live' },
      { id, chip: 'live', name: 'Okta' },
    ]);
    expect(home.connection.id).toBe(first.id);
    expect((await visitor.ask('GET', '/sso', undefined, of(id))).body.connection.id).toBe(id);
    expect((await visitor.ask('GET', '/sso')).body.connection.id).toBe(first.id);
  });

  test('of a provider that serves another one already is told apart by its name, which follows a change', async () => {
    const chosen = async (id: string, providerId: string) => {
      await visitor.ask('POST', '/sso/provider', { providerId }, of(id));
      return (await rowOf(id)).name;
    };
    const second = await aSecond();
    const third = String((await add()).body.connectionId);

    expect(await chosen(third, 'okta')).toBe('Okta 2');
    expect(await chosen(second, 'onelogin')).toBe('OneLogin');
    expect(await chosen(third, 'onelogin')).toBe('OneLogin 2');
  });

  test('is added only beside one that served people, and pressing twice makes one', async () => {
    const answers = await Promise.all([add(), add()]);
    expect(new Set(answers.map(({ body }) => body.connectionId)).size).toBe(1);

    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ activatedAt: null, state: 'validating' })
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    expect((await add()).body.code).toBe('step_blocked');
  });

  test('of another organization is not there, whoever names it [IDB-03]', async () => {
    const stranger = await aLiveCustomer(api, vendor, { metadata: idpMetadata([idp.pem]) });
    const { id } = await stranger.connection();

    expect((await visitor.ask('GET', '/sso', undefined, of(id))).status).toBe(404);
    expect((await visitor.ask('POST', '/sso/switch-off', {}, of(id))).status).toBe(404);
    expect((await stranger.connection()).state).toBe('active');
  });

  test('is chosen by its id or by its domain; the organization alone is ambiguous', async () => {
    const first = await customer.connection();
    const id = await aSecond();
    await visitor.ask('POST', '/sso/go-live', {}, of(id));
    await aVerifiedDomain('acme-first.test');
    await aVerifiedDomain('acme-second.test');
    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ allowedDomains: ['acme-second.test'] })
        .where('id', '=', id)
        .execute(),
    );
    const providerOf = async (selector: Record<string, string>) => {
      const query = new URLSearchParams({
        client_id: vendor.environment.clientId,
        redirect_uri: appUri,
        response_type: 'code',
        ...selector,
      });
      const visit = await aBrowser().get(`${api.url}/sso/authorize?${query.toString()}`);
      return visit.leadsTo?.host;
    };

    expect(await providerOf({ connection: first.id })).toBe('idp.acme.example');
    expect(await providerOf({ connection: id })).toBe('second.acme.example');
    expect(await providerOf({ domain: 'acme-first.test' })).toBe('idp.acme.example');
    expect(await providerOf({ domain: 'acme-second.test' })).toBe('second.acme.example');
    expect(await errorOf({ organization: customer.organizationId })).toBe('ambiguous_connection_selector');
    const expecting = (loginHint: string) =>
      providerOf({ organization: customer.organizationId, login_hint: loginHint });
    expect(await expecting('ann@acme-first.test')).toBe('idp.acme.example');
    expect(await expecting('ann@acme-second.test')).toBe('second.acme.example');
    const besideOf = async (one: string) =>
      (await visitor.ask('GET', '/sso', undefined, of(one))).body.beside;
    expect(await besideOf(id)).toEqual({
      own: ['acme-second.test'],
      others: [{ name: 'Custom SAML', domains: null }],
    });
    expect((await besideOf(first.id)).others).toMatchObject([{ domains: ['acme-second.test'] }]);
  });

  test('beside one that is off has nothing to be told apart from', async () => {
    const id = await aSecond();
    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'inactive' })
        .where('organizationId', '=', customer.organizationId)
        .where('id', '!=', id)
        .execute(),
    );

    expect((await visitor.ask('GET', '/sso', undefined, of(id))).body.beside.others).toEqual([]);
  });

  test('is reset without sending the journey back, and brought back', async () => {
    const id = await aSecond();
    await visitor.ask('POST', '/sso/go-live', {}, of(id));
    const before = (await visitor.ask('GET', '/home')).body.view;
    const code = await codeFor('reset', id);

    const emptied = await visitor.ask('POST', '/sso/reset', { code }, of(id));

    expect(emptied.status).toBe(200);
    expect(emptied.body.view.features).toEqual(before.features);
    expect(await rowOf(id)).toMatchObject({ state: 'draft', providerId: null });
    const [former] = (await visitor.ask('GET', '/sso', undefined, of(id))).body.formers;
    const back = await visitor.ask('POST', `/sso/formers/${former.id}/bring-back`, {}, of(id));
    expect([back.status, (await rowOf(id)).state]).toEqual([200, 'active']);
  });

  test('is deleted without touching the first, and the journey stays where it is', async () => {
    const id = await aSecond();
    await visitor.ask('POST', '/sso/go-live', {}, of(id));
    const first = (await visitor.ask('GET', '/home')).body.connection.id;
    const code = await codeFor('delete', id);

    const gone = await visitor.ask('POST', '/sso/delete', { code }, of(id));

    expect(gone.status).toBe(200);
    expect((await rowOf(id)).deletedAt).not.toBeNull();
    expect((await rowOf(first)).deletedAt).toBeNull();
    expect((await visitor.ask('GET', '/sso')).body).toMatchObject({
      connection: { chip: 'live' },
      deleted: [{ id, providerName: 'Okta' }],
    });
  });
});

describe('for whose addresses a connection is', () => {
  const put = (chosen: string[] | null, code?: string) =>
    visitor.ask('PUT', '/sso/domains', { chosen, ...(code === undefined ? {} : { code }) });

  test('[LNK-10] of a live one it is changed with the code, audited, and told', async () => {
    await aVerifiedDomain('acme-own.test');
    const { id } = await customer.connection();

    expect((await put(['acme-own.test'])).body.code).toBe('code_needed');
    expect((await customer.connection()).allowedDomains).toBeNull();
    const code = await codeFor('choose_domains', id);
    expect((await put(['acme-own.test'], code)).status).toBe(200);

    expect((await customer.connection()).allowedDomains).toEqual(['acme-own.test']);
    expect((await visitor.ask('GET', '/sso/domains')).body).toMatchObject({
      chosen: ['acme-own.test'],
      policy: 'optional',
      allowsOutside: false,
    });
    expect(await noticesOf(id)).toEqual(['domains_chosen']);
    expect((await audits()).find(({ action }) => action === 'connection.domains_chosen')).toMatchObject({
      before: { allowed_domains: null },
      after: { allowed_domains: ['acme-own.test'] },
    });
  });

  test('[IDB-02] only verified domains of the organization can be chosen', async () => {
    await aVerifiedDomain('acme-later.test', 'pending');

    for (const domain of ['acme-later.test', 'nobody.test']) {
      expect((await put([domain])).body.code).toBe('domain_required');
    }
    expect((await visitor.ask('PUT', '/sso/domains', { chosen: [] })).status).toBe(422);
    expect((await customer.connection()).allowedDomains).toBeNull();
  });
});

describe('a weaker form of the provider’s answers', () => {
  const facts = { expected: 'both', received: 'assertion', signed: 'assertion', encrypted: false };
  const accept = (attemptId: string, code?: string) =>
    visitor.ask('POST', '/sso/accepted-form', { attemptId, ...(code === undefined ? {} : { code }) });

  test('[SAML-09] [LNK-10] is accepted after a test of it, with the code, and told', async () => {
    const attemptId = await aFailedTest(api, customer, 'signed_less', facts);
    expect((await accept(attemptId)).body.code).toBe('code_needed');
    expect((await customer.connection()).signedFloor).toBe('both');

    const code = await codeFor('accept_form', attemptId);
    expect((await accept(attemptId, code)).status).toBe(200);

    const { id, signedFloor, encryptedFloor } = await customer.connection();
    expect([signedFloor, encryptedFloor]).toEqual(['assertion', false]);
    expect(await noticesOf(id)).toEqual(['form_accepted']);
    expect((await audits()).find(({ action }) => action === 'connection.form_accepted')).toMatchObject({
      before: { signed: 'both', encrypted: false },
      after: { signed: 'assertion', encrypted: false },
    });
    expect((await visitor.ask('GET', '/sso')).body.connection.accepted).toEqual({
      signed: 'assertion',
      encrypted: false,
    });
  });

  test('[SAML-09] is not accepted for another cause, without a whole answer, or after other settings', async () => {
    const other = await aFailedTest(api, customer, 'audience_differs', facts);
    const partly = await aFailedTest(api, customer, 'signed_less', {
      expected: 'both',
      received: 'assertion',
    });
    const none = await aFailedTest(api, customer, 'signed_less', { ...facts, signed: 'one' });
    for (const attemptId of [other, partly, none]) {
      expect((await accept(attemptId)).body.code).toBe('conflict');
    }

    const before = await aFailedTest(api, customer, 'signed_less', facts);
    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ settingsRevision: 99 })
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    expect((await accept(before)).body.code).toBe('connection_changed_since_test');
    expect((await customer.connection()).signedFloor).toBe('both');
  });

  test('[SAML-09] a sign-in of the app is no test, and another organization’s test none of ours', async () => {
    const attemptId = await aFailedTest(api, customer, 'signed_less', facts);
    await asSystem(api, (tx) =>
      tx.updateTable('attempts').set({ origin: 'app' }).where('id', '=', attemptId).execute(),
    );
    const stranger = await aLiveCustomer(api, vendor, { metadata: idpMetadata([idp.pem]) });
    const theirs = await aFailedTest(api, stranger, 'signed_less', facts);

    expect((await accept(attemptId)).body.code).toBe('conflict');
    expect((await accept(theirs)).status).toBe(404);
  });
});
