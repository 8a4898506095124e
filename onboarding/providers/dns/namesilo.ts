import type { DnsHost } from './host.ts';

export const namesilo: DnsHost = {
  id: 'namesilo',
  name: 'NameSilo',
  nameServers: [/\.dnsowl\.com$/, /\.namesilo\.com$/],
  exampleNameServers: ['ns1.dnsowl.com', 'ns2.dnsowl.com'],
  console: {
    path: ['Domain Manager', '{ZONE}', 'DNS', 'TXT/SPF'],
  },
  labels: { type: 'TXT/SPF', name: 'Hostname', value: 'Text' },
  open: [
    'Open **Domain Manager** and press the blue globe (**DNS**) beside **{ZONE}**.',
    'Choose **TXT/SPF**.',
  ],
  finish: 'Keep **TTL** and choose **Submit**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: 3600 },
  publication: 'within 15 minutes: changes go out four times an hour',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
