import type { RouteRecordRaw } from 'vue-router';

/**
 * The dashboard's pages, below `/dashboard/`. Pages are loaded when first opened:
 * `{ path: '/onboardings', component: () => import('./pages/OnboardingsPage.vue') }`. A page before sign-in has
 * `meta: { isBare: true }`: it stands without the sidebar.
 */
export function staffRoutes(): RouteRecordRaw[] {
  return [{ path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') }];
}
