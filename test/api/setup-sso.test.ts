import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertCommand } from '../../db/index.ts';
import { factRow } from '../../onboarding/workflow-names.ts';
import { anOrganization, asSystem, aVendor } from '../support/builders.ts';
import { startSsoSetUp, stepOf, type SsoSetUp } from '../support/sso-set-up.ts';
import { aPortalVisitor } from '../support/visitor.ts';

/** An admin sets up sign-in: the choice of a provider, its guide, attributes, going live. */

let sso: SsoSetUp;
beforeAll(async () => {
  sso = await startSsoSetUp();
});
afterAll(() => sso.close());
beforeEach(() => sso.begin());

describe('choosing a provider', () => {
  test('makes the connection, whose addresses stay when another provider is chosen', async () => {
    const first = await sso.visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    const before = await sso.theConnection();
    await sso.visitor.ask('POST', '/sso/provider', { providerId: 'microsoft-entra-id' });

    expect(first.body.status).toBe('applied');
    expect(stepOf(first.body.view, 'choose_provider')).toBe('done');
    expect(before).toMatchObject({
      state: 'draft',
      providerId: 'okta',
      connectionType: 'OktaSAML',
      spEntityId: `${sso.api.url}/sso/saml/${before.id}`,
      acsUrl: `${sso.api.url}/sso/saml/${before.id}/acs`,
    });
    expect(await sso.connections()).toMatchObject([
      { id: before.id, providerId: 'microsoft-entra-id', spEntityId: before.spEntityId },
    ]);
    expect(await sso.audits()).toEqual(
      expect.arrayContaining(['connection.created', 'connection.provider_changed']),
    );
  });

  test('forgets what the other provider had given', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await sso.visitor.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(await sso.theConnection()).toMatchObject({ idpEntityId: null, idpSsoUrl: null });
    expect((await sso.visitor.ask('GET', '/sso')).body.connection.identityProvider).toBeNull();
  });

  test('starts a quiet run of its own in a portal session, and joins the one that is open', async () => {
    const other = await anOrganization(sso.vendor, { name: 'Beta' });
    const portal = await aPortalVisitor(sso.api, sso.vendor, other.id, { intent: 'sso' });

    const { body } = await portal.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(body.status).toBe('applied');
    expect(body.view.features).toMatchObject([{ feature: 'sso', requirement: 'required' }]);
    const runs = await asSystem(sso.api, (tx) =>
      tx.selectFrom('onboardings').selectAll().where('organizationId', '=', other.id).execute(),
    );
    expect(runs).toMatchObject([{ origin: 'portal', number: 1 }]);
  });

  test('is kept while Temporal is away, and goes on with what comes next', async () => {
    sso.journeys.goAway();

    const chosenAway = await sso.visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
    const savedAway = await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));

    expect([chosenAway.status, savedAway.status]).toEqual([202, 202]);
    expect(await sso.theConnection()).toMatchObject({
      state: 'validating',
      idpEntityId: 'https://idp.acme.example/saml',
    });
    sso.journeys.comeBack();
    await sso.journeys.relay();
    const { body } = await sso.visitor.ask('GET', '/home');
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
  });

  test('refuses what nobody knows, and the Test IdP outside a sandbox', async () => {
    const production = await aVendor(sso.api, { kind: 'production' });
    const { id } = await anOrganization(production);
    const customer = await aPortalVisitor(sso.api, production, id);

    expect((await sso.visitor.ask('POST', '/sso/provider', { providerId: 'nonsense' })).status).toBe(404);
    expect((await customer.ask('POST', '/sso/provider', { providerId: 'test-idp' })).status).toBe(404);
    const listed = await customer.ask('GET', '/sso/providers');
    expect(listed.body.providers.map(({ id: name }: { id: string }) => name)).not.toContain('test-idp');
    expect((await sso.visitor.ask('GET', '/sso/providers?query=azure')).body.providers).toMatchObject([
      { id: 'microsoft-entra-id', matchedName: expect.stringContaining('Azure') },
    ]);
  });

  test('lists each provider once, with its ways, and takes an OpenID Connect way for what it is', async () => {
    const { body } = await sso.visitor.ask('GET', '/sso/providers?query=okta');
    expect(body.providers[0]).toMatchObject({ id: 'okta', ways: [{ id: 'okta' }, { id: 'okta-oidc' }] });

    await sso.chosen('okta-oidc');

    expect(await sso.theConnection()).toMatchObject({
      protocol: 'oidc',
      connectionType: 'OktaOIDC',
      providerId: 'okta-oidc',
      name: 'Okta',
    });
    const { body: state } = await sso.visitor.ask('GET', '/sso');
    expect(JSON.stringify(state.guide)).toContain((await sso.theConnection()).oidcRedirectUri);
  });

  test('a change of the way keeps our addresses and forgets what the other way was given', async () => {
    await sso.chosen('okta');
    expect((await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()))).status).toBe(200);
    const before = await sso.theConnection();

    await sso.chosen('okta-oidc');
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('connections')
        .set({ oidcIssuer: 'https://acme.okta.com', oidcClientId: '0oa1' })
        .where('id', '=', before.id)
        .execute(),
    );
    expect(await sso.theConnection()).toMatchObject({
      id: before.id,
      acsUrl: before.acsUrl,
      oidcRedirectUri: before.oidcRedirectUri,
      idpEntityId: null,
      protocol: 'oidc',
    });

    await sso.chosen('okta');
    expect(await sso.theConnection()).toMatchObject({
      id: before.id,
      protocol: 'saml',
      connectionType: 'OktaSAML',
      oidcIssuer: null,
      oidcClientId: null,
    });
  });

  test('keeps pasted metadata as a draft, and never a private key', async () => {
    await sso.chosen('okta');
    expect((await sso.visitor.ask('PUT', '/sso/drafts', { metadataText: sso.metadata() })).status).toBe(200);
    expect((await sso.visitor.ask('GET', '/sso')).body.drafts.metadataText).toBe(sso.metadata());

    const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
    expect((await sso.visitor.ask('PUT', '/sso/drafts', { metadataText: key })).status).toBe(422);
    expect((await sso.visitor.ask('GET', '/sso')).body.drafts.metadataText).toBe(sso.metadata());
  });

  test('the same press twice makes one connection', async () => {
    const key = { 'idempotency-key': 'press-1' };

    const [first, second] = await Promise.all([
      sso.visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, key),
      sso.visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, key),
    ]);

    expect(first.status).toBeLessThan(300);
    expect(second.status).toBeLessThan(300);
    expect(await sso.connections()).toHaveLength(1);
  });
});

