import { afterEach, expect, it } from 'vitest';
import { createFakeDashboard } from '../../test/support/fake-dashboard-api.ts';
import { pageMounter } from './mount-page.ts';
import { eventually } from '../../test/support/eventually.ts';

const mountPage = pageMounter(createFakeDashboard);

type Mounted = Awaited<ReturnType<typeof mountPage>>;
let app: Mounted | undefined;
const open = async (...given: Parameters<typeof mountPage>) => (app = await mountPage(...given));
afterEach(() => {
  app?.unmount();
  app = undefined;
});

it('S6 says in its first sentence where they are stuck, and who is waited for since when', async () => {
  const { page } = await open('/onboardings/onb_1');

  expect(page.find('header p').text()).toMatch(
    /^Test sign-in: 3 failed attempts, last .+, another audience\. Waiting for the customer since .+\.$/,
  );
});

it('S6 shows beside a step what staff said when they handed it back', async () => {
  const { words } = await open('/onboardings/onb_1', {
    arrange: ({ data }) => {
      const [step] = data.onboarding.view.features[0]?.steps ?? [];
      if (step !== undefined) data.onboarding.stepNotes = [{ step: step.step, note: 'It is Okta.' }];
    },
  });

  expect(words()).toContain('They were told: “It is Okta.”');
});

it('S6 names the time and the zone of what happens next by itself', async () => {
  const { page } = await open('/onboardings/onb_1');

  expect(page.find('main aside').text()).toMatch(/\d{4}, \d\d:\d\d \S+.*Mail: offer help with the test/);
});

it('S6 folds the history per intent and asks for raw events only when they are wanted', async () => {
  const { fake, press, words } = await open('/onboardings/onb_1?tab=workflow');
  const asked = () => fake.requests.filter(({ path }) => path.includes('/workflow/events'));
  expect(words()).toContain('Sent the invitation · 3 tries · 41 s');
  expect(asked()).toEqual([]);

  await press('Raw events (3)');

  expect(asked()).toHaveLength(1);
  expect(asked()[0]?.path).toContain('runId=run-b&ids=14%2C15%2C16');
  expect(words()).toContain('ACTIVITY_TASK_COMPLETED');
});

it('S6 goes on without the engine and says so', async () => {
  const { words } = await open('/onboardings/onb_1?tab=workflow', { temporalAway: true });

  expect(words()).toContain('The workflow engine is away.');
  expect(words()).toContain('its history can’t be read now');
  expect(words()).toContain('2 acts wait for the workflow engine');
});

it('S6 asks before it cancels, and offers undo at once', async () => {
  const { press, sent } = await open('/onboardings/onb_1');

  await press('Cancel onboarding');
  expect(sent()).toEqual([]);
  await press('Cancel onboarding', '[role="dialog"] button');
  await press('Undo');

  expect(sent().map(({ path }) => path)).toEqual([
    '/dashboard/api/onboardings/onb_1/cancel',
    '/dashboard/api/onboardings/onb_1/undo-cancel',
  ]);
});

it('S6 asks first when the last reminder is less than a day old', async () => {
  const { press, sent } = await open('/onboardings/onb_1', {
    arrange: ({ data }) => {
      const [first] = data.onboarding.timeline;
      if (first !== undefined) first.kind = 'reminded';
      if (first !== undefined) first.at = new Date().toISOString();
    },
  });

  await press('Remind');
  expect(sent()).toEqual([]);
  await press('Remind again');

  expect(sent()).toHaveLength(1);
});

it('S6 says that whoever is waited for has no link, and offers a fresh one instead of a reminder', async () => {
  const { words, press, page } = await open('/onboardings/onb_1', {
    arrange: ({ data }) => {
      for (const link of data.onboarding.links) link.state = 'revoked';
    },
  });

  expect(words()).toContain('Their link has ended. They come in again with a fresh one.');
  expect(page.findAll('button').map((button) => button.text())).not.toContain('Remind');
  await press('Fresh link');
  expect(words()).toContain('Fresh link for');
});

