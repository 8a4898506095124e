import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMailer } from '../../adapters/mailer.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import {
  aFailedTest,
  aLiveCustomer,
  codeMailedTo,
  idpMetadata,
  type LiveCustomer,
} from '../support/live-customer.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { anInvited, aPortalVisitor, openLink, type Visitor } from '../support/visitor.ts';

/** The code for dangerous acts, at the act that trusts another certificate on a live connection. */

let api: TestApi;
let vendor: Vendor;
let old: MadeCertificate;
let renewed: MadeCertificate;
let customer: LiveCustomer;
let visitor: LiveCustomer['visitor'];
let contact: string;
let attemptId: string;

beforeAll(async () => {
  api = await startTestApi();
  [old, renewed] = await Promise.all([aCertificate({ name: 'old' }), aCertificate({ name: 'renewed' })]);
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  contact = `anna${(customers += 1)}@acme.com`;
  customer = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]), contacts: [contact] });
  visitor = customer.visitor;
  attemptId = await aFailedTest(api, customer, 'signature_unknown_key', {
    offeredCertificate: renewed.pem,
  });
});

const askCode = (who: Visitor = visitor, subject = attemptId, more: object = {}) =>
  who.ask('POST', '/codes', { act: 'repair', subject, ...more });
const repair = (code?: string, who: Visitor = visitor) =>
  who.ask('POST', '/sso/repairs', { attemptId, confirm: true, ...(code === undefined ? {} : { code }) });
const other = (code: string) => (code === '111111' ? '222222' : '111111');
const mailedCode = async () => {
  await askCode();
  return codeMailedTo(api, contact);
};
const keys = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('idpCertificates')
      .select('id')
      .where('organizationId', '=', customer.organizationId)
      .where('retiredAt', 'is', null)
      .execute(),
  );

