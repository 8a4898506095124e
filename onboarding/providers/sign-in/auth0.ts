import type { GuideBlock, GuideStep, SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const settingsJson = `{
  "audience": "{SP_ENTITY_ID}",
  "recipient": "{ACS_URL}",
  "destination": "{ACS_URL}",
  "signatureAlgorithm": "rsa-sha256",
  "digestAlgorithm": "sha256",
  "nameIdentifierFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
  "nameIdentifierProbes": [
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
  ],
  "mappings": {
    "user_id": "id",
    "email": "email",
    "given_name": "firstName",
    "family_name": "lastName"
  }
}`;

/** The same application serves both protocols. */
export const auth0Application: GuideStep = {
  id: 'create-app',
  title: 'Create the application',
  where: {
    path: ['Applications', 'Applications', 'Create Application'],
    link: 'https://manage.auth0.com',
  },
  blocks: [
    {
      kind: 'text',
      text: 'Choose **Create Application**, give it a name, and choose the type below. Then choose **Create**.',
    },
    valueSlip('Name', 'PRODUCT'),
    { kind: 'setting', label: 'Application type', choice: 'Regular Web Applications' },
    {
      kind: 'form',
      title: 'Create application',
      fields: [
        { label: 'Name', value: '{PRODUCT}', control: 'text' },
        { label: 'Regular Web Applications', value: 'selected', control: 'choice' },
        { label: 'Create', value: '', control: 'button' },
      ],
    },
  ],
};

export const auth0LetIn: GuideBlock = {
  kind: 'text',
  text: 'Switch on the connections (databases, directories) whose people should sign in, and off the others.',
};

export const auth0: SignInGuide = {
  id: 'auth0',
  name: 'Auth0',
  shortName: 'Auth0',
  names: ['Auth0 by Okta', 'Customer Identity Cloud', 'auth0.com'],
  mark: 'Au',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates arrive by themselves, and no secret has to be kept.',
  },
  connectionType: 'Auth0SAML',
  whyRecommended: 'Auth0 publishes metadata for each application, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    auth0Application,
    {
      id: 'addon',
      title: 'Switch the SAML add-on on',
      where: { path: ['your application', 'Addons', 'SAML2 WEB APP', 'Settings'] },
      blocks: [
        { kind: 'text', text: 'Open the **Addons** tab and switch **SAML2 WEB APP** on. A form opens.' },
        valueSlip('Application Callback URL', 'ACS_URL'),
        {
          kind: 'snippet',
          label: 'Settings',
          value: settingsJson,
          hint: 'Replace all that stands there. Without it Auth0 signs with SHA-1, and its attributes have other names.',
        },
        { kind: 'text', text: 'Choose **Enable** at the end of the form.' },
        {
          kind: 'form',
          title: 'Addon: SAML2 Web App',
          fields: [
            { label: 'Application Callback URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Settings', value: '{ "audience": "{SP_ENTITY_ID}", …', control: 'text' },
            { label: 'Enable', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'What the add-on sends',
      where: { path: ['your application', 'Addons', 'SAML2 WEB APP', 'Settings'] },
      blocks: [
        {
          kind: 'text',
          text: 'The part **mappings** of the settings does this already; there is nothing more to enter.',
        },
        { kind: 'attribute', field: 'id', name: 'id', source: 'user_id' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'email' },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'given_name' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'family_name' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'an Action of your own that adds them',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Leave **signResponse** out: set to true, Auth0 signs the response instead of the assertion.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Let the people in',
      where: { path: ['your application', 'Connections'] },
      blocks: [auth0LetIn],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: {
        path: ['your application', 'Settings', 'Advanced Settings', 'Endpoints', 'SAML Metadata URL'],
      },
      blocks: [
        {
          kind: 'text',
          text: 'In **Settings** open **Advanced Settings** → **Endpoints** and copy the **SAML Metadata URL**.',
        },
        {
          kind: 'form',
          title: 'Endpoints',
          fields: [
            {
              label: 'SAML Metadata URL',
              value: 'https://acme.eu.auth0.com/samlp/metadata/Ab1…',
              control: 'text',
            },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Addons', 'SAML2 WEB APP', 'Usage', 'Identity Provider Metadata'],
        text: 'The add-on’s **Usage** tab has **Identity Provider Metadata**: **Download**. Copy its link address, or give us the file.',
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
          label: 'SAML Metadata URL',
          where: ['your application', 'Settings', 'Advanced Settings', 'Endpoints'],
          pattern: '^https://[a-z0-9.-]+/samlp/metadata/[A-Za-z0-9]+$',
          example: 'https://acme.eu.auth0.com/samlp/metadata/Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv',
          mistakes: [
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the **Identity Provider Login URL**. Metadata has /samlp/metadata/ in its address.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the Auth0 dashboard. Copy the **SAML Metadata URL** it shows.',
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
          label: 'Identity Provider Metadata',
          where: ['Addons', 'SAML2 WEB APP', 'Usage'],
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
          label: 'Identity Provider Login URL',
          where: ['Addons', 'SAML2 WEB APP', 'Usage'],
          pattern: '^https://[a-z0-9.-]+/samlp/[A-Za-z0-9]+$',
          example: 'https://acme.eu.auth0.com/samlp/Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Issuer',
          where: ['Addons', 'SAML2 WEB APP', 'Usage'],
          pattern: '^urn:[a-z0-9.-]+$',
          example: 'urn:acme.eu.auth0.com',
          mistakes: [],
        },
        {
          field: 'certificate',
          label: 'Identity Provider Certificate',
          where: ['Addons', 'SAML2 WEB APP', 'Usage'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'user_id' },
    { field: 'email', name: 'email', source: 'email' },
    { field: 'firstName', name: 'firstName', source: 'given_name' },
    { field: 'lastName', name: 'lastName', source: 'family_name' },
  ],
  console: {
    entity_id: { path: ['Addons', 'SAML2 WEB APP', 'Settings'], label: 'audience' },
    acs_url: { path: ['Addons', 'SAML2 WEB APP', 'Settings'], label: 'Application Callback URL' },
    metadata: { path: ['Settings', 'Advanced Settings', 'Endpoints'], label: 'SAML Metadata URL' },
    certificate: { path: ['Addons', 'SAML2 WEB APP', 'Usage'], label: 'Identity Provider Certificate' },
    assertion_signing: {
      path: ['Addons', 'SAML2 WEB APP', 'Settings'],
      label: 'signResponse',
      choice: 'false, or leave it out: then the assertion is signed',
    },
    signature_algorithm: {
      path: ['Addons', 'SAML2 WEB APP', 'Settings'],
      label: 'signatureAlgorithm',
      choice: 'rsa-sha256, and digestAlgorithm to sha256',
    },
    name_id: {
      path: ['Addons', 'SAML2 WEB APP', 'Settings'],
      label: 'nameIdentifierFormat',
      choice: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    },
    email_attribute: {
      path: ['Addons', 'SAML2 WEB APP', 'Settings', 'mappings'],
      label: 'email',
      choice: 'the profile’s email',
    },
    assignment: { path: ['your application', 'Connections'], label: 'the connection of this person' },
  },
  mistakes: [
    {
      symptom: 'The signature is SHA-1',
      cause: 'The add-on signs with rsa-sha1 unless its settings say otherwise.',
      fix: 'Paste our **Settings** again; they hold rsa-sha256 and sha256.',
      subject: 'signature_algorithm',
    },
    {
      symptom: 'The audience differs when people start at Auth0',
      cause: 'Without **audience** Auth0 repeats what the request says, and here there was none.',
      fix: 'Put our entity ID into **audience**.',
      subject: 'entity_id',
    },
    {
      symptom: 'Only the response is signed',
      cause: '**signResponse** is true, and then the assertion is not signed.',
      fix: 'Remove **signResponse** from the settings.',
      subject: 'assertion_signing',
    },
    {
      symptom: 'Auth0 says that no connection is enabled',
      cause: 'No source of people is switched on for this application.',
      fix: 'Open the **Connections** tab of the application and switch one on.',
      subject: 'assignment',
    },
    {
      symptom: 'Names or e-mail are missing',
      cause: 'The part **mappings** was left out, or the profile has no such value.',
      fix: 'Paste our **Settings** again, and look at the person’s profile in Auth0.',
      subject: 'email_attribute',
    },
  ],
  errors: [],
  assignment: 'People of every connection that is on under **Connections** may sign in.',
  checkedOn: '2026-11-25',
  sources: [
    {
      title: 'Auth0: SAML2 Web App add-on',
      url: 'https://auth0.com/docs/authenticate/protocols/saml/saml-configuration',
    },
    { title: 'WorkOS: Auth0', url: 'https://workos.com/docs/integrations/auth0-saml' },
    { title: 'Ory Polis: Auth0', url: 'https://www.ory.com/docs/polis/sso-providers/auth0' },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
  ],
};
