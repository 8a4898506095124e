import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const cyberArk: SignInGuide = {
  id: 'cyberark',
  name: 'CyberArk Identity',
  shortName: 'CyberArk',
  names: ['CyberArk', 'CyberArk Workforce Identity', 'Idaptive', 'Centrify', 'id.cyberark.cloud'],
  mark: 'Cy',
  protocol: 'saml',
  connectionType: 'CyberArkSAML',
  whyRecommended: 'CyberArk has a metadata URL for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-app',
      title: 'Add a custom SAML app',
      where: {
        path: ['Identity Administration', 'Apps & Widgets', 'Web Apps', 'Add Web Apps', 'Custom', 'SAML'],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Add** beside **SAML**, confirm with **Yes**, then **Close**. The app’s settings open.',
        },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Add Web Apps',
          fields: [
            { label: 'Custom', value: 'selected', control: 'choice' },
            { label: 'SAML', value: 'Add', control: 'button' },
            { label: 'Close', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'trust',
      title: 'Give it our values',
      where: { path: ['your app', 'Trust', 'Service Provider Configuration'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Metadata**, paste the first address and choose **Load**. Or choose **Manual Configuration** and paste the other two.',
        },
        valueSlip('Metadata URL', 'SP_METADATA_URL'),
        valueSlip(
          'SP Entity ID / Issuer / Audience',
          'SP_ENTITY_ID',
          'Paste exactly, with no slash at the end.',
        ),
        valueSlip('Assertion Consumer Service (ACS) URL', 'ACS_URL'),
        { kind: 'setting', label: 'Recipient', choice: 'Same as ACS URL' },
        {
          kind: 'setting',
          label: 'Sign Response or Assertion?',
          choice: 'Both',
          hint: 'Assertion works too, Response alone is weaker.',
        },
        { kind: 'setting', label: 'NameID Format', choice: 'emailAddress' },
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Service Provider Configuration',
          fields: [
            { label: 'Manual Configuration', value: 'selected', control: 'choice' },
            { label: 'SP Entity ID / Issuer / Audience', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Assertion Consumer Service (ACS) URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Same as ACS URL', value: 'ticked', control: 'tick' },
            { label: 'Sign Response or Assertion?', value: 'Both', control: 'choice' },
            { label: 'NameID Format', value: 'emailAddress', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'SAML Response', 'Attributes', 'Add'] },
      blocks: [
        { kind: 'text', text: 'Add one row each. Left is the name we read, right is CyberArk’s value.' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'LoginUser.Uuid' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'LoginUser.Email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'LoginUser.FirstName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'LoginUser.LastName' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Custom Logic: setAttributeArray("groups", LoginUser.RoleNames)',
          isOptional: true,
        },
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Attributes',
          fields: [
            { label: 'id', value: 'LoginUser.Uuid', control: 'text' },
            { label: 'email', value: 'LoginUser.Email', control: 'text' },
            { label: 'firstName', value: 'LoginUser.FirstName', control: 'text' },
            { label: 'lastName', value: 'LoginUser.LastName', control: 'text' },
            { label: 'Add', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'permissions',
      title: 'Let the people in',
      where: { path: ['your app', 'Permissions', 'Add'] },
      blocks: [
        {
          kind: 'text',
          text: 'Add the people or roles who should sign in, yourself included, with **View** and **Run**. Choose **Save**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The app’s status becomes **Deployed**. Before that nobody can use it.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['your app', 'Trust', 'Identity Provider Configuration', 'Metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the **Trust** tab, under **Identity Provider Configuration** → **Metadata**, choose **Copy URL**.',
        },
        {
          kind: 'form',
          title: 'Identity Provider Configuration',
          fields: [
            { label: 'Metadata', value: 'selected', control: 'choice' },
            { label: 'Copy URL', value: '', control: 'button' },
            { label: 'Download Metadata File', value: '', control: 'button' },
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
          label: 'Copy URL',
          where: ['Trust', 'Identity Provider Configuration', 'Metadata'],
          pattern: '^https://[^/\\s]+/saas[mM]anage/DownloadSAMLMetadataForApp\\?appkey=[^\\s]+$',
          example:
            'https://aab1234.id.cyberark.cloud/saasManage/DownloadSAMLMetadataForApp?appkey=1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the address can’t be reached. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Metadata file',
          where: ['Trust', 'Identity Provider Configuration', 'Metadata'],
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
          label: 'Single Sign On URL',
          where: ['Trust', 'Identity Provider Configuration', 'Manual Configuration'],
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IdP Entity ID / Issuer',
          where: ['Trust', 'Identity Provider Configuration', 'Manual Configuration'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Signing Certificate',
          where: ['Trust', 'Identity Provider Configuration'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'LoginUser.Uuid' },
    { field: 'email', name: 'email', source: 'LoginUser.Email' },
    { field: 'firstName', name: 'firstName', source: 'LoginUser.FirstName' },
    { field: 'lastName', name: 'lastName', source: 'LoginUser.LastName' },
    { field: 'groups', name: 'groups', source: 'Custom Logic' },
  ],
  console: {
    entity_id: {
      path: ['Trust', 'Service Provider Configuration'],
      label: 'SP Entity ID / Issuer / Audience',
    },
    acs_url: {
      path: ['Trust', 'Service Provider Configuration'],
      label: 'Assertion Consumer Service (ACS) URL',
    },
    metadata: { path: ['Trust', 'Identity Provider Configuration', 'Metadata'], label: 'Copy URL' },
    certificate: { path: ['Trust', 'Identity Provider Configuration'], label: 'Signing Certificate' },
    assertion_signing: {
      path: ['Trust', 'Service Provider Configuration'],
      label: 'Sign Response or Assertion?',
      choice: 'Both or Assertion',
    },
    name_id: {
      path: ['Trust', 'Service Provider Configuration'],
      label: 'NameID Format',
      choice: 'emailAddress',
    },
    email_attribute: { path: ['SAML Response', 'Attributes'], label: 'email', choice: 'LoginUser.Email' },
    assignment: { path: ['Permissions'], label: 'Add', choice: 'this person with View and Run' },
  },
  mistakes: [
    {
      symptom: 'The person can’t open the app',
      cause: 'Neither the person nor a role of theirs has **View** and **Run**, or the app isn’t deployed.',
      fix: 'Add them on the **Permissions** tab and save.',
      subject: 'assignment',
    },
    {
      symptom: 'The assertion isn’t signed',
      cause: '**Sign Response or Assertion?** stands on Response.',
      fix: 'Set it to Both.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The row **email** is missing on the **SAML Response** tab, or the person has no address.',
      fix: 'Add it with the value LoginUser.Email.',
      subject: 'email_attribute',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values was typed, or has a slash at the end.',
      fix: 'Load our metadata URL again under **Service Provider Configuration**.',
      subject: 'entity_id',
    },
  ],
  errors: [],
  assignment: 'CyberArk lets in people and roles with **View** and **Run** on the app’s **Permissions** tab.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: CyberArk SAML', url: 'https://workos.com/docs/integrations/cyberark-saml' },
    { title: 'Phase Two: Identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
  ],
};
