/** The pages of directories that send files or that we read, in all their states, held to what all screens are held to. */
import { test } from 'vitest';
import type { DirectoryCredentials } from '../../api/contract/setup-directory-credentials.ts';
import type { FilesState } from '../../api/contract/setup-files.ts';
import { row, sceneWith, type SceneChange } from '../support/customer-scenes.ts';
import { aDirectory, aDirectoryState } from '../support/directory-builders.ts';
import { aFakeDirectory, type FakeDirectory } from '../support/fake-directory.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { describeScreens, draw, type Screen } from '../support/screens.ts';
import { aSession, at, aView } from '../support/setup-builders.ts';
import {
  aFilesState,
  aFileServer,
  aGoogle,
  aKey,
  aSentFile,
  readBefore,
  someCredentials,
} from '../support/source-builders.ts';

const minute = 60_000;
const hour = 60 * minute;

const covered = (change = {}) => aSession({ features: ['sso', 'directory_sync'], ...change });
const chosen = () => aView({ choose_directory: 'done' });
const broken = { status: 500, code: 'internal' } as const;

function scene(further: Partial<FakeDirectory>, change: SceneChange = {}): SceneChange {
  return {
    session: covered(),
    directory: aFakeDirectory({
      state: aDirectoryState({ view: chosen(), guide: null, checklist: [], directory: aDirectory() }),
      ...further,
    }),
    result: { status: 'applied', view: chosen() },
    ...change,
  };
}
const files = (change: Partial<FilesState> = {}, more: SceneChange = {}): SceneChange =>
  scene({ files: aFilesState(change) }, more);
const read = (change: Partial<DirectoryCredentials> = {}, more: SceneChange = {}): SceneChange =>
  scene({ credentials: someCredentials(change) }, more);
const nothingChosen = (): SceneChange => ({
  session: covered(),
  directory: aFakeDirectory({ state: aDirectoryState({ directory: null, guide: null, checklist: [] }) }),
});
const held = () =>
  files({
    keys: [aKey()],
    isPreview: true,
    files: [
      aSentFile({ state: 'held', counts: { created: 898 }, rows: 900, refusedLines: 2, appliedAt: null }),
    ],
  });

const pressNamed =
  (name: string): NonNullable<Screen['reach']> =>
  async (page, say) =>
    await page
      .getByRole('button', { name: say(name), exact: true })
      .first()
      .click();
const fill =
  (field: string, value: string): NonNullable<Screen['reach']> =>
  async (page) =>
    await page.locator(`main [name="${field}"]`).fill(value);
const refused = (cause: NonNullable<DirectoryCredentials['refusal']>['cause']) => ({ cause, facts: {} });
const google = (change = {}) => read(aGoogle(change));
const workday = (change: Partial<DirectoryCredentials> = {}) =>
  read({
    directory: { id: 'directory_1', name: 'Workday', road: 'workday', isLive: false, isRefused: false },
    bamboohr: null,
    workday: { usersUrl: '', groupsUrl: '', userName: '' },
    ...change,
  });

const ourKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const shownKey = 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDRtz9bZR7Yk5m2q4A';
const typedServer = { host: 'files.acme.com', userName: 'ledgerly', folder: '/exports', publicKey: ourKey };
/** The server as it is typed, and what it answers when it is tried. */
type Answered = NonNullable<DirectoryCredentials['refusal']>;
const tried = (cause: Answered['cause'], facts: Answered['facts'] = {}): SceneChange =>
  scene({
    credentials: someCredentials(aFileServer(typedServer)),
    check: {
      canSave: false,
      findings: [],
      look: null,
      isSlow: false,
      refusal: { cause, facts: { fingerprint: shownKey, expected: aKey().fingerprint, ...facts } },
    },
  });

