import { describe, expect, it } from 'vitest';
import { flushPromises } from '@vue/test-utils';
import { useRouter } from 'vue-router';
import { defineComponent, h } from 'vue';
import { render } from '../testing/render.ts';
import SecretSlip from './SecretSlip.vue';

const page = (onRouter: (router: ReturnType<typeof useRouter>) => void) =>
  defineComponent(() => {
    onRouter(useRouter());
    return () => h(SecretSlip, { label: 'Bearer token', value: 'dir_s3cret' });
  });

async function onAPage() {
  let router: ReturnType<typeof useRouter> | undefined;
  const wrapper = await render(
    page((found) => (router = found)),
    { at: '/token' },
  );
  return {
    wrapper,
    leave: async () => (await router?.push('/elsewhere'), await flushPromises()),
    path: () => router?.currentRoute.value.path,
  };
}

describe('a secret slip', () => {
  it('keeps the value out of the page until it is shown', async () => {
    const { wrapper } = await onAPage();
    expect(wrapper.html()).not.toContain('dir_s3cret');

    await wrapper.get('button').trigger('click');

    expect(wrapper.text()).toContain('dir_s3cret');
  });

  it('asks once before leaving, and not after it was pasted', async () => {
    const { wrapper, leave, path } = await onAPage();

    await leave();
    expect(path()).toBe('/token');
    await expect.poll(() => document.body.textContent).toContain('You won’t see this Bearer token again.');

    await wrapper
      .findAll('button')
      .find((button) => button.text() === 'I have pasted it')
      ?.trigger('click');
    await leave();
    expect(path()).toBe('/elsewhere');
  });
});
