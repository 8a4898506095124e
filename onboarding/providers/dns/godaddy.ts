import type { DnsHost } from './host.ts';

export const godaddy: DnsHost = {
  id: 'godaddy',
  name: 'GoDaddy',
  nameServers: [/\.domaincontrol\.com$/],
  exampleNameServers: ['ns41.domaincontrol.com', 'ns42.domaincontrol.com'],
  console: {
    path: ['Domain Portfolio', '{ZONE}', 'DNS', 'Add New Record'],
    link: 'https://dcc.godaddy.com/control/portfolio/{ZONE}/settings?tab=dns',
  },
  labels: { type: 'Type', name: 'Name', value: 'Value' },
  open: [
    'Open **Domain Portfolio** (or **My Products**), choose **{ZONE}** and then **DNS**.',
    'Choose **Add New Record** and set **Type** to **TXT**.',
  ],
  finish: 'Keep **TTL** at 1 hour and choose **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '@',
  valueIn: 'plain',
  ttl: { usual: '1 hour', minimumSeconds: 600 },
  publication: 'about 15 minutes, now and then longer',
  notes: ['Older screens call the fields **Host** and **TXT Value**.'],
  source: {
    titles: ['Microsoft 365: Create DNS records at GoDaddy (2019–2021)', 'lego: provider defaults'],
    confidence: 'high',
    checkedOn: '2026-11-25',
  },
};
