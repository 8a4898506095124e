import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SentFile } from '../../../api/contract/setup-files.ts';
import { aSentFile, someLines } from '../../../test/support/source-builders.ts';
import { render } from '../../shared/testing/render.ts';
import { settle } from '../testing/open-page.ts';
import SentFiles from './SentFiles.vue';

const show = (files: readonly SentFile[], isFetched = false) =>
  render(SentFiles, { props: { files, isFetched } });
const rowOf = async (change: Partial<SentFile>) => (await show([aSentFile(change)])).get('li');
const linesOf = async (change: Partial<SentFile>) =>
  (await rowOf(change)).findAll('p').map((line) => line.text());

const unread = { rows: null, counts: {}, appliedAt: null } as const;

describe('a file that came', () => {
  it.each<[string, Partial<SentFile>, string]>([
    ['that is not read yet', { ...unread, state: 'received' }, 'users.csv Waits to be read'],
    ['that is the one before again', { ...unread, state: 'unchanged' }, 'users.csv Same as before'],
  ])('%s says that alone', async (_what, change, words) => {
    const row = await rowOf(change);
    expect(row.get('p').text()).toBe(words);
    expect(row.findAll('p')).toHaveLength(1);
    expect(row.find('summary').exists()).toBe(false);
  });

  it('that is arriving says from when on it will not come any more', async () => {
    const [state, promise] = await linesOf({ ...unread, state: 'receiving' });
    expect(state).toBe('users.csv Arriving');
    expect(promise).toContain('If nothing more comes for ten minutes');
  });

  it('that was applied says how many lines it had and what it changed, in the order in which people ask', async () => {
    expect(await linesOf({ counts: { removed: 1, updated: 1200, created: 3 } })).toEqual([
      'users.csv Applied',
      '900 lines',
      '3 people added · 1,200 people changed · 1 person removed',
    ]);
    expect(await linesOf({ rows: 1, counts: {} })).toEqual([
      'users.csv Applied',
      '1 line',
      'Nothing changed.',
    ]);
  });

  it('of which lines were not taken says how many beside those it had', async () => {
    expect(await linesOf({ refusedLines: 2 })).toContain('900 lines · 2 lines not taken');
  });

  it('that waits says what it would do, whoever would leave among it', async () => {
    const counts = { created: 3, removed: 2, held: 1 };
    expect(await linesOf({ state: 'held', counts, appliedAt: null })).toEqual([
      'users.csv Waits for you',
      '900 lines',
      '3 people added · 2 people removed',
    ]);
  });

  it('that was applied but for those who would leave says so, and leads to where that is decided', async () => {
    const row = await rowOf({ counts: { created: 3, removed: 412, held: 1 } });
    expect(row.text()).toContain('3 people added');
    expect(row.text()).not.toContain('412');
    expect(row.text()).toContain('So many would leave that it waits for somebody.');
    expect(row.get('a').attributes('href')).toBe('/directory/hold');
  });

  it('that was not taken says why, and offers lines only where the cause has a place in the file', async () => {
    const refused = { ...unread, state: 'refused' } as const;
    const whole = await rowOf({ ...refused, name: 'Users.CSV', cause: 'name_unknown' });
    expect(whole.text()).toContain('Only files named users.csv, groups.csv and user_groups.csv are read.');
    expect(whole.find('summary').exists()).toBe(false);

    const somewhere = await rowOf({ ...refused, cause: 'column_missing' });
    expect(somewhere.get('summary').text()).toBe('Lines that were not taken');
    expect(somewhere.text()).not.toContain('Nothing changed.');
  });

  it('with lines that were not taken counts them, and asks for them when they are opened', async () => {
    const fetch = vi.fn(() => Promise.resolve(Response.json(someLines())));
    vi.stubGlobal('fetch', fetch);
    onTestFinished(() => void vi.unstubAllGlobals());
    const page = await show([aSentFile({ refusedLines: 2 })]);
    expect(page.text()).toContain('· 2 lines not taken');
    expect(fetch).not.toHaveBeenCalled();

    const fold = page.get<HTMLDetailsElement>('details');
    fold.element.open = true;
    await fold.trigger('toggle');
    await settle();
    expect(fetch.mock.calls).toEqual([
      [expect.stringContaining('/directory/files/directory_file_1/lines'), expect.anything()],
    ]);
    expect(page.get('table').text()).toMatch(/17.*email.*ann-at-acme\.com/s);
  });
});

it.each([
  [false, 'Files that came', 'as soon as it has arrived'],
  [true, 'Files that we fetched', 'as soon as we have fetched it'],
])('before the first file (fetched: %s) says when it will be here', async (isFetched, heading, words) => {
  const page = await show([], isFetched);
  expect(page.get('h2').text()).toBe(heading);
  expect(page.text()).toContain(words);
  expect(page.find('li').exists()).toBe(false);
});
