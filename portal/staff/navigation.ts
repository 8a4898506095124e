/** The sidebar in order: what a line says (`staff.nav.<id>`), where it leads, how a keyboard gets there. */
export type NavigationLine = { id: string; path: string; keys?: string };
export type NavigationGroup = { id: string; lines: readonly NavigationLine[]; isSandboxOnly?: boolean };

export const navigation: readonly NavigationGroup[] = [
  {
    id: 'customers',
    lines: [
      { id: 'onboardings', path: '/onboardings', keys: 'g o' },
      { id: 'organizations', path: '/organizations', keys: 'g p' },
      { id: 'attempts', path: '/attempts', keys: 'g a' },
      { id: 'events', path: '/events' },
      { id: 'expiring', path: '/expiring' },
    ],
  },
  {
    id: 'settings',
    lines: [
      { id: 'branding', path: '/branding' },
      { id: 'environment', path: '/environment' },
      { id: 'keys', path: '/api-keys' },
      { id: 'webhooks', path: '/webhooks' },
      { id: 'members', path: '/members' },
    ],
  },
  {
    id: 'sandbox',
    isSandboxOnly: true,
    lines: [
      { id: 'testIdp', path: '/test-idp' },
      { id: 'mailbox', path: '/mailbox' },
    ],
  },
  {
    id: 'records',
    lines: [
      { id: 'statistics', path: '/statistics' },
      { id: 'audit', path: '/audit-log' },
    ],
  },
];
