import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serviceAccountKeyOf } from '../../onboarding/directory-preflight.ts';
import type { GoogleSettings } from '../../onboarding/directory-sources.ts';
import {
  anEmployee,
  imitateBamboohr,
  type BamboohrImitation,
} from '../../test/support/bamboohr-imitation.ts';
import {
  aGoogleUser,
  imitateGoogle,
  type GoogleFault,
  type GoogleImitation,
} from '../../test/support/google-imitation.ts';
import { aWorker, imitateWorkday, type WorkdayImitation } from '../../test/support/workday-imitation.ts';
import { createEgress } from '../egress.ts';
import { createSecrets } from '../secrets.ts';
import { consentUrl, exchangeConsent, readConsentState } from './google-consent.ts';
import { DirectoryRefused, settledReading, type ReadingHands } from './reading.ts';
import { createDirectorySources, type DirectorySources, type ReadAccess } from './sources.ts';

const now = () => new Date();
const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now });

let google: GoogleImitation;
let workday: WorkdayImitation;
let bamboohr: BamboohrImitation;
let sources: DirectorySources;
let pauses: number[];
let hands: ReadingHands;

beforeAll(async () => {
  [google, workday, bamboohr] = await Promise.all([imitateGoogle(), imitateWorkday(), imitateBamboohr()]);
  sources = createDirectorySources(egress, { google: google.hosts, bamboohr: bamboohr.url });
});
afterAll(() => Promise.all([google.close(), workday.close(), bamboohr.close()]));

beforeEach(() => {
  pauses = [];
  hands = {
    organizationId: 'org_1',
    sandboxLoopback: true,
    signal: new AbortController().signal,
    now,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
  };
  google.faults.clear();
  google.pageSize.most = 500;
  google.asked.length = 0;
  google.company.users = [1, 2, 3, 4, 5].map((number) => aGoogleUser(number));
  google.company.groups = [
    { id: 'g_it', name: 'IT', email: 'it@acme.test', members: [{ type: 'USER', id: '100001' }] },
    {
      id: 'g_all',
      name: 'Engineering',
      email: 'engineering@acme.test',
      members: [
        { type: 'USER', id: '100002' },
        { type: 'GROUP', id: 'g_it' },
        { type: 'EXTERNAL', id: '999' },
      ],
    },
    { id: 'g_empty', name: 'Nobody yet', email: 'nobody@acme.test', members: [] },
  ];
  workday.faults.clear();
  workday.report.workers = [1, 2].map((number) => aWorker(number));
  workday.report.groups = [];
  bamboohr.faults.clear();
  bamboohr.company.employees = [anEmployee(1), anEmployee(2, { department: 'Finance' })];
});

const refusal = async (work: Promise<unknown>): Promise<DirectoryRefused> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DirectoryRefused)) throw new Error(`was not refused: ${String(error)}`);
  return error;
};

function byKey(change: Partial<GoogleSettings> = {}): ReadAccess & { road: 'google' } {
  const key = serviceAccountKeyOf(google.keyFile);
  if (key === undefined) throw new Error('no key');
  const { privateKey: secret, ...account } = key;
  const settings = {
    way: 'service_account',
    adminEmail: google.admin,
    groups: null,
    nested: false,
    ...account,
    ...change,
  } as GoogleSettings;
  return { road: 'google', settings, secret, googleClient: null };
}

