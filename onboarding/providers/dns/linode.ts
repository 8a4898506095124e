import type { DnsHost } from './host.ts';

export const linode: DnsHost = {
  id: 'linode',
  name: 'Linode (Akamai)',
  nameServers: [/^ns[1-5]\.linode\.com$/],
  exampleNameServers: ['ns1.linode.com', 'ns2.linode.com'],
  console: {
    path: ['Domains', '{ZONE}', 'TXT Records', 'Add a TXT Record'],
  },
  labels: { type: 'TXT Records', name: 'Hostname', value: 'Value' },
  open: [
    'In Cloud Manager open **Domains** and choose **{ZONE}**.',
    'Under **TXT Records** choose **Add a TXT Record**.',
  ],
  finish: 'Keep **TTL** and choose **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '24 hours', minimumSeconds: 300 },
  publication: 'several minutes: zones are refreshed in turn',
  notes: [],
  source: {
    titles: ['lego: provider defaults', 'General knowledge of the console'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
