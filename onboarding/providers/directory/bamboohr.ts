import type { DirectoryGuide } from './provider.ts';
import { valueSlip } from './provider.ts';

/** BambooHR, read by its API with the key of a user who may see everybody. */
export const bamboohr: DirectoryGuide = {
  id: 'bamboohr',
  name: 'BambooHR',
  shortName: 'BambooHR',
  names: ['Bamboo', 'Bamboo HR'],
  mark: 'Ba',
  type: 'bamboohr',
  road: 'bamboohr',
  audience: 'everyone',
  rhythm: { sentence: 'Is read every 30 minutes.', everyMinutes: 30 },
  needs: ['a BambooHR user who sees everybody’s work e-mail'],
  signInGuides: [],
  steps: [
    {
      id: 'user',
      title: 'Choose whose key it is',
      where: { path: ['Settings', 'Access Levels'] },
      blocks: [
        {
          kind: 'text',
          text: 'A key sees what its user sees. Take a user of its own, in an access level that may view **Work Email**, **Job Title** and **Department** of everybody.',
        },
        {
          kind: 'note',
          tone: 'information',
          text: 'When a user is removed their keys end with them. That is why a person’s own account serves badly.',
        },
      ],
    },
    {
      id: 'key',
      title: 'Generate the key',
      where: { path: ['the user’s name', 'API Keys', 'Add New Key'] },
      blocks: [
        {
          kind: 'text',
          text: 'Signed in as that user, open the menu under the name, choose **API Keys** and **Add New Key**. Name it, choose **Generate Key**, then **Copy Key**.',
        },
        valueSlip('API Key Name', 'PRODUCT'),
        {
          kind: 'form',
          title: 'Add New API Key',
          fields: [
            { label: 'API Key Name', value: '{PRODUCT}', control: 'text' },
            { label: 'Generate Key', value: '', control: 'button' },
          ],
        },
        {
          kind: 'note',
          tone: 'caution',
          text: 'The key is shown once. Paste it on the next page; if it is lost, generate another.',
        },
      ],
    },
  ],
  checklist: [],
  console: {
    credentials: { path: ['the user’s name', 'API Keys'], label: 'Add New Key' },
    email: { path: ['Settings', 'Access Levels'], label: 'Work Email', choice: 'View Only' },
  },
  mistakes: [
    {
      symptom: 'Nobody’s e-mail address comes',
      cause: 'The access level of the key’s user may not view **Work Email**.',
      fix: 'Let it view the field, then have the directory read again.',
      subject: 'email',
    },
    {
      symptom: 'The key worked and is refused now',
      cause: 'Its user was removed or deactivated, or somebody deleted the key.',
      fix: 'Generate another key and save it here.',
      subject: 'credentials',
    },
  ],
  checkedOn: '2026-11-26',
  sources: [
    { title: 'WorkOS: BambooHR', url: 'https://workos.com/docs/integrations/bamboohr' },
    {
      title: 'BambooHR: Getting started with the API',
      url: 'https://documentation.bamboohr.com/docs/getting-started',
    },
  ],
};
