import type { DnsHost } from './host.ts';

export const strato: DnsHost = {
  id: 'strato',
  name: 'STRATO',
  nameServers: [/\.rzone\.de$/],
  exampleNameServers: ['docks14.rzone.de', 'shades07.rzone.de'],
  console: {
    path: ['Domainverwaltung', '{ZONE}', 'DNS', 'TXT-Record verwalten'],
  },
  labels: { type: 'Typ', name: 'Präfix', value: 'Wert' },
  open: [
    'Open **Domainverwaltung**, press the gear beside **{ZONE}** and choose **DNS**.',
    'Choose **TXT-Record verwalten** and set **Typ** to **TXT**.',
  ],
  finish: 'Save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: 'fixed, 150 to 3600 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'low', checkedOn: '2026-11-25' },
};
