import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import { claimMail, updateMail, withTenant, type MailRow } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
const secret = mintToken('vb_mail_');
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  await giveSecret(vendor, secret);
});
afterAll(() => api.close());

const giveSecret = ({ environment }: Vendor, given: string) =>
  asSystem(api, (tx) =>
    tx
      .updateTable('environments')
      .set({ mailNoticeDigest: digestToken(given).toString('hex') })
      .where('id', '=', environment.id)
      .execute(),
  );

/** A mail that the mail server took. */
async function aSentMail(of: Vendor = vendor): Promise<MailRow> {
  const organization = await anOrganization(of);
  const tenant = { environmentId: of.environment.id, organizationId: organization.id };
  const id = newId('mail_');
  return withTenant(api.db, tenant, async (tx) => {
    await claimMail(tx, {
      id,
      ...tenant,
      onboardingId: null,
      effectId: newId('effect_'),
      kind: 'invitation',
      recipient: `${id.toLowerCase()}@acme.test`,
      contactId: null,
      linkId: null,
      subject: 'Connect',
      messageId: `<${id}@setup.vendor.test>`,
      createdAt: api.deps.now(),
    });
    const sent = await updateMail(tx, tenant, id, { state: 'sent', sentAt: api.deps.now() });
    if (sent === undefined) throw new Error('there is no mail');
    return sent;
  });
}

const notify = (body: object, { bearer = secret, of = vendor }: { bearer?: string; of?: Vendor } = {}) =>
  caller(api, { authorization: `Bearer ${bearer}` })('POST', '/mail_notices', {
    client_id: of.environment.clientId,
    ...body,
  });
const stateOf = async ({ id }: MailRow) =>
  asSystem(api, (tx) =>
    tx.selectFrom('mails').select(['state', 'serverAnswer']).where('id', '=', id).executeTakeFirstOrThrow(),
  );
const suppressionOf = async ({ recipient }: MailRow) =>
  asSystem(api, (tx) =>
    tx.selectFrom('mailSuppressions').select('reason').where('address', '=', recipient).executeTakeFirst(),
  );
const auditsOf = async ({ id }: MailRow) => {
  const rows = await asSystem(api, (tx) =>
    tx.selectFrom('auditEvents').select('action').where('targetId', '=', id).execute(),
  );
  return rows.map(({ action }) => action);
};

test('a mail is delivered by the word of the provider, and bounced by a later one, however often it is told', async () => {
  const mail = await aSentMail();

  expect((await notify({ message_id: mail.messageId, event: 'delivered' })).status).toBe(204);
  expect(await stateOf(mail)).toMatchObject({ state: 'delivered' });
  for (let times = 0; times < 2; times++) {
    const bounced = {
      message_id: mail.messageId,
      event: 'bounced',
      status: '5.1.1',
      reason: 'no\r\nsuch user',
    };
    expect((await notify(bounced)).status).toBe(204);
  }

  expect(await stateOf(mail)).toEqual({ state: 'bounced', serverAnswer: '5.1.1 no such user' });
  expect(await suppressionOf(mail)).toEqual({ reason: 'bounced' });
  expect(await auditsOf(mail)).toEqual(['mail.bounced']);
});

test('a bounce for now changes nothing; a complaint silences the address and leaves the mail as it is', async () => {
  const mail = await aSentMail();

  await notify({ message_id: mail.messageId, event: 'bounced', status: '4.2.2' });
  expect([await stateOf(mail), await suppressionOf(mail)]).toMatchObject([{ state: 'sent' }, undefined]);
  await notify({ message_id: mail.messageId, event: 'complaint' });

  expect(await stateOf(mail)).toMatchObject({ state: 'sent' });
  expect(await suppressionOf(mail)).toEqual({ reason: 'complaint' });
  expect(await auditsOf(mail)).toEqual(['mail.complained']);
});

test('[MAIL-05] another environment’s mail, or one that is not ours, is answered alike and stays as it is', async () => {
  const other = await aVendor(api);
  const mail = await aSentMail(other);

  const answers = await Promise.all(
    [mail.messageId, '<mail_01JZZZZZZZZZZZZZZZZZZZZZZZ@x>', '<other@list.example>'].map((message_id) =>
      notify({ message_id, event: 'bounced' }),
    ),
  );

  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
  expect(await stateOf(mail)).toMatchObject({ state: 'sent' });
});

test('[API-02] who has no secret, another’s, or one that was never made, is refused', async () => {
  const without = await aVendor(api);
  const mail = await aSentMail();
  const body = { message_id: mail.messageId, event: 'bounced' };

  const answers = [
    await notify(body, { bearer: mintToken('vb_mail_') }),
    await notify(body, { bearer: vendor.secret }),
    await notify(body, { of: without }),
    await notify({ ...body, client_id: 'client_nobody' }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  expect(await stateOf(mail)).toMatchObject({ state: 'sent' });
});

test('a notice that says too little is told what is missing', async () => {
  const { status, body } = await notify({ event: 'exploded' });

  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain('message_id');
});
