import { describe, expect, it } from 'vitest';
import { aLinkedDirectory, aDirectoryState } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession } from '../../../test/support/setup-builders.ts';
import { buttonOf, pageOpener } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);

const field = (name: string, path: string) => ({
  field: name,
  label: null,
  path,
  isDefault: true,
  read: null,
});
const raw = { title: 'Engineer' };

describe('the mapping of a directory', () => {
  async function opened() {
    const { page, fake } = await openPage('/directory/attributes', {
      session: aSession({ features: ['directory_sync'] }),
      directory: aFakeDirectory({
        state: aDirectoryState({ directory: aLinkedDirectory() }),
        attributes: {
          fields: [field('job_title', 'title'), field('department_name', 'department')],
          person: { id: 'directory_user_0', name: 'Ada Archer' },
          people: [],
          received: [],
          raw,
        },
      }),
    });
    return { page, fake, input: page.find('input[type="text"]') };
  }

  it('says of a path that cannot be read that it cannot, once the field is left, and saves nothing by it', async () => {
    const { page, fake, input } = await opened();
    await input.setValue('emails[0].value');
    expect(page.text()).not.toContain('No path can be read like this.');
    await input.trigger('change');
    expect(page.text()).toContain('No path can be read like this.');
    expect(input.attributes('aria-invalid')).toBe('true');

    await buttonOf(page, 'Save').trigger('click');
    expect(fake.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('takes a path that leads nowhere yet', async () => {
    const { page, input } = await opened();
    await input.setValue('nickName');
    await input.trigger('change');

    expect(page.text()).toContain('nothing there');
    expect(page.text()).not.toContain('No path can be read like this.');
  });
});
