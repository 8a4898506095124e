import { microsoftEntraId } from './microsoft-entra-id.ts';
import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const tenantId = '4f1c7a10-0000-4000-8000-000000000000';
const discoveryExample = `https://login.microsoftonline.com/${tenantId}/v2.0/.well-known/openid-configuration`;

export const microsoftEntraIdOidc: SignInGuide = {
  id: 'microsoft-entra-id-oidc',
  name: 'Microsoft Entra ID',
  shortName: 'Entra',
  names: microsoftEntraId.names,
  mark: 'En',
  protocol: 'oidc',
  variant: {
    label: 'OpenID Connect',
    gain: 'An app registration instead of an enterprise app. Its secret ends after two years at most and has to be replaced.',
  },
  connectionType: 'EntraIdOIDC',
  whyRecommended: 'One redirect URI goes there; two ids and a secret come back.',
  audience: 'everyone',
  steps: [
    {
      id: 'register-app',
      title: 'Register the app',
      where: {
        path: ['Entra ID', 'App registrations', 'New registration'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        valueSlip('Name', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'Supported account types',
          choice: 'Accounts in this organizational directory only (Single tenant)',
        },
        { kind: 'setting', label: 'Redirect URI (optional)', choice: 'platform Web' },
        valueSlip('Redirect URI', 'REDIRECT_URI', 'Paste exactly, with no slash at the end.'),
        { kind: 'text', text: 'Choose **Register**. The app’s **Overview** opens.' },
        {
          kind: 'form',
          title: 'Register an application',
          fields: [
            { label: 'Name', value: '{PRODUCT}', control: 'text' },
            {
              label: 'Accounts in this organizational directory only (Single tenant)',
              value: 'selected',
              control: 'choice',
            },
            { label: 'Select a platform', value: 'Web', control: 'choice' },
            { label: 'Redirect URI', value: '{REDIRECT_URI}', control: 'text' },
            { label: 'Register', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Identity', 'Applications', 'App registrations', 'New registration'],
        text: 'Older menus say **Identity** → **Applications** → **App registrations**. The Azure portal has the same page under **Microsoft Entra ID**.',
      },
    },
    {
      id: 'secret',
      title: 'Make a client secret',
      where: {
        path: ['your app', 'Certificates & secrets', 'New client secret'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        {
          kind: 'text',
          text: 'Choose an end under **Expires**, then **Add**. Copy **Value** at once: it is hidden when you leave the page.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Copy **Value**, not **Secret ID**. The id looks like a key too, but Entra refuses it.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Note the day under **Expires**. We warn you before it, so that sign-in goes on.',
        },
        {
          kind: 'form',
          title: 'Client secrets',
          fields: [
            { label: 'Expires', value: '24 months', control: 'choice' },
            { label: 'Value', value: 'Ab1~…', control: 'text' },
            { label: 'Secret ID', value: '7c1e8f5a-…', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'claims',
      title: 'Add the claims',
      where: {
        path: ['your app', 'Token configuration', 'Add optional claim', 'ID'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        {
          kind: 'text',
          text: 'Tick email, family_name and given_name, choose **Add**, and accept **Turn on the Microsoft Graph email, profile permission**.',
        },
        { kind: 'attribute', field: 'id', name: 'sub', source: 'sent always' },
        { kind: 'attribute', field: 'email', name: 'email', source: 'Add optional claim → ID → email' },
        {
          kind: 'attribute',
          field: 'firstName',
          name: 'given_name',
          source: 'Add optional claim → ID → given_name',
        },
        {
          kind: 'attribute',
          field: 'lastName',
          name: 'family_name',
          source: 'Add optional claim → ID → family_name',
        },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Add groups claim → Groups assigned to the application',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Cloud-only accounts often have no **Email** in their profile. Fill it in, or nothing arrives.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Groups come as ids. Beyond 200 groups a person, Entra sends none.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Assign the people',
      where: {
        path: ['Enterprise apps', 'your app', 'Users and groups', 'Add user/group'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        {
          kind: 'text',
          text: 'Open the app of the same name under **Enterprise apps**. Set **Properties** → **Assignment required?** to Yes.',
        },
        {
          kind: 'text',
          text: 'Then under **Users and groups** choose **Add user/group** → **None Selected**, pick the people, **Select** and **Assign**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Assign yourself too, so that you can do the test sign-in. Assigning groups needs Entra ID P1.',
        },
      ],
    },
    {
      id: 'addresses',
      title: 'Copy the ids and the address',
      where: { path: ['App registrations', 'your app', 'Overview'], link: 'https://entra.microsoft.com' },
      blocks: [
        {
          kind: 'text',
          text: 'On **Overview** copy **Application (client) ID**. Then choose **Endpoints** and copy **OpenID Connect metadata document**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'The address must hold your **Directory (tenant) ID**, not “common”, and v2.0.',
        },
        {
          kind: 'form',
          title: 'Overview',
          fields: [
            {
              label: 'Application (client) ID',
              value: '9d2e5b30-0000-4000-8000-000000000000',
              control: 'text',
            },
            { label: 'Directory (tenant) ID', value: tenantId, control: 'text' },
            { label: 'Endpoints', value: '', control: 'button' },
            { label: 'OpenID Connect metadata document', value: discoveryExample, control: 'text' },
          ],
        },
      ],
    },
  ],
  giveBack: [
    {
      kind: 'oidc',
      gain: 'We read addresses and keys from this document. With the secret’s end we can warn you in time.',
      fields: [
        {
          field: 'discovery_url',
          label: 'OpenID Connect metadata document',
          where: ['Overview', 'Endpoints'],
          pattern:
            '^https://login\\.(microsoftonline\\.(com|us)|partner\\.microsoftonline\\.cn)/[0-9a-f-]{36}/v2\\.0/\\.well-known/openid-configuration$',
          example: discoveryExample,
          mistakes: [
            {
              code: 'common_tenant',
              explanation: '“common” serves every Microsoft tenant. Use your tenant’s address.',
            },
            {
              code: 'version_one',
              explanation: 'This is the older address. Take the one with v2.0 in it.',
            },
            {
              code: 'issuer_as_discovery',
              explanation:
                'This is the issuer. The document’s address ends in /.well-known/openid-configuration.',
            },
            {
              code: 'metadata_as_discovery',
              explanation:
                'This is the federation metadata of SAML. Copy **OpenID Connect metadata document**.',
            },
            {
              code: 'admin_console_page',
              explanation:
                'This is a page of the admin center. Copy the address it shows, not the page’s own.',
            },
          ],
        },
        {
          field: 'client_id',
          label: 'Application (client) ID',
          where: ['Overview'],
          pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
          example: '9d2e5b30-0000-4000-8000-000000000000',
          mistakes: [],
        },
        {
          field: 'client_secret',
          label: 'Value',
          where: ['Certificates & secrets', 'Client secrets'],
          mistakes: [
            {
              code: 'secret_id_as_secret',
              explanation: 'This is the **Secret ID**. Copy **Value**; if it is hidden, make a new secret.',
            },
            {
              code: 'client_id_as_secret',
              explanation: 'This is the **Application (client) ID**. Copy the secret’s **Value**.',
            },
          ],
        },
        {
          field: 'secret_ends_on',
          label: 'Expires',
          where: ['Certificates & secrets', 'Client secrets'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    { field: 'id', name: 'sub', source: 'sent always' },
    { field: 'email', name: 'email', source: 'optional claim' },
    { field: 'firstName', name: 'given_name', source: 'optional claim' },
    { field: 'lastName', name: 'family_name', source: 'optional claim' },
    { field: 'groups', name: 'groups', source: 'Add groups claim' },
  ],
  console: {
    redirect_uri: { path: ['App registrations', 'your app', 'Authentication'], label: 'Redirect URI' },
    client_id: { path: ['App registrations', 'your app', 'Overview'], label: 'Application (client) ID' },
    client_secret: {
      path: ['App registrations', 'your app', 'Certificates & secrets'],
      label: 'Value',
    },
    issuer: {
      path: ['App registrations', 'your app', 'Overview', 'Endpoints'],
      label: 'OpenID Connect metadata document',
    },
    scopes: {
      path: ['App registrations', 'your app', 'API permissions'],
      label: 'Microsoft Graph',
      choice: 'openid, email and profile, with admin consent',
    },
    email_attribute: {
      path: ['App registrations', 'your app', 'Token configuration'],
      label: 'email',
      choice: 'added as an optional claim of the ID token',
    },
    assignment: { path: ['Enterprise apps', 'your app', 'Users and groups'], label: 'Add user/group' },
  },
  repairs: [
    {
      causes: ['email_missing'],
      where: { path: ['App registrations', 'your app', 'Token configuration'], label: 'Add optional claim' },
      fix: 'Add the optional claim **email** to the ID token, and fill **Email** in the person’s profile.',
    },
    {
      causes: ['client_refused'],
      where: { path: ['App registrations', 'your app', 'Certificates & secrets'], label: 'Value' },
      fix: 'Make a new client secret and copy its **Value** at once, not its **Secret ID**.',
    },
  ],
  mistakes: [
    {
      symptom: 'AADSTS7000215',
      cause: 'The **Secret ID** was copied instead of **Value**, or the secret belongs to another app.',
      fix: 'Make a new secret, copy its **Value** at once and give it to us.',
      subject: 'client_secret',
    },
    {
      symptom: 'AADSTS50011',
      cause: 'The **Redirect URI** differs from ours, or its platform isn’t Web.',
      fix: 'Paste ours into **Redirect URI** under the platform **Web**.',
      subject: 'redirect_uri',
    },
    {
      symptom: 'AADSTS50105',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: '**Enterprise apps** → **Users and groups**, add it, wait a minute.',
      subject: 'assignment',
    },
    {
      symptom: 'No e-mail arrives',
      cause: 'The optional claim is missing, or **Email** is empty in the person’s profile.',
      fix: 'Add **email** under **Token configuration** and fill the profile’s **Email**.',
      subject: 'email_attribute',
    },
    {
      symptom: 'The issuer differs',
      cause: 'The discovery address names “common” or the older endpoint.',
      fix: 'Copy **OpenID Connect metadata document** again, with your tenant’s id and v2.0 in it.',
      subject: 'issuer',
    },
    {
      symptom: 'AADSTS7000222',
      cause: 'The secret has ended.',
      fix: 'Make a new one under **Certificates & secrets** and give us its **Value**.',
      subject: 'client_secret',
    },
  ],
  errors: [
    {
      shown: 'AADSTS7000215',
      meaning: 'Entra doesn’t accept the secret. Often it is the Secret ID instead of the Value.',
      fix: 'Make a new secret, copy its **Value** at once and give it to us.',
      subject: 'client_secret',
    },
    {
      shown: 'AADSTS7000222',
      meaning: 'The client secret has ended.',
      fix: 'Make a new one under **Certificates & secrets** and give us its **Value**.',
      subject: 'client_secret',
    },
    {
      shown: 'AADSTS50011',
      meaning: 'The redirect URI in Entra differs from ours.',
      fix: 'Paste ours into **Redirect URI** under the platform **Web**.',
      subject: 'redirect_uri',
      copy: 'REDIRECT_URI',
    },
    {
      shown: 'AADSTS65001',
      meaning: 'Nobody has consented for your organization yet.',
      fix: 'An administrator grants admin consent under **API permissions**.',
      subject: 'scopes',
    },
    {
      shown: 'AADSTS50105',
      meaning: 'This person isn’t assigned to the app.',
      fix: '**Enterprise apps** → **Users and groups** → **Add user/group**, then wait a minute.',
      subject: 'assignment',
    },
    {
      shown: 'AADSTS700016',
      meaning: 'Entra doesn’t know this client id: it differs, or this is another tenant.',
      fix: 'Copy **Application (client) ID** again and check that the address names the same tenant.',
      subject: 'client_id',
    },
    {
      shown: 'AADSTS90002',
      meaning: 'Entra knows no tenant of this name.',
      fix: 'Copy **OpenID Connect metadata document** again from the right tenant.',
      subject: 'issuer',
    },
    {
      shown: 'AADSTS50020',
      meaning: 'The account belongs to another tenant.',
      fix: 'Use an account of your own tenant, or invite this one as a guest first.',
    },
    {
      shown: 'AADSTS53003',
      meaning: 'A Conditional Access policy refused this sign-in.',
      fix: 'Look at **Sign-in logs** for the policy’s name, or test with an account it lets in.',
    },
    {
      shown: 'AADSTS50076',
      meaning: 'Entra asks for multi-factor authentication first.',
      fix: 'Complete it in the sign-in window, or test from a place your policy trusts.',
    },
    {
      shown: 'AADSTS50158',
      meaning: 'Another security check of your tenant was not passed.',
      fix: 'Complete it in the sign-in window, then start again.',
    },
  ],
  assignment:
    'With **Assignment required?** on, Entra lets in only people under **Enterprise apps** → **Users and groups**.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Entra ID OIDC', url: 'https://workos.com/docs/integrations/entra-id-oidc' },
    {
      title: 'Microsoft: Register an application',
      url: 'https://learn.microsoft.com/entra/identity-platform/quickstart-register-app',
    },
    {
      title: 'Microsoft: Authentication and authorization error codes',
      url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
    },
  ],
};
