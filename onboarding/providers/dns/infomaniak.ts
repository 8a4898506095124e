import type { DnsHost } from './host.ts';

export const infomaniak: DnsHost = {
  id: 'infomaniak',
  name: 'Infomaniak',
  nameServers: [/\.infomaniak\.(ch|com)$/],
  exampleNameServers: ['ns11.infomaniak.ch', 'ns12.infomaniak.ch'],
  console: {
    path: ['{ZONE}', 'DNS zone', 'Add a record', 'TXT'],
  },
  labels: { type: 'TXT', name: 'Source', value: 'Target' },
  open: ['Choose **{ZONE}** and open **DNS zone**.', 'Choose **Add a record**, then **TXT**.'],
  finish: 'Keep **TTL** at 1 hour and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '1 hour', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['Some screens call the second field **Value**.'],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
