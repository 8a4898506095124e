import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** The sandbox's own OpenID provider. It has a page that registers clients, as a console has. */
export const testIdpOidc: SignInGuide = {
  id: 'test-idp-oidc',
  name: 'Test IdP',
  shortName: 'the Test IdP',
  names: ['Test identity provider', 'Sandbox'],
  mark: 'Te',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'Shows the road by OpenID Connect: a client is registered, its ID and secret come back.',
  },
  connectionType: 'TestIdp',
  whyRecommended: 'Comes with the sandbox and needs no account anywhere.',
  audience: 'sandbox',
  steps: [
    {
      id: 'register',
      title: 'Register a client',
      where: { path: ['Test IdP', 'Register a client'] },
      blocks: [
        valueSlip('Address of the page', 'TEST_IDP_CLIENTS_URL', 'Open it in another tab.'),
        valueSlip('Redirect URI', 'REDIRECT_URI', 'Paste it there exactly, then choose Register.'),
        {
          kind: 'note',
          tone: 'information',
          text: 'The page shows the same client again whenever the same address is pasted.',
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery address, so new keys need nothing from you.',
      fields: [
        {
          field: 'discovery_url',
          label: 'Discovery URL',
          where: ['Test IdP', 'Registered'],
          prefilled: '{TEST_IDP_DISCOVERY_URL}',
          mistakes: [],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['Test IdP', 'Registered'],
          pattern: '^test-idp-conn_[0-9A-Z]{26}$',
          example: 'test-idp-conn_01JD0000000000000000000000',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client secret',
          where: ['Test IdP', 'Registered'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation: 'This is the **Client ID** again. The **Client secret** stands below it.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'person' },
    { field: 'email', name: 'email', source: 'person' },
    { field: 'firstName', name: 'given_name', source: 'person' },
    { field: 'lastName', name: 'family_name', source: 'person' },
    { field: 'groups', name: 'groups', source: 'person' },
  ],
  console: {
    redirect_uri: { path: ['Test IdP', 'Register a client'], label: 'Redirect URI' },
    client_id: { path: ['Test IdP', 'Registered'], label: 'Client ID' },
    client_secret: { path: ['Test IdP', 'Registered'], label: 'Client secret' },
    issuer: { path: ['Faults'], label: 'Issuer', choice: 'as usual' },
    token_algorithm: { path: ['Faults'], label: 'Signature', choice: 'as usual' },
    email_attribute: { path: ['Faults'], label: 'E-mail', choice: 'the person' },
    assignment: { path: ['People'], label: 'Sign in as' },
  },
  mistakes: [
    {
      symptom: 'The test fails on purpose',
      cause: 'A fault is switched on in the Test IdP.',
      fix: 'Switch it off on the Test IdP’s page and test again.',
    },
    {
      symptom: 'The Test IdP knows no such client',
      cause: 'The connection was never registered there.',
      fix: 'Paste our redirect URI under **Register a client**, and give back what it shows.',
      subject: 'redirect_uri',
    },
  ],
  errors: [],
  assignment: 'Every person of the Test IdP may sign in.',
  checkedOn: '2026-11-25',
  sources: [],
};
