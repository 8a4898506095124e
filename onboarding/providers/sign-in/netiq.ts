import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const netIq: SignInGuide = {
  id: 'netiq',
  name: 'NetIQ Access Manager',
  shortName: 'NetIQ',
  names: ['OpenText Access Manager', 'Micro Focus Access Manager', 'Novell Access Manager', 'NAM'],
  mark: 'Ne',
  protocol: 'saml',
  connectionType: 'NetIqSAML',
  whyRecommended: 'It can read our metadata as text and publishes its own.',
  audience: 'everyone',
  steps: [
    {
      id: 'service-provider',
      title: 'Add the service provider',
      where: { path: ['Devices', 'Identity Servers', 'Edit', 'SAML 2.0', 'New', 'Service Provider'] },
      blocks: [
        {
          kind: 'text',
          text: 'In the Administration Console edit the cluster of your Identity Servers, open **SAML 2.0**, and add a new **Service Provider**. The menus differ between releases; the values stay the same.',
        },
        valueSlip('Name', 'PRODUCT'),
        valueSlip(
          'Metadata URL',
          'SP_METADATA_URL',
          'If the import fails, the Identity Server doesn’t trust the certificate of our address: open it in a browser and paste what you see as **Metadata Text**.',
        ),
        {
          kind: 'form',
          title: 'New Service Provider',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Metadata URL', value: '{SP_METADATA_URL}', control: 'text' },
            { label: 'Metadata Text', value: '', control: 'text' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['SAML 2.0', 'New', 'Service Provider', 'Manual Entry'],
        text: 'Where our metadata can’t be read, enter {SP_ENTITY_ID} as the entity ID (provider ID) and {ACS_URL} as the assertion consumer URL.',
      },
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your service provider', 'Attributes'] },
      blocks: [
        {
          kind: 'text',
          text: 'Make an attribute set whose remote names are ours, choose it here, and move each attribute to **Send with authentication**.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'an id that never changes' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'e-mail address' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'first name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'last name' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: 'groups', isOptional: true },
      ],
    },
    {
      id: 'response',
      title: 'Set what it answers',
      where: { path: ['your service provider', 'Authentication Response'] },
      blocks: [
        { kind: 'setting', label: 'Binding', choice: 'Post' },
        { kind: 'setting', label: 'Name Identifier', choice: 'E-mail' },
        {
          kind: 'form',
          title: 'Authentication Response',
          fields: [
            { label: 'Binding', value: 'Post', control: 'choice' },
            { label: 'E-mail', value: 'selected', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'update',
      title: 'Update the Identity Server',
      where: { path: ['Devices', 'Identity Servers', 'Update'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Update** at the Identity Servers and wait until all of them say that they are current. Before that nothing you changed works.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['https://<your Identity Server>/nidp/saml2/metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'The metadata is at /nidp/saml2/metadata on your Identity Server. Open it once to see that it answers, then copy the address.',
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
          label: 'IdP metadata URL',
          where: ['your Identity Server'],
          pattern: '^https://[^/]+/nidp/saml2/metadata$',
          example: 'https://login.acme.com/nidp/saml2/metadata',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. The metadata address ends in /nidp/saml2/metadata.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For an Identity Server inside your network. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'IdP metadata',
          where: ['your Identity Server', '/nidp/saml2/metadata'],
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
          where: ['IdP metadata'],
          pattern: '^https://[^/]+/nidp/saml2/sso$',
          example: 'https://login.acme.com/nidp/saml2/sso',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IdP URI (Entity ID)',
          where: ['IdP metadata'],
          mistakes: [],
        },
        { field: 'certificate', label: 'X.509 Certificate', where: ['IdP metadata'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'the attribute set' },
    { field: 'email', name: 'email', source: 'the attribute set' },
    { field: 'firstName', name: 'firstName', source: 'the attribute set' },
    { field: 'lastName', name: 'lastName', source: 'the attribute set' },
    { field: 'groups', name: 'groups', source: 'the attribute set' },
  ],
  console: {
    entity_id: { path: ['your service provider'], label: 'Metadata' },
    acs_url: { path: ['your service provider'], label: 'Metadata' },
    metadata: { path: ['your Identity Server'], label: '/nidp/saml2/metadata' },
    certificate: { path: ['your Identity Server'], label: '/nidp/saml2/metadata' },
    name_id: {
      path: ['your service provider', 'Authentication Response'],
      label: 'Name Identifier',
      choice: 'E-mail',
    },
    email_attribute: {
      path: ['your service provider', 'Attributes'],
      label: 'email',
      choice: 'the e-mail address, under Send with authentication',
    },
    assignment: { path: ['Devices', 'Identity Servers'], label: 'the roles and policies of the person' },
  },
  repairs: [
    {
      causes: ['audience_differs', 'destination_differs', 'recipient_differs', 'request_malformed'],
      where: { path: ['your service provider'], label: 'Metadata' },
      fix: 'Load our metadata again, or paste it as **Metadata Text**, then update the Identity Servers.',
      copy: 'SP_METADATA_URL',
    },
  ],
  mistakes: [
    {
      symptom: 'Our metadata can’t be imported',
      cause: 'The Identity Server doesn’t trust the certificate of our address.',
      fix: 'Paste the metadata as **Metadata Text** instead.',
      subject: 'entity_id',
    },
    {
      symptom: 'Nothing changed after saving',
      cause: 'The Identity Servers weren’t updated.',
      fix: 'Choose **Update** under **Identity Servers** and wait until all are current.',
    },
    {
      symptom: 'The attributes are missing',
      cause: 'They stand under **Available**, not under **Send with authentication**.',
      fix: 'Move them over, choose the attribute set, and update the Identity Servers.',
      subject: 'email_attribute',
    },
  ],
  errors: [],
  assignment: 'NetIQ lets in whom its own policies let in; there is no list of people per application.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: NetIQ', url: 'https://workos.com/docs/integrations/net-iq-saml' }],
};
