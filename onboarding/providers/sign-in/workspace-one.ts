import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const workspaceOne: SignInGuide = {
  id: 'workspace-one',
  name: 'Workspace ONE Access',
  shortName: 'Workspace ONE',
  names: [
    'VMware Workspace ONE',
    'VMware Identity Manager',
    'vIDM',
    'Omnissa Access',
    'Omnissa Workspace ONE',
    'AirWatch',
    'VMware',
  ],
  mark: 'Wo',
  protocol: 'saml',
  connectionType: 'VMwareSAML',
  whyRecommended: 'It can read our values from one address and publishes its own metadata.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a web app',
      where: { path: ['Catalog', 'Web Apps', 'New'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the admin console, go to **Catalog** → **Web Apps** and choose **New**.',
        },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next**.' },
      ],
    },
    {
      id: 'configuration',
      title: 'Paste our values',
      where: { path: ['your app', 'Configuration'] },
      blocks: [
        { kind: 'setting', label: 'Authentication Type', choice: 'SAML 2.0' },
        { kind: 'setting', label: 'Configuration', choice: 'URL/XML' },
        valueSlip('URL/XML', 'SP_METADATA_URL', 'It brings all of our values.'),
        { kind: 'text', text: 'If the console can’t reach it, choose **Manual** and paste:' },
        valueSlip('Single Sign-On URL', 'ACS_URL'),
        valueSlip('Recipient URL', 'ACS_URL'),
        valueSlip('Application ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Username Format', choice: 'Email' },
        { kind: 'setting', label: 'Username Value', choice: '${user.email}' },
        {
          kind: 'form',
          title: 'Configuration',
          fields: [
            { label: 'URL/XML', value: '', control: 'choice' },
            { label: 'Manual', value: 'selected', control: 'choice' },
            { label: 'Single Sign-On URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Recipient URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Application ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Username Format', value: 'Email', control: 'choice' },
            { label: 'Username Value', value: '${user.email}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'advanced',
      title: 'Switch signing on',
      where: { path: ['your app', 'Configuration', 'Advanced Properties'] },
      blocks: [
        { kind: 'setting', label: 'Sign Assertion', choice: 'on' },
        { kind: 'setting', label: 'Include Assertion Signature', choice: 'on' },
        {
          kind: 'form',
          title: 'Advanced Properties',
          fields: [
            { label: 'Sign Assertion', value: 'ticked', control: 'tick' },
            { label: 'Include Assertion Signature', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'Configuration', 'Custom Attribute Mapping'] },
      blocks: [
        {
          kind: 'text',
          text: 'Under **Custom Attribute Mapping** add one row for each attribute: name and value.',
        },
        {
          kind: 'attribute',
          field: 'id',
          name: 'id',
          source: '${user.objectGUID}, or ${user.ExternalId} where that is empty',
        },
        { kind: 'attribute', field: 'email', name: 'email', source: '${user.email}' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: '${user.firstName}' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: '${user.lastName}' },
        { kind: 'attribute', field: 'groups', name: 'groups', source: '${groupNames}', isOptional: true },
      ],
    },
    {
      id: 'assign',
      title: 'Save and assign',
      where: { path: ['your app', 'Save & Assign'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Save & Assign**, pick the people or groups who should sign in, and **Save**.',
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
      title: 'Copy the metadata URL',
      where: { path: ['Catalog', 'Settings', 'SAML Metadata', 'Identity Provider (IdP) metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Go back to **Catalog**, open **Settings** → **SAML Metadata**, and choose **Copy URL** beside **Identity Provider (IdP) metadata**.',
        },
        {
          kind: 'form',
          title: 'SAML Metadata',
          fields: [
            { label: 'Identity Provider (IdP) metadata', value: '', control: 'text' },
            { label: 'Copy URL', value: '', control: 'button' },
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
          label: 'Identity Provider (IdP) metadata',
          where: ['Catalog', 'Settings', 'SAML Metadata'],
          pattern: '^https://[a-z0-9.-]+/SAAS/API/1\\.0/GET/metadata/idp\\.xml$',
          example: 'https://acme.vmwareidentity.com/SAAS/API/1.0/GET/metadata/idp.xml',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. The metadata address ends in /idp.xml.',
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
          label: 'Identity Provider (IdP) metadata',
          where: ['Catalog', 'Settings', 'SAML Metadata'],
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
          where: ['Catalog', 'Settings', 'SAML Metadata'],
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IdP Entity ID',
          where: ['Catalog', 'Settings', 'SAML Metadata'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Signing Certificate',
          where: ['Catalog', 'Settings', 'SAML Metadata'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: '${user.objectGUID}' },
    { field: 'email', name: 'email', source: '${user.email}' },
    { field: 'firstName', name: 'firstName', source: '${user.firstName}' },
    { field: 'lastName', name: 'lastName', source: '${user.lastName}' },
    { field: 'groups', name: 'groups', source: '${groupNames}' },
  ],
  console: {
    entity_id: { path: ['Catalog', 'Web Apps', 'your app', 'Configuration'], label: 'Application ID' },
    acs_url: { path: ['Catalog', 'Web Apps', 'your app', 'Configuration'], label: 'Single Sign-On URL' },
    metadata: {
      path: ['Catalog', 'Settings', 'SAML Metadata'],
      label: 'Identity Provider (IdP) metadata',
    },
    certificate: { path: ['Catalog', 'Settings', 'SAML Metadata'], label: 'Signing Certificate' },
    assertion_signing: {
      path: ['Catalog', 'Web Apps', 'your app', 'Configuration', 'Advanced Properties'],
      label: 'Sign Assertion',
      choice: 'on, and Include Assertion Signature too',
    },
    name_id: {
      path: ['Catalog', 'Web Apps', 'your app', 'Configuration'],
      label: 'Username Format',
      choice: 'Email, with the Username Value ${user.email}',
    },
    email_attribute: {
      path: ['Catalog', 'Web Apps', 'your app', 'Configuration', 'Custom Attribute Mapping'],
      label: 'email',
      choice: '${user.email}',
    },
    assignment: { path: ['Catalog', 'Web Apps', 'your app'], label: 'Assign' },
  },
  mistakes: [
    {
      symptom: 'The app is missing, or access is denied',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: 'Choose **Assign** on the app, add it, and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The id is empty',
      cause: '${user.objectGUID} has no value for people who don’t come from Active Directory.',
      fix: 'Map id to ${user.ExternalId} under **Custom Attribute Mapping**.',
    },
    {
      symptom: 'The answer isn’t signed as we need it',
      cause: '**Sign Assertion** or **Include Assertion Signature** is off.',
      fix: 'Switch both on under **Advanced Properties**.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The address differs',
      cause: '**Recipient URL** was left as it was.',
      fix: 'Paste the same value into **Single Sign-On URL** and **Recipient URL**.',
      subject: 'acs_url',
    },
  ],
  errors: [],
  assignment: 'Workspace ONE lets in only people assigned to the app: **Assign**.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: VMware', url: 'https://workos.com/docs/integrations/vmware-saml' }],
};
