import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  finishAttempt,
  insertAttempt,
  insertItContact,
  listCertificateHistory,
  listCertificates,
  switchConnectionOff,
  updateConnectionSettings,
  updateItContact,
  withTenant,
  type ConnectionRow,
} from '../db/index.ts';
import { newId } from '../adapters/ids.ts';
import { buildTestIdpMetadata } from '../sandbox/test-idp/metadata.ts';
import { anAttemptOf, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  aMetadataServer,
  anInvited,
  aSamlConnection,
  asSystem,
  dayMs,
  hourMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
  type Invited,
} from '../test/support/activity-builders.ts';
import {
  aCertificate,
  replaced,
  samlKeys,
  type MadeCertificate,
  type SamlKeys,
} from '../test/support/saml.ts';

let world: ActivityWorld;
let idp: SamlKeys['idp'];
let server: Awaited<ReturnType<typeof aMetadataServer>>;
beforeAll(async () => {
  const [opened, keys] = await Promise.all([openActivityWorld(), samlKeys()]);
  world = opened;
  idp = keys.idp;
});
beforeEach(async () => {
  world.clock.at = now;
  server = await aMetadataServer();
});
afterEach(() => server.close());
afterAll(() => world.close());

const entityId = 'https://idp.test/saml';
type KeyName = 'current' | 'next' | 'unpublished';
/** Metadata that names one key, or a second one beside it. */
const metadata = (name: KeyName, beside?: KeyName, of = entityId) =>
  buildTestIdpMetadata({
    entityId: of,
    ssoUrl: 'https://idp.test/sso',
    keys: { ...idp, current: idp[name], next: idp[beside ?? name] },
    publishes: beside === undefined ? 'current' : 'current_and_next',
  });

interface Live {
  invited: Invited;
  connection: ConnectionRow;
  whose: { environmentId: string; organizationId: string; connectionId: string };
}

async function aLiveConnection(trusts: KeyName[] = ['current'], name?: string): Promise<Live> {
  const invited = await anInvited(world, name === undefined ? {} : { name });
  const connection = await aSamlConnection(world, invited.customer, {
    pems: trusts.map((key) => idp[key].certificatePem),
    settings: { idpMetadataUrl: server.url },
  });
  return { invited, connection, whose: { ...invited.customer, connectionId: connection.id } };
}

const refresh = ({ whose }: Live) => run(world.activities.refreshMetadata, whose);
const trusted = async ({ invited, connection }: Live): Promise<KeyName[]> => {
  const rows = await withTenant(world.app, invited.customer, (tx) =>
    listCertificates(tx, invited.customer, connection.id),
  );
  const names = ['current', 'next', 'unpublished'] as const;
  return names.filter((name) => rows.some(({ pem }) => pem.trim() === idp[name].certificatePem.trim()));
};
const stored = ({ connection }: Live) =>
  asSystem(world, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', connection.id).executeTakeFirstOrThrow(),
  );

test('[MD-08] a new key of the same entity is taken beside the old one, audited, told by event and by mail', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('current', 'next'));

  await refresh(live);

  expect(await trusted(live)).toEqual(['current', 'next']);
  expect(await stored(live)).toMatchObject({
    metadataTriedAt: now,
    metadataFetchedAt: now,
    metadataFailingSince: null,
    metadataEtag: '"v1"',
    idpEntityId: entityId,
    settingsRevision: live.connection.settingsRevision,
  });
  expect(await toldOf(world, live.whose)).toEqual({
    events: ['connection.saml_certificate_renewed'],
    audits: ['connection.certificate_added'],
    commands: [],
  });
  const mails = await world.mailTo(live.invited.contact.email);
  expect(mails.map(({ subject }) => subject)).toEqual(['New certificate taken, nothing to do']);
});

test('[MD-08] run twice, the key is taken once, told once, and the address is asked once an hour', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('current', 'next'));

  await refresh(live);
  await refresh(live);
  expect(server.asked).toHaveLength(1);
  world.pass(hourMs);
  server.serve(metadata('current', 'next'));
  await refresh(live);

  expect(server.asked).toHaveLength(2);
  expect((await toldOf(world, live.whose)).events).toHaveLength(1);
  expect(await world.mailTo(live.invited.contact.email)).toHaveLength(1);
});

