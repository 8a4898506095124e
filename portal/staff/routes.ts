import type { RouteRecordRaw } from 'vue-router';
import type { Boot } from '../shared/boot.ts';

/**
 * The dashboard's pages, below `/dashboard/`, loaded when first opened. Without a member there is only the sign-in; it
 * remembers in `to` where somebody wanted to go. A page with `meta: { isBare: true }` stands without the sidebar.
 */
export function staffRoutes({ member, environment }: Boot): RouteRecordRaw[] {
  if (member === undefined) {
    return [
      { path: '/sign-in', component: () => import('./pages/SignInPage.vue'), meta: { isBare: true } },
      {
        path: '/:rest(.*)*',
        redirect: ({ path, fullPath }) => ({ path: '/sign-in', query: path === '/' ? {} : { to: fullPath } }),
      },
    ];
  }
  return [
    { path: '/', redirect: '/onboardings' },
    signInAgain,
    { path: '/onboardings', component: () => import('./pages/OnboardingsPage.vue') },
    { path: '/onboardings/:id', component: () => import('./pages/OnboardingPage.vue') },
    { path: '/organizations', component: () => import('./pages/OrganizationsPage.vue') },
    { path: '/organizations/:id', component: () => import('./pages/OrganizationPage.vue') },
    { path: '/connections/:id', component: () => import('./pages/ConnectionPage.vue') },
    { path: '/attempts', component: () => import('./pages/AttemptsPage.vue') },
    { path: '/attempts/:id', component: () => import('./pages/AttemptPage.vue') },
    { path: '/events', component: () => import('./pages/EventsPage.vue') },
    { path: '/events/:id', component: () => import('./pages/EventPage.vue') },
    { path: '/directories/:id', component: () => import('./pages/DirectoryPage.vue') },
    { path: '/directory-users/:id', component: () => import('./pages/DirectoryPersonPage.vue') },
    { path: '/directory-requests', component: () => import('./pages/DirectoryRequestsPage.vue') },
    { path: '/directory-requests/:id', component: () => import('./pages/DirectoryRequestPage.vue') },
    { path: '/log-streams', component: () => import('./pages/LogStreamsPage.vue') },
    { path: '/log-streams/:id', component: () => import('./pages/LogStreamPage.vue') },
    { path: '/domains', component: () => import('./pages/DomainsPage.vue') },
    { path: '/domains/:id', component: () => import('./pages/DomainPage.vue') },
    { path: '/expiring', component: () => import('./pages/ExpiringPage.vue') },
    { path: '/guide-reports', component: () => import('./pages/GuideReportsPage.vue') },
    { path: '/branding', component: () => import('./pages/BrandingPage.vue') },
    { path: '/environment', component: () => import('./pages/EnvironmentPage.vue') },
    { path: '/api-keys', component: () => import('./pages/ApiKeysPage.vue') },
    { path: '/webhooks', component: () => import('./pages/WebhooksPage.vue') },
    { path: '/webhooks/:id', component: () => import('./pages/WebhookPage.vue') },
    { path: '/roles', component: () => import('./pages/RolesPage.vue') },
    { path: '/members', component: () => import('./pages/MembersPage.vue') },
    { path: '/audit-log', component: () => import('./pages/AuditLogPage.vue') },
    { path: '/audit-log/:id', component: () => import('./pages/AuditEventPage.vue') },
    ...(environment.kind === 'sandbox' ? sandboxRoutes : []),
    { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
  ];
}

/** An act that matters leads a member here in a tab of its own, and so does a refusal there; all else is in already. */
const signInAgain: RouteRecordRaw = {
  path: '/sign-in',
  component: () => import('./pages/SignInPage.vue'),
  meta: { isBare: true },
  beforeEnter: ({ query }) => 'again' in query || 'sso' in query || '/onboardings',
};

const sandboxRoutes: RouteRecordRaw[] = [
  { path: '/first-run', component: () => import('./pages/FirstRunPage.vue') },
  { path: '/sandbox/mailbox/:id?', component: () => import('./pages/MailboxPage.vue') },
  { path: '/sandbox/dns', component: () => import('./pages/SandboxDnsPage.vue') },
  { path: '/sandbox/test-idp', component: () => import('./pages/TestIdpPage.vue') },
  { path: '/sandbox/test-directory', component: () => import('./pages/TestDirectoryPage.vue') },
  { path: '/sandbox/test-sink', component: () => import('./pages/TestSinkPage.vue') },
];
