import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** Which calls OneLogin sends for a removal depends on a setting of the app; both are understood. */
export const oneLogin: DirectoryGuide = {
  id: 'onelogin',
  name: 'OneLogin',
  shortName: 'OneLogin',
  names: ['One Identity', 'OneLogin by One Identity', 'onelogin.com'],
  mark: 'Ol',
  type: 'onelogin scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends every change at once, unless somebody has to approve it.', everyMinutes: null },
  needs: ['a OneLogin account owner or super user', 'OneLogin’s user provisioning'],
  signInGuides: ['onelogin', 'onelogin-oidc'],
  steps: [
    {
      id: 'add-app',
      title: 'Add the SCIM app',
      where: { path: ['Administration', 'Applications', 'Applications', 'Add App'] },
      blocks: [
        {
          kind: 'text',
          text: 'Search for **SCIM Provisioner with SAML (SCIM v2 Enterprise)**, choose it and choose **Save**.',
        },
        valueSlip('Display Name', 'PRODUCT'),
      ],
    },
    {
      id: 'connect',
      title: 'Connect the app to us',
      where: { path: ['Configuration', 'API Connection'] },
      blocks: [
        valueSlip('SCIM Base URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'token', label: 'SCIM Bearer Token' },
        { kind: 'setting', label: 'SCIM JSON Template', choice: 'leave as it is' },
        { kind: 'setting', label: 'Custom Headers', choice: 'leave blank' },
        {
          kind: 'text',
          text: 'Choose **Save**, then **Enable** beside **API Status**.',
        },
        {
          kind: 'form',
          title: 'API Connection',
          fields: [
            { label: 'API Status', value: 'Enabled', control: 'choice' },
            { label: 'SCIM Base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Custom Headers', value: '', control: 'text' },
            { label: 'SCIM Bearer Token', value: '', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'provisioning',
      title: 'Switch provisioning on',
      where: { path: ['Provisioning', 'Workflow'] },
      blocks: [
        { kind: 'setting', label: 'Enable provisioning', choice: 'ticked' },
        {
          kind: 'setting',
          label: 'Require admin approval before this action is performed',
          choice: 'untick Create user, Delete user and Update user',
          hint: 'Ticked ones wait for you under **Users** each time.',
        },
        {
          kind: 'setting',
          label:
            'When users are deleted in OneLogin, or the user’s app access is removed, perform the below action',
          choice: 'Delete',
          hint: '**Suspend** is understood as well: such people are shown as inactive.',
        },
        { kind: 'text', text: 'Choose **Save**.' },
      ],
    },
    {
      id: 'groups',
      title: 'Send roles as groups',
      where: { path: ['Parameters', 'Groups'] },
      blocks: [
        {
          kind: 'text',
          text: 'Open the row **Groups**, tick **Include in User Provisioning** and choose **Save**.',
        },
        {
          kind: 'text',
          text: 'Under **Rules** choose **Add Rule** with the action **Set Groups in {PRODUCT}**, for each **role** with a value that matches .* and choose **Save**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'OneLogin does not say when a group is removed from the app. Its people tell us by themselves.',
        },
      ],
    },
    {
      id: 'assign',
      title: 'Say who is sent',
      where: { path: ['Users', 'Roles', 'your role', 'Applications'] },
      blocks: [
        {
          kind: 'text',
          text: 'Add the app to a role, or to one person under **Users** → **Applications**. Everybody needs a **Username**; an e-mail address will do.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Under the app’s **Users**, people who are **Pending** wait: choose the word, then **Approve**.',
        },
      ],
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'nice',
      trigger: 'Choose **Enable** beside **API Status** under **Configuration**.',
    },
    { call: 'create_user', need: 'needed', trigger: 'Give one person a role that has the app.' },
    {
      call: 'update_user',
      need: 'nice',
      trigger: 'Change the title of that person under **Users** → **Users**.',
    },
    { call: 'deactivate_user', need: 'nice', trigger: 'Take the role from a test person.' },
    {
      call: 'push_group',
      need: 'nice',
      trigger: 'Save the rule **Set Groups in {PRODUCT}** under **Rules**.',
    },
  ],
  console: {
    base_url: { path: ['Configuration', 'API Connection'], label: 'SCIM Base URL' },
    token: { path: ['Configuration', 'API Connection'], label: 'SCIM Bearer Token' },
    user_name: { path: ['Users', 'Users', 'the person', 'User Info'], label: 'Username' },
    email: { path: ['Users', 'Users', 'the person', 'User Info'], label: 'Email' },
    actions: { path: ['Provisioning', 'Workflow'], label: 'Enable provisioning' },
    assignment: { path: ['Users', 'Roles', 'your role', 'Applications'], label: 'Add Apps' },
    groups: { path: ['Parameters', 'Groups'], label: 'Include in User Provisioning' },
    restart: { path: ['Provisioning'], label: 'Sync logins' },
  },
  mistakes: [
    {
      symptom: 'People stay **Pending**',
      cause: 'The app asks you to approve each step.',
      fix: '**Provisioning** → **Workflow**: untick the three boxes, or approve people under **Users**.',
      subject: 'actions',
    },
    {
      symptom: 'A person fails with an error about the username',
      cause: 'The person has none in OneLogin.',
      fix: 'Fill **Username** under **Users** → **Users** → **User Info**.',
      subject: 'user_name',
    },
    {
      symptom: 'People arrive, groups do not',
      cause: 'The parameter **Groups** is left out of provisioning, or there is no rule.',
      fix: '**Parameters** → **Groups** → **Include in User Provisioning**, and a rule **Set Groups in {PRODUCT}**.',
      subject: 'groups',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: OneLogin SCIM', url: 'https://workos.com/docs/integrations/onelogin-scim' },
    {
      title: 'Scalekit: OneLogin directory',
      url: 'https://docs.scalekit.com/guides/integrations/scim-integrations/onelogin/',
    },
  ],
};
