import type { DnsHost } from './host.ts';

export const ovhcloud: DnsHost = {
  id: 'ovhcloud',
  name: 'OVHcloud',
  nameServers: [/\.ovh\.(net|ca)$/, /\.anycast\.me$/],
  exampleNameServers: ['dns101.ovh.net', 'ns101.ovh.net'],
  console: {
    path: ['Web Cloud', 'Domain names', '{ZONE}', 'DNS zone', 'Add an entry', 'TXT'],
  },
  labels: { type: 'Type', name: 'Sub-domain', value: 'Value' },
  open: [
    'In **Web Cloud** open **Domain names**, choose **{ZONE}** and go to **DNS zone**.',
    'Choose **Add an entry**, then **TXT**.',
  ],
  finish: 'Choose **Next**, then **Confirm**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: null },
  publication: 'minutes, at worst 24 hours',
  notes: [],
  source: {
    titles: ['Microsoft 365: Create DNS records at OVH (2019–2021)'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
