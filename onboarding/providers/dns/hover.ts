import type { DnsHost } from './host.ts';

export const hover: DnsHost = {
  id: 'hover',
  name: 'Hover',
  nameServers: [/^ns[12]\.hover\.com$/, /\.systemdns\.com$/],
  exampleNameServers: ['ns1.hover.com', 'ns2.hover.com'],
  console: {
    path: ['{ZONE}', 'DNS', 'Add a record'],
  },
  labels: { type: 'Type', name: 'Hostname', value: 'Content' },
  open: [
    'In the control panel choose **{ZONE}** and go to **DNS**.',
    'Choose **Add a record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '15 minutes', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
