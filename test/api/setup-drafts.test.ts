import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { markRevisionTested } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aLiveCustomer, codeMailedTo, idpMetadata, type LiveCustomer } from '../support/live-customer.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { openLink, type Visitor } from '../support/visitor.ts';

/** Changing what is live: a draft beside it, the switch, the way back, and beginning anew. */

let api: TestApi;
let journeys: ReturnType<typeof runJourneys>;
let vendor: Vendor;
let old: MadeCertificate;
let renewed: MadeCertificate;
let customer: LiveCustomer;
let visitor: LiveCustomer['visitor'];
let contact: string;

beforeAll(async () => {
  api = await startTestApi();
  [old, renewed] = await Promise.all([aCertificate({ name: 'old' }), aCertificate({ name: 'renewed' })]);
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  journeys = runJourneys(api);
  vendor = await aVendor(api);
  contact = `anna${(customers += 1)}@acme.com`;
  customer = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]), contacts: [contact] });
  visitor = customer.visitor;
});

const fingerprintOf = ({ pem }: MadeCertificate) =>
  new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const mapped = {
  mapping: { id: '', email: 'corporateMail', firstName: '', lastName: '', groups: '' },
};
const ssoOf = async (who: Visitor = visitor) => (await who.ask('GET', '/sso')).body;
const saveNew = (who: Visitor = visitor) =>
  who.ask('POST', '/sso/metadata', {
    way: 'metadata_file',
    text: idpMetadata([renewed.pem], 'https://new.acme.example/saml'),
    accepted: true,
  });
let mails = 0;
async function codeFor(act: string, subject: string): Promise<string> {
  mails = api.mailbox.list({ to: contact }).length;
  await visitor.ask('POST', '/codes', { act, subject });
  return codeMailedTo(api, contact, mails);
}
/** As the sign-in pages leave the draft when its test has passed. */
async function draftTested(signed: 'assertion' | 'both' = 'assertion'): Promise<void> {
  const { id, environmentId, organizationId, settingsRevision } = await draftRow();
  await asSystem(api, (tx) =>
    markRevisionTested(tx, { environmentId, organizationId }, id, {
      settingsRevision,
      email: 'anna@acme.com',
      signed,
      encrypted: false,
      now: api.deps.now(),
    }),
  );
}
const draftRow = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('connectionRevisions')
      .selectAll()
      .where('organizationId', '=', customer.organizationId)
      .orderBy('createdAt', 'desc')
      .executeTakeFirstOrThrow(),
  );
const liveKeys = async () =>
  (
    await asSystem(api, (tx) =>
      tx
        .selectFrom('idpCertificates')
        .select('fingerprint')
        .where('organizationId', '=', customer.organizationId)
        .where('retiredAt', 'is', null)
        .execute(),
    )
  ).map(({ fingerprint }) => fingerprint);
const audits = async () =>
  (
    await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', customer.organizationId)
        .orderBy('id')
        .execute(),
    )
  ).map(({ action }) => action);
async function switched(): Promise<void> {
  await visitor.ask('POST', '/sso/draft');
  await saveNew();
  await draftTested();
  const { draft } = await ssoOf();
  const code = await codeFor('switch_draft', draft.id);
  expect((await visitor.ask('POST', '/sso/draft/switch', { code })).status).toBe(200);
}
async function resetIt(): Promise<{ id: string }> {
  const code = await codeFor('reset', (await customer.connection()).id);
  expect((await visitor.ask('POST', '/sso/reset', { code })).status).toBe(200);
  const [former] = (await ssoOf()).formers;
  return former;
}
const stepsOf = (view: { features: { feature: string; steps: { state: string }[] }[] }) =>
  view.features.find(({ feature }) => feature === 'sso')?.steps.map(({ state }) => state);

