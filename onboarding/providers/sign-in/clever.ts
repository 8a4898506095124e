import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const consoleLink = 'https://dev.clever.com';

export const clever: SignInGuide = {
  id: 'clever',
  name: 'Clever',
  shortName: 'Clever',
  names: ['Clever Instant Login', 'Clever SSO', 'Clever Portal', 'clever.com'],
  mark: 'Ce',
  protocol: 'oidc',
  connectionType: 'CleverOIDC',
  whyRecommended: 'One redirect URI goes there, one client ID and secret come back.',
  audience: 'everyone',
  steps: [
    {
      id: 'before',
      title: 'Before you begin',
      where: { path: ['dev.clever.com'], link: consoleLink },
      blocks: [
        {
          kind: 'note',
          tone: 'caution',
          text: 'You need an app in Clever’s developer dashboard, and each school district has to approve it before its people can sign in. Without both, nothing below works.',
        },
        { kind: 'text', text: 'Open the app, or make one for {PRODUCT}.' },
      ],
    },
    {
      id: 'redirect',
      title: 'Paste the redirect URI',
      where: { path: ['your app', 'Settings', 'Integration'], link: consoleLink },
      blocks: [
        valueSlip('REDIRECT URIS', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        {
          kind: 'form',
          title: 'OAuth Settings',
          fields: [{ label: 'REDIRECT URIS', value: '{REDIRECT_URI}', control: 'text' }],
        },
      ],
      otherMenuPath: {
        path: ['your app', 'Settings', 'OAuth Settings'],
        text: 'Some dashboards call the page **OAuth Settings** instead of **Integration**.',
      },
    },
    {
      id: 'credentials',
      title: 'Copy the client’s credentials',
      where: { path: ['your app', 'Settings', 'General'], link: consoleLink },
      blocks: [
        {
          kind: 'text',
          text: 'Open **General** and copy **CLIENT ID** and **CLIENT SECRET**. The discovery address is the same for everybody, so we have filled it in for you.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'e-mail, if the district shares it' },
        { kind: 'attribute', field: 'firstName', name: 'given_name', source: 'first name' },
        { kind: 'attribute', field: 'lastName', name: 'family_name', source: 'last name' },
        {
          kind: 'form',
          title: 'General',
          fields: [
            { label: 'CLIENT ID', value: '1a2b3c4d5e6f…', control: 'text' },
            { label: 'CLIENT SECRET', value: '••••••••', control: 'text' },
          ],
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
          where: ['the same for everybody'],
          pattern: '^https://([a-z0-9-]+\\.)*clever\\.com/\\.well-known/openid-configuration$',
          example: 'https://clever.com/.well-known/openid-configuration',
          prefilled: 'https://clever.com/.well-known/openid-configuration',
          mistakes: [
            {
              code: 'issuer_as_discovery',
              explanation: 'This is Clever’s own address. Add /.well-known/openid-configuration behind it.',
            },
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the developer dashboard, not the discovery address.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'CLIENT ID',
          where: ['your app', 'Settings', 'General'],
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'CLIENT SECRET',
          where: ['your app', 'Settings', 'General'],
          mistakes: [
            {
              code: 'client_id_as_secret',
              explanation: 'This is the **CLIENT ID** again. The **CLIENT SECRET** stands below it.',
            },
          ],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'e-mail, if the district shares it' },
    { field: 'firstName', name: 'given_name', source: 'first name' },
    { field: 'lastName', name: 'family_name', source: 'last name' },
  ],
  console: {
    redirect_uri: { path: ['your app', 'Settings', 'Integration'], label: 'REDIRECT URIS' },
    client_id: { path: ['your app', 'Settings', 'General'], label: 'CLIENT ID' },
    client_secret: { path: ['your app', 'Settings', 'General'], label: 'CLIENT SECRET' },
    email_attribute: {
      path: ['the district’s Clever'],
      label: 'the e-mail address',
      choice: 'what the district shares',
    },
    assignment: { path: ['the district’s Clever'], label: 'the approval of your app' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['the district’s Clever'], label: 'the e-mail address' },
      fix: 'Test with a member of staff, or ask the district to share the e-mail with your app.',
    },
  ],
  mistakes: [
    {
      symptom: 'Clever doesn’t offer the district, or refuses its people',
      cause: 'The district hasn’t approved the app.',
      fix: 'Ask the district’s Clever administrator to approve it, and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'Clever refuses the redirect address',
      cause: 'The address under **REDIRECT URIS** differs from ours.',
      fix: 'Paste ours there and save.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The district doesn’t share the e-mail of this person, often for pupils.',
      fix: 'Test with a member of staff, or ask the district to share it.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'redirect_uri',
      meaning: 'The redirect address in Clever differs from ours.',
      fix: 'Paste ours into **REDIRECT URIS** and save.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'invalid_client',
      meaning: 'Clever doesn’t accept the client ID or the secret.',
      fix: 'Copy **CLIENT SECRET** again and give it to us.',
      subject: 'client_secret',
    },
  ],
  assignment: 'Clever lets in the people of districts that have approved the app.',
  checkedOn: '2026-11-25',
  sources: [{ title: 'WorkOS: Clever', url: 'https://workos.com/docs/integrations/clever-oidc' }],
};
