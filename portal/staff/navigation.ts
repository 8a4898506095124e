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
      { id: 'events', path: '/events', keys: 'g e' },
      { id: 'directoryRequests', path: '/directory-requests' },
      { id: 'domains', path: '/domains' },
      { id: 'logStreams', path: '/log-streams' },
      { id: 'expiring', path: '/expiring' },
      { id: 'guideReports', path: '/guide-reports' },
    ],
  },
  {
    id: 'settings',
    lines: [
      { id: 'branding', path: '/branding' },
      { id: 'environment', path: '/environment' },
      { id: 'roles', path: '/roles' },
      { id: 'keys', path: '/api-keys' },
      { id: 'webhooks', path: '/webhooks' },
      { id: 'members', path: '/members' },
    ],
  },
  {
    id: 'sandbox',
    isSandboxOnly: true,
    lines: [
      { id: 'firstRun', path: '/first-run' },
      { id: 'testIdp', path: '/sandbox/test-idp' },
      { id: 'testDirectory', path: '/sandbox/test-directory' },
      { id: 'testSink', path: '/sandbox/test-sink' },
      { id: 'mailbox', path: '/sandbox/mailbox' },
      { id: 'dns', path: '/sandbox/dns' },
    ],
  },
  { id: 'record', lines: [{ id: 'auditLog', path: '/audit-log' }] },
];
