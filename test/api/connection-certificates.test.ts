import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  idpSigningCertificate,
  spEncryptionCertificate,
  spSigningCertificate,
} from '../../api/contract/developer-connections.ts';
import { makeKeyPair } from '../../adapters/saml/sp-keys.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let certificates: MadeCertificate[];
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  certificates = await Promise.all([1, 2].map((n) => aCertificate({ name: `idp ${n}` })));
  organizationId = (await anOrganization(vendor)).id;
});
afterAll(() => api.close());

const pemOf = (index: number) => certificates[index]?.pem ?? '';
let made = 0;
async function aConnection(): Promise<string> {
  const { body } = await vendor.call('POST', '/connections', {
    organization_id: organizationId,
    saml_options: {
      idp_entity_id: `https://idp.example.com/${++made}`,
      idp_sso_url: 'https://idp.example.com/sso',
      idp_signing_certs: [pemOf(0)],
    },
  });
  return body.id;
}
async function anOidcConnection(): Promise<string> {
  const id = await aConnection();
  await asSystem(api, (tx) =>
    tx.updateTable('connections').set({ protocol: 'oidc' }).where('id', '=', id).execute(),
  );
  return id;
}
const idpCerts = (id: string) => `/connections/${id}/saml_idp_signing_certs`;
const encryptionCerts = (id: string) => `/connections/${id}/saml_sp_encryption_certs`;
const signingCert = (id: string) => `/connections/${id}/saml_sp_signing_cert`;
const metadataOf = async (id: string) => (await fetch(`${api.url}/sso/saml/${id}/metadata`)).text();
const auditOf = (id: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
  ).then((rows) => rows.filter(({ targetId }) => targetId === id).map(({ action }) => action));

describe('certificates that answers are verified with', () => {
  test('are added beside those that are there, listed oldest first, and told of', async () => {
    const id = await aConnection();

    const added = await vendor.call('POST', idpCerts(id), { value: pemOf(1) });
    const listed = await vendor.call('GET', idpCerts(id));

    expect(added.status).toBe(201);
    expect(idpSigningCertificate.parse(added.body)).toEqual(added.body);
    expect(listed.body).toEqual({
      object: 'list',
      data: [expect.objectContaining({ value: pemOf(0) }), added.body],
    });
    expect(await auditOf(id)).toContain('connection.certificate_added');
    const { body: events } = await vendor.call(
      'GET',
      '/events?events=connection.saml_certificate_renewed&limit=100',
    );
    expect(events.data.at(-1).data).toMatchObject({
      connection: { id, organization_id: organizationId },
      certificate: { certificate_type: 'ResponseSigning', expiry_date: added.body.not_after },
    });
  });

  test('one that is trusted already is answered as it is, and not added twice', async () => {
    const id = await aConnection();

    const again = await vendor.call('POST', idpCerts(id), { value: pemOf(0) });

    expect(again.status).toBe(201);
    expect((await vendor.call('GET', idpCerts(id))).body.data).toEqual([again.body]);
  });

  test('the last one cannot be deleted, one of two can [SAML-08]', async () => {
    const id = await aConnection();
    const [first] = (await vendor.call('GET', idpCerts(id))).body.data;

    const last = await vendor.call('DELETE', `${idpCerts(id)}/${first.id}`);
    await vendor.call('POST', idpCerts(id), { value: pemOf(1) });
    const gone = await vendor.call('DELETE', `${idpCerts(id)}/${first.id}`);
    const again = await vendor.call('DELETE', `${idpCerts(id)}/${first.id}`);

    expect([last.status, last.body.code]).toEqual([400, 'cannot_delete_last_certificate']);
    expect([gone.status, again.status]).toEqual([204, 404]);
    expect((await vendor.call('GET', idpCerts(id))).body.data).toMatchObject([{ value: pemOf(1) }]);
  });

  test('one that has ended, or is none, or comes with its private key, is refused', async () => {
    const id = await aConnection();
    const ended = await makeKeyPair({
      commonName: 'old',
      validDays: 1,
      modulusLength: 2048,
      now: new Date('2020-01-01T00:00:00Z'),
    });
    const refused = async (value: string) => {
      const { status, body } = await vendor.call('POST', idpCerts(id), { value });
      return [status, body.code];
    };

    expect(await refused(ended.certificatePem)).toEqual([400, 'certificate_expired']);
    expect(await refused('nonsense')).toEqual([400, 'invalid_certificate']);
    expect(await refused(ended.privateKeyPem)).toEqual([400, 'invalid_certificate']);
    expect((await vendor.call('POST', idpCerts(id), {})).status).toBe(422);
  });

  test('are five at most [MD-06]', async () => {
    const id = await aConnection();
    const more = await Promise.all([1, 2, 3, 4, 5].map((n) => aCertificate({ name: `more ${n}` })));

    const statuses: number[] = [];
    for (const { pem } of more) {
      statuses.push((await vendor.call('POST', idpCerts(id), { value: pem })).status);
    }

    expect(statuses).toEqual([201, 201, 201, 201, 422]);
  });
});

