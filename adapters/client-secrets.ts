import type { SealedAt, Secrets } from './secrets.ts';

/**
 * Where what we prove ourselves with lies sealed, and how it moves with its configuration: client secrets of OpenID
 * Connect, and the key, password or token by which a directory is read.
 */

interface Holder {
  id: string;
  organizationId: string;
}

export const connectionSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'connections',
  column: 'oidc_client_secret_sealed',
  organizationId,
  rowId: id,
});

export const revisionSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'connection_revisions',
  column: 'client_secret_sealed',
  organizationId,
  rowId: id,
});

export const formerSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'former_configurations',
  column: 'client_secret_sealed',
  organizationId,
  rowId: id,
});

export const directorySecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'directories',
  column: 'credentials_sealed',
  organizationId,
  rowId: id,
});

export const formerDirectorySecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'former_directories',
  column: 'credentials_sealed',
  organizationId,
  rowId: id,
});

/** The credentials of a log stream's destination, as one JSON object. */
export const streamSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  table: 'log_streams',
  column: 'secret_sealed',
  organizationId,
  rowId: id,
});

/** Of the vendor's own client at Google. */
export const googleClientSecretAt = (environmentId: string): SealedAt => ({
  table: 'environments',
  column: 'google_client_secret_sealed',
  organizationId: null,
  rowId: environmentId,
});

/** The same secret, sealed for another row. Null where there is none. */
export function moveSecret(
  secrets: Pick<Secrets, 'open' | 'seal'>,
  sealed: string | null,
  from: SealedAt,
  to: SealedAt,
): string | null {
  return sealed === null ? null : secrets.seal(secrets.open(sealed, from), to);
}
