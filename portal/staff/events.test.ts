import { afterEach, expect, it, vi } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { pageMounter } from './mount-page.ts';

const mountPage = pageMounter(createFakeDashboard);

type Mounted = Awaited<ReturnType<typeof mountPage>>;
let app: Mounted | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

const happens = ({ fake }: Mounted, name: string) => {
  const [first] = fake.events;
  if (first !== undefined) fake.events.unshift({ ...first, id: `event_${name}`, name });
};

it('S13 narrows the feed by type and organization in the address, and widens it again', async () => {
  const { fill, press, words, router } = await open('/events');
  expect(words()).toContain('Delivered to 2 of 2');

  await fill('Type', 'dsync');
  expect(router.currentRoute.value.query).toEqual({ type: 'dsync' });
  expect(words()).not.toContain('Delivered to 2 of 2');
  await press('Only Acme Corporation');
  expect(router.currentRoute.value.query).toEqual({ type: 'dsync', organization: 'org_1' });
  expect(words()).toContain('1 given up');
  expect(words()).not.toContain('1 waiting');

  await press('Clear filters');
  expect(router.currentRoute.value.query).toEqual({});
  expect(words()).toContain('Delivered to 2 of 2');
});

it('S13 keeps the choices of a filter while the list is read anew, for whoever walks them by arrow keys', async () => {
  const { find, words } = await open('/events');
  const field = document.getElementById(find('label', 'Type').getAttribute('for') ?? '');
  if (!(field instanceof HTMLSelectElement)) throw new Error('"Type" labels no choice');
  const choices = field.options.length;
  const never = new Promise<Response>(() => undefined);
  vi.stubGlobal('fetch', () => never);

  field.value = 'dsync';
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await eventually(() => expect(words()).toContain('Loading'));

  expect(field.options.length).toBe(choices);
  expect(field.value).toBe('dsync');
});

it('S13 keeps what is new behind a line, and shows it at once to who follows', async () => {
  const page = await open('/events');

  happens(page, 'organization.created');
  await page.tell('event');
  await eventually(() => expect(page.words()).toContain('1 new'));
  expect(() => page.find('tbody td', 'organization.created')).toThrow();

  document.getElementById(page.find('label', 'Follow').getAttribute('for') ?? '')?.click();
  happens(page, 'organization.updated');
  await page.tell('event');
  await eventually(() => expect(page.find('tbody td', 'organization.updated')).toBeDefined());
  expect(page.find('tbody td', 'organization.created')).toBeDefined();
  expect(page.words()).not.toContain('1 new');
});

it('S13 shows an event as the Events API answers it, and leads to its delivery at an endpoint', async () => {
  const { press, words, router } = await open('/events/event_01JD4K0000000000000000002');
  expect(words()).toContain('"event": "dsync.user.updated"');

  await press('https://api.northwind.example/vestibule/events', 'a');

  expect(router.currentRoute.value.fullPath).toBe('/webhooks/we_1?event=event_01JD4K0000000000000000002');
});
