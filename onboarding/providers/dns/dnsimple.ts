import type { DnsHost } from './host.ts';

export const dnsimple: DnsHost = {
  id: 'dnsimple',
  name: 'DNSimple',
  nameServers: [/\.dnsimple\.com$/, /\.dnsimple-edge\.(net|org)$/],
  exampleNameServers: ['ns1.dnsimple.com', 'ns2.dnsimple-edge.net'],
  console: {
    path: ['{ZONE}', 'DNS', 'Manage', 'Add record', 'TXT'],
  },
  labels: { type: 'TXT', name: 'Name', value: 'Content' },
  open: ['Choose **{ZONE}** and go to **DNS**.', 'Choose **Manage**, then **Add record**, then **TXT**.'],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
