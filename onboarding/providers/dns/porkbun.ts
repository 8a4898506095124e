import type { DnsHost } from './host.ts';

export const porkbun: DnsHost = {
  id: 'porkbun',
  name: 'Porkbun',
  nameServers: [/^(curitiba|fortaleza|maceio|salvador)\.ns\.porkbun\.com$/],
  exampleNameServers: ['curitiba.ns.porkbun.com', 'fortaleza.ns.porkbun.com'],
  console: {
    path: ['Domain Management', '{ZONE}', 'DNS'],
    link: 'https://porkbun.com/account/domainsSpeedy',
  },
  labels: { type: 'Type', name: 'Host', value: 'Answer / Value' },
  open: ['Open **Domain Management** and choose **DNS** beside **{ZONE}**.', 'Set **Type** to **TXT**.'],
  finish: 'Keep **TTL** at 600 and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '600 seconds', minimumSeconds: 300 },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: {
    titles: ['lego: provider defaults', 'General knowledge of the console'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
