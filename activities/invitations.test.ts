import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deleteOrganization,
  listMails,
  measureBacklogs,
  removeItContact,
  revokeLink,
  withTenant,
} from '../db/index.ts';
import {
  aMailerWithoutServer,
  anInvited,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());

const inputOf = ({ link, contact, whose }: Invited, fresh = false) => ({
  ...whose(),
  linkId: link.id,
  contactId: contact.id,
  fresh,
});
const mailsOf = ({ customer, onboarding }: Invited) =>
  withTenant(world.app, customer, (tx) => listMails(tx, customer, { onboardingId: onboarding.id }));
const stateOfLink = async ({ link }: Invited) => {
  const row = await asSystem(world, (tx) =>
    tx.selectFrom('links').select('state').where('id', '=', link.id).executeTakeFirstOrThrow(),
  );
  return row.state;
};

test('an invitation reaches the contact with the link of the onboarding, and the link counts as sent', async () => {
  const invited = await anInvited(world);

  const outcome = await run(world.activities.sendInvitation, inputOf(invited));

  expect(outcome).toEqual({ status: 'done', at: world.clock.at.toISOString() });
  const [mail, ...others] = await world.mailTo(invited.contact.email);
  expect(others).toEqual([]);
  expect(mail?.subject).toBe('Connect Acme to Product');
  expect(mail?.links).toEqual([invited.url]);
  expect(mail?.headers['message-id']).toBe((await mailsOf(invited))[0]?.messageId);
  expect(mail?.headers['in-reply-to']).toBeUndefined();
  expect(await stateOfLink(invited)).toBe('sent');
});

test('the vendor’s own note stands in the invitation as a quotation', async () => {
  const invited = await anInvited(world, { link: { note: 'Hi Dana,\ncall me when you start. <b>Kim</b>' } });

  await run(world.activities.sendInvitation, inputOf(invited));

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.text).toContain('> Hi Dana,\n> call me when you start. <b>Kim</b>');
  expect(mail?.html).toContain('call me when you start. &lt;b&gt;Kim&lt;/b&gt;</blockquote>');
});

test('[REL-05] the same effect run twice sends one mail and answers the same', async () => {
  const invited = await anInvited(world);
  const input = inputOf(invited);

  const first = await run(world.activities.sendInvitation, input);
  world.pass(1_000);
  const again = await run(world.activities.sendInvitation, input);

  expect(again).toEqual(first);
  expect(await world.mailTo(invited.contact.email)).toHaveLength(1);
  expect(await mailsOf(invited)).toHaveLength(1);
});

test('[REL-05] killed between the server’s acceptance and our commit, the copy has the same Message-ID and link', async () => {
  const invited = await anInvited(world);
  const input = inputOf(invited);
  const { mailer } = world.deps;
  const dying = world.with({
    mailer: {
      ...mailer,
      async send(mail) {
        await mailer.send(mail);
        throw new Error('the process died');
      },
    },
  });

  await expect(run(dying.sendInvitation, input)).rejects.toThrow('the process died');
  const outcome = await run(world.activities.sendInvitation, input);

  expect(outcome.status).toBe('done');
  const copies = await world.mailTo(invited.contact.email);
  expect(copies).toHaveLength(2);
  expect(new Set(copies.map(({ headers }) => headers['message-id'])).size).toBe(1);
  expect(copies.map(({ links }) => links)).toEqual([[invited.url], [invited.url]]);
  expect(copies.map(({ text }) => text)[1]).toBe(copies[0]?.text);
  expect(copies.map(({ headers }) => headers['in-reply-to'])).toEqual([undefined, undefined]);
});

test('a mail server that is away is tried again: the first try throws, the next one sends', async () => {
  const invited = await anInvited(world);
  const input = inputOf(invited);
  const away = world.with({ mailer: await aMailerWithoutServer() });

  await expect(run(away.sendInvitation, input)).rejects.toMatchObject({ name: 'MailServerUnavailable' });
  expect(await stateOfLink(invited)).toBe('created');
  const outcome = await run(world.activities.sendInvitation, input);

  expect(outcome.status).toBe('done');
  expect(await world.mailTo(invited.contact.email)).toHaveLength(1);
  expect(await mailsOf(invited)).toHaveLength(1);
});