describe('a draft of a live connection', () => {
  test('switched to, a certificate that both hold goes on as it is, and is not told as retired', async () => {
    const certificates = () =>
      asSystem(api, (tx) =>
        tx
          .selectFrom('idpCertificates')
          .selectAll()
          .where('organizationId', '=', customer.organizationId)
          .execute(),
      );
    const before = await certificates();
    await visitor.ask('POST', '/sso/draft');
    await visitor.ask('PUT', '/sso/options', { forceAuthn: true });
    await draftTested();
    const { draft } = await ssoOf();
    const code = await codeFor('switch_draft', draft.id);

    expect((await visitor.ask('POST', '/sso/draft/switch', { code })).status).toBe(200);

    expect(await certificates()).toEqual(before);
  });

  test('leaves what people sign in with untouched, and says what differs', async () => {
    await visitor.ask('POST', '/sso/draft');
    const before = await customer.connection();
    const saved = await saveNew();
    await visitor.ask('PUT', '/sso/attributes', mapped);
    await visitor.ask('PUT', '/sso/options', { forceAuthn: true });
    await visitor.ask('PUT', '/sso/drafts', { entityId: 'typed' });
    await visitor.ask('PUT', '/sso/progress', { currentStep: 'x' });

    expect(saved.status).toBe(200);
    expect(await customer.connection()).toEqual(before);
    expect(await liveKeys()).toEqual([fingerprintOf(old)]);
    const { connection, serving, draft, drafts, progress } = await ssoOf();
    expect(draft).toMatchObject({ isMine: true, testedAt: null });
    expect(draft.differences).toEqual([
      {
        field: 'entityId',
        before: ['https://idp.acme.example/saml'],
        after: ['https://new.acme.example/saml'],
      },
      {
        field: 'ssoUrl',
        before: ['https://idp.acme.example/saml/sso'],
        after: ['https://new.acme.example/saml/sso'],
      },
      { field: 'certificates', before: [fingerprintOf(old)], after: [fingerprintOf(renewed)] },
      { field: 'forceAuthn', before: [], after: ['on'] },
      { field: 'attributes', before: [], after: ['email = corporateMail'] },
    ]);
    expect(connection).toMatchObject({ chip: 'not_tested', activatedAt: null, id: before.id });
    expect(connection.identityProvider.entityId).toBe('https://new.acme.example/saml');
    expect(serving).toMatchObject({ chip: 'live', id: before.id });
    expect([drafts.entityId, progress.currentStep]).toEqual(['typed', 'x']);
  });

  test('can be of another provider, and the addresses at ours stay', async () => {
    const { spEntityId, acsUrl } = await customer.connection();
    await visitor.ask('POST', '/sso/draft');

    const chosen = await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(chosen.status).toBe(200);
    const { connection } = await ssoOf();
    expect(connection).toMatchObject({
      providerId: 'okta',
      chip: 'draft',
      identityProvider: null,
      serviceProvider: { entityId: spEntityId, acsUrl },
    });
    expect(await customer.connection()).toMatchObject({ providerId: 'custom-saml', state: 'active' });
  });

  test('names what it changes in the words of people', async () => {
    await visitor.ask('POST', '/sso/draft');
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta-oidc' });

    const { draft } = await ssoOf();
    expect(draft.differences.slice(0, 2)).toEqual([
      { field: 'provider', before: ['Custom SAML'], after: ['Okta'] },
      { field: 'protocol', before: ['saml'], after: ['oidc'] },
    ]);
  });

  test('is one a connection, also when it is started twice at the same moment', async () => {
    await Promise.all([visitor.ask('POST', '/sso/draft'), visitor.ask('POST', '/sso/draft')]);

    const rows = await asSystem(api, (tx) =>
      tx
        .selectFrom('connectionRevisions')
        .select('id')
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    expect(rows).toHaveLength(1);
  });

  test('without it a live connection is not changed', async () => {
    expect((await saveNew()).body.code).toBe('step_done');
    expect((await visitor.ask('POST', '/sso/draft/discard')).status).toBe(409);
  });

  test('is thrown away without a trace in what is live', async () => {
    await visitor.ask('POST', '/sso/draft');
    await saveNew();

    expect((await visitor.ask('POST', '/sso/draft/discard')).status).toBe(200);
    const { draft, connection } = await ssoOf();
    expect([draft, connection.chip]).toEqual([null, 'live']);
    expect(await audits()).toContain('connection.draft_discarded');
  });
});

describe('somebody else’s draft', () => {
  let colleague: Visitor;
  beforeEach(async () => {
    await visitor.ask('POST', '/sso/draft');
    const { body } = await vendor.call('POST', '/onboardings', {
      organization: customer.organizationId,
      contacts: ['ben@acme.com'],
      delivery: 'copy',
      features: [{ feature: 'sso' }],
    });
    colleague = await openLink(api, vendor, body.link);
  });

  test('is for looking only, and names who edits it', async () => {
    const { draft, connection } = await ssoOf(colleague);

    expect(draft).toMatchObject({ isMine: false, heldBy: 'a•••@acme.com' });
    expect(connection.chip).toBe('live');
    for (const [method, path] of [
      ['POST', '/sso/draft'],
      ['POST', '/sso/draft/discard'],
      ['POST', '/sso/draft/switch'],
      ['PUT', '/sso/options'],
    ] as const) {
      expect([path, (await colleague.ask(method, path)).body.code]).toEqual([path, 'step_held']);
    }
    expect((await saveNew(colleague)).body.code).toBe('step_held');
  });

  test('can be taken over, and is then read-only for whoever had it', async () => {
    expect((await colleague.ask('POST', '/sso/draft/take-over')).status).toBe(200);

    expect((await ssoOf(colleague)).draft.isMine).toBe(true);
    expect((await saveNew(colleague)).status).toBe(200);
    const home = await colleague.ask('GET', '/home');
    expect(home.body.draft).toMatchObject({ isMine: true });
    expect(await audits()).toContain('connection.draft_taken_over');
  });
});

describe('switching to the draft', () => {
  test('needs a passed test of exactly these settings', async () => {
    await visitor.ask('POST', '/sso/draft');
    await saveNew();
    const untested = await visitor.ask('POST', '/sso/draft/switch', {});
    await draftTested();
    await visitor.ask('PUT', '/sso/attributes', mapped);
    const changed = await visitor.ask('POST', '/sso/draft/switch', {});

    expect([untested.body.code, changed.body.code]).toEqual([
      'connection_not_tested',
      'connection_changed_since_test',
    ]);
  });

  test('[LNK-10] needs the code', async () => {
    await visitor.ask('POST', '/sso/draft');
    await saveNew();
    await draftTested();

    expect((await visitor.ask('POST', '/sso/draft/switch', {})).body.code).toBe('code_needed');
    expect((await visitor.ask('POST', '/sso/draft/switch', { code: '000000' })).body.code).toBe('code_wrong');
    expect((await customer.connection()).idpEntityId).toBe('https://idp.acme.example/saml');
  });

  test('replaces settings, keys and floor in one act; our addresses stay, and the former ones are kept', async () => {
    const before = await customer.connection();
    await switched();

    const after = await customer.connection();
    expect(after).toMatchObject({
      state: 'active',
      idpEntityId: 'https://new.acme.example/saml',
      signedFloor: 'assertion',
      settingsRevision: before.settingsRevision + 1,
      testedRevision: before.settingsRevision + 1,
      spEntityId: before.spEntityId,
      acsUrl: before.acsUrl,
    });
    expect(await liveKeys()).toEqual([fingerprintOf(renewed)]);
    const { draft, formers } = await ssoOf();
    expect(draft).toBeNull();
    expect(formers).toMatchObject([{ reason: 'switched', wasLive: true }]);
    expect(Date.parse(formers[0].keptUntil) - Date.parse(formers[0].endedAt)).toBe(30 * 86_400_000);
    expect(await audits()).toContain('connection.configuration_switched');
    expect(after.notices).toMatchObject([{ kind: 'settings_switched', by: expect.stringContaining('•') }]);
  });

  test('happens once when it is pressed twice at the same moment', async () => {
    await visitor.ask('POST', '/sso/draft');
    await saveNew();
    await draftTested();
    const { draft } = await ssoOf();
    const code = await codeFor('switch_draft', draft.id);

    const replies = await Promise.all([
      visitor.ask('POST', '/sso/draft/switch', { code }),
      visitor.ask('POST', '/sso/draft/switch', { code }),
    ]);

    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await ssoOf()).formers).toHaveLength(1);
  });
});

