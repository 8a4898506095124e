import type { DnsHost } from './host.ts';

export const networkSolutions: DnsHost = {
  id: 'network-solutions',
  name: 'Network Solutions',
  nameServers: [/\.worldnic\.com$/],
  exampleNameServers: ['ns61.worldnic.com', 'ns62.worldnic.com'],
  console: {
    path: [
      'Account Manager',
      'Manage my domain',
      'Edit DNS',
      'Manage Advanced DNS Records',
      'Edit TXT Records',
    ],
  },
  labels: { type: 'TXT Records', name: 'Host', value: 'Text' },
  open: [
    'In **Account Manager** open **{ZONE}** and choose **Edit DNS**, then **Manage Advanced DNS Records**.',
    'Under **Text (TXT Records)** choose **Edit TXT Records**.',
  ],
  finish:
    'Keep **TTL**, choose **Continue** and then **Save Changes**: the second press is the one that saves.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: ['The domain itself is shown as **@ (None)**.'],
  source: {
    titles: ['Microsoft 365: Create DNS records at Network Solutions (2019–2021)'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
