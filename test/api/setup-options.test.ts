import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moveConnection } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
  await visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
});

const keysNow = () =>
  asSystem(api, (tx) =>
    tx.selectFrom('spKeys').selectAll().where('organizationId', '=', organizationId).execute(),
  );
async function theConnection() {
  const [connection] = await asSystem(api, (tx) =>
    tx.selectFrom('connections').selectAll().where('organizationId', '=', organizationId).execute(),
  );
  if (connection === undefined) throw new Error('no connection');
  return connection;
}
const optionsNow = async () => (await visitor.ask('GET', '/sso')).body.connection.options;

describe('the settings of a connection', () => {
  test('are all off at first, and nothing of ours is published', async () => {
    expect(await optionsNow()).toEqual({
      offered: ['signRequests', 'encryptAssertions', 'forceAuthn', 'allowIdpInitiated'],
      signRequests: false,
      encryptAssertions: false,
      forceAuthn: false,
      allowIdpInitiated: false,
      singleLogout: false,
      idpSloUrl: null,
      signingCertificate: null,
      encryptionCertificates: [],
    });
    expect(await keysNow()).toEqual([]);
  });

  test('a key is made when it is first needed: RSA-3072, one to sign and another to decrypt, sealed [KEYS-01]', async () => {
    const changed = await visitor.ask('PUT', '/sso/options', { signRequests: true, encryptAssertions: true });

    expect(changed.status).toBe(200);
    const keys = await keysNow();
    expect(keys.map(({ use }) => use).toSorted()).toEqual(['encryption', 'signing']);
    const publicKeys = keys.map(({ certificatePem }) => new X509Certificate(certificatePem).publicKey);
    expect(publicKeys.map((key) => key.asymmetricKeyDetails?.modulusLength)).toEqual([3072, 3072]);
    expect(new Set(publicKeys.map((key) => key.export({ type: 'spki', format: 'pem' }))).size).toBe(2);
    for (const key of keys) expect(JSON.stringify(key)).not.toContain('PRIVATE');
  });

  test('what is published is what is on, signing and encryption apart [MD-10]', async () => {
    await visitor.ask('PUT', '/sso/options', { signRequests: true, encryptAssertions: true });
    const { signingCertificate, encryptionCertificates } = await optionsNow();
    const { spMetadataUrl } = await theConnection();
    const listed = async () => (await fetch(spMetadataUrl)).text();
    const inMetadata = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '');

    const certificates = [...(await listed()).matchAll(/use="(\w+)".*?<ds:X509Certificate>([^<]*)/g)];
    expect(certificates.map(([, use, der]) => [use, der])).toEqual([
      ['signing', inMetadata(signingCertificate)],
      ['encryption', inMetadata(encryptionCertificates[0])],
    ]);

    await visitor.ask('PUT', '/sso/options', { signRequests: false, encryptAssertions: false });
    expect(await listed()).not.toContain('KeyDescriptor');
  });

  test('a key that was made stays for the next time', async () => {
    await visitor.ask('PUT', '/sso/options', { signRequests: true });
    await visitor.ask('PUT', '/sso/options', { signRequests: false });
    await visitor.ask('PUT', '/sso/options', { signRequests: true });

    expect(await keysNow()).toHaveLength(1);
  });

  test('changing what a test proves asks for a new test; where people begin does not', async () => {
    const before = await theConnection();
    await visitor.ask('PUT', '/sso/options', { allowIdpInitiated: true });
    const allowed = await theConnection();
    await visitor.ask('PUT', '/sso/options', { forceAuthn: true });
    const forced = await theConnection();

    expect(allowed).toMatchObject({ allowIdpInitiated: true, settingsRevision: before.settingsRevision });
    expect(forced).toMatchObject({ forceAuthn: true, settingsRevision: before.settingsRevision + 1 });
  });

  test('are written into the log of acts, with what they were', async () => {
    await visitor.ask('PUT', '/sso/options', { forceAuthn: true });
    await visitor.ask('PUT', '/sso/options', { forceAuthn: true });

    const changes = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .where('action', '=', 'connection.options_changed')
        .execute(),
    );
    expect(changes).toMatchObject([{ before: { forceAuthn: false }, after: { forceAuthn: true } }]);
  });

  test('of a live connection are left as they are', async () => {
    const { id, environmentId } = await theConnection();
    await asSystem(api, (tx) =>
      moveConnection(tx, { environmentId, organizationId }, id, {
        from: ['draft', 'requires_type', 'validating'],
        to: 'active',
        now: api.deps.now(),
      }),
    );

    const refused = await visitor.ask('PUT', '/sso/options', { forceAuthn: true });

    expect(refused).toMatchObject({ status: 409, body: { code: 'step_done' } });
    expect(await theConnection()).toMatchObject({ forceAuthn: false });
  });

  test.each([{ forceAuthn: 'yes' }, { signedFloor: 'one' }, { signRequests: null }])(
    'refuses %j and changes nothing',
    async (body) => {
      const refused = await visitor.ask('PUT', '/sso/options', body);

      expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
      expect(await theConnection()).toMatchObject({ settingsRevision: 0 });
    },
  );
});
