import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  deleteOrganization,
  finishAttempt,
  insertAttempt,
  insertAudit,
  insertErasure,
  insertEvent,
  insertMember,
  insertPerson,
  insertStaffSession,
  listErasures,
  numberEvents,
  spendAndCompleteSignIn,
  suppressAddress,
  updateMember,
  verifyAudit,
  withTenant,
  type ErasureRow,
} from '../db/index.ts';
import {
  aConnection,
  aCompletionOf,
  aCustomer,
  aDirectory,
  aDomain,
  anAttemptOf,
  anAudit,
  now,
  theMessages,
  type Customer,
} from '../test/db/builders.ts';
import {
  anInvited,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';
import { readDatabase } from '../test/support/everything.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(() => {
  world.clock.at = now;
  world.temporal.forgotten = [];
});
afterAll(() => world.close());

const sweep = (kind: 'minute' | 'hour' | 'day', activities = world.activities) =>
  run(activities.sweep, { kind });
const linesWith = async (text: string) =>
  (await readDatabase(world.url)).split('\n').filter((line) => line.toLowerCase().includes(text));
const verdictOf = ({ environmentId }: Customer) =>
  asSystem(world, (tx) => verifyAudit(tx, environmentId, world.deps.signer.verify));

describe('[AUD-04] a person', () => {
  test('of a directory is gone from it, the vendor is told by ids alone, and what its client sent of them is kept no more', async () => {
    const email = `${newId('dan_').toLowerCase()}@acme.test`;
    const customer = await aCustomer(world);
    const directory = await aDirectory(world, customer);
    const scope = { directory, generation: directory.generation, now };
    const whose = { ...customer, directoryId: directory.id };
    const person = await withTenant(world.app, customer, (tx) =>
      insertPerson(tx, scope, {
        externalId: 'hr-4711-dan',
        userName: email,
        email,
        firstName: 'Danuta',
        lastName: 'Kowalska',
        displayName: 'Danuta Kowalska',
        active: true,
        customAttributes: { job_title: 'Pilot' },
        raw: { userName: email, name: { familyName: 'Kowalska' } },
      }),
    );
    await asSystem(world, (tx) =>
      tx
        .insertInto('directoryRequests')
        .values({
          id: newId('directory_request_'),
          ...whose,
          at: now,
          method: 'POST',
          path: '/Users',
          status: 201,
          milliseconds: 3,
          kind: 'person_created',
          requestBody: `{"userName":"${email}"}`,
        })
        .execute(),
    );

    const erasure = await ask(customer, { email });
    expect(await sweep('minute')).toMatchObject({ persons: 1 });

    for (const text of [email, 'kowalska', 'hr-4711-dan', 'pilot'])
      expect([text, await linesWith(text)]).toEqual([text, []]);
    expect(await read(erasure)).toMatchObject({ state: 'done', erased: { directory_users: 1 } });
    const told = (await linesWith('dsync.user.deleted')).filter(
      (line) => line.includes(person.id.toLowerCase()) || line.includes(person.id),
    );
    expect(told).toHaveLength(1);
  });

  test('who is an IT contact is gone from every table within a minute, and so is the mail that is kept', async () => {
    const email = `${newId('ann_').toLowerCase()}@acme.test`;
    const invited = await anInvited(world, { email });
    const { customer } = invited;
    await sendInvitation(invited);
    await withTenant(world.app, customer, async (tx) => {
      await insertAudit(tx, anAudit(customer, { personal: { contact: email.toUpperCase() } }));
      await insertAudit(
        tx,
        anAudit(customer, {
          actor: { type: 'customer', id: invited.link.id },
          personal: {},
          request: { sourceAddress: '203.0.113.77', userAgent: 'Annbrowser/1' },
        }),
      );
      await suppressAddress(tx, customer, { address: email, reason: 'bounced', now });
    });
    expect(await world.mailTo(email)).toHaveLength(1);
    const before = await linesWith(email);
    expect(new Set(before.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['public.it_contacts', 'public.mails', 'public.audit_events', 'public.mail_suppressions']),
    );

    const erasure = await ask(customer, { email: email.toUpperCase() });
    expect(await sweep('minute')).toMatchObject({ persons: 1 });
    expect(await sweep('minute')).toMatchObject({ persons: 0 });

    expect(await linesWith(email)).toEqual([]);
    expect(await linesWith('203.0.113.77')).toEqual([]);
    expect(await linesWith('annbrowser')).toEqual([]);
    expect(await world.mailTo(email)).toEqual([]);
    expect(await read(erasure)).toMatchObject({
      state: 'done',
      email: null,
      idpId: null,
      finishedAt: world.clock.at,
      erased: { contacts: 1, mails: 1, audit_events: 2 },
    });
    expect((await verdictOf(customer)).state).toBe('intact');
    const link = await asSystem(world, (tx) =>
      tx.selectFrom('links').selectAll().where('id', '=', invited.link.id).executeTakeFirstOrThrow(),
    );
    expect(link).toMatchObject({ state: 'revoked', contactId: null, tokenSealed: null });
  });

  test('who signs in is known by the provider’s id too, and goes with what the provider sent, also where it was refused', async () => {
    const customer = await aCustomer(world);
    const email = `${newId('eve_').toLowerCase()}@acme.test`;
    await aSignIn(customer, { idpId: '00u1eve7', email });
    const connection = await aConnection(world, customer);
    const refused = await withTenant(world.app, customer, (tx) => insertAttempt(tx, anAttemptOf(connection)));
    const kept = await aSignIn(customer, { idpId: '00u1bob7', email: `x${email}` });
    await withTenant(world.app, customer, async (tx) => {
      const responseXml = `<NameID>${email}</NameID>`;
      await finishAttempt(tx, customer, refused.id, { state: 'failed', cause: 'expired', responseXml, now });
      const data = { type: 'sso', email, user_id: null };
      const event = { name: 'authentication.sso_failed', data, createdAt: now };
      await insertEvent(tx, { id: newId('event_'), ...customer, ...event });
    });
    await asSystem(world, (tx) => numberEvents(tx, customer.environmentId));

    const erasure = await ask(customer, { idpId: '00u1eve7' });
    await sweep('minute');

    const left = (await linesWith(email)).filter((line) => !line.includes(`x${email}`));
    expect(left).toEqual([]);
    expect(await linesWith('00u1eve7')).toEqual([]);
    expect(await read(erasure)).toMatchObject({
      erased: { profiles: 1, attempts: 2, events: 2 },
    });
    const events = await asSystem(world, (tx) =>
      tx
        .selectFrom('events')
        .select(['data', 'position'])
        .where('organizationId', '=', customer.organizationId)
        .orderBy('position')
        .execute(),
    );
    expect(events.map(({ data }) => data['email'])).toEqual(['erased', `x${email}`, 'erased']);
    const attempts = await asSystem(world, (tx) =>
      tx.selectFrom('attempts').select('id').where('organizationId', '=', customer.organizationId).execute(),
    );
    expect(attempts).toEqual([{ id: kept }]);
  });

  test('who left the vendor goes with sessions, and stays an id in what they have done', async () => {
    const customer = await aCustomer(world);
    const { environmentId } = customer;
    const email = `${newId('kim_').toLowerCase()}@vendor.test`;
    const memberId = newId('member_');
    await withTenant(world.app, { environmentId }, async (tx) => {
      const member = { email, name: 'Kimberley Vale', role: 'admin' as const, createdAt: now };
      await insertMember(tx, { id: memberId, environmentId, ...member });
      await insertStaffSession(tx, {
        id: newId('staff_'),
        environmentId,
        memberId,
        digest: newId('d_'),
        createdAt: now,
        idleExpiresAt: now,
        expiresAt: now,
        sourceAddress: '203.0.113.78',
        userAgent: 'Kimbrowser/1',
      });
      await insertAudit(
        tx,
        anAudit(customer, {
          actor: { type: 'staff', id: memberId },
          personal: {},
          request: { sourceAddress: '203.0.113.78', userAgent: 'Kimbrowser/1' },
        }),
      );
      await updateMember(tx, { environmentId }, memberId, { removedAt: now });
    });

    const erasure = await ask({ environmentId }, { email });
    await sweep('minute');

    for (const mark of [email, 'kimberley', '203.0.113.78', 'kimbrowser'])
      expect(await linesWith(mark)).toEqual([]);
    const places = (await linesWith(memberId.toLowerCase())).map((line) => line.split(' ', 1)[0]).sort();
    // What was acted on is found by who acted, too.
    expect(places).toEqual(['public.audit_events', 'public.audit_targets']);
    expect(await read(erasure)).toMatchObject({ erased: { members: 1, audit_events: 1 } });
    expect((await verdictOf(customer)).state).toBe('intact');
  });

  test('of one organization stays with another one, and a complaint stays a complaint', async () => {
    const email = `${newId('pat_').toLowerCase()}@agency.test`;
    const first = await anInvited(world, { email });
    const { environmentId } = first.customer;
    const second = await anInvited(world, { email, environmentId });
    await withTenant(world.app, { environmentId }, (tx) =>
      suppressAddress(tx, { environmentId }, { address: email, reason: 'complaint', now }),
    );

    await ask(first.customer, { email });
    await sweep('minute');

    const left = await linesWith(email);
    expect(left.filter((line) => line.includes(first.customer.organizationId))).toEqual([]);
    expect(left.map((line) => line.split(' ')[0]).sort()).toEqual([
      'public.it_contacts',
      'public.mail_suppressions',
    ]);

    await ask({ environmentId }, { email });
    await sweep('minute');
    expect((await linesWith(email)).map((line) => line.split(' ')[0])).toEqual(['public.mail_suppressions']);
    expect(second.customer.environmentId).toBe(environmentId);
  });

  test('is erased by the next round where one was broken off in the middle, and counted once', async () => {
    const email = `${newId('zoe_').toLowerCase()}@acme.test`;
    const { customer } = await anInvited(world, { email });
    await withTenant(world.app, customer, (tx) =>
      insertAudit(tx, anAudit(customer, { personal: { contact: email } })),
    );
    const erasure = await ask(customer, { email });
    const broken = world.with({ keptMails: { forget: () => Promise.reject(new Error('the disk is full')) } });

    await expect(sweep('minute', broken)).rejects.toThrow('the disk is full');
    expect(await read(erasure)).toMatchObject({ state: 'waiting', email, erased: { audit_events: 1 } });
    await sweep('minute');

    expect(await linesWith(email)).toEqual([]);
    expect(await read(erasure)).toMatchObject({ state: 'done', erased: { audit_events: 1, contacts: 1 } });
  });

  async function ask(
    whose: { environmentId: string; organizationId?: string },
    { email = null, idpId = null }: { email?: string | null; idpId?: string | null },
  ): Promise<ErasureRow> {
    const { environmentId, organizationId = null } = whose;
    const id = newId('erasure_');
    return withTenant(world.app, { environmentId }, (tx) =>
      insertErasure(tx, { id, environmentId, organizationId, email, idpId, createdAt: now }),
    );
  }
  async function read({ id, environmentId }: ErasureRow): Promise<ErasureRow | undefined> {
    const rows = await withTenant(world.app, { environmentId }, (tx) =>
      listErasures(tx, { environmentId }, 10),
    );
    return rows.find((row) => row.id === id);
  }
});

