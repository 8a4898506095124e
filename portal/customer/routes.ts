import type { RouteRecordRaw } from 'vue-router';

/**
 * The customer's pages, below `/setup/<handle>/`. Pages are loaded when first opened:
 * `{ path: '/sso/test', component: () => import('./pages/TestSignInPage.vue') }`.
 */
export function customerRoutes(): RouteRecordRaw[] {
  return [{ path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') }];
}
