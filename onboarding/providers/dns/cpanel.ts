import type { DnsHost } from './host.ts';

export const cpanel: DnsHost = {
  id: 'cpanel',
  name: 'cPanel',
  nameServers: [],
  exampleNameServers: ['ns1.{ZONE}', 'ns2.{ZONE}'],
  console: {
    path: ['Zone Editor', 'Manage', 'Add record', 'TXT'],
  },
  labels: { type: 'Type', name: 'Name', value: 'Record' },
  open: [
    'In cPanel open **Zone Editor** and choose **Manage** beside **{ZONE}**.',
    'Open the menu of **Add record** and choose **TXT**.',
  ],
  finish: 'Keep **TTL** and choose **Save Record**.',
  nameField: 'full_name',
  appends: 'if_missing',
  apex: '{ZONE}.',
  valueIn: 'plain',
  ttl: { usual: '14400 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['cPanel completes a short name by itself; the full one is always right.'],
  source: { titles: ['General knowledge of the console'], confidence: 'high', checkedOn: '2026-11-25' },
};
