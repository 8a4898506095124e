import { salesforce, salesforceGrants } from './salesforce.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const salesforceOidc: SignInGuide = {
  id: 'salesforce-oidc',
  name: 'Salesforce',
  shortName: 'Salesforce',
  names: ['Salesforce Identity', 'SFDC', 'Salesforce Platform', 'force.com'],
  mark: 'Sf',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'No certificate and no custom attributes. Somebody has to replace the secret when it is renewed.',
  },
  connectionType: 'GenericOIDC',
  whyRecommended: 'One callback URL goes there, one key and secret come back.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the connected app',
      where: { path: ['Setup', 'App Manager', 'New Connected App'] },
      blocks: [
        {
          kind: 'text',
          text: 'Fill in the name and a contact. Then tick **Enable OAuth Settings**.',
        },
        valueSlip('Connected App Name', 'PRODUCT'),
        valueSlip('Callback URL', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        {
          kind: 'setting',
          label: 'Selected OAuth Scopes',
          choice:
            'Access the identity URL service (id, profile, email, address, phone); Access unique user identifiers (openid)',
          hint: 'Move both to the right.',
        },
        {
          kind: 'setting',
          label: 'Require Proof Key for Code Exchange (PKCE)',
          choice: 'ticked or not',
          hint: 'We send it, so both work.',
        },
        { kind: 'text', text: 'Choose **Save**. Salesforce takes up to ten minutes until the app works.' },
        {
          kind: 'form',
          title: 'API (Enable OAuth Settings)',
          fields: [
            { label: 'Enable OAuth Settings', value: 'ticked', control: 'tick' },
            { label: 'Callback URL', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Selected OAuth Scopes', value: 'id, openid', control: 'choice' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Setup', 'External Client App Manager', 'New External Client App'],
        text: 'Newer organizations offer **External Client Apps** in place of new connected apps. The OAuth settings have the same names.',
      },
    },
    {
      id: 'assign',
      title: 'Let the profiles in',
      where: { path: ['App Manager', 'your app', 'Manage', 'Manage Profiles'] },
      blocks: [
        ...salesforceGrants,
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email of the user' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'First Name of the user' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Last Name of the user' },
      ],
    },
    {
      id: 'credentials',
      title: 'Copy the consumer key and secret',
      where: { path: ['App Manager', 'your app', 'Manage Consumer Details'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Manage Consumer Details**, confirm who you are, and copy **Consumer Key** and **Consumer Secret**.',
        },
        {
          kind: 'form',
          title: 'Consumer Details',
          fields: [
            { label: 'Consumer Key', value: '3MVG9…', control: 'text' },
            { label: 'Consumer Secret', value: '••••••••', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'my-domain',
      title: 'Copy your My Domain address',
      where: { path: ['Setup', 'Company Settings', 'My Domain'] },
      blocks: [
        {
          kind: 'text',
          text: 'Copy **Current My Domain URL**. The discovery address is that address with /.well-known/openid-configuration behind it.',
        },
        {
          kind: 'form',
          title: 'My Domain',
          fields: [{ label: 'Current My Domain URL', value: 'acme.my.salesforce.com', control: 'text' }],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery address, so new keys need nothing from you.',
      fields: [
        {
          field: 'discovery_url',
          label: 'Current My Domain URL, with /.well-known/openid-configuration behind it',
          where: ['Setup', 'Company Settings', 'My Domain'],
          pattern: '^https://[a-z0-9.-]+/\\.well-known/openid-configuration$',
          example: 'https://acme.my.salesforce.com/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation:
                'This is the **Current My Domain URL**. Add /.well-known/openid-configuration behind it.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Consumer Key',
          where: ['your app', 'Manage Consumer Details'],
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Consumer Secret',
          where: ['your app', 'Manage Consumer Details'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation: 'This is the **Consumer Key** again. The **Consumer Secret** stands below it.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'given_name', source: 'First Name' },
    { field: 'lastName', name: 'family_name', source: 'Last Name' },
  ],
  console: {
    redirect_uri: { path: ['App Manager', 'your app', 'Edit'], label: 'Callback URL' },
    client_id: { path: ['App Manager', 'your app', 'Manage Consumer Details'], label: 'Consumer Key' },
    client_secret: {
      path: ['App Manager', 'your app', 'Manage Consumer Details'],
      label: 'Consumer Secret',
    },
    issuer: {
      path: ['Setup', 'Company Settings', 'My Domain'],
      label: 'Current My Domain URL',
      choice: 'the one of the discovery address you gave us',
    },
    scopes: {
      path: ['App Manager', 'your app', 'Edit'],
      label: 'Selected OAuth Scopes',
      choice: 'the identity URL service and openid',
    },
    email_attribute: { path: ['Setup', 'Users', 'the person'], label: 'Email' },
    assignment: { path: ['App Manager', 'your app', 'Manage'], label: 'Manage Profiles' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['Setup', 'Users', 'the person'], label: 'Email' },
      fix: 'Fill **Email** of the person, and allow the identity URL service among **Selected OAuth Scopes**.',
    },
  ],
  mistakes: [
    {
      symptom: 'The app can’t be found right after saving',
      cause: 'Salesforce takes two to ten minutes until a new app works.',
      fix: 'Wait ten minutes and test again.',
    },
    {
      symptom: 'redirect_uri_mismatch',
      cause: 'The **Callback URL** in Salesforce differs from ours.',
      fix: 'Paste ours into **Callback URL**, save, and wait ten minutes.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'The issuer differs',
      cause: 'The discovery address of another Salesforce domain was used.',
      fix: 'Use the one of **Current My Domain URL**.',
      subject: 'issuer',
    },
    {
      symptom: 'No e-mail arrives, or the scope is refused',
      cause: 'One of the two scopes is missing on the app.',
      fix: 'Move both to **Selected OAuth Scopes** and save.',
      subject: 'scopes',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri_mismatch',
      meaning: 'The callback address in Salesforce differs from ours.',
      fix: 'Paste ours into **Callback URL**, save, and wait ten minutes.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client_id',
      meaning: 'Salesforce doesn’t know the consumer key yet.',
      fix: 'Wait ten minutes after saving, or copy **Consumer Key** again.',
      subject: 'client_id',
    },
    {
      shown: 'invalid_client',
      meaning: 'Salesforce doesn’t accept the consumer key or the secret.',
      fix: 'Copy **Consumer Secret** again and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'invalid_scope',
      meaning: 'The app in Salesforce doesn’t allow a scope that we ask for.',
      fix: 'Move both scopes to **Selected OAuth Scopes** and save.',
      subject: 'scopes',
    },
  ],
  assignment: salesforce.assignment,
  checkedOn: '2026-11-25',
  sources: [{ title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' }],
};
