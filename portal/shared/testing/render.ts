/** For component tests: mounts a component as the app would, with text, router, boot data and a client of choice. */
import { mount, type VueWrapper } from '@vue/test-utils';
import { onTestFinished } from 'vitest';
import { defineComponent, h, type Component } from 'vue';
import { createMemoryHistory, createRouter, type RouteRecordRaw } from 'vue-router';
import { apiClientKey, createApiClient, type ApiClient } from '../api-client.ts';
import type { Boot } from '../boot.ts';
import { createText, textKey, type Catalogue } from '../i18n.ts';
import { liveUpdatesKey, type LiveUpdates } from '../live-updates.ts';
import { bootKey } from '../session.ts';

const catalogues = import.meta.glob<Catalogue>(
  ['../messages/en/*.json', '../../customer/messages/en/*.json', '../../staff/messages/en/*.json'],
  { eager: true, import: 'default' },
);

export const aBoot: Boot = {
  app: 'customer',
  basePath: '/setup/acme',
  apiPath: '/setup/acme/api',
  locale: 'en',
  sessionHandle: 'ses_1',
  organizationName: 'Acme',
  environment: {
    handle: 'acme',
    kind: 'sandbox',
    productName: 'Ledgerly',
    vendorName: 'Ledgerly Inc.',
    supportEmail: 'help@ledgerly.example',
    supportHours: null,
  },
};

type RenderSettings = {
  props?: Record<string, unknown>;
  slots?: Record<string, string | (() => unknown)>;
  routes?: RouteRecordRaw[];
  at?: string;
  api?: ApiClient;
  boot?: Boot;
  /** News of the server; none unless told. */
  live?: LiveUpdates;
};

/** Both apps name areas alike (`domains.json`), so each is tested with its own and the shared ones. */
const catalogueOf = (app: Boot['app']) =>
  Object.fromEntries(
    Object.entries(catalogues).filter(
      ([path]) => path.includes(`/${app}/`) || path.startsWith('../messages/'),
    ),
  );

const blank = defineComponent(() => () => h('div'));

export async function render(component: Component, settings: RenderSettings = {}): Promise<VueWrapper> {
  const { app } = settings.boot ?? aBoot;
  const text = await createText('en', { first: async () => catalogueOf(app) });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: settings.routes ?? [{ path: '/:rest(.*)*', component: blank }],
  });
  await router.push(settings.at ?? '/');
  const wrapper = mount(component, {
    attachTo: document.body,
    props: settings.props,
    slots: settings.slots,
    global: {
      plugins: [text.i18n, router],
      provide: {
        [textKey as symbol]: text,
        [bootKey as symbol]: settings.boot ?? aBoot,
        [apiClientKey as symbol]: settings.api ?? createApiClient({ apiPath: aBoot.apiPath }),
        ...(settings.live && { [liveUpdatesKey as symbol]: settings.live }),
      },
    },
  });
  onTestFinished(() => wrapper.unmount());
  return wrapper;
}
