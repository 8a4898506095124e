/**
 * The two writes that developers make most, each as one statement with all that has to be recorded beside it: a round
 * trip costs more than a row. Everything else writes row, event and audit row one after the other.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { notifyAfterCommit, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import { ownedBy } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';
import type { NewAudit } from './audit.ts';
import type { NewEvent } from './events.ts';
import type { NewLink } from './links.ts';
import type { NewOrganization } from './organizations.ts';

/** A new organization with its event and its audit row. Throws `external_id_already_used`. */
export async function insertOrganizationRecorded(
  tx: Tx,
  organization: NewOrganization,
  { data, context, ...event }: NewEvent,
  audit: NewAudit,
): Promise<void> {
  const { metadata = {}, createdAt, externalId } = organization;
  const eventRow = { ...event, data: toJson(data), context: context ? toJson(context) : null };
  // Nobody can know of the organization before the commit, so the order within the statement is nobody's to see.
  const statement = tx
    .with('event', (query) => query.insertInto('events').values(eventRow))
    .with('audit', (query) => query.insertInto('auditEvents').values(auditRow(audit)))
    .insertInto('organizations')
    .values({ ...organization, metadata: toJson(metadata), updatedAt: createdAt })
    .execute();
  await refuseDuplicate(statement, 'organizations_external_id', 'external_id_already_used', {
    externalId: externalId ?? '',
  });
  notifyAfterCommit(tx, { channel: 'events', payload: event.environmentId });
}

/**
 * A portal link with its audit row, tied to the organization's open onboarding. False, and nothing written, when there
 * is no such organization.
 */
export async function insertPortalLinkRecorded(
  tx: Tx,
  link: Omit<NewLink, 'onboardingId' | 'kind'>,
  audit: NewAudit,
): Promise<boolean> {
  const { id, features, createdAt, expiresAt, ...texts } = link;
  const { rows } = await sql`
    with link as (
      insert into links (id, environment_id, organization_id, onboarding_id, kind, digest, token_sealed, features,
        intent, step, provider_hint, domain_hint, contact_id, note, return_url, success_url, delivery, state,
        created_by_type, created_by_id, created_at, expires_at)
      select ${id}, organizations.environment_id, organizations.id,
        (select onboardings.id from onboardings where organization_id = organizations.id and is_open),
        'portal', ${texts.digest}, ${texts.tokenSealed}, ${features}::text[], ${texts.intent}, ${texts.step},
        ${texts.providerHint}, ${texts.domainHint}, ${texts.contactId}, ${texts.note}, ${texts.returnUrl},
        ${texts.successUrl}, ${texts.delivery}, 'created', ${texts.createdByType}, ${texts.createdById},
        ${createdAt}, ${expiresAt}
      from organizations
      where id = ${link.organizationId} and deleted_at is null and ${ownedBy('organizations', link)}
      returning id
    ), recorded as (
      insert into audit_events (id, environment_id, organization_id, at, actor_type, actor_id, session_id, action,
        target_type, target_id, before, after, personal, personal_salt, source_address, user_agent, request_id)
      select ${sql.join(Object.values(auditRow(audit)))} from link
    )
    select id from link
  `.execute(tx);
  return rows.length > 0;
}

/** In the order of the columns above. */
function auditRow({ actor, target, before, after, personal = {}, request, ...audit }: NewAudit) {
  return {
    id: audit.id,
    environmentId: audit.environmentId,
    organizationId: audit.organizationId,
    at: audit.at,
    actorType: actor.type,
    actorId: actor.id ?? null,
    sessionId: actor.sessionId ?? null,
    action: audit.action,
    targetType: target?.type ?? null,
    targetId: target?.id ?? null,
    before: before ? toJson(before) : null,
    after: after ? toJson(after) : null,
    personal: toJson(personal),
    personalSalt: randomBytes(16).toString('hex'),
    sourceAddress: request?.sourceAddress ?? null,
    userAgent: request?.userAgent ?? null,
    requestId: request?.id ?? null,
  };
}
