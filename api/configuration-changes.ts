import { connectionSecretAt, formerSecretAt, moveSecret } from '../adapters/client-secrets.ts';
import { newId } from '../adapters/ids.ts';
import {
  listConnectionsOf,
  listDomains,
  markFormerRestored,
  moveConnection,
  placeConfiguration,
  switchConnectionOn,
  updateConnection,
  type ConnectionRow,
  type EnvironmentRow,
  type FormerConfigurationRow,
  type Tx,
} from '../db/index.ts';
import { isNamedAfter, nameAfterProvider } from '../onboarding/connection-names.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import type { Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { isReady } from './sign-in/usable-connection.ts';

/** What puts another configuration in place of a connection's, for the portal and the dashboard alike. */
export interface ConfigurationChange {
  deps: ApiDeps;
  environment: EnvironmentRow;
  tx: Tx;
  tenant: { environmentId: string; organizationId: string };
  by: Acting;
}

/** Whether a passed test was made with the very settings that are there now. */
export const isTested = ({ testedRevision, settingsRevision }: ConnectionRow): boolean =>
  testedRevision === settingsRevision;

/** Only settings that passed a test go live, and where the policy asks for it, only with a proved domain. */
export async function requireReady(
  { deps, environment, tx, tenant }: Omit<ConfigurationChange, 'by'>,
  connection: ConnectionRow,
): Promise<void> {
  if (!isReady(connection)) {
    throw new OnboardingError('connection_incomplete');
  }
  if (connection.testedRevision === null) throw new OnboardingError('connection_not_tested');
  if (!isTested(connection)) throw new OnboardingError('connection_changed_since_test');
  const provider = connection.protocol === 'saml' ? connection.idpEntityId : connection.oidcIssuer;
  const isTestIdp = provider.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') throw new OnboardingError('test_idp_refused');
  if (environment.domainPolicy !== 'required') return;
  const domains = await listDomains(tx, tenant);
  if (!domains.some(({ state }) => state === 'verified')) throw new OnboardingError('domain_required');
}

/**
 * Whether what a connection used before may be brought back: it is still kept, a certificate of it is still good, and it
 * would be ready to go live. Throws what stands in its way.
 */
export async function requireRestorable(
  change: ConfigurationChange,
  connection: ConnectionRow,
  { restoredAt, keptUntil, configuration, certificates }: FormerConfigurationRow,
): Promise<void> {
  const { now } = change.by.request;
  if (restoredAt !== null || keptUntil <= now) throw new OnboardingError('former_ended');
  const ends = certificates.map(({ notAfter }) => new Date(notAfter));
  if (configuration.protocol === 'saml' && ends.every((end) => end <= now)) {
    throw new OnboardingError('certificate_ended');
  }
  await requireReady(change, { ...connection, ...configuration, settingsRevision: 0, testedRevision: 0 });
}

/** Brings it back, and live again where it was live; what is there now is kept in its turn. */
export async function restoreFormer(
  change: ConfigurationChange,
  connection: ConnectionRow,
  former: FormerConfigurationRow,
): Promise<void> {
  const { deps, tx, tenant, by } = change;
  const { now } = by.request;
  const { configuration, certificates, signedFloor, encryptedFloor, clientSecretSealed } = former;
  const from = formerSecretAt(former);
  const to = connectionSecretAt(connection);
  await placeKeepingPresent(change, connection, 'brought_back', {
    configuration,
    certificates,
    signedFloor,
    encryptedFloor,
    clientSecretSealed: moveSecret(deps.secrets, clientSecretSealed, from, to),
    tested: { at: former.createdAt, email: null },
  });
  await renameAfterProvider(change, connection, configuration.providerId);
  await markFormerRestored(tx, tenant, former.id, now);
  if (connection.state === 'active') return;
  if (former.wasLive) await switchConnectionOn(tx, tenant, connection.id, { actor: by.actor, now, newId });
  else {
    await moveConnection(tx, tenant, connection.id, { from: ['draft', 'validating'], to: 'inactive', now });
  }
}

/** Puts a configuration in place; the present one is kept with its secret, for bringing it back. */
export async function placeKeepingPresent(
  { deps, tx, tenant, by }: ConfigurationChange,
  connection: ConnectionRow,
  reason: FormerConfigurationRow['reason'],
  next: Parameters<typeof placeConfiguration>[3],
): Promise<void> {
  const formerId = newId('former_');
  const from = connectionSecretAt(connection);
  const to = formerSecretAt({ ...connection, id: formerId });
  const secretSealed = moveSecret(deps.secrets, connection.oidcClientSecretSealed, from, to);
  const { now } = by.request;
  const how = { formerId, secretSealed, reason, actor: by.actor, now, newId };
  await placeConfiguration(tx, tenant, connection, next, how);
}

/** A connection that bears its provider's name takes the new one's; a name that somebody gave it stays. */
export async function renameAfterProvider(
  { tx, tenant, by }: Pick<ConfigurationChange, 'tx' | 'tenant' | 'by'>,
  { id, name, providerId }: ConnectionRow,
  nextProviderId: string | null,
): Promise<void> {
  const present = findGuide(providerId ?? '')?.name;
  const next = findGuide(nextProviderId ?? '')?.name;
  if (present === undefined || next === undefined || next === present) return;
  if (!isNamedAfter(present, name)) return;
  await updateConnection(tx, tenant, id, { name: await freeName(tx, tenant, next, id) }, by.request.now);
}

/** The provider's name as a connection of this organization can bear it: no other has it. */
export async function freeName(
  tx: Tx,
  tenant: ConfigurationChange['tenant'],
  provider: string,
  connectionId: string,
): Promise<string> {
  const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const others = all.filter(({ id }) => id !== connectionId);
  return nameAfterProvider(
    provider,
    others.map(({ name }) => name),
  );
}