describe('the guide', () => {
  test('comes with every value filled in, and the place in it is kept', async () => {
    await sso.chosen('okta');
    await sso.visitor.ask('PUT', '/sso/progress', {
      copied: { acs: sso.api.deps.now().toISOString() },
      doneSteps: ['create-app'],
    });
    await sso.visitor.ask('PUT', '/sso/progress', { currentStep: 'saml-settings' });
    await sso.visitor.ask('PUT', '/sso/drafts', {
      way: 'metadata_url',
      metadataUrl: 'https://acme.okta.com/app',
    });

    const { body } = await sso.visitor.ask('GET', '/sso');

    const { acsUrl } = await sso.theConnection();
    expect(JSON.stringify(body.guide)).toContain(acsUrl);
    expect(JSON.stringify(body.guide)).not.toMatch(/\{[A-Z_]+\}/);
    expect(body.progress).toMatchObject({ doneSteps: ['create-app'], currentStep: 'saml-settings' });
    expect(body.drafts).toMatchObject({ way: 'metadata_url', metadataUrl: 'https://acme.okta.com/app' });
  });

  test('is stated as done, not checked', async () => {
    await sso.chosen('okta');

    const { body } = await sso.visitor.ask('POST', '/sso/configuration-done');

    expect(stepOf(body.view, 'configure_provider')).toBe('done');
    expect((await sso.visitor.ask('PUT', '/sso/progress', { doneSteps: 'x' })).status).toBe(422);
  });

  test('cannot be worked on before a provider is chosen', async () => {
    for (const [method, path] of [
      ['PUT', '/sso/progress'],
      ['PUT', '/sso/drafts'],
      ['POST', '/sso/configuration-done'],
      ['POST', '/sso/tests'],
      ['POST', '/sso/go-live'],
      ['POST', '/sso/switch-off'],
      ['POST', '/sso/switch-on'],
    ] as const) {
      const reply = await sso.visitor.ask(method, path);
      expect([path, reply.body.code]).toEqual([path, 'step_blocked']);
    }
  });
});

