import type { z } from 'zod';
import type {
  DirectoryDetail,
  DirectoryLine,
  DirectoryPeople,
  DirectoryPersonDetail,
  DirectoryRequestView,
  directoryRequestDetail,
} from '../../api/contract/dashboard-directories.ts';
import type { TestDirectoryState } from '../../api/contract/sandbox.ts';
import { testDirectoryFaults } from '../../api/contract/sandbox.ts';

/** Directories and their calls as staff see them, and the sandbox's own client, from memory. */
export function fakeDirectories(now: Date, isEmpty: boolean) {
  const minute = 60_000;
  const day = 86_400_000;
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();

  const lines: DirectoryLine[] = [
    {
      id: 'directory_1',
      name: 'Acme Corporation',
      type: 'okta scim v2.0',
      road: 'scim',
      sourceName: 'Okta',
      chip: 'held',
      counts: { active: 900, inactive: 14, groups: 22 },
      linkedAt: ago(40 * day),
      lastRequestAt: ago(3 * minute),
    },
    {
      id: 'directory_2',
      name: 'Acme Workday',
      type: 'workday',
      road: 'workday',
      sourceName: 'Workday',
      chip: 'invalid_credentials',
      counts: { active: 412, inactive: 0, groups: 0 },
      linkedAt: ago(60 * day),
      lastRequestAt: null,
    },
  ];

  const organization = { organizationId: 'org_1', organizationName: 'Acme Corporation' };
  const call = (
    at: number,
    method: string,
    path: string,
    status: number,
    what: Pick<DirectoryRequestView, 'kind' | 'cause' | 'subject'>,
  ): DirectoryRequestView => ({
    id: `directory_request_${at}`,
    at: ago(at * minute + 12_000),
    ...organization,
    directoryId: 'directory_1',
    directoryName: 'Acme Corporation',
    method,
    path,
    status,
    ...what,
    milliseconds: 4 + at,
    client: 'Okta SCIM Client 1.0.0',
  });
  const nobody = { cause: null, subject: null } as const;
  const anna = { cause: null, subject: 'a•••@acme.example' } as const;
  const requests: DirectoryRequestView[] = [
    call(1, 'PATCH', 'Users/2819c223-7f76-453a-919d-413861904646', 200, {
      kind: 'person_deactivated',
      ...anna,
    }),
    call(2, 'POST', 'Groups', 409, { kind: 'refused', cause: 'group_exists', subject: 'Engineering' }),
    call(3, 'PATCH', 'Groups/e9e30dba-f08f-4109-8486-d5c6a331660a', 204, {
      kind: 'members_changed',
      cause: null,
      subject: 'Engineering and everybody who has ever worked beside it',
    }),
    call(9, 'POST', 'Users', 201, { kind: 'person_created', ...anna }),
    call(10, 'GET', 'Users?filter=userName eq "anna.berg@acme.example"&startIndex=1&count=100', 200, {
      kind: 'read',
      ...nobody,
    }),
    call(31, 'GET', 'Users?startIndex=1&count=100', 401, {
      kind: 'refused',
      cause: 'token_unknown',
      subject: null,
    }),
    call(32, 'GET', 'Users?startIndex=1&count=100', 200, { kind: 'connection_test', ...nobody }),
  ];
  const detailOf = (id: string): z.infer<typeof directoryRequestDetail> | undefined => {
    const found = requests.find((request) => request.id === id);
    return (
      found && {
        ...found,
        requestBody:
          found.method === 'GET'
            ? null
            : '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}',
        responseBody:
          '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819c223","active":false}',
      }
    );
  };

  const common = {
    organization: { id: 'org_1', name: 'Acme Corporation' },
    externalKey: '0f3c9a51b7d24e6688aa',
    createdAt: ago(41 * day),
    firstRequestAt: ago(40 * day),
    firstSyncedAt: null,
    lastChangedAt: ago(3 * minute),
    troubles: [],
  };
  const details: DirectoryDetail[] = [
    {
      ...common,
      ...(lines[0] as DirectoryLine),
      state: 'linked',
      scimBaseUrl: 'https://api.vendor.example/scim/v2/0f3c9a51b7d24e6688aa',
      sftpUserName: null,
      silentSince: null,
      credentialsFailingSince: null,
      credentialsCause: null,
      isSwitching: true,
      tokens: [
        {
          id: 'directory_token_1',
          suffix: '9f2c',
          createdAt: ago(40 * day),
          expiresAt: null,
          lastUsedAt: ago(3 * minute),
        },
        {
          id: 'directory_token_2',
          suffix: 'b01d',
          createdAt: ago(minute),
          expiresAt: ago(-90 * day),
          lastUsedAt: null,
        },
      ],
      holds: [
        {
          id: 'directory_hold_2',
          reason: 'many_leave',
          state: 'open',
          waiting: 412,
          staying: 0,
          activeBefore: 900,
          createdAt: ago(20 * minute),
          decidedAt: null,
        },
        {
          id: 'directory_hold_1',
          reason: 'many_leave',
          state: 'discarded',
          waiting: 0,
          staying: 5,
          activeBefore: 880,
          createdAt: ago(12 * day),
          decidedAt: ago(11 * day),
        },
      ],
      runs: [],
      files: [],
      recentRequests: requests,
    },
    {
      ...common,
      ...(lines[1] as DirectoryLine),
      state: 'invalid_credentials',
      scimBaseUrl: null,
      sftpUserName: null,
      silentSince: null,
      credentialsFailingSince: ago(2 * day),
      credentialsCause: 'workday_login_refused',
      isSwitching: false,
      tokens: [],
      holds: [],
      files: [],
      recentRequests: [],
      runs: [
        {
          id: 'directory_run_2',
          kind: 'pull',
          state: 'failed',
          counts: {},
          refusal: { cause: 'workday_login_refused', facts: {} },
          startedAt: ago(2 * day),
          endedAt: ago(2 * day - 900),
        },
        {
          id: 'directory_run_1',
          kind: 'pull',
          state: 'done',
          refusal: null,
          counts: { created: 3, changed: 9 },
          startedAt: ago(3 * day),
          endedAt: ago(3 * day - 4_000),
        },
      ],
    },
  ];

  const person: DirectoryPersonDetail = {
    id: 'directory_user_1',
    userName: 'anna.berg@acme.example',
    name: 'Anna Berg',
    state: 'active',
    directoryId: 'directory_1',
    email: 'anna.berg@acme.example',
    externalId: '00u1a2b3c4',
    firstName: 'Anna',
    lastName: 'Berg',
    keptBy: 'hold',
    createdAt: ago(40 * day),
    updatedAt: ago(day),
    attributes: [
      { name: 'department_name', value: 'Engineering and everybody who has ever worked beside it' },
      { name: 'job_title', value: 'Head of IT' },
    ],
    groups: [
      { id: 'directory_group_1', name: 'Engineering' },
      { id: 'directory_group_2', name: 'Admins' },
    ],
    roles: [
      { slug: 'admin', groups: ['Admins'] },
      { slug: 'viewer', groups: [] },
    ],
    events: [
      {
        id: 'event_2',
        name: 'dsync.user.updated',
        at: ago(day),
        group: null,
        changed: ['custom_attributes', 'last_name'],
      },
      { id: 'event_1', name: 'dsync.group.user_added', at: ago(40 * day), group: 'Admins', changed: [] },
    ],
  };
  const peopleNamed = (search: string): DirectoryPeople => {
    const { id, userName, name, state } = person;
    const isFound = userName.includes(search.toLowerCase());
    return { people: isFound ? [{ id, userName, name, state }] : [], hasMore: isFound };
  };

  const client: TestDirectoryState = {
    manner: 'okta',
    baseUrl: 'http://127.0.0.1:8410/scim/v2/0f3c9a51b7d24e6688aa',
    hasToken: true,
    connected: { organizationId: 'org_1', organizationName: 'Acme Corporation', directoryId: 'directory_1' },
    faults: testDirectoryFaults.map((id) => ({ id, expected: 'taken', isOn: false })),
    people: [
      {
        id: 'tp-anna',
        userName: 'anna@people.test',
        firstName: 'Anna',
        lastName: 'Berg',
        active: true,
        title: 'Head of IT',
        department: 'Operations',
        arrival: 'same',
      },
      {
        id: 'tp-malik',
        userName: 'malik@people.test',
        firstName: 'Malik',
        lastName: 'Osei',
        active: false,
        title: null,
        department: 'Sales',
        arrival: 'differs',
      },
      {
        id: 'tp-wolf',
        userName: 'wolfeschlegelsteinhausenbergerdorff@people.test',
        active: true,
        firstName: 'Hubert Blaine',
        lastName: 'Wolfeschlegelsteinhausenbergerdorff',
        title: null,
        department: null,
        arrival: 'none',
      },
    ],
    groups: [
      { id: 'tg-everyone', name: 'Everyone', memberIds: ['tp-anna', 'tp-malik'], arrival: 'same' },
      { id: 'tg-admins', name: 'Admins', memberIds: ['tp-anna'], arrival: 'none' },
    ],
    waiting: 3,
    isTalking: false,
    lastSentAt: ago(3 * minute),
    log: requests.slice(0, 4).map(({ method, path, status, milliseconds, at }, place) => ({
      id: 4 - place,
      at,
      method,
      path: `/${path}`,
      status,
      milliseconds,
      problem: null,
      sent: method === 'GET' ? null : '{"active":false}',
      received: '{"id":"2819c223"}',
    })),
  };
  const noClient: TestDirectoryState = {
    ...client,
    baseUrl: null,
    hasToken: false,
    connected: null,
    people: [],
    groups: [],
    log: [],
    waiting: 0,
    lastSentAt: null,
  };
  return isEmpty
    ? { lines: [], requests: [], details: [], detailOf, person, peopleNamed, client: noClient }
    : { lines, requests, details, detailOf, person, peopleNamed, client };
}
