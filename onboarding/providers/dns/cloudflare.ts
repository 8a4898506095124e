import type { DnsHost } from './host.ts';

export const cloudflare: DnsHost = {
  id: 'cloudflare',
  name: 'Cloudflare',
  nameServers: [/\.ns\.cloudflare\.com$/, /\.foundationdns\.(com|net|org)$/],
  exampleNameServers: ['kate.ns.cloudflare.com', 'todd.ns.cloudflare.com'],
  console: {
    path: ['DNS', 'Records', 'Add record'],
    link: 'https://dash.cloudflare.com/?to=/:account/{ZONE}/dns/records',
  },
  labels: { type: 'Type', name: 'Name', value: 'Content' },
  open: [
    'Open **{ZONE}** in the Cloudflare dashboard and go to **DNS**, then **Records**.',
    'Choose **Add record** and pick **TXT** as **Type**.',
  ],
  finish: 'Leave **TTL** on **Auto** and choose **Save**.',
  nameField: 'relative',
  appends: 'unless_full_name',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: 'Auto (300 seconds)', minimumSeconds: 60 },
  publication: 'within a minute',
  notes: [
    'A TXT record is never proxied, so there is no orange cloud to turn off.',
    'If the account lists {ZONE} twice, use the zone that is active, not the pending one.',
  ],
  source: {
    titles: ['Cloudflare: Manage DNS records', 'lego: provider defaults'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
