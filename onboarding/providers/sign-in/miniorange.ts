import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const miniOrange: SignInGuide = {
  id: 'miniorange',
  name: 'miniOrange',
  shortName: 'miniOrange',
  names: ['Mini Orange', 'Xecurify', 'miniOrange IdP', 'xecurify.com'],
  mark: 'Mi',
  protocol: 'saml',
  connectionType: 'MiniOrangeSAML',
  whyRecommended: 'It can read our values from one address and publishes its own metadata.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create a custom SAML app',
      where: { path: ['Apps', 'Add Application', 'SAML/WS-FED', 'Create App', 'Custom SAML App'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the miniOrange dashboard, go to **Apps** → **Add Application**, and choose **Create App** under **SAML/WS-FED**. Then choose **Custom SAML App** and name it.',
        },
        valueSlip('App name', 'PRODUCT'),
      ],
    },
    {
      id: 'import',
      title: 'Import our metadata',
      where: { path: ['your app', 'Import SP Metadata', 'URL'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Import SP Metadata**, then **URL**, and paste the address. The fields below fill by themselves.',
        },
        valueSlip('URL', 'SP_METADATA_URL'),
        { kind: 'text', text: 'Compare the fields, or fill them by hand if the import doesn’t work:' },
        valueSlip('SP Entity ID or Issuer', 'SP_ENTITY_ID'),
        valueSlip('ACS URL', 'ACS_URL'),
        valueSlip('Audience URI', 'SP_ENTITY_ID', 'The same value as **SP Entity ID or Issuer**.'),
        { kind: 'setting', label: 'Sign Assertion', choice: 'on' },
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'form',
          title: 'Custom SAML App',
          fields: [
            { label: 'Import SP Metadata', value: '', control: 'button' },
            { label: 'SP Entity ID or Issuer', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Audience URI', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Sign Assertion', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Map the attributes',
      where: { path: ['your app', 'Attribute Mapping'] },
      blocks: [
        {
          kind: 'text',
          text: 'Under **Attribute Mapping** add one row for each attribute.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'Username' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'E-Mail Address' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'First Name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Last Name' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: 'User Groups', isOptional: true },
      ],
    },
    {
      id: 'policy',
      title: 'Add a login policy',
      where: { path: ['your app', 'Login Policy'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose the group whose people should sign in and how, then **Save**. Without a policy nobody gets in.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Be in that group yourself, so that you can do the test sign-in.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['Apps', 'Select', 'Metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'In the list of **Apps** choose **Select** → **Metadata** beside the app. Under **Information required to authenticate via miniOrange as IdP** copy the **Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'Information required to authenticate via miniOrange as IdP',
          fields: [{ label: 'Metadata URL', value: 'https://login.xecurify.com/moas/…', control: 'text' }],
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
          label: 'Metadata URL',
          where: ['Apps', 'Select', 'Metadata'],
          pattern: '^https://[a-z0-9.-]+/moas/\\S+$',
          example: 'https://login.xecurify.com/moas/metadata/saml/1234/567890',
          mistakes: [{ code: 'own_address', explanation: 'This is our own address. Paste miniOrange’s.' }],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the address can’t be reached. You come back when the certificate changes.',
      fields: [
        { field: 'metadata_file', label: 'Metadata', where: ['Apps', 'Select', 'Metadata'], mistakes: [] },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the certificate changes.',
      fields: [
        { field: 'sso_url', label: 'IdP SSO URL', where: ['Apps', 'Select', 'Metadata'], mistakes: [] },
        {
          field: 'entity_id',
          label: 'IdP Entity ID',
          where: ['Apps', 'Select', 'Metadata'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'X.509 Certificate',
          where: ['Apps', 'Select', 'Metadata'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'Username' },
    { field: 'email', name: 'email', source: 'E-Mail Address' },
    { field: 'firstName', name: 'firstName', source: 'First Name' },
    { field: 'lastName', name: 'lastName', source: 'Last Name' },
    { field: 'groups', name: 'groups', source: 'User Groups' },
  ],
  console: {
    entity_id: { path: ['Apps', 'your app'], label: 'SP Entity ID or Issuer' },
    acs_url: { path: ['Apps', 'your app'], label: 'ACS URL' },
    metadata: { path: ['Apps', 'Select', 'Metadata'], label: 'Metadata URL' },
    certificate: { path: ['Apps', 'Select', 'Metadata'], label: 'X.509 Certificate' },
    assertion_signing: { path: ['Apps', 'your app'], label: 'Sign Assertion', choice: 'on' },
    email_attribute: {
      path: ['Apps', 'your app', 'Attribute Mapping'],
      label: 'email',
      choice: 'E-Mail Address',
    },
    assignment: { path: ['Apps', 'your app', 'Login Policy'], label: 'the login policy' },
  },
  mistakes: [
    {
      symptom: 'miniOrange says that the person isn’t allowed',
      cause: 'No login policy of the app names a group of this person.',
      fix: 'Add a policy for their group and save.',
      subject: 'assignment',
    },
    {
      symptom: 'The audience differs',
      cause: '**Audience URI** or **SP Entity ID or Issuer** isn’t our entity ID.',
      fix: 'Paste ours into both fields.',
      subject: 'entity_id',
    },
    {
      symptom: 'The answer isn’t signed',
      cause: '**Sign Assertion** is off.',
      fix: 'Switch it on and save.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'Our own metadata came back',
      cause: 'The address of **Import SP Metadata** was copied instead of miniOrange’s.',
      fix: 'Copy the **Metadata URL** from **Select** → **Metadata**.',
      subject: 'metadata',
    },
  ],
  errors: [],
  assignment: 'miniOrange lets in the groups that have a login policy for the app.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: miniOrange', url: 'https://workos.com/docs/integrations/miniorange-saml' }],
};
