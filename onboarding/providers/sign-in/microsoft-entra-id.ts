import type { SignInGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const metadataExample =
  'https://login.microsoftonline.com/4f1c7a10-0000-4000-8000-000000000000/federationmetadata/2007-06/federationmetadata.xml?appid=9d2e5b30-0000-4000-8000-000000000000';

export const microsoftEntraId: SignInGuide = {
  id: 'microsoft-entra-id',
  name: 'Microsoft Entra ID',
  shortName: 'Entra',
  names: [
    'Azure AD',
    'Azure Active Directory',
    'AAD',
    'Azure',
    'Microsoft 365',
    'Office 365',
    'Microsoft',
    'login.microsoftonline.com',
  ],
  mark: 'En',
  protocol: 'saml',
  variant: {
    label: 'SAML',
    gain: 'Recommended: new certificates are noticed through the metadata URL, and there is no secret that ends.',
  },
  connectionType: 'AzureSAML',
  whyRecommended: 'Entra publishes metadata for each app, so we notice new certificates ourselves.',
  audience: 'everyone',
  steps: [
    {
      id: 'create-app',
      title: 'Create the enterprise app',
      where: {
        path: ['Entra ID', 'Enterprise apps', 'New application', 'Create your own application'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        valueSlip('What’s the name of your app?', 'PRODUCT'),
        {
          kind: 'setting',
          label: 'What are you looking to do with your application?',
          choice: 'Integrate any other application you don’t find in the gallery (Non-gallery)',
        },
        { kind: 'text', text: 'Choose **Create** and wait until the app’s **Overview** opens.' },
        {
          kind: 'form',
          title: 'Create your own application',
          fields: [
            { label: 'What’s the name of your app?', value: '{PRODUCT}', control: 'text' },
            {
              label: 'Integrate any other application you don’t find in the gallery (Non-gallery)',
              value: 'selected',
              control: 'choice',
            },
            { label: 'Create', value: '', control: 'button' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Identity', 'Applications', 'Enterprise applications', 'New application'],
        text: 'Older menus say **Identity** → **Applications** → **Enterprise applications**. The Azure portal has the same page under **Microsoft Entra ID**.',
      },
    },
    {
      id: 'basic-saml',
      title: 'Basic SAML Configuration',
      where: {
        path: ['Enterprise apps', 'your app', 'Single sign-on', 'SAML', 'Basic SAML Configuration', 'Edit'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        valueSlip(
          'Identifier (Entity ID)',
          'SP_ENTITY_ID',
          'Paste exactly, with no slash at the end. Mark it **Default** and delete any other.',
        ),
        valueSlip('Reply URL (Assertion Consumer Service URL)', 'ACS_URL', 'Mark it **Default**.'),
        { kind: 'setting', label: 'Sign on URL (Optional)', choice: 'leave blank' },
        { kind: 'setting', label: 'Relay State (Optional)', choice: 'leave blank' },
        { kind: 'setting', label: 'Logout Url (Optional)', choice: 'leave blank' },
        { kind: 'text', text: 'Choose **Save** and close the panel.' },
        {
          kind: 'form',
          title: 'Basic SAML Configuration',
          fields: [
            { label: 'Identifier (Entity ID)', value: '{SP_ENTITY_ID}', control: 'text' },
            { label: 'Reply URL (Assertion Consumer Service URL)', value: '{ACS_URL}', control: 'text' },
            { label: 'Sign on URL (Optional)', value: '', control: 'text' },
            { label: 'Relay State (Optional)', value: '', control: 'text' },
            { label: 'Logout Url (Optional)', value: '', control: 'text' },
          ],
        },
      ],
      otherMenuPath: {
        path: ['Overview', 'Set up single sign on', 'SAML', 'Basic SAML Configuration', 'Edit'],
        text: 'The tile **Set up single sign on** on the app’s **Overview** leads to the same page.',
      },
    },
    {
      id: 'claims',
      title: 'Check the claims',
      where: { path: ['Single sign-on', 'Attributes & Claims', 'Edit'], link: 'https://entra.microsoft.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Entra’s defaults already send what we need. Compare, and change nothing else.',
        },
        { kind: 'attribute', field: 'email', name: `${claims}/emailaddress`, source: 'user.mail' },
        { kind: 'attribute', field: 'firstName', name: `${claims}/givenname`, source: 'user.givenname' },
        { kind: 'attribute', field: 'lastName', name: `${claims}/surname`, source: 'user.surname' },
        {
          kind: 'attribute',
          field: 'groups',
          name: 'groups',
          source: 'Add a group claim → Groups assigned to the application',
          isOptional: true,
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Cloud-only accounts often have no **Email** in their profile. Then choose **user.userprincipalname** as the source of **emailaddress**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'For groups, open **Advanced options**, tick **Customize the name of the group claim** and type groups. Beyond 150 groups a person, Entra sends none.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Assign the people',
      where: { path: ['Users and groups', 'Add user/group'], link: 'https://entra.microsoft.com' },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **None Selected**, pick the people or groups, then **Select** and **Assign**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Assign yourself too, so that you can do the test sign-in.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Assigning groups needs Entra ID P1. Nested groups aren’t followed.',
        },
      ],
    },
    {
      id: 'metadata',
      title: 'Copy the metadata URL',
      where: {
        path: ['Single sign-on', 'SAML Certificates', 'App Federation Metadata Url'],
        link: 'https://entra.microsoft.com',
      },
      blocks: [
        { kind: 'text', text: 'In the card **SAML Certificates** copy **App Federation Metadata Url**.' },
        {
          kind: 'note',
          tone: 'information',
          text: 'The address ends in appid=…; keep that part, it names your app’s own certificate.',
        },
        {
          kind: 'form',
          title: 'SAML Certificates',
          fields: [
            { label: 'Status', value: 'Active', control: 'text' },
            { label: 'App Federation Metadata Url', value: metadataExample, control: 'text' },
            { label: 'Certificate (Base64)', value: 'Download', control: 'button' },
            { label: 'Federation Metadata XML', value: 'Download', control: 'button' },
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
          label: 'App Federation Metadata Url',
          where: ['Single sign-on', 'SAML Certificates'],
          pattern:
            '^https://login\\.(microsoftonline\\.(com|us)|partner\\.microsoftonline\\.cn)/[0-9a-f-]{36}/federationmetadata/2007-06/federationmetadata\\.xml\\?appid=[0-9a-f-]{36}$',
          example: metadataExample,
          mistakes: [
            {
              code: 'app_id_missing',
              explanation: 'No app id in the address: this is the tenant’s certificate, not your app’s.',
            },
            {
              code: 'common_tenant',
              explanation: '“common” serves every Microsoft tenant. Use your tenant’s address.',
            },
            {
              code: 'sso_url_as_metadata',
              explanation:
                'This is the **Login URL**, where people sign in. Copy **App Federation Metadata Url**.',
            },
            {
              code: 'admin_console_page',
              explanation:
                'This is a page of the admin center. Copy the address it shows, not the page’s own.',
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
          label: 'Federation Metadata XML',
          where: ['Single sign-on', 'SAML Certificates'],
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
          label: 'Login URL',
          where: ['Single sign-on', 'Set up your app'],
          pattern:
            '^https://login\\.(microsoftonline\\.(com|us)|partner\\.microsoftonline\\.cn)/[0-9a-f-]{36}/saml2$',
          example: 'https://login.microsoftonline.com/4f1c7a10-0000-4000-8000-000000000000/saml2',
          mistakes: [],
        },
        {
          field: 'entity_id',
          label: 'Microsoft Entra Identifier',
          where: ['Single sign-on', 'Set up your app'],
          pattern: '^https://sts\\.(windows\\.net|chinacloudapi\\.cn)/[0-9a-f-]{36}/$',
          example: 'https://sts.windows.net/4f1c7a10-0000-4000-8000-000000000000/',
          mistakes: [
            { code: 'slash_missing', explanation: 'Entra’s identifier ends with a slash; keep it.' },
          ],
        },
        {
          field: 'certificate',
          label: 'Certificate (Base64)',
          where: ['Single sign-on', 'SAML Certificates'],
          mistakes: [],
        },
      ],
    },
  ],
  attributes: [
    {
      field: 'id',
      name: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
      source: 'sent always',
    },
    { field: 'email', name: `${claims}/emailaddress`, source: 'user.mail' },
    { field: 'firstName', name: `${claims}/givenname`, source: 'user.givenname' },
    { field: 'lastName', name: `${claims}/surname`, source: 'user.surname' },
    {
      field: 'groups',
      name: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
      source: 'Add a group claim',
    },
  ],
  console: {
    entity_id: { path: ['Single sign-on', 'Basic SAML Configuration'], label: 'Identifier (Entity ID)' },
    acs_url: {
      path: ['Single sign-on', 'Basic SAML Configuration'],
      label: 'Reply URL (Assertion Consumer Service URL)',
    },
    metadata: { path: ['Single sign-on', 'SAML Certificates'], label: 'App Federation Metadata Url' },
    certificate: {
      path: ['Single sign-on', 'SAML Certificates', 'Edit'],
      label: 'the certificate with status Active',
    },
    assertion_signing: {
      path: ['Single sign-on', 'SAML Certificates', 'Edit'],
      label: 'Signing Option',
      choice: 'Sign SAML response and assertion',
    },
    signature_algorithm: {
      path: ['Single sign-on', 'SAML Certificates', 'Edit'],
      label: 'Signing Algorithm',
      choice: 'SHA-256',
    },
    encryption: { path: ['Security', 'Token encryption'], label: 'Token encryption', choice: 'off' },
    name_id: {
      path: ['Single sign-on', 'Attributes & Claims'],
      label: 'Unique User Identifier (Name ID)',
      choice: 'user.userprincipalname, format Email address',
    },
    email_attribute: {
      path: ['Single sign-on', 'Attributes & Claims'],
      label: 'emailaddress',
      choice: 'user.mail, or user.userprincipalname when it is empty',
    },
    assignment: { path: ['Users and groups'], label: 'Add user/group' },
  },
  repairs: [
    {
      causes: ['email_missing'],
      where: { path: ['Single sign-on', 'Attributes & Claims'], label: 'emailaddress' },
      fix: 'Fill **Email** in the person’s profile, or set **emailaddress** to user.userprincipalname.',
    },
    {
      causes: ['too_large'],
      where: {
        path: ['Single sign-on', 'Attributes & Claims', 'Add a group claim'],
        label: 'Groups assigned to the application',
      },
      fix: 'Choose **Groups assigned to the application**, so that fewer groups are sent.',
    },
  ],
  mistakes: [
    {
      symptom: 'AADSTS50105',
      cause: 'The account you tried isn’t assigned to the app.',
      fix: '**Users and groups**, add it, wait a minute.',
      subject: 'assignment',
    },
    {
      symptom: 'AADSTS700016',
      cause: 'The **Identifier (Entity ID)** differs from ours, or you are in another tenant.',
      fix: 'Paste ours into **Identifier (Entity ID)**.',
      subject: 'entity_id',
    },
    {
      symptom: 'AADSTS50011',
      cause: 'The **Reply URL** differs from ours.',
      fix: 'Paste ours into **Reply URL (Assertion Consumer Service URL)**.',
      subject: 'acs_url',
    },
    {
      symptom: 'No e-mail arrives',
      cause: '**Email** is empty in the profile of cloud-only accounts.',
      fix: 'Fill it, or choose **user.userprincipalname** as the source of **emailaddress**.',
      subject: 'email_attribute',
    },
    {
      symptom: 'A claim’s name comes twice as long',
      cause: 'The **Namespace** of a claim was typed into its name.',
      fix: 'Leave **Namespace** blank, or exactly as Entra fills it.',
      subject: 'email_attribute',
    },
  ],
  errors: [
    {
      shown: 'AADSTS50105',
      meaning: 'This person isn’t assigned to the app.',
      fix: '**Users and groups** → **Add user/group**, then wait a minute. Or set **Properties** → **Assignment required?** to No.',
      subject: 'assignment',
    },
    {
      shown: 'AADSTS700016',
      meaning: 'Entra doesn’t know this app: the identifier differs, or this is another tenant.',
      fix: 'Paste ours into **Identifier (Entity ID)** and check that you are in the right tenant.',
      subject: 'entity_id',
      copy: 'SP_ENTITY_ID',
    },
    {
      shown: 'AADSTS50011',
      meaning: 'The Reply URL in Entra differs from ours.',
      fix: 'Paste ours into **Reply URL (Assertion Consumer Service URL)** and mark it **Default**.',
      subject: 'acs_url',
      copy: 'ACS_URL',
    },
    {
      shown: 'AADSTS75011',
      meaning: 'The way this person signed in to Entra is not the one that was asked for.',
      fix: 'We ask for no particular way. Start the test again in a private window.',
    },
    {
      shown: 'AADSTS750054',
      meaning: 'Entra’s Login URL was opened directly, without a request from us.',
      fix: 'Start the test from here. For launches from My Apps, paste this into **Sign on URL (Optional)**.',
      copy: 'LOGIN_URL',
    },
    {
      shown: 'AADSTS75005',
      meaning: 'Entra could not read our request.',
      fix: 'Start the test again. If it happens twice, ask for help with the attempt’s number.',
    },
    {
      shown: 'AADSTS90002',
      meaning: 'Entra knows no tenant of this name.',
      fix: 'Copy **App Federation Metadata Url** again from the right tenant.',
      subject: 'metadata',
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
  assignment: 'Entra lets in only people assigned to the app: **Users and groups** → **Add user/group**.',
  checkedOn: '2026-11-25',
  sources: [
    { title: 'WorkOS: Entra ID SAML', url: 'https://workos.com/docs/integrations/entra-id-saml' },
    {
      title: 'Microsoft: Enable single sign-on for an enterprise application',
      url: 'https://learn.microsoft.com/entra/identity/enterprise-apps/add-application-portal-setup-sso',
    },
    {
      title: 'Microsoft: Authentication and authorization error codes',
      url: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
    },
  ],
};
