import { googleWorkspace } from './google-workspace.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const discoveryUrl = 'https://accounts.google.com/.well-known/openid-configuration';
const consoleLink = 'https://console.cloud.google.com';

export const googleWorkspaceOidc: SignInGuide = {
  id: 'google-workspace-oidc',
  name: 'Google Workspace',
  shortName: 'Google',
  names: [...googleWorkspace.names, 'Google Cloud', 'Google Auth Platform'],
  mark: 'Go',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'Set up in the Cloud Console. There is no certificate to renew, but no switch per group and no groups.',
  },
  connectionType: 'GoogleOIDC',
  whyRecommended: 'There is no certificate to renew.',
  audience: 'everyone',
  steps: [
    {
      id: 'consent',
      title: 'Set up the consent page',
      where: { path: ['Google Auth Platform', 'Get started'], link: consoleLink },
      blocks: [
        {
          kind: 'text',
          text: 'Choose a project of your own organization at the top, or make one. Then open **Google Auth Platform** → **Get started**.',
        },
        valueSlip('App name', 'PRODUCT'),
        { kind: 'setting', label: 'User support email', choice: 'an address of yours' },
        { kind: 'setting', label: 'Audience', choice: 'Internal' },
        {
          kind: 'note',
          tone: 'caution',
          text: '**External** would let any Google account in. With **Internal** only your organization’s people can sign in.',
        },
        {
          kind: 'form',
          title: 'Project configuration',
          fields: [
            { label: 'App name', value: '{PRODUCT}', control: 'text' },
            { label: 'User support email', value: 'it@acme.com', control: 'choice' },
            { label: 'Internal', value: 'selected', control: 'choice' },
            { label: 'External', value: '', control: 'choice' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['APIs & Services', 'OAuth consent screen'],
        text: 'Older consoles have the same questions under **APIs & Services** → **OAuth consent screen**.',
      },
    },
    {
      id: 'create-client',
      title: 'Create the client',
      where: { path: ['Google Auth Platform', 'Clients', 'Create client'], link: consoleLink },
      blocks: [
        { kind: 'setting', label: 'Application type', choice: 'Web application' },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'setting', label: 'Authorized JavaScript origins', choice: 'leave blank' },
        valueSlip(
          'Authorized redirect URIs',
          'REDIRECT_URI',
          'Choose **Add URI** first. Paste exactly, with no slash at the end.',
        ),
        { kind: 'text', text: 'Choose **Create**.' },
        {
          kind: 'form',
          title: 'Create OAuth client ID',
          fields: [
            { label: 'Application type', value: 'Web application', control: 'choice' },
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Authorized redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Create', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['APIs & Services', 'Credentials', 'Create credentials', 'OAuth client ID'],
        text: 'Older consoles make the client under **APIs & Services** → **Credentials**.',
      },
    },
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['Google Auth Platform', 'Clients', 'your client'], link: consoleLink },
      blocks: [
        {
          kind: 'text',
          text: 'Copy **Client ID** and **Client secret** from the window that opens, before you close it.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The discovery address is the same for everybody, so we have filled it in for you.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Primary email, sent always' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'First name, sent always' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Last name, sent always' },
        {
          kind: 'form',
          title: 'OAuth client created',
          fields: [
            { label: 'Client ID', value: '1234567890-abc….apps.googleusercontent.com', control: 'text' },
            { label: 'Client secret', value: '••••••••', control: 'text' },
          ],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'There is no certificate to renew, and the address never changes.',
      fields: [
        {
          field: 'discovery_url',
          label: 'Discovery URL',
          where: ['the same for every Google customer'],
          pattern: '^https://accounts\\.google\\.com/\\.well-known/openid-configuration$',
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
          where: ['Google Auth Platform', 'Clients'],
          pattern: '^[0-9]+-[a-z0-9]+\\.apps\\.googleusercontent\\.com$',
          example: '1234567890-abc123def456.apps.googleusercontent.com',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Client secret',
          where: ['Google Auth Platform', 'Clients'],
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
  ],
  console: {
    redirect_uri: {
      path: ['Google Auth Platform', 'Clients', 'your client'],
      label: 'Authorized redirect URIs',
    },
    client_id: { path: ['Google Auth Platform', 'Clients', 'your client'], label: 'Client ID' },
    client_secret: { path: ['Google Auth Platform', 'Clients', 'your client'], label: 'Client secret' },
    email_attribute: { path: ['Directory', 'Users', 'the person'], label: 'Primary email' },
    assignment: { path: ['Google Auth Platform', 'Audience'], label: 'User type', choice: 'Internal' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Directory', 'Users', 'the person'], label: 'Primary email' },
      fix: 'Test with a person who has a **Primary email** in your Workspace.',
    },
  ],
  mistakes: [
    {
      symptom: 'Error 400: redirect_uri_mismatch',
      cause: 'The address under **Authorized redirect URIs** differs from ours.',
      fix: 'Paste ours there, save, and wait a few minutes.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'Error 403: org_internal',
      cause: 'The browser uses a Google account outside your organization.',
      fix: 'Use a private window and an account of your organization.',
      subject: 'assignment',
    },
    {
      symptom: 'The account is refused after signing in',
      cause: 'It is a private Google account, or one of another Workspace.',
      fix: 'Test with an account of your own domain.',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri_mismatch',
      meaning: 'The redirect address in Google’s console differs from ours.',
      fix: 'Paste ours into **Authorized redirect URIs**, save, and wait a few minutes.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'org_internal',
      meaning: 'The app is for your organization only, and this account is outside.',
      fix: 'Use a private window and an account of your organization.',
      subject: 'assignment',
    },
    {
      shown: 'invalid_client',
      meaning: 'Google doesn’t accept the client ID or the secret.',
      fix: 'Copy both again from **Clients**, or add a new secret there.',
      subject: 'client_secret',
    },
    {
      shown: 'access_denied',
      meaning: 'The person chose not to go on, or an administrator has blocked the app.',
      fix: 'Start again; if it stays, look at **API controls** in the Admin console.',
    },
  ],
  assignment: 'With the audience **Internal**, everybody in your organization may sign in, and nobody else.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Google OIDC', url: 'https://workos.com/docs/integrations/google-oidc' },
    {
      title: 'Google: OpenID Connect',
      url: 'https://developers.google.com/identity/openid-connect/openid-connect',
    },
  ],
};
