/** Starts one of the two apps: boot data, text, router, api client and live updates, in this order. */
import { createApp, type Component } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { I18nT } from 'vue-i18n';
import { apiClientKey, createApiClient } from './api-client.ts';
import { readBoot, type Boot } from './boot.ts';
import { createText, textKey, wantedLanguage, type CatalogueLoader } from './i18n.ts';
import { createLiveUpdates, liveUpdatesKey } from './live-updates.ts';
import { focusHeadingsAfterNavigation } from './page-focus.ts';
import { bootKey, useSessionState } from './session.ts';

type AppParts = { root: Component; routes: (boot: Boot) => RouteRecordRaw[]; loader: CatalogueLoader };

export async function startApp({ root, routes, loader }: AppParts): Promise<void> {
  const boot = readBoot();
  const text = await createText(wantedLanguage(boot.locale, location.search), loader);
  const session = useSessionState();
  const client = createApiClient({
    apiPath: boot.apiPath,
    sessionHandle: boot.sessionHandle,
    onSessionProblem: session.noteSessionProblem,
    onQueued: session.noteQueued,
  });
  const router = createRouter({
    history: createWebHistory(`${boot.basePath}/`),
    routes: routes(boot),
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
  });
  focusHeadingsAfterNavigation(router);

  createApp(root)
    .use(text.i18n)
    .use(router)
    .component('I18nT', I18nT)
    .provide(textKey, text)
    .provide(bootKey, boot)
    .provide(apiClientKey, client)
    .provide(liveUpdatesKey, createLiveUpdates(client.liveUrl))
    .mount('#app');
}
