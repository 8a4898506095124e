import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { linkSealedAt } from '../adapters/setup-links.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import {
  insertItContact,
  insertFreshLinkRequest,
  insertLink,
  insertLogStream,
  insertSpKey,
  moveConnection,
  switchConnectionOff,
  updateConnection,
  updateConnectionSettings,
  updateItContact,
  withTenant,
} from '../db/index.ts';
import type { AgeingKind } from '../onboarding/ageing.ts';
import { aConnection, aDirectory, aDirectoryToken, now } from '../test/db/builders.ts';
import {
  aMailerWithoutServer,
  anInvited,
  asSystem,
  dayMs,
  openActivityWorld,
  run,
  toldOf,
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

const daysFromNow = (days: number) => new Date(now.getTime() + days * dayMs);
const dayFromNow = (days: number) => daysFromNow(days).toISOString().slice(0, 10);

interface Ageing {
  invited: Invited;
  connectionId: string;
  subject: { environmentId: string; organizationId: string; kind: AgeingKind; subjectId: string };
}

async function aSecretThatEndsOn(endsOn: string): Promise<Ageing> {
  const invited = await anInvited(world);
  const { customer } = invited;
  const { id } = await aConnection(world, customer);
  await withTenant(world.app, customer, async (tx) => {
    await updateConnectionSettings(tx, customer, id, { oidcSecretEndsOn: endsOn }, now);
    await updateConnection(tx, customer, id, { name: 'Okta' }, now);
    await moveConnection(tx, customer, id, { from: ['draft'], to: 'active', now });
  });
  return { invited, connectionId: id, subject: { ...customer, kind: 'client_secret', subjectId: id } };
}

async function aKeyThatEndsAt(notAfter: Date, use: 'signing' | 'encryption'): Promise<Ageing> {
  const { invited, connectionId } = await aSecretThatEndsOn('2126-01-01');
  const { customer } = invited;
  const key = await withTenant(world.app, customer, (tx) =>
    insertSpKey(tx, {
      id: newId('saml_party_trust_'),
      ...customer,
      connectionId,
      use,
      certificatePem: 'pem',
      privateKeySealed: 'sealed',
      notBefore: now,
      notAfter,
      createdAt: now,
    }),
  );
  return { invited, connectionId, subject: { ...customer, kind: `${use}_key`, subjectId: key.id } };
}

const look = ({ subject }: Ageing) => run(world.activities.lookAtAgeing, subject);
const announce = ({ subject }: Ageing) => run(world.activities.announceAgeing, subject);
const subjectsTo = async ({ invited }: Ageing) =>
  (await world.mailTo(invited.contact.email)).map(({ subject }) => subject);
const eventsOf = ({ subject }: Ageing) =>
  asSystem(world, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('organizationId', '=', subject.organizationId)
      .orderBy('ordinal')
      .execute(),
  );

test('[REL-19] a threshold is told once, by event and by mail, however often it is announced', async () => {
  const ageing = await aSecretThatEndsOn(dayFromNow(30));

  await announce(ageing);
  await announce(ageing);
  world.pass(16 * dayMs);
  await announce(ageing);

  expect(await subjectsTo(ageing)).toEqual([
    expect.stringMatching(/^The client secret of Okta ends in 30 days \(\d+ \w+ \d{4}\)$/),
    expect.stringContaining('ends in 14 days'),
  ]);
  expect(await eventsOf(ageing)).toMatchObject(
    [30, 14].map((days) => ({
      name: 'connection.client_secret_renewal_required',
      data: {
        connection: { id: ageing.connectionId, organization_id: ageing.subject.organizationId },
        client_secret: { expiry_date: dayFromNow(30), is_expired: false },
        days_until_expiry: days,
      },
    })),
  );
});

test('days are counted on the calendar of each recipient, and nobody is written to at night', async () => {
  const ageing = await aSecretThatEndsOn(dayFromNow(7));
  const { customer, contact } = ageing.invited;
  const email = `east-${contact.email}`;
  await withTenant(world.app, customer, async (tx) => {
    await updateItContact(tx, customer, contact.id, { timeZone: 'Pacific/Honolulu' }, now);
    const zone = { timeZone: 'Pacific/Kiritimati' };
    await insertItContact(tx, { id: newId('it_contact_'), ...customer, email, ...zone, createdAt: now });
  });

  // 10:00 in UTC: midnight in Hawaii, midnight of the next day on Kiritimati, where it is still the day before at eight.
  const reading = await look(ageing);
  await announce(ageing);
  expect(reading).toMatchObject({
    state: 'ageing',
    due: '14 in Pacific/Honolulu, 7 in Pacific/Kiritimati, 7 in UTC',
    nextLookAt: `${dayFromNow(0)}T18:00:00.000Z`,
  });
  expect(await subjectsTo(ageing)).toEqual([expect.stringContaining('ends in 7 days')]);
  expect((await world.mailTo(email)).map(({ subject }) => subject)).toEqual([
    expect.stringContaining('ends in 6 days'),
  ]);

  world.clock.at = new Date(`${dayFromNow(0)}T18:00:00.000Z`);
  expect(await look(ageing)).toMatchObject({
    due: '7 in Pacific/Honolulu, 7 in Pacific/Kiritimati, 7 in UTC',
  });
});

test('our own keys are told of in their own words, with the type of certificate that the vendor knows', async () => {
  const signing = await aKeyThatEndsAt(daysFromNow(60), 'signing');
  const encryption = await aKeyThatEndsAt(daysFromNow(-1), 'encryption');

  await announce(signing);
  await announce(encryption);

  expect(await subjectsTo(signing)).toEqual([
    expect.stringContaining('Our signing certificate for Okta ends in 60 days'),
  ]);
  expect(await subjectsTo(encryption)).toEqual([
    expect.stringContaining('Our encryption certificate for Okta has ended'),
  ]);
  expect([...(await eventsOf(signing)), ...(await eventsOf(encryption))]).toMatchObject([
    {
      name: 'connection.saml_certificate_renewal_required',
      data: {
        certificate: { certificate_type: 'RequestSigning', is_expired: false },
        days_until_expiry: 60,
      },
    },
    {
      name: 'connection.saml_certificate_renewal_required',
      data: {
        certificate: { certificate_type: 'ResponseEncryption', is_expired: true },
        days_until_expiry: -1,
      },
    },
  ]);
});

test.each([
  ['a secret with a long life', async () => aSecretThatEndsOn(dayFromNow(200))],
  [
    'a secret without an end any more',
    async () => {
      const ageing = await aSecretThatEndsOn(dayFromNow(5));
      const { customer } = ageing.invited;
      await withTenant(world.app, customer, (tx) =>
        updateConnectionSettings(tx, customer, ageing.connectionId, { oidcSecretEndsOn: null }, now),
      );
      return ageing;
    },
  ],
  [
    'a key of a connection that serves nobody',
    async () => {
      const ageing = await aKeyThatEndsAt(daysFromNow(5), 'signing');
      const { customer } = ageing.invited;
      await withTenant(world.app, customer, (tx) =>
        switchConnectionOff(tx, customer, ageing.connectionId, {
          actor: { type: 'system', id: 'test' },
          now,
          newId,
        }),
      );
      return ageing;
    },
  ],
])('%s ends its watch, and nothing is told of it', async (_what, make) => {
  const ageing = await make();

  expect(await look(ageing)).toEqual({ state: 'gone' });
  const before = await toldOf(world, ageing.subject);
  await announce(ageing);

  expect(await toldOf(world, ageing.subject)).toEqual(before);
  expect(await subjectsTo(ageing)).toEqual([]);
});

test('an announcement that found the mail server away is mailed by the retry, and its event is not repeated', async () => {
  const ageing = await aSecretThatEndsOn(dayFromNow(1));
  const away = world.with({ mailer: await aMailerWithoutServer() });

  await expect(run(away.announceAgeing, ageing.subject)).rejects.toThrow('could not be written to yet');
  await announce(ageing);

  expect(await eventsOf(ageing)).toHaveLength(1);
  expect(await subjectsTo(ageing)).toHaveLength(1);
});

test('the daily sweep starts the watch of everything whose first notice is near, and of nothing else', async () => {
  const near = await aSecretThatEndsOn(dayFromNow(91));
  const ended = await aKeyThatEndsAt(daysFromNow(-40), 'encryption');
  const far = await aSecretThatEndsOn(dayFromNow(93));

  await run(world.activities.sweep, { kind: 'day' });

  const commands = await asSystem(world, (tx) => tx.selectFrom('commands').selectAll().execute());
  const started = commands.map(({ workflowId }) => workflowId);
  expect(started).toContain(`age/client_secret/${near.subject.subjectId}`);
  expect(started).toContain(`age/encryption_key/${ended.subject.subjectId}`);
  expect(started).not.toContain(`age/client_secret/${far.subject.subjectId}`);
});

/** A token of an Okta directory, with its end. */
async function aTokenThatEndsAt(expiresAt: Date, changes: { lastUsedAt?: Date } = {}) {
  const invited = await anInvited(world);
  const { customer } = invited;
  const directory = await aDirectory(world, customer);
  const subjectId = await aDirectoryToken(world, directory, { expiresAt, ...changes });
  const ageing: Ageing = {
    invited,
    connectionId: '',
    subject: { ...customer, kind: 'scim_token', subjectId },
  };
  const change = (id: string, set: { revokedAt?: Date; lastUsedAt?: Date; expiresAt?: Date }) =>
    asSystem(world, (tx) => tx.updateTable('directoryTokens').set(set).where('id', '=', id).execute());
  return { ageing, directory, change };
}

test('a token that ends is told to the contacts with what comes of it, once a threshold, and by no event', async () => {
  const { ageing } = await aTokenThatEndsAt(daysFromNow(14));

  expect(await look(ageing)).toMatchObject({ state: 'ageing', endsOn: dayFromNow(14) });
  await announce(ageing);
  await announce(ageing);

  expect(await subjectsTo(ageing)).toEqual([expect.stringContaining('The token of Okta ends in 14 days')]);
  const [mail] = await world.mailTo(ageing.invited.contact.email);
  expect(mail?.text).toContain('who joins or leaves Acme no longer reaches Product from Okta');
  expect(mail?.links).toEqual([expect.stringMatching(/vb_setup_/)]);
  expect(await renewalLinksOf(ageing)).toMatchObject([
    { intent: 'token_renewal', features: ['directory_sync'], state: 'sent' },
  ]);
  expect(await eventsOf(ageing)).toEqual([]);
});

const renewalLinksOf = ({ invited }: Ageing) =>
  asSystem(world, (tx) =>
    tx
      .selectFrom('links')
      .selectAll()
      .where('organizationId', '=', invited.customer.organizationId)
      .where('kind', '=', 'colleague')
      .orderBy('createdAt')
      .execute(),
  );

test('what is told of an end opens by itself: one link a contact, the same while it lives, and mailed with the notice only', async () => {
  const ageing = await aSecretThatEndsOn(dayFromNow(30));
  await announce(ageing);
  world.clock.at = daysFromNow(16);
  await announce(ageing);
  world.clock.at = daysFromNow(29);
  await announce(ageing);
  await run(world.activities.sweep, { kind: 'minute' });

  const mails = await world.mailTo(ageing.invited.contact.email);
  const links = mails.flatMap((mail) => mail.links);
  expect(mails).toHaveLength(3);
  expect(links).toHaveLength(3);
  expect(links).toEqual(links.map(() => expect.stringMatching(/vb_setup_/)));
  // The first one lives thirty days, which is too short for whoever reads the third mail a day before.
  expect(new Set(links).size).toBe(2);
  expect(await renewalLinksOf(ageing)).toMatchObject([
    { intent: 'certificate_renewal', connectionId: ageing.connectionId, features: ['sso'], state: 'sent' },
    { intent: 'certificate_renewal', contactId: ageing.invited.contact.id, createdByType: 'system' },
  ]);
});

test('whose link for it was revoked gets none again, and is told that the page asks for one', async () => {
  const ageing = await aSecretThatEndsOn(dayFromNow(30));
  await announce(ageing);
  await asSystem(world, (tx) =>
    tx
      .updateTable('links')
      .set({ state: 'revoked', endedAt: now })
      .where('organizationId', '=', ageing.invited.customer.organizationId)
      .where('kind', '=', 'colleague')
      .execute(),
  );
  world.clock.at = daysFromNow(16);
  await announce(ageing);

  const mail = (await world.mailTo(ageing.invited.contact.email)).at(-1);
  expect(mail?.links).toEqual([expect.stringMatching(/\/sso\/of\/conn_\w+$/)]);
  expect(mail?.text).toContain('The page asks for your set-up link.');
});

test('a token is watched no more when it was ended, its client uses another that lasts longer, or its directory is gone', async () => {
  const ended = await aTokenThatEndsAt(daysFromNow(14));
  await ended.change(ended.ageing.subject.subjectId, { revokedAt: now });
  expect(await look(ended.ageing)).toEqual({ state: 'gone' });

  const renewed = await aTokenThatEndsAt(daysFromNow(14), { lastUsedAt: daysFromNow(-2) });
  const next = await aDirectoryToken(world, renewed.directory, { expiresAt: daysFromNow(10) });
  expect(await look(renewed.ageing)).toMatchObject({ state: 'ageing' });
  await renewed.change(next, { lastUsedAt: daysFromNow(-1) });
  expect(await look(renewed.ageing)).toMatchObject({ state: 'ageing' });
  await renewed.change(next, { expiresAt: daysFromNow(380) });
  expect(await look(renewed.ageing)).toEqual({ state: 'gone' });
  await announce(renewed.ageing);
  expect(await subjectsTo(renewed.ageing)).toEqual([]);

  const gone = await aTokenThatEndsAt(daysFromNow(14));
  await asSystem(world, (tx) =>
    tx.updateTable('directories').set({ deletedAt: now }).where('id', '=', gone.directory.id).execute(),
  );
  expect(await look(gone.ageing)).toEqual({ state: 'gone' });
});

test('the daily sweep begins the watch over a token that comes near its end, and over no other', async () => {
  const near = await aTokenThatEndsAt(daysFromNow(80));
  const far = await aTokenThatEndsAt(daysFromNow(200));
  await run(world.activities.sweep, { kind: 'day' });

  expect((await toldOf(world, near.ageing.invited.customer)).commands).toContain('ageingChanged');
  expect((await toldOf(world, far.ageing.invited.customer)).commands).not.toContain('ageingChanged');
});

/** What a running log stream proves itself with, with its end as the admin has told it. */
async function aStreamCredentialThatEndsOn(secretEndsOn: string) {
  const invited = await anInvited(world);
  const { customer } = invited;
  const id = newId('log_stream_');
  await withTenant(world.app, customer, (tx) =>
    insertLogStream(tx, { id, ...customer, name: 'Splunk', destination: 'splunk', createdAt: now }),
  );
  await change(id, { secretEndsOn, startedAt: now });
  const ageing: Ageing = {
    invited,
    connectionId: '',
    subject: { ...customer, kind: 'stream_credential', subjectId: id },
  };
  return { ageing, change: (set: Parameters<typeof change>[1]) => change(id, set) };

  function change(streamId: string, set: { secretEndsOn?: string; startedAt?: Date; deletedAt?: Date }) {
    return asSystem(world, (tx) =>
      tx.updateTable('logStreams').set(set).where('id', '=', streamId).execute(),
    );
  }
}

test('the credential of a log stream is told of by calendar to the contacts, by no event, as long as the stream runs', async () => {
  const near = await aStreamCredentialThatEndsOn(dayFromNow(14));
  const far = await aStreamCredentialThatEndsOn(dayFromNow(200));
  await run(world.activities.sweep, { kind: 'day' });
  expect((await toldOf(world, near.ageing.invited.customer)).commands).toContain('ageingChanged');
  expect((await toldOf(world, far.ageing.invited.customer)).commands).not.toContain('ageingChanged');

  expect(await look(near.ageing)).toMatchObject({ state: 'ageing', endsOn: dayFromNow(14) });
  await announce(near.ageing);
  await announce(near.ageing);
  expect(await subjectsTo(near.ageing)).toEqual([expect.stringContaining('Splunk ends in 14 days')]);
  const [mail] = await world.mailTo(near.ageing.invited.contact.email);
  expect(mail?.links).toEqual([expect.stringMatching(/vb_setup_/)]);
  expect(await renewalLinksOf(near.ageing)).toMatchObject([
    { intent: 'credential_renewal', features: ['log_streams'], logStreamId: near.ageing.subject.subjectId },
  ]);
  expect(await eventsOf(near.ageing)).toEqual([]);

  await near.change({ deletedAt: now });
  expect(await look(near.ageing)).toEqual({ state: 'gone' });
});

test('the link of a credential that ends is mailed once more to whoever asks for it', async () => {
  const { ageing } = await aStreamCredentialThatEndsOn(dayFromNow(14));
  const { customer, contact } = ageing.invited;
  await announce(ageing);
  const [link] = await renewalLinksOf(ageing);
  await withTenant(world.app, customer, (tx) =>
    insertFreshLinkRequest(tx, {
      id: newId('fresh_'),
      ...customer,
      linkId: link?.id ?? '',
      outcome: 'sent_again',
      createdAt: now,
    }),
  );

  await run(world.activities.sweep, { kind: 'minute' });
  await run(world.activities.sweep, { kind: 'minute' });

  const mails = await world.mailTo(contact.email);
  expect(mails).toHaveLength(2);
  expect(mails[1]?.links).toEqual(mails[0]?.links);
});

test('a link to replace a token is mailed once, and says what ends and when', async () => {
  const { ageing, directory } = await aTokenThatEndsAt(daysFromNow(14));
  const { customer, contact } = ageing.invited;
  const id = newId('link_');
  const token = mintToken('vb_setup_');
  await withTenant(world.app, customer, (tx) =>
    insertLink(tx, {
      id,
      ...customer,
      onboardingId: null,
      kind: 'colleague',
      contactId: contact.id,
      digest: digestToken(token).toString('hex'),
      tokenSealed: world.deps.secrets.seal(token, linkSealedAt(customer.organizationId, id)),
      features: ['directory_sync'],
      intent: 'token_renewal',
      directoryId: directory.id,
      delivery: 'mail',
      createdByType: 'staff',
      createdById: 'member_1',
      createdAt: now,
      expiresAt: daysFromNow(30),
    }),
  );
  await run(world.activities.sweep, { kind: 'minute' });
  await run(world.activities.sweep, { kind: 'minute' });

  expect(await subjectsTo(ageing)).toEqual(['Renew the token of Okta for Product']);
  const [mail] = await world.mailTo(contact.email);
  expect(mail?.text).toContain(
    'with which Okta tells who joins and leaves Acme. It ends on 9 December 2026.',
  );
  expect(mail?.links).toEqual([expect.stringMatching(/vb_setup_/)]);
});
