/** The edited copy beside a live connection: at most one is open; an ended one stays for the sign-ins it has begun. */
import { sql } from 'kysely';
import type {
  ConfigurationCertificate,
  ConnectionConfiguration,
} from '../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { ConnectionRevisionRow } from '../tables/connection-revisions.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

interface NewRevision {
  id: string;
  environmentId: string;
  organizationId: string;
  connectionId: string;
  configuration: ConnectionConfiguration;
  certificates: readonly ConfigurationCertificate[];
  clientSecretSealed: string | null;
  drafts: object;
  heldBy: string;
  createdAt: Date;
}

/** Throws `conflict` when another one is open. */
export async function insertRevision(
  tx: Tx,
  { configuration, certificates, drafts, ...revision }: NewRevision,
): Promise<ConnectionRevisionRow> {
  const statement = tx
    .insertInto('connectionRevisions')
    .values({
      ...revision,
      configuration: toJson(configuration),
      certificates: toJson(certificates),
      drafts: toJson(drafts),
      updatedAt: revision.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const row = await refuseDuplicate(statement, 'connection_revisions_one_open', 'conflict', {});
  notifyChange(tx, row, 'onboarding', row.connectionId);
  return row;
}

export async function findOpenRevision(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<ConnectionRevisionRow | undefined> {
  return openOf(tx, tenant, connectionId).executeTakeFirst();
}

/** Like `findOpenRevision`, and nobody else changes it until the transaction ends. */
export async function lockOpenRevision(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<ConnectionRevisionRow | undefined> {
  return openOf(tx, tenant, connectionId).forUpdate().executeTakeFirst();
}

/** Ended ones too. Throws `not_found`. */
export async function getRevision(
  tx: Tx,
  tenant: Tenant,
  revisionId: string,
): Promise<ConnectionRevisionRow> {
  const revision = await revisionsOf(tx, tenant).where('id', '=', revisionId).executeTakeFirst();
  return found(revision);
}

interface RevisionChanges {
  configuration?: ConnectionConfiguration;
  certificates?: readonly ConfigurationCertificate[];
  clientSecretSealed?: string | null;
  drafts?: object;
  guideProgress?: object;
  heldBy?: string;
}

/**
 * Changes an open revision. `counts` says that answers would be verified with something else from now on: a test made
 * before says nothing any more. Throws `not_found` where it has ended.
 */
export async function updateRevision(
  tx: Tx,
  tenant: Tenant,
  revisionId: string,
  { configuration, certificates, drafts, guideProgress, ...changes }: RevisionChanges,
  { now, counts }: { now: Date; counts: boolean },
): Promise<ConnectionRevisionRow> {
  const revision = await tx
    .updateTable('connectionRevisions')
    .set({
      ...changes,
      ...(configuration && { configuration: toJson(configuration) }),
      ...(certificates && { certificates: toJson(certificates) }),
      ...(drafts && { drafts: toJson(drafts) }),
      ...(guideProgress && { guideProgress: toJson(guideProgress) }),
      ...(counts && { settingsRevision: sql<number>`settings_revision + 1` }),
      updatedAt: now,
    })
    .where('id', '=', revisionId)
    .where('endedAt', 'is', null)
    .where(ownedBy('connectionRevisions', tenant))
    .returningAll()
    .executeTakeFirst();
  const row = found(revision);
  if (counts || changes.heldBy !== undefined) notifyChange(tx, row, 'onboarding', row.connectionId);
  return row;
}

/** Remembers a passed test of exactly these settings. Undefined when they have changed since, or it has ended. */
export async function markRevisionTested(
  tx: Tx,
  tenant: Tenant,
  revisionId: string,
  test: {
    settingsRevision: number;
    email: string;
    signed: NonNullable<ConnectionRevisionRow['testedSigned']>;
    encrypted: boolean;
    now: Date;
  },
): Promise<ConnectionRevisionRow | undefined> {
  const { settingsRevision, email, signed, encrypted, now } = test;
  const row = await tx
    .updateTable('connectionRevisions')
    .set({
      testedRevision: settingsRevision,
      testedAt: now,
      testedEmail: email,
      testedSigned: signed,
      testedEncrypted: encrypted,
    })
    .where('id', '=', revisionId)
    .where('settingsRevision', '=', settingsRevision)
    .where('endedAt', 'is', null)
    .where(ownedBy('connectionRevisions', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row) notifyChange(tx, row, 'onboarding', row.connectionId);
  return row;
}

/** Ends an open revision; its secret is forgotten. Undefined when it had ended. */
export async function endRevision(
  tx: Tx,
  tenant: Tenant,
  revisionId: string,
  { endedAs, now }: { endedAs: NonNullable<ConnectionRevisionRow['endedAs']>; now: Date },
): Promise<ConnectionRevisionRow | undefined> {
  const row = await tx
    .updateTable('connectionRevisions')
    .set({ endedAt: now, endedAs, clientSecretSealed: null })
    .where('id', '=', revisionId)
    .where('endedAt', 'is', null)
    .where(ownedBy('connectionRevisions', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row) notifyChange(tx, row, 'onboarding', row.connectionId);
  return row;
}

function openOf(tx: Tx, tenant: Tenant, connectionId: string) {
  return revisionsOf(tx, tenant).where('connectionId', '=', connectionId).where('endedAt', 'is', null);
}

function revisionsOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('connectionRevisions').selectAll().where(ownedBy('connectionRevisions', tenant));
}

function found(revision: ConnectionRevisionRow | undefined): ConnectionRevisionRow {
  if (!revision) throw new OnboardingError('not_found', { kind: 'draft' });
  return revision;
}
