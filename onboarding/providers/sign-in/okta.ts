import type { GuideStep, SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** The same for an app of either protocol. */
export const oktaAssignment: GuideStep = {
  id: 'assign',
  title: 'Assign the people',
  where: { path: ['Assignments', 'Assign'] },
  blocks: [
    {
      kind: 'text',
      text: 'Choose **Assign to People** or **Assign to Groups**, then **Assign** beside each one, then **Done**.',
    },
    {
      kind: 'note',
      tone: 'information',
      text: 'Assign yourself too, so that you can do the test sign-in.',
    },
  ],
};

export const okta: SignInGuide = {
  id: 'okta',
  name: 'Okta',
  shortName: 'Okta',
  names: ['Okta Workforce Identity', 'Okta Identity Engine', 'Okta Classic Engine', 'okta.com'],
  mark: 'Ok',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates are noticed through the metadata URL, and there is no secret to keep.',
  },
  connectionType: 'OktaSAML',
  whyRecommended: 'Okta publishes metadata for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the app integration',
      where: { path: ['Applications', 'Applications', 'Create App Integration'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the Okta **Admin Console** as an administrator and go to **Applications**.',
        },
        { kind: 'setting', label: 'Sign-in method', choice: 'SAML 2.0' },
        {
          kind: 'text',
          text: 'Choose **Next**, give the app a name that your people will recognise, then **Next** again.',
        },
        valueSlip('App name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'Create a new app integration',
          fields: [
            { label: 'OIDC - OpenID Connect', value: '', control: 'choice' },
            { label: 'SAML 2.0', value: 'selected', control: 'choice' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'saml-settings',
      title: 'Fill in the SAML settings',
      where: { path: ['Create SAML Integration', 'Configure SAML'] },
      blocks: [
        valueSlip(
          'Single sign-on URL',
          'ACS_URL',
          'Leave **Use this for Recipient URL and Destination URL** ticked. Older consoles write “Single sign on URL”.',
        ),
        valueSlip('Audience URI (SP Entity ID)', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Default RelayState', choice: 'leave blank' },
        { kind: 'setting', label: 'Name ID format', choice: 'EmailAddress' },
        { kind: 'setting', label: 'Application username', choice: 'Email' },
        {
          kind: 'note',
          tone: 'information',
          text: 'Under **Show Advanced Settings** the defaults are right: **Response** and **Assertion Signature** Signed, RSA-SHA256, **Assertion Encryption** Unencrypted.',
        },
        {
          kind: 'text',
          text: 'Choose **Next**, then **I’m an Okta customer adding an internal app**, then **Finish**.',
        },
        {
          kind: 'form',
          title: 'SAML Settings',
          fields: [
            { label: 'Single sign-on URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Use this for Recipient URL and Destination URL', value: 'ticked', control: 'tick' },
            { label: 'Audience URI (SP Entity ID)', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Default RelayState', value: '', control: 'text' },
            { label: 'Name ID format', value: 'EmailAddress', control: 'choice' },
            { label: 'Application username', value: 'Email', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: ['Sign On', 'Attribute statements', 'Show legacy configuration', 'Edit'] },
      blocks: [
        {
          kind: 'text',
          text: 'In the app, open the **Sign On** tab and add one profile attribute statement per row.',
        },
        { kind: 'setting', label: 'Name format', choice: 'Unspecified' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'user.id' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'user.email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'user.firstName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'user.lastName' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Group attribute statement, filter Matches regex .*',
          isOptional: true,
        },
      ],
      otherMenuPath: {
        path: ['Create SAML Integration', 'Configure SAML', 'Attribute Statements (optional)'],
        text: 'Older consoles ask for **Attribute Statements** and **Group Attribute Statements** in the creation form, below the SAML settings. Later they are under **General** → **SAML Settings** → **Edit**.',
      },
    },
    oktaAssignment,
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['Sign On', 'Metadata details', 'Metadata URL', 'Copy'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the **Sign On** tab, find **Metadata details** and copy the **Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'Metadata details',
          fields: [
            {
              label: 'Metadata URL',
              value: 'https://acme.okta.com/app/exk…/sso/saml/metadata',
              control: 'text',
            },
            { label: 'Copy', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Sign On', 'SAML Signing Certificates', 'Actions', 'View IdP metadata'],
        text: 'In the row whose status is **Active** choose **Actions** → **View IdP metadata**, then copy the address of the tab that opens.',
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
          label: 'Metadata URL',
          where: ['Sign On', 'Metadata details'],
          pattern: '^https://[a-z0-9.-]+/app/exk[A-Za-z0-9]+/sso/saml/metadata$',
          example: 'https://acme.okta.com/app/exk1a2b3c4d5e6f7g8h9/sso/saml/metadata',
          mistakes: [
            {
              code: 'admin_console_host',
              explanation: 'This is the admin console’s address. Use the one without “-admin”.',
            },
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the **Sign on URL**, where people sign in. The metadata address ends in /metadata.',
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
          label: 'IdP metadata',
          where: ['Sign On', 'SAML Signing Certificates', 'Actions', 'View IdP metadata'],
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
          label: 'Sign on URL',
          where: ['Sign On', 'Metadata details', 'More details'],
          pattern: '^https://[a-z0-9.-]+/app/[^/]+/exk[A-Za-z0-9]+/sso/saml$',
          example: 'https://acme.okta.com/app/acme_product_1/exk1a2b3c4d5e6f7g8h9/sso/saml',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Issuer',
          where: ['Sign On', 'Metadata details', 'More details'],
          pattern: '^http://www\\.okta\\.com/exk[A-Za-z0-9]+$',
          example: 'http://www.okta.com/exk1a2b3c4d5e6f7g8h9',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Signing Certificate',
          where: ['Sign On', 'Metadata details', 'More details'],
          example: 'okta.cert',
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'user.id' },
    { field: 'email', name: 'email', source: 'user.email' },
    { field: 'firstName', name: 'firstName', source: 'user.firstName' },
    { field: 'lastName', name: 'lastName', source: 'user.lastName' },
    { field: 'groups', name: 'groups', source: 'Group attribute statement' },
  ],
  console: {
    entity_id: { path: ['General', 'SAML Settings', 'Edit'], label: 'Audience URI (SP Entity ID)' },
    acs_url: { path: ['General', 'SAML Settings', 'Edit'], label: 'Single sign-on URL' },
    metadata: { path: ['Sign On', 'Metadata details'], label: 'Metadata URL' },
    certificate: { path: ['Sign On', 'SAML Signing Certificates'], label: 'the row with status Active' },
    assertion_signing: {
      path: ['General', 'SAML Settings', 'Edit', 'Show Advanced Settings'],
      label: 'Assertion Signature',
      choice: 'Signed',
    },
    signature_algorithm: {
      path: ['General', 'SAML Settings', 'Edit', 'Show Advanced Settings'],
      label: 'Signature Algorithm',
      choice: 'RSA-SHA256',
    },
    encryption: {
      path: ['General', 'SAML Settings', 'Edit', 'Show Advanced Settings'],
      label: 'Assertion Encryption',
      choice: 'Unencrypted',
    },
    name_id: {
      path: ['General', 'SAML Settings', 'Edit'],
      label: 'Name ID format',
      choice: 'EmailAddress',
    },
    email_attribute: {
      path: ['Sign On', 'Attribute statements'],
      label: 'email',
      choice: 'user.email',
    },
    assignment: { path: ['Assignments', 'Assign'], label: 'Assign to People' },
  },
  mistakes: [
    {
      symptom: '“User is not assigned to this application”',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: 'Assign it under **Assignments**, wait a moment and start the test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values stands in the other field, or has a slash at the end.',
      fix: 'Paste both again: **Single sign-on URL** and **Audience URI (SP Entity ID)**.',
      subject: 'entity_id',
    },
    {
      symptom: 'You were already signed in to Okta as somebody else',
      cause: 'The browser used the administrator’s session.',
      fix: 'Open the test address in a private window.',
    },
    {
      symptom: 'The signature can’t be checked',
      cause: 'A certificate whose status is Inactive was copied.',
      fix: 'Copy the metadata of the row with status **Active**.',
      subject: 'certificate',
    },
  ],
  errors: [
    {
      shown: 'not assigned to this application',
      meaning: 'This person isn’t assigned to the app in Okta.',
      fix: 'Add them under **Assignments** → **Assign**, then start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'Okta lets in only people assigned to the app: **Assignments** → **Assign**.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Okta SAML', url: 'https://workos.com/docs/integrations/okta-saml' },
    { title: 'Ory Polis: Okta', url: 'https://www.ory.com/docs/polis/sso-providers/okta' },
    {
      title: 'Scalekit: Okta SAML',
      url: 'https://docs.scalekit.com/guides/integrations/sso-integrations/okta-saml',
    },
  ],
};
