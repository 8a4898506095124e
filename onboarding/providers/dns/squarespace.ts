import type { DnsHost } from './host.ts';

export const squarespace: DnsHost = {
  id: 'squarespace',
  name: 'Squarespace Domains',
  nameServers: [/\.squarespacedns\.com$/, /^ns-cloud-[a-e][1-4]\.googledomains\.com$/],
  exampleNameServers: ['ns01.squarespacedns.com', 'ns02.squarespacedns.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS', 'DNS Settings', 'Custom records', 'Add record'],
    link: 'https://account.squarespace.com/domains',
  },
  labels: { type: 'Type', name: 'Host', value: 'Data' },
  open: [
    'Open **Domains**, choose **{ZONE}** and go to **DNS**, then **DNS Settings**.',
    'Under **Custom records** choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '4 hours', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: [
    'Some screens call the fields **Name** and **Text**.',
    'Domains that came from Google Domains are here, although their nameservers still carry Google’s name.',
  ],
  source: {
    titles: [
      'Microsoft 365: Create DNS records at Squarespace (2019–2021)',
      'General knowledge of the console',
    ],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
