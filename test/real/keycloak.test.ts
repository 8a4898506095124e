import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startTestProduct, type TestProduct } from '../support/product.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { person, startKeycloak, type Keycloak } from './keycloak.ts';
import { describeWithProgram } from './program.ts';
import { leadToLive, signInAsUser, type RealProvider } from './road.ts';

/**
 * KEYCLOAK_HOME=/opt/keycloak npm run test:real -- keycloak
 *
 * The folder is an unpacked distribution; Keycloak 26 wants Java 17 or newer (JAVA_HOME).
 */
await describeWithTemporal('the road', (temporal) => {
  describeWithProgram('with Keycloak', { variable: 'KEYCLOAK_HOME', has: 'bin/kc.sh' }, (home) => {
    let product: TestProduct;
    let browser: Browser;
    let keycloak: Keycloak;
    beforeAll(async () => {
      [product, browser, keycloak] = await Promise.all([
        startTestProduct(temporal()),
        launchBrowser(),
        startKeycloak(home),
      ]);
    });
    afterAll(async () => {
      await browser.close();
      await Promise.all([keycloak.stop(), product.stop()]);
    });

    it('leads to live by SAML as the guide says, and a user’s profile is theirs', async () => {
      const provider = bySaml(keycloak);
      const live = await leadToLive(product, browser, provider, 'Acme');
      const page = await (await browser.newContext()).newPage();

      const profile = await signInAsUser(product, page, provider, live);

      expect(profile).toMatchObject({
        connectionType: 'KeycloakSAML',
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
        groups: ['Engineering'],
      });
    });

    it('leads to live by OpenID Connect as the guide says, and a user’s profile is theirs', async () => {
      const provider = byOpenIdConnect(keycloak);
      const live = await leadToLive(product, browser, provider, 'Globex');
      const page = await (await browser.newContext()).newPage();

      const profile = await signInAsUser(product, page, provider, live);

      expect(profile).toMatchObject({
        connectionType: 'GenericOIDC',
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
      });
    });
  });
});

/** The guide's steps "Create the client", "Name ID, binding and signing" and "Send the attributes". */
function bySaml(keycloak: Keycloak): RealProvider {
  return {
    name: 'Keycloak',
    way: 'SAML',
    signIn,
    async register({ spEntityId, acsUrl }) {
      await keycloak.makeClient({
        clientId: spEntityId,
        protocol: 'saml',
        redirectUris: [acsUrl],
        adminUrl: acsUrl,
        attributes: {
          saml_name_id_format: 'email',
          saml_force_name_id_format: 'true',
          'saml.force.post.binding': 'true',
          'saml.assertion.signature': 'true',
          'saml.server.signature': 'true',
          'saml.signature.algorithm': 'RSA_SHA256',
          'saml.server.signature.keyinfo.xmlSigKeyInfoKeyNameTransformer': 'NONE',
          'saml.client.signature': 'false',
          'saml.encrypt': 'false',
          // The console ticks it in every new client.
          'saml.authnstatement': 'true',
        },
        protocolMappers: [...['id', 'email', 'firstName', 'lastName'].map(userProperty), groupList],
      });
      return { metadataUrl: `${keycloak.realmUrl}/protocol/saml/descriptor` };
    },
  };
}

const userProperty = (property: string) => ({
  name: property,
  protocol: 'saml',
  protocolMapper: 'saml-user-property-mapper',
  config: { 'user.attribute': property, 'attribute.name': property, 'attribute.nameformat': 'Basic' },
});
const groupList = {
  name: 'groups',
  protocol: 'saml',
  protocolMapper: 'saml-group-membership-mapper',
  config: {
    'attribute.name': 'groups',
    'attribute.nameformat': 'Basic',
    single: 'true',
    'full.path': 'false',
  },
};

/** The guide's steps "Create the client" and "Copy the client’s credentials". */
function byOpenIdConnect(keycloak: Keycloak): RealProvider {
  return {
    name: 'Keycloak',
    way: 'OpenID Connect',
    signIn,
    async register({ redirectUri }) {
      const clientId = 'ledgerly';
      const id = await keycloak.makeClient({
        clientId,
        protocol: 'openid-connect',
        publicClient: false,
        standardFlowEnabled: true,
        redirectUris: [redirectUri],
      });
      const secret = await (await keycloak.admin('GET', `/clients/${id}/client-secret`)).json();
      return {
        discoveryUrl: `${keycloak.realmUrl}/.well-known/openid-configuration`,
        clientId,
        clientSecret: String(secret.value),
      };
    },
  };
}

async function signIn(page: Page): Promise<void> {
  await page.locator('#username').fill(person.username);
  await page.locator('#password').fill(person.password);
  await page.locator('#kc-login').click();
}
