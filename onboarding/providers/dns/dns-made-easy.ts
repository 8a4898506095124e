import type { DnsHost } from './host.ts';

export const dnsMadeEasy: DnsHost = {
  id: 'dns-made-easy',
  name: 'DNS Made Easy',
  nameServers: [/\.dnsmadeeasy\.com$/],
  exampleNameServers: ['ns10.dnsmadeeasy.com', 'ns11.dnsmadeeasy.com'],
  console: {
    path: ['{ZONE}', 'TXT records'],
  },
  labels: { type: 'TXT records', name: 'Name', value: 'Value' },
  open: ['Choose **{ZONE}** and find **TXT records**.', 'Press **+**.'],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'double_quotes',
  ttl: { usual: '1800 seconds', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: ['Words without quotes become separate strings here; a value may have at most 255 characters.'],
  source: { titles: ['DNS Made Easy: TXT records'], confidence: 'high', checkedOn: '2026-11-25' },
};
