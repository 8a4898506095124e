import { jumpCloud, jumpCloudUserGroups } from './jumpcloud.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const discoveryUrl = 'https://oauth.id.jumpcloud.com/.well-known/openid-configuration';

export const jumpCloudOidc: SignInGuide = {
  id: 'jumpcloud-oidc',
  name: 'JumpCloud',
  shortName: 'JumpCloud',
  names: jumpCloud.names,
  mark: 'Ju',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'Fewer fields to fill in. A client secret has to be kept and replaced.',
  },
  connectionType: 'GenericOIDC',
  whyRecommended: 'Fewer fields to fill in.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-app',
      title: 'Add a custom OIDC app',
      where: {
        path: ['Access', 'SSO Applications', 'Add New Application'],
        link: 'https://console.jumpcloud.com',
      },
      blocks: [
        { kind: 'text', text: 'Search for **OIDC**, choose **Custom OIDC App**, then **Next**.' },
        valueSlip('Display Label', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next**, then **Configure Application**.' },
        {
          kind: 'form',
          title: 'Create new application integration',
          fields: [
            { label: 'Search', value: 'OIDC', control: 'text' },
            { label: 'Custom OIDC App', value: 'selected', control: 'choice' },
            { label: 'Display Label', value: '{PRODUCT}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'sso',
      title: 'Fill in the configuration settings',
      where: { path: ['your app', 'SSO', 'Configuration Settings'], link: 'https://console.jumpcloud.com' },
      blocks: [
        valueSlip('Redirect URI', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        {
          kind: 'setting',
          label: 'Client Authentication Type',
          choice: 'Client Secret Basic or Client Secret POST',
          hint: 'Not Public: that one has no secret.',
        },
        valueSlip('Login URL', 'LOGIN_URL'),
        {
          kind: 'form',
          title: 'Configuration Settings',
          fields: [
            { label: 'Redirect URI', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Client Authentication Type', value: 'Client Secret Basic', control: 'choice' },
            { label: 'Login URL', value: '{LOGIN_URL}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'claims',
      title: 'Send the claims',
      where: { path: ['your app', 'SSO', 'Attribute Mapping'], link: 'https://console.jumpcloud.com' },
      blocks: [
        {
          kind: 'setting',
          label: 'Standard Scopes',
          choice: 'Email and Profile ticked',
          hint: 'They bring the claims below.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'scope Email' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'scope Profile' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'scope Profile' },
        {
          kind: 'form',
          title: 'Attribute Mapping',
          fields: [
            { label: 'Email', value: 'ticked', control: 'tick' },
            { label: 'Profile', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'credentials',
      title: 'Activate it and copy the credentials',
      where: { path: ['your app', 'Activate'], link: 'https://console.jumpcloud.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Activate**. A window shows **Client ID** and **Client Secret**: copy both.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'The secret is shown this once. If it is lost, make a new one on the **SSO** tab.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The discovery address is the same for everybody, so we have filled it in for you.',
        },
      ],
    },
    jumpCloudUserGroups,
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery address, which never changes.',
      fields: [
        {
          field: 'discovery_url',
          label: 'Discovery URL',
          where: ['the same for every JumpCloud customer'],
          pattern: '^https://oauth\\.id\\.jumpcloud\\.com/\\.well-known/openid-configuration$',
          example: discoveryUrl,
          prefilled: discoveryUrl,
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the console. The address is the same for everybody.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['SSO'],
          example: '1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client Secret',
          where: ['SSO'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation:
                'This is the **Client ID** again. The **Client Secret** was shown beside it, once.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'scope Email' },
    { field: 'firstName', name: 'given_name', source: 'scope Profile' },
    { field: 'lastName', name: 'family_name', source: 'scope Profile' },
  ],
  console: {
    redirect_uri: { path: ['SSO', 'Configuration Settings'], label: 'Redirect URI' },
    client_id: { path: ['SSO'], label: 'Client ID' },
    client_secret: { path: ['SSO'], label: 'Client Secret' },
    client_authentication: {
      path: ['SSO', 'Configuration Settings'],
      label: 'Client Authentication Type',
      choice: 'Client Secret Basic or Client Secret POST, as we use it',
    },
    scopes: {
      path: ['SSO', 'Attribute Mapping'],
      label: 'Standard Scopes',
      choice: 'Email and Profile ticked',
    },
    email_attribute: { path: ['SSO', 'Attribute Mapping'], label: 'Standard Scopes', choice: 'Email' },
    assignment: { path: ['User Groups'], label: 'User Groups', choice: 'a group of this person' },
  },
  repairs: [
    {
      causes: ['email_missing'],
      where: { path: ['SSO', 'Attribute Mapping'], label: 'Standard Scopes' },
      fix: 'Tick Email under **Standard Scopes**, and test with a person who has an e-mail.',
    },
    {
      causes: ['client_refused'],
      where: { path: ['SSO', 'Configuration Settings'], label: 'Client Authentication Type' },
      fix: 'Make a new **Client Secret**. If it stays, choose the other **Client Authentication Type**.',
    },
  ],
  mistakes: [
    {
      symptom: 'The person has no access to this app',
      cause: 'None of the person’s user groups is ticked.',
      fix: 'Tick one on the **User Groups** tab and save.',
      subject: 'assignment',
    },
    {
      symptom: 'The redirect URI is refused',
      cause: 'The address under **Redirect URI** differs from ours.',
      fix: 'Paste ours into **Redirect URI** and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'invalid_client',
      cause: 'The secret is wrong, or **Client Authentication Type** is another than we use.',
      fix: 'Compare the type on the **SSO** tab, then make a new secret and give it to us.',
      subject: 'client_authentication',
    },
    {
      symptom: 'No e-mail or no names arrive',
      cause: 'The **Standard Scopes** Email and Profile aren’t ticked.',
      fix: 'Tick both under **Attribute Mapping** and save.',
      subject: 'scopes',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect URI in JumpCloud differs from ours.',
      fix: 'Paste ours into **Redirect URI** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'JumpCloud doesn’t accept the secret, or not in the way it was sent.',
      fix: 'Compare **Client Authentication Type**, then make a new secret and give it to us.',
      subject: 'client_authentication',
    },
    {
      shown: 'invalid_scope',
      meaning: 'JumpCloud doesn’t allow a scope that we ask for.',
      fix: 'Tick Email and Profile under **Standard Scopes**.',
      subject: 'scopes',
    },
    {
      shown: 'access_denied',
      meaning: 'None of this person’s user groups may use the app.',
      fix: 'Tick one on the **User Groups** tab and save, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: jumpCloud.assignment,
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Scalekit: JumpCloud OIDC',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/jumpcloud-oidc',
    },
  ],
};