test('a mail server that is away delays the news and loses none: the retry mails without fetching again', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('current', 'next'));
  const away = world.with({ mailer: await aMailerWithoutServer() });

  await expect(run(away.refreshMetadata, live.whose)).rejects.toThrow('could not be written to yet');
  await refresh(live);

  expect(server.asked).toHaveLength(1);
  expect(await world.mailTo(live.invited.contact.email)).toHaveLength(1);
});

test('a mail server that is away for two days delays the news; who was named a contact meanwhile does not hear of it', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('current', 'next'));
  const away = world.with({ mailer: await aMailerWithoutServer() });
  await expect(run(away.refreshMetadata, live.whose)).rejects.toThrow('could not be written to yet');
  world.pass(2 * dayMs);
  const later = await withTenant(world.app, live.invited.customer, (tx) =>
    insertItContact(tx, {
      id: newId('it_contact_'),
      ...live.invited.customer,
      email: 'later@acme.test',
      createdAt: world.clock.at,
    }),
  );

  server.serve(metadata('current', 'next'));
  await refresh(live);

  expect(await world.mailTo(live.invited.contact.email)).toHaveLength(1);
  expect(await world.mailTo(later.email)).toEqual([]);
});

test('[MD-08] an absent key stays until it was absent from two fetches a day apart', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('next'));

  await refresh(live);
  expect(await trusted(live)).toEqual(['current', 'next']);
  world.pass(dayMs - 1_000);
  server.serve(metadata('next'));
  await refresh(live);
  expect(await trusted(live)).toEqual(['current', 'next']);
  world.pass(hourMs);
  server.serve(metadata('next'));
  await refresh(live);

  expect(await trusted(live)).toEqual(['next']);
  expect((await toldOf(world, live.whose)).audits).toEqual([
    'connection.certificate_added',
    'connection.certificate_retired',
  ]);
});

test('[MD-08] an unchanged document, which conditional requests are told of, counts as a fetch', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('next'));

  await refresh(live);
  world.pass(dayMs);
  await refresh(live);

  expect(server.asked.map(({ answered }) => answered)).toEqual([200, 304]);
  expect(server.asked[1]?.ifNoneMatch).toBe('"v1"');
  expect(await trusted(live)).toEqual(['next']);
});

test('[MD-08] the same key, certified anew, takes the place of its old certificate', async () => {
  const old = await aCertificate({ name: 'renewing' });
  const renewed = await certifiedAnew(old, new Date('2035-01-01T00:00:00Z'));
  const invited = await anInvited(world);
  const settings = { idpMetadataUrl: server.url };
  const { id } = await aSamlConnection(world, invited.customer, { pems: [old.pem], settings });
  server.serve(
    buildTestIdpMetadata({
      entityId,
      ssoUrl: 'https://idp.test/sso',
      publishes: 'current',
      keys: { ...idp, current: { ...idp.current, certificatePem: renewed } },
    }),
  );

  await run(world.activities.refreshMetadata, { ...invited.customer, connectionId: id });

  const trusted = await withTenant(world.app, invited.customer, (tx) =>
    listCertificates(tx, invited.customer, id),
  );
  expect(trusted.map(({ notAfter }) => notAfter.toISOString())).toEqual(['2035-01-01T00:00:00.000Z']);
  expect((await toldOf(world, invited.customer)).events).toEqual(['connection.saml_certificate_renewed']);
});

async function certifiedAnew({ keys, name }: MadeCertificate, notAfter: Date): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    notBefore: new Date('2026-06-01T00:00:00Z'),
    notAfter,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  });
  return `${certificate.toString('pem')}\n`;
}

test('a key that is named again in between is not absent', async () => {
  const live = await aLiveConnection();
  for (const document of [metadata('next'), metadata('current', 'next'), metadata('next')]) {
    server.serve(document);
    await refresh(live);
    world.pass(13 * hourMs);
  }

  expect(await trusted(live)).toEqual(['current', 'next']);
});

test('[MD-08] the last key never goes, though its metadata has not named it for long', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('next'));
  await refresh(live);
  // A person took the new key away again; the document stays as it is.
  await asSystem(world, (tx) =>
    tx
      .updateTable('idpCertificates')
      .set({ retiredAt: now })
      .where('connectionId', '=', live.connection.id)
      .where('source', '=', 'refresh')
      .execute(),
  );
  world.pass(3 * dayMs);

  await refresh(live);

  expect(server.asked.map(({ answered }) => answered)).toEqual([200, 304]);
  expect(await trusted(live)).toEqual(['current']);
});

