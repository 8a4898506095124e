import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anOrganization, asSystem, aVendor } from '../support/builders.ts';
import { startSsoSetUp, stepOf, type SsoSetUp } from '../support/sso-set-up.ts';
import { anInvited } from '../support/visitor.ts';

/** Test sign-ins as the portal starts and shows them, and the repairs that are ours. */

let sso: SsoSetUp;
beforeAll(async () => {
  sso = await startSsoSetUp();
});
afterAll(() => sso.close());
beforeEach(() => sso.begin());

describe('a test sign-in', () => {
  beforeEach(async () => {
    await sso.chosen('okta');
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata(), { accepted: true }));
  });

  test('gets an address that is good once, and can be stopped', async () => {
    const { body } = await sso.visitor.ask('POST', '/sso/tests');

    expect(body.url).toMatch(/\/sso\/test\/vb_test_/);
    expect(body.reference).toMatch(/^[2-9A-Z]{4}-\d\d$/);
    expect((await sso.visitor.ask('GET', '/sso/attempts')).body.attempts).toMatchObject([
      { chip: 'in_progress' },
    ]);
    const stopped = await sso.visitor.ask('POST', `/sso/attempts/${body.attemptId}/stop`);
    expect(stopped.body).toMatchObject({ chip: 'failed', facts: { stopped: true } });
    expect((await sso.visitor.ask('POST', `/sso/attempts/${body.attemptId}/stop`)).status).toBe(200);
  });

  test('that failed says what to change where, with addresses of people masked', async () => {
    const { acsUrl, spEntityId } = await sso.theConnection();
    const id = await sso.failed({ expected: spEntityId, received: `${spEntityId}/` }, 'audience_differs');

    const { body, text } = await sso.visitor.ask('GET', `/sso/attempts/${id}`);

    expect(body.advice).toMatchObject({ copyValue: spEntityId, received: `${spEntityId}/`, repair: null });
    expect(body.advice.fixWhere).toContain('**Audience URI (SP Entity ID)**');
    expect(body.checks).toEqual([{ check: 'document', passed: true }]);
    expect(text).not.toContain('anna@acme.com');
    expect(body.responseXml).toContain('a•••@acme.com');
    expect(acsUrl).toContain(spEntityId);
  });

  test('names the vendor’s own attributes as the vendor does, and by their key once they are removed', async () => {
    await sso.vendor.call('PUT', '/custom_attributes/cost_center', { label: 'Cost centre' });
    const id = await sso.failed({}, 'audience_differs');
    const custom = ['cost_center', 'gone'].map((key) => ({ key, values: ['4711'] }));
    const profile = {
      idpId: 'anna',
      email: null,
      firstName: null,
      lastName: null,
      name: null,
      groups: [],
      custom,
      sources: {},
      received: [],
    };
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('attempts')
        .set({ profile: JSON.stringify(profile) })
        .where('id', '=', id)
        .execute(),
    );
    sso.api.pass(3_000);

    const { body } = await sso.visitor.ask('GET', `/sso/attempts/${id}`);

    expect(body.profile.custom.map(({ label }: { label: string | null }) => label)).toEqual([
      'Cost centre',
      null,
    ]);
  });

  test('shows beside the fields enough to recognise what came: addresses masked, of many groups a few', async () => {
    const id = await sso.failed({}, 'audience_differs');
    const groups = Array.from({ length: 150 }, (_, at) => `g${at}`);
    const profile = {
      idpId: 'anna@acme.com',
      email: 'anna@acme.com',
      firstName: null,
      lastName: null,
      name: null,
      groups,
      custom: [],
      sources: {},
      received: [],
    };
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('attempts')
        .set({ profile: JSON.stringify(profile) })
        .where('id', '=', id)
        .execute(),
    );

    const { body } = await sso.visitor.ask('GET', '/sso/attributes');

    const shown = Object.fromEntries(
      body.fields.map(({ field, lastValue }: { field: string; lastValue: string | null }) => [
        field,
        lastValue,
      ]),
    );
    expect(shown).toMatchObject({ id: 'a•••@acme.com', email: 'a•••@acme.com' });
    expect(shown['groups']).toBe('g0, g1, g2, g3, g4, g5, g6, g7 … (150)');
  });

  test.each(['failed', 'success'])('is listed by how it ended: %s', async (state) => {
    await sso.failed({}, 'audience_differs');

    const { body } = await sso.visitor.ask('GET', `/sso/attempts?state=${state}`);

    expect(body.attempts).toHaveLength(state === 'failed' ? 1 : 0);
    expect(body.perDay).toMatchObject([{ failed: 1, worked: 0 }]);
  });

  test('of another organization is nobody’s business', async () => {
    const id = await sso.failed({}, 'audience_differs');
    const other = await anOrganization(sso.vendor, { name: 'Beta' });
    const stranger = await anInvited(sso.api, sso.vendor, other.id);
    const elsewhere = await aVendor(sso.api);
    const far = await anInvited(sso.api, elsewhere, (await anOrganization(elsewhere)).id);

    for (const someone of [stranger, far]) {
      expect((await someone.ask('GET', `/sso/attempts/${id}`)).status).toBe(404);
      expect((await someone.ask('POST', `/sso/attempts/${id}/stop`)).status).toBe(404);
      expect((await someone.ask('POST', '/sso/repairs', { attemptId: id, confirm: true })).status).toBe(404);
    }
    expect((await sso.visitor.ask('GET', '/sso/attempts/attempt_01J00000000000000000000000')).status).toBe(
      404,
    );
    expect((await sso.visitor.ask('GET', '/sso/attempts/%00')).status).toBeLessThan(500);
  });
});

