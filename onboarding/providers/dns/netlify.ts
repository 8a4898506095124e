import type { DnsHost } from './host.ts';

export const netlify: DnsHost = {
  id: 'netlify',
  name: 'Netlify',
  nameServers: [/^dns[1-4]\.p0[1-9]\.nsone\.net$/],
  exampleNameServers: ['dns1.p05.nsone.net', 'dns2.p05.nsone.net'],
  console: {
    path: ['Domains', '{ZONE}', 'DNS settings', 'Add new record'],
  },
  labels: { type: 'Record type', name: 'Name', value: 'Value' },
  open: [
    'Open **Domains**, choose **{ZONE}** and go to **DNS settings**.',
    'Choose **Add new record** and set **Record type** to **TXT**.',
  ],
  finish: 'Keep **TTL** and choose **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: null },
  publication: 'within a minute',
  notes: ['Netlify runs on NS1’s nameservers, so their names look alike.'],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