test('[MD-08] a document of another entity is refused and audited: keys, entity and last good fetch stay', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('current'));
  await refresh(live);
  world.pass(dayMs);
  server.serve(metadata('unpublished', undefined, 'https://evil.test/saml'));

  await refresh(live);

  expect(await trusted(live)).toEqual(['current']);
  expect(await stored(live)).toMatchObject({
    idpEntityId: entityId,
    metadataFetchedAt: now,
    metadataEtag: '"v1"',
    metadataTriedAt: world.clock.at,
    metadataFailingSince: world.clock.at,
  });
  const audits = await asSystem(world, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'after'])
      .where('organizationId', '=', live.whose.organizationId)
      .execute(),
  );
  expect(audits).toEqual([
    { action: 'connection.metadata_failing', after: { code: 'metadata_entity_differs' } },
  ]);
  expect((await toldOf(world, live.whose)).events).toEqual([]);
});

test('[MD-08] an address that is gone keeps the last good state, says since when, and is forgiven when it is back', async () => {
  const live = await aLiveConnection();
  server.serve(undefined);

  await refresh(live);
  world.pass(dayMs);
  await refresh(live);

  expect(await trusted(live)).toEqual(['current']);
  expect(await stored(live)).toMatchObject({
    state: 'active',
    metadataFailingSince: now,
    metadataTriedAt: world.clock.at,
    metadataFetchedAt: null,
  });
  expect((await toldOf(world, live.whose)).audits).toEqual(['connection.metadata_failing']);

  world.pass(dayMs);
  server.serve(metadata('current'));
  await refresh(live);
  expect(await stored(live)).toMatchObject({ metadataFailingSince: null, metadataFetchedAt: world.clock.at });
});

test('nothing is taken for settings that a person changed while the document was on its way', async () => {
  const live = await aLiveConnection();
  server.serve(metadata('unpublished'));
  const { egress } = world.deps;
  const { customer } = live.invited;
  const slow = world.with({
    egress: {
      async fetch(...request) {
        const answer = await egress.fetch(...request);
        await withTenant(world.app, customer, (tx) =>
          updateConnectionSettings(
            tx,
            customer,
            live.connection.id,
            { idpMetadataUrl: 'https://idp.test/other' },
            now,
          ),
        );
        return answer;
      },
    },
  });

  await run(slow.refreshMetadata, live.whose);

  expect(await trusted(live)).toEqual(['current']);
  expect((await stored(live)).metadataTriedAt).toBeNull();
});

test('a connection without a metadata address is left alone', async () => {
  const invited = await anInvited(world);
  const connection = await aSamlConnection(world, invited.customer, {
    pems: [idp.current.certificatePem],
  });

  await run(world.activities.refreshMetadata, { ...invited.customer, connectionId: connection.id });

  expect(await toldOf(world, invited.customer)).toEqual({ events: [], audits: [], commands: [] });
});

const lookAt = ({ whose }: Live) => run(world.activities.lookAtCertificates, whose);

test('the reading names the certificate that ends last, and a refresh a day after the last try', async () => {
  const live = await aLiveConnection(['current', 'next']);
  server.serve(undefined);

  const before = await lookAt(live);
  await refresh(live);
  const after = await lookAt(live);

  const [longest] = await withTenant(world.app, live.invited.customer, (tx) =>
    listCertificates(tx, live.invited.customer, live.connection.id),
  );
  expect(before).toEqual({
    state: 'live',
    fingerprint: longest?.fingerprint,
    endsAt: longest?.notAfter.toISOString(),
    refreshAt: new Date(now.getTime() + dayMs).toISOString(),
    retirementAt: null,
    signedLessAt: null,
    notices: { due: null, nextLookAt: expect.any(String) },
  });
  world.pass(hourMs);
  expect(await lookAt(live)).toEqual(after);
});