it('S6 keeps the chosen part in the address', async () => {
  const { router, find } = await open('/onboardings/onb_1');

  find('[role="tab"]', 'Mail').dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));

  await eventually(() => expect(router.currentRoute.value.query['tab']).toBe('mail'));
});

it('shows an act to a viewer, off, with the reason, and sends nothing', async () => {
  const { find, press, sent, words } = await open('/onboardings/onb_1', { role: 'viewer' });

  await press('Remind');

  expect(find('button', 'Remind').getAttribute('aria-disabled')).toBe('true');
  expect(words()).toContain('Needs support or admin');
  expect(sent()).toEqual([]);
});

it('S5 lets new rows wait behind their number, and changes known rows where they stand', async () => {
  const { fake, tell, press, page, words } = await open('/onboardings');
  const names = () => page.findAll('.data-table tbody th').map((cell) => cell.text());
  const before = names();
  const [first] = fake.data.board.onboardings;
  if (first === undefined) throw new Error('the board is empty');
  fake.data.board.onboardings = [
    { ...first, id: 'onb_new', organizationName: 'Newcomer' },
    { ...first, waitingFor: 'provider' },
    ...fake.data.board.onboardings.slice(1),
  ];

  await tell('onboarding');
  expect(names()).toEqual(before);
  expect(words()).toContain('1 new');
  expect(page.find('.data-table tbody tr').text()).toContain('Provider');
  await press('1 new');

  expect(names()).toEqual(['Newcomer', ...before]);
});

it('S5 keeps its view in the address and asks for that view', async () => {
  const { fake, router, press, page } = await open('/onboardings');

  await press('Stalled');

  expect(router.currentRoute.value.fullPath).toBe('/onboardings?view=stalled');
  expect(fake.requests.at(-1)?.path).toBe('/dashboard/api/onboardings?view=stalled');
  expect(page.findAll('.data-table tbody tr')).toHaveLength(1);
});

it('S5 tells an empty view in its own words and shows the way on', async () => {
  const { words, find } = await open('/onboardings?view=ours', { isEmpty: true });

  expect(words()).toContain('Nothing waits for us.');
  expect(find('a', 'Show all')).toBeTruthy();
});

it('S5 keeps the keyboard on the view that was chosen while its rows come', async () => {
  const { find } = await open('/onboardings');
  const ours = find('nav a', 'Our turn');
  ours.focus();
  ours.click();
  await eventually(() => expect(ours.getAttribute('aria-current')).toBe('page'));

  expect(document.activeElement).toBe(ours);
});

it('S5 shows a refusal in place with its id, and tries again', async () => {
  const { fake, press, words } = await open('/onboardings', {
    arrange: ({ refuse }) => refuse('GET', '/dashboard/api/onboardings', 500, 'internal'),
  });
  expect(words()).toContain('Something broke on our side.');
  expect(words()).toContain('req_01JD4K2M71');

  fake.accept('GET', '/dashboard/api/onboardings');
  await press('Try again');

  expect(words()).toContain('Acme Corporation');
});

it('the pipeline strip has title, description and the same numbers as a table', async () => {
  const { page } = await open('/onboardings');
  const svg = page.find('figure svg[role="img"]');
  const named = svg
    .attributes('aria-labelledby')
    ?.split(' ')
    .map((id) => document.getElementById(id)?.textContent);

  expect(named).toEqual([
    'Where onboardings stand',
    'Open onboardings by stage, 25 in all. Most stand at Verify the domain.',
  ]);
  expect(page.find('figure table').text()).toContain('Verify the domain11');
});

it('j, k and Enter walk the rows and open one', async () => {
  const { router } = await open('/onboardings');
  const press = (key: string) =>
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true }),
    );

  press('j');
  press('j');
  press('Enter');

  await eventually(() => expect(router.currentRoute.value.path).toBe('/onboardings/onb_2'));
});
