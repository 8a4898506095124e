import type { RouteRecordRaw } from 'vue-router';
import type { StepName } from '../../onboarding/steps.ts';
import { selectConnection } from './selected-connection.ts';

/** The rail's step that a page belongs to. */
const at = (step: StepName) => ({ step });

/** The customer's pages, below `/setup/<handle>/`. Pages are loaded when first opened. */
export function customerRoutes(): RouteRecordRaw[] {
  return [
    { path: '/', redirect: '/home' },
    { path: '/home', component: () => import('./pages/HomePage.vue') },
    {
      path: '/sso/of/:connection',
      redirect: ({ params }) => {
        selectConnection(String(params['connection']));
        return '/sso';
      },
    },
    {
      path: '/sso/of/:connection/renewal',
      redirect: ({ params }) => {
        selectConnection(String(params['connection']));
        return '/sso/renewal';
      },
    },
    {
      path: '/sso',
      component: () => import('./pages/SsoSection.vue'),
      children: [
        { path: '', component: () => import('./pages/SsoEntryPage.vue') },
        {
          path: 'provider',
          component: () => import('./pages/ProviderPage.vue'),
          meta: at('choose_provider'),
        },
        {
          path: 'guide/:step?',
          component: () => import('./pages/GuideStepPage.vue'),
          meta: at('configure_provider'),
        },
        {
          path: 'metadata',
          component: () => import('./pages/MetadataPage.vue'),
          meta: at('enter_metadata'),
        },
        {
          path: 'attributes',
          component: () => import('./pages/AttributesPage.vue'),
          meta: at('test_sign_in'),
        },
        { path: 'test', component: () => import('./pages/TestPage.vue'), meta: at('test_sign_in') },
        { path: 'go-live', component: () => import('./pages/GoLivePage.vue'), meta: at('go_live') },
        { path: 'draft', component: () => import('./pages/DraftPage.vue') },
        { path: 'connection', component: () => import('./pages/ConnectionPage.vue') },
        {
          path: 'renewal',
          component: () => import('./pages/RenewalPage.vue'),
          meta: at('give_certificate'),
        },
        { path: 'domains', component: () => import('./pages/SignInDomainsPage.vue') },
        { path: 'attempts/:id', component: () => import('./pages/AttemptPage.vue') },
        { path: 'attempts/:id/form', component: () => import('./pages/AcceptFormPage.vue') },
      ],
    },
    {
      path: '/directory',
      component: () => import('./pages/DirectorySection.vue'),
      children: [
        { path: '', component: () => import('./pages/DirectoryEntryPage.vue') },
        {
          path: 'provider',
          component: () => import('./pages/DirectoryProviderPage.vue'),
          meta: at('choose_directory'),
        },
        {
          path: 'guide/:step?',
          component: () => import('./pages/DirectoryGuidePage.vue'),
          meta: at('connect_directory'),
        },
        {
          path: 'files',
          component: () => import('./pages/DirectoryFilesPage.vue'),
          meta: at('connect_directory'),
        },
        {
          path: 'credentials',
          component: () => import('./pages/DirectoryCredentialsPage.vue'),
          meta: at('connect_directory'),
        },
        {
          path: 'watch',
          component: () => import('./pages/DirectoryWatchPage.vue'),
          meta: at('receive_people'),
        },
        {
          path: 'test',
          component: () => import('./pages/DirectoryTestPage.vue'),
          meta: at('receive_people'),
        },
        { path: 'requests', component: () => import('./pages/DirectoryRequestsPage.vue') },
        { path: 'state', component: () => import('./pages/DirectoryStatePage.vue') },
        { path: 'tokens', component: () => import('./pages/DirectoryTokensPage.vue') },
        { path: 'hold', component: () => import('./pages/DirectoryHoldPage.vue') },
        { path: 'attributes', component: () => import('./pages/DirectoryAttributesPage.vue') },
        { path: 'switch', component: () => import('./pages/DirectorySwitchPage.vue') },
        { path: 'formers/:former', component: () => import('./pages/DirectoryBackPage.vue') },
      ],
    },
    {
      path: '/directory/roles',
      component: () => import('./pages/DirectoryRolesPage.vue'),
      meta: at('assign_roles'),
    },
    { path: '/log-streams', component: () => import('./pages/LogStreamsPage.vue') },
    {
      path: '/log-streams/new',
      component: () => import('./pages/StreamDestinationPage.vue'),
      meta: at('choose_destination'),
    },
    {
      path: '/log-streams/:id',
      component: () => import('./pages/StreamSection.vue'),
      children: [
        { path: '', component: () => import('./pages/StreamEntryPage.vue') },
        {
          path: 'destination',
          component: () => import('./pages/StreamDestinationPage.vue'),
          meta: at('choose_destination'),
        },
        {
          path: 'guide/:step?',
          component: () => import('./pages/StreamGuidePage.vue'),
          meta: at('configure_stream'),
        },
        {
          path: 'settings',
          component: () => import('./pages/StreamSettingsPage.vue'),
          meta: at('configure_stream'),
        },
        { path: 'prove', component: () => import('./pages/StreamProofPage.vue'), meta: at('prove_stream') },
        { path: 'start', component: () => import('./pages/StreamStartPage.vue'), meta: at('start_stream') },
        { path: 'state', component: () => import('./pages/StreamStatePage.vue') },
      ],
    },
    { path: '/domains', component: () => import('./pages/DomainsPage.vue') },
    { path: '/domains/:id', component: () => import('./pages/DomainPage.vue') },
    { path: '/audit-log', component: () => import('./pages/AuditLogPage.vue') },
    { path: '/audit-log/:id', component: () => import('./pages/AuditEventPage.vue') },
    { path: '/finished', component: () => import('./pages/FinishedPage.vue') },
    { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
  ];
}
