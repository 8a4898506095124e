import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  applyProjection,
  endTrouble,
  insertMember,
  insertLogStream,
  insertTrouble,
  recordMailOutcome,
  withTenant,
  type MemberRow,
} from '../db/index.ts';
import type { TimelineEntry, TimelineKind } from '../onboarding/state.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import { aView, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
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

const sweep = (activities = world.activities) => run(activities.sweep, { kind: 'minute' });

async function aMember({ customer: { environmentId } }: Invited, role: MemberRow['role']) {
  const email = `${newId('m_').toLowerCase()}@vendor.test`;
  const member = { id: newId('member_'), environmentId, email, name: null, role, createdAt: now };
  await asSystem(world, (tx) => insertMember(tx, member));
  return member;
}

const ssoView = (changes: Partial<OnboardingView>): OnboardingView =>
  aView({
    revision: 2,
    features: [
      {
        feature: 'sso',
        requirement: 'required',
        state: 'done',
        steps: [{ step: 'test_sign_in', state: 'failed', holder: 'customer', since: now.toISOString() }],
      },
    ],
    ...changes,
  });

/** What the workflow tells when this happens. */
async function happens(
  { customer, onboarding }: Invited,
  kind: TimelineKind,
  {
    view = {},
    origin = 'invitation',
    facts,
  }: {
    view?: Partial<OnboardingView>;
    origin?: 'invitation' | 'portal' | 'repair';
    facts?: TimelineEntry['facts'];
  } = {},
) {
  const actor = { type: 'system', id: 'onboarding' } as const;
  const entry = { number: 1, at: now.toISOString(), kind, actor, completes: false, ...(facts && { facts }) };
  const projection = { onboardingId: onboarding.id, origin, view: ssoView(view), entries: [entry] };
  await withTenant(world.app, customer, (tx) =>
    applyProjection(tx, customer, { ...projection, isOpen: true, newId, now }),
  );
}
const stalls = (invited: Invited) =>
  happens(invited, 'stalled', { view: { stalledSince: now.toISOString() } });
const subjectsTo = async ({ email }: { email: string }) =>
  (await world.mailTo(email)).map(({ subject }) => subject);

test('an onboarding that stalls is told to those who may help, once, with what it stopped at and whom it waits for', async () => {
  const invited = await anInvited(world, { name: 'Corp' });
  const [admin, support] = [await aMember(invited, 'admin'), await aMember(invited, 'support')];
  const [developer, viewer] = [await aMember(invited, 'developer'), await aMember(invited, 'viewer')];

  await stalls(invited);
  await stalls(invited);
  expect(await sweep()).toMatchObject({ staffNews: 1 });
  expect(await sweep()).toMatchObject({ staffNews: 0 });

  const [mail, ...more] = await world.mailTo(admin.email);
  expect([mail?.subject, more]).toEqual(['Corp: stalled', []]);
  expect(mail?.text).toContain('Nothing has happened at “Test sign-in” since Wednesday 25 November.');
  expect(mail?.text).toContain('Waiting for the customer since 10:00 UTC on Wednesday 25 November.');
  expect(mail?.text).toContain(`/dashboard/onboardings/${invited.onboarding.id}`);
  expect(await subjectsTo(support)).toEqual(['Corp: stalled']);
  expect([await subjectsTo(developer), await subjectsTo(viewer)]).toEqual([[], []]);
});

test('whoever of the staff has invited is told alone', async () => {
  const first = await anInvited(world);
  const inviter = await aMember(first, 'support');
  const { environmentId } = first.customer;
  const invited = await anInvited(world, {
    environmentId,
    name: 'Corp',
    link: { createdByType: 'staff', createdById: inviter.id },
  });
  const admin = await aMember(invited, 'admin');

  await happens(invited, 'live', { view: { state: 'live' } });
  await sweep();

  expect([await subjectsTo(inviter), await subjectsTo(admin)]).toEqual([['Corp: live'], []]);
  expect((await world.mailTo(inviter.email))[0]?.text).toContain('Single sign-on is live.');
});

test('a mail that bounces is told with the words of the server, one contact’s once a day', async () => {
  const invited = await anInvited(world, { name: 'Corp' });
  const admin = await aMember(invited, 'admin');
  const { customer, contact, link, whose } = invited;
  const send = async () => {
    const ofEffect = whose();
    await run(world.activities.sendInvitation, {
      ...ofEffect,
      linkId: link.id,
      contactId: contact.id,
      fresh: false,
    });
    return asSystem(world, (tx) =>
      tx.selectFrom('mails').selectAll().where('effectId', '=', ofEffect.effectId).executeTakeFirstOrThrow(),
    );
  };
  const [mail, second] = [await send(), await send()];
  const bounce = (mailId: string) =>
    withTenant(world.app, customer, (tx) =>
      recordMailOutcome(tx, customer, mailId, { kind: 'bounced', words: '550 no such user' }, { now, newId }),
    );

  await bounce(mail.id);
  await bounce(mail.id);
  await bounce(second.id);
  await sweep();

  const [told, ...more] = await world.mailTo(admin.email);
  expect([told?.subject, more]).toEqual(['Corp: bounced', []]);
  expect(told?.text).toContain(`The mail to ${contact.email} bounced: 550 no such user`);
});

