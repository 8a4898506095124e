import type { z } from 'zod';
import { connectionSecretAt, revisionSecretAt } from '../adapters/client-secrets.ts';
import {
  listCertificates,
  listFormers,
  type ConnectionRevisionRow,
  type ConnectionRow,
  type Tx,
} from '../db/index.ts';
import { differencesBetween, type ConfigurationDifference } from '../onboarding/configuration-differences.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import type { formerView } from './contract/shared.ts';
import type { ApiDeps } from './deps.ts';
import { fingerprintOf } from './metadata-key.ts';

/** What a draft changes, and what a connection was before, as the pages of the customer and of staff show them. */

type Tenant = { environmentId: string; organizationId: string };

/** When exactly the settings that a draft has now passed a test. */
export const passedTestOf = ({
  testedRevision,
  settingsRevision,
  testedAt,
}: ConnectionRevisionRow): string | null =>
  testedRevision === settingsRevision ? (testedAt?.toISOString() ?? null) : null;

/** Who edits a draft; without a contact it is known by the kind of link alone, which says nothing to people. */
export const draftHolderOf = ({ heldBy }: ConnectionRevisionRow): string | null =>
  heldBy?.includes('@') === true ? heldBy : null;

/** What differs between the settings in use and those of the draft, in the order in which people read it. */
export async function differencesOf(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  tenant: Tenant,
  connection: ConnectionRow,
  revision: ConnectionRevisionRow,
): Promise<ConfigurationDifference[]> {
  const certificates = await listCertificates(tx, tenant, connection.id);
  return [
    ...differencesBetween({ configuration: connection, certificates }, revision).map(named),
    ...secretDifference(secrets, connection, revision),
  ];
}

/** A provider is known by its name, for its guide's id says nothing to people; a certificate by its fingerprint. */
function named(difference: ConfigurationDifference): ConfigurationDifference {
  const { field, before, after } = difference;
  if (field !== 'provider' && field !== 'metadataKey') return difference;
  const name = (value: string) =>
    field === 'provider' ? (findGuide(value)?.name ?? value) : fingerprintOf(value);
  return { field, before: before.map(name), after: after.map(name) };
}

/** Whether the secret is another one; neither is ever shown. */
function secretDifference(
  secrets: ApiDeps['secrets'],
  connection: ConnectionRow,
  revision: ConnectionRevisionRow,
): ConfigurationDifference[] {
  const { oidcClientSecretSealed: before } = connection;
  const { clientSecretSealed: after } = revision;
  const left = before === null ? null : secrets.open(before, connectionSecretAt(connection));
  const right = after === null ? null : secrets.open(after, revisionSecretAt(revision));
  const shown = (value: string | null, word: string) => (value === null ? [] : [word]);
  const field = 'clientSecret';
  return left === right
    ? []
    : [{ field, before: shown(left, 'secret_in_use'), after: shown(right, 'another_secret') }];
}

/** Those that can still be brought back, newest first. */
export async function formerViewsOf(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  now: Date,
): Promise<z.infer<typeof formerView>[]> {
  const formers = await listFormers(tx, tenant, connection.id, now);
  return formers.map(({ id, reason, createdAt, keptUntil, wasLive, configuration }) => ({
    id,
    reason,
    wasLive,
    providerName: findGuide(configuration.providerId ?? '')?.name ?? connection.name,
    endedAt: createdAt.toISOString(),
    keptUntil: keptUntil.toISOString(),
  }));
}
