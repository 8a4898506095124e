import { writeCsv } from '../../adapters/csv/csv-writer.ts';
import type { DirectoryCredentials } from '../../api/contract/setup-directory-credentials.ts';
import type { FilesState, RefusedLines, SentFile, SftpKey } from '../../api/contract/setup-files.ts';
import { directoryFileNames, fileColumns, fileSamples } from '../../onboarding/directory-files.ts';
import { at, aView } from './setup-builders.ts';

/** What the portal's endpoints about files and about sources that we read answer, built for tests of their pages. */

const minute = 60_000;
const day = 24 * 60 * minute;

export const aKey = (change: Partial<SftpKey> = {}): SftpKey => ({
  id: 'sftp_key_1',
  algorithm: 'ssh-ed25519',
  createdAt: at(-3 * day),
  lastUsedAt: at(-5 * minute),
  fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDRtz9bZR7Yk5m2q4A',
  ...change,
});

export const aSentFile = (change: Partial<SentFile> = {}): SentFile => ({
  id: 'directory_file_1',
  name: 'users.csv',
  state: 'applied',
  cause: null,
  rows: 900,
  refusedLines: 0,
  counts: { created: 3, updated: 12, removed: 1 },
  receivedAt: at(-5 * minute),
  appliedAt: at(-4 * minute),
  ...change,
});

export function aFilesState(change: Partial<FilesState> = {}): FilesState {
  return {
    account: {
      host: 'files.ledgerly.example',
      port: 8022,
      userName: 'dir-9f2c',
      folder: '/in',
      hostKey: 'SHA256:kX2m0d1fTnL8qv6Jc4pYwRz3sH7bEu5oGaVi9NxQtMk',
    },
    isFetched: false,
    isLinked: false,
    keys: [],
    files: [],
    isPreview: false,
    formats: directoryFileNames.map((name) => ({
      name,
      needed: [...fileColumns[name].needed],
      further: [...fileColumns[name].further],
      sample: writeCsv(fileSamples[name]),
    })),
    ...change,
  };
}

export const someLines = (): RefusedLines => ({
  lines: [
    { line: 17, column: 'email', value: 'ann-at-acme.com', cause: 'email_invalid' },
    { line: 204, column: 'email', value: null, cause: 'email_missing' },
  ],
  total: 2,
});

export function someCredentials(change: Partial<DirectoryCredentials> = {}): DirectoryCredentials {
  return {
    view: aView({ choose_directory: 'done' }),
    directory: { id: 'directory_1', name: 'BambooHR', road: 'bamboohr', isLive: false, isRefused: false },
    google: null,
    workday: null,
    bamboohr: { company: '' },
    sftpPull: null,
    secret: { setAt: null, suffix: null },
    refusal: null,
    refusedSince: null,
    nextReadingAt: null,
    runs: [],
    ...change,
  };
}

/** A source that has been read a few times. */
export const readBefore = (change: Partial<DirectoryCredentials> = {}): DirectoryCredentials =>
  someCredentials({
    directory: { id: 'directory_1', name: 'BambooHR', road: 'bamboohr', isLive: true, isRefused: false },
    bamboohr: { company: 'acme' },
    secret: { setAt: at(-3 * day), suffix: '9f2c' },
    nextReadingAt: at(18 * minute),
    runs: [
      {
        id: 'directory_run_2',
        state: 'done',
        refusal: null,
        counts: { created: 2, updated: 1 },
        startedAt: at(-12 * minute),
        endedAt: at(-11 * minute),
      },
      {
        id: 'directory_run_1',
        state: 'unchanged',
        refusal: null,
        counts: {},
        startedAt: at(-42 * minute),
        endedAt: at(-42 * minute),
      },
    ],
    ...change,
  });

/** A server of the customer's, before anything is typed. */
export const aFileServer = (
  change: Partial<NonNullable<DirectoryCredentials['sftpPull']>> = {},
): Partial<DirectoryCredentials> => ({
  directory: { id: 'directory_1', name: 'Files by SFTP', road: 'sftp_pull', isLive: false, isRefused: false },
  bamboohr: null,
  sftpPull: {
    host: '',
    port: '22',
    userName: '',
    folder: '',
    way: 'key',
    hostKey: '',
    publicKey: null,
    nextPublicKey: null,
    hasPassword: false,
    ...change,
  },
});

export const aGoogle = (
  change: Partial<NonNullable<DirectoryCredentials['google']>> = {},
): Partial<DirectoryCredentials> => ({
  directory: { id: 'directory_1', name: 'Google Workspace', road: 'google', isLive: false, isRefused: false },
  bamboohr: null,
  google: {
    way: null,
    offersConsent: true,
    adminEmail: '',
    clientEmail: null,
    clientId: null,
    scopes: [
      'https://www.googleapis.com/auth/admin.directory.user.readonly',
      'https://www.googleapis.com/auth/admin.directory.group.readonly',
      'https://www.googleapis.com/auth/admin.directory.group.member.readonly',
    ],
    groups: null,
    nested: false,
    ...change,
  },
});
