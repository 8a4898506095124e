import type { GuideBlock, SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const salesforceGrants: readonly GuideBlock[] = [
  {
    kind: 'text',
    text: 'Choose **Manage Profiles** or **Manage Permission Sets** and grant those whose people should sign in.',
  },
  {
    kind: 'note',
    tone: 'information',
    text: 'Grant your own profile too, so that you can do the test sign-in.',
  },
];

export const salesforce: SignInGuide = {
  id: 'salesforce',
  name: 'Salesforce',
  shortName: 'Salesforce',
  names: ['Salesforce Identity', 'SFDC', 'Salesforce Platform', 'force.com'],
  mark: 'Sf',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates arrive by themselves, and no secret has to be kept.',
  },
  connectionType: 'SalesforceSAML',
  whyRecommended: 'Salesforce publishes metadata for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'enable',
      title: 'Enable the identity provider',
      where: { path: ['Setup', 'Identity Provider', 'Enable Identity Provider'] },
      blocks: [
        {
          kind: 'text',
          text: 'In **Setup** look for **Identity Provider** and choose **Enable Identity Provider** with a certificate. If there is none, make a self-signed one under **Certificate and Key Management** first.',
        },
        {
          kind: 'form',
          title: 'Identity Provider',
          fields: [
            { label: 'Choose a certificate', value: 'SelfSignedCert_25Nov2026', control: 'choice' },
            { label: 'Enable Identity Provider', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'create-app',
      title: 'Create the connected app',
      where: { path: ['Setup', 'App Manager', 'New Connected App'] },
      blocks: [
        {
          kind: 'text',
          text: 'Fill in the name and a contact. Under **Web App Settings** tick **Enable SAML**.',
        },
        valueSlip('Connected App Name', 'PRODUCT'),
        valueSlip('Entity Id', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('ACS URL', 'ACS_URL'),
        {
          kind: 'setting',
          label: 'Subject Type',
          choice: 'User ID',
          hint: '**Username** and **Federation ID** work too, if they never change.',
        },
        {
          kind: 'setting',
          label: 'Name ID Format',
          choice: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        },
        { kind: 'setting', label: 'IdP Certificate', choice: 'the one you enabled before' },
        { kind: 'setting', label: 'Signing Algorithm for SAML Messages', choice: 'SHA256' },
        { kind: 'text', text: 'Leave **Issuer** as it is and choose **Save**.' },
        {
          kind: 'form',
          title: 'Web App Settings',
          fields: [
            { label: 'Enable SAML', value: 'ticked', control: 'tick' },
            { label: 'Entity Id', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Subject Type', value: 'User ID', control: 'choice' },
            { label: 'Signing Algorithm for SAML Messages', value: 'SHA256', control: 'choice' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Setup', 'External Client App Manager', 'New External Client App'],
        text: 'Newer organizations offer **External Client Apps** in place of new connected apps. The SAML settings have the same names.',
      },
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['App Manager', 'your app', 'Manage', 'Custom Attributes', 'New'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open **Manage** on the app and add one row under **Custom Attributes**. The e-mail is sent without one.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: '$User.Id' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: '$User.FirstName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: '$User.LastName' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'such as $UserRole.Name',
          isOptional: true,
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the profiles in',
      where: { path: ['App Manager', 'your app', 'Manage', 'Manage Profiles'] },
      blocks: [...salesforceGrants],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['App Manager', 'your app', 'Manage', 'SAML Login Information'] },
      blocks: [
        {
          kind: 'text',
          text: 'Under **SAML Login Information** copy the **Metadata Discovery Endpoint**.',
        },
        {
          kind: 'form',
          title: 'SAML Login Information',
          fields: [
            {
              label: 'Metadata Discovery Endpoint',
              value: 'https://acme.my.salesforce.com/.well-known/samlidp/App.xml',
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
          label: 'Metadata Discovery Endpoint',
          where: ['your app', 'Manage', 'SAML Login Information'],
          pattern: '^https://[a-z0-9.-]+/\\.well-known/samlidp(/[^/]+)?\\.xml$',
          example: 'https://acme.my.salesforce.com/.well-known/samlidp/Ledgerly.xml',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is where people sign in. The **Metadata Discovery Endpoint** has /.well-known/samlidp in it.',
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
          label: 'Metadata',
          where: ['Setup', 'Identity Provider'],
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
          label: 'IdP SSO URL',
          where: ['your app', 'Manage', 'SAML Login Information'],
          pattern: '^https://[a-z0-9.-]+/idp/endpoint/Http(Redirect|Post)$',
          example: 'https://acme.my.salesforce.com/idp/endpoint/HttpRedirect',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Issuer',
          where: ['your app', 'Web App Settings'],
          pattern: '^https://[a-z0-9.-]+$',
          example: 'https://acme.my.salesforce.com',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'IdP Certificate',
          where: ['Setup', 'Identity Provider'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: '$User.Id' },
    { field: 'email', name: 'email', source: 'sent by itself' },
    { field: 'firstName', name: 'firstName', source: '$User.FirstName' },
    { field: 'lastName', name: 'lastName', source: '$User.LastName' },
    { field: 'groups', name: 'groups', source: '$UserRole.Name' },
  ],
  console: {
    entity_id: { path: ['App Manager', 'your app', 'Web App Settings'], label: 'Entity Id' },
    acs_url: { path: ['App Manager', 'your app', 'Web App Settings'], label: 'ACS URL' },
    metadata: {
      path: ['App Manager', 'your app', 'Manage', 'SAML Login Information'],
      label: 'Metadata Discovery Endpoint',
    },
    certificate: { path: ['App Manager', 'your app', 'Web App Settings'], label: 'IdP Certificate' },
    signature_algorithm: {
      path: ['App Manager', 'your app', 'Web App Settings'],
      label: 'Signing Algorithm for SAML Messages',
      choice: 'SHA256',
    },
    name_id: {
      path: ['App Manager', 'your app', 'Web App Settings'],
      label: 'Subject Type',
      choice: 'User ID, with the Name ID Format emailAddress',
    },
    email_attribute: {
      path: ['Setup', 'Users', 'the person'],
      label: 'Email',
      choice: 'the person’s e-mail address; Salesforce sends it by itself',
    },
    assignment: { path: ['App Manager', 'your app', 'Manage'], label: 'Manage Profiles' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Setup', 'Users', 'the person'], label: 'Email' },
      fix: 'Fill **Email** of the person; Salesforce sends it by itself. Then test again.',
    },
  ],
  mistakes: [
    {
      symptom: 'Salesforce says that access is denied',
      cause: 'The person’s profile or permission set isn’t granted to the app.',
      fix: 'Add it under **Manage** → **Manage Profiles** and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The app can’t be found right after saving',
      cause: 'Salesforce takes some minutes until a new app works.',
      fix: 'Wait ten minutes and test again.',
    },
    {
      symptom: 'The signature can’t be checked',
      cause: 'The app uses another **IdP Certificate** than the metadata holds.',
      fix: 'Choose the same certificate as under **Identity Provider**, or give us the metadata again.',
      subject: 'certificate',
    },
    {
      symptom: 'There is no **New Connected App**',
      cause: 'Newer organizations allow **External Client Apps** only.',
      fix: 'Make an External Client App with the same SAML settings.',
    },
  ],
  errors: [],
  assignment: 'Salesforce lets in people whose profile or permission set is granted to the app.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Salesforce', url: 'https://workos.com/docs/integrations/salesforce-saml' },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
  ],
};
