import type { DnsHost } from './host.ts';

export const ionos: DnsHost = {
  id: 'ionos',
  name: 'IONOS',
  nameServers: [/^ns\d+\.ui-dns\.(com|org|de|biz)$/, /\.(1and1|ionos)\.[a-z.]+$/, /\.1und1\.de$/],
  exampleNameServers: ['ns1045.ui-dns.com', 'ns1045.ui-dns.de', 'ns1045.ui-dns.org', 'ns1045.ui-dns.biz'],
  console: {
    path: ['Domains & SSL', '{ZONE}', 'DNS', 'Add record', 'TXT'],
  },
  labels: { type: 'Type', name: 'Host Name', value: 'Value' },
  open: [
    'Open **Domains & SSL**, press the gear beside **{ZONE}** and choose **DNS**.',
    'Choose **Add record**, then **TXT**.',
  ],
  finish: 'Keep **TTL** at 1 hour and choose **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '1 hour', minimumSeconds: 300 },
  publication: 'about 15 minutes, now and then longer',
  notes: [],
  source: {
    titles: ['Microsoft 365: Create DNS records at IONOS (2019–2021)', 'lego: provider defaults'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
