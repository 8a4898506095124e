import type { DnsHost } from './host.ts';

export const nameCom: DnsHost = {
  id: 'name-com',
  name: 'Name.com',
  nameServers: [/^ns[1-4][a-z0-9]*\.name\.com$/],
  exampleNameServers: ['ns1abc.name.com', 'ns2def.name.com'],
  console: {
    path: ['My Domains', '{ZONE}', 'Manage DNS Records'],
  },
  labels: { type: 'Type', name: 'Host', value: 'Answer' },
  open: [
    'Open **My Domains**, choose **{ZONE}** and go to **Manage DNS Records**.',
    'Set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and choose **Add Record**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '300 seconds', minimumSeconds: 300 },
  publication: 'usually within an hour, at worst two days',
  notes: ['**@** is understood as well as an empty field.'],
  source: {
    titles: ['lego: provider defaults', 'General knowledge of the console'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
