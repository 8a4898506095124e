import type { DnsHost } from './host.ts';

export const gandi: DnsHost = {
  id: 'gandi',
  name: 'Gandi',
  nameServers: [/\.gandi\.net$/],
  exampleNameServers: ['ns-11-a.gandi.net', 'ns-22-b.gandi.net', 'ns-33-c.gandi.net'],
  console: {
    path: ['Domain', '{ZONE}', 'DNS Records', 'Add record'],
  },
  labels: { type: 'Type', name: 'Name', value: 'Text value' },
  open: [
    'Open **Domain**, choose **{ZONE}** and go to **DNS Records**.',
    'Choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '10800 seconds', minimumSeconds: 300 },
  publication: 'usually within an hour, at worst two days',
  notes: ['Zones with versions take effect only once the edited version is activated.'],
  source: {
    titles: ['lego: provider defaults', 'General knowledge of the console'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
