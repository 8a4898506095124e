import { auth0, auth0Application, auth0LetIn } from './auth0.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const consoleLink = 'https://manage.auth0.com';

export const auth0Oidc: SignInGuide = {
  id: 'auth0-oidc',
  name: 'Auth0',
  shortName: 'Auth0',
  names: ['Auth0 by Okta', 'Customer Identity Cloud', 'auth0.com'],
  mark: 'Au',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'One form instead of an add-on with settings. Somebody has to replace the secret when it is renewed.',
  },
  connectionType: 'GenericOIDC',
  whyRecommended: 'One callback URL goes there, one client ID and secret come back.',
  audience: 'everyone',
  steps: [
    auth0Application,
    {
      id: 'callback',
      title: 'Paste the callback URL',
      where: { path: ['your application', 'Settings', 'Application URIs'], link: consoleLink },
      blocks: [
        valueSlip('Allowed Callback URLs', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Choose **Save Changes** at the end of the page.' },
        {
          kind: 'form',
          title: 'Application URIs',
          fields: [
            { label: 'Allowed Callback URLs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Save Changes', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the people in',
      where: { path: ['your application', 'Connections'], link: consoleLink },
      blocks: [
        auth0LetIn,
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'scope email' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'scope profile' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'scope profile' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'an Action of your own that adds them',
          isOptional: true,
        },
      ],
    },
    {
      id: 'credentials',
      title: 'Copy the application’s credentials',
      where: { path: ['your application', 'Settings', 'Basic Information'], link: consoleLink },
      blocks: [
        {
          kind: 'text',
          text: 'Copy **Domain**, **Client ID** and **Client Secret**. The discovery address is the domain, with https:// in front and /.well-known/openid-configuration behind.',
        },
        {
          kind: 'form',
          title: 'Basic Information',
          fields: [
            { label: 'Domain', value: 'acme.eu.auth0.com', control: 'text' },
            { label: 'Client ID', value: 'Ab1Cd2Ef3Gh4…', control: 'text' },
            { label: 'Client Secret', value: '••••••••', control: 'text' },
          ],
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
          label: 'Domain, with /.well-known/openid-configuration behind it',
          where: ['your application', 'Settings', 'Basic Information'],
          pattern: '^https://[a-z0-9.-]+/\\.well-known/openid-configuration$',
          example: 'https://acme.eu.auth0.com/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is your **Domain**. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the Auth0 dashboard. Copy the **Domain** it shows.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['your application', 'Settings', 'Basic Information'],
          pattern: '^[A-Za-z0-9]{20,}$',
          example: 'Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client Secret',
          where: ['your application', 'Settings', 'Basic Information'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation: 'This is the **Client ID** again. The **Client Secret** stands below it.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'scope email' },
    { field: 'firstName', name: 'given_name', source: 'scope profile' },
    { field: 'lastName', name: 'family_name', source: 'scope profile' },
    { field: 'groups', name: 'groups', source: 'an Action of your own' },
  ],
  console: {
    redirect_uri: { path: ['your application', 'Settings'], label: 'Allowed Callback URLs' },
    client_id: { path: ['your application', 'Settings', 'Basic Information'], label: 'Client ID' },
    client_secret: { path: ['your application', 'Settings', 'Basic Information'], label: 'Client Secret' },
    client_authentication: {
      path: ['your application', 'Credentials'],
      label: 'Authentication Methods',
      choice: 'Client Secret (Post) or Client Secret (Basic)',
    },
    issuer: {
      path: ['your application', 'Settings', 'Basic Information'],
      label: 'Domain',
      choice: 'the one of the discovery address you gave us',
    },
    email_attribute: {
      path: ['User Management', 'Users', 'the person'],
      label: 'Email',
      choice: 'the person’s e-mail address',
    },
    assignment: { path: ['your application', 'Connections'], label: 'the connection of this person' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['User Management', 'Users', 'the person'], label: 'Email' },
      fix: 'Test with a person whose profile in Auth0 has an **Email**.',
    },
  ],
  mistakes: [
    {
      symptom: '“Callback URL mismatch” at Auth0',
      cause: 'The address under **Allowed Callback URLs** differs from ours.',
      fix: 'Paste ours there and choose **Save Changes**.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'The person can’t sign in, or sees no way to',
      cause: 'The connection they belong to is off for this application.',
      fix: 'Switch it on under **Connections**.',
      subject: 'assignment',
    },
    {
      symptom: 'The issuer differs',
      cause:
        'Auth0 names its issuer with a slash at the end; or a custom domain was mixed with the other one.',
      fix: 'Give us the discovery address of the domain that people see when they sign in.',
      subject: 'issuer',
    },
  ],
  errors: [
    {
      shown: 'Callback URL mismatch',
      meaning: 'The callback address in Auth0 differs from ours.',
      fix: 'Paste ours into **Allowed Callback URLs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'Auth0 doesn’t accept the client ID or the secret.',
      fix: 'Copy **Client ID** and **Client Secret** again and give them to us.',
      subject: 'client_secret',
    },
    {
      shown: 'access_denied',
      meaning: 'Auth0 or an Action of yours refused this person.',
      fix: 'Check **Connections** and your Actions, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: auth0.assignment,
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Auth0: Application settings',
      url: 'https://auth0.com/docs/get-started/applications/application-settings',
    },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
  ],
};
