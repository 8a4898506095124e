import { pingOne } from './pingone.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const pingOneOidc: SignInGuide = {
  id: 'pingone-oidc',
  name: 'PingOne',
  shortName: 'PingOne',
  names: pingOne.names,
  mark: 'Pi',
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
      title: 'Add the application',
      where: { path: ['Applications', 'Applications', '+'] },
      blocks: [
        valueSlip('Application Name', 'PRODUCT'),
        { kind: 'setting', label: 'Application Type', choice: 'OIDC Web App' },
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Add Application',
          fields: [
            { label: 'Application Name', value: '{PRODUCT}', control: 'text' },
            { label: 'SAML Application', value: '', control: 'choice' },
            { label: 'OIDC Web App', value: 'selected', control: 'choice' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Connections', 'Applications', '+'],
        text: 'Older consoles have **Applications** under **Connections**.',
      },
    },
    {
      id: 'redirect-uri',
      title: 'Paste our redirect URI',
      where: { path: ['your app', 'Configuration', 'the pencil', 'Redirect URIs'] },
      blocks: [
        valueSlip('Redirect URIs', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Leave the rest as it is and choose **Save**.' },
        {
          kind: 'form',
          title: 'Configuration',
          fields: [
            { label: 'Response Type: Code', value: 'ticked', control: 'tick' },
            { label: 'Grant Type: Authorization Code', value: 'ticked', control: 'tick' },
            { label: 'Redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'scopes',
      title: 'Allow the scopes',
      where: { path: ['your app', 'Resources', 'the pencil'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Scopes',
          choice: 'email and profile ticked',
          hint: 'openid is there already.',
        },
        { kind: 'text', text: 'Choose **Save**.' },
      ],
    },
    {
      id: 'claims',
      title: 'Send the claims',
      where: { path: ['your app', 'Attribute Mappings', 'the pencil', 'Add'] },
      blocks: [
        {
          kind: 'text',
          text: 'The scopes bring these claims. Add a row for one that is missing, and one for groups if you need them.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'User ID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email Address' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'Given Name' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Family Name' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: 'Group Names', isOptional: true },
      ],
    },
    {
      id: 'credentials',
      title: 'Switch it on and copy the credentials',
      where: { path: ['your app', 'Overview'] },
      blocks: [
        {
          kind: 'text',
          text: 'Turn on the switch at the top right. Then on **Overview** copy **Client ID**, **Client Secret** and **Issuer ID**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Everybody may use the app, unless you pick groups on the **Access** tab.',
        },
        {
          kind: 'form',
          title: 'Overview',
          fields: [
            { label: 'Client ID', value: '9f8e7d6c-…', control: 'text' },
            { label: 'Client Secret', value: '••••••••', control: 'text' },
            { label: 'Issuer ID', value: 'https://auth.pingone.com/1a2b3c4d-…/as', control: 'text' },
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
          label: 'Issuer ID, with /.well-known/openid-configuration behind it',
          where: ['Overview'],
          pattern: '^https://[^/\\s]+/[0-9a-f-]{36}/as/\\.well-known/openid-configuration$',
          example:
            'https://auth.pingone.com/1a2b3c4d-0000-4000-8000-000000000000/as/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is the **Issuer ID**. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is the metadata of a SAML app. Copy the **Issuer ID** of this app.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the console. Copy the address it shows, not the page’s own.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['Overview'],
          pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
          example: '9f8e7d6c-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client Secret',
          where: ['Overview'],
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
    { field: 'id', name: 'sub', source: 'User ID' },
    { field: 'email', name: 'email', source: 'Email Address' },
    { field: 'firstName', name: 'given_name', source: 'Given Name' },
    { field: 'lastName', name: 'family_name', source: 'Family Name' },
    { field: 'groups', name: 'groups', source: 'Group Names' },
  ],
  console: {
    redirect_uri: { path: ['Configuration', 'the pencil'], label: 'Redirect URIs' },
    client_id: { path: ['Overview'], label: 'Client ID' },
    client_secret: { path: ['Overview'], label: 'Client Secret' },
    issuer: { path: ['Overview'], label: 'Issuer ID' },
    scopes: { path: ['Resources', 'the pencil'], label: 'Scopes', choice: 'email and profile ticked' },
    email_attribute: { path: ['Attribute Mappings'], label: 'email', choice: 'Email Address' },
    assignment: { path: ['Access'], label: 'Groups', choice: 'one of this person, or none for everybody' },
  },
  mistakes: [
    {
      symptom: 'PingOne shows an error page before signing in',
      cause: 'The app is still switched off.',
      fix: 'Turn on the switch at the top right of the app.',
    },
    {
      symptom: 'No e-mail or no names arrive',
      cause: 'The scopes email and profile aren’t allowed for the app.',
      fix: 'Tick both on the **Resources** tab and save.',
      subject: 'scopes',
    },
    {
      symptom: 'The redirect URI is refused',
      cause: 'The address under **Redirect URIs** differs from ours.',
      fix: 'Paste ours into **Redirect URIs** and save.',
      subject: 'redirect_uri',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect URI in PingOne differs from ours.',
      fix: 'Paste ours into **Redirect URIs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'PingOne doesn’t accept the client ID or the secret.',
      fix: 'Copy **Client Secret** again from **Overview** and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'invalid_scope',
      meaning: 'PingOne doesn’t allow a scope that we ask for.',
      fix: 'Tick email and profile on the **Resources** tab.',
      subject: 'scopes',
    },
    {
      shown: 'access_denied',
      meaning: 'PingOne refused this person.',
      fix: 'Add a group of theirs on the **Access** tab, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'PingOne lets everybody in, unless groups are picked on the app’s **Access** tab.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Scalekit: PingOne OIDC',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/pingone-oidc',
    },
  ],
};