test('what needs repair is told to those who may help, also of a run of its own, unless all is well again', async () => {
  const [ails, isWell] = [await anInvited(world, { name: 'Corp' }), await anInvited(world)];
  const [admin, other] = [await aMember(ails, 'admin'), await aMember(isWell, 'admin')];
  const needsRepair = async (invited: Invited) => {
    const { customer, onboarding } = invited;
    const { id: subjectId } = await aSamlConnection(world, customer);
    const id = newId('trouble_');
    const trouble = {
      id,
      ...customer,
      kind: 'sign_ins_failing' as const,
      subjectId,
      since: now,
      cause: null,
    };
    await withTenant(world.app, customer, (tx) =>
      insertTrouble(tx, { ...trouble, onboardingId: onboarding.id, createdAt: now }),
    );
    await happens(invited, 'repair_needed', { origin: 'repair', facts: { trouble_id: id } });
    return id;
  };
  await needsRepair(ails);
  const ended = await needsRepair(isWell);
  await withTenant(world.app, isWell.customer, (tx) => endTrouble(tx, isWell.customer, ended, now));

  await sweep();

  const [mail] = await world.mailTo(admin.email);
  expect(await world.mailTo(other.email)).toEqual([]);
  expect(mail?.subject).toBe('Corp: needs attention');
  expect(mail?.text).toContain(`have been refused since 10:00 UTC on Wednesday 25 November.`);
  expect(mail?.text).toContain(`/dashboard/onboardings/${ails.onboarding.id}`);
});

test.each([
  ['stream_failing', 'Audit events have not reached Our Splunk since'],
  ['stream_refused', 'Our Splunk has refused the credentials of the log stream since'],
] as const)('a log stream that needs somebody is told to those who may help: %s', async (kind, words) => {
  const invited = await anInvited(world);
  const admin = await aMember(invited, 'admin');
  const { customer, onboarding } = invited;
  const [subjectId, id] = [newId('als_'), newId('trouble_')];
  await withTenant(world.app, customer, async (tx) => {
    const stream = { id: subjectId, ...customer, name: 'Our Splunk', destination: 'splunk' } as const;
    await insertLogStream(tx, { ...stream, createdAt: now });
    const trouble = { id, ...customer, kind, subjectId, since: now, cause: null };
    await insertTrouble(tx, { ...trouble, onboardingId: onboarding.id, createdAt: now });
  });
  await happens(invited, 'repair_needed', { origin: 'repair', facts: { trouble_id: id } });

  await sweep();

  const [mail] = await world.mailTo(admin.email);
  expect(mail?.text).toContain(words);
});

test('a quiet run is nobody’s news, and neither is what has changed before it could be told', async () => {
  const invited = await anInvited(world);
  const admin = await aMember(invited, 'admin');

  await happens(invited, 'live', { origin: 'portal' });
  await happens(await anInvited(world, { environmentId: invited.customer.environmentId }), 'stalled');
  await sweep();

  expect(await subjectsTo(admin)).toEqual([]);
});

test('[MAIL-06] news over the limit wait for their turn, and after a day are left to the dashboard', async () => {
  const invited = await anInvited(world);
  const { environmentId } = invited.customer;
  const admin = await aMember(invited, 'admin');
  const others = [await anInvited(world, { environmentId }), await anInvited(world, { environmentId })];
  const limited = world.with({ mailLimits: { ...world.deps.mailLimits, perMemberDay: 2 } });
  for (const one of [invited, ...others]) await stalls(one);

  expect(await sweep(limited)).toMatchObject({ staffNews: 2 });
  world.pass(minuteMs);
  expect(await sweep(limited)).toMatchObject({ staffNews: 0 });
  world.pass(dayMs);
  expect(await sweep(limited)).toMatchObject({ staffNews: 1 });

  expect(await subjectsTo(admin)).toHaveLength(2);
  const states = await asSystem(world, (tx) =>
    tx
      .selectFrom('mails')
      .select('state')
      .where('environmentId', '=', environmentId)
      .orderBy('createdAt')
      .execute(),
  );
  expect(states.map(({ state }) => state).sort()).toEqual(['sent', 'sent', 'withdrawn']);
});

test('[MAIL-06] news to staff take nothing from what customers may be mailed, nor wait for it', async () => {
  const invited = await anInvited(world);
  const { environmentId, organizationId } = invited.customer;
  const admin = await aMember(invited, 'admin');
  const others = [await anInvited(world, { environmentId }), await anInvited(world, { environmentId })];
  const ofCustomers = { perRecipientMinute: 1, perRecipientDay: 1, perOrganizationDay: 1 };
  const limited = world.with({ mailLimits: { ...world.deps.mailLimits, ...ofCustomers } });
  for (const one of [invited, ...others]) await stalls(one);

  expect(await sweep(limited)).toMatchObject({ staffNews: 3 });

  expect(await subjectsTo(admin)).toHaveLength(3);
  const { link, contact } = invited;
  const input = { ...invited.whose(), linkId: link.id, contactId: contact.id, fresh: false };
  expect(await run(limited.sendInvitation, { ...input, organizationId })).toMatchObject({ status: 'done' });
});

test('a mail server that is away loses no news', async () => {
  const invited = await anInvited(world);
  const admin = await aMember(invited, 'admin');
  await stalls(invited);

  expect(await sweep(world.with({ mailer: await aMailerWithoutServer() }))).toMatchObject({ staffNews: 0 });
  expect(await subjectsTo(admin)).toEqual([]);
  await sweep();

  expect(await subjectsTo(admin)).toHaveLength(1);
});
