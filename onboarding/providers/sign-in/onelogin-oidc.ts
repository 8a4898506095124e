import { oneLogin, oneLoginAccess } from './onelogin.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const oneLoginOidc: SignInGuide = {
  id: 'onelogin-oidc',
  name: 'OneLogin',
  shortName: 'OneLogin',
  names: oneLogin.names,
  mark: 'On',
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
      title: 'Add the connector',
      where: { path: ['Administration', 'Applications', 'Add App'] },
      blocks: [
        { kind: 'text', text: 'Search for **OpenId Connect (OIDC)** and choose it.' },
        valueSlip('Display Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Find Applications',
          fields: [
            { label: 'Search', value: 'OpenId Connect (OIDC)', control: 'text' },
            { label: 'Display Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'configuration',
      title: 'Paste our redirect URI',
      where: { path: ['your app', 'Configuration'] },
      blocks: [
        valueSlip('Redirect URIs', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        valueSlip('Login Url', 'LOGIN_URL', 'Only if people should start from their OneLogin portal.'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Application details',
          fields: [
            { label: 'Login Url', value: '{LOGIN_URL}', control: 'text' },
            { label: 'Redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'claims',
      title: 'Check the claims',
      where: { path: ['your app', 'Parameters'] },
      blocks: [
        {
          kind: 'text',
          text: 'OneLogin sends these by itself. For groups choose what **Groups** holds; the person’s roles stand there at first.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'First Name' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Last Name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Groups, scope groups',
          isOptional: true,
        },
      ],
    },
    oneLoginAccess,
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['your app', 'SSO'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the **SSO** tab copy **Client ID**, **Client Secret** and **Issuer URL**.',
        },
        { kind: 'setting', label: 'Application Type', choice: 'Web' },
        {
          kind: 'setting',
          label: 'Token Endpoint Authentication Method',
          choice: 'POST or Basic',
          hint: 'Not None. We use the one that stands here.',
        },
        {
          kind: 'form',
          title: 'SSO',
          fields: [
            { label: 'Client ID', value: '1a2b3c4d-…', control: 'text' },
            { label: 'Client Secret', value: 'Show client secret', control: 'button' },
            { label: 'Issuer URL', value: 'https://acme.onelogin.com/oidc/2', control: 'text' },
            { label: 'Application Type', value: 'Web', control: 'choice' },
            { label: 'Token Endpoint Authentication Method', value: 'POST', control: 'choice' },
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
          label: 'Issuer URL, with /.well-known/openid-configuration behind it',
          where: ['SSO'],
          pattern: '^https://[a-z0-9-]+\\.onelogin\\.com/oidc/2/\\.well-known/openid-configuration$',
          example: 'https://acme.onelogin.com/oidc/2/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is the **Issuer URL**. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is the metadata of a SAML app. Copy the **Issuer URL** of this app.',
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
              explanation: 'This is the **Client ID** again. Choose **Show client secret** below it.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'given_name', source: 'First Name' },
    { field: 'lastName', name: 'family_name', source: 'Last Name' },
    { field: 'groups', name: 'groups', source: 'Groups' },
  ],
  console: {
    redirect_uri: { path: ['Configuration'], label: 'Redirect URIs' },
    client_id: { path: ['SSO'], label: 'Client ID' },
    client_secret: { path: ['SSO'], label: 'Client Secret' },
    client_authentication: {
      path: ['SSO'],
      label: 'Token Endpoint Authentication Method',
      choice: 'POST or Basic, as we use it',
    },
    issuer: { path: ['SSO'], label: 'Issuer URL' },
    email_attribute: { path: ['Users', 'the person'], label: 'Email' },
    assignment: { path: ['Access'], label: 'Roles' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Users', 'the person'], label: 'Email' },
      fix: 'Fill **Email** of the user in OneLogin, then test again.',
    },
    {
      causes: ['client_refused'],
      where: { path: ['SSO'], label: 'Token Endpoint Authentication Method' },
      fix: 'Copy **Client Secret** again. If it stays, choose the other **Token Endpoint Authentication Method**.',
    },
  ],
  mistakes: [
    {
      symptom: 'OneLogin says that you have no access to this app',
      cause: 'The app isn’t among the person’s applications.',
      fix: 'Add it under **Users** → the person → **Applications**.',
      subject: 'assignment',
    },
    {
      symptom: 'The redirect URI is refused',
      cause: 'The address under **Redirect URIs** differs from ours.',
      fix: 'Paste ours into **Redirect URIs** and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'invalid_client',
      cause: 'The secret is wrong, or **Token Endpoint Authentication Method** is another than we use.',
      fix: 'Compare the method on the **SSO** tab, then copy **Client Secret** again.',
      subject: 'client_authentication',
    },
    {
      symptom: 'No groups arrive',
      cause: 'OneLogin sends them only when the scope groups is asked for.',
      fix: 'Ask for the scope groups, and check **Groups** on the **Parameters** tab.',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect URI in OneLogin differs from ours.',
      fix: 'Paste ours into **Redirect URIs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'OneLogin doesn’t accept the secret, or not in the way it was sent.',
      fix: 'Compare **Token Endpoint Authentication Method**, then copy **Client Secret** again.',
      subject: 'client_authentication',
    },
    {
      shown: 'do not have access to this application',
      meaning: 'The app isn’t among this person’s applications.',
      fix: 'Add it under **Users** → the person → **Applications**, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: oneLogin.assignment,
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Scalekit: OneLogin OIDC',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/onelogin-oidc',
    },
  ],
};
