/** The screens of events and of where they go, in all their states. */
import { describeScreens, type Screen } from '../support/screens.ts';
import { api, listRows, press, row } from '../support/staff-scenes.ts';

const screens: Screen[] = [
  ...listRows('events', '/events', `${api}/events`, 'Delivered to 2 of 2', 'Nothing has happened yet.'),
  row('events, none matches', '/events?type=organization_domain', 'No event matches.'),
  row('events, followed, of one organization', '/events?organization=org_1&follow=on', 'Only Acme'),
  row('event', '/events/event_01JD4K0000000000000000002', 'Delivered to 1 of 2'),
  row('event, sent nowhere', '/events/event_01JD4K0000000000000000004', 'No webhook endpoint asked for it'),
  row('event, not there', '/events/event_nope', 'This no longer exists.'),
  row('event, loading', '/events/event_1', 'Loading', { silent: `GET ${api}/events/event_1` }),
  ...listRows(
    'log streams',
    '/log-streams',
    `${api}/log-streams`,
    'It refuses the credential.',
    'No log streams yet.',
  ),
  row('log streams, paused', '/log-streams?view=paused', 'Paused'),
  row('log streams, none matches', '/log-streams?organization=org_nobody', 'No log stream matches.'),
  row('log stream', '/log-streams/log_stream_1', 'Nothing was refused.'),
  row('log stream, retrying', '/log-streams/log_stream_2', 'It has an error of its own.'),
  row('log stream, credentials refused', '/log-streams/log_stream_3', 'The customer reads:'),
  row('log stream, with outages', '/log-streams/log_stream_4', '1,204 events came late.'),
  row('log stream, catching up', '/log-streams/log_stream_4', 'Catching up'),
  row('log stream, paused', '/log-streams/log_stream_5', 'Paused'),
  row('log stream, unfinished', '/log-streams/log_stream_6', 'Not proven'),
  row(
    'log stream, about to pause',
    '/log-streams/log_stream_1',
    'The customer sees that it is paused.',
    {},
    press('Pause'),
  ),
  row('log stream, to a viewer', '/log-streams/log_stream_1', 'Needs support or admin', { role: 'viewer' }),
  row('log stream, not there', '/log-streams/log_stream_nope', 'This no longer exists.'),
  ...listRows('webhooks', '/webhooks', `${api}/webhooks`, 'hooks.northwind.example', 'No endpoints yet.'),
  row('webhooks, a new one', '/webhooks', 'Take what you handle', {}, press('New endpoint')),
  row('webhook', '/webhooks/we_1', 'Signing secret'),
  row('webhook, failing', '/webhooks/we_2', 'No delivery has succeeded since'),
  row('webhook, off after failing', '/webhooks/we_3', 'replay what it missed'),
  row('webhook, gone', '/webhooks/we_4', 'it answered that it is gone'),
  row('webhook, to a viewer', '/webhooks/we_1', 'Shown to admins and developers.', { role: 'viewer' }),
  row('webhook, not there', '/webhooks/we_nope', 'This no longer exists.'),
  row('webhook, none of a state', '/webhooks/we_1?state=dropped', 'Not sent'),
  row('webhook, about to edit', '/webhooks/we_1', 'What is on its way', {}, press('Edit')),
  row('webhook, about to delete', '/webhooks/we_2', 'waiting deliveries are dropped', {}, press('Delete')),
  row('webhook, a new secret', '/webhooks/we_1', 'webhook-signature with both', {}, press('New secret')),
  row('webhook, of one event', '/webhooks/we_1?event=event_nope', 'None match.'),
  row('webhook, about to test', '/webhooks/we_1', 'marked as a test', {}, press('Send test event')),
  row('webhook, tested', '/webhooks/we_1', 'Test', {}, async (page, say) => {
    await press('Send test event')?.(page, say);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Send it'), exact: true })
      .click();
  }),
  row('webhook, about to replay', '/webhooks/we_1', 'Events of the last', {}, press('Replay a period')),
  row('webhook, replayed', '/webhooks/we_1', '14 events are sent again.', {}, async (page, say) => {
    await press('Replay a period')?.(page, say);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('Replay'), exact: true })
      .click();
  }),
  row('webhook, a delivery', '/webhooks/we_1', 'The queue is full', {}, async (page) => {
    await page.locator('tbody button').first().click();
  }),
];

await describeScreens('the screens of events, log streams and webhooks', screens);
