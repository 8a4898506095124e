import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const oracleCloud: SignInGuide = {
  id: 'oracle-cloud',
  name: 'Oracle Cloud',
  shortName: 'Oracle',
  names: [
    'OCI IAM',
    'OCI Identity Domains',
    'Oracle Identity Cloud Service',
    'IDCS',
    'Oracle Cloud Infrastructure',
    'Oracle Fusion',
  ],
  mark: 'Or',
  protocol: 'saml',
  connectionType: 'OracleSAML',
  whyRecommended: 'One file holds everything; no setting of the identity domain has to be opened up.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a SAML application',
      where: {
        path: [
          'Identity & Security',
          'Domains',
          'your domain',
          'Integrated applications',
          'Add application',
          'SAML Application',
        ],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Open the OCI console and choose your identity domain. Under **Integrated applications** choose **Add application**, then **SAML Application** and **Launch workflow**.',
        },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'form',
          title: 'Add SAML application',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'configure',
      title: 'Configure single sign-on',
      where: { path: ['Configure SSO', 'General'] },
      blocks: [
        valueSlip('Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('Assertion consumer URL', 'ACS_URL'),
        { kind: 'setting', label: 'Name ID format', choice: 'Email address' },
        { kind: 'text', text: 'Open **Additional configuration**, in older consoles **Advanced Settings**.' },
        { kind: 'setting', label: 'Signed SSO', choice: 'Assertion and Response' },
        { kind: 'setting', label: 'Include signing certificate in signature', choice: 'ticked' },
        { kind: 'setting', label: 'Enable single logout', choice: 'not ticked' },
        {
          kind: 'form',
          title: 'Configure SSO',
          fields: [
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Assertion consumer URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Name ID format', value: 'Email address', control: 'choice' },
            { label: 'Signed SSO', value: 'Assertion and Response', control: 'choice' },
            { label: 'Include signing certificate in signature', value: 'ticked', control: 'tick' },
            { label: 'Enable single logout', value: '', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['Configure SSO', 'Attribute configuration', '+ Additional attribute'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **+ Additional attribute** for each row: **Name** is ours, **Type value** is Oracle’s.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'User Name (or User ID)' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Primary email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'First name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Last name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Group membership',
          isOptional: true,
        },
        { kind: 'text', text: 'Choose **Finish**.' },
      ],
    },
    {
      id: 'activate',
      title: 'Activate it and assign the people',
      where: { path: ['your application', 'Activate'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Activate**. Then open **Users** or **Groups** and choose **Assign**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Assign yourself too, so that you can do the test sign-in.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Download the metadata',
      where: { path: ['your application', 'Download identity provider metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the application’s page choose **Download identity provider metadata** and keep the file.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The address of the metadata answers only where the domain’s settings make it public (**Access signing certificate**). The file always works.',
        },
        {
          kind: 'form',
          title: 'Your application',
          fields: [{ label: 'Download identity provider metadata', value: '', control: 'button' }],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'metadata_file',
      gain: 'Works with every identity domain. We remind you before its certificate ends.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Download identity provider metadata',
          where: ['your application'],
          mistakes: [
            {
              code: 'html',
              explanation:
                'This is a saved web page. Choose **Download identity provider metadata** and give us that file.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_url',
      gain: 'We’ll notice new certificates ourselves, if your domain makes its metadata public.',
      fields: [
        {
          field: 'metadata_url',
          label: 'Identity provider metadata URL',
          where: ['Domains', 'your domain', 'Settings', 'Access signing certificate'],
          pattern: '^https://idcs-[0-9a-f]+\\.identity\\.oraclecloud\\.com/fed/v1/metadata$',
          example: 'https://idcs-1a2b3c4d5e6f.identity.oraclecloud.com/fed/v1/metadata',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. Metadata is at /fed/v1/metadata.',
            },
          ],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. We remind you before the certificate ends.',
      fields: [
        {
          field: 'sso_url',
          label: 'IdP SSO URL',
          where: ['your application'],
          pattern: '^https://idcs-[0-9a-f]+\\.identity\\.oraclecloud\\.com/fed/v1/idp/sso$',
          example: 'https://idcs-1a2b3c4d5e6f.identity.oraclecloud.com/fed/v1/idp/sso',
          mistakes: [],
        },
        { field: 'entity_id', label: 'IdP Entity ID', where: ['your application'], mistakes: [] },
        { field: 'certificate', label: 'X.509 Certificate', where: ['your application'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'User Name' },
    { field: 'email', name: 'email', source: 'Primary email' },
    { field: 'firstName', name: 'firstName', source: 'First name' },
    { field: 'lastName', name: 'lastName', source: 'Last name' },
    { field: 'groups', name: 'groups', source: 'Group membership' },
  ],
  console: {
    entity_id: { path: ['your application', 'SSO configuration', 'General'], label: 'Entity ID' },
    acs_url: { path: ['your application', 'SSO configuration', 'General'], label: 'Assertion consumer URL' },
    metadata: { path: ['your application'], label: 'Download identity provider metadata' },
    certificate: { path: ['your application'], label: 'Download identity provider metadata' },
    assertion_signing: {
      path: ['your application', 'SSO configuration', 'Additional configuration'],
      label: 'Signed SSO',
      choice: 'Assertion and Response',
    },
    name_id: {
      path: ['your application', 'SSO configuration', 'General'],
      label: 'Name ID format',
      choice: 'Email address',
    },
    email_attribute: {
      path: ['your application', 'SSO configuration', 'Attribute configuration'],
      label: 'email',
      choice: 'Primary email',
    },
    assignment: { path: ['your application', 'Users'], label: 'Assign' },
  },
  mistakes: [
    {
      symptom: 'Oracle says that the person may not use the application',
      cause: 'The application isn’t activated, or the person isn’t assigned.',
      fix: 'Choose **Activate**, then **Users** → **Assign**, and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The metadata address asks for a sign-in',
      cause: 'The identity domain doesn’t make its metadata public.',
      fix: 'Give us the file of **Download identity provider metadata** instead.',
      subject: 'metadata',
    },
    {
      symptom: 'Only the response is signed, or only the assertion',
      cause: '**Signed SSO** has another choice.',
      fix: 'Choose **Assertion and Response**.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values stands in the other field, or has a slash at the end.',
      fix: 'Paste both again: **Entity ID** and **Assertion consumer URL**.',
      subject: 'entity_id',
    },
  ],
  errors: [],
  assignment: 'Oracle lets in people assigned to an activated application: **Users** → **Assign**.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
    { title: 'WorkOS: Oracle', url: 'https://workos.com/docs/integrations/oracle-saml' },
  ],
};
