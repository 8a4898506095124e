import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  closeLinks,
  endSessions,
  expireLinks,
  extendPortalSession,
  findLink,
  getLink,
  insertPortalSession,
  listPortalSessions,
  openLink,
  recordLinkDelivery,
  replaceMainLink,
  revokeLink,
  revokeLinksOfContact,
  takePortalLink,
  touchPortalSession,
  withSystem,
  withTenant,
  type LinkRow,
  type NewPortalSession,
} from '../../db/index.ts';
import {
  aContact,
  aCustomer,
  aLink,
  aLinkFor,
  anOnboarding,
  minutesLater,
  now,
  openDatabases,
  type Customer,
  type Databases,
} from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 12 });
});
afterAll(() => databases.close());

const inTenant = <T>(customer: Customer, work: Parameters<typeof withTenant<T>>[2]) =>
  withTenant(databases.app, customer, work);
const aSession = (customer: Customer, link: LinkRow, changes: Partial<NewPortalSession> = {}) =>
  inTenant(customer, (tx) =>
    insertPortalSession(tx, {
      id: newId('ps_'),
      handle: newId('h_'),
      ...customer,
      linkId: link.id,
      digest: newId('d_'),
      features: ['sso'],
      createdAt: now,
      idleExpiresAt: minutesLater(60),
      expiresAt: minutesLater(720),
      ...changes,
    }),
  );
const sessionsOf = (customer: Customer, link: LinkRow) =>
  inTenant(customer, (tx) => listPortalSessions(tx, customer, link.id, 10));

test('of 50 tries to open a portal link at once, one opens it [LNK-06]', async () => {
  const customer = await aCustomer(databases);
  const link = await aLink(databases, customer, { kind: 'portal', delivery: 'redirect' });

  const opened = await Promise.all(
    Array.from({ length: 50 }, () => inTenant(customer, (tx) => takePortalLink(tx, customer, link.id, now))),
  );

  expect(opened.filter((row) => row !== undefined)).toHaveLength(1);
});

test('a portal link opens for as long as it lives, and no longer', async () => {
  const customer = await aCustomer(databases);
  const portal = { kind: 'portal', delivery: 'redirect', expiresAt: minutesLater(5) } as const;
  const [late, early] = [await aLink(databases, customer, portal), await aLink(databases, customer, portal)];
  const open = (link: LinkRow, at: Date) =>
    inTenant(customer, (tx) => takePortalLink(tx, customer, link.id, at));

  expect(await open(late, minutesLater(5))).toBeUndefined();
  expect(await open(early, new Date(minutesLater(5).getTime() - 1))).toBeDefined();
});

describe('a setup link', () => {
  test('opens any number of times, and remembers the first and the last', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    const open = (at: Date) => inTenant(customer, (tx) => openLink(tx, customer, link.id, at));

    await open(now);
    const again = await open(minutesLater(3));

    expect(again).toMatchObject({
      state: 'opened',
      openedTimes: 2,
      firstOpenedAt: now,
      lastOpenedAt: minutesLater(3),
    });
  });

  test('whose work is done opens until its date, for the finished page', async () => {
    const customer = await aCustomer(databases);
    const onboarding = await anOnboarding(databases, customer);
    const link = await aLink(databases, customer, { onboardingId: onboarding.id });
    await aSession(customer, link);
    await inTenant(customer, (tx) => closeLinks(tx, customer, onboarding.id, 'completed', now));
    const open = (at: Date) => inTenant(customer, (tx) => openLink(tx, customer, link.id, at));

    expect(await open(minutesLater(1))).toMatchObject({ state: 'completed', tokenSealed: null });
    expect(await open(minutesLater(60))).toBeUndefined();
    expect((await sessionsOf(customer, link)).map(({ endedAt }) => endedAt)).toEqual([null]);
  });

  test('that was revoked opens no more, its sessions end and its token is forgotten', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    await aSession(customer, link);

    await inTenant(customer, (tx) => revokeLink(tx, customer, link.id, minutesLater(1)));

    expect(
      await inTenant(customer, (tx) => openLink(tx, customer, link.id, minutesLater(2))),
    ).toBeUndefined();
    expect((await sessionsOf(customer, link)).map(({ endedAt }) => endedAt)).toEqual([minutesLater(1)]);
    expect(await inTenant(customer, (tx) => getLink(tx, customer, link.id))).toMatchObject({
      state: 'revoked',
      tokenSealed: null,
    });
  });

  test('keeps "opened" when the mail server reports late', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    await inTenant(customer, (tx) => openLink(tx, customer, link.id, now));

    await inTenant(customer, (tx) => recordLinkDelivery(tx, customer, link.id, 'delivered'));

    expect(await inTenant(customer, (tx) => findLink(tx, customer, link.id))).toMatchObject({
      state: 'opened',
    });
  });
});

