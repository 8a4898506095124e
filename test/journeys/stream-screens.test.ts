/** Every screen of log streams in all its states, held to what all screens of the customer's app are held to. */
import { expect, test } from 'vitest';
import type { StreamPage } from '../../api/contract/setup-log-streams.ts';
import { row, sceneWith, type SceneChange } from '../support/customer-scenes.ts';
import { createFakeSetupApi } from '../support/fake-setup-api.ts';
import { aFakeStreams, type FakeStreams } from '../support/fake-streams.ts';
import { describeScreens, draw, goWithin, tabTo, type Screen } from '../support/screens.ts';
import { aSession, at, aView } from '../support/setup-builders.ts';
import {
  aRefusal,
  aRunningStream,
  aStream,
  aStreamPage,
  proofOf,
  setUp,
  someRejects,
} from '../support/stream-builders.ts';
import { someOutages } from '../support/fake-staff-streams.ts';

type Stream = StreamPage['stream'];
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const covered = (change = {}) => aSession({ features: ['sso', 'log_streams'], ...change });
function scene(
  pages: StreamPage[],
  further: Partial<FakeStreams> = {},
  change: SceneChange = {},
): SceneChange {
  return {
    session: covered(),
    streams: aFakeStreams(pages, further),
    result: { status: 'applied', view: aView() },
    ...change,
  };
}
const of = (stream: Stream, further: Partial<FakeStreams> = {}, change: SceneChange = {}) =>
  scene([aStreamPage(stream)], further, change);
const page = '/log-streams/log_stream_1';
const readOnly = { session: covered({ readOnly: true }) };
const broken = { status: 500, code: 'internal' } as const;
const sentAnd = (sighting: 'found' | 'not_found' | 'not_permitted') => ({
  kind: 'sent' as const,
  level: 'stored' as const,
  status: 200,
  milliseconds: 312,
  at: at(-minute),
  sighting,
});
const ready = () => aStream({ ...setUp(), chip: 'ready', proof: proofOf({ provenAt: at(-minute) }) });
const retrying = () =>
  aRunningStream({
    chip: 'retrying',
    state: 'error',
    behind: 1_204,
    oldestUnsentAt: at(-42 * minute),
    failingSince: at(-40 * minute),
    nextTryAt: at(2 * minute),
    lastError: aRefusal({
      cause: 'destination_busy',
      field: null,
      status: 503,
      repair: null,
      answer: 'Server is busy',
    }),
  });
const another = (): Stream => ({ ...aRunningStream(), id: 'log_stream_2', name: 'Second site, Datadog EU' });

const press =
  (name: string): NonNullable<Screen['reach']> =>
  async (tab, say) =>
    await tab
      .getByRole('button', { name: say(name), exact: true })
      .last()
      .click();

const removed = { id: 'log_stream_1', name: 'Splunk', removedAt: at(-hour), keptUntil: at(29 * day) };

