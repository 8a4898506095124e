import type { SignInGuide } from './provider.ts';

/** The sandbox's own identity provider. It knows our values already, so there is nothing to paste there. */
export const testIdp: SignInGuide = {
  id: 'test-idp',
  name: 'Test IdP',
  shortName: 'the Test IdP',
  names: ['Test identity provider', 'Sandbox'],
  mark: 'Te',
  protocol: 'saml',
  variant: { label: 'SAML', gain: 'Recommended: nothing to paste, it knows the connection already.' },
  connectionType: 'TestIdp',
  whyRecommended: 'Comes with the sandbox and needs no account anywhere.',
  audience: 'sandbox',
  steps: [
    {
      id: 'open',
      title: 'Open the Test IdP',
      where: { path: ['Test IdP'] },
      blocks: [
        {
          kind: 'text',
          text: 'The Test IdP already knows this connection. There is nothing to paste there.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Its page offers people to sign in as, and faults to see what a failed sign-in looks like.',
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
          where: ['Test IdP'],
          prefilled: '{TEST_IDP_METADATA_URL}',
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'person' },
    { field: 'email', name: 'email', source: 'person' },
    { field: 'firstName', name: 'firstName', source: 'person' },
    { field: 'lastName', name: 'lastName', source: 'person' },
    { field: 'groups', name: 'groups', source: 'person' },
  ],
  console: {
    entity_id: { path: ['Faults'], label: 'Audience', choice: 'as registered' },
    acs_url: { path: ['Faults'], label: 'Recipient', choice: 'as registered' },
    metadata: { path: ['Test IdP'], label: 'Metadata URL' },
    certificate: { path: ['Faults'], label: 'Signing key', choice: 'current' },
    assertion_signing: { path: ['Faults'], label: 'Signature', choice: 'as usual' },
    signature_algorithm: { path: ['Faults'], label: 'Signature', choice: 'as usual' },
    encryption: { path: ['Faults'], label: 'Encryption', choice: 'off' },
    name_id: { path: ['Faults'], label: 'Name ID', choice: 'as usual' },
    email_attribute: { path: ['Faults'], label: 'E-mail', choice: 'the person' },
    assignment: { path: ['People'], label: 'Sign in as' },
  },
  mistakes: [
    {
      symptom: 'The test fails on purpose',
      cause: 'A fault is switched on in the Test IdP.',
      fix: 'Switch it off on the Test IdP’s page and test again.',
    },
  ],
  errors: [],
  assignment: 'Every person of the Test IdP may sign in.',
  checkedOn: '2026-11-25',
  sources: [],
};