describe('the certificates that the provider may encrypt for', () => {
  test('are made here, current and next, and published [MD-10] [KEYS-01]', async () => {
    const id = await aConnection();

    const current = await vendor.call('POST', encryptionCerts(id));
    const next = await vendor.call('POST', encryptionCerts(id));
    const third = await vendor.call('POST', encryptionCerts(id));

    expect([current.status, next.status]).toEqual([201, 201]);
    expect(spEncryptionCertificate.parse(current.body)).toEqual(current.body);
    expect([third.status, third.body.code]).toEqual([409, 'too_many_sp_encryption_certs']);
    expect((await vendor.call('GET', encryptionCerts(id))).body.data).toEqual([current.body, next.body]);
    expect((await metadataOf(id)).match(/use="encryption"/g)).toHaveLength(2);
    const renewed = await vendor.call('GET', '/events?events=connection.saml_certificate_renewed&limit=100');
    const own = renewed.body.data.filter(
      ({ data }: { data: { connection: { id: string } } }) => data.connection.id === id,
    );
    expect(own.map(({ data }: { data: { certificate: object } }) => data.certificate)).toEqual([
      { certificate_type: 'ResponseEncryption', expiry_date: next.body.not_after },
    ]);
    const { publicKey } = new X509Certificate(current.body.value);
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  test('can be retired one after the other; then nothing is published', async () => {
    const id = await aConnection();
    const { body } = await vendor.call('POST', encryptionCerts(id));

    const gone = await vendor.call('DELETE', `${encryptionCerts(id)}/${body.id}`);
    const again = await vendor.call('DELETE', `${encryptionCerts(id)}/${body.id}`);

    expect([gone.status, again.status]).toEqual([204, 404]);
    expect(await metadataOf(id)).not.toContain('encryption');
  });
});

describe('the key that requests are signed with', () => {
  test('is made once, published, and retired', async () => {
    const id = await aConnection();
    expect((await vendor.call('GET', signingCert(id))).status).toBe(404);

    const { status, body } = await vendor.call('POST', signingCert(id));
    const twice = await vendor.call('POST', signingCert(id));

    expect(status).toBe(201);
    expect(spSigningCertificate.parse(body)).toEqual(body);
    expect([twice.status, twice.body.code]).toEqual([409, 'sp_signing_cert_already_exists']);
    expect((await vendor.call('GET', signingCert(id))).body).toEqual(body);
    expect(await metadataOf(id)).toContain('AuthnRequestsSigned="true"');

    expect((await vendor.call('DELETE', `${signingCert(id)}/${body.id}`)).status).toBe(204);
    expect((await vendor.call('GET', signingCert(id))).status).toBe(404);
    expect(await metadataOf(id)).toContain('AuthnRequestsSigned="false"');
  });

  test('a key of the other use is not found there', async () => {
    const id = await aConnection();
    const { body } = await vendor.call('POST', encryptionCerts(id));

    expect((await vendor.call('DELETE', `${signingCert(id)}/${body.id}`)).status).toBe(404);
  });
});

test.each([
  ['GET', idpCerts],
  ['POST', idpCerts],
  ['GET', encryptionCerts],
  ['POST', encryptionCerts],
  ['GET', signingCert],
  ['POST', signingCert],
])('%s is nothing for a connection that does not speak SAML', async (method, pathOf) => {
  const id = await anOidcConnection();

  const { status, body } = await vendor.call(
    method,
    pathOf(id),
    method === 'POST' && pathOf === idpCerts ? { value: pemOf(1) } : undefined,
  );

  expect([status, body.code]).toEqual([400, 'connection_is_not_saml']);
});
