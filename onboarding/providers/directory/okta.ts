import type { DirectoryGuide, DirectoryMistake, DirectoryStep, ExpectedCall } from './provider.ts';
import { valueSlip } from './provider.ts';

/** The last three screens are the same for an app of the catalogue and for an app of one's own. */
const lastSteps: readonly DirectoryStep[] = [
  {
    id: 'to-app',
    title: 'Let Okta create, update and deactivate',
    where: { path: ['Provisioning', 'To App', 'Edit'] },
    blocks: [
      { kind: 'text', text: 'Tick **Enable** beside these three, then **Save**.' },
      { kind: 'setting', label: 'Create Users', choice: 'Enable' },
      { kind: 'setting', label: 'Update User Attributes', choice: 'Enable' },
      { kind: 'setting', label: 'Deactivate Users', choice: 'Enable' },
      { kind: 'setting', label: 'Sync Password', choice: 'leave off', hint: 'We never keep a password.' },
      {
        kind: 'form',
        title: 'Provisioning to App',
        fields: [
          { label: 'Create Users', value: 'ticked', control: 'tick' },
          { label: 'Update User Attributes', value: 'ticked', control: 'tick' },
          { label: 'Deactivate Users', value: 'ticked', control: 'tick' },
          { label: 'Save', value: '', control: 'button' },
        ],
      },
    ],
  },
  {
    id: 'assign',
    title: 'Assign the people',
    where: { path: ['Assignments', 'Assign'] },
    blocks: [
      {
        kind: 'text',
        text: 'Choose **Assign to Groups** or **Assign to People**, then **Assign** beside each one, then **Done**. Begin with one person or one small group.',
      },
      {
        kind: 'note',
        tone: 'caution',
        text: 'People assigned before provisioning was on are not sent by themselves. Choose **Provision User** above the list, or **Force Sync** under **Provisioning** → **To App**.',
      },
    ],
  },
  {
    id: 'push-groups',
    title: 'Push the groups',
    where: { path: ['Push Groups', '+ Push Groups', 'Find groups by name'] },
    blocks: [
      {
        kind: 'text',
        text: 'Find a group, leave **Push group memberships immediately** ticked and choose **Save**.',
      },
      {
        kind: 'note',
        tone: 'caution',
        text: 'Push other groups than those you assign by. With one group for both, Okta can lose members on the way.',
      },
      {
        kind: 'note',
        tone: 'information',
        text: 'A member arrives only when the person is assigned to the app too.',
      },
    ],
  },
];

const lastCalls: readonly ExpectedCall[] = [
  {
    call: 'create_user',
    need: 'needed',
    trigger:
      'Assign one person under **Assignments** → **Assign**. Who was assigned before is sent with **Provision User**.',
  },
  {
    call: 'update_user',
    need: 'nice',
    trigger:
      'Change the title of an assigned person under **Directory** → **People** → **Profile** → **Edit**.',
  },
  {
    call: 'deactivate_user',
    need: 'nice',
    trigger: 'Remove a test person under **Assignments**.',
  },
  {
    call: 'push_group',
    need: 'nice',
    trigger: 'Push one group under **Push Groups** → **+ Push Groups** → **Find groups by name**.',
  },
];

const lastFields = {
  user_name: {
    path: ['Sign On', 'Credentials Details', 'Edit'],
    label: 'Application username format',
    choice: 'Email',
  },
  email: { path: ['Provisioning', 'To App', 'Attribute Mappings'], label: 'Primary email' },
  actions: { path: ['Provisioning', 'To App', 'Edit'], label: 'Create Users' },
  assignment: { path: ['Assignments'], label: 'Assign' },
  groups: { path: ['Push Groups'], label: '+ Push Groups' },
  restart: { path: ['Provisioning', 'To App', 'Attribute Mappings'], label: 'Force Sync' },
} as const;

const lastMistakes: readonly DirectoryMistake[] = [
  {
    symptom: 'Nobody arrives, although people are assigned',
    cause: 'They were assigned before provisioning was on.',
    fix: '**Assignments** → **Provision User**, or **Provisioning** → **To App** → **Force Sync**.',
    subject: 'assignment',
  },
  {
    symptom: '“Automatic provisioning of user to app failed: Conflict”',
    cause: 'Somebody with this username is here already.',
    fix: 'Compare **Username** in the person’s assignment; two people can’t share it.',
    subject: 'user_name',
  },
  {
    symptom: 'A pushed group shows an error, or has fewer members than in Okta',
    cause:
      'The group was deleted here, some members aren’t assigned to the app, or you assign by the same group.',
    fix: '**Push Groups**: choose **Unlink pushed group**, then push it again. Assign its members to the app.',
    subject: 'groups',
  },
  {
    symptom: 'Nothing is sent and no error is shown',
    cause: '**Federation Broker Mode** is on; it stops provisioning.',
    fix: 'Switch it off under **General** → **App Settings**.',
    subject: 'actions',
  },
  {
    symptom: 'Updates fail with an error about e-mail or phone types',
    cause: 'The mapping sends types that carry no value.',
    fix: 'Delete **Primary email type**, **Primary phone type** and **Address type** under **Provisioning** → **To App** → **Attribute Mappings**.',
    subject: 'email',
  },
];

