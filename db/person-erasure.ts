/**
 * Erasing one person: whoever is known by an e-mail address, or by an id of an identity provider within one organization.
 * What tells who the person is goes last, so that a round that was broken off is taken up where it stopped. Each batch may
 * run twice. Needs `withSystem`.
 */
import { sql, type RawBuilder } from 'kysely';
import {
  erasedMark,
  marksOf,
  namesPerson,
  withoutDirectoryUsers,
  withoutPerson,
  type ErasedKind,
} from '../onboarding/erasure.ts';
import { directoryUserObject } from '../onboarding/directory-objects.ts';
import { forgetContacts } from './contact-erasure.ts';
import type { Tx } from './database.ts';
import { newId } from './new-id.ts';
import { buryPersonal } from './repositories/audit-chain.ts';
import { insertEvent } from './repositories/events.ts';
import type { AuditEventRow } from './tables/audit-events.ts';
import { toJson } from './tables/columns.ts';

/** Who is meant, and by what ids the rows know them. */
export interface Person {
  environmentId: string;
  organizationId: string | null;
  emails: readonly string[];
  idpIds: readonly string[];
  marks: readonly string[];
  profileIds: readonly string[];
  directoryUserIds: readonly string[];
  contactIds: readonly string[];
  linkIds: readonly string[];
  /** Of the vendor's own people, those who have left. */
  memberIds: readonly string[];
}

/** A batch that has looked at rows up to `after`; undefined: there are no more. */
export interface Batch {
  erased: number;
  after: string | undefined;
}

const rowsAtOnce = 500;

export async function findPerson(
  tx: Tx,
  asked: { environmentId: string; organizationId: string | null; email: string | null; idpId: string | null },
): Promise<Person> {
  const { environmentId, organizationId, email, idpId } = asked;
  const within = withinOf(asked);
  const { rows: profiles } = await sql<{ id: string; email: string; idpId: string }>`
    select id, email, idp_id from profiles where ${within} and (lower(email) = lower(${email}) or idp_id = ${idpId})
  `.execute(tx);
  const { rows: people } = await sql<{ id: string; emailKey: string | null; externalId: string | null }>`
    select id, email_key, external_id from directory_users
    where ${within} and (email_key = lower(${email}) or user_name_key = lower(${email}) or external_id = ${idpId})
  `.execute(tx);
  const emails = lower([
    ...(email === null ? [] : [email]),
    ...profiles.map((one) => one.email),
    ...people.flatMap(({ emailKey }) => emailKey ?? []),
  ]);
  const { rows: contacts } = await sql<{ id: string }>`
    select id from it_contacts where ${within} and lower(email) = any(${emails}::text[])
  `.execute(tx);
  const contactIds = contacts.map(({ id }) => id);
  const { rows: links } = await sql<{ id: string }>`
    select id from links where ${within} and contact_id = any(${contactIds}::text[])
  `.execute(tx);
  const { rows: members } = await sql<{ id: string }>`
    select id from members where environment_id = ${environmentId} and ${organizationId}::text is null
      and removed_at is not null and lower(email) = any(${emails}::text[])
  `.execute(tx);
  const idpIds = [
    ...new Set([
      ...(idpId === null ? [] : [idpId]),
      ...profiles.map((one) => one.idpId),
      ...people.flatMap(({ externalId }) => externalId ?? []),
    ]),
  ];
  return {
    environmentId,
    organizationId,
    emails,
    idpIds,
    marks: marksOf({ emails, idpIds }),
    contactIds,
    profileIds: profiles.map(({ id }) => id),
    directoryUserIds: people.map(({ id }) => id),
    linkIds: links.map(({ id }) => id),
    memberIds: members.map(({ id }) => id),
  };
}

