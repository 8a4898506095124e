import type { GuideStep, SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** The same for an app of either protocol. */
export const jumpCloudUserGroups: GuideStep = {
  id: 'user-groups',
  title: 'Let the people in',
  where: { path: ['your app', 'User Groups'], link: 'https://console.jumpcloud.com' },
  blocks: [
    {
      kind: 'text',
      text: 'Tick the groups whose people should sign in, one with yourself among them. Choose **Save**.',
    },
    {
      kind: 'note',
      tone: 'information',
      text: 'JumpCloud gives access by user group only, never to one person alone.',
    },
  ],
};

export const jumpCloud: SignInGuide = {
  id: 'jumpcloud',
  name: 'JumpCloud',
  shortName: 'JumpCloud',
  names: ['Jump Cloud', 'JumpCloud Directory', 'Directory-as-a-Service', 'jumpcloud.com'],
  mark: 'Ju',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates are noticed through the metadata URL, and groups can be sent.',
  },
  connectionType: 'JumpCloudSAML',
  whyRecommended: 'JumpCloud has a metadata URL for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-app',
      title: 'Add a custom application',
      where: {
        path: ['Access', 'SSO Applications', 'Add New Application', 'Custom Application'],
        link: 'https://console.jumpcloud.com',
      },
      blocks: [
        { kind: 'text', text: 'Choose **Custom Application** and go on.' },
        { kind: 'setting', label: 'Manage Single Sign-On (SSO)', choice: 'ticked' },
        { kind: 'setting', label: 'Single sign-on method', choice: 'Configure SSO with SAML' },
        valueSlip('Display Label', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Save Application**, then **Configure Application**.' },
        {
          kind: 'form',
          title: 'Select options',
          fields: [
            { label: 'Manage Single Sign-On (SSO)', value: 'ticked', control: 'tick' },
            { label: 'Configure SSO with SAML', value: 'selected', control: 'choice' },
            { label: 'Configure SSO with OIDC', value: '', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'sso',
      title: 'Fill in the SSO tab',
      where: { path: ['your app', 'SSO'], link: 'https://console.jumpcloud.com' },
      blocks: [
        {
          kind: 'setting',
          label: 'IdP Entity ID',
          choice: 'a name of your own, once in your organization',
          hint: 'For example https://acme.com/jumpcloud. Don’t change it later: we compare it.',
        },
        valueSlip('SP Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('ACS URLs', 'ACS_URL', 'The field **Default URL**.'),
        { kind: 'setting', label: 'SAMLSubject NameID', choice: 'email' },
        { kind: 'setting', label: 'SAMLSubject NameID Format', choice: 'emailAddress' },
        { kind: 'setting', label: 'Signature Algorithm', choice: 'RSA-SHA256' },
        {
          kind: 'setting',
          label: 'Sign',
          choice: 'Assertion and Response',
          hint: 'Older consoles have a tick box: Sign Assertion.',
        },
        {
          kind: 'setting',
          label: 'Declare Redirect Endpoint',
          choice: 'ticked',
          hint: 'Before you copy or export the metadata.',
        },
        {
          kind: 'form',
          title: 'Single Sign-On Configuration',
          fields: [
            { label: 'IdP Entity ID', value: 'https://acme.com/jumpcloud', control: 'text' },
            { label: 'SP Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Default URL', value: '{ACS_URL}', control: 'text' },
            { label: 'SAMLSubject NameID', value: 'email', control: 'choice' },
            { label: 'Signature Algorithm', value: 'RSA-SHA256', control: 'choice' },
            { label: 'Sign', value: 'Assertion and Response', control: 'choice' },
            { label: 'Declare Redirect Endpoint', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'SSO', 'Attributes'], link: 'https://console.jumpcloud.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Under **USER ATTRIBUTE MAPPING** add one row each. Left is the name we read, right is JumpCloud’s field.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'email' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'firstname' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'lastname' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'GROUP ATTRIBUTES: include group attribute',
          isOptional: true,
        },
      ],
    },
    jumpCloudUserGroups,
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['your app', 'SSO', 'Copy Metadata URL'], link: 'https://console.jumpcloud.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Open the app again, go to the **SSO** tab and choose **Copy Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'JumpCloud Metadata',
          fields: [
            { label: 'Export Metadata', value: '', control: 'button' },
            { label: 'Copy Metadata URL', value: '', control: 'button' },
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
          label: 'Copy Metadata URL',
          where: ['SSO'],
          mistakes: [
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the console. Choose **Copy Metadata URL** on the **SSO** tab.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the address can’t be reached. You come back when the certificate changes.',
      fields: [{ field: 'metadata_file', label: 'Export Metadata', where: ['SSO'], mistakes: [] }],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the certificate changes.',
      fields: [
        {
          field: 'sso_url',
          label: 'IDP URL',
          where: ['SSO'],
          pattern: '^https://sso\\.jumpcloud\\.com/saml2/[A-Za-z0-9_-]+$',
          example: 'https://sso.jumpcloud.com/saml2/acme-product',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IdP Entity ID',
          where: ['SSO'],
          example: 'https://acme.com/jumpcloud',
          mistakes: [],
        },
        { field: 'certificate', label: 'IDP Certificate', where: ['SSO'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'email' },
    { field: 'email', name: 'email', source: 'email' },
    { field: 'firstName', name: 'firstName', source: 'firstname' },
    { field: 'lastName', name: 'lastName', source: 'lastname' },
    { field: 'groups', name: 'groups', source: 'include group attribute' },
  ],
  console: {
    entity_id: { path: ['SSO'], label: 'SP Entity ID' },
    acs_url: { path: ['SSO'], label: 'ACS URLs' },
    metadata: { path: ['SSO'], label: 'Copy Metadata URL' },
    certificate: { path: ['SSO'], label: 'IDP Certificate' },
    assertion_signing: { path: ['SSO'], label: 'Sign', choice: 'Assertion and Response' },
    signature_algorithm: { path: ['SSO'], label: 'Signature Algorithm', choice: 'RSA-SHA256' },
    name_id: { path: ['SSO'], label: 'SAMLSubject NameID Format', choice: 'emailAddress' },
    email_attribute: { path: ['SSO', 'USER ATTRIBUTE MAPPING'], label: 'email', choice: 'email' },
    assignment: { path: ['User Groups'], label: 'User Groups', choice: 'a group of this person' },
  },
  repairs: [
    {
      causes: ['issuer_differs'],
      where: { path: ['SSO'], label: 'IdP Entity ID' },
      fix: 'Give us the metadata again. **IdP Entity ID** was changed after you copied it.',
    },
  ],
  mistakes: [
    {
      symptom: 'The person has no access to this app',
      cause: 'None of the person’s user groups is ticked.',
      fix: 'Tick one on the **User Groups** tab and save.',
      subject: 'assignment',
    },
    {
      symptom: 'The assertion isn’t signed',
      cause: 'JumpCloud signs only the response unless told otherwise.',
      fix: 'Set **Sign** to **Assertion and Response**, or tick **Sign Assertion**.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The issuer differs',
      cause: '**IdP Entity ID** was changed after we read the metadata.',
      fix: 'Change it back, or give us the metadata again.',
      subject: 'metadata',
    },
    {
      symptom: 'The metadata has no redirect address',
      cause: '**Declare Redirect Endpoint** wasn’t ticked when it was exported.',
      fix: 'Tick it, save, and export again. With the metadata URL we follow by ourselves.',
      subject: 'metadata',
    },
  ],
  errors: [],
  assignment: 'JumpCloud lets in people of the groups ticked on the app’s **User Groups** tab.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: JumpCloud SAML', url: 'https://workos.com/docs/integrations/jumpcloud-saml' },
    { title: 'Ory Polis: JumpCloud', url: 'https://www.ory.com/docs/polis/sso-providers/jumpcloud' },
    {
      title: 'Scalekit: JumpCloud SAML',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/jumpcloud-saml',
    },
  ],
};
