import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const connection = ['Applications', 'SP Connections', 'your connection'];

export const pingFederate: SignInGuide = {
  id: 'pingfederate',
  name: 'PingFederate',
  shortName: 'PingFederate',
  names: ['Ping Federate', 'Ping Identity', 'Ping', 'PingFed'],
  mark: 'PF',
  protocol: 'saml',
  connectionType: 'PingFederateSAML',
  whyRecommended: 'Its export holds the entity ID, the address and the certificate in one file.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-connection',
      title: 'Create the SP connection',
      where: { path: ['Applications', 'SP Connections', 'Create Connection'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose no template. Screens may stand in another order in your version; the labels are the same.',
        },
        { kind: 'setting', label: 'Connection Type', choice: 'Browser SSO Profiles, protocol SAML 2.0' },
        { kind: 'setting', label: 'Connection Options', choice: 'Browser SSO' },
        {
          kind: 'setting',
          label: 'Import Metadata',
          choice: 'None',
          hint: 'Or the address below: then our two values fill themselves.',
        },
        valueSlip('Metadata URL', 'SP_METADATA_URL'),
        {
          kind: 'form',
          title: 'SP Connection',
          fields: [
            { label: 'Browser SSO Profiles', value: 'ticked', control: 'tick' },
            { label: 'Protocol', value: 'SAML 2.0', control: 'choice' },
            { label: 'Browser SSO', value: 'ticked', control: 'tick' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'general',
      title: 'Name the partner',
      where: { path: [...connection, 'General Info'] },
      blocks: [
        valueSlip(
          'Partner’s Entity ID (Connection ID)',
          'SP_ENTITY_ID',
          'Paste exactly, with no slash at the end.',
        ),
        valueSlip('Connection Name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'General Info',
          fields: [
            { label: 'Partner’s Entity ID (Connection ID)', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Connection Name', value: '{PRODUCT}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'profiles',
      title: 'Choose the profiles',
      where: { path: [...connection, 'Browser SSO', 'SAML Profiles'] },
      blocks: [
        { kind: 'setting', label: 'IdP-Initiated SSO', choice: 'ticked' },
        { kind: 'setting', label: 'SP-Initiated SSO', choice: 'ticked' },
        { kind: 'setting', label: 'Single Logout (SLO) profiles', choice: 'not ticked' },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: { path: [...connection, 'Browser SSO', 'Assertion Creation', 'Attribute Contract'] },
      blocks: [
        {
          kind: 'setting',
          label: 'SAML_SUBJECT',
          choice: 'name format emailAddress',
        },
        {
          kind: 'text',
          text: 'Extend the contract by one line each. The LDAP attributes are the usual ones.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'objectGUID' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'mail' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'givenName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'sn' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'memberOf or isMemberOf',
          isOptional: true,
        },
        {
          kind: 'text',
          text: 'Under **Authentication Source Mapping** map your adapter, or choose **Map New Authentication Policy** → **Manage Policy Contracts** → **Create New Contract** with the same names.',
        },
        {
          kind: 'text',
          text: 'Under **Attribute Contract Fulfillment** give each name its source: the policy contract, or your LDAP.',
        },
        {
          kind: 'form',
          title: 'Attribute Contract Fulfillment',
          fields: [
            { label: 'SAML_SUBJECT', value: 'mail', control: 'choice' },
            { label: 'email', value: 'mail', control: 'choice' },
            { label: 'firstName', value: 'givenName', control: 'choice' },
            { label: 'lastName', value: 'sn', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'protocol',
      title: 'Fill in the protocol settings',
      where: { path: [...connection, 'Browser SSO', 'Protocol Settings'] },
      blocks: [
        valueSlip(
          'Endpoint URL',
          'ACS_URL',
          'Under **Assertion Consumer Service URL**, with the binding POST, marked as default.',
        ),
        { kind: 'setting', label: 'Allowable SAML Bindings', choice: 'POST and Redirect' },
        { kind: 'setting', label: 'Signature Policy', choice: 'Always sign assertion' },
        { kind: 'setting', label: 'Encryption Policy', choice: 'None' },
        {
          kind: 'form',
          title: 'Assertion Consumer Service URL',
          fields: [
            { label: 'Default', value: 'ticked', control: 'tick' },
            { label: 'Binding', value: 'POST', control: 'choice' },
            { label: 'Endpoint URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Add', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'credentials',
      title: 'Choose the signing certificate',
      where: { path: [...connection, 'Credentials', 'Digital Signature Settings'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Signing Certificate',
          choice: 'the one your server signs with',
        },
        {
          kind: 'setting',
          label: 'Include the certificate in the signature',
          choice: 'ticked',
        },
        { kind: 'setting', label: 'Signing Algorithm', choice: 'RSA SHA256' },
        {
          kind: 'text',
          text: 'On **Activation & Summary** turn the connection on and choose **Save**.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Export the metadata',
      where: { path: ['Applications', 'SP Connections', 'Select Action', 'Export Metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'In the row of your connection choose **Select Action** → **Export Metadata** and save the file.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Choose the signing key when the export asks for it. Otherwise the file holds no certificate.',
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'metadata_file',
      gain: 'One file holds everything. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'Export Metadata',
          where: ['Applications', 'SP Connections', 'Select Action'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'metadata_url',
      gain: 'Where your server answers from outside: we’ll notice new certificates ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'Federation metadata URL',
          where: ['your server, for our entity ID'],
          pattern: '^https://[^\\s]+/pf/federation_metadata\\.ping\\?PartnerSpId=[^\\s]+$',
          example:
            'https://sso.acme.com:9031/pf/federation_metadata.ping?PartnerSpId=https%3A%2F%2Fauth.example%2Fsso%2Fsaml%2Fconn_9f',
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
          label: 'SSO service URL',
          where: ['your server, with /idp/SSO.saml2 behind it'],
          pattern: '^https://[^\\s]+/idp/SSO\\.saml2$',
          example: 'https://sso.acme.com:9031/idp/SSO.saml2',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'SAML 2.0 Entity ID',
          where: ['System', 'Protocol Settings', 'Federation Info'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Signing Certificate',
          where: ['Security', 'Signing & Decryption Keys & Certificates'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'objectGUID' },
    { field: 'email', name: 'email', source: 'mail' },
    { field: 'firstName', name: 'firstName', source: 'givenName' },
    { field: 'lastName', name: 'lastName', source: 'sn' },
    { field: 'groups', name: 'groups', source: 'memberOf or isMemberOf' },
  ],
  console: {
    entity_id: { path: [...connection, 'General Info'], label: 'Partner’s Entity ID (Connection ID)' },
    acs_url: {
      path: [...connection, 'Browser SSO', 'Protocol Settings', 'Assertion Consumer Service URL'],
      label: 'Endpoint URL',
    },
    metadata: { path: ['Applications', 'SP Connections', 'Select Action'], label: 'Export Metadata' },
    certificate: {
      path: [...connection, 'Credentials', 'Digital Signature Settings'],
      label: 'Signing Certificate',
    },
    assertion_signing: {
      path: [...connection, 'Browser SSO', 'Protocol Settings', 'Signature Policy'],
      label: 'Always sign assertion',
      choice: 'ticked',
    },
    signature_algorithm: {
      path: [...connection, 'Credentials', 'Digital Signature Settings'],
      label: 'Signing Algorithm',
      choice: 'RSA SHA256',
    },
    encryption: {
      path: [...connection, 'Browser SSO', 'Protocol Settings', 'Encryption Policy'],
      label: 'Encryption Policy',
      choice: 'None',
    },
    name_id: {
      path: [...connection, 'Browser SSO', 'Assertion Creation', 'Attribute Contract'],
      label: 'SAML_SUBJECT',
      choice: 'name format emailAddress',
    },
    email_attribute: {
      path: [...connection, 'Browser SSO', 'Assertion Creation', 'Attribute Contract Fulfillment'],
      label: 'email',
      choice: 'mail',
    },
    assignment: {
      path: [...connection, 'Browser SSO', 'Assertion Creation', 'Issuance Criteria'],
      label: 'Issuance Criteria',
      choice: 'one that lets this person in, or none',
    },
  },
  repairs: [
    {
      causes: ['no_keys'],
      where: { path: ['Applications', 'SP Connections', 'Select Action'], label: 'Export Metadata' },
      fix: 'Choose **Export Metadata** again and pick the signing key in its dialog; without one the file has no certificate.',
    },
  ],
  mistakes: [
    {
      symptom: 'The file holds no certificate',
      cause: 'No signing key was chosen in the export.',
      fix: 'Choose **Select Action** → **Export Metadata** again and pick the signing key.',
      subject: 'metadata',
    },
    {
      symptom: 'PingFederate shows an error page before signing in',
      cause: 'The **Partner’s Entity ID** differs from ours, or the connection isn’t active.',
      fix: 'Paste ours into **Partner’s Entity ID (Connection ID)** and turn the connection on.',
      subject: 'entity_id',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The contract has no email, or nothing fulfils it.',
      fix: 'Add it to the **Attribute Contract** and give it the source mail.',
      subject: 'email_attribute',
    },
    {
      symptom: 'The assertion isn’t signed',
      cause: '**Always sign assertion** isn’t ticked.',
      fix: 'Tick it under **Signature Policy**.',
      subject: 'assertion_signing',
    },
  ],
  errors: [],
  assignment:
    'PingFederate lets in everybody whom your authentication source knows, unless **Issuance Criteria** say otherwise.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: PingFederate SAML', url: 'https://workos.com/docs/integrations/pingfederate-saml' },
    {
      title: 'Ping Identity: PingFederate documentation',
      url: 'https://docs.pingidentity.com/pingfederate/',
    },
  ],
};
