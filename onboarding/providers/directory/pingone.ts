import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** PingOne has no directory type of its own in the contract; it speaks plain SCIM 2.0. */
export const pingOne: DirectoryGuide = {
  id: 'pingone',
  name: 'PingOne',
  shortName: 'PingOne',
  names: ['Ping Identity', 'PingOne for Enterprise', 'PingOne Cloud Platform', 'pingone.com'],
  mark: 'Pi',
  type: 'generic scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends every change at once.', everyMinutes: null },
  needs: ['a PingOne Environment Admin', 'a licence with outbound provisioning'],
  signInGuides: ['pingone', 'pingone-oidc'],
  steps: [
    {
      id: 'connect',
      title: 'Make the connection',
      where: { path: ['Integrations', 'Provisioning', '+', 'New Connection', 'Identity Store'] },
      blocks: [
        { kind: 'text', text: 'Choose **Select** beside **SCIM Outbound** and give it a name.' },
        valueSlip('Name', 'PRODUCT'),
        { kind: 'text', text: 'Choose **Next** and fill in:' },
        valueSlip(
          'SCIM Endpoint URL',
          'SCIM_BASE_URL',
          'Older consoles write **SCIM BASE URL**. Paste exactly, with no slash at the end.',
        ),
        { kind: 'setting', label: 'SCIM Version', choice: '2.0' },
        { kind: 'setting', label: 'Authentication Method', choice: 'OAuth 2 Bearer Token' },
        { kind: 'token', label: 'Bearer Token' },
        { kind: 'text', text: 'Choose **Test Connection**. When it succeeds choose **Next**.' },
        {
          kind: 'form',
          title: 'Configure Authentication',
          fields: [
            { label: 'SCIM Endpoint URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'SCIM Version', value: '2.0', control: 'choice' },
            { label: 'Authentication Method', value: 'OAuth 2 Bearer Token', control: 'choice' },
            { label: 'Bearer Token', value: '', control: 'text' },
            { label: 'Test Connection', value: '', control: 'button' },
          ],
        },
      ],
    },
    {
      id: 'preferences',
      title: 'Say what it may do',
      where: { path: ['Integrations', 'Provisioning', 'your connection', 'Preferences'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Actions',
          choice: 'allow Create, Update, Disable and Deprovision users',
        },
        {
          kind: 'setting',
          label: 'Remove Action',
          choice: 'Disable',
          hint: '**Delete** is understood as well: then a person who comes back is a new one.',
        },
        { kind: 'text', text: 'Choose **Save**, then switch the connection on.' },
      ],
    },
    {
      id: 'rule',
      title: 'Make a rule',
      where: { path: ['Integrations', 'Provisioning', '+', 'New Rule'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose PingOne as **Source** and the connection as **Target**, then **Save**.',
        },
        {
          kind: 'text',
          text: '**User Filter**: who is sent. Begin with one small group. **Attribute Mapping**: leave the defaults. **Group Provisioning**: the groups to send.',
        },
        { kind: 'text', text: 'Switch the rule on.' },
      ],
    },
  ],
  checklist: [
    { call: 'connection_test', need: 'needed', trigger: 'Choose **Test Connection** in the connection.' },
    { call: 'create_user', need: 'needed', trigger: 'Switch the rule on; its filter has to match somebody.' },
    {
      call: 'update_user',
      need: 'nice',
      trigger: 'Change the title of such a person under **Directory** → **Users**.',
    },
    {
      call: 'deactivate_user',
      need: 'nice',
      trigger: 'Disable a test person under **Directory** → **Users**.',
    },
    { call: 'push_group', need: 'nice', trigger: 'Choose a group under **Group Provisioning** in the rule.' },
  ],
  console: {
    base_url: {
      path: ['Integrations', 'Provisioning', 'your connection', 'Configuration'],
      label: 'SCIM Endpoint URL',
    },
    token: {
      path: ['Integrations', 'Provisioning', 'your connection', 'Configuration'],
      label: 'Bearer Token',
    },
    user_name: {
      path: ['Integrations', 'Provisioning', 'your rule', 'Attribute Mapping'],
      label: 'Username',
    },
    email: {
      path: ['Integrations', 'Provisioning', 'your rule', 'Attribute Mapping'],
      label: 'Email Address',
    },
    actions: { path: ['Integrations', 'Provisioning', 'your connection', 'Preferences'], label: 'Actions' },
    assignment: { path: ['Integrations', 'Provisioning', 'your rule', 'User Filter'], label: 'User Filter' },
    groups: {
      path: ['Integrations', 'Provisioning', 'your rule', 'Group Provisioning'],
      label: 'Group Provisioning',
    },
  },
  mistakes: [
    {
      symptom: 'The connection is tested and nobody comes',
      cause: 'There is no rule, or connection or rule is off.',
      fix: '**Integrations** → **Provisioning**: make a rule and switch both on.',
      subject: 'assignment',
    },
    {
      symptom: 'People come without an address',
      cause: 'The mapping of **Email Address** is empty.',
      fix: 'Map it in the rule under **Attribute Mapping**.',
      subject: 'email',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'Scalekit: PingIdentity directory',
      url: 'https://docs.scalekit.com/guides/integrations/scim-integrations/pingidentity-scim/',
    },
    {
      title: 'PingOne: SCIM outbound provisioning',
      url: 'https://docs.pingidentity.com/pingone/integrations/p1_scim_provisioning.html',
    },
  ],
};