describe('attributes', () => {
  test('show the provider’s defaults; a choice is kept, an empty one takes the default again', async () => {
    await sso.chosen('okta');
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata(), { accepted: true }));
    const mapping = { id: '', email: 'mailbox', firstName: '', lastName: '', groups: '' };
    const fieldOf = async (name: string) => {
      const { body } = await sso.visitor.ask('GET', '/sso/attributes');
      return body.fields.find(({ field }: { field: string }) => field === name);
    };
    await sso.tested();
    expect(await fieldOf('email')).toMatchObject({ required: true, isDefault: true });

    const { body } = await sso.visitor.ask('PUT', '/sso/attributes', { mapping });

    expect(stepOf(body.view, 'test_sign_in')).toBe('open');
    expect(await fieldOf('email')).toMatchObject({ attribute: 'mailbox', isDefault: false });
    expect((await sso.visitor.ask('GET', '/sso')).body.connection.changedSinceTest).toBe(true);
    await sso.visitor.ask('PUT', '/sso/attributes', { mapping: { ...mapping, email: '' } });
    expect(await fieldOf('email')).toMatchObject({ isDefault: true });
  });
});

describe('going live', () => {
  const live = () =>
    asSystem(sso.api, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'active', activatedAt: sso.api.deps.now() })
        .where('organizationId', '=', sso.organizationId)
        .execute(),
    );
  const refusal = async () => (await sso.visitor.ask('POST', '/sso/go-live')).body.code;

  test('needs settings, a test of these very settings, and the domain where the policy asks for it', async () => {
    await sso.chosen();
    expect(await refusal()).toBe('connection_incomplete');
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    expect(await refusal()).toBe('connection_not_tested');
    await sso.tested();
    await sso.visitor.ask(
      'POST',
      '/sso/metadata',
      sso.file(sso.metadata({ certificates: [sso.renewed.pem] })),
    );
    expect(await refusal()).toBe('connection_changed_since_test');
    await sso.tested();
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('environments')
        .set({ domainPolicy: 'required' })
        .where('id', '=', sso.vendor.environment.id)
        .execute(),
    );
    sso.api.pass(3_000);
    expect(await refusal()).toBe('domain_required');
  });

  test('is asked of the journey, which switches on', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await sso.tested();
    const { id } = await sso.theConnection();
    await asSystem(sso.api, async (tx) => {
      const onboarding = await tx
        .selectFrom('onboardings')
        .selectAll()
        .where('organizationId', '=', sso.organizationId)
        .executeTakeFirstOrThrow();
      const actor = { type: 'provider', id } as const;
      const fact = {
        kind: 'test_passed',
        connectionId: id,
        attemptId: 'attempt_1',
        settingsRevision: 2,
        key: 'cmd_test_passed',
        actor,
      } as const;
      await insertCommand(tx, factRow(onboarding, fact, sso.api.deps.now()));
    });
    await sso.journeys.relay();

    const { body, status } = await sso.visitor.ask('POST', '/sso/go-live');

    expect([status, body.status]).toEqual([200, 'applied']);
    expect(stepOf(body.view, 'go_live')).toBe('waiting');
  });

  test('leaves nothing of a live connection to be changed under people’s feet', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await live();

    for (const [method, path, body] of [
      ['POST', '/sso/provider', { providerId: 'okta' }],
      ['POST', '/sso/metadata', sso.file(sso.metadata())],
      [
        'PUT',
        '/sso/attributes',
        { mapping: { id: 'x', email: 'x', firstName: '', lastName: '', groups: '' } },
      ],
      ['POST', '/sso/go-live', {}],
      ['POST', '/sso/configuration-done', {}],
    ] as const) {
      expect([path, (await sso.visitor.ask(method, path, body)).body.code]).toEqual([path, 'step_done']);
    }
  });

  test('can be taken back at once and done again, each with its event', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await sso.tested();
    await live();

    const off = await sso.visitor.ask('POST', '/sso/switch-off');
    const offAgain = await sso.visitor.ask('POST', '/sso/switch-off');
    expect((await sso.visitor.ask('GET', '/sso')).body.connection.chip).toBe('off');
    const on = await sso.visitor.ask('POST', '/sso/switch-on');

    expect([off.status, offAgain.body.code, on.status]).toEqual([200, 'connection_state_refused', 200]);
    expect((await sso.visitor.ask('GET', '/sso')).body.connection.chip).toBe('live');
    const events = await asSystem(sso.api, (tx) =>
      tx.selectFrom('events').select('name').where('organizationId', '=', sso.organizationId).execute(),
    );
    expect(events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['connection.deactivated', 'connection.activated']),
    );
  });

  test('is not switched on again with settings that no test has seen', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await live();
    await sso.visitor.ask('POST', '/sso/switch-off');

    expect((await sso.visitor.ask('POST', '/sso/switch-on')).body.code).toBe('connection_not_tested');
  });
});