const screens: Screen[] = [
  row('files, nothing chosen', '/directory/files', 'Choose', nothingChosen),
  row('files, loading', '/directory/files', 'Loading', () => files({}, { silent: 'GET /directory/files' })),
  row('files, broken', '/directory/files', 'Try again', () =>
    files({}, { refusals: { 'GET /directory/files': broken } }),
  ),
  row('files, no server', '/directory/files', 'No server for files runs here', () =>
    files({ account: null }),
  ),
  row('files, no key yet', '/directory/files', 'No file yet', () => files()),
  row(
    'files, a good key typed',
    '/directory/files',
    '256 bits',
    () => files({ keys: [aKey({ fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU' })] }),
    fill(
      'publicKey',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@acme',
    ),
  ),
  row(
    'files, a private key typed',
    '/directory/files',
    'This is a private key',
    () => files(),
    fill('publicKey', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----'),
  ),
  row('files, waiting for the first', '/directory/files', 'Add another key', () =>
    files({ keys: [aKey({ lastUsedAt: null })] }),
  ),
  row(
    'files, a key to be removed',
    '/directory/files',
    'Remove this key?',
    () => files({ keys: [aKey()] }),
    (page) => page.locator('main li button').first().click(),
  ),
  row('files, the first list waits', '/directory/files', 'The first list waits for you', held),
  row(
    'files, the first list to be applied',
    '/directory/files',
    'Apply the first list?',
    held,
    pressNamed('Apply'),
  ),
  row(
    'files, the first list to be discarded',
    '/directory/files',
    'Discard the first list?',
    held,
    pressNamed('Discard'),
  ),
  row('files, come and refused', '/directory/files', 'users.csv', () =>
    files({
      keys: [aKey()],
      isLinked: true,
      files: [
        aSentFile({ id: 'directory_file_5', state: 'receiving', rows: null, counts: {}, appliedAt: null }),
        aSentFile({
          id: 'directory_file_4',
          state: 'refused',
          cause: 'header_missing',
          rows: null,
          counts: {},
          appliedAt: null,
        }),
        aSentFile({ id: 'directory_file_3', refusedLines: 2 }),
        aSentFile({ id: 'directory_file_2', counts: { removed: 412, held: 1 }, receivedAt: at(-hour) }),
        aSentFile({
          id: 'directory_file_0',
          state: 'superseded',
          cause: 'overtaken',
          rows: null,
          counts: {},
          receivedAt: at(-hour - minute),
          appliedAt: null,
        }),
        aSentFile({ name: 'user_groups.csv', state: 'unchanged', counts: {}, receivedAt: at(-2 * hour) }),
      ],
    }),
  ),
  row(
    'files, refused lines open',
    '/directory/files',
    'ann-at-acme.com',
    () => files({ keys: [aKey()], isLinked: true, files: [aSentFile({ refusedLines: 2 })] }),
    (page) => page.locator('main details summary').last().click(),
  ),
  row('files, looked at only', '/directory/files', 'The first list waits for you', () => ({
    ...held(),
    session: covered({ readOnly: true }),
  })),

  row('credentials, nothing chosen', '/directory/credentials', 'Choose your directory first', () => ({
    ...nothingChosen(),
    directory: aFakeDirectory({
      state: aDirectoryState({ directory: null, guide: null, checklist: [] }),
      credentials: someCredentials({ directory: null, bamboohr: null }),
    }),
  })),
  row('credentials, loading', '/directory/credentials', 'Loading', () =>
    read({}, { silent: 'GET /directory/credentials' }),
  ),
  row('credentials, broken', '/directory/credentials', 'Try again', () =>
    read({}, { refusals: { 'GET /directory/credentials': broken } }),
  ),
  row('credentials, BambooHR', '/directory/credentials', 'Let us read BambooHR', () => read()),
  row(
    'credentials, BambooHR typed',
    '/directory/credentials',
    'Only the first part of the address is needed.',
    () => read(),
    (page) => page.locator('main input').first().fill('https://acme.bamboohr.com'),
  ),
  row(
    'credentials, BambooHR asks to wait while it is tried',
    '/directory/credentials',
    'Try again in a few minutes.',
    () =>
      scene({
        credentials: readBefore(),
        check: {
          canSave: false,
          findings: [],
          look: null,
          isSlow: false,
          refusal: { cause: 'source_busy', facts: {} },
        },
      }),
    pressNamed('Try'),
  ),
  row('credentials, Workday', '/directory/credentials', 'Let us read Workday', () => workday()),
  row('credentials, a server of files', '/directory/credentials', 'Make our key', () => read(aFileServer())),
  row(
    'credentials, a server of files typed wrong',
    '/directory/credentials',
    'Make our key first',
    () => read(aFileServer({ host: 'sftp://files.acme.com', port: '99' })),
    pressNamed('Try'),
  ),
  row(
    'credentials, a server of files shows its key',
    '/directory/credentials',
    'Yes, this is our server',
    () => tried('sftp_host_key_new'),
    pressNamed('Try'),
  ),
  row(
    'credentials, a server of files shows another key',
    '/directory/credentials',
    'The server shows another key',
    () => tried('sftp_host_key_changed'),
    pressNamed('Try'),
  ),
  row(
    'credentials, a list on a server that lacks columns',
    '/directory/credentials',
    'It is about last_name, email.',
    () =>
      tried('sftp_file_unreadable', {
        file: 'users.csv',
        reason: 'column_missing',
        column: 'last_name, email',
      }),
    pressNamed('Try'),
  ),
  row(
    'credentials, a server of files with the next key',
    '/directory/credentials',
    'Our next public key',
    () => read(aFileServer({ ...typedServer, hostKey: shownKey, nextPublicKey: ourKey })),
  ),
  row('credentials, a server of files by password', '/directory/credentials', 'One is kept since', () =>
    read({
      ...aFileServer({ ...typedServer, way: 'password', hostKey: shownKey, hasPassword: true }),
      secret: { setAt: at(-minute), suffix: null },
    }),
  ),
  row('files, fetched', '/directory/files', 'Files that we fetch', () =>
    files({ account: null, isFetched: true, files: [aSentFile()] }),
  ),
  row('credentials, Google by consent', '/directory/credentials', 'All of them only read', () => google()),
  row('credentials, Google by key', '/directory/credentials', 'Key file of the service account', () =>
    google({ offersConsent: false }),
  ),
  row('credentials, Google came back', '/directory/credentials?consent=given', 'Connected. The first', () =>
    read({ ...aGoogle({ way: 'consent' }), secret: { setAt: at(-minute), suffix: null } }),
  ),
  row(
    'credentials, Google refused',
    '/directory/credentials?consent=google_consent_refused',
    'Let us read Google Workspace',
    () => google(),
  ),
  row(
    'credentials, groups of Google',
    '/directory/credentials',
    '1 chosen',
    () =>
      read({
        ...aGoogle({ way: 'consent', groups: [{ id: 'Sales', name: 'Sales' }] }),
        secret: { setAt: at(-minute), suffix: null },
      }),
    pressNamed('Show the groups'),
  ),
  row('credentials, read', '/directory/credentials', 'Nothing had changed', () =>
    scene({ credentials: readBefore() }),
  ),
  row('credentials, reading', '/directory/credentials', 'Reading now', () => {
    const runs = readBefore().runs.map((run, place) =>
      place === 0 ? { ...run, state: 'running' as const, counts: {}, endedAt: null } : run,
    );
    return scene({ credentials: readBefore({ runs }) });
  }),
  row('credentials, refused', '/directory/credentials', 'BambooHR has refused us', () =>
    scene({
      credentials: readBefore({
        directory: { id: 'directory_1', name: 'BambooHR', road: 'bamboohr', isLive: true, isRefused: true },
        refusal: refused('bamboohr_key_refused'),
        refusedSince: at(-3 * hour),
        nextReadingAt: null,
        runs: [
          {
            id: 'directory_run_3',
            state: 'failed',
            refusal: refused('bamboohr_key_refused'),
            counts: {},
            startedAt: at(-3 * hour),
            endedAt: at(-3 * hour),
          },
        ],
      }),
    }),
  ),
  row('credentials, the last reading failed', '/directory/credentials', 'The last reading did not work', () =>
    scene({ credentials: readBefore({ refusal: refused('source_unreachable') }) }),
  ),
  row('credentials, a change is on hold', '/directory/credentials', 'Review the change', () => {
    const runs = readBefore().runs.map((run, place) =>
      place === 0 ? { ...run, state: 'held' as const, counts: { removed: 412 } } : run,
    );
    return scene({ credentials: readBefore({ runs }) });
  }),
  row('credentials, a file was not taken', '/directory/credentials', 'The file was not taken', () => {
    const runs = readBefore().runs.map((run, place) =>
      place === 0 ? { ...run, state: 'failed' as const, counts: {} } : run,
    );
    return scene({ credentials: readBefore({ ...aFileServer(), runs }) });
  }),
  row('credentials, a change was on hold', '/directory/credentials', 'A change was on hold', () => {
    const runs = readBefore().runs.map((run, place) =>
      place === 0 ? { ...run, state: 'decided' as const, counts: { removed: 412 } } : run,
    );
    return scene({ credentials: readBefore({ runs }) });
  }),
  row('credentials, looked at only', '/directory/credentials', 'Nothing had changed', () =>
    scene({ credentials: readBefore() }, { session: covered({ readOnly: true }) }),
  ),
];

await describeScreens('the screens of files and of sources that are read', screens, (visit) => {
  test('the word that a reading was asked for goes when it has ended', async () => {
    const { visitor, portal } = visit();
    const { page } = visitor;
    const credentials = readBefore();
    const fake = createFakeSetupApi(scene({ credentials }));
    await draw(visitor, portal, {
      ...row('', '/directory/credentials', 'Nothing had changed'),
      scene: () => sceneWith(fake),
    });
    await page.getByRole('button', { name: 'Read now' }).click();
    const word = page.locator('main').getByText('A reading was asked for.');
    await word.waitFor();

    const [run] = credentials.runs;
    if (run === undefined) throw new Error('no reading');
    fake.setup.directory.credentials = readBefore({ runs: [{ ...run, id: 'directory_run_9' }] });
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

    await word.waitFor({ state: 'detached' });
  });

  test('a page that is opened by its address has the steps beside it', async () => {
    const { visitor, portal } = visit();
    for (const [path, says, change] of [
      ['/directory/files', 'No file yet', () => files()],
      ['/directory/credentials', 'Let us read BambooHR', () => read()],
    ] as const) {
      await draw(visitor, portal, row('', path, says, change));
      await visitor.page.locator('nav#steps').getByText('Watch people arrive', { exact: true }).waitFor();
    }
  });
});
