import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  deleteDomain,
  finishAttempt,
  getOnboarding,
  insertAttempt,
  listDomains,
  listOpenTroubles,
  moveConnection,
  updateConnection,
  withTenant,
  type ConnectionRow,
} from '../db/index.ts';
import type { SignInCause } from '../onboarding/sign-in-causes.ts';
import {
  aContact,
  aCustomer,
  aDomain,
  anAttemptOf,
  anOnboarding,
  now,
  type Customer,
} from '../test/db/builders.ts';
import {
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

/** What goes wrong with something live, as the look sees it in what is recorded. */

let world: ActivityWorld;
let customer: Customer;
let connection: ConnectionRow;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.at = now;
  customer = await aCustomer(world, { name: 'Northwind' });
  connection = await aSamlConnection(world, customer);
});

const look = () => run(world.activities.sweep, { kind: 'minute' });
const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(world.app, customer, work);
const troubles = () => inTenant((tx) => listOpenTroubles(tx, customer));

/** Sign-ins that end now, each in another browser. */
async function signIn(cause: SignInCause | null, times: number, changes: object = {}): Promise<void> {
  await inTenant(async (tx) => {
    for (let n = 0; n < times; n += 1) {
      const attempt = {
        ...anAttemptOf(connection),
        origin: 'app' as const,
        bindingDigest: newId('browser_'),
        startedAt: world.clock.at,
        ...changes,
      };
      await insertAttempt(tx, attempt);
      const state = cause === null ? 'success' : 'failed';
      await finishAttempt(tx, customer, attempt.id, { state, cause, now: world.clock.at });
    }
  });
}

/** What waits in the outbox for the organization's onboardings. */
async function commandsOf(): Promise<Record<string, unknown>[]> {
  const rows = await asSystem(world, (tx) =>
    tx
      .selectFrom('commands')
      .selectAll()
      .where('organizationId', '=', customer.organizationId)
      .where('workflowId', 'like', 'onb/%')
      .orderBy('seq')
      .execute(),
  );
  return rows.map(({ body }) => body);
}

test('many sign-ins that fail begin a repair for the contact who opened a link last, once', async () => {
  await aContact(world, customer, 'first@acme.test');
  await signIn('signature_unknown_key', 4);
  await signIn('expired', 2);

  await look();
  await look();

  expect(await troubles()).toMatchObject([
    { kind: 'sign_ins_failing', subjectId: connection.id, cause: 'signature_unknown_key', since: now },
  ]);
  const [start, ...more] = await commandsOf();
  expect(more).toEqual([]);
  expect(start).toMatchObject({
    kind: 'start',
    origin: 'repair',
    plan: { sso: 'required' },
    connectionLive: true,
    repair: { step: 'repair_sign_in', cause: 'signature_unknown_key', since: now.toISOString() },
  });
  const [link] = await asSystem(world, (tx) =>
    tx.selectFrom('links').selectAll().where('organizationId', '=', customer.organizationId).execute(),
  );
  expect(link).toMatchObject({ kind: 'main', features: ['sso'], createdByType: 'system', delivery: 'mail' });
  expect((await toldOf(world, customer)).audits).toEqual(
    expect.arrayContaining(['onboarding.started', 'trouble.opened']),
  );
});

test('failures of persons, of other revisions, of tests and of long ago begin nothing', async () => {
  await signIn('email_outside_domains', 9);
  await signIn('expired', 9, { origin: 'test' });
  world.pass(-25 * hourMs);
  await signIn('expired', 9);
  world.clock.at = now;

  await look();

  expect(await troubles()).toEqual([]);
});

test('the open onboarding takes the repair, and hears when all is well again', async () => {
  const onboarding = await anOnboarding(world, customer);
  await signIn('expired', 5);
  await look();
  const [trouble] = await troubles();
  expect(trouble?.onboardingId).toBe(onboarding.id);

  world.pass(minuteMs);
  await signIn(null, 4);
  await look();
  expect(await troubles()).toHaveLength(1);
  await signIn(null, 1);
  await look();

  expect(await troubles()).toEqual([]);
  expect(await commandsOf()).toMatchObject([
    { kind: 'open_repair', repair: { troubleId: trouble?.id } },
    { kind: 'repaired', troubleId: trouble?.id },
  ]);
});

test('a connection that is switched off is nobody’s trouble', async () => {
  await signIn('expired', 5);
  await look();
  await inTenant((tx) =>
    moveConnection(tx, customer, connection.id, { from: ['active'], to: 'inactive', now }),
  );

  await look();

  expect(await troubles()).toEqual([]);
});

/** The run that is to repair it has come to its end. */
const endRun = (onboardingId: string, state: 'closed' | 'cancelled') =>
  asSystem(world, (tx) =>
    tx
      .updateTable('onboardings')
      .set({ isOpen: false, state, updatedAt: world.clock.at })
      .where('id', '=', onboardingId)
      .execute(),
  );
const startsOf = async () => (await commandsOf()).filter(({ kind }) => kind === 'start').length;

