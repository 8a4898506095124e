import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { getConnection, withTenant } from '../../db/index.ts';
import { makeTestIdpKeys, type TestIdpKeys } from '../../sandbox/test-idp/keys.ts';
import { readAuthnRequest } from '../../sandbox/test-idp/request.ts';
import { responseXml, signResponse } from '../../sandbox/test-idp/response.ts';
import { anOrganization } from '../support/builders.ts';
import { withEncryptedAssertion } from '../support/saml.ts';
import { codeOf, newestOf, planOf } from '../support/saml-answers.ts';
import { aBrowser, aSignInWorld, authorizeUrl, type Browser, type SignInWorld } from '../support/sign-in.ts';

/** A vendor moves customers in whose providers are set up for another service, and stay as they are. */
let world: SignInWorld;
let signing: KeyPair;
let encryption: KeyPair;
let idp: TestIdpKeys;
beforeAll(async () => {
  world = await aSignInWorld();
  const made = { validDays: 30, modulusLength: 2048, now: world.api.deps.now() } as const;
  [signing, encryption, idp] = await Promise.all([
    makeKeyPair({ commonName: 'old signing', ...made }),
    makeKeyPair({ commonName: 'old encryption', ...made }),
    makeTestIdpKeys(world.api.deps.now()),
  ]);
});
afterAll(() => world.close());

let customers = 0;
/** What the old service and the customer's provider know of each other. */
function anOldConnection(acsUrl: string) {
  const n = ++customers;
  return {
    idpEntityId: `https://idp.customer-${n}.test/saml`,
    idpSsoUrl: `https://idp.customer-${n}.test/sso`,
    spEntityId: `urn:old-service:customer-${n}`,
    acsUrl,
  };
}
type OldConnection = ReturnType<typeof anOldConnection>;

async function moveIn(old: OldConnection, keys = true) {
  const organization = await anOrganization(world.vendor);
  const { status, body } = await world.vendor.call('POST', '/connections', {
    organization_id: organization.id,
    saml_options: {
      idp_entity_id: old.idpEntityId,
      idp_sso_url: old.idpSsoUrl,
      idp_signing_certs: [idp.current.certificatePem],
      acs_url: old.acsUrl,
      sp_entity_id: old.spEntityId,
      ...(keys && {
        sp_signing_key_pair: { key: signing.privateKeyPem, cert: signing.certificatePem },
        sp_encryption_key_pairs: [{ key: encryption.privateKeyPem, cert: encryption.certificatePem }],
      }),
    },
  });
  expect([status, body.code]).toEqual([201, undefined]);
  const tenant = { environmentId: world.vendor.environment.id };
  const connection = await withTenant(world.api.db, tenant, (tx) => getConnection(tx, tenant, body.id));
  return { id: String(body.id), connection };
}

/** Starts a sign-in; the provider, which knows the old values only, reads the request and answers it. */
async function begin(browser: Browser, old: OldConnection, id: string, keys = true) {
  const sent = await browser.get(authorizeUrl(world, { connection: id }));
  expect(sent.leadsTo?.href.startsWith(old.idpSsoUrl)).toBe(true);
  const registered = {
    entityId: old.spEntityId,
    acsUrl: old.acsUrl,
    signingCertificates: keys ? [signing.certificatePem] : [],
  };
  const request = await readAuthnRequest(
    { binding: 'redirect', query: sent.leadsTo?.search ?? '' },
    (entityId) => Promise.resolve(entityId === old.spEntityId ? registered : undefined),
  );
  return { requestId: request.id, relayState: request.relayState ?? '' };
}

function answer(old: OldConnection, requestId: string, isEncrypted: boolean): string {
  const of = { connection: { spEntityId: old.spEntityId, acsUrl: old.acsUrl } };
  const plan = { ...planOf(world, of, requestId), issuer: old.idpEntityId };
  const xml = isEncrypted ? withEncryptedAssertion(responseXml(plan), encryption) : responseXml(plan);
  const signed = signResponse(xml, { ...plan, sign: isEncrypted ? 'response' : 'both' }, idp);
  return Buffer.from(signed).toString('base64');
}

const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, '');

