import type { DnsHost } from './host.ts';

export const dynadot: DnsHost = {
  id: 'dynadot',
  name: 'Dynadot',
  nameServers: [/\.dynadot\.com$/],
  exampleNameServers: ['ns1.dyna-ns.dynadot.com', 'ns2.dyna-ns.dynadot.com'],
  console: {
    path: ['My Domains', 'Manage', 'DNS Settings', 'Subdomain Records'],
  },
  labels: { type: 'Type', name: 'Subdomain', value: 'Target Host' },
  open: [
    'Open **My Domains**, choose **Manage** beside **{ZONE}** and go to **DNS Settings**.',
    'Under **Subdomain Records** add a row and set its type to **TXT**.',
  ],
  finish: 'Choose **Save DNS**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '300 seconds for all records', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['Records of the domain itself belong under **Domain Record**, which has no name field.'],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
