import { flushPromises } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { render } from '../testing/render.ts';
import AppDialog from './AppDialog.vue';

async function describedBy(text?: string): Promise<string | null | undefined> {
  await render(AppDialog, { props: { open: true, title: 'Keys', ...(text !== undefined && { text }) } });
  await flushPromises();
  const id = document.querySelector('[role=dialog]')?.getAttribute('aria-describedby');
  return typeof id === 'string' ? document.getElementById(id)?.textContent : id;
}

it('a dialog is described by its text', async () => {
  expect(await describedBy('One each.')).toBe('One each.');
});

it('a dialog without a text names no description that is not there', async () => {
  expect(await describedBy()).toBeNull();
});
