import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { addressesOf } from '../../api/connections.ts';
import { makeKeyPair } from '../../adapters/saml/sp-keys.ts';
import { insertConnection } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aCertificate } from '../support/saml.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** What an admin gives is read before any test sign-in as an expert would read it: by address, as a file, by hand. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let published: Server;
let url: string;
let answer: { type?: string; body: string };

const day = 86_400_000;
const certificates: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi();
  const now = api.deps.now();
  const lasting = async (from: number, days: number) => {
    const dates = { now: new Date(now.getTime() + from * day), validDays: days };
    return (await makeKeyPair({ commonName: 'idp', modulusLength: 2048, ...dates })).certificatePem;
  };
  certificates['good'] = await lasting(-1, 700);
  certificates['expired'] = await lasting(-100, 60);
  certificates['inGrace'] = await lasting(-100, 90);
  certificates['soon'] = await lasting(-1, 40);
  certificates['weak'] = (await aCertificate({ name: 'weak', modulusLength: 1024 })).pem;
  certificates['elliptic'] = (await aCertificate({ name: 'elliptic', curve: 'P-256' })).pem;
  published = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': answer.type ?? 'application/samlmetadata+xml' });
    response.end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(published, 'listening');
  url = `http://127.0.0.1:${(published.address() as AddressInfo).port}/metadata`;
});
afterAll(async () => {
  published.close();
  await api.close();
});
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
  await visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
});

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings';

interface Written {
  entityId?: string;
  certificate?: string;
  ssoUrl?: string;
  binding?: string;
  role?: string;
}

function metadata({
  entityId = 'https://idp.acme.example/saml',
  certificate = 'good',
  ssoUrl = 'https://idp.acme.example/sso',
  binding = 'HTTP-Redirect',
  role = 'IDPSSODescriptor',
}: Written = {}): string {
  const body = certificates[certificate]?.replace(/-----[^-]+-----|\s/g, '');
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}">` +
    `<md:${role} protocolSupportEnumeration="${protocol}"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data>` +
    `<ds:X509Certificate>${body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>` +
    `<md:SingleSignOnService Binding="${bindings}:${binding}" Location="${ssoUrl}"/></md:${role}></md:EntityDescriptor>`
  );
}

/** The same document by both ways in which documents come. */
type Given = { document: string; type?: string } | { body: object };

const document = (written: Written = {}): Given => ({ document: metadata(written) });
const byHand = (more: object = {}): Given => ({
  body: {
    way: 'manual',
    entityId: 'https://idp.acme.example/saml',
    ssoUrl: 'https://idp.acme.example/sso',
    certificate: certificates['good'],
    ...more,
  },
});

interface Found {
  severity: string;
  code: string;
  facts: Record<string, unknown>;
}

async function look(body: object): Promise<{ canSave: boolean; needsAccepting: boolean; findings: Found[] }> {
  const reply = await visitor.ask('POST', '/sso/metadata/check', body);
  expect(reply.status).toBe(200);
  return reply.body as never;
}

const words = (file: string): Record<string, string | { what: string; act: string }> =>
  JSON.parse(readFileSync(new URL(`../../portal/${file}`, import.meta.url), 'utf8'));

/** As the page says it: the findings' catalogue, else that of errors, with its act. */
function sentenceOf(code: string): string {
  const own = words('customer/messages/en/findings.json')[code];
  const error = words('shared/messages/en/errors.json')[code];
  const said = own ?? error ?? '';
  return typeof said === 'string' ? said : `${said.what} ${said.act}`;
}

const sample = (given: Given): object[] =>
  'body' in given
    ? [given.body]
    : [
        { way: 'metadata_file', text: given.document },
        { way: 'metadata_url', url },
      ];

