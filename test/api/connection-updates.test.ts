import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connection } from '../../api/contract/developer-connections.ts';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let certificate: MadeCertificate;
let another: MadeCertificate;
let pairs: KeyPair[];
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  [certificate, another] = await Promise.all([aCertificate({ name: 'one' }), aCertificate({ name: 'two' })]);
  pairs = await Promise.all(
    [1, 2].map((n) =>
      makeKeyPair({ commonName: `sp ${n}`, validDays: 30, modulusLength: 2048, now: api.deps.now() }),
    ),
  );
});
afterAll(() => api.close());

const given = (index: number) => ({
  key: pairs[index]?.privateKeyPem ?? '',
  cert: pairs[index]?.certificatePem ?? '',
});
let made = 0;
const values = () => ({
  idp_entity_id: `https://idp.example.com/${++made}`,
  idp_sso_url: 'https://idp.example.com/sso',
  idp_signing_certs: [certificate.pem],
});
async function aConnection(more: object = {}, saml: object = {}): Promise<string> {
  const { status, body } = await vendor.call('POST', '/connections', {
    organization_id: organizationId,
    saml_options: { ...values(), ...saml },
    ...more,
  });
  expect([status, body.code]).toEqual([201, undefined]);
  return body.id;
}
const patch = (id: string, body: object) => vendor.call('PATCH', `/connections/${id}`, body);
async function rowOf(id: string) {
  return asSystem(api, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

describe('changing a connection', () => {
  test('changes what is named and leaves the rest', async () => {
    const id = await aConnection({ external_id: 'before', name: 'Before' });
    const before = await rowOf(id);

    const { status, body } = await patch(id, {
      name: 'After',
      saml_options: { idp_sso_url: 'https://idp.example.com/elsewhere' },
      attribute_maps: { standard_attributes: { email: 'mail' } },
    });

    expect(status).toBe(200);
    expect(connection.parse(body)).toEqual(body);
    expect(body).toMatchObject({ id, name: 'After', external_id: 'before', state: 'active' });
    const after = await rowOf(id);
    expect(after).toMatchObject({
      idpSsoUrl: 'https://idp.example.com/elsewhere',
      idpEntityId: before.idpEntityId,
      attributeMapping: { email: 'mail' },
      settingsRevision: before.settingsRevision + 1,
    });
  });

  test('null gives back what was given', async () => {
    const id = await aConnection(
      { external_id: 'mine', attribute_maps: { standard_attributes: { email: 'mail' } } },
      {
        acs_url: 'https://login.northwind.test/acs',
        sp_entity_id: 'urn:northwind',
        sp_signing_key_pair: given(0),
        sp_encryption_key_pairs: [given(1)],
      },
    );
    expect(await rowOf(id)).toMatchObject({ signRequests: true, encryptAssertions: true });

    const { status, body } = await patch(id, {
      external_id: null,
      attribute_maps: null,
      saml_options: {
        acs_url: null,
        sp_entity_id: null,
        sp_signing_key_pair: null,
        sp_encryption_key_pairs: null,
      },
    });

    expect(status).toBe(200);
    expect(body).not.toHaveProperty('external_id');
    expect(await rowOf(id)).toMatchObject({
      acsUrl: `${api.url}/sso/saml/${id}/acs`,
      spEntityId: `${api.url}/sso/saml/${id}`,
      attributeMapping: {},
      signRequests: false,
      encryptAssertions: false,
    });
  });

  test('certificates become those that are named', async () => {
    const id = await aConnection();

    await patch(id, { saml_options: { idp_signing_certs: [another.pem] } });

    const { body } = await vendor.call('GET', `/connections/${id}/saml_idp_signing_certs`);
    expect(body.data).toMatchObject([{ value: another.pem }]);
  });

  test('another provider starts without the floor of the one before', async () => {
    const id = await aConnection();
    await asSystem(api, (tx) =>
      tx.updateTable('connections').set({ signedFloor: 'both' }).where('id', '=', id).execute(),
    );
    await patch(id, { saml_options: { idp_sso_url: 'https://idp.example.com/same-provider' } });
    expect(await rowOf(id)).toMatchObject({ signedFloor: 'both' });

    await patch(id, { saml_options: { idp_entity_id: 'https://idp.example.com/other-provider' } });

    expect(await rowOf(id)).toMatchObject({ signedFloor: 'one' });
  });

  test.each([
    [422, 'connection_type_not_updatable', { connection_type: 'OktaSAML' }],
    [400, 'invalid_certificate', { saml_options: { idp_signing_certs: ['nonsense'] } }],
    [422, 'invalid_idp_sso_url', { saml_options: { idp_sso_url: 'http://idp.example.com/' } }],
    [400, 'key_pair_not_accepted', { saml_options: { sp_signing_key_pair: { key: 'k', cert: 'c' } } }],
    [
      400,
      'ambiguous_saml_options',
      { saml_options: { idp_metadata_url: 'https://x.example/m', idp_sso_url: 'https://x.example/' } },
    ],
  ])('%i %s is what %j gets, and nothing changes', async (status, code, body) => {
    const id = await aConnection();
    const before = await rowOf(id);

    const refused = await patch(id, body);

    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await rowOf(id)).toEqual(before);
  });

  test('an external id of another connection is refused', async () => {
    await aConnection({ external_id: 'taken' });
    const id = await aConnection();

    const { status, body } = await patch(id, { external_id: 'taken' });

    expect([status, body.code]).toEqual([400, 'external_id_already_in_use']);
  });

  test('one that is being deleted is left alone; one that speaks no SAML takes no SAML options', async () => {
    const [deleting, oidc] = [await aConnection(), await aConnection()];
    await asSystem(api, async (tx) => {
      await tx.updateTable('connections').set({ state: 'deleting' }).where('id', '=', deleting).execute();
      await tx.updateTable('connections').set({ protocol: 'oidc' }).where('id', '=', oidc).execute();
    });

    const first = await patch(deleting, { name: 'x' });
    const second = await patch(oidc, { saml_options: { idp_sso_url: 'https://idp.example.com/' } });

    expect([first.status, first.body.code]).toEqual([409, 'connection_deletion_in_progress']);
    expect([second.status, second.body.code]).toEqual([400, 'connection_is_not_saml']);
  });

  test('the log of acts says what changed, and never holds a private key', async () => {
    const id = await aConnection();
    await patch(id, { saml_options: { sp_signing_key_pair: given(0) } });

    const rows = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    const mine = rows.filter(({ targetId }) => targetId === id);
    expect(mine.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['connection.key_brought', 'connection.updated']),
    );
    expect(JSON.stringify(mine)).not.toContain('PRIVATE');
    const { body } = await vendor.call('GET', `/connections/${id}/saml_sp_signing_cert`);
    expect(body.value.trim()).toBe(given(0).cert.trim());
    expect(JSON.stringify(body)).not.toContain('PRIVATE');
  });
});