test.each([
  ['PT6H', 6 * hourMs, 'as long as it says'],
  ['PT10M', hourMs, 'an hour at least'],
  ['P7D', 7 * dayMs, 'as long as it says'],
  ['P1Y', 30 * dayMs, 'thirty days at most'],
  ['soon', dayMs, 'a day, as if it said nothing'],
])('[MD-08] metadata with cacheDuration %s is fetched again after %d ms: %s', async (duration, pause) => {
  const live = await aLiveConnection();
  const says = (text: string) =>
    replaced(metadata('current'), '<md:EntityDescriptor', `<md:EntityDescriptor cacheDuration="${text}"`);
  server.serve(says(duration));

  await refresh(live);

  const due = async () => Date.parse((await lookAt(live)).refreshAt ?? '') - now.getTime();
  expect(await due()).toBe(pause);
});

test('[MD-08] after a sign-in with a key that nobody knows the metadata is due an hour after the last look, once', async () => {
  const live = await aLiveConnection();
  const due = async () => Date.parse((await lookAt(live)).refreshAt ?? '') - world.clock.at.getTime();
  server.serve(metadata('current'));
  await refresh(live);
  world.pass(hourMs / 2);
  expect(await due()).toBe(dayMs - hourMs / 2);

  await withTenant(world.app, live.whose, async (tx) => {
    const attempt = await insertAttempt(tx, { ...anAttemptOf(live.connection), startedAt: world.clock.at });
    const found = { cause: 'signature_unknown_key', now: world.clock.at, facts: {} } as const;
    await finishAttempt(tx, live.whose, attempt.id, { state: 'failed', ...found });
  });
  expect(await due()).toBe(hourMs / 2);

  world.pass(hourMs);
  server.serve(metadata('next', 'current'));
  await refresh(live);
  expect(await trusted(live)).toEqual(['current', 'next']);
  expect(await due()).toBe(dayMs);
});

test('[MD-08] what the metadata said of itself counts for an unchanged answer, not for one that failed nor for the next', async () => {
  const live = await aLiveConnection();
  const due = async () => Date.parse((await lookAt(live)).refreshAt ?? '') - world.clock.at.getTime();
  server.serve(
    replaced(metadata('current'), '<md:EntityDescriptor', '<md:EntityDescriptor cacheDuration="P2D"'),
  );
  await refresh(live);
  world.pass(2 * dayMs);
  await refresh(live);
  expect([server.asked.at(-1)?.answered, await due()]).toEqual([304, 2 * dayMs]);

  server.serve(undefined);
  world.pass(2 * dayMs);
  await refresh(live);
  expect(await due()).toBe(dayMs);

  server.serve(metadata('current'));
  world.pass(dayMs);
  await refresh(live);
  expect(await due()).toBe(dayMs);
});

test('a connection that was switched off is gone for its watch', async () => {
  const live = await aLiveConnection();
  const { customer } = live.invited;
  await withTenant(world.app, customer, (tx) =>
    switchConnectionOff(tx, customer, live.connection.id, {
      actor: { type: 'system', id: 'test' },
      now,
      newId,
    }),
  );

  const nothing = {
    fingerprint: null,
    endsAt: null,
    refreshAt: null,
    retirementAt: null,
    signedLessAt: null,
    notices: null,
  };
  expect(await lookAt(live)).toEqual({ state: 'gone', ...nothing });
});

const fingerprintOf = async ({ invited, connection }: Live): Promise<string> => {
  const [row] = await withTenant(world.app, invited.customer, (tx) =>
    listCertificateHistory(tx, invited.customer, connection.id),
  );
  return row?.fingerprint ?? '';
};

/** The certificate of the connection ends then. */
const endsAt = ({ connection }: Live, at: Date) =>
  asSystem(world, (tx) =>
    tx
      .updateTable('idpCertificates')
      .set({ notAfter: at })
      .where('connectionId', '=', connection.id)
      .execute(),
  );
const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
const announce = async (live: Live) =>
  run(world.activities.announceCertificate, { ...live.whose, fingerprint: await fingerprintOf(live) });
const addContact = ({ invited }: Live, email: string, timeZone: string | null = null) =>
  withTenant(world.app, invited.customer, async (tx) => {
    const contact = await insertItContact(tx, {
      id: newId('it_contact_'),
      ...invited.customer,
      email,
      createdAt: now,
    });
    if (timeZone !== null) await updateItContact(tx, invited.customer, contact.id, { timeZone }, now);
  });

