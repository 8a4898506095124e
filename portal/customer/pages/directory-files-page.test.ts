import { expect, it } from 'vitest';
import { aDirectory, aDirectoryState } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { aFilesState, aKey, aSentFile } from '../../../test/support/source-builders.ts';
import { pageOpener } from '../testing/open-page.ts';

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
