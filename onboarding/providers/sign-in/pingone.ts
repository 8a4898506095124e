import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const pingOne: SignInGuide = {
  id: 'pingone',
  name: 'PingOne',
  shortName: 'PingOne',
  names: ['Ping One', 'Ping Identity', 'Ping', 'PingOne for Workforce', 'PingOne SSO', 'auth.pingone.com'],
  mark: 'Pi',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates are noticed through the metadata URL, and groups can be sent.',
  },
  connectionType: 'PingOneSAML',
  whyRecommended: 'PingOne publishes metadata for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-app',
      title: 'Add the application',
      where: { path: ['Applications', 'Applications', '+'] },
      blocks: [
        valueSlip('Application Name', 'PRODUCT'),
        { kind: 'setting', label: 'Application Type', choice: 'SAML Application' },
        { kind: 'text', text: 'Choose **Configure**.' },
        {
          kind: 'form',
          title: 'Add Application',
          fields: [
            { label: 'Application Name', value: '{PRODUCT}', control: 'text' },
            { label: 'SAML Application', value: 'selected', control: 'choice' },
            { label: 'OIDC Web App', value: '', control: 'choice' },
            { label: 'Configure', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Connections', 'Applications', '+'],
        text: 'Older consoles have **Applications** under **Connections**.',
      },
    },
    {
      id: 'saml-configuration',
      title: 'Give it our values',
      where: { path: ['SAML Configuration'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Provide Application Metadata',
          choice: 'Import From URL',
          hint: 'Then the two values below fill themselves. Or choose Manually Enter and paste them.',
        },
        valueSlip('Import From URL', 'SP_METADATA_URL'),
        valueSlip('ACS URLs', 'ACS_URL'),
        valueSlip('Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'SAML Configuration',
          fields: [
            { label: 'Import Metadata', value: '', control: 'choice' },
            { label: 'Import From URL', value: 'selected', control: 'choice' },
            { label: 'Manually Enter', value: '', control: 'choice' },
            { label: 'ACS URLs', value: '{ACS_URL}', control: 'text' },
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'Attribute Mappings', 'the pencil', '+ Add'] },
      blocks: [
        {
          kind: 'setting',
          label: 'saml_subject',
          choice: 'Email Address',
          hint: 'It stands on User ID at first.',
        },
        { kind: 'text', text: 'Then add one row each. Left is the name we read, right is PingOne’s field.' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'User ID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email Address' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'Given Name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Family Name' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: 'Group Names', isOptional: true },
        {
          kind: 'form',
          title: 'Attribute Mappings',
          fields: [
            { label: 'saml_subject', value: 'Email Address', control: 'choice' },
            { label: 'email', value: 'Email Address', control: 'choice' },
            { label: 'firstName', value: 'Given Name', control: 'choice' },
            { label: 'lastName', value: 'Family Name', control: 'choice' },
            { label: '+ Add', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'access',
      title: 'Let the people in and switch it on',
      where: { path: ['your app', 'Access'] },
      blocks: [
        {
          kind: 'text',
          text: 'Everybody may use the app unless you pick groups on the **Access** tab. Then turn on the switch at the top right.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'While the switch is off, PingOne shows an error page to everybody.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['your app', 'Configuration', 'IdP Metadata URL'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the **Configuration** tab, or on **Overview**, copy **IdP Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'Connection Details',
          fields: [
            { label: 'Download Metadata', value: '', control: 'button' },
            { label: 'Issuer ID', value: 'https://auth.pingone.com/1a2b3c4d-…', control: 'text' },
            {
              label: 'Single Signon Service',
              value: 'https://auth.pingone.com/1a2b3c4d-…/saml20/idp/sso',
              control: 'text',
            },
            {
              label: 'IdP Metadata URL',
              value: 'https://auth.pingone.com/1a2b3c4d-…/saml20/metadata/9f8e7d6c-…',
              control: 'text',
            },
          ],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'metadata_url',
      gain: 'We’ll notice new certificates ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'IdP Metadata URL',
          where: ['Configuration'],
          pattern:
            '^https://auth\\.pingone\\.(com|eu|ca|asia|com\\.au|sg)/[0-9a-f-]{36}/saml20/metadata/[0-9a-f-]{36}$',
          example:
            'https://auth.pingone.com/1a2b3c4d-0000-4000-8000-000000000000/saml20/metadata/9f8e7d6c-0000-4000-8000-000000000000',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the **Single Signon Service**, where people sign in. Copy **IdP Metadata URL**.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the console. Copy the address it shows, not the page’s own.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the address can’t be reached. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Download Metadata',
          where: ['Configuration'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the certificate changes.',
      fields: [
        {
          field: 'sso_url',
          label: 'Single Signon Service',
          where: ['Configuration'],
          pattern: '^https://[^/\\s]+/[0-9a-f-]{36}/saml20/idp/sso$',
          example: 'https://auth.pingone.com/1a2b3c4d-0000-4000-8000-000000000000/saml20/idp/sso',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Issuer ID',
          where: ['Configuration'],
          pattern: '^https://[^/\\s]+/[0-9a-f-]{36}$',
          example: 'https://auth.pingone.com/1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'X509 PEM (.crt)',
          where: ['Configuration', 'Download Signing Certificate'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'User ID' },
    { field: 'email', name: 'email', source: 'Email Address' },
    { field: 'firstName', name: 'firstName', source: 'Given Name' },
    { field: 'lastName', name: 'lastName', source: 'Family Name' },
    { field: 'groups', name: 'groups', source: 'Group Names' },
  ],
  console: {
    entity_id: { path: ['Configuration', 'the pencil'], label: 'Entity ID' },
    acs_url: { path: ['Configuration', 'the pencil'], label: 'ACS URLs' },
    metadata: { path: ['Configuration'], label: 'IdP Metadata URL' },
    certificate: { path: ['Configuration'], label: 'Signing Certificate' },
    assertion_signing: {
      path: ['Configuration', 'the pencil'],
      label: 'Signing',
      choice: 'Sign Assertion or Sign Assertion & Response',
    },
    name_id: { path: ['Attribute Mappings'], label: 'saml_subject', choice: 'Email Address' },
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
      symptom: 'The person has no access to this app',
      cause: 'Groups are picked on the **Access** tab, and the person is in none of them.',
      fix: 'Add a group of theirs on the **Access** tab.',
      subject: 'assignment',
    },
    {
      symptom: 'An id arrives instead of an e-mail',
      cause: '**saml_subject** still stands on User ID, and no **email** is mapped.',
      fix: 'Set **saml_subject** to Email Address and add the row **email**.',
      subject: 'email_attribute',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values was typed, or has a slash at the end.',
      fix: 'Paste both again: **ACS URLs** and **Entity ID**.',
      subject: 'entity_id',
    },
  ],
  errors: [],
  assignment: 'PingOne lets everybody in, unless groups are picked on the app’s **Access** tab.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: PingOne SAML', url: 'https://workos.com/docs/integrations/pingone-saml' },
    {
      title: 'Scalekit: PingOne SAML',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/pingone-saml',
    },
  ],
};
