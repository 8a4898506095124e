import { listRestorableConnections, type ConnectionRow, type LinkRow, type Tx } from '../../../db/index.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { differencesOf, draftHolderOf, passedTestOf } from '../../configuration-views.ts';
import type { SsoState } from '../../contract/setup-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { findDraft } from './edited.ts';
import type { Tenant } from './scope.ts';

/** The draft beside a live connection as the customer's pages show it. */

/** Whose it is and how old. */
export const draftLineOf = ({ revision, isMine }: NonNullable<Awaited<ReturnType<typeof findDraft>>>) => ({
  isMine,
  heldBy: draftHolderOf(revision),
  startedAt: revision.createdAt.toISOString(),
  changedAt: revision.updatedAt.toISOString(),
});

export async function draftViewOf(
  tx: Tx,
  deps: Pick<ApiDeps, 'secrets'>,
  tenant: Tenant,
  connection: ConnectionRow,
  link: LinkRow,
): Promise<SsoState['draft']> {
  const found = await findDraft(tx, tenant, connection, link);
  if (found === undefined) return null;
  const { revision } = found;
  return {
    id: revision.id,
    ...draftLineOf(found),
    testedAt: passedTestOf(revision),
    testedEmail: revision.testedEmail === null ? null : maskEmail(revision.testedEmail),
    differences: await differencesOf(tx, deps, tenant, connection, revision),
  };
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
