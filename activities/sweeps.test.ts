import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  deleteOrganization,
  endRevision,
  findItContact,
  insertAttempt,
  insertAudit,
  insertEvent,
  insertFormer,
  insertFreshLinkRequest,
  insertLogStream,
  insertPortalSession,
  insertRevision,
  numberEvents,
  removeItContact,
  restoreOrganization,
  sealAudit,
  suppressAddress,
  updateLogStream,
  verifyAudit,
  withTenant,
  type AuditVerdict,
  type Tx,
} from '../db/index.ts';
import { emptyConfiguration } from '../onboarding/connection-configuration.ts';
import { newId } from '../adapters/ids.ts';
import {
  aCommandFor,
  aConnection,
  aCustomer,
  anAttemptOf,
  anAudit,
  now,
  type Customer,
} from '../test/db/builders.ts';
import {
  anInvited,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

let world: ActivityWorld;
beforeAll(async () => {
  world = await openActivityWorld();
});
beforeEach(() => {
  world.clock.at = now;
});
afterAll(() => world.close());

const sweep = (kind: 'minute' | 'hour' | 'day') => run(world.activities.sweep, { kind });
const countOf = async (
  table: 'organizations' | 'links' | 'events' | 'commands' | 'attempts' | 'auditEvents',
  { organizationId }: Customer,
) => {
  const rows = await asSystem(world, (tx) =>
    tx
      .selectFrom(table)
      .select('id')
      .where(table === 'organizations' ? 'id' : 'organizationId', '=', organizationId)
      .execute(),
  );
  return rows.length;
};

test('every minute: links past their date end with their tokens forgotten, attempts without an answer time out', async () => {
  const { customer, link } = await anInvited(world, {
    link: { expiresAt: new Date(now.getTime() + hourMs) },
  });
  const connection = await aConnection(world, customer);
  const attempt = anAttemptOf(connection);
  await withTenant(world.app, customer, (tx) => insertAttempt(tx, attempt));

  expect(await sweep('minute')).toMatchObject({ links: 0, attempts: 0 });
  world.pass(hourMs);
  expect(await sweep('minute')).toMatchObject({ links: 1, attempts: 1 });
  expect(await sweep('minute')).toEqual({
    links: 0,
    sessions: 0,
    attempts: 0,
    uploadsLost: 0,
    contestsEnded: 0,
    contests: 0,
    connections: 0,
    directories: 0,
    remapped: 0,
    rolesTold: 0,
    streams: 0,
    webhooks: 0,
    renewals: 0,
    staffNews: 0,
    persons: 0,
    troubles: 0,
    repaired: 0,
    begunAgain: 0,
    holds: 0,
    holdsWithdrawn: 0,
  });

  const rows = await asSystem(world, async (tx) => ({
    link: await tx.selectFrom('links').selectAll().where('id', '=', link.id).executeTakeFirstOrThrow(),
    attempt: await tx
      .selectFrom('attempts')
      .selectAll()
      .where('id', '=', attempt.id)
      .executeTakeFirstOrThrow(),
  }));
  expect(rows.link).toMatchObject({ state: 'expired', tokenSealed: null, endedAt: world.clock.at });
  expect(rows.attempt).toMatchObject({ state: 'timed_out', endedAt: world.clock.at });
  const told = await asSystem(world, (tx) =>
    tx
      .selectFrom('events')
      .select('data')
      .where('organizationId', '=', customer.organizationId)
      .where('name', '=', 'authentication.sso_timed_out')
      .execute(),
  );
  expect(told).toMatchObject([{ data: { status: 'timed_out', sso: { session_id: attempt.id } } }]);
});

test('every hour: what only serves until its date goes, and the sealed audit log is signed [AUD-03]', async () => {
  const customer = await aCustomer(world);
  const { environmentId } = customer;
  await withTenant(world.app, customer, (tx) => insertAudit(tx, anAudit(customer)));
  await asSystem(world, async (tx) => {
    await sealAudit(tx, environmentId);
    await tx
      .insertInto('rateLimits')
      .values({ key: 'old', points: 1, expire: now.getTime() - 1 })
      .execute();
  });

  const swept = await sweep('hour');

  expect(swept).toMatchObject({ expired: 1, checkpoints: 1 });
  const verdict = await asSystem(world, (tx) => verifyAudit(tx, environmentId, world.deps.signer.verify));
  expect(verdict).toMatchObject({
    state: 'intact',
    rows: 1,
    notYetSealed: 0,
  } satisfies Partial<AuditVerdict>);
});

test('every hour: a former configuration goes with its secret when its time to be brought back is over', async () => {
  const customer = await aCustomer(world);
  const connection = await aConnection(world, customer);
  const former = (keptUntil: Date) => ({
    id: newId('former_'),
    ...customer,
    connectionId: connection.id,
    configuration: emptyConfiguration,
    certificates: [],
    clientSecretSealed: 'sealed',
    wasLive: true,
    reason: 'reset' as const,
    createdAt: now,
    keptUntil,
  });
  await withTenant(world.app, customer, async (tx) => {
    await insertFormer(tx, former(world.deps.now()));
    await insertFormer(tx, former(new Date(world.deps.now().getTime() + hourMs)));
  });

  expect(await sweep('hour')).toMatchObject({ formers: 1 });
  expect(await sweep('hour')).toMatchObject({ formers: 0 });
});

test('every hour: a log stream that was removed loses its secret when its time to be brought back is over', async () => {
  const customer = await aCustomer(world);
  await withTenant(world.app, customer, async (tx) => {
    const made = { name: 'SIEM', destination: 'splunk', createdAt: now, updatedAt: now };
    for (const daysAgo of [30, 29]) {
      const stream = await insertLogStream(tx, { id: newId('als_'), ...customer, ...made });
      const deletedAt = new Date(world.deps.now().getTime() - daysAgo * 24 * hourMs);
      await updateLogStream(tx, stream, { deletedAt, secretSealed: 'sealed', updatedAt: now });
    }
  });

  expect(await sweep('hour')).toMatchObject({ removedStreams: 1 });
  expect(await sweep('hour')).toMatchObject({ removedStreams: 0 });
});

test('every day: attempts, events and delivered commands go after their retention, and what still waits stays', async () => {
  const customer = await aCustomer(world);
  const connection = await aConnection(world, customer);
  await withTenant(world.app, customer, async (tx) => {
    await insertAttempt(tx, anAttemptOf(connection));
    const event = { ...customer, name: 'organization.updated', data: {}, createdAt: now };
    await insertEvent(tx, { id: newId('event_'), ...event });
  });
  await asSystem(world, async (tx) => {
    await numberEvents(tx, customer.environmentId);
    const delivered = aCommandFor(customer);
    const waiting = aCommandFor(customer);
    for (const { body, start: _start, ...command } of [delivered, waiting])
      await tx
        .insertInto('commands')
        .values({ ...command, body: JSON.stringify(body) })
        .execute();
    await tx
      .updateTable('commands')
      .set({ state: 'applied', deliveredAt: now })
      .where('id', '=', delivered.id)
      .execute();
  });

  world.pass(30 * dayMs + minuteMs);
  expect((await sweep('day')).commands).toBe(1);
  expect(await Promise.all([countOf('attempts', customer), countOf('events', customer)])).toEqual([1, 1]);
  world.pass(60 * dayMs);
  await sweep('day');

  expect(await Promise.all([countOf('attempts', customer), countOf('events', customer)])).toEqual([0, 0]);
  expect(await countOf('commands', customer)).toBe(1);
  expect(await sweep('day')).toEqual({
    ageing: 0,
    auditMonths: 0,
    streamOutages: 0,
    attempts: 0,
    events: 0,
    commands: 0,
    mails: 0,
    sessions: 0,
    revisions: 0,
    bounces: 0,
    contacts: 0,
    freshLinkRequests: 0,
    deliveries: 0,
    directoryRequests: 0,
    directoryRuns: 0,
    directoryFiles: 0,
    streamRejects: 0,
    organizations: 0,
    audits: 0,
  });
});

test('every day: mails, ended sessions and drafts go, and an address that bounced a month ago may be mailed again', async () => {
  const { customer, onboarding, link, contact } = await anInvited(world);
  const { environmentId } = customer;
  const connection = await aConnection(world, customer);
  await run(world.activities.sendInvitation, {
    ...customer,
    onboardingId: onboarding.id,
    effectId: newId('effect_'),
    linkId: link.id,
    contactId: contact.id,
    fresh: false,
  });
  await withTenant(world.app, customer, async (tx) => {
    await insertPortalSession(tx, {
      id: newId('portal_session_'),
      handle: newId('session_'),
      ...customer,
      linkId: link.id,
      digest: newId('digest_'),
      features: ['sso'],
      createdAt: now,
      idleExpiresAt: new Date(now.getTime() + hourMs),
      expiresAt: new Date(now.getTime() + hourMs),
    });
    const revision = await insertRevision(tx, {
      id: newId('rev_'),
      ...customer,
      connectionId: connection.id,
      createdAt: now,
      heldBy: link.id,
      configuration: emptyConfiguration,
      certificates: [],
      clientSecretSealed: null,
      drafts: {},
    });
    await endRevision(tx, customer, revision.id, { endedAs: 'discarded', now });
    await suppressAddress(tx, customer, { address: 'gone@acme.test', reason: 'bounced', now });
    await suppressAddress(tx, customer, { address: 'cross@acme.test', reason: 'complaint', now });
  });
  await sweep('minute');

  world.pass(30 * dayMs + 2 * hourMs);
  await sweep('minute');
  expect(await sweep('day')).toMatchObject({ mails: 0, sessions: 1, revisions: 0, bounces: 1 });
  world.pass(60 * dayMs);
  expect(await sweep('day')).toMatchObject({ mails: 0, sessions: 0, revisions: 1, bounces: 0 });
  await asSystem(world, (tx) =>
    tx.updateTable('onboardings').set({ isOpen: false }).where('id', '=', onboarding.id).execute(),
  );
  expect(await sweep('day')).toMatchObject({ mails: 1 });

  const left = await asSystem(world, (tx) =>
    tx.selectFrom('mailSuppressions').select('address').where('environmentId', '=', environmentId).execute(),
  );
  expect(left).toEqual([{ address: 'cross@acme.test' }]);
  const told = await asSystem(world, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select('action')
      .where('environmentId', '=', environmentId)
      .where('action', '=', 'mail.address_allowed')
      .execute(),
  );
  expect(told).toHaveLength(1);
});

test('every day: removed contacts go after 30 days and presses for fresh links after 90, and links no longer say whose they were', async () => {
  const { customer, contact, link } = await anInvited(world);
  await withTenant(world.app, customer, async (tx) => {
    await aPressForAFreshLink(tx, customer, link.id);
    await removeItContact(tx, customer, contact.id, now);
  });

  world.pass(30 * dayMs);
  expect(await sweep('day')).toMatchObject({ contacts: 0, freshLinkRequests: 0 });
  world.pass(1);
  expect(await sweep('day')).toMatchObject({ contacts: 1, freshLinkRequests: 0 });
  world.pass(60 * dayMs);
  expect(await sweep('day')).toMatchObject({ contacts: 0, freshLinkRequests: 1 });

  const left = await asSystem(world, (tx) =>
    tx.selectFrom('links').selectAll().where('id', '=', link.id).executeTakeFirstOrThrow(),
  );
  expect(left).toMatchObject({ contactId: null, note: null, tokenSealed: null });
});

test('contacts of a deleted organization wait for it: they would come back with it', async () => {
  const { customer, contact } = await anInvited(world);
  await withTenant(world.app, customer, (tx) => deleteOrganization(tx, customer, now));

  world.pass(30 * dayMs - 1);
  expect(await sweep('day')).toMatchObject({ contacts: 0, organizations: 0 });

  await withTenant(world.app, customer, (tx) => restoreOrganization(tx, customer, world.clock.at));
  const back = await withTenant(world.app, customer, (tx) => findItContact(tx, customer, contact.id));
  expect(back?.email).toBe(contact.email);
});

test('[AUD-04] 30 days after its deletion an organization is erased; audit rows stay, with tombstones for people', async () => {
  const { customer } = await anInvited(world);
  await withTenant(world.app, customer, async (tx) => {
    await insertAudit(tx, anAudit(customer));
    await deleteOrganization(tx, customer, now);
  });
  await asSystem(world, (tx) => sealAudit(tx, customer.environmentId));

  world.pass(30 * dayMs - 1);
  expect((await sweep('day')).organizations).toBe(0);
  expect(await countOf('links', customer)).toBe(1);
  world.pass(1);
  expect((await sweep('day')).organizations).toBe(1);
  expect((await sweep('day')).organizations).toBe(0);

  expect(await countOf('organizations', customer)).toBe(0);
  expect(await countOf('links', customer)).toBe(0);
  const audits = await asSystem(world, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['personal', 'personalSalt'])
      .where('organizationId', '=', customer.organizationId)
      .execute(),
  );
  expect(audits).toEqual([{ personal: { actorEmail: { erased: expect.any(String) } }, personalSalt: null }]);
  expect(JSON.stringify(audits)).not.toContain('ann@vendor.test');
  const verdict = await asSystem(world, (tx) =>
    verifyAudit(tx, customer.environmentId, world.deps.signer.verify),
  );
  expect(verdict.state).toBe('intact');
});

async function aPressForAFreshLink(tx: Tx, customer: Customer, linkId: string): Promise<void> {
  const press = { linkId, outcome: 'sent_again' as const, createdAt: now };
  await insertFreshLinkRequest(tx, { id: newId('fresh_'), ...customer, ...press });
}
