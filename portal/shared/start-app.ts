/**
 * Starts one of the two apps: boot data, text, router, api client and live updates, in this order.
 *
 * How a page is written:
 * - `portal/<app>/pages/NamePage.vue` and one line in `portal/<app>/routes.ts` (lazy import). Its sentences are a file of
 *   their own, `portal/<app>/messages/en/<area>.json`; `t('<area>.key', { value })`, whole sentences, plurals by `|`.
 *   Parts of a sentence that are elements: `<I18nT keypath="area.key" scope="global"><template #name>…`.
 * - It begins with `<PageHeading :text :title-parts="[near, far, organization]" />`: title and focus come from there.
 * - Data: `const home = useRequest((signal) => api.get<Home>('/home', { signal }))` with `const api = useApi()`, and
 *   `useLiveUpdates(home.refresh, 'onboarding')`. In the template `<LoadedPart v-slot="{ data }" :request="home">` draws
 *   skeleton (slot `skeleton`), problem and content. Types come from `api/contract/`.
 * - Forms: `const form = useForm({ values, checks, submit })`; fields take `v-model="form.values.x"` and
 *   `v-bind="form.field('x')"`; on top `<ErrorSummary :problems="form.summary.value" …>`; the button is
 *   `<AppButton type="submit" variant="primary" :saving="form.isSaving.value">` in `<form novalidate @submit.prevent>`.
 * - One primary button a page, `unavailable="reason"` instead of `disabled`. Times are `<TimeText :at>`, states
 *   `<StatusChip kind state>`, values to carry `<SlipGroup><ValueSlip/></SlipGroup>`. Text of customers goes in `<bdi>`.
 * - Dialogs and menus are imported with `defineAsyncComponent` when the page is one of the first to be seen.
 * - No `style`, no `v-html`, no colour but the roles of `styles/tokens.css`; left and right are `start` and `end`.
 */
import { createApp, type Component } from 'vue';
import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router';
import { I18nT } from 'vue-i18n';
import { apiClientKey, createApiClient } from './api-client.ts';
import { readBoot, type Boot } from './boot.ts';
import { completeText, createText, speak, textKey, wantedLanguage, type CatalogueLoader } from './i18n.ts';
import { createLiveUpdates, liveUpdatesKey } from './live-updates.ts';
import { focusHeadingsAfterNavigation } from './page-focus.ts';
import { bootKey, useSessionState } from './session.ts';

type AppParts = {
  root: Component;
  routes: (boot: Boot) => RouteRecordRaw[];
  loader: CatalogueLoader;
  /** The page that does with the first part of the catalogue, so that it shows early on a slow line. */
  firstView?: string;
  /** What requests say of the page that sends them. */
  pageHeaders?: () => Record<string, string>;
  /** Codes of refusals that end a session, beside those of every app. */
  alsoEnds?: readonly string[];
  /** Where a page that is gone back to is looked at again; at once, where nothing is said. */
  placeAgain?: (place: ScrollPosition) => Promise<ScrollPosition | false>;
};
export type ScrollPosition = { left: number; top: number };

export async function startApp({
  root,
  routes,
  loader,
  firstView,
  pageHeaders,
  alsoEnds,
  placeAgain,
}: AppParts): Promise<void> {
  const boot = readBoot();
  const text = await createText(wantedLanguage(boot.locale, location.search), loader);
  // Tests change the address and look at the same page in another language, as if the language menu had been used.
  if (import.meta.env.MODE !== 'production')
    addEventListener('languagechange', () => void speak(text, wantedLanguage(boot.locale, location.search)));
  const session = useSessionState();
  const client = createApiClient({
    apiPath: boot.apiPath,
    sessionHandle: boot.sessionHandle,
    pageHeaders,
    alsoEnds,
    onSessionProblem: session.noteSessionProblem,
    onQueued: session.noteQueued,
    onAnswered: session.noteAnswered,
  });
  const router = createRouter({
    history: createWebHistory(`${boot.basePath}/`),
    routes: routes(boot),
    scrollBehavior: (to, from, saved) =>
      saved ? (placeAgain?.(saved) ?? saved) : to.path === from.path ? {} : { top: 0 },
  });
  focusHeadingsAfterNavigation(router);
  askAnewForLostParts(router);
  router.beforeResolve(async (to) => {
    if (to.path !== firstView) await completeText(text);
  });

  createApp(root)
    .use(text.i18n)
    .use(router)
    .component('I18nT', I18nT)
    .provide(textKey, text)
    .provide(bootKey, boot)
    .provide(apiClientKey, client)
    .provide(liveUpdatesKey, createLiveUpdates(client.liveUrl))
    .mount('#app');

  await router.isReady();
  await completeText(text);
}

const lostAt = 'part-lost-at';

/**
 * A page whose part did not come, because the line broke or a newer release has other parts, is asked for from the
 * server: it would stay empty, and its links would do nothing. Once, so that a part that is nowhere is no endless loop.
 */
function askAnewForLostParts(router: Router): void {
  router.onError((_error, to) => {
    const { href } = router.resolve(to);
    if (sessionStorage.getItem(lostAt) === href) return;
    sessionStorage.setItem(lostAt, href);
    location.assign(href);
  });
  router.afterEach((_to, _from, failure) => {
    if (failure === undefined) sessionStorage.removeItem(lostAt);
  });
}
