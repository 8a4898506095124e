import type { SignInGuide } from './provider.ts';

const metadataProvider = `<MetadataProvider id="OnboardedService"
    xsi:type="FileBackedHTTPMetadataProvider"
    metadataURL="{SP_METADATA_URL}"
    backingFile="%{idp.home}/metadata/onboarded-service.xml" />`;

const nameIdGenerator = `<bean parent="shibboleth.SAML2AttributeSourcedGenerator"
    p:format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    p:attributeSourceIds="#{ {'mail'} }" />`;

const relyingParty = `<bean parent="RelyingPartyByName" c:relyingPartyIds="{SP_ENTITY_ID}">
  <property name="profileConfigurations">
    <list>
      <bean parent="SAML2.SSO"
          p:signAssertions="true"
          p:encryptAssertions="false"
          p:nameIDFormatPrecedence="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress" />
    </list>
  </property>
</bean>`;

const attributeFilter = `<AttributeFilterPolicy id="onboarded-service">
  <PolicyRequirementRule xsi:type="Requester" value="{SP_ENTITY_ID}" />
  <AttributeRule attributeID="mail" permitAny="true" />
  <AttributeRule attributeID="givenName" permitAny="true" />
  <AttributeRule attributeID="sn" permitAny="true" />
  <AttributeRule attributeID="eduPersonPrincipalName" permitAny="true" />
</AttributeFilterPolicy>`;

