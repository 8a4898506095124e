import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** CyberArk sends people by the roles of the app, on its schedule or when somebody starts it. */
export const cyberArk: DirectoryGuide = {
  id: 'cyberark',
  name: 'CyberArk Identity',
  shortName: 'CyberArk',
  names: ['CyberArk', 'Idaptive', 'Centrify', 'CyberArk Workforce Identity', 'cyberark.com'],
  mark: 'CA',
  type: 'cyberark scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: {
    sentence: 'Sends changes on the schedule set there, once a day unless told.',
    everyMinutes: 24 * 60,
  },
  needs: ['a CyberArk Identity system administrator', 'the web app that your people sign in with'],
  signInGuides: ['cyberark'],
  steps: [
    {
      id: 'connect',
      title: 'Connect the app to us',
      where: { path: ['Apps & Widgets', 'Web Apps', 'your app', 'Provisioning'] },
      blocks: [
        { kind: 'setting', label: 'Enable provisioning for this application', choice: 'ticked' },
        { kind: 'setting', label: 'Mode', choice: 'Live Mode' },
        valueSlip('SCIM Service URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Authorization Type', choice: 'Authorization Header' },
        { kind: 'setting', label: 'Header Type', choice: 'Bearer Token' },
        { kind: 'token', label: 'Bearer Token' },
        { kind: 'text', text: 'Choose **Verify**. When it is green go on.' },
        {
          kind: 'form',
          title: 'Provisioning',
          fields: [
            { label: 'Enable provisioning for this application', value: 'ticked', control: 'tick' },
            { label: 'Live Mode', value: 'selected', control: 'choice' },
            { label: 'SCIM Service URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Header Type', value: 'Bearer Token', control: 'choice' },
            { label: 'Bearer Token', value: '', control: 'text' },
            { label: 'Verify', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'options',
      title: 'Let it remove people, too',
      where: { path: ['Provisioning', 'Sync Options'] },
      blocks: [
        {
          kind: 'setting',
          label:
            'Do not de-provision (deactivate or delete) users in this application when the users are removed from mapped role',
          choice: 'untick',
          hint: 'Otherwise people who lose the role stay here.',
        },
      ],
    },
    {
      id: 'roles',
      title: 'Say who is sent, and as which group',
      where: { path: ['Provisioning', 'Role Mappings', 'Add'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose a **Role** and write its **Destination Group**, the name that it has here. Begin with a role of few people. Choose **Done**, then **Save**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'CyberArk does not say when a group goes; its people tell us by themselves.',
        },
      ],
    },
    {
      id: 'start',
      title: 'Start the first run',
      where: { path: ['Settings', 'Users', 'Outbound Provisioning', 'Synchronizations'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose the app and **Start Sync**. On the same page you set how often it runs by itself.',
        },
      ],
    },
  ],
  checklist: [
    { call: 'connection_test', need: 'needed', trigger: 'Choose **Verify** under **Provisioning**.' },
    {
      call: 'create_user',
      need: 'needed',
      trigger: 'Choose **Start Sync** under **Settings** → **Users** → **Outbound Provisioning**.',
    },
    { call: 'update_user', need: 'nice', trigger: 'Change a person’s title, then choose **Start Sync**.' },
    {
      call: 'deactivate_user',
      need: 'nice',
      trigger: 'Take a test person out of the role, then choose **Start Sync**.',
    },
    {
      call: 'push_group',
      need: 'nice',
      trigger: 'Add a role with a destination group, then choose **Start Sync**.',
    },
  ],
  console: {
    base_url: { path: ['Provisioning'], label: 'SCIM Service URL' },
    token: { path: ['Provisioning'], label: 'Bearer Token' },
    email: { path: ['Provisioning', 'Provisioning Script'], label: 'emails' },
    actions: { path: ['Provisioning', 'Sync Options'], label: 'Do not de-provision' },
    assignment: { path: ['Provisioning', 'Role Mappings'], label: 'Add' },
    groups: { path: ['Provisioning', 'Role Mappings'], label: 'Destination Group' },
    restart: {
      path: ['Settings', 'Users', 'Outbound Provisioning', 'Synchronizations'],
      label: 'Start Sync',
    },
  },
  mistakes: [
    {
      symptom: 'Everything is set and nobody comes',
      cause: 'No run has started since.',
      fix: '**Settings** → **Users** → **Outbound Provisioning** → **Synchronizations** → **Start Sync**.',
      subject: 'restart',
    },
    {
      symptom: 'People who left the role stay',
      cause: 'The app is told not to de-provision.',
      fix: 'Untick **Do not de-provision** under **Sync Options**.',
      subject: 'actions',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [{ title: 'WorkOS: CyberArk SCIM', url: 'https://workos.com/docs/integrations/cyberark-scim' }],
};
