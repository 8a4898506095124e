import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { pageMounter } from './mount-page.ts';

const mountPage = pageMounter(createFakeDashboard);

type Mounted = Awaited<ReturnType<typeof mountPage>>;
let app: Mounted | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

it('S11 shows streams by state, with how many there are in each', async () => {
  const { fill, words, router } = await open('/log-streams');
  expect(words()).toContain('Failing (2)');

  await fill('State', 'failing');

  expect(router.currentRoute.value.query).toEqual({ view: 'failing' });
  expect(words()).toContain('It refuses the credential.');
  expect(words()).not.toContain('Acme Corporation' + 'Streaming');
});

it('S11 pauses a stream after asking, and lets it go on', async () => {
  const { press, words, sent, find } = await open('/log-streams/log_stream_1', { role: 'support' });

  find('button', 'Pause').focus();
  await press('Pause', 'button');
  await eventually(() => expect(words()).toContain('The customer sees that it is paused.'));
  await press('Pause', '[role=alertdialog] button, [role=dialog] button');
  await eventually(() => expect(words()).toContain('Go on'));
  await eventually(() => expect(document.activeElement).toBe(find('button', 'Go on')));
  await press('Go on', 'button');

  expect(sent().map(({ path }) => path.replace(/.*log_stream_1/, ''))).toEqual(['/pause', '/resume']);
});
