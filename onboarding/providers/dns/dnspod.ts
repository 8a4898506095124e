import type { DnsHost } from './host.ts';

export const dnspod: DnsHost = {
  id: 'dnspod',
  name: 'Tencent DNSPod',
  nameServers: [/\.dnspod\.(net|com)$/, /\.dnsv[1-5]\.com$/],
  exampleNameServers: ['f1g1ns1.dnspod.net', 'f1g1ns2.dnspod.net'],
  console: {
    path: ['My domains', '{ZONE}', 'Add record'],
  },
  labels: { type: 'Type', name: 'Host', value: 'Value' },
  open: [
    'Open **My domains** and choose **{ZONE}**.',
    'Choose **Add record** and set **Type** to **TXT**. Leave the **Line** on **Default**.',
  ],
  finish: 'Keep **TTL** at 600 and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '600 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
