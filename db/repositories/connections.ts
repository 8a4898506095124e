import { sql, type Insertable, type UpdateObject } from 'kysely';
import type { ConnectionConfiguration } from '../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { ConnectionRow, ConnectionsTable } from '../tables/connections.ts';
import type { Database } from '../tables/index.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

export type NewConnection = Pick<
  Insertable<ConnectionsTable>,
  | 'id'
  | 'environmentId'
  | 'organizationId'
  | 'name'
  | 'externalId'
  | 'connectionType'
  | 'protocol'
  | 'providerId'
  | 'protocol'
  | 'state'
  | 'spEntityId'
  | 'acsUrl'
  | 'spMetadataUrl'
  | 'oidcRedirectUri'
  | 'isAdditional'
> & { createdAt: Date };

/** What may change without touching how answers are verified. */
export type ConnectionChanges = Partial<
  Pick<
    ConnectionRow,
    | 'name'
    | 'externalId'
    | 'connectionType'
    | 'providerId'
    | 'guideProgress'
    | 'drafts'
    | 'allowIdpInitiated'
    | 'singleLogout'
    | 'allowedDomains'
    | 'metadataFetchedAt'
    | 'metadataTriedAt'
    | 'metadataEtag'
    | 'metadataFailingSince'
    | 'metadataFailingCode'
    | 'metadataCacheSeconds'
  >
>;

/** What a test proves: a change here makes an earlier test say nothing. */
export type ConnectionSettings = Partial<
  Pick<
    ConnectionRow,
    | 'idpEntityId'
    | 'idpSsoUrl'
    | 'idpSsoBinding'
    | 'idpMetadataUrl'
    | 'idpMetadataKey'
    | 'spEntityId'
    | 'acsUrl'
    | 'idpSloUrl'
    | 'idpSloBinding'
    | 'signRequests'
    | 'encryptAssertions'
    | 'forceAuthn'
    | 'protocol'
    | 'oidcIssuer'
    | 'oidcDiscoveryUrl'
    | 'oidcClientId'
    | 'oidcClientSecretSealed'
    | 'oidcClientAuth'
    | 'oidcServer'
    | 'oidcTokenAlg'
    | 'oidcScopes'
    | 'oidcFetchUserInfo'
    | 'oidcSecretEndsOn'
    | 'oidcSecretSetAt'
    | 'attributeMapping'
    | 'signedFloor'
    | 'encryptedFloor'
  >
>;

export interface ConnectionFilter {
  connectionTypes?: readonly string[];
  /** A domain of the organization. */
  domain?: string;
  /** Part of the name. */
  search?: string;
}

