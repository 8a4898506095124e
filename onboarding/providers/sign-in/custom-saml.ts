import { nameIdSource } from '../../attributes.ts';
import { providerPatterns } from './patterns.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** Providers we recognise but have no guide for are found here by name. */
const withoutOwnGuide = providerPatterns
  .filter(({ guideId, oidcGuideId }) => guideId === 'custom-saml' && oidcGuideId === undefined)
  .map((pattern) => pattern.name);

export const customSaml: SignInGuide = {
  id: 'custom-saml',
  name: 'Custom SAML',
  shortName: 'your identity provider',
  names: ['SAML', 'SAML 2.0', 'Generic SAML', 'Other', ...withoutOwnGuide],
  mark: 'SA',
  protocol: 'saml',
  connectionType: 'GenericSAML',
  whyRecommended: 'Works with any SAML 2.0 identity provider.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create a SAML app',
      where: { path: ['Applications', 'New SAML 2.0 application'] },
      blocks: [
        {
          kind: 'text',
          text: 'In your provider’s console add an application of the type SAML 2.0, often called custom app, service provider or relying party.',
        },
        valueSlip('Name', 'PRODUCT'),
      ],
    },
    {
      id: 'values',
      title: 'Paste our values',
      where: { path: ['your app', 'SAML settings'] },
      blocks: [
        valueSlip(
          'ACS URL',
          'ACS_URL',
          'Also called reply URL, single sign-on URL, assertion consumer service or callback. Use it for recipient and destination too.',
        ),
        valueSlip(
          'Entity ID',
          'SP_ENTITY_ID',
          'Also called audience, SP entity ID, identifier, relying party trust identifier or client ID. No slash at the end.',
        ),
        valueSlip('Metadata URL', 'SP_METADATA_URL', 'Some consoles read both values from here.'),
        { kind: 'setting', label: 'Start or sign-on URL, relay state, logout URL', choice: 'leave blank' },
        {
          kind: 'form',
          title: 'SAML settings',
          fields: [
            { label: 'ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Name ID format', value: 'emailAddress', control: 'choice' },
            { label: 'Sign assertion', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'signing',
      title: 'Choose signing and Name ID',
      where: { path: ['your app', 'SAML settings', 'Advanced'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Name ID format',
          choice: 'emailAddress',
          hint: 'persistent works too, transient doesn’t.',
        },
        {
          kind: 'setting',
          label: 'Sign assertion',
          choice: 'on',
          hint: 'Signing the response as well is better still.',
        },
        { kind: 'setting', label: 'Signature algorithm', choice: 'RSA-SHA256' },
        { kind: 'setting', label: 'Digest algorithm', choice: 'SHA-256' },
        { kind: 'setting', label: 'Encrypt assertion', choice: 'off' },
        { kind: 'setting', label: 'Response binding', choice: 'HTTP-POST' },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['your app', 'Attribute mapping'] },
      blocks: [
        { kind: 'attribute', field: 'id', name: 'id', source: 'an id that never changes', isOptional: true },
        { kind: 'attribute', field: 'email', name: 'email', source: 'e-mail address' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'first name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'last name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'group names, one value each',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'If your console can’t rename them, leave its names. You can match them here later.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the people in',
      where: { path: ['your app', 'Users and groups'] },
      blocks: [
        { kind: 'text', text: 'Assign the people or groups who should sign in, and yourself for the test.' },
      ],
    },
    {
      id: 'metadata',
      title: 'Find the metadata',
      where: { path: ['your app', 'Identity provider metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Look for an address called identity provider metadata, federation metadata or issuer URL. A file works as well.',
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
          label: 'Identity provider metadata URL',
          where: ['your app', 'Identity provider metadata'],
          pattern: '^https://[^\\s]+$',
          example: 'https://idp.example.com/saml/metadata',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is the address where people sign in, not metadata.',
            },
            { code: 'own_address', explanation: 'This is our own address. Paste your identity provider’s.' },
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
          label: 'Identity provider metadata XML',
          where: ['your app', 'Identity provider metadata'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when there is neither. You come back when the certificate changes.',
      fields: [
        { field: 'sso_url', label: 'IdP SSO URL', where: ['your app', 'SAML settings'], mistakes: [] },
        { field: 'entity_id', label: 'IdP Entity ID', where: ['your app', 'SAML settings'], mistakes: [] },
        {
          field: 'certificate',
          label: 'X.509 Certificate',
          where: ['your app', 'SAML settings'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: nameIdSource, source: 'Name ID' },
    { field: 'email', name: 'email', source: 'e-mail address' },
    { field: 'firstName', name: 'firstName', source: 'first name' },
    { field: 'lastName', name: 'lastName', source: 'last name' },
    { field: 'groups', name: 'groups', source: 'group names' },
  ],
  console: {
    entity_id: { path: ['SAML settings'], label: 'Entity ID' },
    acs_url: { path: ['SAML settings'], label: 'ACS URL' },
    metadata: { path: ['Identity provider metadata'], label: 'Metadata URL' },
    certificate: { path: ['SAML settings'], label: 'X.509 Certificate' },
    assertion_signing: { path: ['SAML settings', 'Advanced'], label: 'Sign assertion', choice: 'on' },
    signature_algorithm: {
      path: ['SAML settings', 'Advanced'],
      label: 'Signature algorithm',
      choice: 'RSA-SHA256',
    },
    encryption: { path: ['SAML settings', 'Advanced'], label: 'Encrypt assertion', choice: 'off' },
    name_id: { path: ['SAML settings', 'Advanced'], label: 'Name ID format', choice: 'emailAddress' },
    email_attribute: { path: ['Attribute mapping'], label: 'email', choice: 'the person’s e-mail address' },
    assignment: { path: ['Users and groups'], label: 'Assign' },
  },
  mistakes: [
    {
      symptom: 'Access denied at your provider',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: 'Assign it, wait a minute and start the test again.',
      subject: 'assignment',
    },
    {
      symptom: 'Unknown application or invalid requester',
      cause: 'The **Entity ID** in the console differs from ours.',
      fix: 'Paste ours into **Entity ID**.',
      subject: 'entity_id',
    },
    {
      symptom: 'Invalid redirect or reply address',
      cause: 'The **ACS URL** in the console differs from ours.',
      fix: 'Paste ours into **ACS URL**.',
      subject: 'acs_url',
    },
  ],
  errors: [],
  assignment: 'Most providers let in only people assigned to the app.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: Custom SAML', url: 'https://workos.com/docs/integrations/custom-saml' }],
};
