/** The dashboard's page of roles in its states, in a real browser. */
import { roleBook, type RoleBook } from '../../api/contract/dashboard-roles.ts';
import { createFakeDashboard } from '../support/fake-dashboard-api.ts';
import { describeScreens, type Screen } from '../support/screens.ts';
import type { Scene } from '../support/serve-portal.ts';

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

await describeScreens('the dashboard’s page of roles', screens);
