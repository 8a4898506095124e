import type { DnsHost } from './host.ts';

export const azureDns: DnsHost = {
  id: 'azure-dns',
  name: 'Azure DNS',
  nameServers: [/^ns[1-4]-\d+\.azure-dns\.(com|net|org|info)$/],
  exampleNameServers: [
    'ns1-07.azure-dns.com',
    'ns2-07.azure-dns.net',
    'ns3-07.azure-dns.org',
    'ns4-07.azure-dns.info',
  ],
  console: {
    path: ['DNS zones', '{ZONE}', 'Recordsets', 'Add'],
  },
  labels: { type: 'Type', name: 'Name', value: 'Value' },
  open: [
    'In the Azure portal open **DNS zones** and choose **{ZONE}**.',
    'Open **Recordsets**, choose **+ Add** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** at 1 hour and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '1 hour', minimumSeconds: null },
  publication: 'within a minute',
  notes: ['Values of one name live in one record set. If the name is listed already, open it and add a row.'],
  source: {
    titles: ['Microsoft Learn: Manage DNS records and record sets'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