test('a new main link takes the place of the old one in one act, and ends its sessions [LNK-03]', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);
  const main = { ...aLinkFor(customer), kind: 'main' as const, onboardingId: onboarding.id };
  const first = await inTenant(customer, (tx) => replaceMainLink(tx, main));
  await aSession(customer, first.link);

  const second = await inTenant(customer, (tx) =>
    replaceMainLink(tx, { ...main, ...aLinkFor(customer), kind: 'main', onboardingId: onboarding.id }),
  );

  expect(first.replaced).toBeUndefined();
  expect(second.replaced).toMatchObject({ id: first.link.id, state: 'replaced' });
  expect((await sessionsOf(customer, first.link))[0]?.endedAt).toEqual(now);
});

test('of 50 main links issued at once, one is active', async () => {
  const customer = await aCustomer(databases);
  const onboarding = await anOnboarding(databases, customer);

  await Promise.allSettled(
    Array.from({ length: 50 }, () => aLink(databases, customer, { onboardingId: onboarding.id })),
  );

  const active = await inTenant(customer, (tx) =>
    tx
      .selectFrom('links')
      .select('id')
      .where('onboardingId', '=', onboarding.id)
      .where('endedAt', 'is', null)
      .execute(),
  );
  expect(active).toHaveLength(1);
});

test("removing a contact's access revokes the links sent to them, and no others", async () => {
  const customer = await aCustomer(databases);
  const contact = await aContact(databases, customer);
  const theirs = await aLink(databases, customer, { contactId: contact.id });
  await aLink(databases, customer, { kind: 'colleague' });

  const revoked = await inTenant(customer, (tx) => revokeLinksOfContact(tx, customer, contact.id, now));

  expect(revoked.map(({ id }) => id)).toEqual([theirs.id]);
});

test('a link past its date is expired by the sweep, once, with its token forgotten', async () => {
  const customer = await aCustomer(databases);
  const link = await aLink(databases, customer, { expiresAt: minutesLater(1) });
  const sweep = async () =>
    (await withSystem(databases.system, (tx) => expireLinks(tx, minutesLater(1)))).filter(
      ({ id }) => id === link.id,
    );

  const [expired] = await sweep();

  expect(expired).toMatchObject({ state: 'expired', tokenSealed: null });
  expect(await sweep()).toEqual([]);
});

describe('a session', () => {
  test('knows when somebody was last here through its link', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    const first = await aSession(customer, link);

    const second = await aSession(customer, link, { createdAt: minutesLater(30) });

    expect([first.previousVisitAt, second.previousVisitAt]).toEqual([null, now]);
  });

  test('moves its idle end on, never beyond the hard one, and writes at most once a minute [LNK-08]', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    const session = await aSession(customer, link, { expiresAt: minutesLater(90) });
    const touch = async (at: Date) => {
      const idle = { now: at, idleMs: 3_600_000 };
      await inTenant(customer, (tx) => touchPortalSession(tx, customer, session, idle));
      return (await sessionsOf(customer, link))[0]?.idleExpiresAt;
    };

    expect(await touch(new Date(minutesLater(1).getTime() - 1))).toEqual(minutesLater(60));
    expect(await touch(minutesLater(1))).toEqual(minutesLater(61));
    expect(await touch(minutesLater(50))).toEqual(minutesLater(90));
  });

  test('that has ended cannot be extended back to life, and the sweep ends it at its date', async () => {
    const customer = await aCustomer(databases);
    const link = await aLink(databases, customer);
    const session = await aSession(customer, link, { idleExpiresAt: minutesLater(5) });
    const idle = { now: minutesLater(5), idleMs: 3_600_000 };

    const extended = await inTenant(customer, (tx) => extendPortalSession(tx, customer, session, idle));
    await withSystem(databases.system, (tx) => endSessions(tx, minutesLater(6)));

    expect(extended).toBeUndefined();
    expect((await sessionsOf(customer, link))[0]?.endedAt).toEqual(minutesLater(5));
  });
});