describe('bringing back what was used before', () => {
  test('[LNK-10] over a live connection needs the code, and brings everything back, floor included', async () => {
    const before = await customer.connection();
    await switched();
    const [former] = (await ssoOf()).formers;

    const bare = await visitor.ask('POST', `/sso/formers/${former.id}/bring-back`, {});
    const code = await codeFor('bring_back', former.id);
    const back = await visitor.ask('POST', `/sso/formers/${former.id}/bring-back`, { code });

    expect([bare.body.code, back.status]).toEqual(['code_needed', 200]);
    expect(await customer.connection()).toMatchObject({
      state: 'active',
      idpEntityId: before.idpEntityId,
      signedFloor: 'both',
      spEntityId: before.spEntityId,
    });
    expect(await liveKeys()).toEqual([fingerprintOf(old)]);
    expect((await ssoOf()).formers).toMatchObject([{ reason: 'brought_back' }]);
    const { notices } = await customer.connection();
    expect(notices.map(({ kind }) => kind)).toEqual(['settings_switched', 'settings_brought_back']);
  });

  test('is refused after thirty days, a second time, and to another organization', async () => {
    const former = await resetIt();
    const stranger = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]) });
    const path = `/sso/formers/${former.id}/bring-back`;

    expect((await stranger.visitor.ask('POST', path, {})).status).toBe(404);
    expect((await visitor.ask('POST', path, {})).status).toBe(200);
    const again = await visitor.ask('POST', path, {});
    expect([again.status, again.body.code]).toEqual([410, 'former_ended']);
    const later = await resetIt();
    await asSystem(api, (tx) =>
      tx
        .updateTable('formerConfigurations')
        .set({ keptUntil: api.deps.now() })
        .where('id', '=', later.id)
        .execute(),
    );
    const late = await visitor.ask('POST', `/sso/formers/${later.id}/bring-back`, {});
    expect(late.body.code).toBe('former_ended');
    expect((await ssoOf()).formers).toEqual([]);
  });
});