describe('moving in: the provider still sends to the old values, and people sign in', () => {
  it.each(['/sso/saml/acs/old-1', '/auth/saml/callback?tenant=acme'])(
    'where API_URL is the old host, at %s',
    async (path) => {
      const old = anOldConnection(`${world.api.url}${path}`);
      const { id, connection } = await moveIn(old);
      const browser = aBrowser();
      const { requestId, relayState } = await begin(browser, old, id);

      const posted = await browser.post(old.acsUrl, {
        SAMLResponse: answer(old, requestId, true),
        RelayState: relayState,
      });
      const end = await browser.follow(posted);

      expect(posted.status).toBe(303);
      expect(codeOf(end)).toBeTruthy();
      expect(await newestOf(world, { connection })).toMatchObject({ state: 'success', signed: 'response' });
    },
  );

  it('where the vendor’s proxy hands the post on to the connection’s own address', async () => {
    const old = anOldConnection('https://login.northwind.test/saml/acs');
    const { id } = await moveIn(old);
    const browser = aBrowser();
    const { requestId } = await begin(browser, old, id);

    const posted = await browser.post(`${world.api.url}/sso/saml/${id}/acs`, {
      SAMLResponse: answer(old, requestId, true),
    });

    expect(codeOf(await browser.follow(posted))).toBeTruthy();
  });

  it('where one address served many customers, the provider’s name says which', async () => {
    const shared = 'https://login.northwind.test/shared/acs';
    const [first, second] = [anOldConnection(shared), anOldConnection(shared)];
    const ids = [(await moveIn(first, false)).id, (await moveIn(second, false)).id];
    const proxied = `${world.api.url}${pathOf(shared)}`;

    for (const [index, old] of [first, second].entries()) {
      const browser = aBrowser();
      const { requestId } = await begin(browser, old, ids[index] ?? '', false);
      const end = await browser.follow(
        await browser.post(proxied, { SAMLResponse: answer(old, requestId, false) }),
      );
      expect(codeOf(end)).toBeTruthy();
    }
  });

  it('our metadata tells the old values', async () => {
    const old = anOldConnection('https://login.northwind.test/told');
    const { id } = await moveIn(old);

    const metadata = await (await fetch(`${world.api.url}/sso/saml/${id}/metadata`)).text();

    expect(metadata).toContain(`entityID="${old.spEntityId}"`);
    expect(metadata).toContain(`Location="${old.acsUrl}"`);
    expect(metadata).toContain(encryption.certificatePem.replace(/-----[^-]+-----|\s/g, '').slice(0, 200));
  });

  it('a tile at the provider still has an address of ours to begin at', async () => {
    const old = anOldConnection('https://login.northwind.test/tile');
    const { id } = await moveIn(old);

    const sent = await aBrowser().get(`${world.api.url}/sso/saml/${id}/login`);

    expect(sent.leadsTo?.href.startsWith(old.idpSsoUrl)).toBe(true);
  });
});

describe('what was brought along is what counts', () => {
  it.each([
    ['destination_differs', { acsUrl: 'own' }],
    ['audience_differs', { spEntityId: 'own' }],
  ] as const)('an answer for our own values is refused: %s', async (cause, change) => {
    const old = anOldConnection(`https://login.northwind.test/${cause}`);
    const { id, connection } = await moveIn(old, false);
    const browser = aBrowser();
    const { requestId } = await begin(browser, old, id, false);
    const own = {
      acsUrl: `${world.api.url}/sso/saml/${id}/acs`,
      spEntityId: `${world.api.url}/sso/saml/${id}`,
    };
    const asked = {
      ...old,
      ...('acsUrl' in change ? { acsUrl: own.acsUrl } : { spEntityId: own.spEntityId }),
    };

    await browser.follow(await browser.post(own.acsUrl, { SAMLResponse: answer(asked, requestId, false) }));

    expect(await newestOf(world, { connection })).toMatchObject({ state: 'failed', cause });
  });

  it('at a shared address a provider that nobody has gets the answer of an unknown address', async () => {
    const shared = 'https://login.northwind.test/strangers';
    await moveIn(anOldConnection(shared), false);
    await moveIn(anOldConnection(shared), false);
    const stranger = anOldConnection(shared);

    const end = await aBrowser().post(`${world.api.url}${pathOf(shared)}`, {
      SAMLResponse: answer(stranger, '_nobody', false),
    });

    expect(end.status).toBe(404);
  });

  it('a post to an address that is nobody’s is not found, and no form of an answer makes it one', async () => {
    const ends = [
      await aBrowser().post(`${world.api.url}/nobody/acs`, { SAMLResponse: 'AAAA' }),
      await aBrowser().post(`${world.api.url}/nobody/acs`, { SAMLResponse: '' }),
    ];

    expect(ends.map(({ status }) => status)).toEqual([404, 404]);
  });
});
