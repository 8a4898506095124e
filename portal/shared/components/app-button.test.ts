import { describe, expect, it } from 'vitest';
import { render } from '../testing/render.ts';
import AppButton from './AppButton.vue';

describe('a button', () => {
  it('that is off says why and does nothing, yet can be reached by keyboard', async () => {
    const wrapper = await render(AppButton, {
      props: { unavailable: 'Test the new settings first.' },
      slots: { default: 'Go live' },
    });
    const button = wrapper.get('button');

    await button.trigger('click');

    expect(wrapper.emitted('press')).toBeUndefined();
    expect(button.attributes('disabled')).toBeUndefined();
    expect(button.attributes('aria-disabled')).toBe('true');
    expect(wrapper.get(`[id="${button.attributes('aria-describedby')}"]`).text()).toBe(
      'Test the new settings first.',
    );
  });

  it('that is saving keeps its label and takes no second press', async () => {
    const wrapper = await render(AppButton, { props: { saving: true }, slots: { default: 'Go live' } });

    await wrapper.get('button').trigger('click');

    expect(wrapper.text()).toBe('Go live');
    expect(wrapper.get('button').attributes('aria-busy')).toBe('true');
    expect(wrapper.emitted('press')).toBeUndefined();
  });
});
