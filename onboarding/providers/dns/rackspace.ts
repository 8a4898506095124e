import type { DnsHost } from './host.ts';

export const rackspace: DnsHost = {
  id: 'rackspace',
  name: 'Rackspace',
  nameServers: [/\.stabletransit\.com$/, /\.rackspace\.com$/],
  exampleNameServers: ['dns1.stabletransit.com', 'dns2.stabletransit.com'],
  console: {
    path: ['Cloud DNS', '{ZONE}', 'Add Record'],
  },
  labels: { type: 'Type', name: 'Hostname', value: 'Text' },
  open: ['Open **Cloud DNS** and choose **{ZONE}**.', 'Choose **Add Record** and set **Type** to **TXT**.'],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '300 seconds', minimumSeconds: 300 },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
