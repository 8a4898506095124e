import type { DnsHost } from './host.ts';

export const route53: DnsHost = {
  id: 'route-53',
  name: 'Amazon Route 53',
  nameServers: [/^ns-\d+\.awsdns-\d+\.(com|net|org|co\.uk)$/],
  exampleNameServers: [
    'ns-421.awsdns-52.com',
    'ns-1180.awsdns-19.org',
    'ns-1777.awsdns-30.co.uk',
    'ns-700.awsdns-23.net',
  ],
  console: {
    path: ['Hosted zones', '{ZONE}', 'Create record'],
    link: 'https://console.aws.amazon.com/route53/v2/hostedzones',
  },
  labels: { type: 'Record type', name: 'Record name', value: 'Value' },
  open: [
    'In the Route 53 console open **Hosted zones** and choose **{ZONE}**.',
    'Choose **Create record** and set **Record type** to **TXT**.',
  ],
  finish: 'Keep **TTL (seconds)** at 300 and choose **Create records**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'double_quotes',
  ttl: { usual: '300 seconds', minimumSeconds: null },
  publication: 'within a minute',
  notes: [
    'All TXT values of one name are one record here. If the name is listed already, edit it and put ours on a line of its own.',
  ],
  source: {
    titles: ['Microsoft 365: Create DNS records at AWS (2019–2021)', 'General knowledge of the console'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
