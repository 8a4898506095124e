import { expect, it } from 'vitest';
import { aDirectory, aDirectoryGuide, aDirectoryState } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { aFileServer, someCredentials } from '../../../test/support/source-builders.ts';
import { buttonOf, pageOpener, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const session = aSession({ features: ['directory_sync'] });

it.each([
  ['sftp-pull', 'export', 'your HR system'],
  ['sftp', 'key', 'the machine that sends'],
])('of %s the step %s names one place only: where it is done', async (guide, step, where) => {
  const { page } = await openPage(`/directory/guide/${step}`, {
    session,
    directory: aFakeDirectory({
      state: aDirectoryState({ directory: aDirectory({ road: 'sftp' }), guide: aDirectoryGuide(guide) }),
    }),
  });

  expect(page.text()).toMatch(new RegExp(`Step \\d of 3(?! · In).*Go to\\s+${where}`, 's'));
});

it('offers what a field should hold right below that field', async () => {
  const { page } = await openPage('/directory/credentials', {
    session,
    directory: aFakeDirectory({
      state: aDirectoryState({
        directory: aDirectory({ road: 'sftp_pull' }),
        guide: aDirectoryGuide('sftp-pull'),
      }),
      credentials: someCredentials(aFileServer()),
    }),
  });
  const host = page.find('input');
  await host.setValue('sftp://files.acme.com/in');
  await buttonOf(page, 'Save and read').trigger('click');
  await settle();
  // What stops the save is read where the keys lead.
  expect(document.activeElement).toBe(host.element);
  const words = page.text();

  expect(words.indexOf('Use files.acme.com')).toBeGreaterThan(0);
  expect(words.indexOf('Use files.acme.com')).toBeLessThan(words.indexOf('Port'));
  await buttonOf(page, 'Use files.acme.com').trigger('click');
  expect((host.element as HTMLInputElement).value).toBe('files.acme.com');
});
