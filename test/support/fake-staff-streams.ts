/** Log streams of all organizations as the dashboard's JSON shows them, from memory. */
import type { StaffStreamPage } from '../../api/contract/dashboard-log-streams.ts';

type Page = StaffStreamPage;
type Stream = Page['stream'];

const minute = 60_000;
const day = 24 * 60 * minute;

/** One that is over, with all that came late, and one whose events are still on their way. */
export function someOutages(now: Date): Page['outages'] {
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const busy = { cause: 'destination_busy', status: 503, tries: 9 };
  const refused = { cause: 'credential_refused', status: 403, tries: 2 };
  return [
    {
      id: 'outage_2',
      ...busy,
      beganAt: ago(5 * 60 * minute),
      endedAt: ago(2 * 60 * minute),
      lateCount: 1_204,
      caughtUpAt: ago(110 * minute),
    },
    {
      id: 'outage_1',
      ...refused,
      beganAt: ago(9 * day),
      endedAt: ago(8 * day),
      lateCount: 184_000,
      caughtUpAt: null,
    },
  ];
}

/** One that streams, one that is held up, one whose credentials are refused, one that catches up, one paused, one unfinished. */
export function fakeStaffStreams(now: Date, isEmpty: boolean): Page[] {
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const splunk = { id: 'splunk', name: 'Splunk', mark: 'Sp' };
  const failure = {
    cause: 'destination_busy',
    field: null,
    suggested: null,
    status: 503,
    answer: 'Server is busy',
    at: ago(minute),
    repair: null,
  };
  const page = (at: number, change: Partial<Stream> = {}, rejects: Page['rejects'] = []): Page => ({
    stream: {
      id: `log_stream_${at}`,
      name: 'Splunk',
      destination: splunk,
      chip: 'streaming',
      state: 'active',
      organization: { id: 'org_1', name: 'Acme Corporation' },
      lastSentAt: ago(4_000),
      behind: 0,
      oldestUnsentAt: null,
      createdAt: ago(9 * day),
      startedAt: ago(7 * day),
      pausedAt: null,
      provenAt: ago(7 * day),
      provenBy: 'customer',
      lastError: null,
      failingSince: null,
      nextTryAt: null,
      sentCount: 48_210,
      rejectedCount: 0,
      catchUp: null,
      settings: [
        { label: 'Address', value: 'https://http-inputs-acme.splunkcloud.com/services/collector/event' },
      ],
      secretEndsOn: null,
      ...change,
    },
    rejects,
    outages: at === 4 ? someOutages(now) : [],
  });
  const pages = [
    page(1),
    page(2, {
      chip: 'retrying',
      state: 'error',
      behind: 1_204,
      oldestUnsentAt: ago(42 * minute),
      failingSince: ago(40 * minute),
      nextTryAt: ago(-2 * minute),
      lastError: failure,
      organization: {
        id: 'org_2',
        name: 'Wolfeschlegelsteinhausenbergerdorff-Montgomery Beteiligungsgesellschaft',
      },
    }),
    page(
      3,
      {
        chip: 'invalid',
        state: 'invalid',
        behind: 90_412,
        oldestUnsentAt: ago(2 * day),
        failingSince: ago(2 * day),
        nextTryAt: ago(-day),
        secretEndsOn: '2027-01-31',
        rejectedCount: 1,
        lastError: {
          ...failure,
          cause: 'credential_refused',
          field: 'token',
          status: 403,
          repair: {
            path: ['Settings', 'Data inputs', 'HTTP Event Collector'],
            label: 'Token Value',
            fix: 'Copy the token’s value again and save it here.',
          },
        },
      },
      [
        {
          id: 'reject_1',
          from: 1_204,
          until: 1_204,
          recordId: 'audit_1',
          cause: 'records_too_large',
          status: 413,
          answer: 'Event exceeds 500 KB',
          at: ago(3 * day),
          resend: 'offered',
          resentAt: null,
        },
      ],
    ),
    page(4, { behind: 184_000, oldestUnsentAt: ago(day), catchUp: { left: 184_000, perSecond: 1_000 } }),
    page(5, { chip: 'paused', state: 'inactive', pausedAt: ago(3 * 60 * minute), behind: 310 }),
    page(6, {
      chip: 'not_proven',
      state: 'inactive',
      startedAt: null,
      provenAt: null,
      lastSentAt: null,
      sentCount: 0,
      settings: [],
    }),
  ];
  return isEmpty ? [] : pages;
}

const views: Readonly<Record<string, (stream: Stream) => boolean>> = {
  all: () => true,
  failing: ({ chip }) => chip === 'retrying' || chip === 'invalid',
  paused: ({ chip }) => chip === 'paused',
  unfinished: ({ startedAt }) => startedAt === null,
};

/** The streams of one view, as the list has them, and how many there are in each. */
export function staffStreamsIn(pages: readonly Page[], view: string) {
  const count = (of: string) => pages.filter(({ stream }) => views[of]?.(stream)).length;
  return {
    counts: {
      all: count('all'),
      failing: count('failing'),
      paused: count('paused'),
      unfinished: count('unfinished'),
    },
    streams: pages
      .filter(({ stream }) => views[view]?.(stream))
      .map(({ stream: { settings, secretEndsOn, createdAt, catchUp, ...row } }) => {
        void [settings, secretEndsOn, createdAt, catchUp];
        return row;
      }),
    next: null,
  };
}

/** The streams of one customer, as its page lists them. */
export const staffStreamsOf = (pages: readonly Page[], organizationId: string) =>
  pages
    .filter(({ stream }) => stream.organization.id === organizationId)
    .map(({ stream: { id, name, destination, chip, state, lastSentAt, behind, oldestUnsentAt } }) => ({
      id,
      name,
      destination,
      chip,
      state,
      lastSentAt,
      behind,
      oldestUnsentAt,
    }));
