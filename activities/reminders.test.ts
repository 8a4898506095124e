import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { finishAttempt, insertAttempt, removeItContact, updateItContact, withTenant } from '../db/index.ts';
import type { ReminderKind } from '../onboarding/state.ts';
import type { StepName } from '../onboarding/steps.ts';
import { aDirectory, aDomain, anAttemptOf, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  anEnvironmentOfActivities,
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(() => {
  world.clock.at = now;
});
afterAll(() => world.close());

const remind = ({ whose }: Invited, reminder: ReminderKind, step: StepName | null = null) =>
  run(world.activities.sendReminder, { ...whose(), reminder, step });
const subjectsTo = async ({ contact }: Invited) =>
  (await world.mailTo(contact.email)).map(({ subject }) => subject);
const opened = ({ link }: Invited) =>
  asSystem(world, (tx) =>
    tx.updateTable('links').set({ firstOpenedAt: now }).where('id', '=', link.id).execute(),
  );

test.each<[ReminderKind, StepName | null, string]>([
  ['half_done_2', 'test_sign_in', '2 of 5 done, next: test sign-in'],
  ['half_done_5', 'go_live', '2 of 5 done, next: go live'],
  ['manual', 'verify_domain', '2 of 5 done, next: verify your domain'],
  ['manual', null, 'Product set-up is waiting for you'],
  ['link_ends_soon', null, 'Your link ends on 25 December 2026'],
])('the reminder %s about %s reads “%s” and carries the same link', async (reminder, step, subject) => {
  const invited = await anInvited(world, { view: { stepsDone: 2 } });
  await opened(invited);

  const outcome = await remind(invited, reminder, step);

  expect(outcome.status).toBe('done');
  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe(subject);
  expect(mail?.links).toEqual([invited.url]);
});

test('nobody from the directory is told with since when it is connected, while it waits', async () => {
  const since = new Date(now.getTime() - 2 * dayMs).toISOString();
  const step = { step: 'receive_people', state: 'waiting', holder: 'customer', since } as const;
  const feature = { feature: 'directory_sync', requirement: 'required', state: 'waiting' } as const;
  const invited = await anInvited(world, { view: { features: [{ ...feature, steps: [step] }] } });
  const directory = await aDirectory(world, invited.customer, { state: 'validating', linkedAt: null });

  expect((await remind(invited, 'people_unseen')).status).toBe('done');

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('Nobody has come from Okta yet');
  expect(mail?.text).toContain('You connected it on Monday 23 November');
  await asSystem(world, (tx) =>
    tx.updateTable('directories').set({ state: 'linked' }).where('id', '=', directory.id).execute(),
  );
  expect(await remind(invited, 'people_unseen')).toMatchObject({ status: 'settled' });
});

test('a half-done reminder to somebody who never opened the link says that it waits', async () => {
  const invited = await anInvited(world, { view: { stepsDone: 2 } });

  await remind(invited, 'half_done_2', 'test_sign_in');

  expect(await subjectsTo(invited)).toEqual(['Product set-up is waiting for you']);
});

test('a domain that is not seen is named, with how many servers were asked', async () => {
  const invited = await anInvited(world);
  const domain = await aDomain(world, invited.customer, 'unseen.test');
  const row = { position: 'lacks', servers: ['ns1.test', 'ns2.test'] };
  await asSystem(world, (tx) =>
    tx
      .updateTable('organizationDomains')
      .set({ lastVerdict: JSON.stringify({ kind: 'not_there', proof: 'absent', rows: [row] }) })
      .where('id', '=', domain.id)
      .execute(),
  );

  await remind(invited, 'domain_unseen', 'verify_domain');

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('We can’t see the record for unseen.test yet');
  expect(mail?.text).toContain('We asked both name servers');
});

test('a test that failed twice is named by its cause and by the field that puts it right', async () => {
  const invited = await anInvited(world);
  const connection = await aSamlConnection(world, invited.customer, { state: 'validating' });
  await withTenant(world.app, invited.customer, async (tx) => {
    const id = newId('attempt_');
    await insertAttempt(tx, anAttemptOf(connection, { id, origin: 'test' }));
    await finishAttempt(tx, invited.customer, id, { state: 'failed', cause: 'audience_differs', now });
  });

  const outcome = await remind(invited, 'test_failed_twice', 'test_sign_in');

  expect(outcome.status).toBe('done');
  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('Shall we look at the test together?');
  expect(mail?.text).toMatch(/The last test stopped at: \S/);
  expect(mail?.text).not.toContain('**');
});

test.each<ReminderKind>(['domain_unseen', 'test_failed_twice'])(
  'nothing is mailed when what %s is about was settled meanwhile',
  async (reminder) => {
    const invited = await anInvited(world);

    const outcome = await remind(invited, reminder);

    expect(outcome).toMatchObject({ status: 'settled' });
    expect(await subjectsTo(invited)).toEqual([]);
  },
);

test.each<ReminderKind>(['not_opened_3', 'not_opened_7'])(
  'the reminder %s says that the set-up waits, with the same link',
  async (reminder) => {
    const invited = await anInvited(world);

    expect((await remind(invited, reminder)).status).toBe('done');

    const [mail] = await world.mailTo(invited.contact.email);
    expect(mail?.subject).toBe('Product set-up is waiting for you');
    expect(mail?.links).toEqual([invited.url]);
  },
);

test.each<[string, ReminderKind, 'opens the link' | 'goes on']>([
  ['that nobody has opened the link', 'not_opened_3', 'opens the link'],
  ['that they stopped', 'half_done_2', 'goes on'],
  ['that they stopped days ago', 'half_done_5', 'goes on'],
])(
  'whoever acts while a reminder waits for the mail server is not told %s',
  async (_what, reminder, doing) => {
    const invited = await anInvited(world, { view: { stepsDone: 2 } });
    if (doing === 'goes on') await opened(invited);
    const input = { ...invited.whose(), reminder, step: 'test_sign_in' as const };
    const away = world.with({ mailer: await aMailerWithoutServer() });
    await expect(run(away.sendReminder, input)).rejects.toThrow();

    world.pass(hourMs);
    if (doing === 'opens the link') await opened(invited);
    else
      await asSystem(world, (tx) =>
        tx
          .updateTable('onboardings')
          .set({ lastActAt: world.clock.at })
          .where('id', '=', invited.onboarding.id)
          .execute(),
      );
    const outcome = await run(world.activities.sendReminder, input);

    expect(outcome).toMatchObject({ status: 'settled' });
    expect(await subjectsTo(invited)).toEqual([]);
    const [kept] = await asSystem(world, (tx) =>
      tx.selectFrom('mails').select('state').where('effectId', '=', input.effectId).execute(),
    );
    expect(kept?.state).toBe('withdrawn');
  },
);

test('a fresh link that was sent while a reminder waited is not called unopened, or about to end', async () => {
  const invited = await anInvited(world, { link: { createdAt: new Date(now.getTime() + minuteMs) } });

  for (const reminder of ['not_opened_3', 'link_ends_soon'] as const)
    expect(await remind(invited, reminder)).toMatchObject({ status: 'settled' });

  expect(await subjectsTo(invited)).toEqual([]);
});

test('[REL-05] the same reminder run twice is one mail', async () => {
  const invited = await anInvited(world);
  const input = { ...invited.whose(), reminder: 'not_opened_3' as const, step: null };

  const first = await run(world.activities.sendReminder, input);
  const again = await run(world.activities.sendReminder, input);

  expect(again).toEqual(first);
  expect(await subjectsTo(invited)).toHaveLength(1);
});

test('nothing is mailed at night in the contact’s zone; the answer is their morning', async () => {
  const invited = await anInvited(world);
  const { customer, contact } = invited;
  await withTenant(world.app, customer, (tx) =>
    updateItContact(tx, customer, contact.id, { timeZone: 'America/Los_Angeles' }, now),
  );

  const outcome = await remind(invited, 'not_opened_3');

  expect(outcome).toEqual({
    status: 'not_now',
    at: now.toISOString(),
    notBefore: '2026-11-25T16:00:00.000Z',
  });
  expect(await subjectsTo(invited)).toEqual([]);
});

test('a clock that lags behind the engine’s does not have the workflow ask again at once for the morning', async () => {
  const invited = await anInvited(world);
  world.clock.at = new Date('2026-11-26T07:57:00.000Z');
  const engineSays = new Date('2026-11-26T08:00:01.000Z');
  const input = { ...invited.whose(), reminder: 'half_done_2' as const, step: null };

  const outcome = await anEnvironmentOfActivities(engineSays).run(world.activities.sendReminder, input);

  expect(outcome).toMatchObject({ status: 'not_now', notBefore: '2026-11-26T08:10:01.000Z' });
});

test('what a person sends by hand goes out at night too', async () => {
  const invited = await anInvited(world);
  world.clock.at = new Date('2026-11-25T23:30:00.000Z');

  const outcome = await remind(invited, 'manual');

  expect(outcome.status).toBe('done');
});

test('nobody is reminded whose contact was removed', async () => {
  const invited = await anInvited(world);
  const { customer, contact } = invited;
  await withTenant(world.app, customer, (tx) => removeItContact(tx, customer, contact.id, now));

  const outcome = await remind(invited, 'not_opened_3');

  expect(outcome).toMatchObject({ status: 'refused', code: 'no_contact' });
  expect(await subjectsTo(invited)).toEqual([]);
});

test('no reminder carries a link that is past its date: only who asks for one hears of that', async () => {
  const invited = await anInvited(world);
  world.pass(31 * dayMs);

  expect(await remind(invited, 'not_opened_7')).toMatchObject({ status: 'settled' });
  expect(await remind(invited, 'manual')).toMatchObject({ status: 'refused', code: 'link_ended' });

  expect(await subjectsTo(invited)).toEqual([]);
});

test('nobody is reminded of a link that was closed, and no mail is said to have gone astray', async () => {
  const invited = await anInvited(world);
  await asSystem(world, (tx) =>
    tx
      .updateTable('links')
      .set({ endedAt: now, state: 'revoked' })
      .where('id', '=', invited.link.id)
      .execute(),
  );

  expect(await remind(invited, 'not_opened_3')).toMatchObject({ status: 'settled' });
  expect(await subjectsTo(invited)).toEqual([]);
});