test('[REL-28] a mail that the server does not take is seen to wait while it is tried, and no longer', async () => {
  const waitsSince = async () =>
    (await asSystem(world, (tx) => measureBacklogs(tx, world.clock.at))).waitsSince.mail;
  world.pass(dayMs);
  const from = world.clock.at;
  const input = inputOf(await anInvited(world));
  const away = world.with({ mailer: await aMailerWithoutServer() });
  const fails = () => expect(run(away.sendInvitation, input)).rejects.toThrow();

  await fails();
  world.pass(dayMs / 2);
  expect(await waitsSince()).toBeNull();
  await fails();
  expect(await waitsSince()).toEqual(from);

  await run(world.activities.sendInvitation, input);
  expect(await waitsSince()).toBeNull();
});

test('a server that answers “not now” is tried again as well', async () => {
  const invited = await anInvited(world, { email: 'busy@acme.test' });

  const sent = run(world.activities.sendInvitation, inputOf(invited));

  await expect(sent).rejects.toMatchObject({ name: 'MailServerUnavailable' });
});

test('a refused address is an answer, not a retry, and the link counts as bounced', async () => {
  const invited = await anInvited(world, { email: 'bounce+1@acme.test' });
  const input = inputOf(invited);

  const outcome = await run(world.activities.sendInvitation, input);
  const again = await run(world.activities.sendInvitation, input);

  expect(outcome).toMatchObject({ status: 'refused', code: 'mail_refused' });
  expect(again).toMatchObject({ status: 'refused', code: 'mail_refused' });
  expect(await stateOfLink(invited)).toBe('bounced');
  const [mail] = await mailsOf(invited);
  expect(mail).toMatchObject({ state: 'refused', serverAnswer: expect.stringContaining('550') });
});

test('a suppressed address gets nothing', async () => {
  const invited = await anInvited(world);
  await asSystem(world, (tx) =>
    tx
      .insertInto('mailSuppressions')
      .values({
        environmentId: invited.customer.environmentId,
        address: invited.contact.email,
        reason: 'bounced',
      })
      .execute(),
  );

  const outcome = await run(world.activities.sendInvitation, inputOf(invited));

  expect(outcome).toMatchObject({ status: 'refused', code: 'mail_refused' });
  expect(await world.mailTo(invited.contact.email)).toEqual([]);
});

test('a fresh link goes out in the thread of the first mail', async () => {
  const invited = await anInvited(world);

  await run(world.activities.sendInvitation, inputOf(invited));
  world.pass(1_000);
  await run(world.activities.sendInvitation, inputOf(invited, true));

  const [first, second] = await world.mailTo(invited.contact.email);
  expect(second?.subject).toBe('Your fresh link for Product');
  expect(second?.links).toEqual([invited.url]);
  expect(second?.headers['in-reply-to']).toBe(first?.headers['message-id']);
  expect(second?.headers['message-id']).not.toBe(first?.headers['message-id']);
});

const nobody: [string, string, (invited: Invited) => Promise<unknown>][] = [
  [
    'the contact was removed',
    'no_contact',
    ({ customer, contact }) =>
      withTenant(world.app, customer, (tx) => removeItContact(tx, customer, contact.id, world.clock.at)),
  ],
  [
    'the organization was deleted',
    'no_contact',
    ({ customer }) =>
      withTenant(world.app, customer, (tx) => deleteOrganization(tx, customer, world.clock.at)),
  ],
  [
    'the link was revoked',
    'link_ended',
    ({ customer, link }) =>
      withTenant(world.app, customer, (tx) => revokeLink(tx, customer, link.id, world.clock.at)),
  ],
  [
    'the link is past its date',
    'link_ended',
    ({ link }) =>
      asSystem(world, (tx) =>
        tx
          .updateTable('links')
          .set({ expiresAt: new Date(world.clock.at.getTime() - dayMs) })
          .where('id', '=', link.id)
          .execute(),
      ),
  ],
];

test.each(nobody)('nothing is mailed when %s', async (_when, code, happen) => {
  const invited = await anInvited(world);
  await happen(invited);

  const outcome = await run(world.activities.sendInvitation, inputOf(invited));

  expect(outcome).toMatchObject({ status: 'refused', code });
  expect(await world.mailTo(invited.contact.email)).toEqual([]);
  expect(await mailsOf(invited)).toEqual([]);
});

test('[MAIL-04] a name that no mail may carry is permanent: trying again would not change it', async () => {
  const invited = await anInvited(world, { name: 'https://evil.test/login' });

  const sent = run(world.activities.sendInvitation, inputOf(invited));

  await expect(sent).rejects.toMatchObject({
    type: 'Permanent',
    nonRetryable: true,
    message: 'name_refused',
  });
  expect(await world.mailTo(invited.contact.email)).toEqual([]);
});
