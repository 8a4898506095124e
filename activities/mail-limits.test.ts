import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeLinks, listMails, withTenant } from '../db/index.ts';
import { newId } from '../adapters/ids.ts';
import {
  aMailerWithoutServer,
  anInvited,
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
afterAll(() => world.close());

const limited = (limits: Partial<ActivityWorld['deps']['mailLimits']>) =>
  world.with({ mailLimits: { ...world.deps.mailLimits, ...limits } });
const inputOf = ({ link, contact, whose }: Invited) => ({
  ...whose(),
  linkId: link.id,
  contactId: contact.id,
  fresh: false,
});
const mailsOf = ({ customer }: Invited) =>
  withTenant(world.app, customer, (tx) => listMails(tx, customer, {}));
const waits = (ms: number) => ({ type: 'NotYet', nextRetryDelay: ms });

test('[MAIL-06] a second mail to one address within a minute waits, is seen to wait, and goes out in its turn', async () => {
  const invited = await anInvited(world);
  const { sendInvitation } = limited({ perRecipientMinute: 1 });
  const second = inputOf(invited);
  await run(sendInvitation, inputOf(invited));
  world.pass(10_000);

  await expect(run(sendInvitation, second)).rejects.toMatchObject(waits(50_000));
  const until = new Date(world.clock.at.getTime() + 50_000);
  expect((await mailsOf(invited))[0]).toMatchObject({ state: 'queued', heldUntil: until, sentAt: null });
  world.pass(50_000);
  const outcome = await run(sendInvitation, second);

  expect(outcome.status).toBe('done');
  expect(await world.mailTo(invited.contact.email)).toHaveLength(2);
  expect((await mailsOf(invited))[0]).toMatchObject({ state: 'sent', heldUntil: null });
});

test('[MAIL-06] one address gets five mails a day, whichever organizations of the environment write to it', async () => {
  const first = await anInvited(world);
  const { environmentId } = first.customer;
  const { email } = first.contact;
  const { sendInvitation } = limited({ perRecipientDay: 5 });
  for (let sent = 0; sent < 4; sent++) await run(sendInvitation, inputOf(first));
  const shouted = { environmentId, email: email.toUpperCase() };
  await run(sendInvitation, inputOf(await anInvited(world, shouted)));
  world.pass(hourMs);

  const sixth = run(sendInvitation, inputOf(await anInvited(world, shouted)));

  await expect(sixth).rejects.toMatchObject(waits(23 * hourMs));
  const elsewhere = await anInvited(world, { email });
  expect((await run(sendInvitation, inputOf(elsewhere))).status).toBe('done');
});

test('[MAIL-06] an organization has its own number of mails a day, and what waits for it uses up no other limit', async () => {
  const invited = await anInvited(world);
  const { sendInvitation } = limited({ perOrganizationDay: 1, perRecipientDay: 2 });
  await run(sendInvitation, inputOf(invited));
  const held = inputOf(invited);
  for (let tries = 0; tries < 3; tries++) {
    await expect(run(sendInvitation, held)).rejects.toMatchObject({ type: 'NotYet' });
  }

  const { environmentId } = invited.customer;
  const other = await anInvited(world, { environmentId, email: invited.contact.email });
  expect((await run(sendInvitation, inputOf(other))).status).toBe('done');
  world.pass(dayMs);

  expect((await run(sendInvitation, held)).status).toBe('done');
});

test('[MAIL-06] who has links made is limited too, and not for what the product sends by itself', async () => {
  const createdById = newId('api_key_');
  const first = await anInvited(world, { link: { createdById } });
  const { environmentId } = first.customer;
  const { sendInvitation, sendReminder } = limited({ perCreatorDay: 1 });
  await run(sendInvitation, inputOf(first));

  const second = await anInvited(world, { environmentId, link: { createdById } });

  await expect(run(sendInvitation, inputOf(second))).rejects.toMatchObject({ type: 'NotYet' });
  const reminder = { ...first.whose(), reminder: 'manual', step: null } as const;
  expect((await run(sendReminder, reminder)).status).toBe('done');
});

test('[MAIL-06] of 20 mails to one address at the same moment as many go out as its limit allows', async () => {
  const invited = await anInvited(world);
  const { sendInvitation } = limited({ perRecipientMinute: 3 });

  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => run(sendInvitation, inputOf(invited))),
  );

  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await world.mailTo(invited.contact.email)).toHaveLength(3);
});

test('a mail that was let through is counted once, however often the mail server is away', async () => {
  const invited = await anInvited(world);
  const mailLimits = { ...world.deps.mailLimits, perRecipientDay: 1 };
  const away = world.with({ mailLimits, mailer: await aMailerWithoutServer() });
  const input = inputOf(invited);
  for (let tries = 0; tries < 2; tries++) {
    await expect(run(away.sendInvitation, input)).rejects.toMatchObject({ name: 'MailServerUnavailable' });
  }

  expect((await run(limited({ perRecipientDay: 1 }).sendInvitation, input)).status).toBe('done');
});

test('a mail that waits is withdrawn when its link has ended meanwhile', async () => {
  const invited = await anInvited(world);
  const { sendInvitation } = limited({ perRecipientMinute: 1 });
  const held = inputOf(invited);
  await run(sendInvitation, inputOf(invited));
  await expect(run(sendInvitation, held)).rejects.toMatchObject({ type: 'NotYet' });
  const { customer, onboarding } = invited;
  await withTenant(world.app, customer, (tx) =>
    closeLinks(tx, customer, onboarding.id, 'revoked', world.clock.at),
  );
  world.pass(minuteMs);

  const outcome = await run(sendInvitation, held);

  expect(outcome).toMatchObject({ status: 'refused', code: 'link_ended' });
  expect((await mailsOf(invited))[0]).toMatchObject({ state: 'withdrawn', heldUntil: null });
  expect(await world.mailTo(invited.contact.email)).toHaveLength(1);
});