test('a trouble that lasts begins another run a week after its own has closed, three in all', async () => {
  await signIn('expired', 9);
  await look();
  const runs = [];
  for (const _ of Array(4)) {
    const [trouble] = await troubles();
    runs.push(trouble?.onboardingId ?? '');
    await endRun(runs.at(-1) ?? '', 'closed');
    world.pass(6 * dayMs);
    await signIn('expired', 9);
    await look();
    expect((await troubles())[0]?.onboardingId).toBe(runs.at(-1));
    world.pass(dayMs);
    await signIn('expired', 9);
    await look();
    await look();
  }

  expect(await startsOf()).toBe(3);
  expect(new Set(runs).size).toBe(3);
  const [trouble] = await troubles();
  expect(trouble).toMatchObject({ runs: 3, since: now });
  const starts = (await commandsOf()).map(({ repair }) => Object(repair).troubleId);
  expect(new Set(starts)).toEqual(new Set([trouble?.id]));
});

test('a run that a person has cancelled is not begun again, and what comes back begins one of its own', async () => {
  await signIn('expired', 5);
  await look();
  const [trouble] = await troubles();
  await endRun(trouble?.onboardingId ?? '', 'cancelled');
  world.pass(8 * dayMs);
  await signIn('expired', 9);
  await look();
  expect(await startsOf()).toBe(1);

  world.pass(minuteMs);
  await signIn(null, 5);
  await look();
  world.pass(minuteMs);
  await signIn('expired', 9);
  await look();

  const [again] = await troubles();
  expect(again?.onboardingId).not.toBe(trouble?.onboardingId);
  const second = await inTenant((tx) => getOnboarding(tx, customer, again?.onboardingId ?? ''));
  expect(second).toMatchObject({ origin: 'repair', number: 2 });
});

test('[MD-08] a metadata URL needs a person at once when it names another entity, after two days when it is silent', async () => {
  const fails = (metadataFailingCode: string | null) =>
    inTenant((tx) =>
      updateConnection(
        tx,
        customer,
        connection.id,
        { metadataFailingSince: metadataFailingCode === null ? null : now, metadataFailingCode },
        now,
      ),
    );
  await fails('metadata_unreachable');
  await look();
  expect(await troubles()).toEqual([]);

  world.pass(2 * dayMs);
  await look();
  expect(await troubles()).toMatchObject([{ kind: 'metadata_failing', cause: 'gone', since: now }]);
  await fails(null);
  await look();
  expect(await troubles()).toEqual([]);
  await fails('metadata_entity_differs');
  await look();
  expect(await troubles()).toMatchObject([{ kind: 'metadata_failing', cause: 'entity_differs' }]);
});

test('[DOM-06] a vanished record needs a person until the domain is verified again, or removed', async () => {
  const domain = await aDomain(world, customer, `${newId('d_').slice(-8).toLowerCase()}.test`, 'verified');
  const becomes = (state: 'lapsed' | 'pending' | 'verified', failedReason: string | null) =>
    asSystem(world, (tx) =>
      tx
        .updateTable('organizationDomains')
        .set({ state, failedReason })
        .where('id', '=', domain.id)
        .execute(),
    );
  await becomes('lapsed', 'contested');
  await look();
  expect(await troubles()).toEqual([]);

  await becomes('lapsed', 'record_missing');
  await look();
  expect(await troubles()).toMatchObject([{ kind: 'record_missing', subjectId: domain.id }]);
  await becomes('pending', null);
  await look();
  expect(await troubles()).toHaveLength(1);
  await becomes('verified', null);
  await look();
  expect(await troubles()).toEqual([]);

  await becomes('lapsed', 'record_missing');
  await look();
  await inTenant((tx) => deleteDomain(tx, customer, domain.id));
  await look();
  expect(await troubles()).toEqual([]);
  expect(await inTenant((tx) => listDomains(tx, customer))).toEqual([]);
});

test('the mail of a repair carries the link that leads to it, says since when and mostly why, and goes out once', async () => {
  const { customer: invited, whose, contact } = await anInvited(world);
  customer = invited;
  connection = await aSamlConnection(world, customer);
  await signIn('audience_differs', 5);
  await look();
  const [trouble] = await troubles();
  const effect = {
    ...whose(),
    notice: 'repair' as const,
    subjectId: trouble?.id ?? '',
  };

  expect(await run(world.activities.sendNotice, effect)).toMatchObject({ status: 'done' });
  expect(await run(world.activities.sendNotice, effect)).toMatchObject({ status: 'done' });

  const mails = (await world.mailTo(contact.email)).filter(({ subject }) =>
    subject.startsWith('Sign-in through'),
  );
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toMatch(/Since 10:00 UTC on Wednesday 25 November/);
  expect(mails[0]?.text).toMatch(/Most often: .*audience/i);
  expect(mails[0]?.text).toMatch(/\/setup\/[^/]+\/vb_setup_/);

  world.pass(minuteMs);
  await signIn(null, 5);
  await look();
  const late = { ...effect, effectId: newId('effect_') };
  expect(await run(world.activities.sendNotice, late)).toMatchObject({ status: 'settled' });
});
