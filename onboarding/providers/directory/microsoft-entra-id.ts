import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

const adminCenter = 'https://entra.microsoft.com';
const app = ['Enterprise apps', 'your app'] as const;

/**
 * The address carries `aadOptscim062020`: with it Entra speaks the standard's PATCH. *Provision on demand* does not heed
 * it, so that both forms arrive in any case.
 */
export const microsoftEntraId: DirectoryGuide = {
  id: 'microsoft-entra-id',
  name: 'Microsoft Entra ID',
  shortName: 'Entra',
  names: [
    'Azure AD',
    'Azure Active Directory',
    'Microsoft 365',
    'Office 365',
    'Microsoft Entra',
    'AAD',
    'Azure SCIM',
  ],
  mark: 'En',
  type: 'azure scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends changes about every 40 minutes.', everyMinutes: 40 },
  needs: ['a Cloud Application Administrator or Application Administrator', 'Entra ID P1 to assign groups'],
  signInGuides: ['microsoft-entra-id', 'microsoft-entra-id-oidc'],
  steps: [
    {
      id: 'open-app',
      title: 'Open the app’s provisioning',
      where: { path: ['Enterprise apps', 'your app', 'Provisioning'], link: adminCenter },
      blocks: [
        {
          kind: 'text',
          text: 'Open the app that your people sign in with and choose **Provisioning**, then **Get started**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'No app yet? Choose **New application** → **Create your own application** → **Integrate any other application you don’t find in the gallery (Non-gallery)**.',
        },
        valueSlip('What’s the name of your app?', 'PRODUCT'),
      ],
      otherMenuPath: {
        path: ['Enterprise apps', 'your app', 'Provisioning', '+ New configuration'],
        text: 'Newer admin centers write **+ New configuration** or **Connect your application** instead of **Get started**.',
      },
    },
    {
      id: 'connect',
      title: 'Connect the app to us',
      where: { path: [...app, 'Provisioning', 'Admin Credentials'], link: adminCenter },
      blocks: [
        { kind: 'setting', label: 'Provisioning Mode', choice: 'Automatic' },
        valueSlip(
          'Tenant URL',
          'SCIM_BASE_URL',
          'Keep what follows the question mark: with it Entra speaks the standard’s dialect.',
          '?aadOptscim062020',
        ),
        { kind: 'token', label: 'Secret token' },
        {
          kind: 'text',
          text: 'Choose **Test Connection**. When Entra says that it may be enabled for provisioning, choose **Save**; newer admin centers write **Create**.',
        },
        {
          kind: 'form',
          title: 'Admin Credentials',
          fields: [
            { label: 'Provisioning Mode', value: 'Automatic', control: 'choice' },
            { label: 'Tenant URL', value: '{SCIM_BASE_URL}?aadOptscim062020', control: 'text' },
            { label: 'Secret token', value: '', control: 'text' },
            { label: 'Test Connection', value: '', control: 'button' },
            { label: 'Save', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'mappings',
      title: 'Check the mappings',
      where: {
        path: [...app, 'Provisioning', 'Mappings', 'Provision Microsoft Entra ID Users'],
        link: adminCenter,
      },
      blocks: [
        {
          kind: 'text',
          text: 'Entra’s defaults are right but for one: choose the row **externalId** and set its **Source attribute** to objectId. Compare the others.',
        },
        {
          kind: 'mapping',
          name: 'externalId',
          source: 'objectId',
          hint: 'The default, mailNickname, changes when people are renamed.',
        },
        { kind: 'mapping', name: 'userName', source: 'userPrincipalName' },
        {
          kind: 'mapping',
          name: 'emails[type eq "work"].value',
          source: 'mail',
          hint: 'Choose userPrincipalName where people have no mailbox.',
        },
        {
          kind: 'mapping',
          name: 'active',
          source: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
        },
        {
          kind: 'text',
          text: 'In **Provision Microsoft Entra ID Groups** check that **externalId** comes from objectId. Leave **Create**, **Update** and **Delete** ticked in both, then **Save**.',
        },
      ],
    },
    {
      id: 'scope',
      title: 'Say who is sent',
      where: { path: [...app, 'Users and groups', 'Add user/group'], link: adminCenter },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **None Selected**, pick the people or groups, then **Select** and **Assign**. Begin with one person or one small group.',
        },
        {
          kind: 'setting',
          label: 'Scope',
          choice: 'Sync only assigned users and groups',
          hint: 'Under **Provisioning** → **Settings**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'Groups inside groups are not followed: assign each group by itself.',
        },
      ],
    },
    {
      id: 'start',
      title: 'Start provisioning',
      where: { path: [...app, 'Provisioning', 'Overview', 'Start provisioning'], link: adminCenter },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Start provisioning**. The first cycle begins within 40 minutes and takes longer than later ones; you can close everything meanwhile.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'To see one person at once choose **Provision on demand**, type a name and choose **Provision**.',
        },
      ],
      otherMenuPath: {
        path: ['Enterprise apps', 'your app', 'Provisioning', 'Edit provisioning', 'Provisioning Status'],
        text: 'Older admin centers have the switch **Provisioning Status** at the bottom of the settings: set it to **On** and choose **Save**.',
      },
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'needed',
      trigger: 'Choose **Test Connection** under **Provisioning** → **Admin Credentials**.',
    },
    {
      call: 'create_user',
      need: 'needed',
      trigger: 'Choose **Provisioning** → **Provision on demand**, pick a person and choose **Provision**.',
    },
    {
      call: 'update_user',
      need: 'nice',
      trigger: 'Change a person’s **Job title**, then provision the person on demand again.',
    },
    {
      call: 'deactivate_user',
      need: 'nice',
      trigger: 'Remove a test person under **Users and groups** and wait for the next cycle.',
    },
    {
      call: 'push_group',
      need: 'nice',
      trigger:
        'Assign a group under **Users and groups** and wait for the next cycle, or provision it on demand.',
    },
  ],
  console: {
    base_url: { path: ['Provisioning', 'Admin Credentials'], label: 'Tenant URL' },
    token: { path: ['Provisioning', 'Admin Credentials'], label: 'Secret token' },
    user_name: {
      path: ['Provisioning', 'Mappings', 'Provision Microsoft Entra ID Users'],
      label: 'userName',
      choice: 'userPrincipalName',
    },
    email: {
      path: ['Provisioning', 'Mappings', 'Provision Microsoft Entra ID Users'],
      label: 'emails[type eq "work"].value',
      choice: 'mail, or userPrincipalName where it is empty',
    },
    actions: {
      path: ['Provisioning', 'Mappings', 'Provision Microsoft Entra ID Users'],
      label: 'Target Object Actions',
    },
    assignment: { path: ['Users and groups'], label: 'Add user/group' },
    groups: { path: ['Provisioning', 'Mappings', 'Provision Microsoft Entra ID Groups'], label: 'Enabled' },
    restart: { path: ['Provisioning', 'Overview'], label: 'Restart provisioning' },
  },
  mistakes: [
    {
      symptom: '“You appear to have entered invalid credentials”',
      cause: 'The token or the address differs from ours.',
      fix: 'Paste **Tenant URL** and **Secret token** again, or make another token.',
      subject: 'token',
    },
    {
      symptom: '“NotEffectivelyEntitled”: people are skipped',
      cause: 'They are in no group that is assigned to the app, or only in a group inside it.',
      fix: '**Users and groups** → **Add user/group**.',
      subject: 'assignment',
    },
    {
      symptom: 'People arrive without an e-mail address',
      cause: 'They have no mailbox, so **mail** is empty.',
      fix: 'Set the source of **emails[type eq "work"].value** to userPrincipalName.',
      subject: 'email',
    },
    {
      symptom: 'The job is in quarantine and calls come once a day',
      cause: 'Many calls failed in a row.',
      fix: 'Mend what the request list shows, then **Provisioning** → **Overview** → **Restart provisioning**.',
      subject: 'restart',
    },
    {
      symptom: 'A person enabled again is missing in groups',
      cause: 'Entra does not send the memberships again.',
      fix: '**Provisioning** → **Overview** → **Restart provisioning**.',
      subject: 'restart',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: Entra ID SCIM', url: 'https://workos.com/docs/integrations/entra-id-scim' },
    {
      title: 'Microsoft: Develop a SCIM endpoint',
      url: 'https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups',
    },
    {
      title: 'Microsoft: Known issues with SCIM 2.0 compliance',
      url: 'https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility',
    },
  ],
};
