import type { DnsHost } from './host.ts';

export const wix: DnsHost = {
  id: 'wix',
  name: 'Wix',
  nameServers: [/\.wixdns\.net$/],
  exampleNameServers: ['ns12.wixdns.net', 'ns13.wixdns.net'],
  console: {
    path: ['Domains', '{ZONE}', 'Manage DNS Records', 'TXT (Text)', 'Add Record'],
  },
  labels: { type: 'Type', name: 'Host Name', value: 'Value' },
  open: [
    'Open **Domains**, press **⋯** beside **{ZONE}** and choose **Manage DNS Records**.',
    'Under **TXT (Text)** choose **+ Add Record**.',
  ],
  finish: 'Keep **TTL** at 1 hour and choose **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '1 hour', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: ['Wix refuses **@**. The domain stands after the field already.'],
  source: {
    titles: ['Microsoft 365: Create DNS records at Wix (2019–2021)'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