describe('a reset', () => {
  test('[LNK-10] needs the code, stops sign-in at once and opens the steps again', async () => {
    const before = await customer.connection();
    expect((await visitor.ask('GET', '/sso/reset')).body).toEqual({ people: 0, roleLost: null });
    expect((await visitor.ask('POST', '/sso/reset', {})).body.code).toBe('code_needed');
    await resetIt();

    expect(await customer.connection()).toMatchObject({
      state: 'draft',
      providerId: null,
      idpEntityId: null,
      activatedAt: null,
      connectionType: 'Pending',
      spEntityId: before.spEntityId,
      notices: [{ kind: 'reset' }],
    });
    expect(await liveKeys()).toEqual([]);
    const { view, connection } = await ssoOf();
    expect(connection.chip).toBe('draft');
    expect(stepsOf(view)?.[0]).toBe('open');
    expect((await visitor.ask('GET', '/home')).body.signInStopped).toMatchObject({
      how: 'reset',
      id: (await ssoOf()).formers[0].id,
      provider: 'Custom SAML',
    });
    expect(await audits()).toEqual(
      expect.arrayContaining(['connection.deactivated', 'connection.configuration_reset']),
    );
  });

  test('is undone by one press: another provider set up between, the first brought back, addresses never change', async () => {
    const { id, spEntityId, acsUrl, oidcRedirectUri } = await customer.connection();
    const former = await resetIt();
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    await saveNew();
    const between = await customer.connection();

    const back = await visitor.ask('POST', `/sso/formers/${former.id}/bring-back`, {});

    expect(between).toMatchObject({ id, spEntityId, acsUrl, oidcRedirectUri, providerId: 'okta' });
    expect(back.status).toBe(200);
    expect(await customer.connection()).toMatchObject({
      id,
      spEntityId,
      acsUrl,
      oidcRedirectUri,
      providerId: 'custom-saml',
      state: 'active',
      idpEntityId: 'https://idp.acme.example/saml',
      signedFloor: 'both',
    });
    expect(await liveKeys()).toEqual([fingerprintOf(old)]);
    expect(new Set(stepsOf(back.body.view))).toEqual(new Set(['done']));
    expect((await visitor.ask('GET', '/home')).body.signInStopped).toBeNull();
  });

  test('ends the draft, and what never was live cannot be reset', async () => {
    await visitor.ask('POST', '/sso/draft');
    await resetIt();

    expect((await draftRow()).endedAs).toBe('discarded');
    const code = await codeFor('reset', (await customer.connection()).id);
    const again = await visitor.ask('POST', '/sso/reset', { code });
    expect(again.body.code).toBe('connection_state_refused');
  });

  test('is kept while the engine is away, and applied when it is back', async () => {
    const code = await codeFor('reset', (await customer.connection()).id);
    journeys.goAway();
    const reply = await visitor.ask('POST', '/sso/reset', { code });

    expect(reply.status).toBe(202);
    expect((await customer.connection()).state).toBe('draft');
    journeys.comeBack();
    await journeys.relay();
    expect(stepsOf((await visitor.ask('GET', '/home')).body.view)?.[0]).toBe('open');
  });
});
