import type { ZodType } from 'zod';
import { provedBody, saved } from '../../api/contract/setup.ts';
import {
  applyHoldBody,
  chooseSourceBody,
  confirmSwitchBody,
  directoryAttributes,
  directoryAttributesBody,
  directoryDeletion,
  directoryProgressBody,
  directorySources,
  directoryState,
  groupList,
  holdReview,
  makeTokenBody,
  peopleList,
  requestList,
  startSwitchBody,
  switchKinds,
  switchPreview,
  tokenMade,
  type DirectoryAttributes,
  type DirectoryState,
  type GroupList,
  type HoldReview,
  type PeopleList,
  type RequestList,
  type SwitchPreview,
} from '../../api/contract/setup-directories.ts';
import {
  credentialsBody,
  credentialsCheck,
  directoryCredentials,
  groupChoice,
  groupsBody,
  type CredentialsCheck,
  type DirectoryCredentials,
} from '../../api/contract/setup-directory-credentials.ts';
import {
  addKeyBody,
  decidePreviewBody,
  filesState,
  refusedLines,
  type FilesState,
  type RefusedLines,
} from '../../api/contract/setup-files.ts';
import { stepResult, type StepResult } from '../../api/contract/shared.ts';
import { aDirectoryState, aToken, directoriesOffered } from './directory-builders.ts';
import { at } from './setup-builders.ts';
import { aFilesState, someCredentials, someLines } from './source-builders.ts';

/** The endpoints about directories, for `fake-setup-api.ts`. */

export type FakeDirectory = {
  state: DirectoryState;
  people: PeopleList['people'];
  groups: GroupList['groups'];
  requests: RequestList['requests'];
  held: HoldReview['people'];
  decided: HoldReview['decided'];
  roleLostByHold: HoldReview['roleLost'];
  attributes: DirectoryAttributes;
  /** Who would appear and who would vanish by the switch that is prepared. */
  switched: Record<
    (typeof switchKinds)[number],
    readonly (PeopleList['people'][number] & Partial<SwitchPreview['people'][number]>)[]
  >;
  /** Groups that give a role, while the switch is prepared. */
  switchedRoles: SwitchPreview['roles'];
  roleLost: string | null;
  /** The account for files, and what a source that we read is read with. */
  files: FilesState;
  lines: RefusedLines;
  credentials: DirectoryCredentials;
  check: CredentialsCheck;
};

export function aFakeDirectory(change: Partial<FakeDirectory> = {}): FakeDirectory {
  return {
    state: aDirectoryState(),
    people: [],
    groups: [],
    requests: [],
    held: [],
    decided: null,
    roleLostByHold: null,
    attributes: { fields: [], person: null, people: [], received: [], raw: {} },
    switched: { appear: [], vanish: [], stay: [], roles: [] },
    switchedRoles: [],
    roleLost: null,
    files: aFilesState(),
    lines: someLines(),
    credentials: someCredentials(),
    check: { canSave: false, findings: [], look: null, isSlow: false, refusal: null },
    ...change,
  };
}

type Route = {
  method: string;
  path: RegExp;
  body?: ZodType;
  answer: ZodType;
  make: (
    setup: { directory: FakeDirectory; result: StepResult },
    request: { query: URLSearchParams },
  ) => unknown;
};

const result: Route['make'] = ({ result: answer }) => answer;
const keep = () => ({ savedAt: at(0) });
const found = <Row extends { name: string }>(rows: readonly Row[], query: URLSearchParams) =>
  rows.filter(({ name }) => name.toLowerCase().includes((query.get('search') ?? '').toLowerCase()));
const get = (path: RegExp, answer: ZodType, make: Route['make']): Route => ({
  method: 'GET',
  path,
  answer,
  make,
});
const post = (path: RegExp, answer: ZodType, make: Route['make'], body?: ZodType): Route => ({
  method: 'POST',
  path,
  answer,
  make,
  ...(body && { body }),
});

