import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { pageMounter } from './mount-page.ts';
import { pathOf } from './search-results.ts';

const mountPage = pageMounter(createFakeDashboard);
let app: Awaited<ReturnType<typeof mountPage>> | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

const field = () => {
  const found = document.querySelector<HTMLInputElement>('header [role="combobox"]');
  if (found === null) throw new Error('there is no search');
  return found;
};
const press = (key: string, target: EventTarget = field()) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const options = () => [...document.querySelectorAll<HTMLElement>('header [role="option"]')];
const active = () =>
  document.getElementById(field().getAttribute('aria-activedescendant') ?? '')?.textContent ?? '';
async function type(text: string): Promise<void> {
  field().value = text;
  field().dispatchEvent(new Event('input', { bubbles: true }));
  await eventually(() => expect(document.querySelector('header [role="listbox"]')).not.toBeNull());
}
const found = (n: number) => eventually(() => expect(options()).toHaveLength(n));

it('S22 opens by / on every page, and finds in groups once the typing rests', async () => {
  const { fake } = await open('/organizations');
  press('/', document.body);
  await eventually(() => expect(document.activeElement === field()).toBe(true));

  await type('ac');
  await type('acme');
  await found(6);

  expect(
    [...document.querySelectorAll('header [role="group"]')].map((group) =>
      group.querySelector('p')?.textContent?.trim(),
    ),
  ).toEqual(['Organizations', 'Domains', 'People', 'Connections']);
  expect(fake.requests.filter(({ path }) => path.includes('/search?')).map(({ path }) => path)).toEqual([
    '/dashboard/api/search?q=acme',
  ]);
});

it('S22 keeps the focus in the field, goes round by arrows, and opens by Enter', async () => {
  const { router } = await open('/onboardings');
  field().focus();
  await type('acme');
  await found(6);
  expect(field().getAttribute('aria-expanded')).toBe('true');
  expect(active()).toContain('Acme Corporation');

  press('ArrowUp');
  await eventually(() => expect(active()).toContain('Acme on Entra'));
  press('ArrowDown');
  press('ArrowDown');
  press('ArrowDown');
  await eventually(() => expect(active()).toContain('acme.example'));
  expect(options().filter((option) => option.getAttribute('aria-selected') === 'true')).toHaveLength(1);
  field().form?.requestSubmit();

  await eventually(() => expect(router.currentRoute.value.fullPath).toBe('/domains/dom_1'));
  expect(field().value).toBe('');
});

it('S22 takes an id of any kind and opens what it belongs to', async () => {
  const { router } = await open('/onboardings');
  field().focus();
  await type('mail_1');
  await found(1);

  options()[0]?.click();

  await eventually(() => expect(router.currentRoute.value.fullPath).toBe('/onboardings/onb_1?tab=mail'));
});

it('S22 says when nothing is called so, and how it looks for names', async () => {
  const { words } = await open('/onboardings');
  field().focus();
  await type('zzz');

  await eventually(() => expect(words()).toContain('Nothing called “zzz”.'));
  expect(words()).toContain('Names are found by the beginning of a word');
  expect(field().getAttribute('aria-expanded')).toBe('false');
});

it('S22 says what broke, and asks again', async () => {
  const { fake, words, press: click } = await open('/onboardings');
  fake.refuse('GET', '/dashboard/api/search', 500, 'internal');
  field().focus();
  await type('acme');
  await eventually(() => expect(words()).toContain('Something broke on our side.'));

  fake.accept('GET', '/dashboard/api/search');
  await click('Try again');

  await found(6);
});

it('S22 closes by Escape, then empties, then lets go', async () => {
  await open('/onboardings');
  field().focus();
  await type('acme');
  await found(6);

  press('Escape');
  await eventually(() => expect(field().getAttribute('aria-expanded')).toBe('false'));
  expect(field().value).toBe('acme');
  press('Escape');
  await eventually(() => expect(field().value).toBe(''));
  press('Escape');
  expect(document.activeElement === field()).toBe(false);
});

it.each([
  ['organization', 'org_1', '/organizations/org_1'],
  ['person', 'prof_1', '/attempts?organization=org_1'],
  ['contact', 'it_contact_1', '/organizations/org_1'],
  ['member', 'member_1', '/members'],
  ['link', 'link_1', '/onboardings/onb_1?tab=links'],
  ['api_key', 'api_key_1', '/api-keys'],
  ['redirect_uri', 'redir_1', '/environment'],
  ['event', 'event_1', '/organizations/org_1'],
  ['audit', 'audit_1', '/audit-log/audit_1'],
  ['request', '1 2', '/audit-log?request=1%202'],
] as const)('S22 opens a %s where it is shown', (kind, id, path) => {
  expect(pathOf({ kind, id, title: '', detail: null, organizationId: 'org_1', onboardingId: 'onb_1' })).toBe(
    path,
  );
});
