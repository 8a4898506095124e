import type { DnsHost } from './host.ts';

export const registerCom: DnsHost = {
  id: 'register-com',
  name: 'Register.com',
  nameServers: [/\.register\.com$/],
  exampleNameServers: ['dns1.register.com', 'dns2.register.com'],
  console: {
    path: ['Manage', '{ZONE}', 'Advanced Technical Settings', 'Edit TXT records'],
  },
  labels: { type: 'TXT records', name: 'Host', value: 'Text' },
  open: [
    'Choose **Manage** beside **{ZONE}** and open **Advanced Technical Settings**.',
    'Choose **Edit TXT records**.',
  ],
  finish: 'Choose **Continue**, then **Save**.',
  nameField: 'relative',
  appends: 'always',
  apex: '',
  valueIn: 'plain',
  ttl: { usual: 'its default', minimumSeconds: null },
  publication: 'about 15 minutes, now and then longer',
  notes: [],
  source: {
    titles: ['Microsoft 365: Create DNS records at Register.com (2019–2021)'],
    confidence: 'medium',
    checkedOn: '2026-11-25',
  },
};
