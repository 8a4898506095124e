import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const awsIamIdentityCenter: SignInGuide = {
  id: 'aws-iam-identity-center',
  name: 'AWS IAM Identity Center',
  shortName: 'AWS',
  names: ['AWS SSO', 'AWS Single Sign-On', 'Amazon Web Services', 'Identity Center', 'awsapps.com'],
  mark: 'Aw',
  protocol: 'saml',
  connectionType: 'GenericSAML',
  whyRecommended: 'AWS publishes metadata for each application, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a SAML 2.0 application',
      where: { path: ['IAM Identity Center', 'Applications', 'Add application'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open **IAM Identity Center** in the region where it is enabled. Under **Applications** choose **Add application**.',
        },
        { kind: 'setting', label: 'Setup preference', choice: 'I have an application I want to set up' },
        { kind: 'setting', label: 'Application type', choice: 'SAML 2.0' },
        valueSlip('Display name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'Add application',
          fields: [
            { label: 'I have an application I want to set up', value: 'selected', control: 'choice' },
            { label: 'SAML 2.0', value: 'selected', control: 'choice' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: { path: ['your application', 'IAM Identity Center metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Under **IAM Identity Center metadata** copy the **SAML metadata file URL**. Keep it for the end.',
        },
        {
          kind: 'form',
          title: 'IAM Identity Center metadata',
          fields: [
            {
              label: 'SAML metadata file URL',
              value: 'https://portal.sso.eu-west-1.amazonaws.com/saml/metadata/…',
              control: 'text',
            },
          ],
        },
      ],
    },
    {
      id: 'application-metadata',
      title: 'Paste our values',
      where: { path: ['your application', 'Application metadata'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Application metadata',
          choice: 'Manually type your metadata values',
        },
        valueSlip('Application ACS URL', 'ACS_URL'),
        valueSlip('Application SAML audience', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Choose **Submit**.' },
        {
          kind: 'form',
          title: 'Application metadata',
          fields: [
            { label: 'Application ACS URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Application SAML audience', value: '{SP_ENTITY_ID}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Map the subject and the attributes',
      where: { path: ['your application', 'Actions', 'Edit attribute mappings'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Actions** → **Edit attribute mappings**. The row **Subject** is there already; add one for each of the others.',
        },
        {
          kind: 'setting',
          label: 'Subject',
          choice: '${user:email}, format emailAddress',
          hint: 'Left empty, AWS refuses every sign-in. ${user:subject} with the format persistent works as well.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: '${user:subject}' },
        { kind: 'attribute', field: 'email', name: 'email', source: '${user:email}' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: '${user:givenName}' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: '${user:familyName}' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: '${user:groups}; AWS sends ids, not names',
          isOptional: true,
        },
        { kind: 'text', text: 'Choose **Save changes**.' },
        {
          kind: 'form',
          title: 'Attribute mappings',
          fields: [
            { label: 'Subject', value: '${user:email}', control: 'text' },
            { label: 'id', value: '${user:subject}', control: 'text' },
            { label: 'email', value: '${user:email}', control: 'text' },
            { label: 'firstName', value: '${user:givenName}', control: 'text' },
            { label: 'lastName', value: '${user:familyName}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'assign',
      title: 'Assign the people',
      where: { path: ['your application', 'Assign users and groups'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Assign users and groups** and pick those who should sign in, and yourself for the test.',
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
          label: 'SAML metadata file URL',
          where: ['your application', 'IAM Identity Center metadata'],
          pattern: '^https://portal\\.sso\\.[a-z0-9-]+\\.amazonaws\\.com/saml/metadata/\\S+$',
          example: 'https://portal.sso.eu-west-1.amazonaws.com/saml/metadata/MTIzNDU2Nzg5MDEyX2lucy0x',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is the sign-in URL. Metadata has /saml/metadata/ in its address.',
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
          label: 'SAML metadata file',
          where: ['your application', 'IAM Identity Center metadata'],
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
          label: 'IAM Identity Center sign-in URL',
          where: ['your application', 'IAM Identity Center metadata'],
          pattern: '^https://portal\\.sso\\.[a-z0-9-]+\\.amazonaws\\.com/saml/assertion/\\S+$',
          example: 'https://portal.sso.eu-west-1.amazonaws.com/saml/assertion/MTIzNDU2Nzg5MDEyX2lucy0x',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'IAM Identity Center SAML issuer URL',
          where: ['your application', 'IAM Identity Center metadata'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'IAM Identity Center certificate',
          where: ['your application', 'IAM Identity Center metadata'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: '${user:subject}' },
    { field: 'email', name: 'email', source: '${user:email}' },
    { field: 'firstName', name: 'firstName', source: '${user:givenName}' },
    { field: 'lastName', name: 'lastName', source: '${user:familyName}' },
    { field: 'groups', name: 'groups', source: '${user:groups}' },
  ],
  console: {
    entity_id: {
      path: ['your application', 'Actions', 'Edit configuration'],
      label: 'Application SAML audience',
    },
    acs_url: { path: ['your application', 'Actions', 'Edit configuration'], label: 'Application ACS URL' },
    metadata: { path: ['your application', 'IAM Identity Center metadata'], label: 'SAML metadata file URL' },
    certificate: {
      path: ['your application', 'IAM Identity Center metadata'],
      label: 'IAM Identity Center certificate',
    },
    name_id: {
      path: ['your application', 'Actions', 'Edit attribute mappings'],
      label: 'Subject',
      choice: '${user:email}, format emailAddress',
    },
    email_attribute: {
      path: ['your application', 'Actions', 'Edit attribute mappings'],
      label: 'email',
      choice: '${user:email}',
    },
    assignment: { path: ['your application'], label: 'Assign users and groups' },
  },
  mistakes: [
    {
      symptom: '“Bad input” or “No access” at AWS',
      cause: 'The row **Subject** of the attribute mappings is empty.',
      fix: 'Set it to ${user:email} with the format emailAddress and save.',
      subject: 'name_id',
    },
    {
      symptom: 'The person doesn’t see the application',
      cause: 'It isn’t assigned to them.',
      fix: 'Choose **Assign users and groups** and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The groups are long ids',
      cause: 'AWS sends the ids of groups, never their names.',
      fix: 'Leave groups out, or match the ids in {PRODUCT}.',
    },
    {
      symptom: 'The audience or the address differs',
      cause: 'One of our two values stands in the other field, or has a slash at the end.',
      fix: 'Paste both again: **Application ACS URL** and **Application SAML audience**.',
      subject: 'entity_id',
    },
  ],
  errors: [
    {
      shown: 'Bad input',
      meaning: 'AWS has no subject for this application.',
      fix: 'Set **Subject** to ${user:email} with the format emailAddress, save, and start again.',
      subject: 'name_id',
    },
    {
      shown: 'No access',
      meaning: 'AWS doesn’t let this person into the application.',
      fix: 'Assign them, and check that **Subject** is mapped. Then start again.',
      subject: 'assignment',
    },
  ],
  assignment: 'AWS lets in only people assigned to the application: **Assign users and groups**.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' }],
};
