import type { DnsHost } from './host.ts';

export const vercel: DnsHost = {
  id: 'vercel',
  name: 'Vercel',
  nameServers: [/^ns[12]\.vercel-dns\.com$/],
  exampleNameServers: ['ns1.vercel-dns.com', 'ns2.vercel-dns.com'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS Records'],
    link: 'https://vercel.com/dashboard/domains/{ZONE}',
  },
  labels: { type: 'Type', name: 'Name', value: 'Value' },
  open: [
    'In your team open **Domains**, choose **{ZONE}** and go to **DNS Records**.',
    'Set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** at 60 and choose **Add**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '60 seconds', minimumSeconds: null },
  publication: 'within a minute',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
