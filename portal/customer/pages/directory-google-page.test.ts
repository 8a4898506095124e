import { expect, it } from 'vitest';
import { aDirectory, aDirectoryGuide, aDirectoryState } from '../../../test/support/directory-builders.ts';
import { aFakeDirectory } from '../../../test/support/fake-directory.ts';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession, at } from '../../../test/support/setup-builders.ts';
import { aGoogle, someCredentials } from '../../../test/support/source-builders.ts';
import { pageOpener, settle } from '../testing/open-page.ts';

const openPage = pageOpener(createFakeSetupApi);
const minute = 60_000;

const google = (
  credentials: Parameters<typeof someCredentials>[0] = {},
  currentStep: string | null = null,
) => ({
  session: aSession({ features: ['directory_sync'] }),
  directory: aFakeDirectory({
    state: aDirectoryState({
      directory: aDirectory({ road: 'google' }),
      guide: aDirectoryGuide('google-workspace'),
      offersConsent: true,
      checklist: [],
      progress: { copied: {}, doneSteps: [], currentStep },
    }),
    credentials: someCredentials({ ...aGoogle(), ...credentials }),
  }),
});

it('leads nobody through a console who can consent instead, and everybody who wants to', async () => {
  const { page } = await openPage('/directory/guide', google());
  expect(page.find('h1').text()).toBe('Let us read Google Workspace');

  const { page: wanted } = await openPage('/directory/guide/project', google());
  expect(wanted.find('h1').text()).toContain('Turn on the Admin SDK');
  const { page: again } = await openPage('/directory/guide', google({}, 'key'));
  expect(again.find('h1').text()).toContain('Download its key');
});

it('says of a consent that the first reading is on its way until it has ended, and nothing of what was refused before', async () => {
  const refusal = { cause: 'google_not_allowed', facts: {} } as const;
  const run = { id: 'run', state: 'failed', refusal, counts: {}, endedAt: at(-2 * minute) } as const;
  const connected = (startedAt: string) =>
    google({
      ...aGoogle({ way: 'consent' }),
      secret: { setAt: at(-minute), suffix: null },
      refusal,
      refusedSince: at(-2 * minute),
      runs: [{ ...run, startedAt }],
    });
  const place = '/directory/credentials?consent=given';

  const { page } = await openPage(place, connected(at(-2 * minute)));
  expect(page.text()).toContain('The first reading is on its way');
  expect(page.text()).not.toContain('In the Admin console open');

  const { page: after } = await openPage(place, connected(at(-minute / 2)));
  expect(after.text()).not.toContain('The first reading is on its way');
  expect(after.text()).toContain('In the Admin console open');
});

it('keeps the chosen ones of hundreds of groups in front, and those that were unticked where they stand', async () => {
  const chosen = [
    { id: 'g1', name: 'Team' },
    { id: 'g2', name: 'Team' },
  ];
  const { page } = await openPage(
    '/directory/credentials',
    google({
      ...aGoogle({ way: 'consent', groups: chosen }),
      secret: { setAt: at(-minute), suffix: null },
    }),
  );
  const boxes = () => page.findAll('fieldset:has(legend.sr-only) input[type=checkbox]');
  const told = () => page.text();

  expect(boxes()).toHaveLength(2);
  expect(told(), 'groups of one name are told apart').toMatch(/Team.*g1.*Team.*g2/s);
  await boxes()[0]?.setValue(false);
  await settle();
  expect(boxes()).toHaveLength(2);
  expect(page.text()).toContain('1 chosen');
});
