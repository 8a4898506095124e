import { expect, it } from 'vitest';
import { aDirectory, aDirectoryState, aToken } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

it('whoever makes, keeps and retires a token by keys is led to it, and keeps a place on the page', async () => {
  const directory = aDirectory({ linkedAt: null, tokens: [aToken()] });
  const { page } = await openPage('/directory/tokens', {
    session: aSession({ features: ['directory_sync'] }),
    directory: aFakeDirectory({ state: aDirectoryState({ directory }) }),
  });
  const press = async (words: string, tokens: typeof directory.tokens) => {
    const button = buttonOf(page, words);
    (button.element as HTMLElement).focus();
    Object.assign(directory, { tokens });
    await button.trigger('click');
    await settle();
    return document.activeElement?.textContent?.trim();
  };
  const two = [aToken(), aToken({ id: 'directory_token_2', suffix: '77be' })];

  expect(await press('Make another token', two)).toBe('Show');
  expect(await press('I have pasted it', two)).toBe('Show');
  expect(await press('Retire the old one', two.slice(1))).toMatch(/^How .* reaches us$/);
});
