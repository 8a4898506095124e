import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VueWrapper } from '@vue/test-utils';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aFakeStreams } from '../../../test/support/fake-streams.ts';
import { aSession, at } from '../../../test/support/setup-builders.ts';
import {
  aRefusal,
  aRunningStream,
  aStream,
  aStreamPage,
  proofOf,
  setUp,
} from '../../../test/support/stream-builders.ts';
import { buttonOf, pageOpener, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const path = '/log-streams/log_stream_1';
type Stream = ReturnType<typeof aStream>;
const open = (page: string, stream: Stream, check?: Parameters<typeof aFakeStreams>[1]) =>
  openPage(page, {
    session: aSession({ features: ['log_streams'] }),
    streams: aFakeStreams([aStreamPage(stream)], check),
  });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** As somebody types it: what is looked at in between is looked at. */
async function type(page: VueWrapper, selector: string, text: string): Promise<void> {
  await page.get(selector).setValue(text);
  vi.advanceTimersByTime(400);
  await settle();
}

const { at: _at, ...busy } = aRefusal({
  cause: 'destination_busy',
  field: null,
  status: 503,
  repair: null,
  answer: 'Server is busy',
});

describe('a try that came to nothing', () => {
  it('of settings is not repeated by itself, and no event is said to wait for it', async () => {
    const { page } = await open(`${path}/settings`, aStream(setUp()), {
      check: { canSave: false, findings: [], probe: { kind: 'refused', ...busy } },
    });

    await buttonOf(page, 'Check now').trigger('click');
    await settle();

    expect(page.text()).toContain('which is not repeated by itself');
    expect(page.text()).not.toContain('We try again by ourselves');
  });

  it('of a test event says the same', async () => {
    const answer = { kind: 'refused' as const, ...busy, at: at(0) };
    const { page } = await open(`${path}/prove`, aStream({ ...setUp(), proof: proofOf({ answer }) }));

    expect(page.text()).toContain('which is not repeated by itself');
    expect(page.text()).not.toContain('Events wait');
  });

  it('of a test event is called refused where it was refused, and not where it may even have been taken', async () => {
    const told = async (failure: Parameters<typeof aRefusal>[0]) => {
      const answer = { kind: 'refused' as const, ...aRefusal(failure) };
      const { page } = await open(`${path}/prove`, aStream({ ...setUp(), proof: proofOf({ answer }) }));
      return page.text();
    };

    expect(await told({})).toContain('The test event was refused by Splunk');
    const unacknowledged = await told({ cause: 'not_acknowledged', field: null, status: null, repair: null });
    expect(unacknowledged).toContain('The test did not succeed');
    expect(unacknowledged).not.toContain('refused');
  });
});

it.each([
  ['a test event', 'prove', 'Send another test event', '/test'],
  ['a check of settings', 'settings', 'Check now', '/check'],
])('%s waits as long as a destination may take to answer', async (_what, place, label, call) => {
  const patience = vi.spyOn(AbortSignal, 'timeout');
  const { page, fake } = await open(`${path}/${place}`, aStream({ ...setUp(), proof: proofOf() }));

  await buttonOf(page, label).trigger('click');
  await settle();

  expect(fake.requests.some(({ path: asked }) => asked.endsWith(call))).toBe(true);
  expect(patience).toHaveBeenCalledWith(60_000);
});

it('keeps no day that is over as the end of a credential', async () => {
  const { page, fake } = await open(`${path}/settings`, aStream(setUp()));

  await type(page, 'input[type="date"]', '2020-01-01');
  expect(page.text()).toContain('This day is over.');
  await buttonOf(page, 'Save and continue').trigger('click');
  await settle();

  expect(fake.requests.filter(({ method }) => method === 'POST')).toEqual([]);
});

it('starts from no day that is still to come, and says so before it asks', async () => {
  const proven = aStream({ ...setUp(), chip: 'ready', proof: proofOf({ provenAt: at(0) }) });
  const { page, fake } = await open(`${path}/start`, proven);
  const asked = () => fake.requests.filter(({ path: to }) => to.endsWith('/start')).map(({ body }) => body);
  await page.get('input[value="since"]').setValue();

  await type(page, 'input[type="date"]', '2099-01-01');
  await buttonOf(page, 'Start streaming').trigger('click');
  await settle();
  expect(page.text()).toContain('This day is still to come.');
  expect(asked()).toEqual([]);

  await type(page, 'input[type="date"]', '2026-01-01');
  await buttonOf(page, 'Start streaming').trigger('click');
  await settle();
  expect(asked()).toEqual([{ from: 'since', at: new Date(2026, 0, 1).toISOString() }]);
});

it('a test event of a running stream is one more, not the only thing that is sent', async () => {
  const { page } = await open(`${path}/prove`, aRunningStream());

  expect(page.text()).toContain('The stream goes on meanwhile.');
  expect(page.text()).not.toContain('Nothing else is sent yet');
});

it('a secret that another host asks for again stays open while it is typed', async () => {
  const { page } = await open(`${path}/settings`, aStream(setUp()));
  const secret = () => page.find('input[type=password]');
  expect(secret().exists()).toBe(false);

  await type(page, 'input[type=url]', 'https://splunk.other.example:8088/services/collector/event');
  await type(page, 'input[type=password]', '1f5f6a3e');

  expect(secret().exists()).toBe(true);
  expect(secret().element).toMatchObject({ value: '1f5f6a3e' });
});

it.each(['Save and continue', 'Check now'])('%s leads to the first field that is wrong', async (label) => {
  const { page, fake } = await open(`${path}/settings`, aStream(setUp()));
  await type(page, 'input[type=url]', 'https://splunk.other.example:8088/services/collector/event');

  await buttonOf(page, label).trigger('click');
  await settle();

  expect(document.activeElement).toBe(page.get('input[type=password]').element);
  expect(page.text()).toContain('It goes to another place now: enter this again.');
  expect(fake.requests.filter(({ method }) => method === 'POST')).toEqual([]);
});

it('a new secret of a running stream is told as saved', async () => {
  const { page } = await open(`${path}/settings`, aRunningStream());

  await buttonOf(page, 'Replace').trigger('click');
  await type(page, 'input[type=password]', '1f5f6a3e-0000-4000-8000-c0ffee000000');
  await buttonOf(page, 'Save').trigger('click');
  await settle();
  const form = document.querySelector<HTMLFormElement>('#act-code');
  const field = form?.querySelector('input');
  if (form === null || field == null) throw new Error('no code is asked for');
  field.value = '123456';
  field.dispatchEvent(new Event('input'));
  form.dispatchEvent(new Event('submit'));
  await settle();

  expect(page.text()).toContain('Saved.');
});

it('a running stream that was moved says that it is not proven there, and leads to the proof', async () => {
  const { page } = await open(`${path}/state`, aRunningStream({ proof: proofOf({ provenAt: null }) }));
  expect(page.text()).toContain('Not proven where it goes now');

  await buttonOf(page, 'Prove it arrives').trigger('click');
  await settle();
  expect(page.get('h1').text()).toBe('Prove it arrives');

  const { page: proven } = await open(`${path}/state`, aRunningStream());
  expect(proven.text()).not.toContain('Not proven');
});

it('settings that somebody else has saved meanwhile are taken over where nobody has typed', async () => {
  const state = aStreamPage(aStream(setUp()));
  const { page, tell } = await openPage(`${path}/settings`, {
    session: aSession({ features: ['log_streams'] }),
    streams: aFakeStreams([state]),
  });
  const name = page
    .findAll<HTMLInputElement>('input')
    .find(({ element }) => element.value === state.stream.name);
  await name?.setValue('Named here');
  const url = 'https://splunk.new.example:8088/services/collector/event';
  state.stream.settings = { ...state.stream.settings, url };
  state.stream.name = 'Named elsewhere';

  tell('log_stream');
  await vi.advanceTimersByTimeAsync(2_000);
  await settle();

  expect(page.get<HTMLInputElement>('input[type=url]').element.value).toBe(url);
  expect(name?.element.value).toBe('Named here');
});

it('what a value looks like is told as an example', async () => {
  const { page } = await open(`${path}/settings`, aStream());

  expect(page.text()).toContain('Like 1f5f6a3e-0000-4000-8000-c0ffee000000');
});

it('the line of time begins and ends with a clock', async () => {
  const { page } = await open(`${path}/state`, aRunningStream({ startedAt: new Date().toISOString() }));

  expect(page.get('figure').text()).toMatch(/\d\d:\d\d\s*\d\d:\d\d$/);
});

it('finds a destination by each name that the search proposes', async () => {
  const { page } = await openPage('/log-streams/new', {
    session: aSession({ features: ['log_streams'] }),
    streams: aFakeStreams(),
  });
  const proposed = /By any name it goes by: ([^.]+)\./.exec(page.text())?.[1]?.split(', ') ?? [];
  expect(proposed).toHaveLength(3);

  for (const name of proposed) {
    await type(page, 'input[type=search]', name);

    expect(page.text(), name).not.toContain('Nothing called');
  }
});

it('whoever may only look is offered no destination', async () => {
  const { page } = await openPage('/log-streams/new', {
    session: aSession({ features: ['log_streams'], readOnly: true }),
    streams: aFakeStreams(),
  });

  expect(page.text()).toContain('nothing can be changed');
  expect(page.text()).not.toContain('Splunk');
});

it('a stream that was removed is brought back where it was removed, with one press', async () => {
  const removed = {
    id: 'log_stream_1',
    name: 'Splunk',
    removedAt: at(-60_000),
    keptUntil: at(29 * 86_400_000),
  };
  const { page } = await openPage('/log-streams', {
    session: aSession({ features: ['log_streams'] }),
    streams: aFakeStreams([], { removed: [removed] }),
  });
  expect(page.text()).toContain('Splunk was removed');

  await buttonOf(page, 'Bring it back').trigger('click');
  await settle();

  expect(page.text()).not.toContain('was removed');
  expect(page.get('ul a[href$="/log-streams/log_stream_1"]').text()).toBe('Splunk');
});
