import type { DnsHost } from './host.ts';

export const namecheap: DnsHost = {
  id: 'namecheap',
  name: 'Namecheap',
  nameServers: [/\.registrar-servers\.com$/, /\.namecheaphosting\.com$/],
  exampleNameServers: ['dns1.registrar-servers.com', 'dns2.registrar-servers.com'],
  console: {
    path: ['Domain List', 'Manage', 'Advanced DNS', 'Add New Record'],
    link: 'https://ap.www.namecheap.com/domains/domaincontrolpanel/{ZONE}/advancedns',
  },
  labels: { type: 'Type', name: 'Host', value: 'Value' },
  open: [
    'Open **Domain List**, choose **Manage** beside **{ZONE}** and go to **Advanced DNS**.',
    'Under **Host Records** choose **Add New Record** and pick **TXT Record**.',
  ],
  finish: 'Leave **TTL** on **Automatic** and press the green tick: without it nothing is saved.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: 'Automatic (30 minutes)', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: ['These records count only while the nameservers are Namecheap BasicDNS or PremiumDNS.'],
  source: {
    titles: ['Microsoft 365: Create DNS records at Namecheap (2019–2021)'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