describe('what a vendor brings along is checked', () => {
  test.each([
    [
      'a key that is not the certificate’s',
      () => ({ sp_signing_key_pair: { key: given(0).key, cert: given(1).cert } }),
    ],
    [
      'one key for both uses [KEYS-01]',
      () => ({ sp_signing_key_pair: given(0), sp_encryption_key_pairs: [given(0)] }),
    ],
  ])('%s is refused', async (_what, options) => {
    const { status, body } = await vendor.call('POST', '/connections', {
      organization_id: organizationId,
      saml_options: { ...values(), ...options() },
    });

    expect([status, body.code]).toEqual([400, 'key_pair_not_accepted']);
  });

  test.each([
    { acs_url: 'http://login.northwind.test/acs' },
    { acs_url: 'https://a:b@login.northwind.test/acs' },
    { acs_url: 'https://login.northwind.test/acs#x' },
    { acs_url: 'javascript:alert(1)' },
    { acs_url: '//login.northwind.test/acs' },
  ])('%j is no address to be answered at', async (options) => {
    const { status, body } = await vendor.call('POST', '/connections', {
      organization_id: organizationId,
      saml_options: { ...values(), ...options },
    });

    expect([status, body.code]).toEqual([400, 'ambiguous_saml_options']);
  });

  test('another connection’s own address or entity id is not to be had', async () => {
    const id = await aConnection();
    for (const options of [
      { acs_url: `${api.url}/sso/saml/${id}/acs` },
      { sp_entity_id: `${api.url}/sso/saml/${id}` },
    ]) {
      const { status, body } = await vendor.call('POST', '/connections', {
        organization_id: organizationId,
        saml_options: { ...values(), ...options },
      });
      expect([status, body.code]).toEqual([400, 'ambiguous_saml_options']);
    }
  });

  test('two live connections with one provider and one address cannot be told apart, so the second is refused [MD-07]', async () => {
    const same = { ...values(), acs_url: 'https://login.northwind.test/shared' };
    await aConnection({}, same);

    const { status, body } = await vendor.call('POST', '/connections', {
      organization_id: organizationId,
      saml_options: same,
    });

    expect([status, body.code]).toEqual([400, 'ambiguous_saml_options']);
  });
});
