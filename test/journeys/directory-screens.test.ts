/** Every screen of directory sync in all its states, held to what all screens of the customer's app are held to. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { DirectoryState } from '../../api/contract/setup-directories.ts';
import { listReceived } from '../../onboarding/directory-attributes.ts';
import { press, row, sceneWith, type SceneChange } from '../support/customer-scenes.ts';
import {
  aChecklist,
  aDirectory,
  aDirectoryGuide,
  aDirectoryState,
  aDirectoryAtHome,
  aFormerDirectory,
  aHold,
  aLinkedDirectory,
  aProvisioningTest,
  aToken,
  refusedCall,
  seenCall,
  someGroups,
  somePeople,
  someRequests,
} from '../support/directory-builders.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { aFakeDirectory, type FakeDirectory } from '../support/fake-directory.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen } from '../support/screens.ts';
import { aHome, aSession, at, aView } from '../support/setup-builders.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const covered = (change = {}) => aSession({ features: ['sso', 'directory_sync'], ...change });
const chosen = () => aView({ choose_directory: 'done' });

function scene(
  state: Partial<DirectoryState> = {},
  further: Partial<FakeDirectory> = {},
  change: SceneChange = {},
): SceneChange {
  return {
    session: covered(),
    directory: aFakeDirectory({ state: aDirectoryState({ view: chosen(), ...state }), ...further }),
    result: { status: 'applied', view: chosen() },
    ...change,
  };
}
const nothingChosen = (): SceneChange =>
  scene({ directory: null, guide: null, checklist: [], view: aView({ choose_directory: 'open' }) });
const linked = (change = {}, further: Partial<FakeDirectory> = {}) =>
  scene({ directory: aLinkedDirectory(change) }, further);
const come = () => ({ people: somePeople(), groups: someGroups(), requests: someRequests() });
const aFirstList = () => aHold({ reason: 'first_file', leaving: 0, activeBefore: 0 });
const half = () =>
  aChecklist({ connection_test: seenCall(-minute), create_user: seenCall(-10_000, 'a•••@acme.com') });
const switching = () => linked({ switchTo: { name: 'Microsoft Entra ID', sourceId: 'microsoft-entra-id' } });
const previewed = (switchedRoles: FakeDirectory['switchedRoles'] = [], roleLost: string | null = null) => ({
  ...switching(),
  directory: aFakeDirectory({
    state: aDirectoryState({
      view: chosen(),
      directory: aLinkedDirectory({
        switchTo: { name: 'Microsoft Entra ID', sourceId: 'microsoft-entra-id' },
      }),
    }),
    switched: {
      vanish: somePeople().slice(0, 2),
      appear: somePeople().slice(2, 3),
      stay: somePeople().slice(3),
      roles: somePeople()
        .slice(3)
        .map((person) => ({ ...person, move: { before: ['Editor', 'Auditor'], after: [] } })),
    },
    switchedRoles,
    roleLost,
  }),
});
const comingBack = (...[roles, roleLost]: Parameters<typeof previewed>) => {
  const { directory } = previewed(roles, roleLost);
  return {
    ...linked(),
    directory: aFakeDirectory({
      ...directory,
      state: aDirectoryState({
        view: chosen(),
        directory: aLinkedDirectory(),
        formers: [aFormerDirectory({ reason: 'switched' })],
      }),
    }),
  };
};
const kept = { group: 'IT', role: 'Admin', isKept: true };
const broken = { status: 500, code: 'internal' } as const;

const pressNamed =
  (name: string): NonNullable<Screen['reach']> =>
  async (page, say) =>
    await page
      .getByRole('button', { name: say(name), exact: true })
      .first()
      .click();
const search = async (page: Page) => await page.locator('main input[type=search]').fill('zzz');

const arrived = {
  emails: [{ type: 'work', value: 'ada.archer@acme.com' }],
  name: { givenName: 'Ada' },
  addresses: [{ type: 'work', locality: 'Leeds', country: 'GB' }],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engineering' },
};

const somebodyKept = { holdId: 'directory_hold_1', people: 412, since: at(-minute) };

const screens: Screen[] = [
  row('choose', '/directory/provider', 'Same as your sign-in: Okta', nothingChosen),
  row('choose, loading', '/directory/provider', 'Loading', () => ({
    ...nothingChosen(),
    silent: 'GET /directory/sources?query=',
  })),
  row('choose, nothing found', '/directory/provider', 'Nothing called “zzz”.', nothingChosen, search),
  row('choose, which way', '/directory/provider', 'sends only what has changed', nothingChosen, press(0)),
  row('choose, refused', '/directory/provider', 'Say this id', () => ({
    ...nothingChosen(),
    refusals: { 'GET /directory/sources': broken },
  })),
  row('choose, chosen already', '/directory/provider', 'Chosen now: Okta.', () => scene()),
  row('choose, another is linked', '/directory/provider', 'People come from', () => linked()),
  row('choose, a switch is prepared', '/directory/provider', 'is prepared', switching),
  row('guide, before a choice', '/directory/guide', 'Choose your directory first', nothingChosen),
  ...['add-app', 'connect', 'to-app', 'assign', 'push-groups'].map((step) =>
    row(`guide of Okta, ${step}`, `/directory/guide/${step}`, 'In Okta', () => scene()),
  ),
  ...['open-app', 'connect', 'mappings', 'scope', 'start'].map((step) =>
    row(`guide of Entra, ${step}`, `/directory/guide/${step}`, 'In Entra', () =>
      scene({ guide: aDirectoryGuide('microsoft-entra-id') }),
    ),
  ),
  row(
    'guide, token just made',
    '/directory/guide/connect',
    'Shown once.',
    () => scene(),
    pressNamed('Make the token'),
  ),
  row('guide, token there', '/directory/guide/connect', 'never used', () =>
    scene({ directory: aDirectory({ tokens: [aToken({ firstUsedAt: null, lastUsedAt: null })] }) }),
  ),
  row(
    'guide, leaving an unpasted token',
    '/directory/guide/connect',
    'again',
    () => scene(),
    async (page, say) => {
      await pressNamed('Make the token')(page, say);
      await pressNamed('Done, next')(page, say);
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).waitFor();
    },
  ),
  row('watch, nothing yet', '/directory/watch', 'No request yet', () => scene()),
  row('watch, first calls', '/directory/watch', 'a•••@acme.com', () =>
    scene({
      directory: aLinkedDirectory({ linkedAt: at(-10_000) }),
      checklist: half(),
    }),
  ),
  row(
    'watch, refused',
    '/directory/watch',
    'Unlink the pushed group, then push it again.',
    () =>
      scene({
        directory: aLinkedDirectory({ linkedAt: at(-10_000) }),
        checklist: aChecklist({
          connection_test: seenCall(-minute),
          create_user: seenCall(-10_000, 'a•••@acme.com'),
          push_group: refusedCall('group_exists', 409),
        }),
      }),
    async (page) => await page.locator('main summary').first().click(),
  ),
  row('watch, waiting for the cycle', '/directory/watch', 'sends by the clock', () =>
    scene({
      guide: aDirectoryGuide('microsoft-entra-id'),
      nextCallAt: at(33 * minute),
      checklist: aChecklist({ connection_test: seenCall(-minute) }, 'microsoft-entra-id'),
    }),
  ),
  row('watch, a source that is read', '/directory/watch', 'We read BambooHR ourselves', () =>
    scene({ directory: aDirectory({ road: 'bamboohr', name: 'BambooHR' }), guide: null, checklist: [] }),
  ),
  row('watch, files that are sent', '/directory/watch', 'Each file is read within a minute', () =>
    scene({ directory: aDirectory({ road: 'sftp', name: 'SFTP' }), guide: null, checklist: [] }),
  ),
  row('requests', '/directory/requests', 'Group', () => linked({}, come())),
  row(
    'requests, opened',
    '/directory/requests',
    'Unlink the pushed group, then push it again.',
    () => linked({}, come()),
    async (page) => await page.locator('main summary').first().click(),
  ),
  row('requests, none', '/directory/requests', 'No request yet.', () => scene()),
  row(
    'requests, none refused',
    '/directory/requests',
    'No request was refused.',
    () => scene(),
    async (page) => void (await page.locator('main select').selectOption('refused')),
  ),
  row('requests, not to be had', '/directory/requests', 'Say this id', () => ({
    ...linked(),
    refusals: { 'GET /directory/requests': broken },
  })),
  row('test, not begun', '/directory/test', 'Start the test', () => linked()),
  row('test, waiting', '/directory/test', 'We wait for a new person.', () =>
    scene({ directory: aLinkedDirectory(), test: aProvisioningTest() }),
  ),
  row('test, half through', '/directory/test', 'This test follows', () =>
    scene({
      directory: aLinkedDirectory(),
      test: aProvisioningTest({ create_user: seenCall(-minute, 't•••@acme.com') }, 't•••@acme.com'),
    }),
  ),
  row('test, refused', '/directory/test', 'A request was refused', () =>
    scene({
      directory: aLinkedDirectory(),
      test: aProvisioningTest({ create_user: refusedCall('user_name_missing', 400) }),
    }),
  ),
  row('test, passed', '/directory/test', 'The test passed', () =>
    scene({
      directory: aLinkedDirectory(),
      test: aProvisioningTest(
        {
          create_user: seenCall(-3 * minute, 't•••@acme.com'),
          update_user: seenCall(-2 * minute, 't•••@acme.com'),
          deactivate_user: seenCall(-minute, 't•••@acme.com'),
        },
        't•••@acme.com',
      ),
    }),
  ),
  row('state, linked', '/directory/state', '900 active', () => linked({}, come())),
  row('state, groups', '/directory/state?tab=groups', 'Everybody at Acme Industries', () =>
    linked({}, come()),
  ),
  row('state, requests', '/directory/state?tab=requests', 'Connection test', () => linked({}, come())),
  row('state, nobody found', '/directory/state', 'Nobody called “zzz”.', () => linked({}, come()), search),
  row('state, nobody yet', '/directory/state', 'Nobody has come yet.', () => linked()),
  row('state, groups none', '/directory/state?tab=groups', 'No groups yet.', () => linked()),
  row('state, on hold', '/directory/state', 'A change is on hold: 412 people', () =>
    linked({ chip: 'held', hold: aHold() }, come()),
  ),
  row('state, the first list waits', '/directory/state', 'The first list waits for you', () =>
    linked({ hold: aFirstList() }),
  ),
  row('state, silent', '/directory/state', 'Silent since', () =>
    scene({
      directory: aLinkedDirectory({
        name: 'Microsoft Entra ID',
        chip: 'silent',
        silentSince: at(-2 * day),
        lastRequestAt: at(-3 * day),
      }),
      guide: aDirectoryGuide('microsoft-entra-id'),
    }),
  ),
  row('state, credentials refused', '/directory/state', 'have been refused by', () =>
    scene({
      directory: aLinkedDirectory({
        name: 'BambooHR',
        road: 'bamboohr',
        type: 'bamboohr',
        sourceId: 'bamboohr',
        tokens: [],
        chip: 'invalid_credentials',
        credentialsFailingSince: at(-day),
        lastRequestAt: null,
      }),
      guide: null,
    }),
  ),
  row('state, its token ends soon', '/directory/state', 'Token …9f2c ends', () =>
    linked({ tokens: [aToken({ expiresAt: at(13 * day) })] }),
  ),
  row('state, the token in use ends soon and a newer one waits', '/directory/state', 'Token …9f2c ends', () =>
    linked({
      tokens: [
        aToken({ expiresAt: at(13 * day) }),
        aToken({ id: 'directory_token_2', suffix: '11b7', firstUsedAt: null, lastUsedAt: null }),
      ],
    }),
  ),
  row('state, its last token has ended', '/directory/state', 'No token of Okta works any more', () =>
    linked({ tokens: [] }, come()),
  ),
  row('state, files', '/directory/state', 'Files', () =>
    scene({ directory: aLinkedDirectory({ road: 'sftp', tokens: [] }), guide: null }),
  ),
  row('state, its newest list was not taken', '/directory/state', 'was not taken', () =>
    linked({ road: 'sftp', name: 'Files by SFTP', tokens: [], listRefusedAt: at(-3 * 60 * minute) }),
  ),
  row('state, the token that its client uses has ended', '/directory/state', 'that Okta uses ended', () =>
    linked({ endedToken: { suffix: '77be', endedAt: at(-minute) } }),
  ),
  row('state, a switch is prepared', '/directory/state', 'is prepared', switching),
  row(
    'state, to be reset',
    '/directory/state',
    '900 people stay in Ledgerly',
    () => linked({}, come()),
    pressNamed('Reset'),
  ),
  row(
    'state, to be deleted',
    '/directory/state',
    'Its address and tokens stop working',
    () => linked({}, come()),
    pressNamed('Delete'),
  ),
  row('state, switched', '/directory/state', 'Switched', () =>
    scene({ directory: aLinkedDirectory(), formers: [aFormerDirectory({ reason: 'switched' })] }),
  ),
  row('state, brought back', '/directory/state', 'Brought back', () =>
    scene({ directory: aLinkedDirectory(), formers: [aFormerDirectory({ reason: 'brought_back' })] }),
  ),
  row('state, read-only', '/directory/state', '900 active', () => ({
    ...linked({}, come()),
    session: covered({ readOnly: true }),
  })),
  row('state, none chosen', '/directory/state', 'The steps depend', nothingChosen),
  row('tokens', '/directory/tokens', 'Make another token', () => linked()),
  row('tokens, two', '/directory/tokens', 'Both tokens work.', () =>
    linked({
      tokens: [
        aToken(),
        aToken({
          id: 'directory_token_2',
          suffix: '77be',
          createdAt: at(-minute),
          lastUsedAt: null,
          expiresAt: at(180 * day),
        }),
      ],
    }),
  ),
  row(
    'tokens, the last to be retired',
    '/directory/tokens',
    'It is the only one',
    () => linked(),
    pressNamed('Retire'),
  ),
  row(
    'tokens, the code',
    '/directory/tokens',
    'we just mailed to',
    () => linked(),
    pressNamed('Make another token'),
  ),
  row('hold', '/directory/hold', 'None of them is affected yet.', () =>
    linked(
      { chip: 'held', hold: aHold() },
      {
        held: somePeople().map((person, index) => ({
          ...person,
          becomes: index === 3 ? ('removed' as const) : ('inactive' as const),
        })),
      },
    ),
  ),
  row(
    'hold, to be applied',
    '/directory/hold',
    'Let 412 people leave?',
    () => linked({ hold: aHold() }),
    pressNamed('Apply'),
  ),
  row(
    'hold, to be discarded',
    '/directory/hold',
    'Keep 412 people?',
    () => linked({ hold: aHold() }),
    pressNamed('Discard'),
  ),
  row('hold, the first list', '/directory/hold', 'See first what it would do', () =>
    linked({ hold: aFirstList() }),
  ),
  row(
    'hold, others had left before it',
    '/directory/hold',
    '25 other people had left in the hour before',
    () => linked({ hold: aHold({ leftBefore: 25 }) }),
  ),
  row('hold, decided', '/directory/hold', 'everybody in it stays.', () =>
    linked({}, { decided: { decision: 'discarded', at: at(-minute) } }),
  ),
  row('hold, nobody left with the top role', '/directory/hold', 'Nobody would be left with Admin', () =>
    linked({ hold: aHold() }, { roleLostByHold: 'Admin' }),
  ),
  row('hold, looked at only', '/directory/hold', 'This link only shows it.', () => ({
    ...linked({ hold: aHold() }),
    session: covered({ readOnly: true }),
  })),
  row('hold, discarded before', '/directory/hold', 'Let them leave', () => linked({ kept: somebodyKept })),
  row(
    'hold, discarded, to leave after all',
    '/directory/hold',
    'Let 412 people leave?',
    () => linked({ kept: somebodyKept }),
    pressNamed('Let them leave'),
  ),
  row('state, somebody stays', '/directory/state', '412 people stay although', () =>
    linked({ kept: somebodyKept }, come()),
  ),
  row('hold, none', '/directory/hold', 'No change waits for you', () => linked()),
  row('attributes', '/directory/attributes', 'Leeds, GB', () =>
    linked(
      {},
      {
        attributes: {
          fields: [
            { field: 'email', label: null, path: '', isDefault: true, read: 'ada.archer@acme.com' },
            { field: 'job_title', label: null, path: 'title', isDefault: true, read: null },
            { field: 'addresses', label: null, path: 'addresses', isDefault: true, read: null },
            { field: 'custom.team', label: 'Team', path: 'name.givenName', isDefault: false, read: null },
          ],
          person: { id: 'directory_user_0', name: 'Ada Archer' },
          people: somePeople().map(({ id, name }) => ({ id, name })),
          received: listReceived(arrived),
          raw: arrived,
        },
      },
    ),
  ),
  row('attributes, nobody yet', '/directory/attributes', 'Nobody has come yet.', () =>
    scene(
      {},
      {
        attributes: {
          fields: [{ field: 'email', label: null, path: '', isDefault: true, read: null }],
          person: null,
          people: [],
          received: [],
          raw: {},
        },
      },
    ),
  ),
  row('switch, nobody has come', '/directory/switch', 'Nobody has come from', switching),
  row('switch, previewed', '/directory/switch', '2 would vanish', () => previewed()),
  row('switch, every group that gives a role has come', '/directory/switch', 'goes on giving it', () =>
    previewed([kept]),
  ),
  row(
    'switch, groups that give roles have not come',
    '/directory/switch',
    'have not come from Microsoft',
    () =>
      previewed([
        kept,
        { group: 'Engineering', role: 'Editor', isKept: false },
        { group: 'Sales and everybody who helps them in the field', role: 'Viewer', isKept: false },
      ]),
  ),
  row('switch, nobody left with the top role', '/directory/switch', 'Send somebody from Microsoft', () =>
    previewed([kept], 'Admin'),
  ),
  row(
    'switch, to be confirmed',
    '/directory/switch',
    '2 people vanish from Ledgerly',
    () => previewed(),
    pressNamed('Switch now'),
  ),
  row('switch, to the same source anew', '/directory/switch', 'Leave it as it is', () =>
    linked({ switchTo: { name: 'Okta', sourceId: 'okta' } }),
  ),
  row('guide, a switch is prepared', '/directory/guide/add-app', 'is prepared', switching),
  row(
    'switch, to be left',
    '/directory/switch',
    'Leave Okta in place?',
    switching,
    pressNamed('Leave it as it is'),
  ),
  row(
    'switch, who has another role then',
    '/directory/switch',
    'becomes no role',
    () => previewed([{ group: 'Engineering', role: 'Editor', isKept: false }]),
    async (page, say) => await page.getByRole('tab', { name: say('Other roles') }).click(),
  ),
  row('bring back, previewed', '/directory/formers/former_directory_1', '2 would vanish', comingBack),
  row(
    'bring back, to be confirmed',
    '/directory/formers/former_directory_1',
    '2 people vanish from Ledgerly',
    comingBack,
    pressNamed('Bring it back'),
  ),
  row(
    'bring back, nobody left with the top role',
    '/directory/formers/former_directory_1',
    'Give Admin',
    () => comingBack([{ group: 'Engineering', role: 'Editor', isKept: false }], 'Admin'),
  ),
  row('bring back, not kept any more', '/directory/formers/former_directory_1', 'It is not kept', () =>
    linked(),
  ),
  row('switch, none', '/directory/switch', 'No switch is prepared', () => linked()),
  row('home, waiting for people', '/home', 'waiting for the first people', () => ({
    session: covered(),
    home: aHome({
      view: aView(
        { choose_directory: 'done', connect_directory: 'done', receive_people: 'waiting' },
        { waitingFor: 'provider', waitingSince: at(-minute) },
      ),
      directory: aDirectoryAtHome(),
    }),
  })),
];

await describeScreens('the screens of directory sync', screens, (visit) => {
  test('news takes nothing away from whoever reads far down in a list', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const fake = createFakeSetupApi(linked({}, come()));
    await draw(visitor, portal, {
      ...row('', '/directory/state', '900 active'),
      scene: () => sceneWith(fake),
    });
    const rows = page.locator('main tbody tr');
    const more = page.getByRole('button', { name: 'Show more' });
    await more.waitFor();
    const first = await rows.count();
    await more.click();
    await expect.poll(() => rows.count()).toBe(2 * first);

    const lastPage = page.waitForResponse((answer) => /people\?.*after=/.test(answer.url()));
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await lastPage;

    await expect.poll(() => rows.count()).toBe(2 * first);
  });

  test('focus goes to the heading of every page that is gone to', async () => {
    const { visitor, portal } = visit();
    const fake = createFakeSetupApi(linked({ hold: aHold() }, come()));
    await draw(
      visitor,
      portal,
      row('', '/nowhere', 'There is nothing at this address', () => ({ session: covered() })),
    );

    for (const [path, heading] of [
      ['/directory', 'Okta directory'],
      ['/directory/provider', 'Where do people and groups come from?'],
      ['/directory/guide/add-app', 'Add the app from the catalog'],
      ['/directory/watch', 'Watching for Okta'],
      ['/directory/requests', 'What Okta has sent'],
      ['/directory/test', 'Follow one person from start to end'],
      ['/directory/tokens', 'How Okta reaches us'],
      ['/directory/hold', '412 of 900 people would leave'],
      ['/directory/attributes', 'Which values mean what'],
      ['/directory/switch', 'Switch to another directory'],
      ['/directory/formers/gone', 'Bring a set-up back'],
    ] as const) {
      expect(await goWithin(visitor.page, portal, sceneWith(fake), path, heading)).toBe(heading);
    }
  });

  test.each(['sftp_pull', 'google', 'workday', 'bamboohr'] as const)(
    'whose credentials are refused is led to where they are mended: %s',
    async (road) => {
      const { visitor, portal } = visit();
      const refused = { road, name: 'Source', chip: 'invalid_credentials' as const, tokens: [] };
      await draw(
        visitor,
        portal,
        row('', '/directory/state', 'Reconnect', () =>
          scene({ directory: aLinkedDirectory(refused), guide: null }),
        ),
      );

      const href = await visitor.page.getByRole('link', { name: 'Reconnect' }).getAttribute('href');

      expect(href).toMatch(/\/directory\/credentials$/);
    },
  );

  test('whoever decides after another did reads that they came too late, and what holds', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const fake = createFakeSetupApi({
      ...linked({ hold: aHold() }),
      refusals: {
        'POST /directory/hold/directory_hold_1/apply': { status: 409, code: 'directory_hold_decided' },
      },
    });
    await draw(visitor, portal, {
      ...row('', '/directory/hold', '412 of 900 people would leave'),
      scene: () => sceneWith(fake),
    });
    await page.getByRole('button', { name: 'Apply' }).click();
    const { directory } = fake.setup;
    directory.state = aDirectoryState({ view: chosen(), directory: aLinkedDirectory() });
    directory.decided = { decision: 'discarded', at: at(-minute) };
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

    await page.getByText('everybody in it stays.').waitFor();
    expect(await page.getByText('Somebody has decided on this change already.').isVisible()).toBe(true);
  });

  test('the road from the choice to the first person is walked by keyboard alone', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const { keyboard } = page;
    const fake = createFakeSetupApi(nothingChosen());
    const isAt = async (heading: string) => {
      await page.getByRole('heading', { level: 1, name: heading }).and(page.locator(':focus')).waitFor();
    };
    await draw(visitor, portal, {
      ...row('', '/directory', 'Same as your sign-in: Okta'),
      scene: () => sceneWith(fake),
    });

    await tabTo(page, 'Use this');
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'How should Okta connect?' }).waitFor();
    fake.setup.directory.state = aDirectoryState({ view: chosen() });
    await tabTo(page, 'Use this way');
    await keyboard.press('Enter');
    await isAt('Add the app from the catalog');
    await tabTo(page, 'Done, next');
    await keyboard.press('Enter');
    await isAt('Connect the app to us');

    await tabTo(page, 'Make the token');
    await keyboard.press('Enter');
    await page.getByText('Shown once.').first().waitFor();
    await tabTo(page, 'I have pasted it');
    await keyboard.press('Enter');
    for (const next of [
      'Let Okta create, update and deactivate',
      'Assign the people',
      'Push the groups',
      'Watching for Okta',
    ]) {
      await tabTo(page, 'Done, next');
      await keyboard.press('Enter');
      await isAt(next);
    }

    fake.setup.directory.state = aDirectoryState({
      view: chosen(),
      checklist: half(),
      directory: aLinkedDirectory({ linkedAt: at(-10_000) }),
    });
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText('People arrive', { exact: true }).waitFor();
    await tabTo(page, 'Continue');

    const sent = fake.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(sent).toEqual(['/directory/source', '/directory/tokens', '/directory/connection-done']);
  });
});
