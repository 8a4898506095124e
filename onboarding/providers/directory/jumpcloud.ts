import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** JumpCloud follows the membership of user groups, and tries the connection with a person that it makes and removes. */
export const jumpCloud: DirectoryGuide = {
  id: 'jumpcloud',
  name: 'JumpCloud',
  shortName: 'JumpCloud',
  names: ['Jump Cloud', 'jumpcloud.com', 'JumpCloud Identity Management'],
  mark: 'JC',
  type: 'jump cloud scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends every change at once.', everyMinutes: null },
  needs: ['a JumpCloud administrator', 'an address at which nobody is yet, for its test'],
  signInGuides: ['jumpcloud', 'jumpcloud-oidc'],
  steps: [
    {
      id: 'add-app',
      title: 'Add a custom application',
      where: { path: ['User Authentication', 'SSO Applications', '+ Add New Application'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Custom Application**, then **Next**. Your sign-in app will do as well: open it and go on with the next step.',
        },
        { kind: 'setting', label: 'Export users to this app (Identity Management)', choice: 'ticked' },
        valueSlip('Display Label', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Save Application**, then **Configure Application**.' },
      ],
    },
    {
      id: 'connect',
      title: 'Connect it to us',
      where: { path: ['Identity Management', 'Configuration Settings'] },
      blocks: [
        { kind: 'setting', label: 'API Type', choice: 'SCIM API' },
        { kind: 'setting', label: 'SCIM Version', choice: 'SCIM 2.0' },
        valueSlip('Base URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'token', label: 'Token Key' },
        {
          kind: 'setting',
          label: 'Test User Email',
          choice: 'an address that nobody has here yet',
          hint: 'JumpCloud makes this person here and deactivates it again.',
        },
        { kind: 'setting', label: 'Group Management', choice: 'on' },
        {
          kind: 'text',
          text: 'Choose **Test Connection**. When it is green choose **Activate**, then **Save**.',
        },
        {
          kind: 'form',
          title: 'Configuration Settings',
          fields: [
            { label: 'API Type', value: 'SCIM API', control: 'choice' },
            { label: 'SCIM Version', value: 'SCIM 2.0', control: 'choice' },
            { label: 'Base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Token Key', value: '', control: 'text' },
            { label: 'Test User Email', value: '', control: 'text' },
            { label: 'Activate', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'assign',
      title: 'Say who is sent',
      where: { path: ['User Groups'] },
      blocks: [
        {
          kind: 'text',
          text: 'Tick the groups whose people and membership are to come, then choose **Save**. Begin with one small group.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'People come by their groups only: there is no assigning of single people.',
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'A group that you untick later arrives here empty; the group and its people stay.',
        },
      ],
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'needed',
      trigger: 'Choose **Test Connection** under **Identity Management**.',
    },
    {
      call: 'create_user',
      need: 'needed',
      trigger: 'Tick one group under **User Groups** and choose **Save**.',
    },
    {
      call: 'update_user',
      need: 'nice',
      trigger: 'Change the job title of somebody in the group under **User Management** → **Users**.',
    },
    { call: 'deactivate_user', need: 'nice', trigger: 'Take a test person out of the group.' },
    { call: 'push_group', need: 'nice', trigger: 'Add somebody to the group.' },
  ],
  console: {
    base_url: { path: ['Identity Management', 'Configuration Settings'], label: 'Base URL' },
    token: { path: ['Identity Management', 'Configuration Settings'], label: 'Token Key' },
    user_name: { path: ['User Management', 'Users', 'the person'], label: 'Username' },
    email: { path: ['User Management', 'Users', 'the person'], label: 'Company Email' },
    actions: { path: ['Identity Management', 'Configuration Settings'], label: 'Activate' },
    assignment: { path: ['User Groups'], label: 'User Groups' },
    groups: { path: ['Identity Management', 'Configuration Settings'], label: 'Group Management' },
  },
  mistakes: [
    {
      symptom: '**Test Connection** fails although address and token are right',
      cause: 'Somebody has the address of the test person here already.',
      fix: 'Write an address under **Test User Email** that nobody has.',
      subject: 'email',
    },
    {
      symptom: 'Groups do not come',
      cause: '**Group Management** is off, or the group is not ticked.',
      fix: 'Switch it on under **Identity Management**, and tick the group under **User Groups**.',
      subject: 'groups',
    },
    {
      symptom: 'A person is missing',
      cause: 'The person is in none of the ticked groups.',
      fix: 'Add the person to a group that is ticked under **User Groups**.',
      subject: 'assignment',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: JumpCloud SCIM', url: 'https://workos.com/docs/integrations/jumpcloud-scim' },
    {
      title: 'Scalekit: JumpCloud directory',
      url: 'https://docs.scalekit.com/guides/integrations/scim-integrations/jumpcloud/',
    },
  ],
};
