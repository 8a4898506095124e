import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const keycloakOidc: SignInGuide = {
  id: 'keycloak-oidc',
  name: 'Keycloak',
  shortName: 'Keycloak',
  names: ['Red Hat Single Sign-On', 'Red Hat build of Keycloak', 'RH-SSO', 'KC'],
  mark: 'Ke',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'One address and a secret instead of metadata, and no mappers for names and e-mail.',
  },
  connectionType: 'GenericOIDC',
  whyRecommended: 'One redirect URI goes there, one client ID and secret come back.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-client',
      title: 'Create the client',
      where: { path: ['your realm', 'Clients', 'Create client'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the Keycloak **Admin Console** and choose the realm your people are in, not **master**. Go to **Clients** and choose **Create client**.',
        },
        { kind: 'setting', label: 'Client type', choice: 'OpenID Connect' },
        {
          kind: 'setting',
          label: 'Client ID',
          choice: 'a name of your own, such as the product’s',
          hint: 'You give it to us at the end.',
        },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'setting',
          label: 'Client authentication',
          choice: 'On',
          hint: 'Without it the client has no secret.',
        },
        { kind: 'setting', label: 'Standard flow', choice: 'ticked' },
        { kind: 'text', text: 'Choose **Next**.' },
        valueSlip(
          'Valid redirect URIs',
          'REDIRECT_URI',
          'Paste exactly, with no slash at the end and no star.',
        ),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Create client',
          fields: [
            { label: 'Client type', value: 'OpenID Connect', control: 'choice' },
            { label: 'Client authentication', value: 'ticked', control: 'tick' },
            { label: 'Standard flow', value: 'ticked', control: 'tick' },
            { label: 'Valid redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'groups',
      title: 'Send the groups',
      where: {
        path: ['Clients', 'your client', 'Client scopes', 'the scope that ends in -dedicated', 'Add mapper'],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Keycloak sends the first four claims by itself. Add the mapper **Group Membership** only if roles are to follow from groups.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email of the user' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'First name of the user' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Last name of the user' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'mapper Group Membership, Token Claim Name groups',
          isOptional: true,
        },
      ],
    },
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['Clients', 'your client', 'Credentials'] },
      blocks: [
        {
          kind: 'text',
          text: 'Copy the **Client Secret** from the **Credentials** tab. Everybody of the realm may sign in without being assigned.',
        },
        {
          kind: 'form',
          title: 'Credentials',
          fields: [
            { label: 'Client Authenticator', value: 'Client Id and Secret', control: 'choice' },
            { label: 'Client Secret', value: '••••••••', control: 'text' },
          ],
        },
        {
          kind: 'text',
          text: 'The discovery address is the link **OpenID Endpoint Configuration** under **Realm settings** → **General** → **Endpoints**.',
        },
      ],
      otherMenuPath: {
        path: ['https://<host>/auth/realms/<realm>/.well-known/openid-configuration'],
        text: 'Before version 17 the discovery address has /auth in front of /realms.',
      },
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery address, so new keys need nothing from you.',
      fields: [
        {
          field: 'discovery_url',
          label: 'OpenID Endpoint Configuration',
          where: ['Realm settings', 'General', 'Endpoints'],
          pattern: '^https://[^/]+(/auth)?/realms/[^/]+/\\.well-known/openid-configuration$',
          example: 'https://id.acme.com/realms/acme/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is the realm’s address. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is the **SAML 2.0 Identity Provider Metadata**. Copy the link above it.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['Clients', 'your client', 'Settings'],
          example: 'ledgerly',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client Secret',
          where: ['Clients', 'your client', 'Credentials'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation:
                'This is the **Client ID** again. The **Client Secret** is on the **Credentials** tab.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'given_name', source: 'First name' },
    { field: 'lastName', name: 'family_name', source: 'Last name' },
    { field: 'groups', name: 'groups', source: 'mapper Group Membership' },
  ],
  console: {
    redirect_uri: { path: ['Clients', 'your client', 'Settings'], label: 'Valid redirect URIs' },
    client_id: { path: ['Clients', 'your client', 'Settings'], label: 'Client ID' },
    client_secret: { path: ['Clients', 'your client', 'Credentials'], label: 'Client Secret' },
    client_authentication: {
      path: ['Clients', 'your client', 'Settings'],
      label: 'Client authentication',
      choice: 'On',
    },
    issuer: {
      path: ['Realm settings', 'General', 'Endpoints'],
      label: 'OpenID Endpoint Configuration',
      choice: 'the one of the discovery address you gave us',
    },
    email_attribute: { path: ['Users', 'the person'], label: 'Email', choice: 'the person’s e-mail address' },
    assignment: { path: ['Users', 'the person'], label: 'Enabled' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Users', 'the person'], label: 'Email' },
      fix: 'Fill **Email** of the user in Keycloak, then test again.',
    },
  ],
  mistakes: [
    {
      symptom: '“Invalid parameter: redirect_uri” at Keycloak',
      cause: 'Our redirect URI isn’t in the client’s list of addresses.',
      fix: 'Paste it into **Valid redirect URIs** and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'There is no **Credentials** tab',
      cause: '**Client authentication** is Off, so the client has no secret.',
      fix: 'Switch it On in **Settings**, save, and open **Credentials**.',
      subject: 'client_authentication',
    },
    {
      symptom: 'The issuer differs',
      cause: 'Keycloak names the host that it was reached under, or an older one has /auth in its path.',
      fix: 'Copy the address of **OpenID Endpoint Configuration** again from the host your people use.',
      subject: 'issuer',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The user has no **Email** in Keycloak.',
      fix: 'Fill it in under **Users**, and test again.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'Our redirect URI isn’t in the client’s list of addresses.',
      fix: 'Paste ours into **Valid redirect URIs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'Client not found',
      meaning: 'Keycloak knows no client of the client ID that we have in this realm.',
      fix: 'Copy **Client ID** again from **Settings** and give it to us.',
      subject: 'client_id',
    },
    {
      shown: 'invalid_client',
      meaning: 'Keycloak knows no client of the client ID that we have in this realm.',
      fix: 'Copy **Client ID** again from **Settings** and give it to us.',
      subject: 'client_id',
    },
    {
      shown: 'unauthorized_client',
      meaning: 'The client has another secret, or may not sign people in with an authorization code.',
      fix: 'Copy **Client Secret** again from the **Credentials** tab. Is it the right one, tick **Standard flow** and switch **Client authentication** On.',
      subject: 'client_secret',
    },
  ],
  assignment: 'Everybody of the realm who is **Enabled** may sign in.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Custom OpenID Connect', url: 'https://workos.com/docs/integrations/oidc' },
    {
      title: 'OpenID Connect Discovery 1.0',
      url: 'https://openid.net/specs/openid-connect-discovery-1_0.html',
    },
  ],
};
