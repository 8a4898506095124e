import type { Insertable, Updateable } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { EnvironmentRow, EnvironmentsTable } from '../tables/environments.ts';
import type { TokenKeyRow } from '../tables/token-keys.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export type NewEnvironment = Omit<Insertable<EnvironmentsTable>, 'updatedAt'>;
/** Settings and branding; what identifies an environment stays. */
export type EnvironmentChanges = Omit<
  Updateable<EnvironmentsTable>,
  'id' | 'handle' | 'kind' | 'clientId' | 'createdAt' | 'updatedAt'
>;

/** Needs `withSystem`. */
export async function insertEnvironment(tx: Tx, environment: NewEnvironment): Promise<EnvironmentRow> {
  return tx.insertInto('environments').values(environment).returningAll().executeTakeFirstOrThrow();
}

/** Needs `withSystem`. */
export async function listEnvironments(tx: Tx): Promise<EnvironmentRow[]> {
  return tx.selectFrom('environments').selectAll().orderBy('createdAt').orderBy('id').execute();
}

export async function getEnvironment(tx: Tx, environmentId: string): Promise<EnvironmentRow> {
  const environment = await tx
    .selectFrom('environments')
    .selectAll()
    .where('id', '=', environmentId)
    .executeTakeFirst();
  if (!environment) throw new OnboardingError('not_found', { kind: 'environment' });
  return environment;
}

export async function updateEnvironment(
  tx: Tx,
  environmentId: string,
  changes: EnvironmentChanges,
  now: Date,
): Promise<EnvironmentRow> {
  const environment = await tx
    .updateTable('environments')
    .set({ ...changes, updatedAt: now })
    .where('id', '=', environmentId)
    .returningAll()
    .executeTakeFirst();
  if (!environment) throw new OnboardingError('not_found', { kind: 'environment' });
  return environment;
}

/** A key pair for access tokens: the public half as a JWK, the private half sealed. */
export async function insertTokenKey(
  tx: Tx,
  key: { id: string; environmentId: string; publicJwk: object; privateKeySealed: string; createdAt: Date },
): Promise<TokenKeyRow> {
  return tx
    .insertInto('tokenKeys')
    .values({ ...key, publicJwk: toJson(key.publicJwk) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The keys whose tokens may still be in use, the signing one first. */
export async function listTokenKeys(tx: Tx, tenant: Tenant): Promise<TokenKeyRow[]> {
  return tx
    .selectFrom('tokenKeys')
    .selectAll()
    .where(ofEnvironment('tokenKeys', tenant))
    .where('retiredAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .execute();
}