describe('Google Workspace', () => {
  it('is read whole, over every page, by a key that speaks for an admin', async () => {
    google.pageSize.most = 2;

    const { people, groups, memberships } = await sources.read(byKey(), hands);

    expect(people.map(({ externalId }) => externalId)).toEqual([
      '100001',
      '100002',
      '100003',
      '100004',
      '100005',
    ]);
    expect(people[0]).toMatchObject({
      userName: 'person1@acme.test',
      email: 'person1@acme.test',
      active: true,
      firstName: 'Person',
      lastName: 'No1',
      displayName: 'Person No1',
    });
    expect(groups?.map(({ displayName }) => displayName)).toEqual(['IT', 'Engineering', 'Nobody yet']);
    expect(memberships).toEqual([
      { group: 'g_it', person: '100001' },
      { group: 'g_all', person: '100002' },
    ]);
    expect(google.asked.filter(({ path }) => path.endsWith('/users'))).toHaveLength(3);
  });

  it('counts who is in a group of a group only where that is wanted, and everybody where the whole company is in it', async () => {
    google.company.groups.push({
      id: 'g_company',
      name: 'Company',
      email: 'all@acme.test',
      members: [{ type: 'CUSTOMER', id: 'C0123' }],
    });

    const { memberships } = await sources.read(byKey({ nested: true }), hands);

    expect(memberships.filter(({ group }) => group === 'g_all').map(({ person }) => person)).toEqual([
      '100002',
      '100001',
    ]);
    expect(memberships.filter(({ group }) => group === 'g_company')).toHaveLength(5);
  });

  it('brings only the chosen groups and who is in them', async () => {
    const groups = [{ id: 'g_it', name: 'IT' }];

    const read = await sources.read(byKey({ groups }), hands);

    expect(read.people.map(({ externalId }) => externalId)).toEqual(['100001']);
    expect(read.groups?.map(({ externalId }) => externalId)).toEqual(['g_it']);
  });

  it('is refused when a chosen group is gone, so that nobody leaves with it', async () => {
    const groups = [{ id: 'g_gone', name: 'Sales' }];

    const { refusal: code, facts } = await refusal(sources.read(byKey({ groups }), hands));

    expect(code).toBe('google_group_gone');
    expect(facts).toEqual({ group: 'Sales' });
  });

  it('shows suspended and archived people as inactive', async () => {
    google.company.users = [
      aGoogleUser(1),
      aGoogleUser(2, { suspended: true }),
      aGoogleUser(3, { archived: true }),
    ];

    const { people } = await sources.read(byKey(), hands);

    expect(people.map(({ active }) => active)).toEqual([true, false, false]);
  });

  it.each([
    ['key_deleted', 'google_key_refused'],
    ['account_deleted', 'google_account_gone'],
    ['delegation_missing', 'google_delegation_missing'],
    ['admin_unknown', 'google_admin_unknown'],
    ['api_off', 'google_api_off'],
    ['not_admin', 'google_not_allowed'],
    ['scope_missing', 'google_consent_incomplete'],
    ['down', 'source_away'],
    ['no_json', 'answer_unreadable'],
    ['same_page_again', 'answer_unreadable'],
  ] satisfies [GoogleFault, string][])('names what is wrong: %s is %s', async (fault, code) => {
    google.faults.add(fault);

    expect((await refusal(sources.read(byKey(), hands))).refusal).toBe(code);
  });

  it('gives nothing of a reading whose second page is lost', async () => {
    google.pageSize.most = 2;
    google.faults.add('second_page_lost');

    expect((await refusal(sources.read(byKey(), hands))).refusal).toBe('source_away');
  });

  it('waits as long as it is asked to, and by itself where only a quota is named', async () => {
    google.faults.add('quota');
    google.faults.add('too_many');

    await sources.read(byKey(), hands);

    expect(pauses).toEqual([1_000, 2_000]);
  });

  it('renews a token that ran out while it was reading', async () => {
    google.faults.add('token_ran_out');

    const { people } = await sources.read(byKey(), hands);

    expect(people).toHaveLength(5);
    expect(google.asked.filter(({ path }) => path === '/token')).toHaveLength(2);
  });

  it('[SEC-04] sends the key to nobody, only what it has signed', async () => {
    await sources.read(byKey(), hands);

    const sent = google.asked.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n');
    expect(sent).not.toContain('PRIVATE');
    expect(google.asked.every(({ query }) => !query.toString().includes('ya29'))).toBe(true);
  });

  it('shows at a look how many there are and some names, and keeps to the first pages', async () => {
    google.pageSize.most = 2;

    const look = await sources.look(byKey(), hands);

    expect(look).toEqual({ people: 2, groups: 2, hasMore: true, names: ['Person No1', 'Person No2'] });
  });

  it('lists its groups to choose from', async () => {
    const groups = await sources.listGroups(byKey(), hands);
    expect(groups.map(({ displayName }) => displayName)).toEqual(['IT', 'Engineering', 'Nobody yet']);
  });
});

