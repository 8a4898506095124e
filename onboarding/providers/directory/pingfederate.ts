import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** PingFederate provisions through its SCIM Connector, on a timer of each channel. */
export const pingFederate: DirectoryGuide = {
  id: 'pingfederate',
  name: 'PingFederate',
  shortName: 'PingFederate',
  names: ['Ping Federate', 'Ping Identity', 'PingFederate SCIM Connector'],
  mark: 'PF',
  type: 'pingfederate scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends changes by the timer of its channel.', everyMinutes: null },
  needs: ['a PingFederate administrator', 'the SCIM Connector, version 1.4 or later', 'an LDAP data store'],
  signInGuides: ['pingfederate'],
  steps: [
    {
      id: 'connector',
      title: 'Install the connector',
      where: { path: ['System', 'Protocol Settings', 'Outbound Provisioning'] },
      blocks: [
        {
          kind: 'text',
          text: 'Copy the files of the **SCIM Connector** into the folder server/default/deploy of every engine.',
        },
        {
          kind: 'snippet',
          label: 'bin/run.properties',
          value: 'pf.provisioner.mode=STANDALONE',
          hint: 'FAILOVER on all but one engine of a cluster. Restart PingFederate afterwards.',
        },
      ],
    },
    {
      id: 'target',
      title: 'Make the connection to us',
      where: {
        path: ['Applications', 'Integration', 'SP Connections', 'Create Connection', 'Use a template'],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Choose the template **SCIM Connector**, tick **Outbound Provisioning**, and come to **Target**.',
        },
        valueSlip('Connection Name', 'PRODUCT'),
        valueSlip('SCIM URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'SCIM Version', choice: '2.0' },
        { kind: 'setting', label: 'Authentication Method', choice: 'OAuth 2 Bearer Token' },
        { kind: 'token', label: 'Access Token' },
        { kind: 'setting', label: 'Unique User Identifier', choice: 'userName' },
        {
          kind: 'form',
          title: 'Target',
          fields: [
            { label: 'SCIM URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'SCIM Version', value: '2.0', control: 'choice' },
            { label: 'Authentication Method', value: 'OAuth 2 Bearer Token', control: 'choice' },
            { label: 'Access Token', value: '', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'options',
      title: 'Say what it may do',
      where: { path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Target'] },
      blocks: [
        { kind: 'setting', label: 'User Create', choice: 'ticked' },
        { kind: 'setting', label: 'User Update', choice: 'ticked' },
        { kind: 'setting', label: 'User Disable/Delete', choice: 'ticked' },
        {
          kind: 'setting',
          label: 'Remove User Action',
          choice: 'Disable',
          hint: '**Delete** is understood as well: then a person who comes back is a new one.',
        },
        {
          kind: 'setting',
          label: 'Use Patch for Group Updates',
          choice: 'ticked',
          hint: 'Without it every change sends the whole group.',
        },
      ],
    },
    {
      id: 'channel',
      title: 'Make a channel and start it',
      where: {
        path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Manage Channels', 'Create'],
      },
      blocks: [
        {
          kind: 'text',
          text: 'Choose your LDAP data store, its **Base DN**, and as **Users** a **Group DN** or a filter. Begin with one small group. Under **Groups** choose those to send.',
        },
        {
          kind: 'text',
          text: 'Check **Attribute Mapping**, set **Channel Status** to **Active**, choose **Done** and **Save**, and activate the connection.',
        },
        { kind: 'mapping', name: 'userName', source: 'userPrincipalName or mail' },
        { kind: 'mapping', name: 'workEmail', source: 'mail' },
      ],
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'nice',
      trigger: 'Set **Channel Status** to **Active**; PingFederate looks people up before it sends them.',
    },
    {
      call: 'create_user',
      need: 'needed',
      trigger: 'Add somebody to the channel’s group in LDAP and wait for the timer.',
    },
    {
      call: 'update_user',
      need: 'nice',
      trigger: 'Change that person’s title in LDAP and wait for the timer.',
    },
    { call: 'deactivate_user', need: 'nice', trigger: 'Take a test person out of the channel’s group.' },
    { call: 'push_group', need: 'nice', trigger: 'Choose a group under **Groups** in the channel.' },
  ],
  console: {
    base_url: {
      path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Target'],
      label: 'SCIM URL',
    },
    token: {
      path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Target'],
      label: 'Access Token',
    },
    user_name: {
      path: [
        'SP Connections',
        'your connection',
        'Outbound Provisioning',
        'Manage Channels',
        'Attribute Mapping',
      ],
      label: 'userName',
    },
    email: {
      path: [
        'SP Connections',
        'your connection',
        'Outbound Provisioning',
        'Manage Channels',
        'Attribute Mapping',
      ],
      label: 'workEmail',
    },
    actions: {
      path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Target'],
      label: 'User Create',
    },
    assignment: {
      path: [
        'SP Connections',
        'your connection',
        'Outbound Provisioning',
        'Manage Channels',
        'Source Location',
      ],
      label: 'Group DN',
    },
    groups: {
      path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Target'],
      label: 'Use Patch for Group Updates',
    },
    restart: {
      path: ['SP Connections', 'your connection', 'Outbound Provisioning', 'Manage Channels'],
      label: 'Channel Status',
      choice: 'Active',
    },
  },
  mistakes: [
    {
      symptom: 'Nothing is sent at all',
      cause: 'The provisioner is off, or the channel is not active.',
      fix: 'Set pf.provisioner.mode in run.properties, restart, and set **Channel Status** to **Active**.',
      subject: 'restart',
    },
    {
      symptom: 'Large groups time out',
      cause: 'Every change sends the whole group.',
      fix: 'Tick **Use Patch for Group Updates**; the connector has it from version 1.4 on.',
      subject: 'groups',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: PingFederate SCIM', url: 'https://workos.com/docs/integrations/pingfederate-scim' },
    {
      title: 'PingFederate: SCIM Connector',
      url: 'https://docs.pingidentity.com/integrations/scim/pf_scim_connector.html',
    },
  ],
};
