import type { DnsHost } from './host.ts';

export const plesk: DnsHost = {
  id: 'plesk',
  name: 'Plesk',
  nameServers: [],
  exampleNameServers: ['ns1.{ZONE}', 'ns2.{ZONE}'],
  console: {
    path: ['{ZONE}', 'DNS Settings', 'Add record', 'TXT'],
  },
  labels: { type: 'Record type', name: 'Domain name', value: 'TXT record' },
  open: [
    'In Plesk choose **{ZONE}** and open **DNS Settings**.',
    'Choose **Add record** and set **Record type** to **TXT**.',
  ],
  finish: 'Choose **OK**, then **Update** if Plesk asks to apply the changes.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: 'its default', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
