import type { DnsHost } from './host.ts';

export const wordpressCom: DnsHost = {
  id: 'wordpress-com',
  name: 'WordPress.com',
  nameServers: [/^ns[1-3]\.wordpress\.com$/],
  exampleNameServers: ['ns1.wordpress.com', 'ns2.wordpress.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS records', 'Add record'],
  },
  labels: { type: 'Type', name: 'Name', value: 'Text' },
  open: [
    'Open **Domains**, choose **{ZONE}** and go to **DNS records**.',
    'Choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: 'fixed', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['**@** is understood as well as an empty field.'],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