test('[MD-05] a threshold is announced once, by event and by mail to every contact; the next one again', async () => {
  const live = await aLiveConnection();
  const { customer, contact } = live.invited;
  const email = `second-${contact.email}`;
  await addContact(live, email);
  await endsAt(live, inDays(30));

  await announce(live);
  await announce(live);
  expect((await toldOf(world, customer)).events).toEqual(['connection.saml_certificate_renewal_required']);
  world.pass(16 * dayMs);
  await announce(live);

  expect((await toldOf(world, customer)).events).toHaveLength(2);
  for (const address of [contact.email, email]) {
    const subjects = (await world.mailTo(address)).map(({ subject }) => subject);
    expect(subjects).toEqual([
      expect.stringContaining('ends in 30 days'),
      expect.stringContaining('ends in 14 days'),
    ]);
  }
});

test('its days are days of each reader’s calendar, told in their morning: where it is a day earlier, it ends a day earlier', async () => {
  const live = await aLiveConnection();
  const [here, there] = [`utc-${live.invited.contact.email}`, `la-${live.invited.contact.email}`];
  await addContact(live, here, 'UTC');
  await addContact(live, there, 'America/Los_Angeles');
  // It ends at 03:00 UTC, which is the evening before in Los Angeles. Now it is day in both.
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
  world.clock.at = new Date(today + 18 * hourMs);
  await endsAt(live, new Date(today + 15 * dayMs + 3 * hourMs));

  const first = await lookAt(live);
  await announce(live);
  world.clock.at = new Date(today + dayMs + 9 * hourMs);
  await announce(live);

  expect(first.notices).toEqual({
    due: '14 in America/Los_Angeles, 30 in UTC',
    nextLookAt: new Date(today + dayMs + 8 * hourMs).toISOString(),
  });
  const subjects = async (address: string) =>
    (await world.mailTo(address)).map(({ subject }) => /in \d+ days/.exec(subject)?.[0]);
  expect(await subjects(here)).toEqual(['in 15 days', 'in 14 days']);
  expect(await subjects(there)).toEqual(['in 14 days']);
});

test('an announcement that found the mail server away is mailed by the retry, and its event is not repeated', async () => {
  const live = await aLiveConnection();
  await endsAt(live, inDays(7));
  const input = { ...live.whose, fingerprint: await fingerprintOf(live) };
  const away = world.with({ mailer: await aMailerWithoutServer() });

  await expect(run(away.announceCertificate, input)).rejects.toThrow('could not be written to yet');
  await announce(live);

  expect((await toldOf(world, live.whose)).events).toHaveLength(1);
  expect(await world.mailTo(live.invited.contact.email)).toHaveLength(1);
});

test('a certificate that was replaced meanwhile is not announced', async () => {
  const live = await aLiveConnection();
  await endsAt(live, inDays(7));

  await run(world.activities.announceCertificate, { ...live.whose, fingerprint: 'gone' });

  expect((await toldOf(world, live.whose)).events).toEqual([]);
  expect(await world.mailTo(live.invited.contact.email)).toEqual([]);
});

test('[MAIL-04] a name that no mail may carry does not end the watch: the vendor has the event', async () => {
  const live = await aLiveConnection(['current'], 'www.evil.test');
  await endsAt(live, inDays(7));

  await announce(live);

  expect((await toldOf(world, live.whose)).events).toHaveLength(1);
  expect(await world.mailTo(live.invited.contact.email)).toEqual([]);
});

test('the watch of a connection is started or woken by a signal with start', async () => {
  const live = await aLiveConnection();

  const outcome = await run(world.activities.moveCertificateWatch, {
    ...live.invited.whose(),
    connectionId: live.connection.id,
  });

  expect(outcome).toEqual({ status: 'done', at: now.toISOString() });
  expect(world.temporal.delivered.at(-1)).toMatchObject({
    workflowId: `cert/${live.connection.id}`,
    delivery: 'signal',
    message: 'certificatesChanged',
    start: { type: 'watchCertificate', input: { connectionId: live.connection.id } },
  });
});

test('an engine that does not answer is tried again', async () => {
  const live = await aLiveConnection();
  world.temporal.answer = { status: 'unknown', reason: 'nobody listens' };

  const moved = run(world.activities.moveCertificateWatch, {
    ...live.invited.whose(),
    connectionId: live.connection.id,
  });

  await expect(moved).rejects.toThrow('nobody listens');
});
