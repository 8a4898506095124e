import { expect, it, vi } from 'vitest';
import { aDirectory, aDirectoryState } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { aFilesState, aKey, aSentFile } from '../../../test/support/source-builders.ts';
import { buttonOf, pageOpener, sent, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

it('says what all files of a first list would do together, in one order, whichever came last', async () => {
  const held = { state: 'held', appliedAt: null } as const;
  const files = [
    aSentFile({ ...held, id: 'f3', name: 'user_groups.csv', counts: { membersAdded: 2, groupsCreated: 1 } }),
    aSentFile({ ...held, id: 'f2', name: 'groups.csv', counts: { groupsCreated: 2 } }),
    aSentFile({ ...held, id: 'f1', counts: { created: 121 } }),
    aSentFile({ id: 'f0', counts: { removed: 7 } }),
  ];
  const { page } = await openPage('/directory/files', {
    session: aSession({ features: ['directory_sync'] }),
    directory: aFakeDirectory({
      state: aDirectoryState({ directory: aDirectory({ road: 'sftp' }), guide: null, checklist: [] }),
      files: aFilesState({ keys: [aKey()], isPreview: true, files }),
    }),
  });

  const told = page.findAll('main ul.list-disc li').map((one) => one.text());
  expect(told).toEqual(['121 people added', '3 groups added', '2 memberships added']);
});

it('leads whoever adds no key to its field, where it is read that one is needed', async () => {
  const { page } = await openPage('/directory/files', {
    session: aSession({ features: ['directory_sync'] }),
    directory: aFakeDirectory({
      state: aDirectoryState({ directory: aDirectory({ road: 'sftp' }), guide: null, checklist: [] }),
      files: aFilesState({ keys: [] }),
    }),
  });

  await buttonOf(page, 'Add key').trigger('click');
  await settle();

  const field = page.get('main textarea');
  expect(field.attributes('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(field.element);
});

it('waits with a first list as long as everybody in it may take', async () => {
  const patience = vi.spyOn(AbortSignal, 'timeout');
  const { page, fake } = await openPage('/directory/files', {
    session: aSession({ features: ['directory_sync'] }),
    directory: aFakeDirectory({
      state: aDirectoryState({ directory: aDirectory({ road: 'sftp' }), guide: null, checklist: [] }),
      files: aFilesState({
        keys: [aKey()],
        isPreview: true,
        files: [aSentFile({ state: 'held', appliedAt: null, counts: { created: 100_000 } })],
      }),
    }),
  });

  await buttonOf(page, 'Apply').trigger('click');
  const confirm = await vi.waitFor(() => {
    const buttons = document.querySelectorAll<HTMLButtonElement>('[role$=dialog] button');
    const found = [...buttons].find(({ textContent }) => textContent?.trim() === 'Apply');
    if (found === undefined) throw new Error('it does not ask yet');
    return found;
  });
  confirm.click();
  await settle();

  expect(sent(fake, 'POST', '/directory/files/preview')).toEqual([{ answer: 'apply' }]);
  expect(patience).toHaveBeenCalledWith(120_000);
});