export async function insertConnection(tx: Tx, connection: NewConnection): Promise<ConnectionRow> {
  return tx
    .insertInto('connections')
    .values({ ...connection, updatedAt: connection.createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A connection of SAML that is live from the beginning: the vendor vouches for it. */
export interface NewLiveConnection extends Omit<NewConnection, 'state' | 'protocol'> {
  externalId: string | null;
  idpEntityId: string;
  idpSsoUrl: string;
  idpSsoBinding: 'redirect' | 'post';
  idpMetadataUrl: string | null;
  idpMetadataKey: string | null;
  metadataEtag: string | null;
  idpSloUrl: string | null;
  signRequests: boolean;
  encryptAssertions: boolean;
  attributeMapping: Record<string, string>;
}

const insertLiveRow = fixedStatement(`
  insert into connections (id, environment_id, organization_id, name, external_id, connection_type, provider_id, state,
    sp_entity_id, acs_url, sp_metadata_url, oidc_redirect_uri, idp_entity_id, idp_sso_url, idp_sso_binding,
    idp_metadata_url, idp_metadata_key, metadata_fetched_at, metadata_etag, idp_slo_url, idp_slo_binding,
    sign_requests, encrypt_assertions, attribute_mapping, settings_revision, activated_at, created_at, updated_at)
  values (:id, :environmentId, :organizationId, :name, :externalId, :connectionType, :providerId, 'active',
    :spEntityId, :acsUrl, :spMetadataUrl, :oidcRedirectUri, :idpEntityId, :idpSsoUrl, :idpSsoBinding,
    :idpMetadataUrl, :idpMetadataKey, :metadataFetchedAt, :metadataEtag, :idpSloUrl, :idpSloBinding,
    :signRequests, :encryptAssertions, :attributeMapping, 1, :createdAt, :createdAt, :createdAt)
`);

/** Throws `conflict` when another connection of the organization has got its external id in the meantime. */
export async function insertLiveConnection(tx: Tx, connection: NewLiveConnection): Promise<void> {
  const statement = insertLiveRow(tx, {
    ...connection,
    metadataFetchedAt: connection.idpMetadataUrl === null ? null : connection.createdAt,
    idpSloBinding: connection.idpSloUrl === null ? null : 'redirect',
    attributeMapping: toJson(connection.attributeMapping),
  });
  notifyChange(tx, connection, 'onboarding', connection.id);
  await refuseDuplicate(statement, 'connections_external_id', 'conflict');
}

export interface Surroundings {
  /** Another live connection that cannot be told apart from this one by what an answer says [MD-07]. */
  isShared: boolean;
  onboarding: { id: string; number: number } | null;
  /** Oldest first. */
  domains: { id: string; domain: string }[];
}

// Addresses of our making hold the new connection's id, and nobody else has them: other connections are looked at only for
// addresses that were brought along.
const findSurroundingsRow = fixedStatement<Surroundings>(`
  select
    :bringsAddresses::boolean and exists (select from connections
      where environment_id = :environmentId and state = 'active' and deleted_at is null
        and idp_entity_id = :idpEntityId and (sp_entity_id = :spEntityId or acs_url = :acsUrl)) as "isShared",
    (select jsonb_build_object('id', id, 'number', number) from onboardings
      where environment_id = :environmentId and organization_id = :organizationId and is_open) as onboarding,
    (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'domain', domain) order by created_at, id), '[]')
      from organization_domains
      where environment_id = :environmentId and organization_id = :organizationId) as domains
`);

/** What there is around a connection that is about to be made, and whether its addresses are not those that we gave it. */
export async function findSurroundings(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  connection: { idpEntityId: string; spEntityId: string; acsUrl: string },
  bringsAddresses: boolean,
): Promise<Surroundings> {
  const { idpEntityId, spEntityId, acsUrl } = connection;
  const [found] = await findSurroundingsRow(tx, {
    ...whose,
    idpEntityId,
    spEntityId,
    acsUrl,
    bringsAddresses,
  });
  return found ?? { isShared: false, onboarding: null, domains: [] };
}

/** The organization's connection by the vendor's own id for it. */
export async function findConnectionByExternalId(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  externalId: string,
): Promise<ConnectionRow | undefined> {
  return living(tx, tenant).where('connections.externalId', '=', externalId).executeTakeFirst();
}

/** Undefined also for one that is deleted. */
export async function findConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<ConnectionRow | undefined> {
  return living(tx, tenant).where('connections.id', '=', connectionId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getConnection(tx: Tx, tenant: Tenant, connectionId: string): Promise<ConnectionRow> {
  return found(await findConnection(tx, tenant, connectionId));
}

/** Like `getConnection`, and nobody else changes it until the transaction ends. */
export async function lockConnection(tx: Tx, tenant: Tenant, connectionId: string): Promise<ConnectionRow> {
  return found(
    await living(tx, tenant).where('connections.id', '=', connectionId).forUpdate().executeTakeFirst(),
  );
}

export async function listConnections(
  tx: Tx,
  tenant: Tenant,
  filter: ConnectionFilter,
  request: PageRequest,
): Promise<Page<ConnectionRow>> {
  let query = living(tx, tenant);
  const { connectionTypes, domain, search } = filter;
  if (connectionTypes) query = query.where(sql<boolean>`connection_type = any(${connectionTypes}::text[])`);
  if (search) query = query.where(sql<boolean>`position(lower(${search}) in lower(connections.name)) > 0`);
  if (domain) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organizationDomains')
          .whereRef('organizationDomains.organizationId', '=', 'connections.organizationId')
          .where('organizationDomains.domain', '=', domain)
          .select('organizationDomains.id'),
      ),
    );
  }
  const owned = ownedBy('connections', tenant);
  return pageOf(tx, query, { table: 'connections', keys: byCreation('connections'), owned }, request);
}

/**
 * Another live connection that cannot be told apart from this one by what an answer says [MD-07]: the same provider, and
 * the same address or entity id of ours.
 */
export async function findSharingConnection(
  tx: Tx,
  environmentId: string,
  { id, idpEntityId, spEntityId, acsUrl }: ConnectionRow,
): Promise<ConnectionRow | undefined> {
  return living(tx, { environmentId })
    .where('connections.id', '<>', id)
    .where('connections.state', '=', 'active')
    .where('connections.idpEntityId', '=', idpEntityId)
    .where((eb) =>
      eb.or([eb('connections.spEntityId', '=', spEntityId), eb('connections.acsUrl', '=', acsUrl)]),
    )
    .executeTakeFirst();
}

/** The connections of many organizations at once, oldest first. */
export async function listConnectionsOf(
  tx: Tx,
  tenant: Tenant,
  organizationIds: readonly string[],
): Promise<ConnectionRow[]> {
  return living(tx, tenant)
    .where(sql<boolean>`organization_id = any(${organizationIds}::text[])`)
    .orderBy('connections.createdAt')
    .orderBy('connections.id')
    .execute();
}

/** Throws `not_found`. */
export async function updateConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  { guideProgress, drafts, ...changes }: ConnectionChanges,
  now: Date,
): Promise<ConnectionRow> {
  return update(tx, tenant, connectionId, {
    ...changes,
    ...(guideProgress && { guideProgress: toJson(guideProgress) }),
    ...(drafts && { drafts: toJson(drafts) }),
    updatedAt: now,
  });
}

/**
 * Changes what answers are verified with and counts the settings' revision up, by which a test and its verdict are
 * known to belong to these settings. Throws `not_found`.
 */
export async function updateConnectionSettings(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  { attributeMapping, oidcServer, ...settings }: ConnectionSettings,
  now: Date,
): Promise<ConnectionRow> {
  return update(tx, tenant, connectionId, {
    ...settings,
    ...(oidcServer !== undefined && { oidcServer: oidcServer && toJson(oidcServer) }),
    ...(attributeMapping && { attributeMapping: toJson(attributeMapping) }),
    settingsRevision: sql<number>`settings_revision + 1`,
    updatedAt: now,
  });
}

/**
 * Puts a whole configuration in place of the one that is there and counts the settings' revision up. A test that these
 * very settings have passed elsewhere counts here too. Throws `not_found`.
 */
export async function replaceConfiguration(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  next: {
    configuration: ConnectionConfiguration;
    clientSecretSealed: string | null;
    signedFloor: ConnectionRow['signedFloor'];
    encryptedFloor: boolean;
    tested: { at: Date; email: string | null } | null;
  },
  now: Date,
): Promise<ConnectionRow> {
  const { attributeMapping, oidcServer, ...configuration } = next.configuration;
  const { tested } = next;
  return update(tx, tenant, connectionId, {
    ...configuration,
    attributeMapping: toJson(attributeMapping),
    oidcServer: oidcServer === null ? null : toJson(oidcServer),
    oidcClientSecretSealed: next.clientSecretSealed,
    signedFloor: next.signedFloor,
    encryptedFloor: next.encryptedFloor,
    settingsRevision: sql<number>`settings_revision + 1`,
    testedRevision: tested === null ? null : sql<number>`settings_revision + 1`,
    testedAt: tested?.at ?? null,
    testedEmail: tested?.email ?? null,
    // When its metadata was read belonged to the other address; the watch reads the new one.
    metadataFetchedAt: null,
    metadataTriedAt: null,
    metadataEtag: null,
    metadataFailingSince: null,
    metadataFailingCode: null,
    metadataCacheSeconds: null,
    guideProgress: toJson({}),
    drafts: toJson({}),
    updatedAt: now,
  });
}

/**
 * Remembers a passed test and takes what it had signed as the floor. Undefined when the settings have changed since the
 * test began: then it says nothing about them.
 */
export async function markConnectionTested(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  test: {
    settingsRevision: number;
    email: string;
    signedFloor: ConnectionRow['signedFloor'];
    encryptedFloor: boolean;
    now: Date;
  },
): Promise<ConnectionRow | undefined> {
  const { settingsRevision, email, signedFloor, encryptedFloor, now } = test;
  const connection = await tx
    .updateTable('connections')
    .set({ testedRevision: settingsRevision, testedAt: now, testedEmail: email, signedFloor, encryptedFloor })
    .where('id', '=', connectionId)
    .where('settingsRevision', '=', settingsRevision)
    .where('deletedAt', 'is', null)
    .where(ownedBy('connections', tenant))
    .returningAll()
    .executeTakeFirst();
  if (connection) notifyChange(tx, connection, 'onboarding', connection.id);
  return connection;
}

/** A test that was passed counts no more, as if there had been none; the floor that it set stays. */
export async function forgetConnectionTest(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  now: Date,
): Promise<void> {
  const none = { testedRevision: null, testedAt: null, testedEmail: null };
  await update(tx, tenant, connectionId, { ...none, updatedAt: now });
}

/** States of a connection that has served people; one that is set up from the beginning has not. */
const servesOnce: readonly ConnectionRow['state'][] = ['active', 'inactive'];

/** Moves the connection on from one of the states named; undefined when it is in none of them. */
export async function moveConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  move: { from: readonly ConnectionRow['state'][]; to: ConnectionRow['state']; now: Date },
): Promise<ConnectionRow | undefined> {
  const connection = await tx
    .updateTable('connections')
    .set({
      state: move.to,
      updatedAt: move.now,
      ...(servesOnce.includes(move.to) && { activatedAt: sql<Date>`coalesce(activated_at, ${move.now})` }),
      ...(move.to === 'draft' && { activatedAt: null }),
    })
    .where('id', '=', connectionId)
    .where('state', 'in', move.from)
    .where('deletedAt', 'is', null)
    .where(ownedBy('connections', tenant))
    .returningAll()
    .executeTakeFirst();
  if (connection) notifyChange(tx, connection, 'onboarding', connection.id);
  return connection;
}

