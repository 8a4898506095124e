import { nameIdSource } from '../../attributes.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const googleWorkspace: SignInGuide = {
  id: 'google-workspace',
  name: 'Google Workspace',
  shortName: 'Google',
  names: ['G Suite', 'GSuite', 'Google Apps', 'Google', 'Gmail', 'Cloud Identity', 'accounts.google.com'],
  mark: 'Go',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: set up in the Admin console, switched on per unit or group, and it can send groups.',
  },
  connectionType: 'GoogleSAML',
  whyRecommended: 'A custom SAML app is ready in one form; switching it on per group stays in your hands.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a custom SAML app',
      where: {
        path: ['Apps', 'Web and mobile apps', 'Add app', 'Add custom SAML app'],
        link: 'https://admin.google.com',
      },
      blocks: [
        { kind: 'text', text: 'Sign in as a super administrator, name the app and choose **Continue**.' },
        valueSlip('App name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'App details',
          fields: [
            { label: 'App name', value: '{PRODUCT}', control: 'text' },
            { label: 'Description', value: '', control: 'text' },
            { label: 'Continue', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Apps', 'SAML apps', 'Add', 'Set up my own custom app'],
        text: 'Older consoles have **SAML apps** under **Apps** and the choice **Set up my own custom app**.',
      },
    },
    {
      id: 'metadata',
      title: 'Download the metadata',
      where: { path: ['Google Identity Provider details'], link: 'https://admin.google.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Under **Option 1** choose **Download metadata**. Keep the file GoogleIDPMetadata.xml for the end, then **Continue**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Google offers no metadata address. The file is at the app’s page again later.',
        },
        {
          kind: 'form',
          title: 'Google Identity Provider details',
          fields: [
            { label: 'Download metadata', value: '', control: 'button' },
            { label: 'SSO URL', value: 'https://accounts.google.com/o/saml2/idp?idpid=C0…', control: 'text' },
            { label: 'Entity ID', value: 'https://accounts.google.com/o/saml2?idpid=C0…', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'service-provider-details',
      title: 'Service provider details',
      where: { path: ['Service provider details'], link: 'https://admin.google.com' },
      blocks: [
        valueSlip('ACS URL', 'ACS_URL'),
        valueSlip('Entity ID', 'SP_ENTITY_ID', 'Capitals count. Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Start URL (optional)', choice: 'leave blank' },
        {
          kind: 'setting',
          label: 'Signed response',
          choice: 'ticked',
          hint: 'Then Google signs the whole answer.',
        },
        { kind: 'setting', label: 'Name ID format', choice: 'EMAIL' },
        { kind: 'setting', label: 'Name ID', choice: 'Basic Information > Primary email' },
        { kind: 'text', text: 'Choose **Continue**.' },
        {
          kind: 'form',
          title: 'Service provider details',
          fields: [
            { label: 'ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Start URL (optional)', value: '', control: 'text' },
            { label: 'Signed response', value: 'ticked', control: 'tick' },
            { label: 'Name ID format', value: 'EMAIL', control: 'choice' },
            { label: 'Name ID', value: 'Basic Information > Primary email', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Map the attributes',
      where: { path: ['Attribute mapping', 'Add mapping'], link: 'https://admin.google.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Add mapping** three times. Left is Google’s field, right is the name we read.',
        },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Primary email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'First name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Last name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Group membership (optional): pick the groups, App attribute = groups',
          isOptional: true,
        },
        { kind: 'text', text: 'Choose **Finish**.' },
      ],
    },
    {
      id: 'user-access',
      title: 'Switch the app on',
      where: { path: ['your app', 'User access'], link: 'https://admin.google.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **ON for everyone**, or switch it on for an organizational unit or group, then **Save**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'It usually takes a few minutes; Google says up to 24 hours.',
        },
        {
          kind: 'form',
          title: 'Service status',
          fields: [
            { label: 'ON for everyone', value: 'selected', control: 'choice' },
            { label: 'OFF for everyone', value: '', control: 'choice' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'metadata_file',
      gain: 'One file holds everything. We remind you before its certificate ends, about five years from now.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Download metadata',
          where: ['Google Identity Provider details'],
          example: 'GoogleIDPMetadata.xml',
          mistakes: [
            {
              code: 'html',
              explanation: 'This is a saved web page. Choose **Download metadata** and give us that file.',
            },
          ],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when the file isn’t at hand. We remind you before the certificate ends.',
      fields: [
        {
          field: 'sso_url',
          label: 'SSO URL',
          where: ['Google Identity Provider details', 'Option 2'],
          pattern: '^https://accounts\\.google\\.com/o/saml2/idp\\?idpid=C[A-Za-z0-9]+$',
          example: 'https://accounts.google.com/o/saml2/idp?idpid=C01abcdef',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Entity ID',
          where: ['Google Identity Provider details', 'Option 2'],
          pattern: '^https://accounts\\.google\\.com/o/saml2\\?idpid=C[A-Za-z0-9]+$',
          example: 'https://accounts.google.com/o/saml2?idpid=C01abcdef',
          mistakes: [
            {
              code: 'sso_url_as_entity_id',
              explanation: 'This is the **SSO URL**. The **Entity ID** is the one without /idp.',
            },
          ],
        },
        {
          field: 'certificate',
          label: 'Certificate',
          where: ['Google Identity Provider details', 'Option 2'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: nameIdSource, source: 'Primary email' },
    { field: 'email', name: 'email', source: 'Primary email' },
    { field: 'firstName', name: 'firstName', source: 'First name' },
    { field: 'lastName', name: 'lastName', source: 'Last name' },
    { field: 'groups', name: 'groups', source: 'Group membership' },
  ],
  console: {
    entity_id: { path: ['Service provider details'], label: 'Entity ID' },
    acs_url: { path: ['Service provider details'], label: 'ACS URL' },
    metadata: { path: ['your app'], label: 'Download metadata' },
    certificate: { path: ['Service provider details'], label: 'Certificate' },
    assertion_signing: { path: ['Service provider details'], label: 'Signed response', choice: 'ticked' },
    name_id: {
      path: ['Service provider details'],
      label: 'Name ID format',
      choice: 'EMAIL, with Name ID Basic Information > Primary email',
    },
    email_attribute: { path: ['SAML attribute mapping'], label: 'Primary email', choice: 'email' },
    assignment: { path: ['User access'], label: 'Service status', choice: 'ON for everyone' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['SAML attribute mapping'], label: 'Add mapping' },
      fix: 'Map **Primary email** to email, then test again.',
    },
  ],
  mistakes: [
    {
      symptom: 'Error 403: app_not_enabled_for_user',
      cause: '**User access** is OFF for this person’s unit or group.',
      fix: 'Turn it ON, save, and wait a few minutes.',
      subject: 'assignment',
    },
    {
      symptom: 'Error 403: app_not_configured_for_user',
      cause: 'The browser uses another Google account, or the **Entity ID** differs.',
      fix: 'Try in a private window; then compare the **Entity ID**.',
      subject: 'entity_id',
    },
    {
      symptom: 'Error 403: app_not_configured',
      cause: 'The **Entity ID** differs, or the app is still being made.',
      fix: 'Paste ours into **Entity ID** and wait a few minutes.',
      subject: 'entity_id',
    },
    {
      symptom: 'Error 400 about a second app',
      cause: 'Two apps in your Workspace have the same **Entity ID**.',
      fix: 'Delete the one you don’t need.',
      subject: 'entity_id',
    },
  ],
  errors: [
    {
      shown: 'app_not_configured_for_user',
      meaning: 'Google found no app for this account with our entity ID.',
      fix: 'Use a private window, then compare **Entity ID** letter by letter.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
    {
      shown: 'app_not_configured',
      meaning: 'Our entity ID isn’t registered in this Workspace.',
      fix: 'Paste ours into **Entity ID** and wait a few minutes.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
    {
      shown: 'app_not_enabled_for_user',
      meaning: 'The app is off for this person.',
      fix: 'Open **User access**, turn it ON for their unit or group, and wait a few minutes.',
      subject: 'assignment',
    },
    {
      shown: 'saml_invalid',
      meaning: 'Google refused our request, often because two apps have the same entity ID.',
      fix: 'Look for a second app with our **Entity ID** and delete the one you don’t need.',
      subject: 'entity_id',
    },
  ],
  assignment: 'Google lets people in where the app is ON: **User access**. A change can take a few minutes.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Google SAML', url: 'https://workos.com/docs/integrations/google-saml' },
    { title: 'Google: SAML app error messages', url: 'https://support.google.com/a/answer/6301076' },
    { title: 'Ory Polis: Google', url: 'https://www.ory.com/docs/polis/sso-providers/google' },
  ],
};
