import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SsoState } from '../../api/contract/setup-connections.ts';
import type { MetadataCheck } from '../../api/contract/setup-provider-settings.ts';
import { buildTestIdpMetadata } from '../../sandbox/test-idp/metadata.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { samlKeys, signedMetadata, type SamlKeys } from '../support/saml.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** An admin holds the metadata of their provider to the key that it is signed with [MD-09]. */

let api: TestApi;
let idp: SamlKeys['idp'];
let published: Server;
let url: string;
let served: string;
let visitor: Visitor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
  ({ idp } = await samlKeys());
  published = createServer((_request, response) => response.end(served)).listen(0, '127.0.0.1');
  await once(published, 'listening');
  url = `http://127.0.0.1:${(published.address() as AddressInfo).port}/metadata`;
});
afterAll(async () => {
  published.close();
  await api.close();
});
beforeEach(async () => {
  runJourneys(api);
  const vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
  await visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
  served = signed();
});

const document = () =>
  buildTestIdpMetadata({
    entityId: 'https://idp.test/signed',
    ssoUrl: 'https://idp.test/sso',
    keys: idp,
    publishes: 'current',
  });
const signed = () => signedMetadata(document(), idp.next);
const given = (signingCertificate?: string) => ({
  way: 'metadata_url',
  url,
  ...(signingCertificate === undefined ? {} : { signingCertificate }),
});
const check = async (signingCertificate?: string) =>
  (await visitor.ask('POST', '/sso/metadata/check', given(signingCertificate))).body as MetadataCheck;
const save = (signingCertificate?: string) =>
  visitor.ask('POST', '/sso/metadata', { ...given(signingCertificate), accepted: true });
const heldTo = async () =>
  ((await visitor.ask('GET', '/sso')).body as SsoState).connection?.identityProvider?.metadataKey ?? null;
const stopsOf = ({ findings }: MetadataCheck) =>
  findings.filter(({ severity }) => severity === 'stop').map(({ code, field }) => [code, field]);

describe('metadata that an admin holds to a key [MD-09]', () => {
  it('is taken when it is signed with it, and the key is kept and shown', async () => {
    const looked = await check(idp.next.certificatePem);
    const saved = await save(idp.next.certificatePem);

    expect(looked.findings).toContainEqual(
      expect.objectContaining({ severity: 'ok', code: 'metadata_signed' }),
    );
    expect(saved.status).toBe(200);
    expect(await heldTo()).toEqual({
      pem: expect.stringContaining('BEGIN CERTIFICATE') as string,
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
    });
  });

  it('is refused when it is unsigned or signed with another key, and nothing is saved', async () => {
    served = document();
    expect(stopsOf(await check(idp.next.certificatePem))).toEqual([['metadata_signature_refused', 'url']]);
    served = signedMetadata(document(), idp.current);
    const saved = await save(idp.next.certificatePem);

    expect([saved.status, saved.body.code]).toEqual([422, 'metadata_signature_refused']);
    expect(await heldTo()).toBeNull();
  });

  it('stays held to it when the address is given again, until the key is taken away', async () => {
    await save(idp.next.certificatePem);
    served = document();

    expect(stopsOf(await check())).toEqual([['metadata_signature_refused', 'url']]);
    expect((await save('')).status).toBe(200);
    expect(await heldTo()).toBeNull();
  });

  it('is held to a certificate, never to a private key, and says so at its field [MD-04]', async () => {
    const looked = await check(idp.next.privateKeyPem);
    const saved = await save(idp.next.privateKeyPem);

    expect(stopsOf(looked)).toEqual([['private_key', 'signingCertificate']]);
    expect(stopsOf(await check('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'))).toEqual([
      ['certificate_unreadable', 'signingCertificate'],
    ]);
    expect([saved.status, saved.body.code]).toEqual([422, 'certificate_is_private_key']);
  });

  it('has the change of its key in the log of acts', async () => {
    await save(idp.next.certificatePem);
    const { fingerprint } = (await heldTo()) ?? {};
    const audits = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );

    expect(audits).toContainEqual(
      expect.objectContaining({
        action: 'connection.settings_changed',
        after: expect.objectContaining({ idp_metadata_key: fingerprint }) as object,
      }),
    );
  });
});
