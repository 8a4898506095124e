import type { Home } from '../../api/contract/setup.ts';
import type {
  AwaitedCall,
  DirectoryHold,
  DirectorySources,
  DirectoryState,
  DirectoryToken,
  DirectoryView,
  GroupList,
  PeopleList,
  ProvisioningTest,
  RequestList,
} from '../../api/contract/setup-directories.ts';
import { directoryCalls } from '../../onboarding/directory-checklist.ts';
import {
  fillDirectoryGuide,
  findDirectories,
  findDirectoryGuide,
} from '../../onboarding/providers/directory/index.ts';
import { at, aView } from './setup-builders.ts';

/** What the portal's endpoints about directories answer, built for tests of its pages. */

const minute = 60_000;
const day = 24 * 60 * minute;
const baseUrl = 'https://auth.ledgerly.example/scim/v2/q7k2m9x4c8v1b5n3';

export function directoriesOffered(query = ''): DirectorySources {
  return {
    suggestion: { sourceId: 'okta', name: 'Okta' },
    sources: findDirectories(query, { includeSandbox: false }).map(({ needs, ways, ...source }) => ({
      ...source,
      needs: [...needs],
      ways: [...ways],
    })),
  };
}

export function aToken(change: Partial<DirectoryToken> = {}): DirectoryToken {
  return {
    id: 'directory_token_1',
    suffix: '9f2c',
    createdAt: at(-40 * day),
    expiresAt: null,
    firstUsedAt: at(-40 * day),
    lastUsedAt: at(-3 * minute),
    ...change,
  };
}

export function aDirectory(change: Partial<DirectoryView> = {}): DirectoryView {
  return {
    id: 'directory_1',
    name: 'Okta',
    type: 'okta scim v2.0',
    road: 'scim',
    sourceId: 'okta',
    chip: 'waiting',
    baseUrl,
    createdAt: at(-day),
    linkedAt: null,
    lastRequestAt: null,
    lastChangedAt: null,
    silentSince: null,
    credentialsFailingSince: null,
    listRefusedAt: null,
    endedToken: null,
    counts: { active: 0, inactive: 0, groups: 0 },
    tokens: [],
    hold: null,
    kept: null,
    switchTo: null,
    ...change,
  };
}

/** What home says of a directory: nobody has come yet, unless told otherwise. */
export function aDirectoryAtHome(
  change: Partial<NonNullable<Home['directory']>> = {},
): NonNullable<Home['directory']> {
  return {
    id: 'directory_1',
    name: 'Okta',
    chip: 'waiting',
    linkedAt: null,
    people: 0,
    isListWaiting: false,
    ...change,
  };
}

export function aLinkedDirectory(change: Partial<DirectoryView> = {}): DirectoryView {
  return aDirectory({
    chip: 'linked',
    linkedAt: at(-40 * day),
    lastRequestAt: at(-3 * minute),
    lastChangedAt: at(-3 * minute),
    tokens: [aToken()],
    counts: { active: 900, inactive: 14, groups: 22 },
    ...change,
  });
}

/** The guide as the api sends it: every value filled in. */
export function aDirectoryGuide(id = 'okta'): NonNullable<DirectoryState['guide']> {
  const guide = findDirectoryGuide(id);
  if (guide === undefined) throw new Error(`no directory guide ${id}`);
  const values = {
    SCIM_BASE_URL: baseUrl,
    PRODUCT: 'Ledgerly',
    SFTP_HOST: 'auth.ledgerly.example',
    SCIM_FIRST_BASE_URL: baseUrl.replace('/v2/', '/v1.1/'),
    SFTP_PORT: '8415',
    SFTP_USER: 'dir-9f2c',
    SFTP_FOLDER: '/in',
  };
  return JSON.parse(JSON.stringify(fillDirectoryGuide(guide, values)));
}

const awaited = { at: null, subject: null, status: null, cause: null, where: null, requestId: null };

/** The checklist of a guide, with some of its calls seen or refused. */
export function aChecklist(
  seen: Partial<Record<AwaitedCall['call'], Partial<AwaitedCall>>> = {},
  id = 'okta',
): AwaitedCall[] {
  return (findDirectoryGuide(id)?.checklist ?? []).map((expected) => ({
    ...expected,
    ...awaited,
    state: 'open' as const,
    ...seen[expected.call],
  }));
}

