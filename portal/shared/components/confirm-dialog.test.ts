import { describe, expect, it } from 'vitest';
import { flushPromises } from '@vue/test-utils';
import { ApiProblem } from '../api-client.ts';
import { useAct } from '../composables/use-act.ts';
import { render } from '../testing/render.ts';
import ConfirmDialog from './ConfirmDialog.vue';

const question = {
  open: true,
  title: 'Delete Acme?',
  text: 'No sign-in of Acme works from now on.',
  confirmLabel: 'Delete',
  isDangerous: true,
};
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === name);

describe('a dialog before a dangerous act', () => {
  it('gives focus to the safe answer', async () => {
    await render(ConfirmDialog, { props: question });
    await flushPromises();

    expect(document.activeElement?.textContent?.trim()).toBe('Cancel');
  });

  it('does nothing until the name is typed', async () => {
    const wrapper = await render(ConfirmDialog, { props: { ...question, typedName: 'Acme' } });
    await flushPromises();

    button('Delete')?.click();
    expect(wrapper.emitted('confirm')).toBeUndefined();

    const input = document.querySelector('input');
    if (input !== null) input.value = 'Acme';
    input?.dispatchEvent(new Event('input', { bubbles: true }));
    await flushPromises();
    button('Delete')?.click();

    expect(wrapper.emitted('confirm')).toHaveLength(1);
  });

  it('stays open while its act is refused, says why, and tries again what it asks', async () => {
    const act = refusedAct();
    const wrapper = await render(ConfirmDialog, { props: { ...question, act } });

    await act.run(null);
    await flushPromises();
    expect(document.body.textContent).toContain('req_1');
    button('Try again')?.click();

    expect(wrapper.emitted('confirm')).toHaveLength(1);
  });

  it('knows nothing of a refusal from before it was opened, and leaves none behind', async () => {
    const act = refusedAct();
    await act.run(null);
    await render(ConfirmDialog, { props: { ...question, act } });
    await flushPromises();
    expect(document.body.textContent).not.toContain('req_1');

    await act.run(null);
    button('Cancel')?.click();
    await flushPromises();

    expect(act.problem.value).toBeUndefined();
  });
});

const refusedAct = () =>
  useAct(async (_input: null) => {
    throw new ApiProblem({ code: 'internal', status: 503, requestId: 'req_1' });
  });
