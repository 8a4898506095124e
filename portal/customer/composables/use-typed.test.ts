import { expect, it } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import { useTyped } from './use-typed.ts';

it('keeps what was set and not saved when news come, and takes what has changed at the server', async () => {
  const known = shallowRef<{ signs: boolean; domains: string[] }>();
  const typed = effectScope().run(() =>
    useTyped(() => known.value, { signs: false, domains: [] as string[] }),
  );
  known.value = { signs: false, domains: ['acme.com'] };
  await nextTick();
  expect(typed).toEqual({ signs: false, domains: ['acme.com'] });

  if (typed) typed.signs = true;
  known.value = { signs: false, domains: ['acme.com'] };
  await nextTick();
  expect(typed).toEqual({ signs: true, domains: ['acme.com'] });

  known.value = { signs: false, domains: ['acme.com', 'acme.org'] };
  await nextTick();
  expect(typed).toEqual({ signs: true, domains: ['acme.com', 'acme.org'] });
});
