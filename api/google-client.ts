import { googleClientSecretAt } from '../adapters/client-secrets.ts';
import type { GoogleClient } from '../adapters/directories/google-hosts.ts';
import { insertAudit, lockEnvironment, setGoogleClient, type EnvironmentRow, type Tx } from '../db/index.ts';
import { audited, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { consentRedirectUri } from './directory-access.ts';

/**
 * Keeps the vendor's own client at Google, or takes it away: directories that admins consented to are read with it, so they
 * wait for the next one. The secret is sealed and never shown.
 */
export async function changeGoogleClient(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  environmentId: string,
  client: GoogleClient | null,
  by: Acting,
): Promise<EnvironmentRow> {
  const before = await lockEnvironment(tx, environmentId);
  const kept = client && {
    id: client.id,
    secretSealed: secrets.seal(client.secret, googleClientSecretAt(environmentId)),
  };
  if (kept === null && before.googleClientId === null) return before;
  const row = await setGoogleClient(tx, environmentId, kept, by.request.now);
  await insertAudit(
    tx,
    audited(
      by,
      { environmentId, organizationId: null },
      {
        action: kept === null ? 'environment.google_client_removed' : 'environment.google_client_set',
        target: { type: 'environment', id: environmentId },
        before: { google_client_id: before.googleClientId },
        after: { google_client_id: row.googleClientId },
      },
    ),
  );
  return row;
}

/** What may be shown of it, and the address that has to be registered with it. */
export const googleClientView = (
  deps: Pick<ApiDeps, 'urls'>,
  row: EnvironmentRow,
): { clientId: string | null; redirectUri: string } => ({
  clientId: row.googleClientId,
  redirectUri: consentRedirectUri(deps, row),
});