export const fakeDirectoryRoutes: Route[] = [
  get(/^\/directory$/, directoryState, ({ directory }) => directory.state),
  get(/^\/directory\/sources$/, directorySources, (_, { query }) =>
    directoriesOffered(query.get('query') ?? ''),
  ),
  post(/^\/directory\/source$/, stepResult, result, chooseSourceBody),
  { method: 'PUT', path: /^\/directory\/progress$/, body: directoryProgressBody, answer: saved, make: keep },
  post(
    /^\/directory\/tokens$/,
    tokenMade,
    () => ({
      token: 'dir_8Rk2vQ4mZ7xN1cT6wY9bL3pH5sD0fG2jK4aE6uI8oM9f2c',
      made: aToken({ createdAt: at(0), firstUsedAt: null, lastUsedAt: null }),
    }),
    makeTokenBody,
  ),
  post(/^\/directory\/tokens\/[^/]+\/retire$/, saved, keep),
  post(/^\/directory\/connection-done$/, stepResult, result),
  post(/^\/directory\/test(?:\/stop)?$/, saved, keep),
  get(/^\/directory\/requests$/, requestList, ({ directory: { requests } }, { query }) => ({
    requests: requests.filter(({ kind }) => query.get('refused') !== 'true' || kind === 'refused'),
    after: null,
  })),
  get(/^\/directory\/people$/, peopleList, ({ directory: { people } }, { query }) => ({
    people: found(people, query),
    after: query.has('after') || people.length === 0 ? null : 'directory_user_3',
  })),
  get(/^\/directory\/groups$/, groupList, ({ directory: { groups } }, { query }) => ({
    groups: found(groups, query),
    after: null,
  })),
  get(/^\/directory\/hold$/, holdReview, ({ directory: { state, held, decided, roleLostByHold } }) => ({
    hold: state.directory?.hold ?? null,
    kept: state.directory?.kept ?? null,
    roleLost: roleLostByHold,
    decided,
    people: held,
    after: null,
  })),
  post(/^\/directory\/hold\/[^/]+\/apply$/, saved, keep, applyHoldBody),
  post(/^\/directory\/hold\/[^/]+\/(?:discard|let-leave)$/, saved, keep),
  get(/^\/directory\/attributes$/, directoryAttributes, ({ directory }) => directory.attributes),
  {
    method: 'PUT',
    path: /^\/directory\/attributes$/,
    body: directoryAttributesBody,
    answer: saved,
    make: keep,
  },
  get(/^\/directory\/deletion$/, directoryDeletion, ({ directory: { state, roleLost } }) => ({
    people: state.directory?.counts.active ?? 0,
    roleLost,
  })),
  post(/^\/directory\/(?:reset|delete)$/, stepResult, result, provedBody),
  post(/^\/directory\/formers\/[^/]+\/bring-back$/, stepResult, result, confirmSwitchBody),
  post(/^\/directory\/switch$/, stepResult, result, startSwitchBody),
  get(
    /^\/directory\/(?:switch|formers\/[^/]+)$/,
    switchPreview,
    ({ directory: { switched, switchedRoles, roleLost } }, { query }) => {
      const kind = switchKinds.find((known) => known === query.get('kind')) ?? 'vanish';
      return {
        kind,
        roles: switchedRoles,
        roleLost,
        counts: {
          appear: switched.appear.length,
          vanish: switched.vanish.length,
          stay: switched.stay.length,
          roles: switched.roles.length,
        },
        people: switched[kind].map((person) => ({ move: null, ...person })),
        after: null,
      };
    },
  ),
  post(/^\/directory\/switch\/confirm$/, stepResult, result, confirmSwitchBody),
  post(/^\/directory\/switch\/discard$/, stepResult, result),
  get(/^\/directory\/files$/, filesState, ({ directory: { files } }) => files),
  get(/^\/directory\/files\/[^/]+\/lines$/, refusedLines, ({ directory: { lines } }) => lines),
  post(/^\/directory\/files\/keys$/, saved, keep, addKeyBody),
  { method: 'DELETE', path: /^\/directory\/files\/keys\/[^/]+$/, answer: saved, make: keep },
  post(/^\/directory\/files\/preview$/, saved, keep, decidePreviewBody),
  get(/^\/directory\/credentials$/, directoryCredentials, ({ directory: { credentials } }) => credentials),
  post(
    /^\/directory\/credentials\/check$/,
    credentialsCheck,
    ({ directory: { check } }) => check,
    credentialsBody,
  ),
  post(/^\/directory\/credentials$/, stepResult, result, credentialsBody),
  get(/^\/directory\/credentials\/groups$/, groupChoice, () => ({
    groups: ['Engineering', 'Everybody', 'Sales'].map((name) => ({
      id: name,
      name,
      email: `${name.toLowerCase()}@acme.com`,
    })),
    refusal: null,
  })),
  { method: 'PUT', path: /^\/directory\/credentials\/groups$/, body: groupsBody, answer: saved, make: keep },
  post(/^\/directory\/read$/, saved, keep),
];
