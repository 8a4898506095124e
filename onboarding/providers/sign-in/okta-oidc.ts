import { okta, oktaAssignment } from './okta.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const oktaOidc: SignInGuide = {
  id: 'okta-oidc',
  name: 'Okta',
  shortName: 'Okta',
  names: ['Okta Workforce Identity', 'Okta Identity Engine', 'Okta Classic Engine', 'okta.com'],
  mark: 'Ok',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'One address and a secret instead of metadata. Somebody has to replace the secret when it is renewed.',
  },
  connectionType: 'OktaOIDC',
  whyRecommended: 'One redirect URI goes there, one client ID and secret come back.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the app integration',
      where: { path: ['Applications', 'Applications', 'Create App Integration'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the Okta **Admin Console** as an administrator and go to **Applications**.',
        },
        { kind: 'setting', label: 'Sign-in method', choice: 'OIDC - OpenID Connect' },
        { kind: 'setting', label: 'Application type', choice: 'Web Application' },
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'form',
          title: 'Create a new app integration',
          fields: [
            { label: 'OIDC - OpenID Connect', value: 'selected', control: 'choice' },
            { label: 'SAML 2.0', value: '', control: 'choice' },
            { label: 'Web Application', value: 'selected', control: 'choice' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'settings',
      title: 'Fill in the web app',
      where: { path: ['New Web App Integration'] },
      blocks: [
        valueSlip('App integration name', 'PRODUCT', 'Any name that your people will recognise.'),
        { kind: 'setting', label: 'Grant type', choice: 'Authorization Code' },
        valueSlip(
          'Sign-in redirect URIs',
          'REDIRECT_URI',
          'Replace what stands there. Paste exactly, with no slash at the end.',
        ),
        { kind: 'setting', label: 'Sign-out redirect URIs', choice: 'leave blank' },
        {
          kind: 'setting',
          label: 'Controlled access',
          choice: 'Limit access to selected groups',
          hint: 'Or everyone in your organization, if all may use it.',
        },
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'New Web App Integration',
          fields: [
            { label: 'App integration name', value: '{PRODUCT}', control: 'text' },
            { label: 'Authorization Code', value: 'ticked', control: 'tick' },
            { label: 'Sign-in redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Sign-out redirect URIs', value: '', control: 'text' },
            { label: 'Limit access to selected groups', value: 'selected', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'tile',
      title: 'Make the tile work',
      where: { path: ['General', 'General Settings', 'Edit'] },
      blocks: [
        {
          kind: 'text',
          text: 'Only if people should start from the tile on their Okta dashboard. Otherwise go on to the next step.',
        },
        valueSlip('Initiate login URI', 'LOGIN_URL'),
      ],
    },
    {
      id: 'groups',
      title: 'Send the groups',
      where: { path: ['Sign On', 'Token claims', 'Show legacy configuration', 'Edit'] },
      blocks: [
        {
          kind: 'text',
          text: 'Okta sends the first four claims by itself. Add the groups only if roles are to follow from them.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Primary email of the profile' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'First name of the profile' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Last name of the profile' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Groups claim type Filter, claim name groups, Matches regex .*',
          isOptional: true,
        },
      ],
      otherMenuPath: {
        path: ['Sign On', 'OpenID Connect ID Token', 'Edit'],
        text: 'Older consoles have **OpenID Connect ID Token** on the **Sign On** tab, with **Groups claim type** and **Groups claim filter**.',
      },
    },
    oktaAssignment,
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['General', 'Client Credentials'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the **General** tab copy **Client ID** and **Client secret**. Your Okta domain is in the menu at the top right.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Put your Okta domain, without “-admin”, before /.well-known/openid-configuration: that is the discovery address.',
        },
        {
          kind: 'form',
          title: 'Client Credentials',
          fields: [
            { label: 'Client ID', value: '0oa1b2c3d4e5f6g7h8i9', control: 'text' },
            { label: 'Client secret', value: '••••••••', control: 'text' },
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
          label: 'Okta domain, with /.well-known/openid-configuration behind it',
          where: ['the menu at the top right'],
          pattern: '^https://[a-z0-9.-]+(/oauth2/[A-Za-z0-9]+)?/\\.well-known/openid-configuration$',
          example: 'https://acme.okta.com/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'admin_console_host',
              explanation: 'This is the admin console’s address. Use the one without “-admin”.',
            },
            {
              code: 'issuer_as_discovery',
              explanation: 'This is your Okta domain. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is the metadata of a SAML app. OpenID Connect needs the discovery address.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client ID',
          where: ['General', 'Client Credentials'],
          pattern: '^0oa[A-Za-z0-9]+$',
          example: '0oa1b2c3d4e5f6g7h8i9',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client secret',
          where: ['General', 'Client Credentials'],
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
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'Primary email' },
    { field: 'firstName', name: 'given_name', source: 'First name' },
    { field: 'lastName', name: 'family_name', source: 'Last name' },
    { field: 'groups', name: 'groups', source: 'Groups claim' },
  ],
  console: {
    redirect_uri: { path: ['General', 'General Settings', 'Edit'], label: 'Sign-in redirect URIs' },
    client_id: { path: ['General', 'Client Credentials'], label: 'Client ID' },
    client_secret: { path: ['General', 'Client Credentials'], label: 'Client secret' },
    issuer: {
      path: ['Sign On', 'Token claims'],
      label: 'Issuer',
      choice: 'the one of the discovery address you gave us',
    },
    email_attribute: { path: ['Directory', 'People', 'Profile'], label: 'Primary email' },
    assignment: { path: ['Assignments', 'Assign'], label: 'Assign to People' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Directory', 'People', 'Profile'], label: 'Primary email' },
      fix: 'Fill **Primary email** in the person’s profile, then test again.',
    },
  ],
  mistakes: [
    {
      symptom: '“User is not assigned to this application”',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: 'Assign it under **Assignments**, wait a moment and start the test again.',
      subject: 'assignment',
    },
    {
      symptom: 'Okta says that the redirect URI is not allowed',
      cause: 'The address under **Sign-in redirect URIs** differs from ours.',
      fix: 'Paste ours into **Sign-in redirect URIs** and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'The issuer differs',
      cause: 'Your Okta has two servers, with and without /oauth2/default, and each names its own issuer.',
      fix: 'Use the discovery address of one of them, best the one without /oauth2.',
      subject: 'issuer',
    },
    {
      symptom: 'No groups arrive',
      cause:
        'Okta sends groups only when a groups claim is set, and some servers only when the scope groups is asked for.',
      fix: 'Add the groups claim under **Sign On**, then test again.',
    },
    {
      symptom: 'You were already signed in to Okta as somebody else',
      cause: 'The browser used the administrator’s session.',
      fix: 'Open the test address in a private window.',
    },
  ],
  errors: [
    {
      shown: 'not assigned to this application',
      meaning: 'This person isn’t assigned to the app in Okta.',
      fix: 'Add them under **Assignments** → **Assign**, then start again.',
      subject: 'assignment',
    },
    {
      shown: 'redirect_uri',
      meaning: 'The redirect address in Okta differs from ours.',
      fix: 'Paste ours into **Sign-in redirect URIs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'Okta doesn’t accept the client ID or the secret.',
      fix: 'Copy **Client secret** again, or make a new one there, and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'unauthorized_client',
      meaning: 'The app in Okta may not sign people in with an authorization code.',
      fix: 'Tick **Authorization Code** under **Grant type**.',
    },
    {
      shown: 'access_denied',
      meaning: 'A policy of Okta refused this person.',
      fix: 'Check the assignment and the app’s sign-on policy, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: okta.assignment,
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Okta OIDC', url: 'https://workos.com/docs/integrations/okta-oidc' },
    {
      title: 'Okta: Create OpenID Connect app integrations',
      url: 'https://help.okta.com/oie/en-us/content/topics/apps/apps_app_integration_wizard_oidc.htm',
    },
  ],
};
