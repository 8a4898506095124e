/** The dashboard's page of roles in its states, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roleBook, type RoleBook } from '../../api/contract/dashboard-roles.ts';
import { describeWithBrowser } from '../support/browser.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import {
  draw,
  expectGoodLooks,
  expectNoSidewaysScroll,
  untranslated,
  visitorOf,
  type Screen,
  type Visitor,
} from '../support/screens.ts';
import { servePortal, type PortalServer, type Scene } from '../support/serve-portal.ts';

const aRole = (slug: string, name: string, more: Partial<RoleBook['roles'][number]> = {}) => ({
  ...{ slug, name, description: null, isDefault: false, groups: 0, organizations: 0 },
  ...more,
});
const some: RoleBook = {
  mode: 'highest',
  roles: [
    aRole('admin', 'Admin', { groups: 4, organizations: 2, description: 'Everything, billing too' }),
    aRole('editor', 'Editor of documents'),
    aRole('viewer', 'Viewer', { isDefault: true }),
  ],
};

function sceneOf(book: RoleBook, role: 'developer' | 'viewer'): Scene {
  const fake = createFakeDashboard({ now: new Date(), role });
  const { environment, member, handle } = fake.data.session;
  return {
    entry: 'staff',
    boot: {
      ...{ app: 'staff', basePath: '/dashboard', apiPath: '/dashboard/api', locale: 'en' },
      ...{ environment, sessionHandle: handle, member: { email: member.email, role: member.role } },
    },
    answer: (method, path, body) =>
      path === '/dashboard/api/roles'
        ? { status: 200, body: roleBook.parse(book) }
        : fake.handle(method, path, body),
  };
}

const row = (
  state: string,
  says: string,
  book = some,
  role: 'developer' | 'viewer' = 'developer',
  reach?: Screen['reach'],
): Screen => ({ state, says, path: '/roles', scene: () => sceneOf(book, role), ...(reach && { reach }) });

const screens: Screen[] = [
  row('roles', 'Where several are given'),
  row('roles, empty', 'No roles yet', { mode: 'highest', roles: [] }),
  row('roles, to a viewer', 'The highest alone', some, 'viewer'),
  row('roles, a new one', 'Customers see it.', some, 'developer', async (page) => {
    await page.locator('main button').first().click();
  }),
  row('roles, one in use is removed', 'In its place', some, 'developer', async (page) => {
    await page.locator('tbody tr').first().locator('button').last().click();
  }),
];

await describeWithBrowser('the dashboard’s page of roles', (browser) => {
  let portal: PortalServer;
  let visitor: Visitor;
  beforeAll(async () => {
    portal = await servePortal();
    visitor = await visitorOf(browser());
  }, 180_000);
  afterAll(async () => await portal.close());

  describe('pass WCAG 2.2 AA in both colour schemes and fit a phone', () => {
    test.each(screens)('$state', async (screen) => {
      await draw(visitor, portal, screen);
      await expectGoodLooks(visitor);
    });
  });

  describe('say nothing that is not in the catalogue, and fit a phone when longer and mirrored', () => {
    test.each(screens)('$state', async (screen) => {
      await draw(visitor, portal, screen, 'rtl');
      expect(await untranslated(visitor.page, portal.texts())).toEqual([]);
      await expectNoSidewaysScroll(visitor.page);
    });
  });
});
