import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** SailPoint reads everything by its aggregations and writes by its provisioning policies. */
export const sailPoint: DirectoryGuide = {
  id: 'sailpoint',
  name: 'SailPoint',
  shortName: 'SailPoint',
  names: ['SailPoint Identity Security Cloud', 'IdentityNow', 'IdentityIQ', 'sailpoint.com'],
  mark: 'SP',
  type: 'sailpoint scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends changes as its policies grant them.', everyMinutes: null },
  needs: ['a SailPoint administrator', 'a virtual appliance that reaches us'],
  signInGuides: [],
  steps: [
    {
      id: 'source',
      title: 'Make a source',
      where: { path: ['Admin', 'Connections', 'Sources', 'Create New'] },
      blocks: [
        { kind: 'setting', label: 'Source type', choice: 'SCIM 2.0' },
        valueSlip('Source Name', 'PRODUCT'),
        {
          kind: 'text',
          text: 'Choose an owner and your virtual appliance cluster, then **Continue**.',
        },
      ],
    },
    {
      id: 'connect',
      title: 'Connect it to us',
      where: { path: ['Admin', 'Connections', 'Sources', 'your source', 'Connection Settings'] },
      blocks: [
        valueSlip('Base URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'Authentication Type', choice: 'API Token' },
        { kind: 'token', label: 'Token' },
        {
          kind: 'text',
          text: 'Choose **Save**, then **Review and Test** → **Test Connection**.',
        },
        {
          kind: 'form',
          title: 'Connection Settings',
          fields: [
            { label: 'Base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'Authentication Type', value: 'API Token', control: 'choice' },
            { label: 'Token', value: '', control: 'text' },
          ],
        },
      ],
    },
    {
      id: 'policies',
      title: 'Aggregate, then grant access',
      where: { path: ['Admin', 'Connections', 'Sources', 'your source', 'Account Aggregation'] },
      blocks: [
        {
          kind: 'text',
          text: 'Start one **Account Aggregation** and one **Entitlement Aggregation**: the groups that are here become entitlements.',
        },
        {
          kind: 'text',
          text: 'Under **Accounts** → **Create Account** map userName and emails, then grant the source to people by an access profile or a role.',
        },
        { kind: 'mapping', name: 'userName', source: 'the identity’s e-mail or login' },
        { kind: 'mapping', name: 'emails', source: 'the identity’s work e-mail' },
      ],
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'needed',
      trigger: 'Choose **Test Connection** under **Review and Test**.',
    },
    { call: 'create_user', need: 'needed', trigger: 'Grant the access profile to one person.' },
    { call: 'update_user', need: 'nice', trigger: 'Change that person’s title in the source of truth.' },
    { call: 'deactivate_user', need: 'nice', trigger: 'Revoke the access of a test person.' },
    { call: 'push_group', need: 'nice', trigger: 'Grant an entitlement of the source to that person.' },
  ],
  console: {
    base_url: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Connection Settings'],
      label: 'Base URL',
    },
    token: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Connection Settings'],
      label: 'Token',
    },
    user_name: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Accounts', 'Create Account'],
      label: 'userName',
    },
    email: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Accounts', 'Create Account'],
      label: 'emails',
    },
    assignment: { path: ['Admin', 'Access Model', 'Access Profiles'], label: 'Access Profiles' },
    groups: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Entitlement Aggregation'],
      label: 'Start Aggregation',
    },
    restart: {
      path: ['Admin', 'Connections', 'Sources', 'your source', 'Account Aggregation'],
      label: 'Start Aggregation',
    },
  },
  mistakes: [
    {
      symptom: 'People are granted access and nobody comes',
      cause: 'The policy **Create Account** has no userName.',
      fix: '**Accounts** → **Create Account**: map userName.',
      subject: 'user_name',
    },
    {
      symptom: 'Groups can’t be granted',
      cause: 'SailPoint has not read them yet.',
      fix: 'Start an **Entitlement Aggregation**.',
      subject: 'groups',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: SailPoint SCIM', url: 'https://workos.com/docs/integrations/sailpoint-scim' },
    {
      title: 'SailPoint: SCIM 2.0 source',
      url: 'https://documentation.sailpoint.com/connectors/scim_2/help/integrating_scim_2_0/introduction.html',
    },
  ],
};
