import { nameIdSource } from '../../attributes.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

export const adfs: SignInGuide = {
  id: 'adfs',
  name: 'AD FS',
  shortName: 'AD FS',
  names: [
    'ADFS',
    'Active Directory Federation Services',
    'Active Directory',
    'Windows Server',
    'Microsoft AD FS',
  ],
  mark: 'AD',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: works with every version, and a metadata URL lets us notice the yearly new certificate.',
  },
  connectionType: 'ADFSSAML',
  whyRecommended: 'AD FS publishes metadata, so we notice its yearly new certificate ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'add-trust',
      title: 'Add the relying party trust',
      where: {
        path: [
          'Server Manager',
          'Tools',
          'AD FS Management',
          'Relying Party Trusts',
          'Add Relying Party Trust…',
        ],
      },
      blocks: [
        { kind: 'text', text: 'Choose **Claims aware**, then **Start**.' },
        {
          kind: 'setting',
          label: 'Select Data Source',
          choice: 'Import data about the relying party published online or on a local network',
        },
        valueSlip(
          'Federation metadata address (host name or URL)',
          'SP_METADATA_URL',
          'AD FS reads our two values from here. If it can’t reach us, the next step enters them by hand.',
        ),
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'form',
          title: 'Select Data Source',
          fields: [
            {
              label: 'Import data about the relying party published online or on a local network',
              value: 'selected',
              control: 'choice',
            },
            {
              label: 'Federation metadata address (host name or URL)',
              value: '{SP_METADATA_URL}',
              control: 'text',
            },
            { label: 'Import data about the relying party from a file', value: '', control: 'choice' },
            { label: 'Enter data about the relying party manually', value: '', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'values',
      title: 'Compare or paste our values',
      where: { path: ['Add Relying Party Trust Wizard', 'Configure URL', 'Configure Identifiers'] },
      blocks: [
        {
          kind: 'text',
          text: 'After an import both values are there already, so go on to the next step. Otherwise choose **Enter data about the relying party manually**.',
        },
        { kind: 'setting', label: 'Enable support for the SAML 2.0 WebSSO protocol', choice: 'ticked' },
        valueSlip('Relying party SAML 2.0 SSO service URL', 'ACS_URL'),
        valueSlip(
          'Relying party trust identifier',
          'SP_ENTITY_ID',
          'Choose **Add** after pasting. Paste exactly, with no slash at the end.',
        ),
        {
          kind: 'note',
          tone: 'information',
          text: 'Leave the token encryption certificate and the WS-Federation protocol alone.',
        },
        {
          kind: 'form',
          title: 'Configure URL',
          fields: [
            { label: 'Enable support for the SAML 2.0 WebSSO protocol', value: 'ticked', control: 'tick' },
            { label: 'Relying party SAML 2.0 SSO service URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Relying party trust identifier', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Add', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'access',
      title: 'Name it and let the people in',
      where: {
        path: ['Add Relying Party Trust Wizard', 'Specify Display Name', 'Choose Access Control Policy'],
      },
      blocks: [
        valueSlip('Display name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'Access control policy',
          choice: 'Permit everyone',
          hint: 'Or a policy that lets in the group who should sign in, you included.',
        },
        {
          kind: 'text',
          text: 'On **Ready to Add Trust** the tab **Endpoints** shows our address. Choose **Next**.',
        },
        { kind: 'setting', label: 'Configure claims issuance policy for this application', choice: 'ticked' },
        { kind: 'text', text: 'Choose **Close**. The rules open.' },
      ],
    },
    {
      id: 'claims',
      title: 'Send the attributes',
      where: {
        path: [
          'Relying Party Trusts',
          'your trust',
          'Edit Claim Issuance Policy…',
          'Add Rule…',
          'Send LDAP Attributes as Claims',
        ],
      },
      blocks: [
        { kind: 'setting', label: 'Attribute store', choice: 'Active Directory' },
        {
          kind: 'text',
          text: 'Left is the LDAP attribute, right the outgoing claim type. Add one row each.',
        },
        {
          kind: 'attribute',
          field: 'email',
          name: `${claims}/emailaddress`,
          source: 'E-Mail-Addresses → E-Mail Address',
        },
        {
          kind: 'attribute',
          field: 'firstName',
          name: `${claims}/givenname`,
          source: 'Given-Name → Given Name',
        },
        { kind: 'attribute', field: 'lastName', name: `${claims}/surname`, source: 'Surname → Surname' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'http://schemas.xmlsoap.org/claims/Group',
          source: 'Token-Groups - Unqualified Names → Group',
          isOptional: true,
        },
        {
          kind: 'form',
          title: 'Send LDAP Attributes as Claims',
          fields: [
            { label: 'Attribute store', value: 'Active Directory', control: 'choice' },
            { label: 'E-Mail-Addresses', value: 'E-Mail Address', control: 'choice' },
            { label: 'Given-Name', value: 'Given Name', control: 'choice' },
            { label: 'Surname', value: 'Surname', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'name-id',
      title: 'Send the Name ID',
      where: {
        path: [
          'Relying Party Trusts',
          'your trust',
          'Edit Claim Issuance Policy…',
          'Add Rule…',
          'Transform an Incoming Claim',
        ],
      },
      blocks: [
        { kind: 'text', text: 'Add a second rule below the first one.' },
        { kind: 'setting', label: 'Incoming claim type', choice: 'E-Mail Address' },
        { kind: 'setting', label: 'Outgoing claim type', choice: 'Name ID' },
        { kind: 'setting', label: 'Outgoing name ID format', choice: 'Email' },
        { kind: 'setting', label: 'Pass through all claim values', choice: 'selected' },
        { kind: 'text', text: 'Choose **Finish**, then **OK**.' },
        {
          kind: 'note',
          tone: 'caution',
          text: 'An account whose **E-mail** is empty in Active Directory sends neither address nor Name ID.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Find the metadata',
      where: { path: ['AD FS', 'Service', 'Endpoints', 'Metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'Put the name of your federation service before /FederationMetadata/2007-06/FederationMetadata.xml: that is the address.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'If the server answers inside your network only, open the address there, save the file and give us that.',
        },
        {
          kind: 'form',
          title: 'Endpoints',
          fields: [
            {
              label: 'Metadata',
              value: '/FederationMetadata/2007-06/FederationMetadata.xml',
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
      gain: 'We’ll notice the yearly new certificate ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'Federation metadata address',
          where: ['AD FS', 'Service', 'Endpoints', 'Metadata'],
          pattern: '^https://[^/\\s]+/FederationMetadata/2007-06/FederationMetadata\\.xml$',
          example: 'https://fs.acme.com/FederationMetadata/2007-06/FederationMetadata.xml',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the address where people sign in. The metadata is at /FederationMetadata/2007-06/FederationMetadata.xml.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'Works when the server can’t be reached from outside. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'FederationMetadata.xml',
          where: ['AD FS', 'Service', 'Endpoints', 'Metadata'],
          example: 'FederationMetadata.xml',
          mistakes: [
            {
              code: 'html',
              explanation: 'This is a saved web page. Save the address’s answer itself, as XML.',
            },
          ],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'For when neither is at hand. You come back when the certificate changes.',
      fields: [
        {
          field: 'sso_url',
          label: 'SAML 2.0/WS-Federation endpoint',
          where: ['AD FS', 'Service', 'Endpoints'],
          pattern: '^https://[^/\\s]+/adfs/ls/?$',
          example: 'https://fs.acme.com/adfs/ls/',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Federation Service identifier',
          where: ['AD FS', 'Edit Federation Service Properties…'],
          pattern: '^https?://[^/\\s]+/adfs/services/trust$',
          example: 'http://fs.acme.com/adfs/services/trust',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Token-signing certificate',
          where: ['AD FS', 'Service', 'Certificates'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: nameIdSource, source: 'Name ID' },
    { field: 'email', name: `${claims}/emailaddress`, source: 'E-Mail-Addresses' },
    { field: 'firstName', name: `${claims}/givenname`, source: 'Given-Name' },
    { field: 'lastName', name: `${claims}/surname`, source: 'Surname' },
    {
      field: 'groups',
      name: 'http://schemas.xmlsoap.org/claims/Group',
      source: 'Token-Groups - Unqualified Names',
    },
  ],
  console: {
    entity_id: {
      path: ['Relying Party Trusts', 'your trust', 'Properties', 'Identifiers'],
      label: 'Relying party trust identifier',
    },
    acs_url: {
      path: ['Relying Party Trusts', 'your trust', 'Properties', 'Endpoints'],
      label: 'Relying party SAML 2.0 SSO service URL',
    },
    metadata: { path: ['AD FS', 'Service', 'Endpoints'], label: 'Metadata' },
    certificate: { path: ['AD FS', 'Service', 'Certificates'], label: 'Token-signing' },
    assertion_signing: {
      path: ['Windows PowerShell', 'Set-AdfsRelyingPartyTrust'],
      label: '-SamlResponseSignature',
      choice: 'MessageAndAssertion',
    },
    signature_algorithm: {
      path: ['Relying Party Trusts', 'your trust', 'Properties', 'Advanced'],
      label: 'Secure hash algorithm',
      choice: 'SHA-256',
    },
    encryption: {
      path: ['Relying Party Trusts', 'your trust', 'Properties', 'Encryption'],
      label: 'Encryption certificate',
      choice: 'none',
    },
    name_id: {
      path: ['Relying Party Trusts', 'your trust', 'Edit Claim Issuance Policy…'],
      label: 'Outgoing name ID format',
      choice: 'Email',
    },
    email_attribute: {
      path: ['Relying Party Trusts', 'your trust', 'Edit Claim Issuance Policy…'],
      label: 'E-Mail Address',
      choice: 'E-Mail-Addresses',
    },
    assignment: {
      path: ['Relying Party Trusts', 'your trust', 'Edit Access Control Policy…'],
      label: 'Access control policy',
      choice: 'one that lets this person in',
    },
  },
  repairs: [
    {
      causes: ['not_yet_valid'],
      where: { path: ['Windows PowerShell', 'Set-AdfsRelyingPartyTrust'], label: '-NotBeforeSkew' },
      fix: 'Set the server’s clock (NTP), or set **-NotBeforeSkew** to 3 for our trust.',
    },
    {
      causes: ['email_missing'],
      where: {
        path: ['Relying Party Trusts', 'your trust', 'Edit Claim Issuance Policy…'],
        label: 'E-Mail Address',
      },
      fix: 'Fill **E-mail** of the person in Active Directory, and send **E-Mail-Addresses** as **E-Mail Address**.',
    },
  ],
  mistakes: [
    {
      symptom: '“An error occurred” on the AD FS page',
      cause: 'The **Relying party trust identifier** differs from ours, so AD FS doesn’t know who asks.',
      fix: 'Open **Properties** → **Identifiers** and paste ours. Event 364 in the server’s log names what it saw.',
      subject: 'entity_id',
    },
    {
      symptom: 'No e-mail arrives',
      cause: '**E-mail** is empty in the person’s Active Directory account.',
      fix: 'Fill it in, or test with a person who has one.',
      subject: 'email_attribute',
    },
    {
      symptom: 'AD FS can’t send the Name ID that was asked for',
      cause: 'The second rule is missing, or its format isn’t Email.',
      fix: 'Add the rule **Transform an Incoming Claim** with the outgoing format **Email**.',
      subject: 'name_id',
    },
    {
      symptom: 'AD FS can’t import our metadata address',
      cause: 'The server doesn’t reach us, or TLS 1.2 is off for .NET on it.',
      fix: 'Enter our two values by hand, as the second step shows.',
    },
    {
      symptom: 'We can’t fetch your metadata address',
      cause: 'The server answers inside your network only.',
      fix: 'Save the file inside and give us that.',
      subject: 'metadata',
    },
    {
      symptom: 'The clocks differ',
      cause: 'The server’s clock runs ahead of ours.',
      fix: 'Set it with NTP, or allow 3 minutes with **Set-AdfsRelyingPartyTrust -NotBeforeSkew 3**.',
    },
    {
      symptom: 'It stops working after about a year',
      cause: 'AD FS makes a new token-signing certificate by itself.',
      fix: 'Give us the metadata URL instead of a file; then we follow it.',
      subject: 'metadata',
    },
  ],
  errors: [
    {
      shown: 'MSIS7070',
      meaning: 'AD FS can’t make the Name ID in the format that was asked for.',
      fix: 'Add the rule **Transform an Incoming Claim** with the outgoing format **Email**.',
      subject: 'name_id',
    },
    {
      shown: 'MSIS7000',
      meaning: 'AD FS doesn’t know who asks, or can’t read the request.',
      fix: 'Open **Properties** → **Identifiers** and paste ours.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
    {
      shown: 'InvalidNameIDPolicy',
      meaning: 'AD FS can’t make the Name ID in the format that was asked for.',
      fix: 'Add the rule **Transform an Incoming Claim** with the outgoing format **Email**.',
      subject: 'name_id',
    },
    {
      shown: 'unspecified or unsupported',
      meaning: 'AD FS has no relying party trust for our identifier.',
      fix: 'Open **Properties** → **Identifiers** and paste ours.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
  ],
  assignment: 'The trust’s access control policy decides: **Permit everyone**, or a group you name there.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Microsoft: Create a relying party trust',
      url: 'https://learn.microsoft.com/windows-server/identity/ad-fs/operations/create-a-relying-party-trust',
    },
    { title: 'Ory Polis: AD FS', url: 'https://www.ory.com/docs/polis/sso-providers/microsoft-adfs' },
  ],
};
