import type { DnsHost } from './host.ts';

export const desec: DnsHost = {
  id: 'desec',
  name: 'deSEC',
  nameServers: [/^ns1\.desec\.io$/, /^ns2\.desec\.org$/],
  exampleNameServers: ['ns1.desec.io', 'ns2.desec.org'],
  console: {
    path: ['{ZONE}', '+'],
  },
  labels: { type: 'Type', name: 'Subname', value: 'Record content' },
  open: ['Log in at desec.io and choose **{ZONE}**.', 'Press **+** and set **Type** to **TXT**.'],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'double_quotes',
  ttl: { usual: '3600 seconds', minimumSeconds: 3600 },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
