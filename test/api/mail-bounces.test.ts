import { once } from 'node:events';
import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBounceListener, type BounceListener } from '../../adapters/bounce-listener.ts';
import { createBounceAddresses } from '../../adapters/mail/bounce-addresses.ts';
import { keepDeliveryReport } from '../../api/mail-outcomes.ts';
import { listMails, withTenant, type MailRow } from '../../db/index.ts';
import {
  anInvited,
  asSystem,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
  type Invited,
} from '../support/activity-builders.ts';
import { aDeliveryReport } from '../support/delivery-reports.ts';

let world: ActivityWorld;
let listener: BounceListener;
let port: number;
let addressOf: (mailId: string) => string;
beforeAll(async () => {
  world = await openActivityWorld();
  const { secrets, now } = world.deps;
  const addresses = createBounceAddresses({ secrets, domain: 'bounces.vendor.test' });
  addressOf = addresses.addressOf;
  const db = world.app;
  listener = createBounceListener({
    addresses,
    onReport: (mailId, report) => keepDeliveryReport({ db, now }, mailId, report),
    sessionMs: 500,
  });
  port = await listener.start({ hosts: ['127.0.0.1'], port: 0 });
});
afterAll(async () => {
  await listener.stop();
  await world.close();
});

/** An invitation that the mail server took. */
async function aSentMail(): Promise<{ invited: Invited; mail: MailRow }> {
  const invited = await anInvited(world);
  const { whose, link, contact } = invited;
  const input = { ...whose(), linkId: link.id, contactId: contact.id, fresh: false };
  await run(world.activities.sendInvitation, input);
  return { invited, mail: await mailOf(invited) };
}
async function mailOf({ customer }: Invited): Promise<MailRow> {
  const [mail] = await withTenant(world.app, customer, (tx) => listMails(tx, customer, {}));
  if (mail === undefined) throw new Error('there is no mail');
  return mail;
}
const stateOfLink = async ({ link }: Invited) => {
  const { state } = await asSystem(world, (tx) =>
    tx.selectFrom('links').select('state').where('id', '=', link.id).executeTakeFirstOrThrow(),
  );
  return state;
};
const isSuppressed = async ({ contact, customer }: Invited) => {
  const found = await asSystem(world, (tx) =>
    tx
      .selectFrom('mailSuppressions')
      .select('reason')
      .where('environmentId', '=', customer.environmentId)
      .where('address', '=', contact.email)
      .executeTakeFirst(),
  );
  return found !== undefined;
};

async function deliver(raw: Buffer, { from = '', to }: { from?: string; to: string | string[] }) {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    return await transport.sendMail({ envelope: { from, to }, raw });
  } finally {
    transport.close();
  }
}
const bounce = aDeliveryReport('failed', '5.1.1', 'smtp; 550 5.1.1 user unknown');

describe('a delivery report', () => {
  test('of a bounce ends the mail and its link, silences the address, and stands in the timeline and the log', async () => {
    const { invited, mail } = await aSentMail();

    await deliver(bounce, { to: addressOf(mail.id) });
    await deliver(bounce, { to: addressOf(mail.id) });

    expect(await mailOf(invited)).toMatchObject({
      state: 'bounced',
      serverAnswer: '550 5.1.1 user unknown',
    });
    expect(await stateOfLink(invited)).toBe('bounced');
    expect(await isSuppressed(invited)).toBe(true);
    const { audits, commands } = await toldOf(world, invited.customer);
    expect(audits.filter((action) => action === 'mail.bounced')).toHaveLength(1);
    expect(commands.filter((command) => command === 'reportFact:mail_bounced')).toHaveLength(1);
  });

  test('of a delivery shows mail and link as delivered; a later bounce still counts', async () => {
    const { invited, mail } = await aSentMail();

    await deliver(aDeliveryReport('delivered', '2.0.0'), { to: addressOf(mail.id) });
    expect(await mailOf(invited)).toMatchObject({ state: 'delivered' });
    expect(await stateOfLink(invited)).toBe('delivered');

    await deliver(bounce, { to: addressOf(mail.id) });
    expect(await mailOf(invited)).toMatchObject({ state: 'bounced' });
  });

  test('of a delay changes nothing', async () => {
    const { invited, mail } = await aSentMail();

    await deliver(aDeliveryReport('delayed', '4.4.1'), { to: addressOf(mail.id) });

    expect(await mailOf(invited)).toMatchObject({ state: 'sent' });
    expect(await isSuppressed(invited)).toBe(false);
  });

  test('that came before our own commit is not overwritten by it', async () => {
    const invited = await anInvited(world);
    const { mailer } = world.deps;
    const { sendInvitation } = world.with({
      mailer: {
        ...mailer,
        async send(mail) {
          const answer = await mailer.send(mail);
          await deliver(bounce, { to: addressOf((await mailOf(invited)).id) });
          return answer;
        },
      },
    });
    const { whose, link, contact } = invited;
    await run(sendInvitation, { ...whose(), linkId: link.id, contactId: contact.id, fresh: false });

    expect(await mailOf(invited)).toMatchObject({ state: 'bounced' });
  });
});

describe('the listener for delivery reports [MAIL-05]', () => {
  test.each([
    [
      'a guessed MAC',
      (mail: MailRow) => addressOf(mail.id).replace(/\.[0-9a-f]{26}@/, `.${'a'.repeat(26)}@`),
    ],
    [
      'the MAC of another mail',
      (mail: MailRow) => addressOf('mail_01JZZZZZZZZZZZZZZZZZZZZZZZ').replace(/mail_[^.]+/, mail.id),
    ],
    ['an address elsewhere', () => 'victim@example.com'],
  ])('refuses %s at the recipient, and nothing happens', async (_what, recipient) => {
    const { invited, mail } = await aSentMail();

    await expect(deliver(bounce, { to: recipient(mail) })).rejects.toMatchObject({ responseCode: 550 });

    expect(await mailOf(invited)).toMatchObject({ state: 'sent' });
    expect(await isSuppressed(invited)).toBe(false);
  });

  test('takes nothing from a sender with a name, and one recipient at a time', async () => {
    const { mail } = await aSentMail();
    const to = addressOf(mail.id);

    await expect(deliver(bounce, { from: 'somebody@example.com', to })).rejects.toMatchObject({
      responseCode: 550,
    });
    const { accepted, rejected } = await deliver(aDeliveryReport('delayed', '4.4.1'), {
      to: [to, addressOf('mail_01JZZZZZZZZZZZZZZZZZZZZZZZ')],
    });
    expect([accepted, rejected]).toEqual([[to], [expect.stringContaining('01JZ')]]);
  });

  test('refuses what is longer than a report', async () => {
    const { mail } = await aSentMail();
    const long = Buffer.concat([bounce, Buffer.alloc(300 * 1024, 'x')]);

    await expect(deliver(long, { to: addressOf(mail.id) })).rejects.toMatchObject({ responseCode: 552 });
  });

  test('hangs up on a client that drips', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'data');
    const dripping = setInterval(() => socket.write('N'), 50);

    await once(socket, 'close');

    clearInterval(dripping);
  });
});
