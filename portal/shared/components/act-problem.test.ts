import { flushPromises } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { ApiProblem } from '../api-client.ts';
import { useAct } from '../composables/use-act.ts';
import { render } from '../testing/render.ts';
import ActProblem from './ActProblem.vue';

/** One that is refused so many times, and then done; `sent` says with what and under which key it was tried. */
function anAct({ refused, status = 503 }: { refused: number; status?: number }) {
  const sent: { input: string; key: string | undefined }[] = [];
  const act = useAct(async (input: string, { idempotencyKey }) => {
    sent.push({ input, key: idempotencyKey });
    if (sent.length <= refused) throw new ApiProblem({ code: 'internal', status, requestId: 'req_1' });
  });
  return { act, sent };
}

it('Try again does what was refused again, with what it was about, and the notice goes when it is done', async () => {
  const { act, sent } = anAct({ refused: 1 });
  const notice = await render(ActProblem, { props: { acts: [act] } });
  expect(notice.text()).toBe('');

  await act.run('pause');
  await flushPromises();
  await notice.find('button').trigger('click');
  await flushPromises();

  expect(sent.map(({ input }) => input)).toEqual(['pause', 'pause']);
  expect(notice.text()).toBe('');
});

it.each([
  ['that nobody answered', 0],
  ['whose answer a proxy or our own trouble ate', 502],
])('an act %s is tried again under the same key, so that it is done once', async (_name, status) => {
  const { act, sent } = anAct({ refused: 1, status });
  const notice = await render(ActProblem, { props: { acts: [act] } });

  await act.run('pause');
  await flushPromises();
  await notice.find('button').trigger('click');
  await flushPromises();

  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(sent).toHaveLength(2);
});

it('of several acts it tells of the one that was refused, and tries that one again', async () => {
  const [done, refused] = [anAct({ refused: 0 }), anAct({ refused: 2 })];
  const notice = await render(ActProblem, { props: { acts: [done.act, refused.act] } });

  await done.act.run('remind');
  await refused.act.run('cancel');
  await flushPromises();
  await notice.find('button').trigger('click');
  await flushPromises();

  expect(notice.text()).toContain('req_1');
  expect([done.sent.length, refused.sent.length]).toEqual([1, 2]);
});
