/**
 * The two writes that developers make most, each as one statement with all that has to be recorded beside it: a round
 * trip costs more than a row. Nobody needs their rows: hand them to `awaitWithCommit`.
 * Everything else writes row, event and audit row one after the other.
 */
import pg from 'pg';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, notifyAfterCommit, type Db, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { gatherWrites, type GatheredWrites } from '../gathered-writes.ts';
import { sqlState } from '../sql-states.ts';
import { toJson } from '../tables/columns.ts';
import { refuseDuplicate } from '../violations.ts';
import { auditColumns, auditParameters, auditValues, type NewAudit } from './audit.ts';
import type { NewEvent } from './events.ts';
import type { NewLink } from './links.ts';
import type { NewOrganization } from './organizations.ts';

const recorded = `recorded as (insert into audit_events (${auditColumns}) values (${auditParameters}))`;

// Nobody can know of the organization before the commit, so the order within the statement is nobody's to see.
const writeOrganization = fixedStatement(`
  with event as (
    insert into events (id, environment_id, organization_id, name, data, context, created_at)
    values (:eventId, :environmentId, :id, :eventName, :data, :context, :eventAt)
  ), ${recorded}
  insert into organizations (id, environment_id, name, external_id, stripe_customer_id, metadata,
    allow_profiles_outside_organization, created_at, updated_at)
  values (:id, :environmentId, :name, :externalId, :stripeCustomerId, :metadata, :allowProfilesOutsideOrganization,
    :createdAt, :createdAt)
`);

export interface RecordedOrganization {
  organization: NewOrganization;
  event: NewEvent;
  audit: NewAudit;
}

/** A new organization with its event and its audit row. Throws `external_id_already_used`. */
export async function insertOrganizationRecorded(
  tx: Tx,
  { organization: { metadata = {}, ...organization }, event, audit }: RecordedOrganization,
): Promise<void> {
  const { externalId = null, stripeCustomerId = null } = organization;
  const statement = writeOrganization(tx, {
    ...organization,
    externalId,
    stripeCustomerId,
    metadata: toJson(metadata),
    eventId: event.id,
    eventName: event.name,
    eventAt: event.createdAt,
    data: toJson(event.data),
    context: event.context ? toJson(event.context) : null,
    ...auditValues(audit),
  });
  notifyAfterCommit(tx, { channel: 'events', payload: event.environmentId });
  await refuseDuplicate(statement, 'organizations_external_id', 'external_id_already_used', {
    externalId: externalId ?? '',
  });
}

/** Those that several requests make at once, in one transaction. */
export function gatherOrganizations(parts: {
  db: Db;
  now: () => Date;
}): GatheredWrites<RecordedOrganization> {
  return gatherWrites({ ...parts, writeAll: eachBy(insertOrganizationRecorded) });
}

function eachBy<Item>(insert: (tx: Tx, item: Item) => Promise<void>) {
  return (tx: Tx, _environmentId: string, items: readonly Item[]) => {
    for (const item of items) awaitWithCommit(tx, insert(tx, item));
  };
}

const writePortalLink = fixedStatement(`
  with ${recorded}
  insert into links (id, environment_id, organization_id, onboarding_id, kind, digest, token_sealed, features, intent,
    step, provider_hint, domain_hint, contact_id, note, return_url, success_url, delivery, state, created_by_type,
    created_by_id, created_at, expires_at, external_user_id)
  values (:id, :environmentId,
    (select id from organizations where id = :organizationId and environment_id = :environmentId and deleted_at is null),
    (select id from onboardings
      where organization_id = :organizationId and environment_id = :environmentId and is_open),
    'portal', :digest, :tokenSealed, :features, :intent, :step, :providerHint, :domainHint, :contactId, :note,
    :returnUrl, :successUrl, :delivery, 'created', :createdByType, :createdById, :createdAt, :expiresAt,
    :externalUserId)
`);

export interface RecordedLink {
  link: Omit<NewLink, 'onboardingId' | 'kind'>;
  audit: NewAudit;
}

/**
 * A portal link with its audit row, tied to the organization's open onboarding. Throws `not_found` of the kind
 * `organization`.
 */
export async function insertPortalLinkRecorded(tx: Tx, { link, audit }: RecordedLink): Promise<void> {
  try {
    await writePortalLink(tx, { ...link, ...auditValues(audit) });
  } catch (error) {
    // An organization that is not found leaves its column empty.
    const isUnknown =
      error instanceof pg.DatabaseError &&
      error.code === sqlState.notNullViolation &&
      error.column === 'organization_id';
    throw isUnknown ? new OnboardingError('not_found', { kind: 'organization' }, { cause: error }) : error;
  }
}

/** Those that several requests make at once, in one transaction. */
export function gatherPortalLinks(parts: { db: Db; now: () => Date }): GatheredWrites<RecordedLink> {
  return gatherWrites({ ...parts, writeAll: eachBy(insertPortalLinkRecorded) });
}
