/** The screens on which a customer chooses a provider and gives what it says, in all their states. */
import type { Page } from 'playwright-core';
import { row } from '../support/customer-scenes.ts';
import { describeScreens, type Screen } from '../support/screens.ts';
import {
  aConnection,
  aGuide,
  aMetadataCheck,
  anSsoState,
  anAttributeField,
  aView,
  identityProvider,
  metadataUrl,
  providersOffered,
  ledBy,
} from '../support/setup-builders.ts';
import { broken, configured, live, nothingChosen } from '../support/setup-states.ts';

const typeAddress = async (page: Page) => await page.locator('main input[type=url]').fill(metadataUrl);

const screens: Screen[] = [
  row('provider, held by staff', '/sso/provider', 'You can also take the step back', () => ({
    sso: anSsoState({ view: ledBy('staff_led', aView()) }),
  })),
  row('metadata, held by staff', '/sso/metadata', 'You can also take the step back', () => ({
    sso: { ...configured(), view: ledBy('staff_led', aView({ choose_provider: 'done' })) },
  })),
  row('provider, suggested', '/sso/provider', 'Suggested: Microsoft Entra ID', () => ({
    sso: nothingChosen(),
  })),
  row('provider, loading', '/sso/provider', 'Loading', () => ({ silent: 'GET /sso' })),
  row('provider, broken', '/sso/provider', 'Something broke on our side.', () => ({
    refusals: { 'GET /sso': broken },
  })),
  row('provider, chosen before', '/sso/provider', 'Chosen now: Microsoft Entra ID'),
  row(
    'provider, none found',
    '/sso/provider',
    'Nothing called “Keycloq”.',
    () => ({
      sso: nothingChosen(),
      providers: (query) => (query === '' ? providersOffered() : { suggestion: null, providers: [] }),
    }),
    async (page) => await page.locator('input[type=search]').fill('Keycloq'),
  ),
  row(
    'provider, one without a guide',
    '/sso/provider',
    'ADP can’t be used to sign in here.',
    () => ({
      sso: nothingChosen(),
      providers: (query) => (query === '' ? providersOffered() : { suggestion: null, providers: [] }),
    }),
    async (page) => await page.locator('input[type=search]').fill('ADP'),
  ),
  row(
    'provider, address recognised',
    '/sso/provider',
    'Use Okta',
    () => ({ sso: nothingChosen() }),
    async (page) => {
      await page.locator('textarea').fill('https://acme.okta.com/app/exk1a2b3/sso/saml/metadata');
    },
  ),
  row(
    'provider, pasted by nobody we know',
    '/sso/provider',
    'We don’t know whose this is.',
    () => ({ sso: nothingChosen() }),
    async (page) => await page.locator('textarea').fill('https://idp.acme.com/metadata'),
  ),
  row(
    'provider, private key pasted',
    '/sso/provider',
    'private key',
    () => ({ sso: nothingChosen() }),
    async (page) =>
      await page.locator('textarea').fill('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'),
  ),
  row(
    'provider, several ways',
    '/sso/provider',
    'How should Okta connect?',
    () => ({ sso: nothingChosen() }),
    async (page) => {
      await page.getByRole('button', { name: 'Okta', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row(
    'provider, not sure',
    '/sso/provider',
    'Who hosts your mail?',
    () => ({ sso: nothingChosen() }),
    async (page) => await page.locator('main summary').click(),
  ),
  ...['create-app', 'basic-saml', 'claims', 'assign', 'metadata'].map((step) =>
    row(`guide, ${step}`, `/sso/guide/${step}`, 'In Entra'),
  ),
  row('guide of OpenID Connect', '/sso/guide/settings', 'Sign-in redirect URIs', () => ({
    sso: anSsoState({ guide: aGuide('okta-oidc'), connection: aConnection({ providerId: 'okta-oidc' }) }),
  })),
  row('guide of Okta', '/sso/guide/attributes', 'Attribute', () => ({
    sso: anSsoState({ guide: aGuide('okta'), connection: aConnection({ providerId: 'okta' }) }),
  })),
  row('guide, our certificate for Login.gov', '/sso/guide/certificate', 'login-gov.pem', () => ({
    sso: anSsoState({ guide: aGuide('login-gov') }),
  })),
  row('guide, lines of a file', '/sso/guide/relying-party', 'conf/relying-party.xml', () => ({
    sso: anSsoState({ guide: aGuide('shibboleth'), connection: aConnection({ providerId: 'shibboleth' }) }),
  })),
  row(
    'guide, this screen changed',
    '/sso/guide/basic-saml',
    'Does your screen look different?',
    undefined,
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').waitFor();
    },
  ),
  row(
    'guide, change told',
    '/sso/guide/basic-saml',
    'The vendor will compare this step',
    undefined,
    async (page) => {
      await page.locator('main button').last().click();
      await page.getByRole('dialog').locator('[data-acts] button').first().click();
    },
  ),
  row('guide, before a provider is chosen', '/sso/guide', 'Choose your provider first', () => ({
    sso: nothingChosen(),
  })),
  row('metadata, empty', '/sso/metadata', 'Save and continue'),
  row('metadata, by file', '/sso/metadata', 'Or paste its text', () => ({
    sso: anSsoState({ drafts: { ...anSsoState().drafts, way: 'metadata_file' } }),
  })),
  row('metadata, by hand', '/sso/metadata', 'PEM, its base64 text', () => ({
    sso: anSsoState({ drafts: { ...anSsoState().drafts, way: 'manual' } }),
  })),
  row('metadata, held to a key', '/sso/metadata', 'anything else there is refused', () => ({
    sso: anSsoState({
      connection: aConnection({
        identityProvider: {
          ...identityProvider(),
          metadataKey: {
            pem: '-----BEGIN CERTIFICATE-----\nMIIEBTCCAm2gAwIBAgIUPg\n-----END CERTIFICATE-----\n',
            fingerprint: 'AA:BB:CC:DD:EE:FF',
          },
        },
      }),
    }),
  })),
  row('metadata, good', '/sso/metadata', 'From Microsoft Entra ID', undefined, typeAddress),
  row(
    'metadata, to be accepted',
    '/sso/metadata',
    'Use it anyway',
    () => ({
      check: () =>
        aMetadataCheck({
          needsAccepting: true,
          findings: [{ severity: 'warn', code: 'app_id_missing', field: 'url', facts: {}, repair: null }],
        }),
    }),
    typeAddress,
  ),
  row(
    'metadata, refused by the address',
    '/sso/metadata',
    'The address must start with https.',
    undefined,
    async (page) => await page.locator('main input[type=url]').fill('http://login.microsoftonline.com/x'),
  ),
  row('metadata, saved already', '/sso/metadata', 'Saved already', () => ({ sso: configured() })),
  row('metadata, in use', '/sso/metadata', 'These settings are in use', () => ({
    sso: anSsoState({ connection: live() }),
  })),
  row('attributes', '/sso/attributes', 'Which fields mean what', () => ({
    sso: configured(),
    attributes: {
      fields: [
        anAttributeField({ attribute: 'NameID' }),
        anAttributeField({ field: 'email', attribute: 'mail', isDefault: false, lastValue: 'a•••@acme.com' }),
        anAttributeField({
          field: 'custom.department',
          label: 'Department',
          attribute: 'department',
          required: false,
        }),
      ],
      received: ['NameID', 'mail'],
    },
  })),
];

await describeScreens('the screens of a provider, its guides and its metadata', screens);
