import type { DnsHost } from './host.ts';

export const bluehost: DnsHost = {
  id: 'bluehost',
  name: 'Bluehost',
  nameServers: [/^ns[12]\.bluehost\.com$/],
  exampleNameServers: ['ns1.bluehost.com', 'ns2.bluehost.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS', 'Add record'],
  },
  labels: { type: 'Type', name: 'Host Record', value: 'TXT Value' },
  open: [
    'Open **Domains**, choose **{ZONE}** and go to **DNS** (older panels: **Zone editor**).',
    'Choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** at 4 hours and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '4 hours', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: ['Some screens call the name field **Refers to**.'],
  source: {
    titles: ['Microsoft 365: Create DNS records at Bluehost (2019–2021)', 'General knowledge of the console'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
