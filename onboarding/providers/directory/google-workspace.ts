import { googleScopes } from '../../directory-sources.ts';
import type { DirectoryGuide } from './provider.ts';

/**
 * Google Workspace, read through the Admin SDK by a service account of the customer’s own. Where the vendor has a client
 * of its own at Google, the page offers an admin’s consent beside it, for which there is nothing to do in a console.
 */
export const googleWorkspace: DirectoryGuide = {
  id: 'google-workspace',
  name: 'Google Workspace',
  shortName: 'Google',
  names: ['Google', 'G Suite', 'GSuite', 'Google Apps', 'Gmail', 'Google Directory', 'Cloud Identity'],
  mark: 'Go',
  type: 'gsuite directory',
  road: 'google',
  audience: 'everyone',
  rhythm: { sentence: 'Is read every 30 minutes.', everyMinutes: 30 },
  needs: ['a Workspace super admin', 'the Google Cloud console, for a service account'],
  signInGuides: ['google-workspace', 'google-workspace-oidc'],
  steps: [
    {
      id: 'project',
      title: 'Turn on the Admin SDK',
      where: {
        path: ['APIs & Services', 'Library'],
        link: 'https://console.cloud.google.com/apis/library/admin.googleapis.com',
      },
      blocks: [
        {
          kind: 'text',
          text: 'In the **Google Cloud console** choose a project of your company, or make one for this. Search the library for **Admin SDK API** and choose **Enable**.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'By itself it opens nothing: what may be read is decided in the last step.',
        },
      ],
    },
    {
      id: 'service-account',
      title: 'Make a service account',
      where: {
        path: ['IAM & Admin', 'Service Accounts', 'Create service account'],
        link: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
      },
      blocks: [
        {
          kind: 'text',
          text: 'Give it a name, then **Create and continue** and **Done**. It needs no role in the project.',
        },
        { kind: 'setting', label: 'Service account name', choice: 'Directory reader' },
      ],
    },
    {
      id: 'key',
      title: 'Download its key',
      where: { path: ['IAM & Admin', 'Service Accounts', 'the account', 'Keys'] },
      blocks: [
        {
          kind: 'text',
          text: 'Choose **Add key** → **Create new key**, then **JSON** and **Create**. A file is downloaded; you give it to us after the next step.',
        },
        {
          kind: 'form',
          title: 'Create private key',
          fields: [
            { label: 'JSON', value: 'chosen', control: 'choice' },
            { label: 'Create', value: '', control: 'button' },
          ],
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'Whoever has the file can read what you allow next. Delete it from your computer once it is here; we keep it encrypted and never show it again.',
        },
      ],
    },
    {
      id: 'delegation',
      title: 'Let it read people and groups',
      where: {
        path: [
          'Security',
          'Access and data control',
          'API controls',
          'Manage Domain Wide Delegation',
          'Add new',
        ],
        link: 'https://admin.google.com/ac/owl/domainwidedelegation',
      },
      blocks: [
        {
          kind: 'text',
          text: 'In the **Admin console**, as a super admin, paste the account’s **Client ID**: the long number that its page in the Cloud console shows as **Unique ID**.',
        },
        {
          kind: 'snippet',
          label: 'OAuth scopes (comma-delimited)',
          value: googleScopes.join(','),
          hint: 'All three only read.',
        },
        { kind: 'text', text: 'Choose **Authorize**. It can take a few minutes until Google goes by it.' },
        {
          kind: 'form',
          title: 'Add a new client ID',
          fields: [
            { label: 'Client ID', value: '1048576…', control: 'text' },
            {
              label: 'OAuth scopes (comma-delimited)',
              value: 'https://www.googleapis.com/…',
              control: 'text',
            },
            { label: 'Authorize', value: '', control: 'button' },
          ],
        },
      ],
    },
  ],
  checklist: [],
  console: {
    credentials: {
      path: ['Security', 'Access and data control', 'API controls', 'Manage Domain Wide Delegation'],
      label: 'OAuth scopes (comma-delimited)',
    },
    groups: { path: ['Directory', 'Groups'], label: 'Members' },
  },
  mistakes: [
    {
      symptom: 'Client is unauthorized to retrieve access tokens using this method',
      cause:
        'The account is not in the list of domain-wide delegation, or one of the three scopes is missing there.',
      fix: 'Compare **Client ID** and scopes, choose **Authorize**, and wait a few minutes.',
      subject: 'credentials',
    },
    {
      symptom: 'Not Authorized to access this resource/api',
      cause: 'The admin whose address was given may not see users or groups.',
      fix: 'Give the address of a super admin, or of an admin whose role has **Users** → **Read** and **Groups** → **Read**.',
    },
    {
      symptom: 'Service account key creation is disabled',
      cause:
        'A policy of your Google Cloud organization, **iam.disableServiceAccountKeyCreation**, forbids keys.',
      fix: 'Lift it for this project under **IAM & Admin** → **Organization Policies**, make the key, and set it again.',
    },
    {
      symptom: 'Some people are missing',
      cause: 'Only the chosen groups are read, and whoever is in none of them is not in the directory.',
      fix: 'Add them to a chosen group, or choose everybody.',
      subject: 'groups',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    {
      title: 'WorkOS: Google Workspace directory sync',
      url: 'https://workos.com/docs/integrations/google-directory-sync',
    },
    {
      title: 'Google: Using OAuth 2.0 for server to server applications',
      url: 'https://developers.google.com/identity/protocols/oauth2/service-account',
    },
    { title: 'Google: Directory API', url: 'https://developers.google.com/admin-sdk/directory/v1/guides' },
  ],
};
