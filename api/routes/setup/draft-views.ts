import { connectionSecretAt, revisionSecretAt } from '../../../adapters/client-secrets.ts';
import {
  listCertificates,
  listFormers,
  listRestorableConnections,
  type ConnectionRevisionRow,
  type ConnectionRow,
  type LinkRow,
  type Tx,
} from '../../../db/index.ts';
import {
  differencesBetween,
  type ConfigurationDifference,
} from '../../../onboarding/configuration-differences.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import type { SsoState } from '../../contract/setup.ts';
import type { ApiDeps } from '../../deps.ts';
import { findDraft } from './edited.ts';
import type { Tenant } from './scope.ts';

/** The draft beside a live connection, and what the connection was before, as the pages show them. */

/** Whose it is and how old. */
export const draftLineOf = ({ revision, isMine }: NonNullable<Awaited<ReturnType<typeof findDraft>>>) => ({
  isMine,
  // Without a contact the holder is known by the kind of link alone, which says nothing to people.
  heldBy: revision.heldBy?.includes('@') === true ? revision.heldBy : null,
  startedAt: revision.createdAt.toISOString(),
  changedAt: revision.updatedAt.toISOString(),
});

export async function draftViewOf(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  tenant: Tenant,
  connection: ConnectionRow,
  link: LinkRow,
): Promise<SsoState['draft']> {
  const found = await findDraft(tx, tenant, connection, link);
  if (found === undefined) return null;
  const { revision } = found;
  const certificates = await listCertificates(tx, tenant, connection.id);
  const { testedRevision, settingsRevision } = revision;
  return {
    id: revision.id,
    ...draftLineOf(found),
    testedAt: testedRevision === settingsRevision ? (revision.testedAt?.toISOString() ?? null) : null,
    testedEmail: revision.testedEmail === null ? null : maskEmail(revision.testedEmail),
    differences: [
      ...differencesBetween({ configuration: connection, certificates }, revision).map(named),
      ...secretDifference(secrets, connection, revision),
    ],
  };
}

/** A provider is known by its name; its guide's id says nothing to people. */
function named(difference: ConfigurationDifference): ConfigurationDifference {
  if (difference.field !== 'provider') return difference;
  const names = (ids: readonly string[]) => ids.map((id) => findGuide(id)?.name ?? id);
  return { ...difference, before: names(difference.before), after: names(difference.after) };
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

export async function deletedViewsOf(tx: Tx, tenant: Tenant, now: Date): Promise<SsoState['deleted']> {
  const deleted = await listRestorableConnections(tx, tenant, now);
  return deleted.flatMap(({ id, providerId, name, state, deletedAt, restorableUntil }) =>
    deletedAt === null || restorableUntil === null
      ? []
      : [
          {
            id,
            providerName: findGuide(providerId ?? '')?.name ?? name,
            wasLive: state === 'active',
            deletedAt: deletedAt.toISOString(),
            keptUntil: restorableUntil.toISOString(),
          },
        ],
  );
}

export async function formerViewsOf(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  now: Date,
): Promise<SsoState['formers']> {
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
