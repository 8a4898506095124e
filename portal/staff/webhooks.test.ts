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

const check = async ({ find }: Mounted, label: string) => {
  document.getElementById(find('label', label).getAttribute('for') ?? '')?.click();
  await Promise.resolve();
};

it('S13 makes an endpoint of a URL and events, and none without', async () => {
  const page = await open('/webhooks');
  const { press, fill, words, sent } = page;

  await press('New endpoint', 'button');
  await eventually(() => expect(words()).toContain('Take what you handle'));
  await press('Make endpoint', 'button');
  expect(words()).toContain('Enter a URL.');
  expect(words()).toContain('Choose at least one event.');
  expect(sent()).toEqual([]);

  await fill('URL', ' https://new.northwind.example/hook ');
  await check(page, 'Organizations: all');
  await check(page, 'organization.deleted');
  await check(page, 'onboarding.live');
  await press('Make endpoint', 'button');

  await eventually(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]).toMatchObject({
    path: '/dashboard/api/webhooks',
    body: {
      url: 'https://new.northwind.example/hook',
      events: ['organization.created', 'organization.updated', 'onboarding.live'],
    },
  });
});

it('S13 switches an endpoint off and on, and says what that means', async () => {
  const { press, words, sent, find } = await open('/webhooks/we_1');

  find('button', 'Switch off').focus();
  await press('Switch off', 'button');
  await eventually(() => expect(words()).toContain('it can be replayed'));
  expect(find('button', 'Replay a period').getAttribute('aria-disabled')).toBe('true');
  expect(words()).toContain('Switch the endpoint on first.');
  expect(words()).toContain('once switched on');
  expect(document.activeElement).toBe(find('button', 'Switch on'));
  await press('Switch on', 'button');
  await eventually(() => expect(words()).not.toContain('it can be replayed'));
  expect(words()).not.toContain('once switched on');
  expect(find('button', 'Replay a period').getAttribute('aria-disabled')).toBeNull();

  expect(sent().map(({ body }) => body)).toEqual([{ on: false }, { on: true }]);
});

it('S13 hides the secret until it is shown, and shows a viewer none', async () => {
  const { press, words } = await open('/webhooks/we_1');
  expect(words()).not.toContain('whsec_');
  await press('Show', 'button');
  expect(words()).toContain('whsec_');
  app?.unmount();

  const { words: shown } = await open('/webhooks/we_1', { role: 'viewer' });
  expect(shown()).toContain('Shown to admins and developers.');
});

it('S13 warns whoever makes a new secret while an older one is still in use', async () => {
  const { press, words } = await open('/webhooks/we_1');
  await press('New secret', 'button');
  await eventually(() => expect(words()).toContain('The old secret is used for'));
  expect(words()).not.toContain('It ends at once');
  app?.unmount();

  const again = await open('/webhooks/we_2');
  await again.press('New secret', 'button');
  await eventually(() => expect(again.words()).toContain('It ends at once'));
});

it('S13 sends one delivery again from its answer', async () => {
  const { find, words, press, sent } = await open('/webhooks/we_1?state=failed');
  await eventually(() => expect(words()).toContain('Given up'));

  await press('Open', 'button');
  await eventually(() => expect(words()).toContain('No answer within 15 seconds.'));
  await eventually(() => expect(words()).toContain('"object": "directory_user"'));
  await press('Send again', 'button');

  await eventually(() => expect(words()).toContain('It is being sent again.'));
  expect(sent().at(-1)?.body).toEqual({ what: 'delivery', deliveryId: 'webhook_delivery_3' });
  expect(find('button', 'Close')).toBeDefined();
});

it('S13 says of a delivery whose answer leads elsewhere that nobody follows, and what to do', async () => {
  const { words } = await open('/webhooks/we_1?state=failed');
  await eventually(() => expect(words()).toContain('301'));
  [...document.querySelectorAll('button')]
    .findLast(({ textContent }) => textContent.trim() === 'Open')
    ?.click();

  await eventually(() => expect(words()).toContain('Enter the address that it leads to.'));
  expect(words()).not.toContain('An empty answer.');
});

it('S13 sends a test event of a chosen name, shows what became of it, and offers no second sending of it', async () => {
  const { press, fill, words, find, sent } = await open('/webhooks/we_1');

  await press('Send test event', 'button');
  await eventually(() => expect(words()).toContain('marked as a test'));
  await fill('Event', 'onboarding.live');
  await press('Send it', 'button');

  expect(sent().at(-1)).toMatchObject({
    path: '/dashboard/api/webhooks/we_1/test',
    body: { event: 'onboarding.live' },
  });
  await eventually(() => expect(find('tbody tr', '').textContent).toContain('Test'));
  await press('Open', 'button');
  await eventually(() => expect(words()).toContain('Event id'));
  expect(() => find('button', 'Send again')).toThrow();
});

it('S13 shows what one has sent again oneself at the top of the list at once', async () => {
  const { press, find } = await open('/webhooks/we_1');
  expect(find('tbody tr', '').textContent).not.toContain('Replay');

  await press('Replay a period', 'button');
  await press('Replay', 'button');

  await eventually(() => expect(find('tbody tr', '').textContent).toContain('Replay'));
});

it('S13 names each delivery that can be opened, and parts a heading from its count, for those who hear them', async () => {
  const { find, words } = await open('/webhooks/we_1');
  await eventually(() => expect(words()).toContain('Given up'));
  const names = [...document.querySelectorAll('tbody button')].map((button) =>
    button.getAttribute('aria-label'),
  );
  expect(names[0]).toMatch(/^Open [a-z_.]+, .+/);
  app?.unmount();

  await open('/log-streams/log_stream_1');
  await eventually(() =>
    expect(find('h2', 'Not delivered').textContent.trim()).toMatch(/^Not delivered \d+$/),
  );
});

it('S13 says of a delivery whose event waits already that nothing more is sent', async () => {
  const { words, press } = await open('/webhooks/we_1?state=failed');
  await eventually(() => expect(words()).toContain('Given up'));

  for (const said of ['It is being sent again.', 'this event waits for its next try already']) {
    await press('Open', 'button');
    await press('Send again', 'button');
    await eventually(() => expect(words()).toContain(said));
    await press('Done', 'button');
  }
});

it('S13 says of a replay that is too long for once how far it came, and goes on from there when told', async () => {
  const { press, fill, words, sent } = await open('/webhooks/we_1');

  await press('Replay a period', 'button');
  await fill('Events of the last', '720');
  await press('Replay', 'button');
  await eventually(() => expect(words()).toContain('10,000 events are sent again.'));
  expect(words()).toContain('More happened after them.');
  await press('Replay the next ones', 'button');
  await eventually(() => expect(words()).toContain('10,014 events are sent again.'));

  expect(words()).not.toContain('More happened after them.');
  expect(sent().map(({ body }) => body)).toEqual([
    { what: 'hours', hours: 720 },
    { what: 'hours', hours: 720, after: 'event_10000' },
  ]);
});
