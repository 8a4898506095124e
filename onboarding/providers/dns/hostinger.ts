import type { DnsHost } from './host.ts';

export const hostinger: DnsHost = {
  id: 'hostinger',
  name: 'Hostinger',
  nameServers: [/\.dns-parking\.com$/, /\.hostinger\.com$/],
  exampleNameServers: ['ns1.dns-parking.com', 'ns2.dns-parking.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS / Nameservers', 'Manage DNS records'],
  },
  labels: { type: 'Type', name: 'Name', value: 'TXT value' },
  open: [
    'In hPanel open **Domains**, choose **{ZONE}** and go to **DNS / Nameservers**.',
    'Under **Manage DNS records** set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and choose **Add Record**.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '14400 seconds', minimumSeconds: 60 },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
