import {
  getRevision,
  withTenant,
  type AttemptRow,
  type ConnectionRevisionRow,
  type ConnectionRow,
  type Db,
  type TrustedCertificate,
  type Tx,
} from '../../db/index.ts';
import type { ConnectionConfiguration } from '../../onboarding/connection-configuration.ts';
import { tenantOf } from './usable-connection.ts';

/**
 * A connection with the values of one revision laid over it: what a test of the revision, and the pages that edit it,
 * see in place of the live values. Our own addresses and the name stay the connection's; the state is that of something
 * that serves nobody yet.
 */
export type EffectiveConnection = ConnectionRow & {
  /** Whose values these are; null for the connection's own. */
  readonly revisionId: string | null;
};

export function effectiveConnection(
  connection: ConnectionRow,
  revision: ConnectionRevisionRow | undefined,
): EffectiveConnection {
  if (revision === undefined) return { ...connection, revisionId: null };
  return {
    ...connection,
    ...revision.configuration,
    oidcClientSecretSealed: revision.clientSecretSealed,
    revisionId: revision.id,
    activatedAt: null,
    state: isEmpty(revision.configuration) ? 'draft' : 'validating',
    settingsRevision: revision.settingsRevision,
    testedRevision: revision.testedRevision,
    testedAt: revision.testedAt,
    testedEmail: revision.testedEmail,
    // Every test of a revision is made from nothing; what the last passed one had signed becomes the floor at the switch.
    signedFloor: 'one',
    encryptedFloor: false,
    guideProgress: revision.guideProgress,
    drafts: revision.drafts,
  };
}

const isEmpty = ({ idpEntityId, oidcIssuer }: ConnectionConfiguration): boolean =>
  idpEntityId === null && oidcIssuer === null;

/**
 * The connection as this attempt sees it: the revision it tests, or the live values. Undefined once the revision has
 * ended: what was switched to, discarded or left behind by a reset is tested no more.
 */
export async function connectionSeenBy(
  tx: Tx,
  connection: ConnectionRow,
  attempt: Pick<AttemptRow, 'revisionId'> | undefined,
): Promise<EffectiveConnection | undefined> {
  const revisionId = attempt?.revisionId ?? null;
  if (revisionId === null) return effectiveConnection(connection, undefined);
  const revision = await getRevision(tx, tenantOf(connection), revisionId);
  return revision.endedAt === null ? effectiveConnection(connection, revision) : undefined;
}

/** The same outside a transaction: live values need none. */
export async function lookAsAttempt(
  db: Db,
  connection: ConnectionRow,
  attempt: Pick<AttemptRow, 'revisionId'> | undefined,
): Promise<EffectiveConnection | undefined> {
  if (typeof attempt?.revisionId !== 'string') return effectiveConnection(connection, undefined);
  return withTenant(db, tenantOf(connection), (tx) => connectionSeenBy(tx, connection, attempt));
}

/** Why the connection takes no answer: it is off, or the draft that was tested is over. */
export function unusable(
  seen: EffectiveConnection | undefined,
  { state }: Pick<ConnectionRow, 'state'>,
): { cause: 'settings_switched' | 'connection_not_usable'; facts: Record<string, string> } {
  return seen === undefined
    ? { cause: 'settings_switched', facts: { found: 'draft_over' } }
    : { cause: 'connection_not_usable', facts: { state } };
}

/** The keys that answers to a revision are verified with. Their use is not noted: they lie with it, not with the rest. */
export async function listRevisionCertificates(
  tx: Tx,
  connection: ConnectionRow,
  revisionId: string,
  now: Date,
): Promise<TrustedCertificate[]> {
  const { certificates } = await getRevision(tx, tenantOf(connection), revisionId);
  return certificates.map(({ pem, fingerprint }) => ({ pem, fingerprint, lastUsedAt: now }));
}
