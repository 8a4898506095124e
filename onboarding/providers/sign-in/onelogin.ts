import type { GuideStep, SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** The same for an app of either protocol. */
export const oneLoginAccess: GuideStep = {
  id: 'access',
  title: 'Let the people in',
  where: { path: ['your app', 'Access'] },
  blocks: [
    { kind: 'text', text: 'Tick the roles whose people should sign in, your own among them, and save.' },
  ],
  otherMenuPath: {
    path: ['Users', 'the person', 'Applications', '+'],
    text: 'One person at a time: **Users** → the person → **Applications** → **+** → **Select application** → **Continue** → **Save**.',
  },
};

export const oneLogin: SignInGuide = {
  id: 'onelogin',
  name: 'OneLogin',
  shortName: 'OneLogin',
  names: ['One Login', 'OneLogin by One Identity', 'One Identity', 'onelogin.com'],
  mark: 'On',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates are noticed through the issuer URL, and there is no secret to keep.',
  },
  connectionType: 'OneLoginSAML',
  whyRecommended: 'OneLogin’s issuer URL serves the metadata, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-app',
      title: 'Add the connector',
      where: { path: ['Administration', 'Applications', 'Add App'] },
      blocks: [
        {
          kind: 'text',
          text: 'Search for **SAML Custom Connector (Advanced)** and choose it. Another connector may lack fields you need.',
        },
        valueSlip('Display Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Find Applications',
          fields: [
            { label: 'Search', value: 'SAML Custom Connector (Advanced)', control: 'text' },
            { label: 'Display Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'configuration',
      title: 'Fill in the configuration',
      where: { path: ['your app', 'Configuration'] },
      blocks: [
        valueSlip('Audience (EntityID)', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('ACS (Consumer) URL', 'ACS_URL', 'Use the same for **Recipient**.'),
        {
          kind: 'setting',
          label: 'ACS (Consumer) URL Validator',
          choice: 'the ACS URL again',
          hint: 'OneLogin reads it as a regular expression. Put \\ before / and ., ^ in front and $ behind to make it exact.',
        },
        valueSlip('Login URL', 'LOGIN_URL', 'Needed because sign-in starts with us.'),
        { kind: 'setting', label: 'SAML initiator', choice: 'Service Provider' },
        { kind: 'setting', label: 'SAML nameID format', choice: 'Email' },
        {
          kind: 'setting',
          label: 'SAML signature element',
          choice: 'Assertion',
          hint: 'Both is better still.',
        },
        { kind: 'setting', label: 'Encrypt assertion', choice: 'not ticked' },
        { kind: 'text', text: 'Leave **RelayState** blank and choose **Save**.' },
        {
          kind: 'form',
          title: 'Application details',
          fields: [
            { label: 'Audience (EntityID)', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Recipient', value: '{ACS_URL}', control: 'text' },
            { label: 'ACS (Consumer) URL Validator', value: '{ACS_URL}', control: 'text' },
            { label: 'ACS (Consumer) URL', value: '{ACS_URL}', control: 'text' },
            { label: 'SAML initiator', value: 'Service Provider', control: 'choice' },
            { label: 'SAML nameID format', value: 'Email', control: 'choice' },
            { label: 'SAML signature element', value: 'Assertion', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'parameters',
      title: 'Send the attributes',
      where: { path: ['your app', 'Parameters', '+'] },
      blocks: [
        {
          kind: 'text',
          text: 'Add one parameter per row: type the **Field name**, tick **Include in SAML assertion**, save, then choose the **Value**.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'UUID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'First Name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Last Name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'User Roles or MemberOf, with Multi-value parameter ticked',
          isOptional: true,
        },
        {
          kind: 'form',
          title: 'New Field',
          fields: [
            { label: 'Field name', value: 'email', control: 'text' },
            { label: 'Include in SAML assertion', value: 'ticked', control: 'tick' },
            { label: 'Multi-value parameter', value: 'not ticked', control: 'tick' },
            { label: 'Value', value: 'Email', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'signature',
      title: 'Choose the signature algorithm',
      where: { path: ['your app', 'SSO'] },
      blocks: [
        {
          kind: 'setting',
          label: 'SAML Signature Algorithm',
          choice: 'SHA-256',
          hint: 'Older apps stand on SHA-1, which is refused.',
        },
        { kind: 'text', text: 'Choose **Save**.' },
      ],
    },
    oneLoginAccess,
    {
      id: 'metadata',
      title: 'Copy the issuer URL',
      where: { path: ['your app', 'SSO', 'Issuer URL'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the **SSO** tab copy **Issuer URL**. OneLogin serves the metadata at this address.',
        },
        {
          kind: 'form',
          title: 'SSO',
          fields: [
            { label: 'X.509 Certificate', value: 'View Details', control: 'button' },
            { label: 'SAML Signature Algorithm', value: 'SHA-256', control: 'choice' },
            {
              label: 'Issuer URL',
              value: 'https://app.onelogin.com/saml/metadata/1a2b3c4d-…',
              control: 'text',
            },
            {
              label: 'SAML 2.0 Endpoint (HTTP)',
              value: 'https://acme.onelogin.com/trust/saml2/http-post/sso/1a2b3c4d-…',
              control: 'text',
            },
          ],
        },
      ],
      otherMenuPath: {
        path: ['your app', 'More Actions', 'SAML Metadata'],
        text: '**More Actions** → **SAML Metadata** saves the same as a file.',
      },
    },
  ],
  giveBack: [
    {
      kind: 'metadata_url',
      gain: 'We’ll notice new certificates ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'Issuer URL',
          where: ['SSO'],
          pattern: '^https://[a-z0-9-]+\\.onelogin\\.com/saml/metadata/[0-9a-z-]+$',
          example: 'https://app.onelogin.com/saml/metadata/1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the **SAML 2.0 Endpoint (HTTP)**, where people sign in. Copy **Issuer URL**.',
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
          label: 'SAML Metadata',
          where: ['More Actions', 'SAML Metadata'],
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
          label: 'SAML 2.0 Endpoint (HTTP)',
          where: ['SSO'],
          pattern: '^https://[a-z0-9-]+\\.onelogin\\.com/trust/saml2/http-(post|redirect)/sso/[0-9a-z-]+$',
          example: 'https://acme.onelogin.com/trust/saml2/http-post/sso/1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Issuer URL',
          where: ['SSO'],
          pattern: '^https://[a-z0-9-]+\\.onelogin\\.com/saml/metadata/[0-9a-z-]+$',
          example: 'https://app.onelogin.com/saml/metadata/1a2b3c4d-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'X.509 Certificate',
          where: ['SSO', 'X.509 Certificate', 'View Details'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'UUID' },
    { field: 'email', name: 'email', source: 'Email' },
    { field: 'firstName', name: 'firstName', source: 'First Name' },
    { field: 'lastName', name: 'lastName', source: 'Last Name' },
    { field: 'groups', name: 'groups', source: 'User Roles or MemberOf' },
  ],
  console: {
    entity_id: { path: ['Configuration'], label: 'Audience (EntityID)' },
    acs_url: {
      path: ['Configuration'],
      label: 'ACS (Consumer) URL',
      choice: 'ours, in Recipient and the validator too',
    },
    metadata: { path: ['SSO'], label: 'Issuer URL' },
    certificate: { path: ['SSO'], label: 'X.509 Certificate' },
    assertion_signing: {
      path: ['Configuration'],
      label: 'SAML signature element',
      choice: 'Assertion or Both',
    },
    signature_algorithm: { path: ['SSO'], label: 'SAML Signature Algorithm', choice: 'SHA-256' },
    encryption: { path: ['Configuration'], label: 'Encrypt assertion', choice: 'not ticked' },
    name_id: { path: ['Configuration'], label: 'SAML nameID format', choice: 'Email' },
    email_attribute: { path: ['Parameters'], label: 'email', choice: 'Email' },
    assignment: { path: ['Access'], label: 'Roles' },
  },
  mistakes: [
    {
      symptom: 'OneLogin complains about the ACS URL validator',
      cause: '**ACS (Consumer) URL Validator** is empty, or doesn’t match the ACS URL.',
      fix: 'Paste our ACS URL into **ACS (Consumer) URL Validator** as it is.',
      subject: 'acs_url',
    },
    {
      symptom: 'OneLogin says that you have no access to this app',
      cause: 'None of the person’s roles is ticked on the **Access** tab.',
      fix: 'Tick a role of theirs there, or add the app to the person under **Users**.',
      subject: 'assignment',
    },
    {
      symptom: 'Signed with SHA-1',
      cause: 'Older apps sign with SHA-1 unless told otherwise.',
      fix: 'Set **SAML Signature Algorithm** on the **SSO** tab to SHA-256.',
      subject: 'signature_algorithm',
    },
    {
      symptom: 'The person’s id changes with every sign-in',
      cause: 'Old connectors send a transient Name ID.',
      fix: 'Set **SAML nameID format** to Email, or send **UUID** as id.',
      subject: 'name_id',
    },
    {
      symptom: 'No e-mail arrives',
      cause: '**Include in SAML assertion** isn’t ticked for the parameter.',
      fix: 'Open it on the **Parameters** tab, tick **Include in SAML assertion**, save.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'ACS URL validator',
      meaning: 'OneLogin’s validator doesn’t match our ACS URL.',
      fix: 'Paste our ACS URL into **ACS (Consumer) URL Validator** as it is.',
      subject: 'acs_url',
      copy: 'ACS_URL',
    },
    {
      shown: 'do not have access to this application',
      meaning: 'This person has no role that may use the app.',
      fix: 'Tick a role of theirs on the **Access** tab, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'OneLogin lets in people whose role is ticked on the app’s **Access** tab.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: OneLogin SAML', url: 'https://workos.com/docs/integrations/onelogin-saml' },
    { title: 'Ory Polis: OneLogin', url: 'https://www.ory.com/docs/polis/sso-providers/onelogin' },
  ],
};