const common = {
  name: 'Okta',
  shortName: 'Okta',
  names: ['Okta Workforce Identity', 'Okta Universal Directory', 'Okta Lifecycle Management', 'okta.com'],
  mark: 'Ok',
  type: 'okta scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends every change at once.', everyMinutes: null },
  needs: ['an Okta administrator', 'Okta Lifecycle Management'],
  signInGuides: ['okta', 'okta-oidc'],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: Okta SCIM', url: 'https://workos.com/docs/integrations/okta-scim' },
    {
      title: 'Okta: Understanding SCIM',
      url: 'https://developer.okta.com/docs/concepts/scim/',
    },
    {
      title: 'Okta: Build a SCIM provisioning integration',
      url: 'https://developer.okta.com/docs/guides/scim-provisioning-integration-overview/main/',
    },
  ],
} as const;

/** The app of Okta's catalogue: it sends what has changed, and no more. */
export const okta: DirectoryGuide = {
  ...common,
  id: 'okta',
  variant: {
    label: 'App from Okta’s catalog',
    gain: 'Recommended: sends only what has changed, so groups may be of any size.',
  },
  steps: [
    {
      id: 'add-app',
      title: 'Add the app from the catalog',
      where: { path: ['Applications', 'Applications', 'Browse App Catalog'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the Okta **Admin Console** and search the catalog for **SCIM 2.0 Test App (OAuth Bearer Token)**. Newer consoles add **Governance with SCIM 2.0** to its name.',
        },
        { kind: 'text', text: 'Choose **Add Integration**, give it a name, then **Next** and **Done**.' },
        valueSlip('Application label', 'PRODUCT'),
        {
          kind: 'note',
          tone: 'information',
          text: 'Leave the sign-on options as they are: this app carries people, not sign-ins.',
        },
      ],
    },
    {
      id: 'connect',
      title: 'Connect the app to us',
      where: { path: ['Provisioning', 'Configure API Integration'] },
      blocks: [
        { kind: 'setting', label: 'Enable API integration', choice: 'ticked' },
        valueSlip('SCIM 2.0 Base Url', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'token', label: 'OAuth Bearer Token' },
        {
          kind: 'text',
          text: 'Choose **Test API Credentials**. When Okta says that it was verified, choose **Save**.',
        },
        {
          kind: 'form',
          title: 'Integration',
          fields: [
            { label: 'Enable API integration', value: 'ticked', control: 'tick' },
            { label: 'SCIM 2.0 Base Url', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'OAuth Bearer Token', value: '', control: 'text' },
            { label: 'Test API Credentials', value: '', control: 'button' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    ...lastSteps,
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'needed',
      trigger: 'Choose **Test API Credentials** under **Provisioning** → **Integration**.',
    },
    ...lastCalls,
  ],
  console: {
    base_url: { path: ['Provisioning', 'Integration', 'Edit'], label: 'SCIM 2.0 Base Url' },
    token: { path: ['Provisioning', 'Integration', 'Edit'], label: 'OAuth Bearer Token' },
    ...lastFields,
  },
  mistakes: lastMistakes,
};

/** Provisioning added to a sign-in app of one's own, made by Okta's App Integration Wizard. */
export const oktaOwnApp: DirectoryGuide = {
  ...common,
  id: 'okta-own-app',
  variant: {
    label: 'Your own sign-in app',
    gain: 'One app for sign-in and people. It sends a whole group whenever a member changes, so keep groups below 10,000.',
  },
  steps: [
    {
      id: 'switch-on',
      title: 'Switch provisioning on for the app',
      where: { path: ['Applications', 'Applications', 'your app', 'General', 'App Settings', 'Edit'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the app that your people sign in with, set **Provisioning** and choose **Save**. A new tab **Provisioning** appears.',
        },
        { kind: 'setting', label: 'Provisioning', choice: 'SCIM' },
      ],
    },
    {
      id: 'connect',
      title: 'Connect the app to us',
      where: { path: ['Provisioning', 'Integration', 'Edit'] },
      blocks: [
        valueSlip('SCIM connector base URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Unique identifier field for users', choice: 'userName' },
        {
          kind: 'setting',
          label: 'Supported provisioning actions',
          choice: 'Push New Users, Push Profile Updates, Push Groups',
          hint: 'Leave both Import actions off.',
        },
        { kind: 'setting', label: 'Authentication Mode', choice: 'HTTP Header' },
        {
          kind: 'token',
          label: 'Authorization',
          hint: 'Okta prints **Bearer** before the field: paste the token alone.',
        },
        {
          kind: 'text',
          text: 'Choose **Test Connector Configuration**, then **Close**, then **Save**.',
        },
        {
          kind: 'form',
          title: 'SCIM Connection',
          fields: [
            { label: 'SCIM connector base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Unique identifier field for users', value: 'userName', control: 'text' },
            { label: 'Push New Users', value: 'ticked', control: 'tick' },
            { label: 'Push Profile Updates', value: 'ticked', control: 'tick' },
            { label: 'Push Groups', value: 'ticked', control: 'tick' },
            { label: 'Authentication Mode', value: 'HTTP Header', control: 'choice' },
            { label: 'Test Connector Configuration', value: '', control: 'button' },
          ],
        },
      ],
    },
    ...lastSteps,
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'needed',
      trigger: 'Choose **Test Connector Configuration** under **Provisioning** → **Integration** → **Edit**.',
    },
    ...lastCalls,
  ],
  console: {
    base_url: { path: ['Provisioning', 'Integration', 'Edit'], label: 'SCIM connector base URL' },
    token: { path: ['Provisioning', 'Integration', 'Edit'], label: 'Authorization' },
    ...lastFields,
  },
  mistakes: lastMistakes,
};
