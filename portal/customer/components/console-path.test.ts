import { expect, it } from 'vitest';
import { render } from '../../shared/testing/render.ts';
import ConsolePath from './ConsolePath.vue';

it('tells one menu from the next for those who hear it, too', async () => {
  const page = await render(ConsolePath, { props: { path: ['Setup', 'Identity Provider', 'Edit'] } });

  for (const hidden of page.element.querySelectorAll('[aria-hidden=true]')) hidden.remove();
  expect(page.text()).toBe('Setup → Identity Provider → Edit');
});
