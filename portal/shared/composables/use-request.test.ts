import { effectScope, nextTick, ref } from 'vue';
import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../api-client.ts';
import { useRequest } from './use-request.ts';

/** Answers that the test gives when it wants to. */
function answers() {
  const asked: { signal: AbortSignal; give: (value: string) => void; refuse: (error: unknown) => void }[] =
    [];
  const load = (signal: AbortSignal) =>
    new Promise<string>((give, refuse) => {
      asked.push({ signal, give, refuse });
    });
  return { asked, load };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a request of a page', () => {
  it('ignores an answer that arrives after a newer one was asked for', async () => {
    const { asked, load } = answers();
    const request = effectScope().run(() => useRequest(load));

    void request?.refresh();
    asked[1]?.give('new');
    await settled();
    asked[0]?.give('old');
    await settled();

    expect(request?.data.value).toBe('new');
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  it('keeps the last good answer beside a later problem', async () => {
    const { asked, load } = answers();
    const request = effectScope().run(() => useRequest(load));
    asked[0]?.give('good');
    await settled();

    void request?.refresh();
    asked[1]?.refuse(new ApiProblem({ code: 'offline' }));
    await settled();

    expect(request?.data.value).toBe('good');
    expect(request?.problem.value?.code).toBe('offline');
    expect(request?.isLoading.value).toBe(false);
  });

  it('asks again, from nothing, when what it watches changes', async () => {
    const { asked, load } = answers();
    const id = ref('a');
    const request = effectScope().run(() => useRequest(load, { watch: id }));
    asked[0]?.give('of a');
    await settled();

    id.value = 'b';
    await nextTick();

    expect(request?.data.value).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('gives up when the page goes', () => {
    const { asked, load } = answers();
    const scope = effectScope();
    scope.run(() => useRequest(load));

    scope.stop();

    expect(asked[0]?.signal.aborted).toBe(true);
  });
});
