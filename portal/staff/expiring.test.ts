import { afterEach, expect, it } from 'vitest';
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

/** Those of the list; the picture has a table of its own. */
const rowsOf = (page: Mounted['page']) =>
  page.findAll('tbody tr').filter(({ element }) => element.closest('figure') === null);

it('S12 lists what ends, soonest first, with who renews it and what was told', async () => {
  const { page, words } = await open('/expiring');

  const [first] = rowsOf(page);
  expect(first?.text()).toContain('Signing certificate');
  expect(words()).toContain('3 days ago');
  expect(words()).toContain('in 12 days');
  expect(words()).toContain('Renews itself');
  expect(words()).toContain('By us, with the operator’s command');
  const token = rowsOf(page).find((row) => row.text().includes('Token of the directory'));
  expect(token?.find('a').attributes('href')).toMatch(/\/organizations\/org_1$/);
});

it('the sidebar counts what ends within 30 days or has ended', async () => {
  await open('/onboardings');

  const line = [...document.querySelectorAll('nav a')].find((link) => link.textContent?.includes('Expiring'));
  expect(line?.textContent).toContain('3 within 30 days');
});

it('a strip of 90 days shows clusters, and says the same as a table', async () => {
  const { page } = await open('/expiring');
  expect(page.get('figure svg title').text()).toBe('What ends in the next 90 days');
  expect(page.get('figure svg desc').text()).toContain('5 things end in the next 90 days');

  expect(page.findAll('figure tbody tr td').map((cell) => cell.text())).toEqual(['2', '1', '1', '1']);
});

it('filters live in the address, and clearing them shows everything again', async () => {
  const { page, router, press } = await open('/expiring?organization=org_2');
  expect(rowsOf(page)).toHaveLength(1);

  await press('Clear filters');

  expect(router.currentRoute.value.query).toEqual({});
});