describe('a repair that is ours', () => {
  beforeEach(async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', { way: 'metadata_url', url: sso.publishedUrl });
    await sso.tested();
  });

  test('trusts the new certificate once it was shown and confirmed, and asks for a new test', async () => {
    const attemptId = await sso.failed({ offeredCertificate: sso.renewed.pem }, 'signature_unknown_key');

    const planned = await sso.visitor.ask('POST', '/sso/repairs', { attemptId, confirm: false });
    const untouched = (await sso.visitor.ask('GET', '/sso')).body.connection.identityProvider.certificates;
    const done = await sso.visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(planned.body).toMatchObject({ repair: 'trust_new_certificate', result: null });
    expect(planned.body.after).toHaveLength(planned.body.before.length + 1);
    expect(untouched).toHaveLength(1);
    expect(stepOf(done.body.result.view, 'test_sign_in')).toBe('open');
    const { body } = await sso.visitor.ask('GET', '/sso');
    expect(body.connection.identityProvider.certificates).toHaveLength(2);
    expect(body.connection.changedSinceTest).toBe(true);
    expect(await sso.audits()).toContain('connection.certificate_trusted');
  });

  test('takes the attribute that was found', async () => {
    const attemptId = await sso.failed({ guess: 'upn', names: ['upn'] }, 'email_missing');

    const { body } = await sso.visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(body).toMatchObject({ repair: 'take_attribute', after: ['upn'] });
    expect((await sso.theConnection()).attributeMapping).toEqual({ email: 'upn' });
  });

  test('fetches the metadata again, and shows what would change before it does', async () => {
    const attemptId = await sso.failed({ expected: 'a', received: 'b' }, 'issuer_differs');
    sso.publish({ body: sso.metadata({ entityId: 'https://idp.acme.example/new' }) });

    const planned = await sso.visitor.ask('POST', '/sso/repairs', { attemptId, confirm: false });
    await sso.visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(planned.body.before[0]).toBe('https://idp.acme.example/saml');
    expect(planned.body.after[0]).toBe('https://idp.acme.example/new');
    expect(await sso.theConnection()).toMatchObject({ idpEntityId: 'https://idp.acme.example/new' });
  });

  test('[LNK-10] is not made on a live connection without a code, and not where nothing is ours to repair', async () => {
    const differs = await sso.failed({ expected: 'a', received: 'b' }, 'audience_differs');
    const unknownKey = await sso.failed({ offeredCertificate: sso.renewed.pem }, 'signature_unknown_key');
    expect(
      (await sso.visitor.ask('POST', '/sso/repairs', { attemptId: differs, confirm: true })).status,
    ).toBe(409);
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'active' })
        .where('organizationId', '=', sso.organizationId)
        .execute(),
    );

    const reply = await sso.visitor.ask('POST', '/sso/repairs', { attemptId: unknownKey, confirm: true });

    expect([reply.status, reply.body.code]).toEqual([403, 'code_needed']);
  });
});
