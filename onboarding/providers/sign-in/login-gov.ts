import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const consoleLink = 'https://portal.int.identitysandbox.gov';
const configuration = ['Partner Portal', 'Apps', 'your app'];

export const loginGov: SignInGuide = {
  id: 'login-gov',
  name: 'Login.gov',
  shortName: 'Login.gov',
  names: ['Login gov', 'login.gov', 'secure.login.gov', 'GSA Login', 'identitysandbox.gov'],
  mark: 'Lg',
  protocol: 'oidc',
  openId: {
    provesByKey: true,
    assertionAudience: 'token_endpoint',
    scopes: 'openid email',
    acrValues: 'urn:acr.login.gov:auth-only',
    prompt: 'select_account',
  },
  connectionType: 'LoginGovOidc',
  whyRecommended: 'Our certificate and one redirect URI go there, and no secret has to be kept or renewed.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the app',
      where: { path: ['Partner Portal', 'Apps', 'Create'], link: consoleLink },
      blocks: [
        {
          kind: 'note',
          tone: 'caution',
          text: 'You need an account of your agency in Login.gov’s partner portal. What you create works in its sandbox at once; moving it to production takes up to two weeks.',
        },
        {
          kind: 'setting',
          label: 'Authentication protocol',
          choice: 'OpenID Connect Private Key JWT',
          hint: 'Not PKCE and not SAML: {PRODUCT} proves itself with a key.',
        },
        {
          kind: 'setting',
          label: 'Level of service',
          choice: 'Authentication only',
          hint: 'People prove who they are at Login.gov; their identity isn’t proofed for us.',
        },
        {
          kind: 'setting',
          label: 'Issuer',
          choice: 'urn:gov:gsa:openidconnect.profiles:sp:sso:<agency>:<app>',
          hint: 'Put in your agency’s and the app’s short names. You give us this value at the end.',
        },
        {
          kind: 'form',
          title: 'Create',
          fields: [
            { label: 'Authentication protocol', value: 'OpenID Connect Private Key JWT', control: 'choice' },
            { label: 'Level of service', value: 'Authentication only', control: 'choice' },
            {
              label: 'Issuer',
              value: 'urn:gov:gsa:openidconnect.profiles:sp:sso:agency:app',
              control: 'text',
            },
          ],
        },
      ],
    },
    {
      id: 'certificate',
      title: 'Upload our certificate',
      where: { path: configuration, link: consoleLink },
      blocks: [
        {
          kind: 'text',
          text: 'It holds the public half of a key that was made for this connection alone. The private half never leaves us.',
        },
        {
          kind: 'snippet',
          label: 'Public certificates',
          value: '{CLIENT_CERTIFICATE}',
          fileName: 'login-gov.pem',
          hint: 'Save the file and upload it, or paste the text with both lines of dashes.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'A second certificate may stand beside ours; Login.gov tries each.',
        },
      ],
    },
    {
      id: 'redirect',
      title: 'Paste the redirect URI',
      where: { path: configuration, link: consoleLink },
      blocks: [
        valueSlip('Redirect URIs', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        {
          kind: 'form',
          title: 'your app',
          fields: [
            { label: 'Public certificates', value: 'login-gov.pem', control: 'text' },
            { label: 'Redirect URIs', value: '{REDIRECT_URI}', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Choose what Login.gov sends',
      where: { path: configuration, link: consoleLink },
      blocks: [
        { kind: 'setting', label: 'Attribute bundles', choice: 'email' },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'e-mail, sent always' },
        {
          kind: 'note',
          tone: 'information',
          text: 'Login.gov knows names only of people whose identity it has proofed, so we ask for the e-mail alone.',
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
          label: 'Discovery address',
          where: ['the same for everybody in production'],
          pattern:
            '^https://(secure\\.login\\.gov|idp\\.int\\.identitysandbox\\.gov)/\\.well-known/openid-configuration$',
          example: 'https://idp.int.identitysandbox.gov/.well-known/openid-configuration',
          prefilled: 'https://secure.login.gov/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation:
                'This is Login.gov’s own address. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'metadata_as_discovery',
              explanation:
                'This address belongs to SAML. The one for OpenID Connect ends in /.well-known/openid-configuration.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Issuer',
          where: configuration,
          example: 'urn:gov:gsa:openidconnect.profiles:sp:sso:agency:app',
          pattern: '^urn:gov:gsa:openidconnect\\.profiles:sp:sso:[^:\\s]+:[^:\\s]+$',
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'e-mail, sent always' },
  ],
  console: {
    redirect_uri: { path: configuration, label: 'Redirect URIs' },
    client_id: { path: configuration, label: 'Issuer' },
    client_authentication: { path: configuration, label: 'Public certificates', choice: 'our certificate' },
    email_attribute: { path: configuration, label: 'Attribute bundles', choice: 'email' },
    assignment: { path: configuration, label: 'the app’s state' },
  },
  repairs: [
    {
      causes: ['client_refused'],
      where: { path: configuration, label: 'Public certificates' },
      fix: 'Upload our certificate from the guide there again, see that **Issuer** is the one you gave us, and test again.',
    },
  ],
  mistakes: [
    {
      symptom: 'Login.gov shows an error page before anybody can sign in',
      cause: 'The **Issuer** there isn’t the one you gave us, or the app exists in the sandbox only.',
      fix: 'Compare the **Issuer**. For an app in the sandbox give us the sandbox’s discovery address.',
      subject: 'client_id',
    },
    {
      symptom: 'Login.gov refuses the redirect address',
      cause: 'The address under **Redirect URIs** differs from ours.',
      fix: 'Paste ours there and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'The person comes back, and Login.gov refuses us',
      cause: 'Our certificate is missing under **Public certificates**.',
      fix: 'Upload it again from the guide’s step and save.',
      subject: 'client_authentication',
    },
    {
      symptom: 'Login.gov says that the prompt is invalid',
      cause: 'A fresh sign-in is asked for each time, which Login.gov has to allow for your app first.',
      fix: 'Switch “ask to sign in afresh” off here, or ask Login.gov to allow prompt=login for the app.',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect address at Login.gov differs from ours.',
      fix: 'Paste ours into **Redirect URIs** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'Bad client_id',
      meaning: 'Login.gov knows no app with this issuer.',
      fix: 'Copy **Issuer** from the app and give it to us; an app of the sandbox needs the sandbox’s discovery address.',
      subject: 'client_id',
    },
  ],
  assignment: 'Login.gov lets in everybody with an account there, once the app is active.',
  checkedOn: '2026-11-26',
  sources: [
    { title: 'Login.gov: OpenID Connect developer guide', url: 'https://developers.login.gov/oidc/' },
    { title: 'WorkOS: Login.gov', url: 'https://workos.com/docs/integrations/login-gov-oidc' },
    { title: 'Login.gov: its own program', url: 'https://github.com/18F/identity-idp' },
  ],
};
