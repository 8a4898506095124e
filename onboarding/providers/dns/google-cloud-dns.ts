import type { DnsHost } from './host.ts';

export const googleCloudDns: DnsHost = {
  id: 'google-cloud-dns',
  name: 'Google Cloud DNS',
  nameServers: [/^ns-cloud-[a-e][1-4]\.googledomains\.com$/],
  exampleNameServers: ['ns-cloud-a1.googledomains.com', 'ns-cloud-a2.googledomains.com'],
  console: {
    path: ['Network services', 'Cloud DNS', '{ZONE}', 'Add standard'],
  },
  labels: { type: 'Resource record type', name: 'DNS name', value: 'TXT data 1' },
  open: [
    'In the Google Cloud console open **Network services**, then **Cloud DNS**, and choose the zone of **{ZONE}**.',
    'Choose **Add standard** and set **Resource record type** to **TXT**.',
  ],
  finish: 'Keep **TTL** at 5 minutes and choose **Create**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: '5 minutes', minimumSeconds: null },
  publication: 'within a minute',
  notes: [
    'Values that contain spaces need double quotes here; ours has none.',
    'If the name has a TXT record set already, edit it and add an item.',
  ],
  source: { titles: ['General knowledge of the console'], confidence: 'medium', checkedOn: '2026-11-25' },
};
