import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const keycloak: SignInGuide = {
  id: 'keycloak',
  name: 'Keycloak',
  shortName: 'Keycloak',
  names: ['Red Hat Single Sign-On', 'Red Hat build of Keycloak', 'RH-SSO', 'KC'],
  mark: 'Ke',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new realm keys arrive by themselves, and no secret has to be kept.',
  },
  connectionType: 'KeycloakSAML',
  whyRecommended: 'A realm publishes its metadata, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-client',
      title: 'Create the client',
      where: { path: ['your realm', 'Clients', 'Create client'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the Keycloak **Admin Console** and choose the realm your people are in, not **master**. Go to **Clients** and choose **Create client**.',
        },
        { kind: 'setting', label: 'Client type', choice: 'SAML' },
        valueSlip(
          'Client ID',
          'SP_ENTITY_ID',
          'Keycloak finds the client by it. Paste exactly, with no slash at the end.',
        ),
        valueSlip('Name', 'PRODUCT'),
        valueSlip('Valid redirect URIs', 'ACS_URL', 'Answers go to addresses of this list only.'),
        valueSlip('Master SAML Processing URL', 'ACS_URL'),
        { kind: 'text', text: 'Choose **Save**.' },
        {
          kind: 'form',
          title: 'Create client',
          fields: [
            { label: 'Client type', value: 'SAML', control: 'choice' },
            { label: 'Client ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Valid redirect URIs', value: '{ACS_URL}', control: 'text' },
            { label: 'Master SAML Processing URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Clients', 'Import client'],
        text: 'You can save our metadata from {SP_METADATA_URL} as a file and give it to **Import client** instead. Check the next step either way.',
      },
    },
    {
      id: 'settings',
      title: 'Name ID, binding and signing',
      where: { path: ['Clients', 'your client', 'Settings'] },
      blocks: [
        { kind: 'setting', label: 'Name ID format', choice: 'email' },
        { kind: 'setting', label: 'Force name ID format', choice: 'On' },
        { kind: 'setting', label: 'Force POST binding', choice: 'On' },
        {
          kind: 'setting',
          label: 'Sign assertions',
          choice: 'On',
          hint: 'It is Off in a new client. **Sign documents** may stay On as well.',
        },
        { kind: 'setting', label: 'Signature algorithm', choice: 'RSA_SHA256' },
        { kind: 'setting', label: 'SAML signature key name', choice: 'NONE' },
        { kind: 'text', text: 'Choose **Save**, then open the **Keys** tab.' },
        {
          kind: 'setting',
          label: 'Client signature required',
          choice: 'Off',
          hint: 'We sign our requests, since the realm’s metadata asks for it; Off means that Keycloak needs no certificate of ours for that.',
        },
        { kind: 'setting', label: 'Encrypt assertions', choice: 'Off' },
        {
          kind: 'note',
          tone: 'information',
          text: 'If you must encrypt: Keycloak 26.7 uses a digest that we can’t read. Set the client attribute saml.encryption.digestMethod to SHA-1.',
        },
        {
          kind: 'form',
          title: 'Signature and Encryption',
          fields: [
            { label: 'Sign documents', value: 'ticked', control: 'tick' },
            { label: 'Sign assertions', value: 'ticked', control: 'tick' },
            { label: 'Signature algorithm', value: 'RSA_SHA256', control: 'choice' },
            { label: 'SAML signature key name', value: 'NONE', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the attributes',
      where: {
        path: [
          'Clients',
          'your client',
          'Client scopes',
          'the scope that ends in -dedicated',
          'Add mapper',
          'By configuration',
          'User Property',
        ],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Add one **User Property** mapper per row: **Property** is Keycloak’s word, **SAML Attribute Name** is ours.',
        },
        { kind: 'setting', label: 'SAML Attribute NameFormat', choice: 'Basic' },
        { kind: 'attribute', field: 'id', name: 'id', source: 'Property id' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Property email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'Property firstName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'Property lastName' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source:
            'Group list mapper: Group attribute name groups, Single Group Attribute On, Full group path Off',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The scope **role_list** sends a Role attribute for every role. Remove it from the client, or switch its **Single Role Attribute** on.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['Realm settings', 'General', 'Endpoints', 'SAML 2.0 Identity Provider Metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open **Realm settings** → **General** and copy the link address of **SAML 2.0 Identity Provider Metadata**. People of the realm may sign in without being assigned.',
        },
        {
          kind: 'form',
          title: 'Realm settings',
          fields: [
            { label: 'Realm name', value: 'acme', control: 'text' },
            { label: 'SAML 2.0 Identity Provider Metadata', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['https://<host>/auth/realms/<realm>/protocol/saml/descriptor'],
        text: 'Before version 17 the address has /auth in front of /realms.',
      },
    },
  ],
  giveBack: [
    {
      kind: 'metadata_url',
      gain: 'We’ll notice new realm keys ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'SAML 2.0 Identity Provider Metadata',
          where: ['Realm settings', 'General', 'Endpoints'],
          pattern: '^https://[^/]+(/auth)?/realms/[^/]+/protocol/saml/descriptor$',
          example: 'https://id.acme.com/realms/acme/protocol/saml/descriptor',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in, or the realm itself. Metadata ends in /descriptor.',
            },
            {
              code: 'discovery_as_metadata',
              explanation: 'This is the **OpenID Endpoint Configuration**. Copy the link below it.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For a Keycloak inside your network. You come back when the realm’s key changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'SAML 2.0 Identity Provider Metadata',
          where: ['Realm settings', 'General', 'Endpoints'],
          mistakes: [],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the realm’s key changes.',
      fields: [
        {
          field: 'sso_url',
          label: 'SingleSignOnService address',
          where: ['SAML 2.0 Identity Provider Metadata'],
          pattern: '^https://[^/]+(/auth)?/realms/[^/]+/protocol/saml$',
          example: 'https://id.acme.com/realms/acme/protocol/saml',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'entityID',
          where: ['SAML 2.0 Identity Provider Metadata'],
          pattern: '^https://[^/]+(/auth)?/realms/[^/]+$',
          example: 'https://id.acme.com/realms/acme',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'X509Certificate',
          where: ['SAML 2.0 Identity Provider Metadata'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'Property id' },
    { field: 'email', name: 'email', source: 'Property email' },
    { field: 'firstName', name: 'firstName', source: 'Property firstName' },
    { field: 'lastName', name: 'lastName', source: 'Property lastName' },
    { field: 'groups', name: 'groups', source: 'Group list mapper' },
  ],
  console: {
    entity_id: { path: ['Clients', 'your client', 'Settings'], label: 'Client ID' },
    acs_url: { path: ['Clients', 'your client', 'Settings'], label: 'Master SAML Processing URL' },
    metadata: {
      path: ['Realm settings', 'General', 'Endpoints'],
      label: 'SAML 2.0 Identity Provider Metadata',
    },
    certificate: { path: ['Realm settings', 'Keys'], label: 'the active RS256 key' },
    assertion_signing: {
      path: ['Clients', 'your client', 'Settings', 'Signature and Encryption'],
      label: 'Sign assertions',
      choice: 'On',
    },
    signature_algorithm: {
      path: ['Clients', 'your client', 'Settings', 'Signature and Encryption'],
      label: 'Signature algorithm',
      choice: 'RSA_SHA256',
    },
    encryption: { path: ['Clients', 'your client', 'Keys'], label: 'Encrypt assertions', choice: 'Off' },
    name_id: {
      path: ['Clients', 'your client', 'Settings'],
      label: 'Name ID format',
      choice: 'email, with Force name ID format On',
    },
    email_attribute: {
      path: ['Clients', 'your client', 'Client scopes', 'the scope that ends in -dedicated'],
      label: 'email',
      choice: 'the User Property email',
    },
    assignment: { path: ['Users', 'the person'], label: 'Enabled' },
  },
  repairs: [
    {
      causes: ['encryption_refused', 'decryption_failed'],
      where: { path: ['Clients', 'your client', 'Keys'], label: 'Encrypt assertions' },
      fix: 'Switch **Encrypt assertions** Off, or set the client attribute saml.encryption.digestMethod to SHA-1.',
    },
    {
      causes: ['too_large'],
      where: { path: ['Clients', 'your client', 'Client scopes'], label: 'role_list' },
      fix: 'Remove the scope **role_list**, which sends every role, then test again.',
    },
  ],
  mistakes: [
    {
      symptom: '“Invalid Request” or “Invalid requester” at Keycloak',
      cause: 'The **Client ID** isn’t our entity ID, or the client checks the signature of our requests.',
      fix: 'Paste ours into **Client ID**, and set **Keys** → **Client signature required** to Off.',
      subject: 'entity_id',
    },
    {
      symptom: '“Invalid redirect uri” at Keycloak',
      cause: 'Our ACS URL isn’t in the client’s list of addresses.',
      fix: 'Paste it into **Valid redirect URIs** and **Master SAML Processing URL**.',
      subject: 'acs_url',
    },
    {
      symptom: 'The answer isn’t signed',
      cause: 'A new client has **Sign assertions** Off.',
      fix: 'Switch it On in **Settings** and save.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The signature can’t be checked any more',
      cause: 'The realm has a new key.',
      fix: 'Give us the metadata again.',
      subject: 'metadata',
    },
    {
      symptom: 'The answer is very large',
      cause: 'The scope **role_list** sends every role.',
      fix: 'Remove it from the client’s **Client scopes**.',
    },
  ],
  errors: [
    {
      shown: 'Invalid requester',
      meaning: 'The client checks the signature of our requests and doesn’t have our certificate.',
      fix: 'Set **Keys** → **Client signature required** to Off and save, or load our metadata’s certificate there.',
    },
    {
      shown: 'Invalid Request',
      meaning: 'Keycloak knows no client with our entity ID in this realm.',
      fix: 'Paste ours into **Client ID** and save.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
    {
      shown: 'Invalid redirect uri',
      meaning: 'Our ACS URL isn’t in the client’s list of addresses.',
      fix: 'Paste ours into **Valid redirect URIs** and **Master SAML Processing URL**, then save.',
      subject: 'acs_url',
      copy: 'ACS_URL',
    },
  ],
  assignment: 'Everybody of the realm who is **Enabled** may sign in.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Mattermost: SAML with Keycloak',
      url: 'https://docs.mattermost.com/onboard/sso-saml-keycloak.html',
    },
    { title: 'WorkOS: Keycloak SAML', url: 'https://workos.com/docs/integrations/keycloak-saml' },
    { title: 'Sourcegraph: SAML', url: 'https://sourcegraph.com/docs/admin/auth/saml' },
  ],
};