const screens: Screen[] = [
  row('choose', '/log-streams/new', 'You need:', () => scene([])),
  row('choose, by the feature’s own address', '/log-streams', 'You need:', () => scene([])),
  row('choose, loading', '/log-streams/new', 'Loading', () => ({
    ...scene([]),
    silent: 'GET /log-streams/destinations?query=',
  })),
  row('choose, broken', '/log-streams/new', 'Something broke on our side.', () =>
    scene([], {}, { refusals: { 'GET /log-streams/destinations': broken } }),
  ),
  row('choose, read-only', '/log-streams/new', 'nothing can be changed', () => scene([], {}, readOnly)),
  row(
    'choose, nothing found',
    '/log-streams/new',
    'Nothing called “zzz”.',
    () => scene([]),
    async (tab) => {
      await tab.locator('main input[type=search]').fill('zzz');
    },
  ),
  row(
    'choose, which way',
    '/log-streams/new',
    'Use',
    () => scene([]),
    async (tab) => {
      await tab
        .getByRole('button', { name: /Amazon S3/ })
        .first()
        .click();
    },
  ),
  ...['enable', 'token', 'address', 'allow-us'].map((step, index) =>
    row(`guide of Splunk, ${step}`, `${page}/guide/${step}`, `Step ${index + 1} of 4`, () => of(aStream())),
  ),
  ...(
    ['datadog', 'microsoft-sentinel', 'amazon-s3', 'google-cloud-storage', 'https', 'syslog'] as const
  ).flatMap((id) => [
    row(`guide of ${id}`, `${page}/guide`, 'Step 1 of', () => of(aStream({}, id))),
    row(`settings of ${id}`, `${page}/settings`, 'Checked while you type', () => of(aStream({}, id))),
  ]),
  row('settings, empty', `${page}/settings`, 'We connect from', () => of(aStream())),
  row(
    'settings, wrong port',
    `${page}/settings`,
    'listens on 8088',
    () => of(aStream()),
    async (tab) => {
      await tab.locator('main input[type=url]').fill('https://splunk.acme.example:8000');
    },
  ),
  row(
    'settings, pressed too early',
    `${page}/settings`,
    'This is needed.',
    () => of(aStream()),
    press('Check now'),
  ),
  row(
    'settings, checked',
    `${page}/settings`,
    'Taken by Splunk, in 0.1 s',
    () =>
      of(aStream(setUp()), {
        check: { canSave: true, findings: [], probe: { kind: 'accepted', status: 200, milliseconds: 7 } },
      }),
    press('Check now'),
  ),
  row(
    'settings, refused',
    `${page}/settings`,
    'Copy the token’s value again',
    () => {
      const { at: _at, ...refusal } = aRefusal({ suggested: null });
      const probe = { kind: 'refused' as const, ...refusal };
      return of(aStream(setUp()), { check: { canSave: false, findings: [], probe } });
    },
    press('Check now'),
  ),
  row('settings, kept', `${page}/settings`, '…9f2c', () => of(aStream(setUp()))),
  row('settings, of a running stream', `${page}/settings`, 'need a code', () => of(aRunningStream())),
  row(
    'settings, of a running stream, code asked',
    `${page}/settings`,
    'This act needs',
    () => of(aRunningStream()),
    press('Save'),
  ),
  row('settings, read-only', `${page}/settings`, 'nothing can be changed', () =>
    of(aRunningStream(), {}, readOnly),
  ),
  row(
    'settings, a secret of ours',
    `${page}/settings`,
    'Shown once.',
    () => of(aStream({}, 'https')),
    press('Make a secret'),
  ),
  row('proof, not set up', `${page}/prove`, 'Enter address and credentials first', () => of(aStream())),
  row('proof, nothing sent', `${page}/prove`, 'Nothing else is sent yet', () => of(aStream(setUp()))),
  row('proof, sent', `${page}/prove`, 'Sent is not proven', () =>
    of(aStream({ ...setUp(), proof: proofOf() })),
  ),
  row('proof, sent where we may only write', `${page}/prove`, 'may only write there', () =>
    of(aStream({ ...setUp(), proof: proofOf({ answer: sentAnd('not_permitted') }) })),
  ),
  row('proof, sent and not seen yet', `${page}/prove`, 'have not found it yet', () =>
    of(aStream({ ...setUp(), proof: proofOf({ answer: sentAnd('not_found') }) })),
  ),
  row('proof, read by us', `${page}/prove`, 'we read the test event there ourselves', () => {
    const proof = proofOf({ provenAt: at(-minute), provenBy: 'read', answer: sentAnd('found') });
    return of(aStream({ ...setUp(), chip: 'ready', proof }));
  }),
  row(
    'proof, wrong code',
    `${page}/prove`,
    'That code doesn’t match. 3 tries left.',
    () =>
      of(
        aStream({ ...setUp(), proof: proofOf() }),
        {},
        {
          refusals: {
            [`POST ${page}/proof`]: { status: 422, code: 'code_wrong', facts: { tries_left: 3 } },
          },
        },
      ),
    async (tab, say) => {
      await tab.locator('main input[inputmode=numeric]').fill('123456');
      await press('This is the code')(tab, say);
    },
  ),
  row('proof, tries spent', `${page}/prove`, 'Send another test event', () =>
    of(aStream({ ...setUp(), proof: proofOf({ triesLeft: 0 }) })),
  ),
  row(
    'proof, cannot be seen',
    `${page}/prove`,
    'When it can’t be seen',
    () => of(aStream({ ...setUp(), proof: proofOf() })),
    press('I can’t see it'),
  ),
  row('proof, refused', `${page}/prove`, 'The test event was refused by Splunk', () =>
    of(aStream({ ...setUp(), proof: proofOf({ answer: { kind: 'refused', ...aRefusal() } }) })),
  ),
  row('proof, proven', `${page}/prove`, 'What we send arrives in Splunk', () => of(ready())),
  row('proof, read-only', `${page}/prove`, 'Sent is not proven', () =>
    of(aStream({ ...setUp(), proof: proofOf() }), {}, readOnly),
  ),
  row('start, not proven', `${page}/start`, 'Prove first that it arrives', () => of(aStream(setUp()))),
  row('start', `${page}/start`, 'With everything that is kept', () => of(ready())),
  row(
    'start, without a day',
    `${page}/start`,
    'Choose a day.',
    () => of(ready()),
    async (tab, say) => {
      await tab.getByText(say('From a day you choose'), { exact: true }).click();
      await press('Start streaming')(tab, say);
    },
  ),
  row('start, started already', `${page}/start`, 'Streaming', () => of(aRunningStream())),
  row('state', `${page}/state`, 'Up to date.', () => of(aRunningStream())),
  row('state, a little behind', `${page}/state`, '12 events wait, none is lost.', () =>
    of(aRunningStream({ behind: 12, oldestUnsentAt: at(-4_500) })),
  ),
  row('state, retrying', `${page}/state`, '1,204 events wait, none is lost.', () => of(retrying())),
  row(
    'state, retrying, as a table',
    `${page}/state`,
    'Not taken',
    () => of(retrying()),
    press('Show as table'),
  ),
  row('state, moved and not proven', `${page}/state`, 'Not proven where it goes now', () =>
    of(aRunningStream({ proof: proofOf({ provenAt: null }) })),
  ),
  row('state, credentials refused', `${page}/state`, 'We look again once a day', () =>
    of({ ...retrying(), chip: 'invalid', state: 'invalid', lastError: aRefusal() }),
  ),
  row('state, paused', `${page}/state`, 'Events are kept for 365 days', () =>
    of(
      aRunningStream({ chip: 'paused', pausedAt: at(-3 * hour), behind: 310, oldestUnsentAt: at(-3 * hour) }),
    ),
  ),
  row('state, catching up', `${page}/state`, 'Catching up', () =>
    of(
      aRunningStream({
        catchUp: { left: 184_000, perSecond: 1_000 },
        behind: 184_000,
        oldestUnsentAt: at(-9 * day),
        name: 'An archive of everything that has ever happened here, of all our people and machines',
      }),
    ),
  ),
  row('state, with what was not delivered', `${page}/state`, 'Events 3 to 1,118', () =>
    of(aRunningStream({ rejectedCount: 1_117 }), { rejects: someRejects() }),
  ),
  row(
    'state, sent again what is gone',
    `${page}/state`,
    'not kept any more, so they can’t be sent again',
    () =>
      of(
        aRunningStream({ rejectedCount: 1_117 }),
        { rejects: someRejects() },
        {
          refusals: {
            [`POST ${page}/rejects/send-again`]: { status: 410, code: 'stream_records_gone', facts: {} },
          },
        },
      ),
    press('Send all again'),
  ),
  row('state, with outages', `${page}/state`, '1,204 events came late.', () =>
    scene([{ ...aStreamPage(aRunningStream()), outages: someOutages(new Date(at(0))) }]),
  ),
  row(
    'state, about to pause',
    `${page}/state`,
    'Pause this stream?',
    () => of(aRunningStream()),
    press('Pause'),
  ),
  row(
    'state, about to remove',
    `${page}/state`,
    'Nothing more is sent to Splunk',
    () => of(aRunningStream()),
    press('Remove stream'),
  ),
  row('state, read-only', `${page}/state`, 'Up to date.', () => of(aRunningStream(), {}, readOnly)),
  row('state, broken', page, 'Something broke on our side.', () =>
    scene([], {}, { refusals: { [`GET ${page}`]: broken } }),
  ),
  row('list, the only one removed', '/log-streams', 'Audit events go nowhere now.', () =>
    scene([], { removed: [removed] }),
  ),
  row('list, one removed beside another', '/log-streams', 'It can be brought back until', () =>
    scene([aStreamPage(another())], { removed: [removed] }),
  ),
  row('list of several', '/log-streams', 'Add another', () =>
    scene([aStreamPage(retrying()), aStreamPage(another())]),
  ),
  row('list, read-only', '/log-streams', 'last sent', () =>
    scene([aStreamPage(aRunningStream())], {}, readOnly),
  ),
];

