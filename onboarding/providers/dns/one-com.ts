import type { DnsHost } from './host.ts';

export const oneCom: DnsHost = {
  id: 'one-com',
  name: 'one.com',
  nameServers: [/\.one\.com$/],
  exampleNameServers: ['ns01.one.com', 'ns02.one.com'],
  console: {
    path: ['DNS settings', 'DNS records', 'Create new record', 'TXT'],
  },
  labels: { type: 'TXT', name: 'Hostname', value: 'Value' },
  open: [
    'Choose **{ZONE}** and open **DNS settings**, then **DNS records**.',
    'Under **Create new record** choose **TXT**.',
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