/** What was entered, severity and name of what is found, and what its words must tell to do. */
const mistakes: [string, () => Given, 'stop' | 'warn', string, RegExp][] = [
  [
    'an expired certificate',
    () => document({ certificate: 'expired' }),
    'stop',
    'certificate_ended',
    /Make a new one/,
  ],
  [
    'an expired certificate by hand',
    () => byHand({ certificate: certificates['expired'] }),
    'stop',
    'certificate_ended',
    /Make a new one/,
  ],
  [
    'one that ended some days ago',
    () => document({ certificate: 'inGrace' }),
    'warn',
    'certificate_in_grace',
    /renew it soon/,
  ],
  [
    'one that ends soon',
    () => document({ certificate: 'soon' }),
    'warn',
    'certificate_ends_soon',
    /renew it later/,
  ],
  [
    'one that ends soon, by hand',
    () => byHand({ certificate: certificates['soon'] }),
    'warn',
    'certificate_ends_soon',
    /renew it later/,
  ],
  [
    'a weak certificate',
    () => document({ certificate: 'weak' }),
    'stop',
    'certificate_weak',
    /2,048 or more/,
  ],
  [
    'a weak certificate by hand',
    () => byHand({ certificate: certificates['weak'] }),
    'stop',
    'certificate_weak',
    /2,048 or more/,
  ],
  [
    'a key of a kind that we cannot check with',
    () => document({ certificate: 'elliptic' }),
    'stop',
    'certificate_algorithm_unsupported',
    /Use RSA/,
  ],
  [
    'a private key by hand',
    () => byHand({ certificate: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----' }),
    'stop',
    'private_key',
    /Treat it as leaked: replace it, and paste the public part/,
  ],
  [
    'a private key as entity id',
    () => byHand({ entityId: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----' }),
    'stop',
    'private_key',
    /Treat it as leaked/,
  ],
  [
    'a private key where metadata belongs',
    () => ({
      body: {
        way: 'metadata_file',
        text: '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----',
      },
    }),
    'stop',
    'private_key',
    /Treat it as leaked/,
  ],
  [
    'metadata of a service provider',
    () => document({ role: 'SPSSODescriptor' }),
    'stop',
    'metadata_is_sp',
    /identity provider/,
  ],
  [
    'an address over plain http',
    () => ({ body: { way: 'metadata_url', url: 'http://idp.acme.example/metadata' } }),
    'stop',
    'not_https',
    /must start with https/,
  ],
  [
    'a sign-in address over plain http, by hand',
    () => byHand({ ssoUrl: 'http://idp.acme.example/sso' }),
    'stop',
    'not_https',
    /must start with https/,
  ],
  [
    'a sign-in address over plain http, in metadata',
    () => document({ ssoUrl: 'http://idp.acme.example/sso' }),
    'stop',
    'metadata_endpoint_refused',
    /must start with https/,
  ],
  ['a wrong binding', () => document({ binding: 'SOAP' }), 'stop', 'metadata_no_endpoint', /\S/],
  [
    'the wrong binding of SAML 1.1',
    () => document({ binding: 'HTTP-Artifact' }),
    'stop',
    'metadata_no_endpoint',
    /\S/,
  ],
  [
    'Entra’s common endpoint',
    () => ({
      body: {
        way: 'metadata_url',
        url: 'https://login.microsoftonline.com/common/federationmetadata/2007-06/federationmetadata.xml?appid=1',
      },
    }),
    'stop',
    'common_tenant',
    /Use your tenant’s address/,
  ],
  [
    'Entra’s issuer without its slash',
    () => byHand({ entityId: 'https://sts.windows.net/4f1c7a10-1111-4222-8333-444455556666' }),
    'stop',
    'slash_missing',
    /ends with a slash/,
  ],
  [
    'several identity providers',
    () => ({
      document: `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${metadata()}${metadata({ entityId: 'https://two.acme.example' })}</md:EntitiesDescriptor>`,
    }),
    'stop',
    'metadata_several_entities',
    /Choose yours/,
  ],
  [
    'a sign-in page, as a file',
    () => ({ body: { way: 'metadata_file', text: '<!doctype html><html><body>Sign in' } }),
    'stop',
    'html',
    /Copy the metadata itself/,
  ],
  [
    'something that is no certificate by hand',
    () => byHand({ certificate: 'Zm9v'.repeat(30) }),
    'stop',
    'certificate_unreadable',
    /Paste the PEM/,
  ],
];

describe('before any test sign-in', () => {
  test.each(mistakes)('%s is found, and said with what to do', async (_what, given, severity, code, says) => {
    const input = given();
    answer = { body: 'document' in input ? input.document : '' };

    for (const body of sample(input)) {
      const found = await look(body);

      expect(found.findings).toContainEqual(expect.objectContaining({ severity, code }));
      expect([found.canSave, found.needsAccepting]).toEqual(
        severity === 'stop' ? [false, false] : [true, true],
      );
    }
    expect(sentenceOf(code)).toMatch(says);
  });

  test('a URL that answers with a sign-in page is found', async () => {
    answer = { type: 'text/html', body: '<!doctype html><html><body>Sign in</body></html>' };

    const found = await look({ way: 'metadata_url', url });

    expect(found.findings).toContainEqual(
      expect.objectContaining({ severity: 'stop', code: 'metadata_login_page' }),
    );
    expect(sentenceOf('metadata_login_page')).toMatch(/Copy the metadata/);
  });

  test('our own metadata, and that of another app of ours, is found', async () => {
    const own = metadata({ entityId: `${api.url}/sso/saml/conn_1`, role: 'SPSSODescriptor' });
    answer = { body: own };

    for (const body of [
      { way: 'metadata_file', text: own },
      { way: 'metadata_url', url },
    ]) {
      expect((await look(body)).findings).toContainEqual(
        expect.objectContaining({ severity: 'stop', code: 'metadata_is_ours' }),
      );
    }
    expect(sentenceOf('metadata_is_ours')).toMatch(/identity provider/);
  });

  test('metadata of another provider than the chosen one is doubted', async () => {
    await visitor.ask('POST', '/sso/provider', { providerId: 'microsoft-entra-id' });
    const okta = metadata({
      entityId: 'http://www.okta.com/exk1',
      ssoUrl: 'https://acme.okta.com/app/x/sso/saml',
    });

    expect((await look({ way: 'metadata_file', text: okta })).findings).toContainEqual(
      expect.objectContaining({
        severity: 'warn',
        code: 'other_provider',
        facts: expect.objectContaining({ provider: 'Okta' }),
      }),
    );
  });
});

describe('a certificate that already serves another connection (M19)', () => {
  async function another(of: string): Promise<string> {
    const id = newId('conn_');
    const environmentId = vendor.environment.id;
    await asSystem(api, async (tx) => {
      const whose = { environmentId, organizationId: of };
      const at = { createdAt: api.deps.now() };
      await insertConnection(tx, {
        id,
        ...whose,
        name: 'Acme Staging',
        state: 'inactive',
        connectionType: 'GenericSAML',
        ...addressesOf(api.deps.urls, id),
        ...at,
      });
    });
    return id;
  }
  /** Lets another connection of this organization, or of another one, trust the key that is in the metadata. */
  async function trustedElsewhere(of: string): Promise<void> {
    await visitor.ask('POST', '/sso/metadata', { way: 'metadata_file', text: metadata(), accepted: true });
    const connectionId = await another(of);
    await asSystem(api, (tx) =>
      tx
        .updateTable('idpCertificates')
        .set({ connectionId, organizationId: of })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
  }
  const served = async (body: object) =>
    (await look(body)).findings.filter(({ code }) => code === 'certificate_serves_other');
  const file = () => ({ way: 'metadata_file', text: metadata() });

  test('is doubted by every way, with the name of the other', async () => {
    await trustedElsewhere(organizationId);
    answer = { body: metadata() };
    const given = byHand();

    for (const body of [file(), { way: 'metadata_url', url }, 'body' in given ? given.body : {}]) {
      expect(await served(body)).toMatchObject([{ severity: 'warn', facts: { other: 'Acme Staging' } }]);
    }
    const refused = await visitor.ask('POST', '/sso/metadata', file());
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { fields: { accepted: 'certificate_serves_other' } },
    ]);
    expect((await visitor.ask('POST', '/sso/metadata', { ...file(), accepted: true })).status).toBe(200);
    expect(sentenceOf('certificate_serves_other')).toMatch(/Check that it’s the right app/);
  });

  test('says nothing about one of another organization, nor about one that trusts it no longer', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    await trustedElsewhere(other.id);
    expect(await served(file())).toEqual([]);

    await trustedElsewhere(organizationId);
    await asSystem(api, (tx) =>
      tx
        .updateTable('idpCertificates')
        .set({ retiredAt: api.deps.now() })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    expect(await served(file())).toEqual([]);
  });

  test('says nothing about the connection itself', async () => {
    await visitor.ask('POST', '/sso/metadata', { ...file(), accepted: true });

    expect(await served(file())).toEqual([]);
  });
});
