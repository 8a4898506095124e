import type { DnsHost } from './host.ts';

export const ns1: DnsHost = {
  id: 'ns1',
  name: 'NS1 (IBM)',
  nameServers: [/^dns[1-4]\.p\d+\.nsone\.net$/],
  exampleNameServers: ['dns1.p14.nsone.net', 'dns2.p14.nsone.net'],
  console: {
    path: ['Zones', '{ZONE}', 'Add Record'],
  },
  labels: { type: 'Record type', name: 'Name', value: 'Answer' },
  open: [
    'Open **Zones** and choose **{ZONE}**.',
    'Choose **Add Record** and set **Record type** to **TXT**.',
  ],
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
