import type { DnsHost } from './host.ts';

export const alibabaCloudDns: DnsHost = {
  id: 'alibaba-cloud-dns',
  name: 'Alibaba Cloud DNS',
  nameServers: [/\.hichina\.com$/, /\.alidns\.com$/],
  exampleNameServers: ['dns9.hichina.com', 'dns10.hichina.com'],
  console: {
    path: ['Alibaba Cloud DNS', '{ZONE}', 'Add Record'],
  },
  labels: { type: 'Record type', name: 'Hostname', value: 'Value' },
  open: [
    'Open **Alibaba Cloud DNS** and choose **{ZONE}**.',
    'Choose **Add Record** and set **Record type** to **TXT**. Leave the **ISP line** on **Default**.',
  ],
  finish: 'Keep **TTL** at 10 minutes and save.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '10 minutes', minimumSeconds: null },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
