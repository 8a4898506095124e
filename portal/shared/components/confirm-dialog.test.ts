import { describe, expect, it } from 'vitest';
import { flushPromises } from '@vue/test-utils';
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
});