describe('[AUD-04] a deleted organization, when its 30 days are over,', () => {
  test('leaves its audit rows without people and its events without content, and nothing else', async () => {
    const invited = await anInvited(world, { name: 'Zyxwv Holding' });
    const { customer, contact, onboarding } = invited;
    const domain = await aDomain(world, customer, 'zyxwv-holding.test');
    await sendInvitation(invited);
    await aSignIn(customer, { idpId: '00u1zyx7', email: 'ann@zyxwv-holding.test' });
    await withTenant(world.app, customer, async (tx) => {
      const data = {
        object: 'organization',
        id: customer.organizationId,
        name: 'Zyxwv Holding',
        domains: [],
      };
      const event = { name: 'organization.updated', data, createdAt: now };
      await insertEvent(tx, { id: newId('event_'), ...customer, ...event });
      await deleteOrganization(tx, customer, now);
      // Not sealed when its time comes: its people go all the same.
      await insertAudit(tx, anAudit(customer, { personal: { contact: contact.email } }));
    });
    expect(await world.mailTo(contact.email)).toHaveLength(1);

    world.pass(30 * dayMs);
    // Counters of mails, by the organization's id, are over within a day.
    await sweep('hour');
    expect(await sweep('day')).toMatchObject({ organizations: 1 });
    expect(await sweep('day')).toMatchObject({ organizations: 0 });

    for (const mark of ['zyxwv', contact.email, '00u1zyx7']) {
      expect(await linesWith(mark)).toEqual([]);
    }
    expect(await world.mailTo(contact.email)).toEqual([]);
    const kept = await linesWith(customer.organizationId.toLowerCase());
    expect(new Set(kept.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['public.audit_events', 'public.audit_heads', 'public.events']),
    );
    await expectTombstones(customer);
    expect(world.temporal.forgotten.sort()).toEqual([
      expect.stringMatching(/^age\/client_secret\/conn_/),
      expect.stringMatching(/^cert\/conn_/),
      `dom/${domain.id}`,
      `onb/${customer.organizationId}/${onboarding.number}`,
    ]);
  });

  test('keeps everything while the engine is away, and is erased when it is back', async () => {
    const { customer, contact } = await anInvited(world);
    await withTenant(world.app, customer, (tx) => deleteOrganization(tx, customer, now));
    world.pass(30 * dayMs);
    const away = world.with({
      workflows: { ...world.deps.workflows, forget: () => Promise.reject(new Error('the engine is away')) },
    });

    await expect(sweep('day', away)).rejects.toThrow('the engine is away');
    expect(await linesWith(contact.email)).not.toEqual([]);
    await sweep('day');
    expect(await linesWith(contact.email)).toEqual([]);
  });

  test('leaves the mails of people who are somebody here besides', async () => {
    const email = `${newId('sam_').toLowerCase()}@agency.test`;
    const leaving = await anInvited(world, { email });
    const staying = await anInvited(world, { email });
    await sendInvitation(leaving);
    await sendInvitation(staying);
    await withTenant(world.app, leaving.customer, (tx) => deleteOrganization(tx, leaving.customer, now));
    world.pass(30 * dayMs);
    await sweep('day');

    const mails = await world.mailTo(email);
    expect(mails.map(({ text }) => text.includes(staying.url))).toEqual([true]);
  });

  async function expectTombstones(customer: Customer): Promise<void> {
    expect((await verdictOf(customer)).state).toBe('intact');
    const rows = await asSystem(world, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('personal')
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    expect(rows).not.toEqual([]);
    for (const { personal } of rows)
      for (const value of Object.values(personal)) expect(value).toEqual({ erased: expect.any(String) });
  }
});

function sendInvitation({ customer, onboarding, link, contact }: Invited) {
  return run(world.activities.sendInvitation, {
    ...customer,
    onboardingId: onboarding.id,
    effectId: newId('effect_'),
    linkId: link.id,
    contactId: contact.id,
    fresh: false,
  });
}

/** Somebody who got in; gives the attempt. */
async function aSignIn(
  customer: Customer,
  { idpId, email }: { idpId: string; email: string },
): Promise<string> {
  const connection = await aConnection(world, customer);
  return withTenant(world.app, customer, async (tx) => {
    const attempt = await insertAttempt(tx, anAttemptOf(connection));
    const person = {
      idpId,
      email,
      firstName: 'First',
      lastName: 'Last',
      name: null,
      groups: ['g'],
      rawAttributes: { mail: email },
      customAttributes: {},
    };
    const shown = { email, idp_id: idpId };
    const completion = aCompletionOf(attempt, { person, shown, nameId: { value: idpId } });
    await spendAndCompleteSignIn(tx, completion, theMessages());
    return attempt.id;
  });
}