export const seenCall = (ms: number, subject: string | null = null): Partial<AwaitedCall> => ({
  state: 'done',
  at: at(ms),
  status: 200,
  requestId: 'directory_request_1',
  subject,
});

export const refusedCall = (
  cause: NonNullable<AwaitedCall['cause']>,
  status: number,
): Partial<AwaitedCall> => ({
  state: 'failed',
  at: at(-minute),
  status,
  cause,
  requestId: 'directory_request_2',
  where: { path: ['Push Groups'], label: '+ Push Groups', choice: null },
});

export function aDirectoryState(change: Partial<DirectoryState> = {}): DirectoryState {
  return {
    view: aView(),
    directory: aDirectory(),
    guide: aDirectoryGuide(),
    offersConsent: false,
    progress: { copied: {}, doneSteps: [], currentStep: null },
    checklist: aChecklist(),
    nextCallAt: null,
    test: null,
    formers: [],
    ...change,
  };
}

export function aFormerDirectory(
  change: Partial<DirectoryState['formers'][number]> = {},
): DirectoryState['formers'][number] {
  return {
    id: 'former_directory_1',
    reason: 'reset',
    name: 'Okta',
    endedAt: at(-5 * minute),
    keptUntil: at(30 * day),
    ...change,
  };
}

export function aHold(change: Partial<DirectoryHold> = {}): DirectoryHold {
  return {
    id: 'directory_hold_1',
    reason: 'many_leave',
    since: at(-2 * 60 * minute),
    leaving: 412,
    activeBefore: 900,
    leftBefore: 0,
    ...change,
  };
}

export function aProvisioningTest(
  seen: Partial<Record<AwaitedCall['call'], Partial<AwaitedCall>>> = {},
  person: string | null = null,
): ProvisioningTest {
  const steps = directoryCalls.filter((call) => /user$/.test(call));
  return {
    startedAt: at(-5 * minute),
    person,
    steps: steps.map((call) => {
      const { need: _need, trigger: _trigger, ...step } = seen[call] ?? {};
      return { ...awaited, call, state: 'open' as const, ...step };
    }),
  };
}

const names = ['Ada Archer', 'Ben Bright', 'Cleo Cruz', 'Dario Dunn'];
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@acme.com`;

export function somePeople(): PeopleList['people'] {
  return names.map((name, index) => ({
    id: `directory_user_${index}`,
    name,
    email: addressOf(name),
    userName: addressOf(name),
    state: index === 3 ? 'inactive' : 'active',
  }));
}

export function someGroups(): GroupList['groups'] {
  return ['Engineering', 'IT', 'Everybody at Acme Industries'].map((name, index) => ({
    id: `directory_group_${index}`,
    name,
    members: 12 * (index + 1),
    changedAt: at(-day),
  }));
}

function aRequest(change: Partial<RequestList['requests'][number]> = {}): RequestList['requests'][number] {
  return {
    id: 'directory_request_1',
    at: at(-3 * minute),
    method: 'POST',
    path: '/Users',
    status: 201,
    milliseconds: 12,
    kind: 'person_created',
    cause: null,
    subject: 'ada.archer@acme.com',
    client: 'Okta SCIM Client 1.0.0',
    where: null,
    requestBody: '{"userName":"ada.archer@acme.com"}',
    responseBody: '{"id":"directory_user_0","userName":"ada.archer@acme.com"}',
    ...change,
  };
}

export function someRequests(): RequestList['requests'] {
  return [
    aRequest({
      id: 'directory_request_2',
      method: 'POST',
      path: '/Groups',
      status: 409,
      kind: 'refused',
      cause: 'group_exists',
      subject: 'Engineering',
      where: { path: ['Push Groups'], label: '+ Push Groups', choice: null },
    }),
    aRequest(),
    aRequest({
      id: 'directory_request_0',
      method: 'GET',
      path: '/Users?filter=…',
      status: 200,
      kind: 'connection_test',
      subject: null,
      requestBody: null,
      responseBody: null,
    }),
  ];
}