export const shibboleth: SignInGuide = {
  id: 'shibboleth',
  name: 'Shibboleth IdP',
  shortName: 'Shibboleth',
  names: ['Shibboleth', 'Shib', 'Shibboleth Identity Provider', 'InCommon', 'eduGAIN'],
  mark: 'Sh',
  protocol: 'saml',
  connectionType: 'ShibbolethGenericSAML',
  whyRecommended: 'We read its own attribute names, so nothing has to be renamed.',
  audience: 'everyone',
  steps: [
    {
      id: 'metadata-provider',
      title: 'Load our metadata',
      where: { path: ['%{idp.home}', 'conf', 'metadata-providers.xml'] },
      blocks: [
        {
          kind: 'text',
          text: 'Everything is set in files under **conf**. Add this before the last closing tag of the file.',
        },
        {
          kind: 'snippet',
          label: 'conf/metadata-providers.xml',
          value: metadataProvider,
          hint: 'If the server may not call out, save our metadata as a file and use a **FilesystemMetadataProvider**.',
        },
      ],
    },
    {
      id: 'relying-party',
      title: 'Sign the assertion, leave it readable',
      where: { path: ['%{idp.home}', 'conf', 'relying-party.xml', 'shibboleth.RelyingPartyOverrides'] },
      blocks: [
        {
          kind: 'text',
          text: 'Shibboleth signs the response only, encrypts every assertion, and sends a Name ID that changes each time. Put this into the list **shibboleth.RelyingPartyOverrides** to change all three for us alone.',
        },
        { kind: 'snippet', label: 'conf/relying-party.xml', value: relyingParty },
        {
          kind: 'note',
          tone: 'information',
          text: 'For all services at once, **idp.encryption.optional = true** in conf/idp.properties leaves assertions readable where a service has no key.',
        },
      ],
    },
    {
      id: 'name-id',
      title: 'Send the e-mail as Name ID',
      where: { path: ['%{idp.home}', 'conf', 'saml-nameid.xml', 'shibboleth.SAML2NameIDGenerators'] },
      blocks: [
        {
          kind: 'text',
          text: 'Put this into the list **shibboleth.SAML2NameIDGenerators**. A commented one may be there already.',
        },
        { kind: 'snippet', label: 'conf/saml-nameid.xml', value: nameIdGenerator },
      ],
    },
    {
      id: 'attributes',
      title: 'Release the attributes',
      where: { path: ['%{idp.home}', 'conf', 'attribute-filter.xml'] },
      blocks: [
        {
          kind: 'text',
          text: 'Add this policy. The attribute ids are those of attributes/inetOrgPerson.xml and of your **attribute-resolver.xml**; replace them where yours differ.',
        },
        { kind: 'snippet', label: 'conf/attribute-filter.xml', value: attributeFilter },
        { kind: 'text', text: 'We read the names that Shibboleth sends by default:' },
        {
          kind: 'attribute',
          field: 'id',
          name: 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6',
          source: 'eduPersonPrincipalName',
        },
        { kind: 'attribute', field: 'email', name: 'urn:oid:0.9.2342.19200300.100.1.3', source: 'mail' },
        { kind: 'attribute', field: 'firstName', name: 'urn:oid:2.5.4.42', source: 'givenName' },
        { kind: 'attribute', field: 'lastName', name: 'urn:oid:2.5.4.4', source: 'sn' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
          source: 'isMemberOf, released in the same way',
          isOptional: true,
        },
      ],
    },
    {
      id: 'reload',
      title: 'Reload the services',
      where: { path: ['your server', 'restart or reload the IdP'] },
      blocks: [
        {
          kind: 'text',
          text: 'Restart the IdP, or reload the services for metadata, relying parties, Name IDs and attribute filters. Then look for warnings in idp-process.log.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata address',
      where: { path: ['https://<your IdP>/idp/shibboleth'] },
      blocks: [
        {
          kind: 'text',
          text: 'The metadata is usually at /idp/shibboleth on your server. Open it once to see that it answers, then copy the address.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'It usually holds two signing certificates, for the back channel and the front channel. We take both; sign-in uses the front-channel one.',
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
          where: ['your IdP'],
          pattern: '^https://[^/]+/idp/shibboleth$',
          example: 'https://sso.acme.edu/idp/shibboleth',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation: 'This is where people sign in. The metadata is at /idp/shibboleth.',
            },
          ],
        },
      ],
    },
    {
      kind: 'metadata_file',
      gain: 'For an IdP inside your network. You come back when the certificate changes.',
      fields: [
        {
          field: 'metadata_file',
          label: 'idp-metadata.xml',
          where: ['%{idp.home}', 'metadata'],
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
          label: 'SingleSignOnService (HTTP-Redirect)',
          where: ['idp-metadata.xml'],
          pattern: '^https://[^/]+/idp/profile/SAML2/(Redirect|POST)/SSO$',
          example: 'https://sso.acme.edu/idp/profile/SAML2/Redirect/SSO',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'entityID',
          where: ['idp-metadata.xml'],
          pattern: '^https://[^/]+/idp/shibboleth$',
          example: 'https://sso.acme.edu/idp/shibboleth',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'the front-channel signing certificate, the second one',
          where: ['idp-metadata.xml'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6', source: 'eduPersonPrincipalName' },
    { field: 'email', name: 'urn:oid:0.9.2342.19200300.100.1.3', source: 'mail' },
    { field: 'firstName', name: 'urn:oid:2.5.4.42', source: 'givenName' },
    { field: 'lastName', name: 'urn:oid:2.5.4.4', source: 'sn' },
    { field: 'groups', name: 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1', source: 'isMemberOf' },
  ],
  console: {
    entity_id: { path: ['conf', 'relying-party.xml'], label: 'c:relyingPartyIds' },
    acs_url: { path: ['conf', 'metadata-providers.xml'], label: 'metadataURL' },
    metadata: { path: ['your IdP'], label: '/idp/shibboleth' },
    certificate: { path: ['%{idp.home}', 'metadata', 'idp-metadata.xml'], label: 'the signing certificates' },
    assertion_signing: { path: ['conf', 'relying-party.xml'], label: 'p:signAssertions', choice: 'true' },
    encryption: { path: ['conf', 'relying-party.xml'], label: 'p:encryptAssertions', choice: 'false' },
    name_id: {
      path: ['conf', 'relying-party.xml'],
      label: 'p:nameIDFormatPrecedence',
      choice: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    },
    email_attribute: {
      path: ['conf', 'attribute-filter.xml'],
      label: 'mail',
      choice: 'your directory, with permitAny="true" for our entity ID',
    },
    assignment: { path: ['conf', 'relying-party.xml'], label: 'p:postAuthenticationFlows' },
  },
  repairs: [
    {
      causes: ['destination_differs', 'recipient_differs', 'request_malformed'],
      where: { path: ['conf', 'metadata-providers.xml'], label: 'metadataURL' },
      fix: 'Replace the value of **metadataURL** with ours and reload the metadata service.',
      copy: 'SP_METADATA_URL',
    },
  ],
  mistakes: [
    {
      symptom: '“Unable to Respond” or “Unsupported Request”',
      cause: 'Our metadata isn’t loaded, has ended, or the entity ID in the files differs from ours.',
      fix: 'Check **metadata-providers.xml**, compare the entity ID, and reload the services.',
      subject: 'acs_url',
    },
    {
      symptom: 'The assertion arrives encrypted',
      cause: 'Shibboleth encrypts unless it is told not to.',
      fix: 'Set **p:encryptAssertions** to false for us, or **idp.encryption.optional** to true.',
      subject: 'encryption',
    },
    {
      symptom: 'Only the response is signed',
      cause: 'That is what Shibboleth does by default.',
      fix: 'Set **p:signAssertions** to true in the override for us.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'The Name ID is different at every sign-in',
      cause: 'The default is a transient Name ID.',
      fix: 'Add the generator to **saml-nameid.xml**, and the precedence to the override.',
      subject: 'name_id',
    },
    {
      symptom: 'No attributes arrive',
      cause: 'The filter policy names another entity ID, or the resolver gives no values.',
      fix: 'Compare the value of **PolicyRequirementRule** with our entity ID.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'Unable to Respond',
      meaning: 'Shibboleth doesn’t know our metadata.',
      fix: 'Check **metadata-providers.xml**, compare the entity ID, and reload the services.',
      subject: 'acs_url',
      copy: 'SP_METADATA_URL',
    },
    {
      shown: 'Unsupported Request',
      meaning: 'Shibboleth doesn’t know our metadata, or it has ended there.',
      fix: 'Check **metadata-providers.xml**, compare the entity ID, and reload the services.',
      subject: 'acs_url',
      copy: 'SP_METADATA_URL',
    },
  ],
  assignment: 'Shibboleth lets in everybody who can sign in there, unless a rule of your own refuses.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'WorkOS: Shibboleth',
      url: 'https://workos.com/docs/integrations/shibboleth-generic-saml',
    },
  ],
};