/** Acts of the person and acts about them: tombstones, as `erasePersonal` makes them. Only sealed rows are found. */
export async function erasePersonFromAudit(tx: Tx, person: Person, after: string): Promise<Batch> {
  const { rows } = await sql<AuditEventRow>`
    select * from audit_events where ${withinOf(person)} and id > ${after} and chain_number is not null
      and personal_salt is not null
      and (${isNamedIn(sql`personal::text`, person)}
        or actor_type in ('customer', 'colleague') and actor_id = any(${person.linkIds}::text[])
        or actor_type = 'staff' and actor_id = any(${person.memberIds}::text[]))
    order by id limit ${rowsAtOnce}
  `.execute(tx);
  const acts = [...person.linkIds, ...person.memberIds];
  const meant = rows.filter(
    ({ actorId, personal }) => (actorId !== null && acts.includes(actorId)) || namesThem(personal, person),
  );
  for (const row of meant) await buryPersonal(tx, row);
  return { erased: meant.length, after: rows.at(-1)?.id };
}

/** What events say of the person; they keep their place in the feed. */
export async function erasePersonFromEvents(tx: Tx, person: Person, after: string): Promise<Batch> {
  const { rows } = await sql<{ id: string; data: unknown; context: unknown }>`
    select id, data, context from events where ${withinOf(person)} and id > ${after}
      and (${isNamedIn(sql`data::text`, person)} or ${isNamedIn(sql`coalesce(context::text, '')`, person)}
        or exists (select from unnest(${person.directoryUserIds}::text[]) as one where position(one in data::text) > 0))
    order by id limit ${rowsAtOnce}
  `.execute(tx);
  const ids = person.directoryUserIds;
  const meant = rows.filter(
    ({ data, context }) =>
      namesThem([data, context], person) || ids.some((id) => JSON.stringify(data).includes(`"${id}"`)),
  );
  for (const { id, data, context } of meant) {
    const left = withoutPerson(withoutDirectoryUsers(data, ids), person.marks);
    const around = withoutPerson(context, person.marks);
    await tx
      .updateTable('events')
      .set({ data: toJson(left as object), context: around === null ? null : toJson(around as object) })
      .where('id', '=', id)
      .execute();
  }
  return { erased: meant.length, after: rows.at(-1)?.id };
}

/** Sign-ins and tries of the person, with what their provider sent of them, read or refused. */
export async function erasePersonFromAttempts(tx: Tx, person: Person, after: string): Promise<Batch> {
  const sent = sql`concat_ws(' ', response_xml, request_xml, profile::text, facts::text, trail::text, pending_outcome::text)`;
  const { rows } = await sql<{ id: string; isTheirs: boolean; sent: string }>`
    select id, (lower(email) = any(${person.emails}::text[]) or idp_id = any(${person.idpIds}::text[])) is true as is_theirs,
      ${sent} as sent
    from attempts where ${withinOf(person)} and id > ${after}
      and (lower(email) = any(${person.emails}::text[]) or idp_id = any(${person.idpIds}::text[])
        or ${isNamedIn(sent, person)})
    order by id limit ${rowsAtOnce}
  `.execute(tx);
  const meant = rows.filter((row) => row.isTheirs || namesPerson(row.sent, person.marks)).map(({ id }) => id);
  await sql`delete from sign_ins where attempt_id = any(${meant}::text[])`.execute(tx);
  await sql`delete from attempts where id = any(${meant}::text[])`.execute(tx);
  return { erased: meant.length, after: rows.at(-1)?.id };
}

