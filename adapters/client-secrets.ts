import type { SealedAt, Secrets } from './secrets.ts';

/** Where the client secret of an OpenID Connect configuration lies sealed, and how it moves with the configuration. */

interface Holder {
  id: string;
  organizationId: string;
}

export const connectionSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  ...{ table: 'connections', column: 'oidc_client_secret_sealed', organizationId, rowId: id },
});

export const revisionSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  ...{ table: 'connection_revisions', column: 'client_secret_sealed', organizationId, rowId: id },
});

export const formerSecretAt = ({ id, organizationId }: Holder): SealedAt => ({
  ...{ table: 'former_configurations', column: 'client_secret_sealed', organizationId, rowId: id },
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
