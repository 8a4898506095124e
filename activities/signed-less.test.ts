import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { finishAttempt, insertAttempt, insertMember, withTenant, type AttemptRow } from '../db/index.ts';
import { anAttemptOf, now } from '../test/db/builders.ts';
import {
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
  hourMs,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import { samlKeys } from '../test/support/saml.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(() => {
  world.clock.at = now;
});
afterAll(() => world.close());

async function aLiveConnection() {
  const invited = await anInvited(world, {});
  const pem = (await samlKeys()).idp.current.certificatePem;
  const connection = await aSamlConnection(world, invited.customer, { pems: [pem] });
  return { invited, connection, whose: { ...invited.customer, connectionId: connection.id } };
}
type Live = Awaited<ReturnType<typeof aLiveConnection>>;

/** A sign-in that was refused because less was signed than the floor asks for. */
async function lessSigned({ connection, whose }: Live, at: Date, origin: AttemptRow['origin'] = 'app') {
  await withTenant(world.app, whose, async (tx) => {
    const attempt = await insertAttempt(tx, { ...anAttemptOf(connection), origin, startedAt: at });
    await finishAttempt(tx, whose, attempt.id, {
      state: 'failed',
      cause: 'signed_less',
      now: at,
      facts: { expected: 'both', received: 'assertion' },
    });
  });
}

async function aMember({ whose }: Live, role: 'admin' | 'viewer'): Promise<string> {
  const email = `${newId('m_').toLowerCase()}@vendor.test`;
  const { environmentId } = whose;
  await asSystem(world, (tx) =>
    insertMember(tx, { id: newId('member_'), environmentId, email, name: null, role, createdAt: now }),
  );
  return email;
}

test('a provider that signs less than it did is told to contacts and staff at once, and once a day [SAML-09]', async () => {
  const live = await aLiveConnection();
  const [admin, viewer] = [await aMember(live, 'admin'), await aMember(live, 'viewer')];
  const announce = (at: Date) =>
    run(world.activities.announceSignedLess, { ...live.whose, at: at.toISOString() });
  const contact = live.invited.contact.email;

  await lessSigned(live, now);
  await announce(now);
  world.pass(hourMs);
  await lessSigned(live, world.clock.at);
  await announce(world.clock.at);

  const [mail, ...more] = await world.mailTo(contact);
  expect(more).toEqual([]);
  expect(mail?.text).toContain('expect response and assertion signed');
  expect(mail?.text).toContain('came with the assertion signed');
  expect((await world.mailTo(admin)).map(({ text }) => text)).toEqual([
    expect.stringContaining(`/dashboard/connections/${live.connection.id}`),
  ]);
  expect(await world.mailTo(viewer)).toEqual([]);

  world.pass(dayMs);
  await lessSigned(live, world.clock.at);
  await announce(world.clock.at);
  expect(await world.mailTo(contact)).toHaveLength(2);
});

test('the watch reads it from the sign-ins of the last day; tests and older ones do not count', async () => {
  const live = await aLiveConnection();
  const look = async () => (await run(world.activities.lookAtCertificates, live.whose)).signedLessAt;

  await lessSigned(live, now, 'test');
  await lessSigned(live, new Date(now.getTime() - 2 * dayMs));
  expect(await look()).toBeNull();

  await lessSigned(live, now);
  expect(await look()).toBe(now.toISOString());
});

test('what has gone meanwhile is told to nobody', async () => {
  const live = await aLiveConnection();

  await run(world.activities.announceSignedLess, { ...live.whose, at: now.toISOString() });

  expect(await world.mailTo(live.invited.contact.email)).toEqual([]);
});
