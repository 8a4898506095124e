import type { DnsHost } from './host.ts';

/** The general steps, for a host that we do not know. */
export const anyHost: DnsHost = {
  id: 'other',
  name: 'your DNS host',
  nameServers: [],
  exampleNameServers: [],
  console: { path: ['DNS records', 'Add record'] },
  labels: { type: 'Type', name: 'Name or Host', value: 'Value or Content' },
  open: [
    'Sign in where the DNS of **{ZONE}** is managed and open its **DNS records**, also called zone or zone editor.',
    'Add a record and set its type to **TXT**.',
  ],
  finish: 'Keep the TTL as it is, an hour or less, and save.',
  nameField: 'relative',
  appends: 'varies',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: 'its default', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['If the console shows the name with {ZONE} twice after saving, it adds the domain by itself.'],
  source: { titles: ['General knowledge of DNS consoles'], confidence: 'low', checkedOn: '2026-11-25' },
};
