import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const rippling: SignInGuide = {
  id: 'rippling',
  name: 'Rippling',
  shortName: 'Rippling',
  names: ['Rippling IT', 'Rippling SSO', 'Rippling HR', 'rippling.com'],
  mark: 'Ri',
  protocol: 'saml',
  connectionType: 'RipplingSAML',
  whyRecommended: 'People get the app by the same rules as everything else in Rippling.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the custom app',
      where: { path: ['IT Management', 'Custom App', 'Create New App'] },
      blocks: [
        valueSlip(
          'Name',
          'PRODUCT',
          'Choose any category. A logo of {PRODUCT} helps your people to find it.',
        ),
        { kind: 'setting', label: 'What type of app', choice: 'Single Sign-On (SAML)' },
        { kind: 'text', text: 'Choose **Continue**, then say that you are the **Application Admin**.' },
        {
          kind: 'form',
          title: 'Create New App',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Category', value: '', control: 'choice' },
            { label: 'Single Sign-On (SAML)', value: 'ticked', control: 'tick' },
            { label: 'Continue', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Take the metadata',
      where: { path: ['your app', 'SSO Setup Instructions'] },
      blocks: [
        {
          kind: 'text',
          text: 'The page **SSO Setup Instructions** shows the metadata: as **IdP Metadata URL** to copy, or as **IdP Metadata XML** to download. Keep it for the end.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Which of the two is there differs. The URL is better, because we can follow it.',
        },
      ],
    },
    {
      id: 'values',
      title: 'Paste our values',
      where: { path: ['your app', 'SSO Setup Instructions'] },
      blocks: [
        valueSlip('ACS URL', 'ACS_URL'),
        valueSlip('Service Provider Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Choose **Move to Next Step**.' },
        {
          kind: 'form',
          title: 'SSO Setup Instructions',
          fields: [
            { label: 'IdP Metadata URL', value: 'https://…rippling.com/…', control: 'text' },
            { label: 'ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Service Provider Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Move to Next Step', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'access',
      title: 'Let the people in',
      where: { path: ['your app', 'Access Rules'] },
      blocks: [
        {
          kind: 'text',
          text: 'Say under **Access Rules** who gets the app, yourself included, and when under **Provision Time**.',
        },
        {
          kind: 'text',
          text: 'Choose whether administrators sign in with it too, then **Connect via Rippling**.',
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'Settings', 'SAML Attributes', 'Create new'] },
      blocks: [
        { kind: 'text', text: 'Choose **Global attribute** and make one per row.' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'User’s ID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'User’s email address' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'Legal first name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Legal last name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Group attribute instead of Global attribute',
          isOptional: true,
        },
      ],
    },
    {
      id: 'advanced',
      title: 'Make the tile work',
      where: { path: ['your app', 'Settings', 'Advanced SAML Settings'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Disable “InResponseTo” field in assertions for IdP initiated SSO',
          choice: 'ticked',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Without it, a sign-in from the tile answers a request that nobody made, and is refused.',
        },
        {
          kind: 'form',
          title: 'Advanced SAML Settings',
          fields: [
            {
              label: 'Disable “InResponseTo” field in assertions for IdP initiated SSO',
              value: 'ticked',
              control: 'tick',
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
          where: ['SSO Setup Instructions'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For when Rippling shows no URL. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'IdP Metadata XML',
          where: ['SSO Setup Instructions'],
          mistakes: [
            {
              code: 'html',
              explanation: 'This is a saved web page. Download **IdP Metadata XML** and give us that file.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'User’s ID' },
    { field: 'email', name: 'email', source: 'User’s email address' },
    { field: 'firstName', name: 'firstName', source: 'Legal first name' },
    { field: 'lastName', name: 'lastName', source: 'Legal last name' },
    { field: 'groups', name: 'groups', source: 'Group attribute' },
  ],
  console: {
    entity_id: { path: ['SSO Setup Instructions'], label: 'Service Provider Entity ID' },
    acs_url: { path: ['SSO Setup Instructions'], label: 'ACS URL' },
    metadata: { path: ['SSO Setup Instructions'], label: 'IdP Metadata URL or IdP Metadata XML' },
    email_attribute: {
      path: ['Settings', 'SAML Attributes'],
      label: 'email',
      choice: 'User’s email address',
    },
    assignment: { path: ['Access Rules'], label: 'Access Rules', choice: 'one that names this person' },
  },
  repairs: [
    {
      causes: ['in_response_to_unknown', 'in_response_to_differs'],
      where: {
        path: ['Settings', 'Advanced SAML Settings'],
        label: 'Disable “InResponseTo” field in assertions for IdP initiated SSO',
      },
      fix: 'Tick **Disable “InResponseTo” field in assertions for IdP initiated SSO**, or start the test from here.',
    },
  ],
  mistakes: [
    {
      symptom: 'Starting from the tile is refused, starting from us works',
      cause: 'Rippling answers a request that nobody made.',
      fix: 'Tick **Disable “InResponseTo” field in assertions for IdP initiated SSO** under **Advanced SAML Settings**.',
    },
    {
      symptom: 'The person doesn’t have the app',
      cause: 'No access rule names the person, or its time has not come.',
      fix: 'Look at **Access Rules** and **Provision Time** of the app.',
      subject: 'assignment',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The attribute **email** isn’t there.',
      fix: 'Create it under **SAML Attributes** from **User’s email address**.',
      subject: 'email_attribute',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values stands in the other field, or has a slash at the end.',
      fix: 'Paste both again: **ACS URL** and **Service Provider Entity ID**.',
      subject: 'entity_id',
    },
  ],
  errors: [],
  assignment: 'Rippling lets in people whom the app’s **Access Rules** name.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Rippling SAML', url: 'https://workos.com/docs/integrations/rippling-saml' },
    { title: 'Ory Polis: Rippling', url: 'https://www.ory.com/docs/polis/sso-providers/rippling' },
  ],
};
