import type { SignInGuide } from './provider.ts';

const remoteSp = `$metadata['{SP_ENTITY_ID}'] = [
    'AssertionConsumerService' => [
        [
            'index' => 0,
            'isDefault' => true,
            'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
            'Location' => '{ACS_URL}',
        ],
    ],
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'saml20.sign.assertion' => true,
    'saml20.sign.response' => true,
    'assertion.encryption' => false,
    'authproc' => [
        20 => [
            'class' => 'saml:AttributeNameID',
            'identifyingAttribute' => 'mail',
            'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        ],
        50 => [
            'class' => 'core:AttributeMap',
            'uid' => 'id',
            'mail' => 'email',
            'givenName' => 'firstName',
            'sn' => 'lastName',
        ],
    ],
];`;

const olderRemoteSp = `$metadata['{SP_ENTITY_ID}'] = [
    'AssertionConsumerService' => '{ACS_URL}',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'simplesaml.nameidattribute' => 'mail',
    'authproc' => [
        50 => [
            'class' => 'core:AttributeMap',
            'uid' => 'id',
            'mail' => 'email',
            'givenName' => 'firstName',
            'sn' => 'lastName',
        ],
    ],
];`;

export const simpleSamlPhp: SignInGuide = {
  id: 'simplesamlphp',
  name: 'SimpleSAMLphp',
  shortName: 'SimpleSAMLphp',
  names: ['Simple SAML PHP', 'SSP', 'simplesaml'],
  mark: 'Ss',
  protocol: 'saml',
  connectionType: 'SimpleSamlPhpSAML',
  whyRecommended: 'One entry in a file does it, and SimpleSAMLphp publishes its own metadata.',
  audience: 'everyone',
  steps: [
    {
      id: 'remote-sp',
      title: 'Add us to the remote service providers',
      where: { path: ['your SimpleSAMLphp', 'metadata', 'saml20-sp-remote.php'] },
      blocks: [
        { kind: 'text', text: 'Append the entry for your version to the file.' },
        {
          kind: 'snippet',
          label: 'metadata/saml20-sp-remote.php',
          value: remoteSp,
          hint: 'For version 2.',
        },
        {
          kind: 'snippet',
          label: 'metadata/saml20-sp-remote.php (1.x)',
          value: olderRemoteSp,
          hint: 'For version 1: another way to name the address and the Name ID.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The names mail, givenName, sn and uid are those of your authentication source. Replace them where yours differ.',
        },
      ],
      otherMenuPath: {
        path: ['admin', 'Federation', 'XML to SimpleSAMLphp metadata converter'],
        text: 'The admin pages have an **XML to SimpleSAMLphp metadata converter**: paste our metadata from {SP_METADATA_URL}, and add the lines from **NameIDFormat** on to what it makes.',
      },
    },
    {
      id: 'attributes',
      title: 'Check the attributes',
      where: { path: ['metadata', 'saml20-sp-remote.php', 'authproc', 'core:AttributeMap'] },
      blocks: [
        {
          kind: 'text',
          text: 'The filter **core:AttributeMap** gives your attributes our names. Without it we read mail, givenName and sn as they are.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'uid, or another id that never changes' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'mail' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'givenName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'sn' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'the attribute of your groups, mapped in the same way',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Signing the assertion and the response is on by default, encryption is off.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['https://<your host>/simplesaml/module.php/saml/idp/metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Version 2 has the metadata at /simplesaml/module.php/saml/idp/metadata. Open it once to see that it answers, then copy the address.',
        },
      ],
      otherMenuPath: {
        path: ['https://<your host>/simplesaml/saml2/idp/metadata.php'],
        text: 'Version 1 has it at /simplesaml/saml2/idp/metadata.php.',
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
          label: 'IdP metadata URL',
          where: ['your SimpleSAMLphp'],
          pattern: '^https://\\S+/(module\\.php/saml/idp/metadata|saml2/idp/metadata\\.php)$',
          example: 'https://login.acme.edu/simplesaml/module.php/saml/idp/metadata',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. The metadata address has “metadata” at its end.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For a server inside your network. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'SAML 2.0 IdP metadata',
          where: ['admin', 'Federation'],
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
          label: 'SingleSignOnService',
          where: ['SAML 2.0 IdP metadata'],
          pattern: '^https://\\S+/(module\\.php/saml/idp/singleSignOnService|saml2/idp/SSOService\\.php)$',
          example: 'https://login.acme.edu/simplesaml/module.php/saml/idp/singleSignOnService',
          mistakes: [],
        },
        { field: 'entity_id', label: 'entityID', where: ['SAML 2.0 IdP metadata'], mistakes: [] },
        {
          field: 'certificate',
          label: 'X509Certificate',
          where: ['SAML 2.0 IdP metadata'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'uid' },
    { field: 'email', name: 'email', source: 'mail' },
    { field: 'firstName', name: 'firstName', source: 'givenName' },
    { field: 'lastName', name: 'lastName', source: 'sn' },
  ],
  console: {
    entity_id: { path: ['metadata', 'saml20-sp-remote.php'], label: 'the key of our entry' },
    acs_url: { path: ['metadata', 'saml20-sp-remote.php'], label: 'AssertionConsumerService' },
    metadata: { path: ['your SimpleSAMLphp'], label: 'module.php/saml/idp/metadata' },
    certificate: { path: ['metadata', 'saml20-idp-hosted.php'], label: 'certificate' },
    assertion_signing: {
      path: ['metadata', 'saml20-sp-remote.php'],
      label: 'saml20.sign.assertion',
      choice: 'true',
    },
    encryption: {
      path: ['metadata', 'saml20-sp-remote.php'],
      label: 'assertion.encryption',
      choice: 'false',
    },
    name_id: {
      path: ['metadata', 'saml20-sp-remote.php'],
      label: 'NameIDFormat',
      choice: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress, with saml:AttributeNameID',
    },
    email_attribute: {
      path: ['metadata', 'saml20-sp-remote.php', 'core:AttributeMap'],
      label: 'email',
      choice: 'mail',
    },
    assignment: { path: ['metadata', 'saml20-sp-remote.php'], label: 'authproc' },
  },
  mistakes: [
    {
      symptom: 'SimpleSAMLphp finds no metadata for us',
      cause: 'The key of the entry isn’t our entity ID.',
      fix: 'Paste ours as the key, exactly, with no slash at the end.',
      subject: 'entity_id',
    },
    {
      symptom: 'The Name ID is different at every sign-in',
      cause: 'The default is a transient Name ID.',
      fix: 'Add the filter **saml:AttributeNameID** as above (version 1: **simplesaml.nameidattribute**).',
      subject: 'name_id',
    },
    {
      symptom: 'The address differs',
      cause: '**AssertionConsumerService** has the form of the other version, or another address.',
      fix: 'Use the entry of your version again.',
      subject: 'acs_url',
    },
    {
      symptom: 'Names or e-mail are missing',
      cause: 'The authentication source calls them otherwise.',
      fix: 'Replace the left side of **core:AttributeMap** with its names.',
      subject: 'email_attribute',
    },
  ],
  errors: [],
  assignment: 'SimpleSAMLphp lets in everybody of its authentication source, unless a filter refuses.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'SimpleSAMLphp: SP remote metadata reference',
      url: 'https://simplesamlphp.org/docs/stable/simplesamlphp-reference-sp-remote.html',
    },
    {
      title: 'SimpleSAMLphp: identity provider quickstart',
      url: 'https://simplesamlphp.org/docs/stable/simplesamlphp-idp.html',
    },
    { title: 'WorkOS: SimpleSAMLphp', url: 'https://workos.com/docs/integrations/simple-saml-php' },
  ],
};
