import type { SignInGuide } from './provider.ts';

const registryEntry = `{
  "@class": "org.apereo.cas.support.saml.services.SamlRegisteredService",
  "serviceId": "{SP_ENTITY_ID}",
  "name": "SingleSignOn",
  "id": 1001,
  "evaluationOrder": 1,
  "metadataLocation": "{SP_METADATA_URL}",
  "signAssertions": true,
  "signResponses": true,
  "requiredNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  "usernameAttributeProvider": {
    "@class": "org.apereo.cas.services.PrincipalAttributeRegisteredServiceUsernameProvider",
    "usernameAttribute": "mail"
  },
  "attributeReleasePolicy": {
    "@class": "org.apereo.cas.services.ReturnMappedAttributeReleasePolicy",
    "allowedAttributes": {
      "@class": "java.util.TreeMap",
      "uid": "id",
      "mail": "email",
      "givenName": "firstName",
      "sn": "lastName"
    }
  }
}`;

export const apereoCas: SignInGuide = {
  id: 'apereo-cas',
  name: 'Apereo CAS',
  shortName: 'CAS',
  names: ['CAS', 'Central Authentication Service', 'Jasig CAS', 'CAS SAML'],
  mark: 'Ca',
  protocol: 'saml',
  connectionType: 'CasSAML',
  whyRecommended: 'One entry of the service registry does it, and CAS publishes its own metadata.',
  audience: 'everyone',
  steps: [
    {
      id: 'service-registry',
      title: 'Add an entry to the service registry',
      where: { path: ['the folder of your service registry', 'a new JSON file'] },
      blocks: [
        {
          kind: 'text',
          text: 'CAS must run with its SAML2 identity provider. Save this as a file of the service registry; its name is the entry’s name, a hyphen, and its id.',
        },
        {
          kind: 'snippet',
          label: 'SingleSignOn-1001.json',
          value: registryEntry,
          hint: 'Change **id** if 1001 is taken. The lower **evaluationOrder** wins where two entries fit.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: '**serviceId** is a regular expression over our entity ID. It works as it is; put two backslashes before each dot to make it exact.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'A registry in a database or in the management web app takes the same fields.',
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Check the attributes',
      where: { path: ['your entry', 'attributeReleasePolicy', 'allowedAttributes'] },
      blocks: [
        {
          kind: 'text',
          text: 'On the left stand the names your directory gives, on the right ours. Replace the left ones where yours differ.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'uid, or another id that never changes' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'mail' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'givenName' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'sn' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'memberOf, if your directory gives it',
          isOptional: true,
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['https://<your CAS server>/cas/idp/metadata'] },
      blocks: [
        {
          kind: 'text',
          text: 'The metadata is at /cas/idp/metadata on your server. Open it once to see that it answers, then copy the address.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'The address /cas/sp/metadata looks alike but describes CAS as somebody else’s application. It is the wrong one.',
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
          label: 'IdP metadata URL',
          where: ['your CAS server'],
          pattern: '^https://[^/]+/cas/idp/metadata$',
          example: 'https://login.acme.edu/cas/idp/metadata',
          mistakes: [
            {
              code: 'sp_metadata_as_idp',
              explanation: 'This is CAS as somebody else’s application. Use /cas/idp/metadata.',
            },
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. The metadata is at /cas/idp/metadata.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For a CAS inside your network. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'IdP metadata',
          where: ['your CAS server', '/cas/idp/metadata'],
          example: 'idp-metadata.xml',
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
          label: 'IdP SSO URL',
          where: ['IdP metadata'],
          pattern: '^https://[^/]+/cas/idp/profile/SAML2/(Redirect|POST)/SSO$',
          example: 'https://login.acme.edu/cas/idp/profile/SAML2/Redirect/SSO',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'cas.authn.saml-idp.core.entity-id',
          where: ['the configuration of CAS'],
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Signing certificate',
          where: ['your CAS server', '/cas/idp/signingCertificate'],
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
    { field: 'groups', name: 'groups', source: 'memberOf' },
  ],
  console: {
    entity_id: { path: ['your entry'], label: 'serviceId' },
    acs_url: { path: ['your entry'], label: 'metadataLocation' },
    metadata: { path: ['your CAS server'], label: '/cas/idp/metadata' },
    certificate: { path: ['your CAS server'], label: '/cas/idp/signingCertificate' },
    assertion_signing: { path: ['your entry'], label: 'signAssertions', choice: 'true' },
    name_id: {
      path: ['your entry'],
      label: 'requiredNameIdFormat',
      choice: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    },
    email_attribute: {
      path: ['your entry', 'attributeReleasePolicy', 'allowedAttributes'],
      label: 'email',
      choice: 'mail',
    },
    assignment: { path: ['your entry'], label: 'accessStrategy' },
  },
  repairs: [
    {
      causes: ['destination_differs', 'recipient_differs', 'request_malformed'],
      where: { path: ['your entry'], label: 'metadataLocation' },
      fix: 'Replace the value of **metadataLocation** with ours; CAS may still hold older metadata of us.',
      copy: 'SP_METADATA_URL',
    },
  ],
  mistakes: [
    {
      symptom: 'CAS says that the application isn’t authorised',
      cause: '**serviceId** doesn’t fit our entity ID, or another entry is looked at first.',
      fix: 'Compare it with ours, and give the entry a lower **evaluationOrder**.',
      subject: 'entity_id',
    },
    {
      symptom: 'No identity provider is found in the metadata',
      cause: 'The address /cas/sp/metadata was copied.',
      fix: 'Use /cas/idp/metadata.',
      subject: 'metadata',
    },
    {
      symptom: 'Attributes are missing',
      cause: 'The names on the left of **allowedAttributes** aren’t those of your directory.',
      fix: 'Replace them with the ones CAS resolves for a person.',
      subject: 'email_attribute',
    },
    {
      symptom: 'CAS can’t read our metadata',
      cause: 'The server may not call out to our address.',
      fix: 'Save our metadata as a file and put its path into **metadataLocation**.',
      subject: 'acs_url',
    },
  ],
  errors: [],
  assignment: 'CAS lets in everybody whom the entry’s **accessStrategy** doesn’t refuse.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Apereo CAS: SAML2 identity provider',
      url: 'https://apereo.github.io/cas/6.6.x/authentication/Configuring-SAML2-Authentication.html',
    },
    { title: 'WorkOS: CAS', url: 'https://workos.com/docs/integrations/cas-saml' },
  ],
};
