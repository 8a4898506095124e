import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTestIdpMetadata } from '../../sandbox/test-idp/metadata.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { samlKeys, signedMetadata, type SamlKeys } from '../support/saml.ts';

/** A developer agrees on the key that a provider signs its metadata with [MD-09]. */

let api: TestApi;
let vendor: Vendor;
let idp: SamlKeys['idp'];
let published: Server;
let url: string;
let served: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  ({ idp } = await samlKeys());
  published = createServer((_request, response) => response.end(served)).listen(0, '127.0.0.1');
  await once(published, 'listening');
  url = `http://127.0.0.1:${(published.address() as AddressInfo).port}/metadata`;
});
afterAll(async () => {
  published.close();
  await api.close();
});

let made = 0;
const document = () =>
  buildTestIdpMetadata({
    entityId: `https://idp.test/${++made}`,
    ssoUrl: 'https://idp.test/sso',
    keys: idp,
    publishes: 'current',
  });
const signed = () => signedMetadata(document(), idp.next);
const key = () => ({ idp_metadata_signing_cert: idp.next.certificatePem });

async function create(saml: object) {
  const { id } = await anOrganization(vendor);
  return vendor.call('POST', '/connections', {
    organization_id: id,
    saml_options: { idp_metadata_url: url, ...saml },
  });
}
const patch = (id: string, saml: object) =>
  vendor.call('PATCH', `/connections/${id}`, { saml_options: saml });
const pinnedOf = (id: string) =>
  asSystem(api, async (tx) => {
    const row = await tx
      .selectFrom('connections')
      .select('idpMetadataKey')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.idpMetadataKey;
  });
const pem = () => expect.stringContaining('BEGIN CERTIFICATE') as string;

describe('the key that metadata is signed with [MD-09]', () => {
  test('is agreed on when a connection is made, and its metadata is held to it at once', async () => {
    served = document();
    const refused = await create(key());
    served = signed();
    const taken = await create(key());

    expect([refused.status, refused.body.code]).toEqual([422, 'idp_metadata_fetch_failed']);
    expect(refused.body.message).toContain('not signed with the key');
    expect(taken.status).toBe(201);
    expect(await pinnedOf(taken.body.id)).toEqual(pem());
  });

  test('is agreed on later, if today’s metadata is signed with it', async () => {
    served = document();
    const { body } = await create({});

    expect((await patch(body.id, key())).status).toBe(422);
    expect(await pinnedOf(body.id)).toBeNull();
    made -= 1;
    served = signed();
    expect((await patch(body.id, key())).status).toBe(200);
    expect(await pinnedOf(body.id)).toEqual(pem());
  });

  test('holds for another address of the metadata too, until it is taken back', async () => {
    served = signed();
    const { body } = await create(key());
    served = document();

    expect((await patch(body.id, { idp_metadata_url: url })).status).toBe(422);
    expect((await patch(body.id, { idp_metadata_signing_cert: null, idp_metadata_url: url })).status).toBe(
      200,
    );
    expect(await pinnedOf(body.id)).toBeNull();
  });

  test('is a certificate, and never a private key', async () => {
    served = signed();
    const privateKey = await create({ idp_metadata_signing_cert: idp.next.privateKeyPem });
    const nonsense = await create({ idp_metadata_signing_cert: 'nonsense' });

    expect([privateKey.status, nonsense.status]).toEqual([400, 400]);
    expect(privateKey.body.message).toContain('private key');
  });
});
