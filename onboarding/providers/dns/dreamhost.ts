import type { DnsHost } from './host.ts';

export const dreamhost: DnsHost = {
  id: 'dreamhost',
  name: 'DreamHost',
  nameServers: [/^ns[1-3]\.dreamhost\.com$/],
  exampleNameServers: ['ns1.dreamhost.com', 'ns2.dreamhost.com'],
  console: {
    path: ['Websites', '{ZONE}', 'Manage', 'DNS', 'Add record'],
  },
  labels: { type: 'TXT', name: 'Host', value: 'TXT Value' },
  open: [
    'Open **Websites** (or **Domains**), choose **Manage** beside **{ZONE}** and go to **DNS**.',
    'Choose **Add record**, then **TXT**.',
  ],
  finish: 'Save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '14400 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
