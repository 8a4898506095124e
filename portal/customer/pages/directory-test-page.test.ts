import { expect, it } from 'vitest';
import { nextTick, ref } from 'vue';
import {
  aLinkedDirectory,
  aDirectoryState,
  aProvisioningTest,
  refusedCall,
  seenCall,
} from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { useAnnouncer } from '../../shared/composables/use-announcer.ts';
import { render } from '../../shared/testing/render.ts';
import { useCallNews } from '../composables/use-call-news.ts';
import { buttonOf, pageOpener, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

it('whoever starts and ends the test by keys keeps a place on the page', async () => {
  const state = aDirectoryState({ directory: aLinkedDirectory(), test: null });
  const { page } = await openPage('/directory/test', {
    session: aSession({ features: ['directory_sync'] }),
    directory: aFakeDirectory({ state }),
  });
  const press = async (words: string, test: typeof state.test) => {
    const button = buttonOf(page, words);
    (button.element as HTMLElement).focus();
    Object.assign(state, { test });
    await button.trigger('click');
    await settle();
    return document.activeElement?.textContent?.trim();
  };

  expect(await press('Start the test', aProvisioningTest())).toBe('Start again');
  expect(await press('End the test', null)).toBe('Follow one person from start to end');
});

it('each call that came, or was refused, is said once, and nothing of what was there before', async () => {
  const calls = ref(aProvisioningTest({ create_user: seenCall(-60_000) }).steps);
  await render({
    setup: () => {
      useCallNews(() => calls.value, ['done', 'failed']);
      return () => null;
    },
  });
  const { polite } = useAnnouncer();
  const said = async (steps: typeof calls.value) => {
    calls.value = steps;
    await nextTick();
    await nextTick();
    return polite.value;
  };
  const created = { create_user: seenCall(-60_000) };

  expect(polite.value).not.toContain('First person');
  expect(
    await said(aProvisioningTest({ ...created, update_user: refusedCall('token_missing', 400) }).steps),
  ).toBe('Refused: A changed person');
  expect(await said(aProvisioningTest({ ...created, update_user: seenCall(-2_000) }).steps)).toBe(
    'Seen: A changed person',
  );
  expect(await said(aProvisioningTest({ ...created, update_user: seenCall(-1_000) }).steps)).toBe(
    'Seen: A changed person',
  );
});
