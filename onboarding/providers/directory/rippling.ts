import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** A custom app of Rippling: it calls us by SCIM when people are made or changed. */
export const rippling: DirectoryGuide = {
  id: 'rippling',
  name: 'Rippling',
  shortName: 'Rippling',
  names: ['Rippling HR', 'Rippling IT', 'rippling.com'],
  mark: 'Ri',
  type: 'rippling scim v2.0',
  road: 'scim',
  audience: 'everyone',
  rhythm: { sentence: 'Sends people when they are made or changed.', everyMinutes: null },
  needs: ['a Rippling super admin or IT admin', 'Rippling’s IT Management'],
  signInGuides: ['rippling'],
  steps: [
    {
      id: 'create-app',
      title: 'Make a custom app',
      where: { path: ['IT Management', 'Custom App', 'Create New App'] },
      blocks: [
        valueSlip('App name', 'PRODUCT'),
        { kind: 'setting', label: 'User Management via SCIM', choice: 'ticked' },
        { kind: 'setting', label: 'SCIM version', choice: '2.0' },
        valueSlip('SCIM Base URL', 'SCIM_BASE_URL', 'Paste exactly, with no slash at the end.'),
        { kind: 'setting', label: 'SCIM Authorization Method', choice: 'Bearer Token' },
        {
          kind: 'setting',
          label: 'Supported SCIM features',
          choice: 'Groups, Pagination, Delete groups, PATCH groups',
        },
        {
          kind: 'setting',
          label: 'Supported SCIM attributes',
          choice: 'externalId, emails.primary, name.givenName, name.familyName, and any others',
        },
        {
          kind: 'form',
          title: 'User Management via SCIM',
          fields: [
            { label: 'SCIM version', value: '2.0', control: 'choice' },
            { label: 'SCIM Base URL', value: '{SCIM_BASE_URL}', control: 'text' },
            { label: 'SCIM Authorization Method', value: 'Bearer Token', control: 'choice' },
          ],
        },
      ],
    },
    {
      id: 'install',
      title: 'Install it with the token',
      where: { path: ['IT Management', 'Custom App', 'your app', 'Install'] },
      blocks: [
        { kind: 'token', label: 'Bearer Token' },
        {
          kind: 'text',
          text: 'Choose **Continue**. Match accounts that are here already, say who gets the app, and when: **Immediately** or **On start date**.',
        },
        {
          kind: 'text',
          text: 'Choose the groups to send, then finish.',
        },
      ],
    },
    {
      id: 'leaving',
      title: 'Say what becomes of leavers',
      where: { path: ['IT Management', 'your app', 'Settings'] },
      blocks: [
        {
          kind: 'setting',
          label: 'Deprovision time',
          choice: 'Immediately',
          hint: 'Deactivating and deleting are both understood.',
        },
      ],
    },
  ],
  checklist: [
    {
      call: 'connection_test',
      need: 'nice',
      trigger: 'Choose **Continue** behind the token at **Install**.',
    },
    { call: 'create_user', need: 'needed', trigger: 'Give the app to one person in its access rules.' },
    { call: 'update_user', need: 'nice', trigger: 'Change that person’s title.' },
    { call: 'deactivate_user', need: 'nice', trigger: 'Take the app from a test person.' },
    { call: 'push_group', need: 'nice', trigger: 'Choose a group in the app’s settings.' },
  ],
  console: {
    base_url: { path: ['IT Management', 'Custom App', 'your app'], label: 'SCIM Base URL' },
    token: { path: ['IT Management', 'Custom App', 'your app', 'Install'], label: 'Bearer Token' },
    email: { path: ['IT Management', 'Custom App', 'your app'], label: 'Supported SCIM attributes' },
    actions: { path: ['IT Management', 'Custom App', 'your app'], label: 'Supported SCIM features' },
    assignment: { path: ['IT Management', 'your app', 'Access Rules'], label: 'Access Rules' },
    groups: { path: ['IT Management', 'your app', 'Settings'], label: 'Groups' },
  },
  mistakes: [
    {
      symptom: 'New people do not come before their first day',
      cause: 'The app is given **On start date**.',
      fix: 'Choose **Immediately** in the app’s settings.',
      subject: 'assignment',
    },
    {
      symptom: 'Groups do not come',
      cause: '**Groups** is missing among the supported features.',
      fix: 'Tick **Groups** and **PATCH groups** in the custom app.',
      subject: 'actions',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [{ title: 'WorkOS: Rippling SCIM', url: 'https://workos.com/docs/integrations/rippling-scim' }],
};