describe('[LNK-10] the code for a dangerous act', () => {
  test('goes to the contact whose link opened the session, who is shown masked, and is kept as a digest', async () => {
    const asked = await askCode();
    const code = await codeMailedTo(api, contact);

    expect(asked.body).toMatchObject({ state: 'mailed', to: 'a•••@acme.com', recipients: [] });
    const mail = await api.mailbox.get(api.mailbox.list({ to: contact })[0]?.id ?? '');
    expect(mail?.subject).toBe('Your code for Northwind Analytics');
    const rows = await asSystem(api, (tx) => tx.selectFrom('actCodes').selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(api.logged()).not.toContain(code);
  });

  test('lets the act happen', async () => {
    const code = await mailedCode();

    expect((await repair(code)).status).toBe(200);
    expect(await keys()).toHaveLength(2);
  });

  test('is missed where it is missing, and nothing happens', async () => {
    const reply = await repair();

    expect([reply.status, reply.body.code]).toEqual([403, 'code_needed']);
    expect(await keys()).toHaveLength(1);
  });

  test('works once', async () => {
    const code = await mailedCode();
    await repair(code);

    expect((await repair(code)).body).toMatchObject({ code: 'code_wrong', facts: { tries_left: 0 } });
  });

  test('works once when it is sent many times at the same moment', async () => {
    const code = await mailedCode();

    const replies = await Promise.all(Array.from({ length: 8 }, () => repair(code)));

    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('does not work in another session of the same link', async () => {
    const colleague = await openLink(api, vendor, visitor.link);
    const code = await mailedCode();

    expect((await repair(code, colleague)).body.code).toBe('code_wrong');
    expect((await repair(code)).status).toBe(200);
  });

  test('does not work for another act', async () => {
    const anotherTry = await aFailedTest(api, customer, 'signature_unknown_key', {
      offeredCertificate: renewed.pem,
    });
    await askCode(visitor, anotherTry);
    const code = await codeMailedTo(api, contact);

    expect((await repair(code)).body.code).toBe('code_wrong');
    expect(await keys()).toHaveLength(1);
  });

  test('says how many tries are left, and the sixth is refused even when it is right', async () => {
    const code = await mailedCode();

    const left = [];
    for (let tries = 0; tries < 5; tries += 1) left.push((await repair(other(code))).body.facts.tries_left);

    expect(left).toEqual([4, 3, 2, 1, 0]);
    expect((await repair(code)).body.code).toBe('code_wrong');
    expect(await keys()).toHaveLength(1);
  });

  test('counts tries that are made at the same moment', async () => {
    const code = await mailedCode();
    await Promise.all(Array.from({ length: 12 }, () => repair(other(code))));

    expect((await repair(code)).body.code).toBe('code_wrong');
  });

  test('counts a try that repeats an answered request once', async () => {
    const code = await mailedCode();
    const body = { attemptId, confirm: true, code: other(code) };
    for (let press = 0; press < 7; press += 1) {
      await visitor.ask('POST', '/sso/repairs', body, { 'idempotency-key': 'one-press' });
    }

    expect((await repair(code)).status).toBe(200);
  });

  test('lives for ten minutes', async () => {
    const code = await mailedCode();
    api.pass(10 * 60_000 + 1_000);

    expect((await repair(code)).body.code).toBe('code_wrong');
  });

  test('is on its way still when it is asked for again at once, and a newer one ends it', async () => {
    const first = await mailedCode();
    await askCode();
    api.pass(61_000);
    await askCode();
    const second = await codeMailedTo(api, contact, 1);

    expect(api.mailbox.list({ to: contact })).toHaveLength(2);
    expect((await repair(first)).body.code).toBe(first === second ? undefined : 'code_wrong');
    expect((await repair(second)).status).toBe(200);
  });

  test('is no code when it is anything but six digits, or for an act that nobody knows', async () => {
    expect((await repair('12345')).status).toBe(422);
    expect((await repair('１２３４５６')).status).toBe(422);
    expect((await visitor.ask('POST', '/codes', { act: 'anything', subject: 'x' })).status).toBe(422);
  });

  test('leaves its trace: sent, refused, proved', async () => {
    const code = await mailedCode();
    await repair(other(code));
    await repair(code);

    const rows = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', customer.organizationId)
        .where('action', 'like', 'act.%')
        .orderBy('id')
        .execute(),
    );
    expect(rows.map(({ action }) => action)).toEqual(['act.code_sent', 'act.refused', 'act.proved']);
  });
});

describe('[LNK-10] in a session that a portal link opened', () => {
  test('the recipient is picked by a masked address among the recorded contacts', async () => {
    const { id } = await anOrganization(vendor, { name: 'Beta' });
    await anInvited(api, vendor, id, { contacts: ['ben@beta.com', 'cleo@beta.com'] });
    const portal = await aPortalVisitor(api, vendor, id);

    const choice = (await askCode(portal)).body;
    const [, cleo] = choice.recipients;
    const asked = await askCode(portal, attemptId, { contactId: cleo.id });

    expect(choice).toMatchObject({
      state: 'choice',
      recipients: [{ address: 'b•••@beta.com' }, { address: 'c•••@beta.com' }],
    });
    expect(asked.body).toMatchObject({ state: 'mailed', to: 'c•••@beta.com' });
    expect(await codeMailedTo(api, 'cleo@beta.com')).toMatch(/^\d{6}$/);
    const stranger = await askCode(portal, attemptId, { contactId: 'it_contact_01J00000000000000000000000' });
    expect(stranger.body.state).toBe('choice');
  });

  test('of an organization without contacts the vendor vouches for ten minutes, then has to again', async () => {
    const { id } = await anOrganization(vendor, { name: 'Beta' });
    const portal = await aPortalVisitor(api, vendor, id);

    const fresh = (await askCode(portal)).body.state;
    api.pass(10 * 60_000);
    const later = (await askCode(portal)).body.state;

    expect([fresh, later]).toEqual(['portal_link', 'open_again']);
  });
});

test('[LNK-10] a copied link without any contact proves nothing', async () => {
  const { id } = await anOrganization(vendor, { name: 'Beta' });
  const copied = await anInvited(api, vendor, id, { contacts: [] });

  expect((await askCode(copied)).body.code).toBe('no_contact');
});

describe('asking for codes', () => {
  test('[RATE] is good for ten an hour and recipient, whatever the act', async () => {
    const strict = await startTestApi({ rateLimitFactor: 1 });
    try {
      const strictVendor = await aVendor(strict);
      const { id } = await anOrganization(strictVendor);
      const someone = await anInvited(strict, strictVendor, id);

      const states = [];
      for (let act = 0; act < 11; act += 1) {
        states.push((await askCode(someone, `attempt_${act}`)).status);
      }

      expect(states).toEqual([...Array<number>(10).fill(200), 429]);
    } finally {
      await strict.close();
    }
  });

  test('says so when the mail server is away, and the code that nobody got does not stand in the way', async () => {
    const mailer = api.deps.mailer;
    const gone = createMailer({
      smtpUrl: 'smtp://127.0.0.1:9',
      requireTls: false,
      from: { address: 'no-reply@vestibule.test' },
      now: api.deps.now,
    });
    api.deps.mailer = gone;
    const away = await askCode();
    api.deps.mailer = mailer;
    gone.close();

    expect([away.status, away.body.code]).toEqual([503, 'service_unavailable']);
    await askCode();
    expect((await repair(await codeMailedTo(api, contact))).status).toBe(200);
  });
});