/** Undefined when there was none. From the commit on nobody signs in through it. */
export async function deleteConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  now: Date,
  restorableUntil: Date | null = null,
): Promise<ConnectionRow | undefined> {
  return tx
    .updateTable('connections')
    .set({ deletedAt: now, restorableUntil })
    .where('id', '=', connectionId)
    .where('deletedAt', 'is', null)
    .where(ownedBy('connections', tenant))
    .returningAll()
    .executeTakeFirst();
}

/** Those that were deleted and may still be brought back, newest first. */
export async function listRestorableConnections(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  now: Date,
): Promise<ConnectionRow[]> {
  return tx
    .selectFrom('connections')
    .selectAll()
    .where(ownedBy('connections', tenant))
    .where('restorableUntil', '>', now)
    .where('deletedAt', 'is not', null)
    .orderBy('deletedAt', 'desc')
    .execute();
}

/** Locked, as it was when it was deleted. Throws `former_ended` where it cannot be brought back, or not any more. */
export async function lockRestorable(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  now: Date,
): Promise<ConnectionRow> {
  const row = await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', connectionId)
    .where(ownedBy('connections', tenant))
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new OnboardingError('not_found', { kind: 'connection' });
  const isKept = row.deletedAt !== null && row.restorableUntil !== null && row.restorableUntil > now;
  if (!isKept) throw new OnboardingError('former_ended');
  return row;
}

