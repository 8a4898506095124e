/** For tests: the staff app in happy-dom, on the fake of its endpoints, at one address. */
import { flushPromises, mount } from '@vue/test-utils';
import { createMemoryHistory, createRouter } from 'vue-router';
import { shallowRef } from 'vue';
import { vi } from 'vitest';
import { apiClientKey, createApiClient } from '../shared/api-client.ts';
import type { Boot, BootEnvironment, BootMember } from '../shared/boot.ts';
import { createText, textKey } from '../shared/i18n.ts';
import { liveUpdatesKey, type Hint } from '../shared/live-updates.ts';
import { bootKey, useSessionState } from '../shared/session.ts';
import StaffApp from './StaffApp.vue';
import { catalogues } from './catalogues.ts';
import { staffRoutes } from './routes.ts';

type Asked = { method: string; path: string; body: unknown };
type Fake = {
  requests: readonly Asked[];
  handle: (method: string, url: string, body?: unknown) => { status: number; body: unknown };
  data: { session: { environment: BootEnvironment; member: BootMember } };
};
type World = {
  now: Date;
  role?: BootMember['role'];
  isEmpty?: boolean;
  temporalAway?: boolean;
};
type Settings<F> = Omit<World, 'now'> & {
  /** Shown before the router has come to the page, as the app is. */
  isEarly?: boolean;
  isSignedOut?: boolean;
  kind?: 'sandbox' | 'production';
  /** Arranges the fake before the page asks. */
  arrange?: (fake: F) => void;
};

/** @param createFake `createFakeDashboard` of `test/support`, which only tests may import */
export function pageMounter<F extends Fake>(createFake: (world: World) => F) {
  return (path: string, settings: Settings<F> = {}) => mountPage(createFake, path, settings);
}

async function mountPage<F extends Fake>(
  createFake: (world: World) => F,
  path: string,
  settings: Settings<F>,
) {
  const { role, isEmpty, temporalAway } = settings;
  const fake = createFake({ now: new Date(), role, isEmpty, temporalAway });
  settings.arrange?.(fake);
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const answer = fake.handle(init.method ?? 'GET', url, body);
    return Promise.resolve(
      new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
        status: answer.status,
        headers: { 'content-type': answer.status < 400 ? 'application/json' : 'application/problem+json' },
      }),
    );
  });

  const { environment, member } = fake.data.session;
  const boot: Boot = {
    app: 'staff',
    basePath: '/dashboard',
    apiPath: '/dashboard/api',
    locale: 'en',
    environment: { ...environment, kind: settings.kind ?? 'sandbox' },
    ...(settings.isSignedOut
      ? {}
      : { sessionHandle: 'sess', member: { email: member.email, role: member.role } }),
  };
  const text = await createText('en', catalogues);
  const session = useSessionState();
  const client = createApiClient({
    apiPath: boot.apiPath,
    onSessionProblem: session.noteSessionProblem,
    onQueued: session.noteQueued,
    onAnswered: session.noteAnswered,
  });
  const router = createRouter({ history: createMemoryHistory(), routes: staffRoutes(boot) });
  const arriving = router.push(path);
  if (!settings.isEarly) await arriving;

  const listeners = new Set<(hint: Hint) => void>();
  const live = {
    lostSince: shallowRef<Date>(),
    listen(listener: (hint: Hint) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const page = mount(StaffApp, {
    attachTo: document.body,
    global: {
      plugins: [text.i18n, router],
      provide: {
        [textKey]: text,
        [bootKey]: boot,
        [apiClientKey]: client,
        [liveUpdatesKey]: live,
      },
    },
  });
  await arriving;
  await settle();

  /** Everything readable, dialogs included. */
  const readable = () => document.body.textContent?.replaceAll(/\s+/g, ' ') ?? '';
  /** The element that says exactly this, or begins with it. */
  const find = (selector: string, words: string): HTMLElement => {
    const all = [...document.querySelectorAll<HTMLElement>(selector)];
    const said = (element: HTMLElement) =>
      (element.getAttribute('aria-label') ?? element.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    const found =
      all.find((element) => said(element) === words) ??
      all.find((element) => said(element).startsWith(words));
    if (found === undefined) throw new Error(`no ${selector} says "${words}"`);
    return found;
  };
  return {
    fake,
    router,
    page,
    words: readable,
    find,
    async press(words: string, selector = 'button, a'): Promise<void> {
      find(selector, words).click();
      await settle();
    },
    async fill(label: string, value: string): Promise<void> {
      const field = document.getElementById(find('label', label).getAttribute('for') ?? '');
      if (!(
        field instanceof HTMLInputElement ||
        field instanceof HTMLTextAreaElement ||
        field instanceof HTMLSelectElement
      ))
        throw new Error(`"${label}" labels no field`);
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
      await settle();
    },
    async tell(kind: string): Promise<void> {
      listeners.forEach((listener) => listener({ kind, id: 'x' }));
      await new Promise((resolve) => setTimeout(resolve, 180));
      await settle();
    },
    /** What was sent so far, without reads. */
    sent: () => fake.requests.filter(({ method }) => method !== 'GET'),
    unmount(): void {
      page.unmount();
      document.body.replaceChildren();
      localStorage.clear();
      vi.unstubAllGlobals();
    },
  };
}

/** Lazy pages and parts, requests and transitions, all to their end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) {
    await flushPromises();
    await vi.dynamicImportSettled();
  }
  await flushPromises();
}
