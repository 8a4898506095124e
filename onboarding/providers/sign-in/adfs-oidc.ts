import { adfs } from './adfs.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const adfsOidc: SignInGuide = {
  id: 'adfs-oidc',
  name: 'AD FS',
  shortName: 'AD FS',
  names: adfs.names,
  mark: 'AD',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'For AD FS 2016 and later. Its server has to be reachable from the internet, and a secret has to be kept.',
  },
  connectionType: 'GenericOIDC',
  whyRecommended: 'No certificate to follow, for AD FS 2016 and later.',
  audience: 'everyone',
  steps: [
    {
      id: 'application-group',
      title: 'Add the application group',
      where: {
        path: ['Server Manager', 'Tools', 'AD FS Management', 'Application Groups', 'Add Application Group…'],
      },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'Template',
          choice: 'Server application accessing a web API',
          hint: 'It stands under the client-server applications.',
        },
        { kind: 'text', text: 'Choose **Next**.' },
        {
          kind: 'form',
          title: 'Add Application Group Wizard',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Server application accessing a web API', value: 'selected', control: 'choice' },
            { label: 'Next', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'server-application',
      title: 'Fill in the server application',
      where: { path: ['Add Application Group Wizard', 'Server application'] },
      blocks: [
        { kind: 'text', text: 'Copy the **Client Identifier** now: it is needed in two places.' },
        valueSlip(
          'Redirect URI',
          'REDIRECT_URI',
          'Choose **Add** after pasting. Paste exactly, with no slash at the end.',
        ),
        { kind: 'text', text: 'Choose **Next** and tick **Generate a shared secret**.' },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Copy the secret before you go on. AD FS shows it this once.',
        },
        {
          kind: 'form',
          title: 'Server application',
          fields: [
            { label: 'Client Identifier', value: '5d3c2b1a-…', control: 'text' },
            { label: 'Redirect URI', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Add', value: '', control: 'button' },
            { label: 'Generate a shared secret', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'web-api',
      title: 'Configure the web API',
      where: { path: ['Add Application Group Wizard', 'Configure Web API'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Identifier',
          choice: 'the Client Identifier you copied',
          hint: 'The very same value: otherwise the e-mail isn’t sent.',
        },
        {
          kind: 'setting',
          label: 'Access control policy',
          choice: 'Permit everyone',
          hint: 'Or a policy that lets in the group who should sign in, you included.',
        },
        {
          kind: 'setting',
          label: 'Permitted scopes',
          choice: 'openid, email, profile and allatclaims',
          hint: 'Make email or profile with New scope… if they aren’t in the list.',
        },
        { kind: 'text', text: 'Choose **Next**, **Next**, then **Close**.' },
        {
          kind: 'form',
          title: 'Configure Application Permissions',
          fields: [
            { label: 'allatclaims', value: 'ticked', control: 'tick' },
            { label: 'email', value: 'ticked', control: 'tick' },
            { label: 'openid', value: 'ticked', control: 'tick' },
            { label: 'profile', value: 'ticked', control: 'tick' },
          ],
        },
      ],
    },
    {
      id: 'claims',
      title: 'Send the claims',
      where: {
        path: [
          'Application Groups',
          'your group',
          'Web API',
          'Issuance Transform Rules',
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
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'E-Mail-Addresses → E-Mail Address' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'Given-Name → Given Name' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'Surname → Surname' },
        {
          kind: 'note',
          tone: 'information',
          text: 'If your server names the claims otherwise, the test shows it, and you match them here.',
        },
      ],
    },
    {
      id: 'discovery',
      title: 'Find the discovery address',
      where: { path: ['AD FS', 'Service', 'Endpoints', 'OpenID Connect'] },
      blocks: [
        {
          kind: 'text',
          text: 'Put the name of your federation service before /adfs/.well-known/openid-configuration: that is the address.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'We read it from outside. If your server answers inside your network only, take the SAML guide.',
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from the discovery address, so new keys need nothing from you.',
      fields: [
        {
          field: 'discovery_url',
          label: 'OpenID Connect discovery address',
          where: ['AD FS', 'Service', 'Endpoints'],
          pattern: '^https://[^/\\s]+/adfs/\\.well-known/openid-configuration$',
          example: 'https://fs.acme.com/adfs/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'Add /.well-known/openid-configuration behind /adfs.',
            },
            {
              code: 'metadata_as_discovery',
              explanation: 'This is the federation metadata of SAML. OpenID Connect has its own address.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Client Identifier',
          where: ['Application Groups', 'your group', 'Server application'],
          pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
          example: '5d3c2b1a-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Secret',
          where: ['Application Groups', 'your group', 'Server application', 'Credentials'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation:
                'This is the **Client Identifier** again. If the secret is lost, choose **Reset** and make a new one.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'E-Mail-Addresses' },
    { field: 'firstName', name: 'given_name', source: 'Given-Name' },
    { field: 'lastName', name: 'family_name', source: 'Surname' },
  ],
  console: {
    redirect_uri: {
      path: ['Application Groups', 'your group', 'Server application'],
      label: 'Redirect URI',
    },
    client_id: {
      path: ['Application Groups', 'your group', 'Server application'],
      label: 'Client Identifier',
    },
    client_secret: {
      path: ['Application Groups', 'your group', 'Server application', 'Credentials'],
      label: 'Generate a shared secret',
    },
    issuer: { path: ['AD FS', 'Service', 'Endpoints'], label: 'OpenID Connect discovery address' },
    scopes: {
      path: ['Application Groups', 'your group', 'Web API', 'Client Permissions'],
      label: 'Permitted scopes',
      choice: 'openid, email, profile and allatclaims',
    },
    email_attribute: {
      path: ['Application Groups', 'your group', 'Web API', 'Issuance Transform Rules'],
      label: 'E-Mail Address',
      choice: 'E-Mail-Addresses',
    },
    assignment: {
      path: ['Application Groups', 'your group', 'Web API', 'Access control policy'],
      label: 'Access control policy',
      choice: 'one that lets this person in',
    },
  },
  repairs: [
    {
      causes: ['email_missing'],
      where: {
        path: ['Application Groups', 'your group', 'Web API', 'Client Permissions'],
        label: 'Permitted scopes',
      },
      fix: 'Tick **allatclaims** and email under **Permitted scopes**, and add the rule for **E-Mail Address**.',
    },
  ],
  mistakes: [
    {
      symptom: 'No e-mail arrives, only sub and upn',
      cause: 'The scope allatclaims is missing, or the API’s **Identifier** isn’t the **Client Identifier**.',
      fix: 'Permit allatclaims and set **Identifier** to the **Client Identifier**.',
      subject: 'scopes',
    },
    {
      symptom: 'No e-mail arrives for one person',
      cause: '**E-mail** is empty in the person’s Active Directory account.',
      fix: 'Fill it in, or test with a person who has one.',
      subject: 'email_attribute',
    },
    {
      symptom: 'AD FS doesn’t accept the redirect URI',
      cause: 'The **Redirect URI** differs from ours.',
      fix: 'Paste ours into **Redirect URI**, choose **Add**, and remove the other.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'We can’t reach your server',
      cause: 'It answers inside your network only.',
      fix: 'Publish it through Web Application Proxy, or take the SAML guide.',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect URI in AD FS differs from ours.',
      fix: 'Paste ours into **Redirect URI**, choose **Add**, and remove the other.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'AD FS doesn’t accept the client identifier or the secret.',
      fix: 'Make a new secret under **Credentials** and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'invalid_scope',
      meaning: 'AD FS doesn’t permit a scope that we ask for.',
      fix: 'Permit openid, email, profile and allatclaims for the web API.',
      subject: 'scopes',
    },
    {
      shown: 'access_denied',
      meaning: 'The access control policy refused this person.',
      fix: 'Let this person in under **Access control policy** of the web API.',
      subject: 'assignment',
    },
  ],
  assignment: 'The web API’s access control policy decides: **Permit everyone**, or a group you name there.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Microsoft: AD FS OpenID Connect and OAuth concepts',
      url: 'https://learn.microsoft.com/windows-server/identity/ad-fs/development/ad-fs-openid-connect-oauth-concepts',
    },
  ],
};
