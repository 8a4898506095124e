import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const duo: SignInGuide = {
  id: 'duo',
  name: 'Duo Single Sign-On',
  shortName: 'Duo',
  names: ['Duo', 'Duo SSO', 'Duo Security', 'Cisco Duo', 'Duo Central', 'duosecurity.com'],
  mark: 'Du',
  protocol: 'saml',
  connectionType: 'DuoSAML',
  whyRecommended: 'Duo publishes metadata for each application, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Protect an application',
      where: { path: ['Duo Admin Panel', 'Applications', 'Protect an Application'] },
      blocks: [
        {
          kind: 'note',
          tone: 'caution',
          text: 'Duo Single Sign-On needs an authentication source first: Active Directory or another SAML identity provider. Duo hands the sign-in on to it, and without one no application works.',
        },
        {
          kind: 'text',
          text: 'Look for **Generic SAML Service Provider** of the type **2FA with SSO hosted by Duo (Single Sign-On)** and choose **Protect**.',
        },
        {
          kind: 'form',
          title: 'Protect an Application',
          fields: [
            { label: 'Generic SAML Service Provider', value: '', control: 'text' },
            { label: '2FA with SSO hosted by Duo (Single Sign-On)', value: 'selected', control: 'choice' },
            { label: 'Protect', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Applications', 'Application Catalog'],
        text: 'Newer panels have an **Application Catalog** instead. The entry has the same name, **Generic SAML Service Provider**.',
      },
    },
    {
      id: 'service-provider',
      title: 'Fill in the service provider',
      where: { path: ['your application', 'Service Provider'] },
      blocks: [
        valueSlip('Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('Assertion Consumer Service (ACS) URL', 'ACS_URL'),
        {
          kind: 'setting',
          label: 'Single Logout URL, Service Provider Login URL, Default Relay State',
          choice: 'leave blank',
        },
        {
          kind: 'form',
          title: 'Service Provider',
          fields: [
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Assertion Consumer Service (ACS) URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Single Logout URL', value: '', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'saml-response',
      title: 'Set what Duo answers',
      where: { path: ['your application', 'SAML Response'] },
      blocks: [
        { kind: 'setting', label: 'NameID format', choice: 'emailAddress' },
        { kind: 'setting', label: 'NameID attribute', choice: '<Email Address>' },
        { kind: 'setting', label: 'Signature algorithm', choice: 'SHA256' },
        {
          kind: 'setting',
          label: 'Signing options',
          choice: 'Sign response and Sign assertion',
          hint: 'Tick both.',
        },
        { kind: 'text', text: 'Under **Map attributes** add one row for each attribute.' },
        { kind: 'attribute', field: 'id', name: 'id', source: '<Username>' },
        { kind: 'attribute', field: 'email', name: 'email', source: '<Email Address>' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: '<First Name>' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: '<Last Name>' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Role attributes: attribute name groups, one role per Duo group',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Duo sends all four or none. Where people have no last name, map **<Display Name>** to lastName.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the people in and save',
      where: { path: ['your application', 'Settings'] },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'User access',
          choice: 'all users, or the groups who should sign in',
          hint: 'Newer applications begin with no users at all.',
        },
        { kind: 'text', text: 'Choose **Save** at the end of the page.' },
        {
          kind: 'note',
          tone: 'information',
          text: 'Let yourself in too, so that you can do the test sign-in.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['your application', 'Metadata', 'Metadata URL'] },
      blocks: [
        {
          kind: 'text',
          text: 'Scroll up to **Metadata** and copy the **Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'Metadata',
          fields: [
            { label: 'Entity ID', value: 'https://sso-….sso.duosecurity.com/…', control: 'text' },
            { label: 'Single Sign-On URL', value: 'https://sso-….sso.duosecurity.com/…', control: 'text' },
            {
              label: 'Metadata URL',
              value: 'https://sso-….sso.duosecurity.com/saml2/sp/DI…/metadata',
              control: 'text',
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
          label: 'Metadata URL',
          where: ['your application', 'Metadata'],
          pattern: '^https://sso-[0-9a-f]+\\.sso\\.duosecurity\\.com/saml2/sp/[A-Z0-9]+/metadata$',
          example: 'https://sso-1a2b3c4d.sso.duosecurity.com/saml2/sp/DI1A2B3C4D5E6F7G8H9I/metadata',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is the **Single Sign-On URL**. The metadata address ends in /metadata.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the Duo Admin Panel. Copy the **Metadata URL** it shows.',
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
          label: 'SAML metadata',
          where: ['your application', 'Metadata'],
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
          label: 'Single Sign-On URL',
          where: ['your application', 'Metadata'],
          mistakes: [],
        },
        { field: 'entity_id', label: 'Entity ID', where: ['your application', 'Metadata'], mistakes: [] },
        { field: 'certificate', label: 'Certificate', where: ['your application', 'Metadata'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: '<Username>' },
    { field: 'email', name: 'email', source: '<Email Address>' },
    { field: 'firstName', name: 'firstName', source: '<First Name>' },
    { field: 'lastName', name: 'lastName', source: '<Last Name>' },
    { field: 'groups', name: 'groups', source: 'Role attributes' },
  ],
  console: {
    entity_id: { path: ['your application', 'Service Provider'], label: 'Entity ID' },
    acs_url: {
      path: ['your application', 'Service Provider'],
      label: 'Assertion Consumer Service (ACS) URL',
    },
    metadata: { path: ['your application', 'Metadata'], label: 'Metadata URL' },
    certificate: { path: ['your application', 'Metadata'], label: 'Certificate' },
    assertion_signing: {
      path: ['your application', 'SAML Response'],
      label: 'Signing options',
      choice: 'Sign response and Sign assertion',
    },
    signature_algorithm: {
      path: ['your application', 'SAML Response'],
      label: 'Signature algorithm',
      choice: 'SHA256',
    },
    name_id: {
      path: ['your application', 'SAML Response'],
      label: 'NameID format',
      choice: 'emailAddress, with the NameID attribute <Email Address>',
    },
    email_attribute: {
      path: ['your application', 'SAML Response', 'Map attributes'],
      label: 'email',
      choice: '<Email Address>',
    },
    assignment: { path: ['your application', 'Settings'], label: 'User access' },
  },
  mistakes: [
    {
      symptom: '“Access denied” at Duo',
      cause: 'Newer applications begin without users, and nobody has been let in yet.',
      fix: 'Choose all users or your groups under **User access**, save, and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'Some people get in, others don’t',
      cause: 'One of the four mapped attributes is empty for them, often the last name.',
      fix: 'Map **<Display Name>** to lastName, or fill the value in their directory.',
      subject: 'email_attribute',
    },
    {
      symptom: 'Duo asks for no password, or ends at an error of its own',
      cause: 'Duo Single Sign-On has no authentication source.',
      fix: 'Add Active Directory or a SAML identity provider in Duo’s single sign-on settings first.',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values stands in the other field, or has a slash at the end.',
      fix: 'Paste both again: **Entity ID** and **Assertion Consumer Service (ACS) URL**.',
      subject: 'entity_id',
    },
  ],
  errors: [
    {
      shown: 'Access denied',
      meaning: 'Duo doesn’t let this person into the application.',
      fix: 'Add them or their group under **User access**, save, and start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'Duo lets in only whom **User access** names. Newer applications begin with nobody.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Duo', url: 'https://workos.com/docs/integrations/duo-saml' },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
    { title: 'SSOReady: documentation', url: 'https://ssoready.com/docs' },
  ],
};
