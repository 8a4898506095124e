import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const classLink: SignInGuide = {
  id: 'classlink',
  name: 'ClassLink',
  shortName: 'ClassLink',
  names: ['ClassLink LaunchPad', 'ClassLink OneClick', 'classlink.com'],
  mark: 'Cl',
  protocol: 'saml',
  connectionType: 'ClassLinkSAML',
  whyRecommended: 'It reads our values from one address and publishes its own metadata.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a SAML entry',
      where: { path: ['ClassLink Management Console', 'Single Sign-On', 'SAML Console', 'ADD NEW'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the **ClassLink Management Console**, go to **Single Sign-On** → **SAML Console**, and choose **ADD NEW**.',
        },
        valueSlip('Name', 'PRODUCT'),
      ],
      otherMenuPath: {
        path: ['Single Sign-On', 'SAML Console', 'COPY EXISTING'],
        text: '**COPY EXISTING** starts from an entry you have. Replace its values in the next step.',
      },
    },
    {
      id: 'edit',
      title: 'Paste our metadata and map the attributes',
      where: { path: ['SAML Console', 'your entry', '⋮', 'Edit'] },
      blocks: [
        { kind: 'text', text: 'Open the menu **⋮** of the new entry and choose **Edit**.' },
        valueSlip(
          'METADATA URL',
          'SP_METADATA_URL',
          'ClassLink reads our entity ID and ACS URL from it; there is no field for either.',
        ),
        { kind: 'text', text: 'Under **Attribute Mapping** choose ClassLink’s field for each of our names.' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'Login Id' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'Given Name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Family Name' },
        { kind: 'text', text: 'Open **Metadata Overrides**.' },
        { kind: 'setting', label: 'NameID', choice: 'Email' },
        { kind: 'text', text: 'Choose **Update**.' },
        {
          kind: 'form',
          title: 'Edit',
          fields: [
            { label: 'METADATA URL', value: '{SP_METADATA_URL}', control: 'text' },
            { label: 'id', value: 'Login Id', control: 'choice' },
            { label: 'email', value: 'Email', control: 'choice' },
            { label: 'firstName', value: 'Given Name', control: 'choice' },
            { label: 'lastName', value: 'Family Name', control: 'choice' },
            { label: 'Update', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'assign',
      title: 'Give people the tile',
      where: { path: ['ClassLink Management Console', 'Add & Assign Apps'] },
      blocks: [
        {
          kind: 'text',
          text: 'Under **Add & Assign Apps** add an app with the address below, and assign it to the people who should sign in.',
        },
        valueSlip('URL', 'LOGIN_URL', 'The tile opens it, and it starts the sign-in at our side.'),
        {
          kind: 'note',
          tone: 'information',
          text: 'Assign yourself too, so that you can do the test sign-in.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['SAML Console', 'your entry', 'Copy IDP Metadata URL'] },
      blocks: [
        {
          kind: 'text',
          text: 'Back in the **SAML Console**, choose **Copy IDP Metadata URL** at the entry.',
        },
        {
          kind: 'form',
          title: 'SAML Console',
          fields: [{ label: 'Copy IDP Metadata URL', value: '', control: 'button' }],
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
          label: 'IDP Metadata URL',
          where: ['SAML Console', 'your entry'],
          pattern: '^https://([a-z0-9-]+\\.)*classlink\\.com/\\S+$',
          example: 'https://idp.classlink.com/sso/metadata/1a2b3c4d',
          mistakes: [{ code: 'own_address', explanation: 'This is our own address. Paste ClassLink’s.' }],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the address can’t be reached. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'IDP Metadata',
          where: ['SAML Console', 'your entry'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the certificate changes.',
      fields: [
        { field: 'sso_url', label: 'IdP SSO URL', where: ['IDP Metadata'], mistakes: [] },
        { field: 'entity_id', label: 'IdP Entity ID', where: ['IDP Metadata'], mistakes: [] },
        { field: 'certificate', label: 'X.509 Certificate', where: ['IDP Metadata'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'Login Id' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'firstName', source: 'Given Name' },
    { field: 'lastName', name: 'lastName', source: 'Family Name' },
  ],
  console: {
    entity_id: { path: ['SAML Console', 'your entry', 'Edit'], label: 'METADATA URL' },
    acs_url: { path: ['SAML Console', 'your entry', 'Edit'], label: 'METADATA URL' },
    metadata: { path: ['SAML Console', 'your entry'], label: 'Copy IDP Metadata URL' },
    certificate: { path: ['SAML Console', 'your entry'], label: 'Copy IDP Metadata URL' },
    name_id: {
      path: ['SAML Console', 'your entry', 'Edit', 'Metadata Overrides'],
      label: 'NameID',
      choice: 'Email',
    },
    email_attribute: {
      path: ['SAML Console', 'your entry', 'Edit', 'Attribute Mapping'],
      label: 'email',
      choice: 'Email',
    },
    assignment: { path: ['ClassLink Management Console'], label: 'Add & Assign Apps' },
  },
  repairs: [
    {
      causes: ['audience_differs', 'destination_differs', 'recipient_differs', 'request_malformed'],
      where: { path: ['SAML Console', 'your entry', 'Edit'], label: 'METADATA URL' },
      fix: 'Replace the value of **METADATA URL** with ours, choose **Update**, and test again.',
      copy: 'SP_METADATA_URL',
    },
  ],
  mistakes: [
    {
      symptom: 'People don’t see the tile',
      cause: 'The app isn’t assigned to them.',
      fix: 'Assign it under **Add & Assign Apps**.',
      subject: 'assignment',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'The entry was copied from another one and still has its metadata.',
      fix: 'Paste our address into **METADATA URL** and choose **Update**.',
      subject: 'entity_id',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The person has no e-mail in ClassLink, as younger pupils often do.',
      fix: 'Test with a person who has one, and check **Attribute Mapping**.',
      subject: 'email_attribute',
    },
  ],
  errors: [],
  assignment: 'People need the tile: **Add & Assign Apps**.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: ClassLink', url: 'https://workos.com/docs/integrations/classlink-saml' }],
};