describe('the consent of a Workspace admin', () => {
  const secrets = createSecrets([{ id: 'test', bytes: new Uint8Array(32).map((_, index) => index * 7 + 3) }]);
  const whose = { sessionId: 'session_1', directoryId: 'directory_1' };
  const redirectUri = 'http://127.0.0.1:8410/setup/acme/directory/google';

  const ask = () =>
    consentUrl(
      { secrets, hosts: google.hosts, client: google.client },
      { ...whose, redirectUri, now: now() },
    );

  async function consented() {
    const page = await fetch(ask(), { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '').searchParams;
    const read = readConsentState(secrets, back.get('state') ?? '', { sessionId: 'session_1', now: now() });
    return { code: back.get('code') ?? '', verifier: read?.verifier ?? '', redirectUri };
  }

  const byConsent = (secret: string): ReadAccess => ({
    road: 'google',
    secret,
    googleClient: google.client,
    settings: { way: 'consent', groups: null, nested: false },
  });

  it('asks for reading only, for a token that lasts, with PKCE', () => {
    const { searchParams } = new URL(ask());
    expect(
      searchParams
        .get('scope')
        ?.split(' ')
        .every((scope) => scope.endsWith('.readonly')),
    ).toBe(true);
    expect(searchParams.get('access_type')).toBe('offline');
    expect(searchParams.get('prompt')).toBe('consent');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('gives a token by which the company is read', async () => {
    const token = await exchangeConsent(egress, google.hosts, google.client, await consented(), hands);
    const { people } = await sources.read(byConsent(token), hands);
    expect(people).toHaveLength(5);
  });

  it('[OIDC-02] counts for the session and directory that asked, and for fifteen minutes', () => {
    const state = new URL(ask()).searchParams.get('state') ?? '';
    const read = (text: string, sessionId = 'session_1', at = now()) =>
      readConsentState(secrets, text, { sessionId, now: at });

    expect(read(state)?.directoryId).toBe('directory_1');
    expect(read(state, 'session_2')).toBeUndefined();
    expect(read(state.replace('directory_1', 'directory_2'))).toBeUndefined();
    expect(read(state, 'session_1', new Date(Date.now() + 15 * 60_000 + 1_000))).toBeUndefined();
    expect(read('')).toBeUndefined();
  });

  it('is refused without the verifier of its own state', async () => {
    const answer = { ...(await consented()), verifier: 'another' };
    const error = await refusal(exchangeConsent(egress, google.hosts, google.client, answer, hands));
    expect(error.refusal).toBe('google_consent_ended');
  });

  it('is not enough where a box was left empty', async () => {
    const whole = google.granted.scope;
    google.granted.scope = whole.split(' ').slice(0, 2).join(' ');
    const error = await refusal(
      exchangeConsent(egress, google.hosts, google.client, await consented(), hands),
    ).finally(() => (google.granted.scope = whole));
    expect(error.refusal).toBe('google_consent_incomplete');
  });

  it('has ended when it was taken back, and when the vendor has no client any more', async () => {
    expect((await refusal(sources.read(byConsent('1//revoked'), hands))).refusal).toBe(
      'google_consent_ended',
    );
    const without = { ...byConsent('1//any'), googleClient: null } as ReadAccess;
    expect((await refusal(sources.read(without, hands))).refusal).toBe('google_client_refused');
  });
});

describe('Workday', () => {
  const access = (change: Partial<{ usersUrl: string; groupsUrl: string | null; userName: string }> = {}) =>
    ({
      road: 'workday',
      secret: workday.login.password,
      googleClient: null,
      settings: { usersUrl: workday.usersUrl, groupsUrl: null, userName: workday.login.user, ...change },
    }) satisfies ReadAccess;

  it('is read by its report, with groups from the column and from their own report', async () => {
    workday.report.workers = [
      aWorker(1, { group_name: 'IT; Engineering' }),
      aWorker(2, { group_name: ['Engineering'] }),
    ];
    workday.report.groups = [{ group_name: 'Nobody yet' }];

    const read = await sources.read(access({ groupsUrl: workday.groupsUrl }), hands);

    expect(read.people.map(({ externalId, email }) => [externalId, email])).toEqual([
      ['21001', 'person1@acme.test'],
      ['21002', 'person2@acme.test'],
    ]);
    expect(read.groups?.map(({ displayName }) => displayName)).toEqual(['Nobody yet', 'IT', 'Engineering']);
    expect(read.memberships).toEqual([
      { group: 'IT', person: '21001' },
      { group: 'Engineering', person: '21001' },
      { group: 'Engineering', person: '21002' },
    ]);
  });

  it('asks for JSON by itself', async () => {
    const address = workday.usersUrl.replace('format=json', 'format=simplexml');
    expect((await sources.read(access({ usersUrl: address }), hands)).people).toHaveLength(2);
  });

  it('says nothing of groups where no row names one, so that nobody loses one with a column', async () => {
    expect((await sources.read(access(), hands)).groups).toBeNull();
    const told = await sources.read(access({ groupsUrl: workday.groupsUrl }), hands);
    expect(told.groups).toEqual([]);
  });

  it('takes who is listed twice once, with both groups', async () => {
    workday.report.workers = [aWorker(1, { group_name: 'IT' }), aWorker(1, { group_name: 'Sales' })];

    const { people, memberships } = await sources.read(access(), hands);

    expect(people).toHaveLength(1);
    expect(memberships).toHaveLength(2);
  });

  it('shows who is not active by the column of that name as inactive', async () => {
    workday.report.workers = [aWorker(1, { active: '0' }), aWorker(2, { active: '1' })];
    const { people } = await sources.read(access(), hands);
    expect(people.map(({ active }) => active)).toEqual([false, true]);
  });

  it.each([
    ['locked', 'workday_login_refused'],
    ['not_shared', 'workday_report_not_shared'],
    ['maintenance', 'source_away'],
    ['page_with_200', 'source_away'],
    ['cut_off', 'workday_not_json'],
    ['another_answer', 'workday_not_json'],
  ] as const)('names what is wrong: %s is %s', async (fault, code) => {
    workday.faults.add(fault);
    expect((await refusal(sources.read(access(), hands))).refusal).toBe(code);
  });

  it('names the report that is not there', async () => {
    const usersUrl = workday.usersUrl.replace('Workers', 'Wrokers');
    expect((await refusal(sources.read(access({ usersUrl }), hands))).refusal).toBe('workday_report_unknown');
  });

  it('names the columns that its user may not see: Workday leaves them out', async () => {
    workday.report.workers = [1, 2].map((number) => aWorker(number, { primary_work_email: undefined }));

    const { refusal: code, facts } = await refusal(sources.read(access(), hands));

    expect(code).toBe('workday_fields_missing');
    expect(facts).toEqual({ fields: ['primary_work_email'] });
  });

  it('takes nothing of a report in which some have no id', async () => {
    workday.report.workers = [aWorker(1), aWorker(2, { employee_id: undefined })];
    expect((await refusal(sources.read(access(), hands))).refusal).toBe('workday_rows_without_id');
  });

  it('[IMP-04] never takes an empty report for "everybody has left"', async () => {
    workday.report.workers = [];
    expect((await refusal(sources.read(access(), hands))).refusal).toBe('nobody_there');
  });
});

describe('BambooHR', () => {
  const access = (change: { company?: string; apiKey?: string } = {}): ReadAccess => ({
    road: 'bamboohr',
    secret: change.apiKey ?? bamboohr.login.apiKey,
    googleClient: null,
    settings: { company: change.company ?? bamboohr.login.company },
  });

  it('is read with a group for each department', async () => {
    const { people, groups, memberships } = await sources.read(access(), hands);
    expect(people.map(({ externalId, userName }) => [externalId, userName])).toEqual([
      ['1', 'person1@acme.test'],
      ['2', 'person2@acme.test'],
    ]);
    expect(groups?.map(({ displayName }) => displayName)).toEqual(['Engineering', 'Finance']);
    expect(memberships).toEqual([
      { group: 'Engineering', person: '1' },
      { group: 'Finance', person: '2' },
    ]);
  });

  it('names what is wrong', async () => {
    const wrong = async (change: { company?: string; apiKey?: string }) =>
      (await refusal(sources.read(access(change), hands))).refusal;
    expect(await wrong({ apiKey: 'f'.repeat(40) })).toBe('bamboohr_key_refused');
    expect(await wrong({ company: 'amce' })).toBe('bamboohr_company_unknown');
    bamboohr.faults.add('no_permission');
    expect(await wrong({})).toBe('bamboohr_not_allowed');
    bamboohr.faults.add('down');
    expect(await wrong({})).toBe('source_away');
  });

  it('says nothing of groups where no department can be seen', async () => {
    bamboohr.company.employees = [anEmployee(1, { department: null })];
    expect((await sources.read(access(), hands)).groups).toBeNull();
  });

  it('says that the key may not see addresses', async () => {
    bamboohr.faults.add('emails_hidden');
    expect((await refusal(sources.read(access(), hands))).refusal).toBe('bamboohr_emails_hidden');
  });

  it('waits for as long as Retry-After says, and hands a long wait on', async () => {
    bamboohr.faults.add('busy');
    await sources.read(access(), hands);
    expect(pauses).toEqual([3_000]);

    bamboohr.faults.add('busy_for_long');
    const { refusal: code, retryAfterMs } = await refusal(sources.read(access(), hands));
    expect([code, retryAfterMs]).toEqual(['source_busy', 900_000]);
    expect(pauses).toEqual([3_000]);
  });
});

describe('a source', () => {
  it('that cannot be reached is named as that, and no more is told of why [NET-09]', async () => {
    const access: ReadAccess = {
      road: 'workday',
      secret: 'x',
      googleClient: null,
      settings: {
        usersUrl: 'http://127.0.0.1:9/ccx/service/customreport2/a/b/c',
        groupsUrl: null,
        userName: 'u',
      },
    };
    const { refusal: code, facts } = await refusal(sources.read(access, hands));
    expect([code, facts]).toEqual(['source_unreachable', { reason: 'could_not_connect', host: '127.0.0.1' }]);
  });

  it('that gives two people one user name lets the newer id go by that id, at every reading the same', () => {
    const person = (externalId: string) => ({
      externalId,
      userName: 'Shared@acme.test',
      email: null,
      firstName: null,
      lastName: null,
      displayName: null,
      active: true,
      raw: {},
    });
    const named = (ids: string[]) =>
      settledReading({ people: ids.map(person), groups: [], memberships: [] }).people.map(
        ({ externalId, userName }) => [externalId, userName],
      );

    expect(named(['2', '1'])).toEqual(named(['1', '2']));
    expect(named(['2', '1'])).toEqual([
      ['1', 'Shared@acme.test'],
      ['2', '2'],
    ]);
  });
});
