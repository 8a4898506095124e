import type { DnsHost } from './host.ts';

export const hetzner: DnsHost = {
  id: 'hetzner',
  name: 'Hetzner',
  nameServers: [
    /^(hydrogen|oxygen)\.ns\.hetzner\.com$/,
    /^helium\.ns\.hetzner\.de$/,
    /^ns1\.first-ns\.de$/,
    /^robotns[23]\.second-ns\.(de|com)$/,
  ],
  exampleNameServers: ['hydrogen.ns.hetzner.com', 'oxygen.ns.hetzner.com', 'helium.ns.hetzner.de'],
  console: {
    path: ['DNS', '{ZONE}', 'Records', 'Add record'],
  },
  labels: { type: 'Type', name: 'Name', value: 'Value' },
  open: [
    'In Hetzner Console open **DNS** and choose **{ZONE}**.',
    'Go to **Records**, choose **Add record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and save.',
  nameField: 'relative',
  appends: 'unless_dot_at_end',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: 60 },
  publication: 'usually within an hour, at worst two days',
  notes: ['Zones of the older DNS Console moved to Hetzner Console in 2025.'],
  source: {
    titles: ['Hetzner Docs: DNS', 'lego: provider defaults'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
