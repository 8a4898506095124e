import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const lastPass: SignInGuide = {
  id: 'lastpass',
  name: 'LastPass',
  shortName: 'LastPass',
  names: ['LastPass Business', 'LastPass Identity', 'LastPass SSO', 'LastPass Enterprise'],
  mark: 'La',
  protocol: 'saml',
  connectionType: 'LastPassSAML',
  whyRecommended: 'One file holds everything; the app is assigned in the same form.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add an unlisted app',
      where: { path: ['Admin Console', 'Applications', 'SSO apps', 'Add app', 'Add an unlisted app'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the LastPass **Admin Console**, go to **Applications** → **SSO apps**, and choose **Add app**. Name the app and choose **Continue**.',
        },
        valueSlip('Name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'Add app',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Continue', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Applications', 'Search the catalog / Add app', 'Custom service', 'Add new domain'],
        text: 'Newer consoles have a tile **Custom service** with **Add new domain**. There, people are assigned first, and our two values are called **ACS** and **Service Provider entity ID**.',
      },
    },
    {
      id: 'saml-settings',
      title: 'Set up LastPass',
      where: { path: ['your app', 'Set up LastPass'] },
      blocks: [
        valueSlip('ACS', 'ACS_URL'),
        { kind: 'text', text: 'Open **Advanced settings**.' },
        valueSlip(
          'Entity ID',
          'SP_ENTITY_ID',
          'Newer consoles say **Service Provider entity ID**. No slash at the end.',
        ),
        { kind: 'setting', label: 'SAML signature method', choice: 'SHA256' },
        { kind: 'setting', label: 'Sign assertion', choice: 'ticked' },
        {
          kind: 'form',
          title: 'Set up LastPass',
          fields: [
            { label: 'ACS', value: '{ACS_URL}', control: 'text' },
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'SAML signature method', value: 'SHA256', control: 'choice' },
            { label: 'Sign assertion', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'Set up LastPass', 'Add SAML attribute'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Add SAML attribute** for each row: LastPass’s value on one side, our name on the other.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'User ID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'First Name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Last Name' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: 'Groups', isOptional: true },
        { kind: 'text', text: 'Choose **Save & assign users**.' },
      ],
      otherMenuPath: {
        path: ['your app', 'Custom Attributes', 'Add'],
        text: 'Newer consoles call the list **Custom Attributes**; choose **Add** for each row.',
      },
    },
    {
      id: 'assign',
      title: 'Assign the people',
      where: { path: ['your app', 'Assign users, groups & roles'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Assign users, groups & roles**, pick the people, **Assign**, then **Save & continue**.',
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
      where: { path: ['SSO apps', 'your app', 'Set up app', 'Expand', 'Download metadata (XML)'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the app again, choose **Expand** beside **Set up app**, then **Download metadata (XML)**. LastPass offers a file only, no address.',
        },
        {
          kind: 'form',
          title: 'Set up app',
          fields: [{ label: 'Download metadata (XML)', value: '', control: 'button' }],
        },
      ],
      otherMenuPath: {
        path: ['your app', 'Export SAML Identity Provider Metadata', 'Download'],
        text: 'Newer consoles call it **Export SAML Identity Provider Metadata**, then **Download**.',
      },
    },
  ],
  giveBack: [
    {
      kind: 'metadata_file',
      gain: 'One file holds everything. We remind you before its certificate ends.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Download metadata (XML)',
          where: ['SSO apps', 'your app', 'Set up app', 'Expand'],
          mistakes: [
            {
              code: 'html',
              explanation:
                'This is a saved web page. Choose **Download metadata (XML)** and give us that file.',
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
          label: 'IdP SSO URL',
          where: ['SSO apps', 'your app', 'Set up app', 'Expand'],
          pattern: '^https://identity\\.lastpass\\.com/\\S*$',
          example: 'https://identity.lastpass.com/SAML/SSOService',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IdP Entity ID',
          where: ['SSO apps', 'your app', 'Set up app', 'Expand'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Certificate',
          where: ['SSO apps', 'your app', 'Set up app', 'Expand'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'User ID' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'firstName', source: 'First Name' },
    { field: 'lastName', name: 'lastName', source: 'Last Name' },
    { field: 'groups', name: 'groups', source: 'Groups' },
  ],
  console: {
    entity_id: { path: ['your app', 'Set up LastPass', 'Advanced settings'], label: 'Entity ID' },
    acs_url: { path: ['your app', 'Set up LastPass'], label: 'ACS' },
    metadata: { path: ['your app', 'Set up app', 'Expand'], label: 'Download metadata (XML)' },
    certificate: { path: ['your app', 'Set up app', 'Expand'], label: 'Download metadata (XML)' },
    assertion_signing: {
      path: ['your app', 'Set up LastPass', 'Advanced settings'],
      label: 'Sign assertion',
      choice: 'ticked',
    },
    signature_algorithm: {
      path: ['your app', 'Set up LastPass', 'Advanced settings'],
      label: 'SAML signature method',
      choice: 'SHA256',
    },
    email_attribute: {
      path: ['your app', 'Set up LastPass', 'SAML attributes'],
      label: 'email',
      choice: 'Email',
    },
    assignment: { path: ['your app', 'Users'], label: 'Assign users, groups & roles' },
  },
  mistakes: [
    {
      symptom: 'LastPass doesn’t show the app, or refuses it',
      cause: 'The account you tried isn’t assigned to it.',
      fix: 'Assign it under **Assign users, groups & roles** and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The signature is SHA-1',
      cause: 'Older apps begin with SHA-1.',
      fix: 'Set **SAML signature method** to SHA256 in **Advanced settings**.',
      subject: 'signature_algorithm',
    },
    {
      symptom: 'The answer isn’t signed',
      cause: '**Sign assertion** isn’t ticked.',
      fix: 'Tick it under **Advanced settings** and save.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The audience differs',
      cause: '**Entity ID** was left empty, because it stands in **Advanced settings**.',
      fix: 'Open them and paste our entity ID.',
      subject: 'entity_id',
    },
  ],
  errors: [],
  assignment: 'LastPass lets in only people assigned to the app: **Assign users, groups & roles**.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: LastPass', url: 'https://workos.com/docs/integrations/lastpass-saml' },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
  ],
};
