import type { DnsHost } from './host.ts';

export const hostgator: DnsHost = {
  id: 'hostgator',
  name: 'HostGator',
  nameServers: [/^ns\d+\.hostgator\.com$/, /\.websitewelcome\.com$/],
  exampleNameServers: ['ns8001.hostgator.com', 'ns8002.hostgator.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS'],
  },
  labels: { type: 'Type', name: 'Name', value: 'TXT Data' },
  open: [
    'In the customer portal open **Domains**, choose **{ZONE}** and go to **DNS**.',
    'Choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '14400 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['If you work in cPanel’s **Zone Editor** instead, enter the full name with a dot at the end.'],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
