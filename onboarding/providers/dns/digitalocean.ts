import type { DnsHost } from './host.ts';

export const digitalocean: DnsHost = {
  id: 'digitalocean',
  name: 'DigitalOcean',
  nameServers: [/^ns[1-3]\.digitalocean\.com$/],
  exampleNameServers: ['ns1.digitalocean.com', 'ns2.digitalocean.com'],
  console: {
    path: ['Networking', 'Domains', '{ZONE}', 'TXT'],
    link: 'https://cloud.digitalocean.com/networking/domains/{ZONE}',
  },
  labels: { type: 'Type', name: 'Hostname', value: 'Value' },
  open: ['Open **Networking**, then **Domains**, and choose **{ZONE}**.', 'Choose the **TXT** tab.'],
  finish: 'Keep **TTL** and choose **Create Record**.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '3600 seconds', minimumSeconds: 30 },
  publication: 'usually within an hour, at worst two days',
  notes: [],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
