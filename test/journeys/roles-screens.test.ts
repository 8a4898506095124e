/** Who gets which role: the page of the customer in all its states, in a real browser. */
import type { Page } from 'playwright-core';
import { test } from 'vitest';
import {
  aClaim,
  aRolesState,
  aSource,
  fakeRoles,
  somePeople,
  type FakeRoles,
} from '../support/fake-roles.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { describeScreens, draw, tabTo, type Screen } from '../support/screens.ts';
import type { Scene } from '../support/serve-portal.ts';
import { aHome, aSession, aView, everyStepDone } from '../support/setup-builders.ts';

const longName = 'Documentation writers and translators of the Northern Islands and beyond';
const toDo = () => aView({ ...everyStepDone, receive_people: 'done', assign_roles: 'open' });

type Change = Partial<FakeRoles> & { isReadOnly?: boolean; silent?: string; isToDo?: boolean };

function sceneOf({ isReadOnly = false, isToDo = true, silent, ...change }: Change = {}): Scene {
  const session = aSession({ readOnly: isReadOnly, features: ['sso', 'directory_sync'] });
  const view = isToDo ? toDo() : aView({ ...everyStepDone, receive_people: 'done', assign_roles: 'done' });
  const setup = createFakeSetupApi({ session, home: aHome({ view }) });
  const { state = aRolesState(), ...rest } = change;
  const roles = fakeRoles({
    state: { ...state, view },
    others: [aSource('Sales', 40), aSource(longName, 1), aClaim('platform-admins', 7)],
    next: 'more',
    preview: {
      tallies: [
        { slug: 'admin', gain: 0, lose: 0, keep: 12 },
        { slug: 'editor', gain: 0, lose: 0, keep: 120 },
        { slug: 'viewer', gain: 0, lose: 0, keep: 708 },
      ],
      changed: 0,
      stay: 840,
      orphaned: null,
    },
    people: somePeople,
    result: { status: 'applied', view: aView({ ...everyStepDone, assign_roles: 'done' }) },
    refusals: {},
    ...rest,
  });
  return {
    entry: 'customer',
    boot: {
      app: 'customer',
      basePath: '/setup/acme',
      apiPath: '/setup/acme/api',
      locale: 'en',
      environment: session.brand,
      sessionHandle: session.handle,
      organizationName: session.organization.name,
    },
    answer: (method, path, body) => {
      const below = path.replace(/^.*\/api(?=\/)/, '');
      if (`${method} ${below}` === silent) return undefined;
      return roles(method, below, body) ?? setup.handle(method, below, body);
    },
  };
}

const row = (state: string, says: string, change: Change = {}, reach?: Screen['reach']): Screen => ({
  state,
  says,
  path: '/directory/roles',
  scene: () => sceneOf(change),
  ...(reach && { reach }),
});

const changing = {
  preview: {
    tallies: [
      { slug: 'admin', gain: 12, lose: 0, keep: 12 },
      { slug: 'editor', gain: 0, lose: 3, keep: 117 },
      { slug: 'viewer', gain: 0, lose: 9, keep: 699 },
    ],
    changed: 12,
    stay: 828,
    orphaned: null,
  },
};
/** By its value: what it says is longer in the made-up language. */
const choose = async (page: Page, at: number, role: string): Promise<void> => {
  await page.locator('main select').nth(at).selectOption(role);
};
const chooseAdmin = (page: Page) => choose(page, 2, 'admin');
const openWho = async (page: Page) => {
  await chooseAdmin(page);
  await page.locator('main summary').click();
};
const press = async (page: Page) => {
  await chooseAdmin(page);
  await page.locator('main button').last().click();
};

const screens: Screen[] = [
  row('roles', 'From the highest'),
  row('roles, loading', 'Loading', { silent: 'GET /directory/roles' }),
  row('roles, broken', 'Something broke on our side.', { refusals: { 'GET /directory/roles': 'internal' } }),
  row('roles, groups left out', 'groups did not come', {
    state: aRolesState({ leftOut: [{ origin: 'Microsoft Entra ID', people: 3 }] }),
  }),
  row('roles, for the first time', 'Continue with Viewer', { state: aRolesState({ mapped: [] }) }),
  row('roles, all of them count', 'gets all of theirs', {
    state: aRolesState({ mode: 'all', defaultRole: null }),
  }),
  row('roles, no groups yet', 'No groups yet', {
    others: [],
    next: null,
    state: aRolesState({ mapped: [], counts: { groups: 0, claims: 0 } }),
  }),
  row('roles, no roles to give', 'There is nothing to decide here', {
    state: aRolesState({ roles: [], mapped: [], defaultRole: null }),
    isToDo: false,
  }),
  row('roles, read-only', 'From the highest', { isReadOnly: true }),
  row('roles, nothing found', 'No group is called that.', { others: [] }, async (page) => {
    await page.locator('main input[type=search]').fill('nowhere');
  }),
  row('roles, if saved', 'as they are', changing, chooseAdmin),
  row('roles, who and why', 'Ada Byron', changing, openWho),
  row(
    'roles, nobody left with the top role',
    'Keep one group or person in it.',
    { preview: { ...changing.preview, orphaned: 'admin' } },
    (page) => choose(page, 1, '-'),
  ),
  row(
    'roles, the code',
    'we just mailed to',
    { ...changing, state: aRolesState({ needsCode: true }) },
    async (page) => {
      await press(page);
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
    },
  ),
  row(
    'roles, changed by somebody else',
    'Somebody else changed who gets which role meanwhile.',
    { ...changing, refusals: { 'PUT /directory/roles': 'mapping_changed' } },
    press,
  ),
  row(
    'roles, preview broken',
    'Something broke on our side.',
    { refusals: { 'POST /directory/roles/preview': 'internal' } },
    chooseAdmin,
  ),
];

await describeScreens('the page of roles', screens, (visit) => {
  test('a role is given, its gains and losses are read, and it is saved, by keyboard alone', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    await draw(visitor, portal, row('', 'From the highest', changing));
    await tabTo(page, /Role of Sales/);
    await page.keyboard.press('ArrowDown');
    await page.locator('main').getByText('12 gain Admin').waitFor();
    await tabTo(page, /Who, and why/);
    await page.keyboard.press('Enter');
    await page.locator('main').getByText('because of group Sales').waitFor();
    await tabTo(page, 'Save roles');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/home$/);
  });
});
