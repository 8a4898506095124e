/** What connections used before, kept for bringing it back. */
import type { Insertable } from 'kysely';
import type {
  ConfigurationCertificate,
  ConnectionConfiguration,
} from '../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { FormerConfigurationRow, FormerConfigurationsTable } from '../tables/former-configurations.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

type NewFormer = Omit<
  Insertable<FormerConfigurationsTable>,
  'configuration' | 'certificates' | 'restoredAt' | 'createdAt'
> & {
  configuration: ConnectionConfiguration;
  certificates: readonly ConfigurationCertificate[];
  createdAt: Date;
};

export async function insertFormer(
  tx: Tx,
  { configuration, certificates, ...former }: NewFormer,
): Promise<FormerConfigurationRow> {
  return tx
    .insertInto('formerConfigurations')
    .values({ ...former, configuration: toJson(configuration), certificates: toJson(certificates) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Those of a connection that can still be brought back, newest first. */
export async function listFormers(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  now: Date,
): Promise<FormerConfigurationRow[]> {
  return formersOf(tx, tenant)
    .where('connectionId', '=', connectionId)
    .where('keptUntil', '>', now)
    .where('restoredAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

/** Whether the connection's settings have been replaced since then. */
export async function wasReplacedSince(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  since: Date,
): Promise<boolean> {
  const former = await formersOf(tx, tenant)
    .where('connectionId', '=', connectionId)
    .where('createdAt', '>', since)
    .limit(1)
    .executeTakeFirst();
  return former !== undefined;
}

/** Locked, whatever became of it. Throws `not_found`. */
export async function lockFormer(tx: Tx, tenant: Tenant, formerId: string): Promise<FormerConfigurationRow> {
  const former = await formersOf(tx, tenant).where('id', '=', formerId).forUpdate().executeTakeFirst();
  if (!former) throw new OnboardingError('not_found', { kind: 'former_configuration' });
  return former;
}

/** It is in use again; its secret lies with the connection now. */
export async function markFormerRestored(tx: Tx, tenant: Tenant, formerId: string, now: Date): Promise<void> {
  await tx
    .updateTable('formerConfigurations')
    .set({ restoredAt: now, clientSecretSealed: null })
    .where('id', '=', formerId)
    .where(ownedBy('formerConfigurations', tenant))
    .execute();
}

function formersOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('formerConfigurations').selectAll().where(ownedBy('formerConfigurations', tenant));
}