/**
 * There again as it was. Where another connection has its external id by now, that one keeps it. Throws `former_ended`
 * where it cannot be brought back, or not any more.
 */
export async function restoreConnection(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  now: Date,
): Promise<ConnectionRow> {
  const { externalId, organizationId } = await lockRestorable(tx, tenant, connectionId, now);
  const heir =
    externalId === null
      ? undefined
      : await living(tx, tenant)
          .where('connections.organizationId', '=', organizationId)
          .where('connections.externalId', '=', externalId)
          .executeTakeFirst();
  const row = await tx
    .updateTable('connections')
    .set({ deletedAt: null, restorableUntil: null, updatedAt: now, ...(heir && { externalId: null }) })
    .where('id', '=', connectionId)
    .where(ownedBy('connections', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
  notifyChange(tx, row, 'onboarding', row.id);
  return row;
}

async function update(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  changes: UpdateObject<Database, 'connections'>,
): Promise<ConnectionRow> {
  return found(
    await tx
      .updateTable('connections')
      .set(changes)
      .where('id', '=', connectionId)
      .where('deletedAt', 'is', null)
      .where(ownedBy('connections', tenant))
      .returningAll()
      .executeTakeFirst(),
  );
}

function living(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('connections')
    .selectAll('connections')
    .where(ownedBy('connections', tenant))
    .where('connections.deletedAt', 'is', null);
}

function found(connection: ConnectionRow | undefined): ConnectionRow {
  if (!connection) throw new OnboardingError('not_found', { kind: 'connection' });
  return connection;
}