await describeScreens('the screens of log streams', screens, (visit) => {
  test('a test event is sent, found, proven and the stream started without a mouse', async () => {
    const { visitor, portal } = visit();
    const { page: tab } = visitor;
    const fake = createFakeSetupApi(of(aStream(setUp())));
    const start = row('', `${page}/prove`, 'Nothing else is sent yet');
    await draw(visitor, portal, { ...start, scene: () => sceneWith(fake) });

    await tabTo(tab, 'Send test event');
    await tab.keyboard.press('Enter');
    await tab.getByText('Sent is not proven').waitFor();
    await tabTo(tab, 'Code in the event');
    await tab.keyboard.type('123456');
    await tab.keyboard.press('Enter');
    await tab.getByText('its code typed here').waitFor();
    await tabTo(tab, 'Choose from when');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1, name: 'From when?' }).waitFor();
    await tabTo(tab, 'Start streaming');
    await tab.keyboard.press('Enter');
    await expect
      .poll(() => fake.requests.filter(({ method }) => method === 'POST').map(({ body }) => body))
      .toEqual([{}, { code: '123456' }, { from: 'now' }]);
  });

  test('focus goes to the heading of every page that is gone to', async () => {
    const { visitor, portal } = visit();
    const fake = createFakeSetupApi(of(ready()));
    await draw(
      visitor,
      portal,
      row('', '/nowhere', 'There is nothing at this address', () => ({ session: covered() })),
    );

    for (const [path, heading] of [
      ['/log-streams/new', 'Where should audit events go?'],
      [`${page}/guide/token`, 'Make a token for us'],
      [`${page}/settings`, 'What Splunk gave you'],
      [`${page}/prove`, 'Prove it arrives'],
      [`${page}/start`, 'From when?'],
      [`${page}/state`, 'Splunk'],
    ] as const) {
      expect(await goWithin(visitor.page, portal, sceneWith(fake), path, heading)).toBe(heading);
    }
  });
});