/** What is small: mails, notes, tests of a set-up. Mails keep their row, which keeps them from being sent again. */
export async function erasePersonFromRecords(
  tx: Tx,
  person: Person,
): Promise<Partial<Record<ErasedKind, number>>> {
  const within = withinOf(person);
  const { numAffectedRows: mails } = await sql`
    update mails set recipient = ${erasedMark}, contact_id = null, server_answer = null,
      state = case when state in ('queued', 'sending') then 'withdrawn' else state end
    where ${within} and lower(recipient) = any(${person.emails}::text[])
  `.execute(tx);
  for (const table of ['connections', 'connection_revisions'])
    await sql`
      update ${sql.table(table)} set tested_email = null
      where ${within} and lower(tested_email) = any(${person.emails}::text[])
    `.execute(tx);
  const { rows: notes } = await sql<{ id: string; note: string }>`
    select id, note from guide_reports where ${within} and ${isNamedIn(sql`note`, person)}
  `.execute(tx);
  for (const { id, note } of notes)
    await tx
      .updateTable('guideReports')
      .set({ note: String(withoutPerson(note, person.marks)) })
      .where('id', '=', id)
      .execute();
  const { rows: told } = await sql<{ id: string; stepNotes: object }>`
    select id, step_notes as "stepNotes" from onboardings where ${within} and ${isNamedIn(sql`step_notes::text`, person)}
  `.execute(tx);
  for (const { id, stepNotes } of told)
    await sql`update onboardings set step_notes = ${JSON.stringify(withoutPerson(stepNotes, person.marks))}
      where id = ${id}`.execute(tx);
  await sql`
    update directory_requests set subject = null, request_body = null, response_body = null
    where ${within} and ${isNamedIn(sql`concat_ws(' ', path, request_body, response_body)`, person)}
  `.execute(tx);
  // Whoever asked to be left alone stays left alone: a complaint is kept.
  await sql`
    delete from mail_suppressions where environment_id = ${person.environmentId} and reason = 'bounced'
      and lower(address) = any(${person.emails}::text[])
  `.execute(tx);
  return { mails: Number(mails ?? 0) };
}

/** The end: the rows that are the person. */
export async function forgetPerson(
  tx: Tx,
  person: Person,
  now: Date,
): Promise<Partial<Record<ErasedKind, number>>> {
  const { profileIds, contactIds, memberIds } = person;
  await forgetInDirectories(tx, person, now);
  await sql`delete from sign_ins where profile_id = any(${profileIds}::text[])`.execute(tx);
  await sql`delete from profiles where id = any(${profileIds}::text[])`.execute(tx);
  await forgetContacts(tx, contactIds);
  await sql`delete from staff_sign_ins where member_id = any(${memberIds}::text[])`.execute(tx);
  await sql`delete from staff_sessions where member_id = any(${memberIds}::text[])`.execute(tx);
  await sql`delete from members where id = any(${memberIds}::text[])`.execute(tx);
  return {
    profiles: profileIds.length,
    contacts: contactIds.length,
    members: memberIds.length,
    directory_users: person.directoryUserIds.length,
  };
}

/**
 * A person of a directory is gone from it, and the vendor is told by ids alone. A source that still has them sends them
 * anew, as somebody else.
 */
async function forgetInDirectories(tx: Tx, { directoryUserIds, marks }: Person, now: Date): Promise<void> {
  await tx
    .deleteFrom('directoryMemberships')
    .where(sql<boolean>`user_id = any(${directoryUserIds}::text[])`)
    .execute();
  const people = await tx
    .deleteFrom('directoryUsers')
    .where(sql<boolean>`id = any(${directoryUserIds}::text[])`)
    .returningAll()
    .execute();
  for (const one of people) {
    if (one.state === null || one.deletedAt !== null) continue;
    const { environmentId, organizationId } = one;
    await insertEvent(tx, {
      id: newId('event_'),
      environmentId,
      organizationId,
      name: 'dsync.user.deleted',
      createdAt: now,
      data: withoutPerson(
        withoutDirectoryUsers(directoryUserObject({ ...one, updatedAt: now }), directoryUserIds),
        marks,
      ) as object,
    });
  }
}

function withinOf({
  environmentId,
  organizationId,
}: Pick<Person, 'environmentId' | 'organizationId'>): RawBuilder<boolean> {
  return organizationId === null
    ? sql`environment_id = ${environmentId}`
    : sql`environment_id = ${environmentId} and organization_id = ${organizationId}`;
}

/** Finds rows that may name the person; `namesPerson` then looks whether they do. */
function isNamedIn(text: RawBuilder<unknown>, { marks }: Person): RawBuilder<boolean> {
  return sql`exists (select from unnest(${marks}::text[]) as mark where position(mark in lower(${text})) > 0)`;
}

const namesThem = (value: unknown, { marks }: Person) => namesPerson(JSON.stringify(value), marks);

const lower = (texts: readonly string[]) => [...new Set(texts.map((text) => text.toLowerCase()))];
