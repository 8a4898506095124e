import { newId } from '../adapters/ids.ts';
import {
  findConnection,
  getEnvironment,
  listCertificates,
  listDomains,
  listSpKeys,
  lockConnection,
  switchConnectionOn,
  withTenant,
  type ConnectionRow,
  type Db,
  type Tx,
} from '../db/index.ts';
import type { ErrorCode } from '../onboarding/errors.ts';
import type { EffectOutcome } from '../onboarding/state.ts';
import type { Activities, OfOnboarding } from './index.ts';

export type ConnectionCheckDeps = {
  db: Db;
  now: () => Date;
  /** Entity ids below this address are the Test IdP's: production environments refuse them [TIDP-04]. */
  testIdpUrl: string;
};

/** How long an ended certificate is still taken, loudly [MD-05]. */
const certificateGraceMs = 30 * 86_400_000;

/** Whether a connection holds (metadata, keys, the recorded test sign-in), and switching it on. */
export function connectionCheckActivities(
  deps: ConnectionCheckDeps,
): Pick<Activities, 'validateConnection' | 'activateConnection'> {
  const answer = (code: ErrorCode | undefined): EffectOutcome => {
    const at = deps.now().toISOString();
    return code === undefined ? { status: 'done', at } : { status: 'refused', at, code };
  };

  return {
    async validateConnection({ connectionId, settingsRevision, ...whose }) {
      return withTenant(deps.db, whose, async (tx) => {
        const connection = await findConnection(tx, whose, connectionId);
        if (connection === undefined) return answer('not_found');
        // Settings that changed meanwhile have a validation of their own on its way.
        if (connection.settingsRevision !== settingsRevision) return answer(undefined);
        return answer(await settingsFault(tx, whose, connection, deps));
      });
    },

    async activateConnection({ connectionId, ...whose }) {
      return withTenant(deps.db, whose, async (tx) => {
        if ((await findConnection(tx, whose, connectionId)) === undefined) return answer('not_found');
        const connection = await lockConnection(tx, whose, connectionId);
        if (connection.state === 'active') return answer(undefined);
        const fault =
          (await settingsFault(tx, whose, connection, deps)) ??
          testFault(connection) ??
          (await domainFault(tx, whose));
        if (fault !== undefined) return answer(fault);
        const live = await switchConnectionOn(tx, whose, connectionId, {
          actor: { type: 'system', id: whose.onboardingId },
          now: deps.now(),
          newId,
        });
        return answer(live === undefined ? 'not_found' : undefined);
      });
    },
  };
}

async function settingsFault(
  tx: Tx,
  whose: OfOnboarding,
  connection: ConnectionRow,
  { now, testIdpUrl }: ConnectionCheckDeps,
): Promise<ErrorCode | undefined> {
  if (connection.protocol === 'oidc') return openIdFault(tx, whose, connection, testIdpUrl);
  if (connection.idpEntityId === null || connection.idpSsoUrl === null) return 'connection_incomplete';
  const certificates = await listCertificates(tx, whose, connection.id);
  const [longest] = certificates;
  if (longest === undefined) return 'metadata_no_signing_key';
  if (longest.notAfter.getTime() + certificateGraceMs < now().getTime()) return 'certificate_ended';
  const environment = await getEnvironment(tx, whose.environmentId);
  const isTestIdp = connection.idpEntityId.startsWith(`${testIdpUrl}/`);
  return isTestIdp && environment.kind === 'production' ? 'test_idp_refused' : undefined;
}

/** Its document and keys were read when it was saved; here it must be whole, and have a proof of ours [OIDC-08]. */
async function openIdFault(
  tx: Tx,
  whose: OfOnboarding,
  connection: ConnectionRow,
  testIdpUrl: string,
): Promise<ErrorCode | undefined> {
  const { oidcIssuer, oidcClientId, oidcClientAuth, oidcServer, oidcTokenAlg } = connection;
  if (oidcIssuer === null || oidcClientId === null || oidcServer === null || oidcTokenAlg === null) {
    return 'connection_incomplete';
  }
  const keys = oidcClientAuth === 'private_key_jwt' ? await listSpKeys(tx, whose, connection.id) : [];
  const hasKey = keys.some(({ use }) => use === 'client_assertion');
  if (!hasKey && connection.oidcClientSecretSealed === null) return 'connection_incomplete';
  const environment = await getEnvironment(tx, whose.environmentId);
  const isTestIdp = oidcIssuer.startsWith(`${testIdpUrl}/`);
  return isTestIdp && environment.kind === 'production' ? 'test_idp_refused' : undefined;
}

/** Going live is allowed for the very settings that passed a test, not for later ones. */
function testFault(connection: ConnectionRow): ErrorCode | undefined {
  if (connection.testedRevision === null) return 'connection_not_tested';
  return connection.testedRevision === connection.settingsRevision
    ? undefined
    : 'connection_changed_since_test';
}

async function domainFault(tx: Tx, whose: OfOnboarding): Promise<ErrorCode | undefined> {
  const environment = await getEnvironment(tx, whose.environmentId);
  if (environment.domainPolicy !== 'required') return undefined;
  const domains = await listDomains(tx, whose);
  return domains.some((domain) => domain.state === 'verified') ? undefined : 'domain_required';
}
