/** For page tests: the whole customer app at an address, against the fake that is held to the contract. */
import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { beforeAll, onTestFinished, vi } from 'vitest';
import type { Hint } from '../../shared/live-updates.ts';
import { render } from '../../shared/testing/render.ts';
import { shallowRef } from 'vue';
import CustomerApp from '../CustomerApp.vue';
import { hiddenNews } from '../hidden-news.ts';
import { forgetJourney } from '../journey.ts';
import { customerRoutes } from '../routes.ts';

type Asked = { method: string; path: string; body: unknown };
type Fake = {
  requests: readonly Asked[];
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
};

const pages = import.meta.glob('../pages/*.vue');

/** @param createFake `createFakeSetupApi` of `test/support`, which only tests may import */
export function pageOpener<Setup, F extends Fake>(createFake: (setup?: Setup) => F) {
  // Compiling the pages is no part of what a test may take.
  beforeAll(() => Promise.all(Object.values(pages).map((load) => load())), 90_000);
  return async (path: string, setup?: Setup) => {
    const fake = createFake(setup);
    vi.stubGlobal('fetch', fake.fetch);
    // Registered before the page, so it runs after the page is gone and its last save has found the fake.
    onTestFinished(async () => {
      await flushPromises();
      vi.unstubAllGlobals();
    });
    forgetJourney();
    hiddenNews.upTo = 0;
    const listeners = new Set<(hint: Hint) => void>();
    const live = {
      lostSince: shallowRef<Date>(),
      listen(listener: (hint: Hint) => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const page = await render(CustomerApp, { routes: customerRoutes(), at: path, live });
    await settle();
    /** News of the server, as its stream of hints brings them. */
    const tell = (kind: string) => listeners.forEach((listener) => listener({ kind }));
    return { page, fake, tell };
  };
}

/** Lets answers arrive and lazily loaded pages come. */
export async function settle(): Promise<void> {
  await flushPromises();
  await vi.dynamicImportSettled();
  await flushPromises();
}

/** By its words, as people find it. */
export function buttonOf(page: Pick<VueWrapper, 'findAll' | 'text'>, words: string) {
  const found = page.findAll('button, a').find((one) => one.text() === words);
  if (found === undefined) throw new Error(`no button “${words}” on: ${page.text()}`);
  return found;
}

/** `Ctrl` and `Enter`: the page's primary act without its button, which may be off. */
export async function pressContinueKey(): Promise<void> {
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
  await settle();
}

/** The bodies of what was sent, oldest first. */
export function sent(fake: Fake, method: string, path: string): unknown[] {
  return fake.requests
    .filter((request) => request.method === method && request.path === path)
    .map(({ body }) => body);
}
