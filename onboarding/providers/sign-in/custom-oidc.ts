import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const customOidc: SignInGuide = {
  id: 'custom-oidc',
  name: 'Custom OIDC',
  shortName: 'your identity provider',
  names: ['OIDC', 'OpenID Connect', 'OpenID', 'Generic OIDC', 'OAuth', 'OAuth 2.0'],
  mark: 'OI',
  protocol: 'oidc',
  connectionType: 'GenericOIDC',
  whyRecommended: 'Works with any identity provider that speaks OpenID Connect.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create an OpenID Connect app',
      where: { path: ['Applications', 'New OpenID Connect application'] },
      blocks: [
        {
          kind: 'text',
          text: 'In your provider’s console add an application of the type OpenID Connect, often called web app, client or confidential client.',
        },
        valueSlip('Name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'Application type',
          choice: 'Web',
          hint: 'Not single-page and not native: only a web app has a secret.',
        },
        {
          kind: 'setting',
          label: 'Grant type',
          choice: 'Authorization Code',
          hint: 'Implicit, password and client credentials stay off.',
        },
      ],
    },
    {
      id: 'redirect-uri',
      title: 'Paste our redirect URI',
      where: { path: ['your app', 'Settings'] },
      blocks: [
        valueSlip(
          'Redirect URI',
          'REDIRECT_URI',
          'Also called callback URL, reply URL or sign-in redirect URI. Paste exactly, with no slash at the end.',
        ),
        valueSlip(
          'Login URL',
          'LOGIN_URL',
          'Only where your console asks for an initiate login URI, and people should start from its tile. Else leave it blank.',
        ),
        { kind: 'setting', label: 'Logout or post-logout redirect URI', choice: 'leave blank' },
        {
          kind: 'form',
          title: 'OpenID Connect settings',
          fields: [
            { label: 'Application type', value: 'Web', control: 'choice' },
            { label: 'Authorization Code', value: 'ticked', control: 'tick' },
            { label: 'Redirect URI', value: '{REDIRECT_URI}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'claims',
      title: 'Let it send the claims',
      where: { path: ['your app', 'Scopes and claims'] },
      blocks: [
        {
          kind: 'text',
          text: 'Allow the scopes openid, profile and email. Then these claims come by themselves at most providers.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'e-mail address, scope email' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'first name, scope profile' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'last name, scope profile' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'group names, one value each',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'If your console can’t rename them, leave its names. You can match them here later.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the people in',
      where: { path: ['your app', 'Users and groups'] },
      blocks: [
        { kind: 'text', text: 'Assign the people or groups who should sign in, and yourself for the test.' },
      ],
    },
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['your app', 'Credentials'] },
      blocks: [
        {
          kind: 'text',
          text: 'Copy the client ID, the client secret and the discovery address. The secret is often shown once only.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The discovery address ends in /.well-known/openid-configuration. It may be called OpenID configuration or well-known endpoint.',
        },
        {
          kind: 'form',
          title: 'Credentials',
          fields: [
            { label: 'Client ID', value: '3f9a…', control: 'text' },
            { label: 'Client secret', value: '••••••••', control: 'text' },
            {
              label: 'Discovery URL',
              value: 'https://idp.example.com/.well-known/openid-configuration',
              control: 'text',
            },
          ],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery URL, so new keys need nothing from you.',
      fields: [
        {
          field: 'discovery_url',
          label: 'Discovery URL',
          where: ['your app', 'Credentials'],
          pattern: '^https://[^\\s]+/\\.well-known/openid-configuration$',
          example: 'https://idp.example.com/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is the issuer. Its discovery URL ends in /.well-known/openid-configuration.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is SAML metadata. OpenID Connect needs the discovery URL.',
            },
            { code: 'own_address', explanation: 'This is our own address. Paste your identity provider’s.' },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['your app', 'Credentials'],
          example: '0oa1b2c3d4e5f6g7h8i9',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client secret',
          where: ['your app', 'Credentials'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation: 'This is the client ID again. The secret is a value of its own, often shown once.',
            },
          ],
        },
        {
          field: 'secret_ends_on',
          label: 'End of the secret',
          where: ['your app', 'Credentials'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'scope email' },
    { field: 'firstName', name: 'given_name', source: 'scope profile' },
    { field: 'lastName', name: 'family_name', source: 'scope profile' },
    { field: 'groups', name: 'groups', source: 'group names' },
  ],
  console: {
    redirect_uri: { path: ['Settings'], label: 'Redirect URI' },
    client_id: { path: ['Credentials'], label: 'Client ID' },
    client_secret: { path: ['Credentials'], label: 'Client secret' },
    client_authentication: {
      path: ['Credentials'],
      label: 'Client authentication',
      choice: 'client_secret_basic or client_secret_post',
    },
    issuer: { path: ['Credentials'], label: 'Issuer' },
    token_algorithm: { path: ['Settings', 'Advanced'], label: 'ID token signing algorithm', choice: 'RS256' },
    scopes: { path: ['Scopes and claims'], label: 'Allowed scopes', choice: 'openid, profile and email' },
    email_attribute: {
      path: ['Scopes and claims'],
      label: 'email',
      choice: 'the person’s e-mail address',
    },
    assignment: { path: ['Users and groups'], label: 'Assign' },
  },
  mistakes: [
    {
      symptom: 'Access denied at your provider',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: 'Assign it, wait a minute and start the test again.',
      subject: 'assignment',
    },
    {
      symptom: 'redirect_uri_mismatch, or an invalid redirect address',
      cause: 'The **Redirect URI** in the console differs from ours.',
      fix: 'Paste ours into **Redirect URI**, exactly as it stands here.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'invalid_client',
      cause: 'The client secret is wrong or has ended, or the client ID belongs to another app.',
      fix: 'Make a new secret, copy it at once and give it to us.',
      subject: 'client_secret',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The scope email isn’t allowed, or the person has no address in the directory.',
      fix: 'Allow the scope, and test with a person who has an address.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri_mismatch',
      meaning: 'The redirect URI in your provider’s console differs from ours.',
      fix: 'Paste ours into **Redirect URI**, exactly as it stands here.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'Your provider doesn’t accept the client ID or the secret.',
      fix: 'Make a new secret, copy it at once and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'unauthorized_client',
      meaning: 'This client may not sign people in with an authorization code.',
      fix: 'Allow the grant type Authorization Code for the app.',
    },
    {
      shown: 'invalid_scope',
      meaning: 'Your provider doesn’t allow a scope that we ask for.',
      fix: 'Allow the scopes openid, profile and email.',
      subject: 'scopes',
    },
    {
      shown: 'access_denied',
      meaning: 'Your provider refused this person, or the person refused to go on.',
      fix: 'Assign the person to the app, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'Most providers let in only people assigned to the app.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Custom OpenID Connect', url: 'https://workos.com/docs/integrations/oidc' },
    {
      title: 'OpenID Connect Discovery 1.0',
      url: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
    },
  ],
};
