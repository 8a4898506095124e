import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

export const cloudflareAccess: SignInGuide = {
  id: 'cloudflare-access',
  name: 'Cloudflare Access',
  shortName: 'Cloudflare',
  names: ['Cloudflare', 'Cloudflare Zero Trust', 'Cloudflare One', 'Cloudflare for Teams', 'Argo Access'],
  mark: 'Cf',
  protocol: 'saml',
  connectionType: 'CloudflareSAML',
  whyRecommended: 'Access publishes metadata for each application, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Add a SaaS application',
      where: { path: ['Zero Trust', 'Access controls', 'Applications', 'Add an application', 'SaaS'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the **Zero Trust** dashboard, add an application of the kind **SaaS**, and name it under **Basic information**.',
        },
        valueSlip('Application name', 'PRODUCT'),
        { kind: 'setting', label: 'Authentication protocol', choice: 'SAML' },
        { kind: 'text', text: 'Choose **Select SAML**, then **Add application**.' },
        {
          kind: 'form',
          title: 'Basic information',
          fields: [
            { label: 'Application', value: '{PRODUCT}', control: 'text' },
            { label: 'SAML', value: 'selected', control: 'choice' },
            { label: 'Add application', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Zero Trust', 'Access', 'Applications', 'Add an application', 'SaaS'],
        text: 'Older dashboards call the menu **Access** instead of **Access controls**.',
      },
    },
    {
      id: 'saml-settings',
      title: 'Paste our values',
      where: { path: ['your application', 'SAML settings'] },
      blocks: [
        valueSlip('Entity ID', 'SP_ENTITY_ID', 'Paste exactly, with no slash at the end.'),
        valueSlip('Assertion Consumer Service URL', 'ACS_URL'),
        { kind: 'setting', label: 'Name ID format', choice: 'Email' },
        {
          kind: 'form',
          title: 'Configure app',
          fields: [
            { label: 'Entity ID', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Assertion Consumer Service URL', value: '{ACS_URL}', control: 'text' },
            { label: 'Name ID format', value: 'Email', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'attributes',
      title: 'Send the names',
      where: { path: ['your application', 'SAML attribute statements', '+ Add Statement'] },
      blocks: [
        {
          kind: 'text',
          text: 'Cloudflare sends id and e-mail by itself. Add a statement for each name; its value comes from the identity provider behind Cloudflare.',
        },
        {
          kind: 'setting',
          label: 'Name Format',
          choice: 'Unspecified',
          hint: '**Basic** works only with a mapping of your own provider’s claim.',
        },
        { kind: 'attribute', field: 'firstName', name: 'firstName', source: 'first name of your provider' },
        { kind: 'attribute', field: 'lastName', name: 'lastName', source: 'last name of your provider' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'groups of your provider',
          isOptional: true,
        },
        {
          kind: 'snippet',
          label: 'Transform (JSONata)',
          value: '$ ~> | $ | { "groups": groups.name } |',
          hint: 'Only if you send groups and they come as objects: put it into **Advanced settings**.',
        },
      ],
    },
    {
      id: 'policy',
      title: 'Add a policy',
      where: { path: ['your application', 'Policies'] },
      blocks: [
        {
          kind: 'text',
          text: 'An application without a policy lets nobody in. Add one, such as **Allow** with **Emails ending in** and your domain.',
        },
        {
          kind: 'form',
          title: 'Policy',
          fields: [
            { label: 'Action', value: 'Allow', control: 'choice' },
            { label: 'Selector', value: 'Emails ending in', control: 'choice' },
            { label: 'Value', value: '@acme.com', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata endpoint',
      where: { path: ['your application', 'SAML Metadata endpoint'] },
      blocks: [
        {
          kind: 'text',
          text: 'Copy the **SAML Metadata endpoint**. Below it stand the single values, if you need them.',
        },
        {
          kind: 'form',
          title: 'Your application',
          fields: [
            { label: 'SSO endpoint', value: 'https://acme.cloudflareaccess.com/…', control: 'text' },
            {
              label: 'Access Entity ID or Issuer',
              value: 'https://acme.cloudflareaccess.com/…',
              control: 'text',
            },
            { label: 'Public key', value: 'MIIB…', control: 'text' },
            {
              label: 'SAML Metadata endpoint',
              value: 'https://acme.cloudflareaccess.com/…',
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
      gain: 'We’ll notice new certificates ourselves.',
      fields: [
        {
          field: 'metadata_url',
          label: 'SAML Metadata endpoint',
          where: ['your application'],
          pattern: '^https://[a-z0-9-]+\\.cloudflareaccess\\.com/cdn-cgi/access/sso/saml/\\S+$',
          example: 'https://acme.cloudflareaccess.com/cdn-cgi/access/sso/saml/1a2b3c4d/saml-metadata',
          mistakes: [
            {
              code: 'admin_console_page',
              explanation: 'This is a page of the dashboard. Copy the **SAML Metadata endpoint** it shows.',
            },
          ],
        },
      ],
    },
    {
      kind: 'manual',
      gain: 'Works without the metadata. You come back when the key changes.',
      fields: [
        {
          field: 'sso_url',
          label: 'SSO endpoint',
          where: ['your application'],
          pattern: '^https://[a-z0-9-]+\\.cloudflareaccess\\.com/cdn-cgi/access/sso/saml/[0-9a-f-]+$',
          example: 'https://acme.cloudflareaccess.com/cdn-cgi/access/sso/saml/1a2b3c4d',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Access Entity ID or Issuer',
          where: ['your application'],
          mistakes: [],
        },
        { field: 'certificate', label: 'Public key', where: ['your application'], mistakes: [] },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'id', source: 'sent by itself' },
    { field: 'email', name: 'email', source: 'sent by itself' },
    { field: 'firstName', name: 'firstName', source: 'the provider behind Cloudflare' },
    { field: 'lastName', name: 'lastName', source: 'the provider behind Cloudflare' },
    { field: 'groups', name: 'groups', source: 'the provider behind Cloudflare' },
  ],
  console: {
    entity_id: { path: ['your application'], label: 'Entity ID' },
    acs_url: { path: ['your application'], label: 'Assertion Consumer Service URL' },
    metadata: { path: ['your application'], label: 'SAML Metadata endpoint' },
    certificate: { path: ['your application'], label: 'Public key' },
    name_id: { path: ['your application'], label: 'Name ID format', choice: 'Email' },
    email_attribute: {
      path: ['your application'],
      label: 'Name ID format',
      choice: 'Email; Cloudflare then sends the e-mail by itself',
    },
    assignment: { path: ['your application', 'Policies'], label: 'Allow' },
  },
  repairs: [
    {
      causes: ['email_missing', 'email_invalid'],
      where: { path: ['your application'], label: 'Name ID format' },
      fix: 'Set **Name ID format** to Email: then Cloudflare sends the e-mail by itself.',
    },
  ],
  mistakes: [
    {
      symptom: 'Cloudflare says that you don’t have access',
      cause: 'No policy of the application allows this person.',
      fix: 'Add a policy with **Allow** that fits them, and test again.',
      subject: 'assignment',
    },
    {
      symptom: 'The names are missing',
      cause: 'The person signed in with a one-time PIN, which knows no names.',
      fix: 'Test with a person of your identity provider, or switch the one-time PIN off for this application.',
    },
    {
      symptom: 'A statement stays empty',
      cause: 'Its **Name Format** is **Basic**, which needs a mapping of your provider’s claim.',
      fix: 'Set **Name Format** to **Unspecified**.',
    },
    {
      symptom: 'The groups arrive as {…} or as numbers',
      cause: 'Your provider gives groups as objects.',
      fix: 'Put the transform of the attribute step into **Advanced settings**.',
    },
  ],
  errors: [],
  assignment: 'Cloudflare lets in only whom a policy with **Allow** names.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Cloudflare', url: 'https://workos.com/docs/integrations/cloudflare-saml' },
    { title: 'Phase Two: identity provider wizard', url: 'https://github.com/p2-inc/idp-wizard' },
    { title: 'SSOReady: documentation', url: 'https://ssoready.com/docs' },
  ],
};
