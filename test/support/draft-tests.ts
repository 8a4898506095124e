import { newId } from '../../adapters/ids.ts';
import { effectiveConnection } from '../../api/sign-in/effective-connection.ts';
import { startTest, type StartedTest } from '../../api/sign-in/start-test.ts';
import {
  endRevision,
  getAttempt,
  insertRevision,
  listCertificates,
  withTenant,
  type AttemptRow,
} from '../../db/index.ts';
import { configurationOf, type ConnectionConfiguration } from '../../onboarding/connection-configuration.ts';
import type { SignInCustomer, SignInWorld } from './sign-in.ts';

/** A test sign-in of a draft of a live connection, which holds what the connection holds but for what was changed. */
interface DraftTest extends StartedTest {
  /** As a switch, a reset or the admin ends it. */
  endDraft(): Promise<void>;
  attempt(): Promise<AttemptRow>;
}

export async function aDraftTest(
  { api }: SignInWorld,
  { connection }: SignInCustomer,
  change: Partial<ConnectionConfiguration> = {},
): Promise<DraftTest> {
  const { environmentId, organizationId } = connection;
  const tenant = { environmentId, organizationId };
  const now = api.deps.now();
  const { revision, test } = await withTenant(api.db, tenant, async (tx) => {
    const certificates = await listCertificates(tx, tenant, connection.id);
    const made = await insertRevision(tx, {
      id: newId('rev_'),
      ...tenant,
      connectionId: connection.id,
      configuration: { ...configurationOf(connection), ...change },
      certificates: certificates.map((certificate) => ({
        ...certificate,
        notBefore: certificate.notBefore.toISOString(),
        notAfter: certificate.notAfter.toISOString(),
      })),
      // Sealed for another place; nothing is exchanged once the draft is over.
      clientSecretSealed: connection.oidcClientSecretSealed,
      drafts: {},
      heldBy: 'anna@acme.test',
      createdAt: now,
    });
    const started = await startTest(tx, api.deps, { connection: effectiveConnection(connection, made), now });
    return { revision: made, test: started };
  });
  return {
    ...test,
    async endDraft() {
      await withTenant(api.db, tenant, (tx) =>
        endRevision(tx, tenant, revision.id, { endedAs: 'discarded', now: api.deps.now() }),
      );
    },
    attempt: () => withTenant(api.db, tenant, (tx) => getAttempt(tx, tenant, test.attemptId)),
  };
}
