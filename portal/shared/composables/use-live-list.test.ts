import { effectScope, ref } from 'vue';
import { expect, it } from 'vitest';
import type { ApiClient } from '../api-client.ts';
import { useLiveList } from './use-live-list.ts';

const pageSize = 50;

/** A list of numbered rows, newest first, that grows as the test says, and whoever looks at it. */
function aList({ follows }: { follows: boolean }) {
  const newest = ref(pageSize);
  const page = (from: number) => {
    const count = Math.min(pageSize, from);
    const rows = Array.from({ length: count }, (_, index) => ({ id: String(from - index) }));
    return { rows, next: from > count ? String(from - count + 1) : null };
  };
  const get = (path: string) => {
    const after = /after=(\d+)/.exec(path)?.[1];
    return Promise.resolve(page(after === undefined ? newest.value : Number(after) - 1));
  };
  const scope = effectScope();
  const list = scope.run(() =>
    useLiveList<ReturnType<typeof page>, { id: string }>({
      path: () => '/rows',
      rowsOf: ({ rows }: ReturnType<typeof page>) => rows,
      kinds: ['row'],
      follows: () => follows,
      api: { get } as unknown as ApiClient,
    }),
  );
  if (list === undefined) throw new Error('the scope is over');
  const ids = () => list.rows.value.map(({ id }) => Number(id));
  return {
    list,
    ids,
    stop: () => scope.stop(),
    async grow(count: number) {
      newest.value += count;
      await list.request.refresh();
    },
  };
}

it('a list that is followed for long lets its oldest rows go, and More brings them back', async () => {
  const { list, ids, grow, stop } = aList({ follows: true });
  await list.request.refresh();
  for (let second = 0; second < 100; second += 1) await grow(30);
  expect(ids()).toHaveLength(300);
  expect(ids()[0]).toBe(3_050);

  await list.more();
  await grow(1);

  expect(ids()).toHaveLength(350);
  expect(ids()).toEqual(Array.from({ length: 350 }, (_, index) => 3_051 - index));
  stop();
});

it('a list that nobody follows keeps its rows where they stand', async () => {
  const { list, ids, grow, stop } = aList({ follows: false });
  await list.request.refresh();
  for (let page = 0; page < 8; page += 1) await list.more();
  await grow(3);

  expect(ids()[0]).toBe(50);
  expect(list.waiting.value).toBe(3);
  stop();
});
