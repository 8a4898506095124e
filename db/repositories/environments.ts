import type { Insertable, Updateable } from 'kysely';
import type { CustomAttribute } from '../../onboarding/attributes.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { ReminderDays } from '../../onboarding/reminder-days.ts';
import type { OnboardingTemplate } from '../../onboarding/template.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { EnvironmentRow, EnvironmentsTable } from '../tables/environments.ts';
import type { TokenKeyRow } from '../tables/token-keys.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** Written as JSON by `updateEnvironment` alone. */
type SettingInJson = 'reminderDays' | 'onboardingTemplate';
/** Set by `branding.ts` alone. */
type BrandColumn = 'brandColours' | 'logoLight' | 'logoDark' | 'icon';
/** Set by `members-sso.ts` alone, together. */
type MembersColumn = 'membersSso' | 'membersTrust';
/** Set by `setGoogleClient` alone, together. */
type GoogleColumn = 'googleClientId' | 'googleClientSecretSealed';

export type NewEnvironment = Omit<
  Insertable<EnvironmentsTable>,
  BrandColumn | MembersColumn | GoogleColumn | SettingInJson | 'customAttributes' | 'updatedAt'
>;
/** Settings and branding; what identifies an environment stays. */
export type EnvironmentChanges = Omit<
  Updateable<EnvironmentsTable>,
  | BrandColumn
  | MembersColumn
  | GoogleColumn
  | 'id'
  | 'handle'
  | 'kind'
  | 'clientId'
  | 'customAttributes'
  | SettingInJson
  | 'createdAt'
  | 'updatedAt'
> & { reminderDays?: ReminderDays | undefined; onboardingTemplate?: OnboardingTemplate | undefined };

/** In a transaction of its own tenant, or `withSystem`. Throws `handle_taken`: a handle is public, and one environment's. */
export async function insertEnvironment(tx: Tx, environment: NewEnvironment): Promise<EnvironmentRow> {
  const statement = tx
    .insertInto('environments')
    .values(environment)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { handle } = environment;
  return refuseDuplicate(statement, 'environments_handle_key', 'handle_taken', { field: 'handle', handle });
}

/** Needs `withSystem`. */
export async function listEnvironments(tx: Tx): Promise<EnvironmentRow[]> {
  return tx.selectFrom('environments').selectAll().orderBy('createdAt').orderBy('id').execute();
}

/** Needs `withSystem`. */
export async function listSandboxIds(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('environments').select('id').where('kind', '=', 'sandbox').execute();
  return rows.map(({ id }) => id);
}

export async function getEnvironment(tx: Tx, environmentId: string): Promise<EnvironmentRow> {
  return found(
    await tx.selectFrom('environments').selectAll().where('id', '=', environmentId).executeTakeFirst(),
  );
}

export async function updateEnvironment(
  tx: Tx,
  environmentId: string,
  { reminderDays, onboardingTemplate, ...changes }: EnvironmentChanges,
  now: Date,
): Promise<EnvironmentRow> {
  return found(
    await tx
      .updateTable('environments')
      .set({
        ...changes,
        ...(reminderDays === undefined ? {} : { reminderDays: toJson(reminderDays) }),
        ...(onboardingTemplate === undefined ? {} : { onboardingTemplate: toJson(onboardingTemplate) }),
        updatedAt: now,
      })
      .where('id', '=', environmentId)
      .returningAll()
      .executeTakeFirst(),
  );
}

/** Nobody else changes the environment's settings until the transaction ends. */
export async function lockEnvironment(tx: Tx, environmentId: string): Promise<EnvironmentRow> {
  return found(
    await tx
      .selectFrom('environments')
      .selectAll()
      .where('id', '=', environmentId)
      .forUpdate()
      .executeTakeFirst(),
  );
}

/** Replaces the whole list, so that its order is kept; lock the environment first. */
export async function setCustomAttributes(
  tx: Tx,
  environmentId: string,
  customAttributes: readonly CustomAttribute[],
  now: Date,
): Promise<void> {
  await tx
    .updateTable('environments')
    .set({ customAttributes: toJson(customAttributes), updatedAt: now })
    .where('id', '=', environmentId)
    .execute();
}

/** The vendor's own client at Google; null takes it away. */
export async function setGoogleClient(
  tx: Tx,
  environmentId: string,
  client: { id: string; secretSealed: string } | null,
  now: Date,
): Promise<EnvironmentRow> {
  return found(
    await tx
      .updateTable('environments')
      .set({
        googleClientId: client?.id ?? null,
        googleClientSecretSealed: client?.secretSealed ?? null,
        updatedAt: now,
      })
      .where('id', '=', environmentId)
      .returningAll()
      .executeTakeFirst(),
  );
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

function found(environment: EnvironmentRow | undefined): EnvironmentRow {
  if (!environment) throw new OnboardingError('not_found', { kind: 'environment' });
  return environment;
}
