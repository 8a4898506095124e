import { activityInfo } from '@temporalio/activity';
import type { Egress } from '../adapters/egress.ts';
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
import { OnboardingError, type ErrorCode } from '../onboarding/errors.ts';
import type { EffectOutcome } from '../onboarding/state.ts';
import type { Activities, OfOnboarding } from './index.ts';
import { openIdProviderFault } from './openid-check.ts';

export type ConnectionCheckDeps = {
  db: Db;
  now: () => Date;
  /** Entity ids below this address are the Test IdP's: production environments refuse them [TIDP-04]. */
  testIdpUrl: string;
  egress: Egress;
  /** `SANDBOX_LOOPBACK`; counts for sandbox environments only. */
  sandboxLoopback: boolean;
};

/** How long an ended certificate is still taken, loudly [MD-05]. */
const certificateGraceMs = 30 * 86_400_000;

/** A provider that was there when the settings were saved is not called gone for one lost packet. */
const triesToReach = 3;

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
      const read = () =>
        withTenant(deps.db, whose, async (tx) => {
          const connection = await findConnection(tx, whose, connectionId);
          if (connection === undefined) return { fault: 'not_found' as const };
          // Settings that changed meanwhile have a validation of their own on its way.
          if (connection.settingsRevision !== settingsRevision) return {};
          const { kind } = await getEnvironment(tx, whose.environmentId);
          return { fault: await settingsFault(tx, whose, connection, deps), connection, kind };
        });
      const { fault, connection, kind } = await read();
      if (fault !== undefined || connection?.protocol !== 'oidc') return answer(fault);
      const sandboxLoopback = deps.sandboxLoopback && kind === 'sandbox';
      const asking = { egress: deps.egress, sandboxLoopback, now: deps.now() };
      const outside = await openIdProviderFault(connection, asking);
      if (outside === undefined) return answer(undefined);
      if (outside === 'discovery_unreachable' && activityInfo().attempt < triesToReach) {
        throw new OnboardingError('egress_refused', { reason: outside });
      }
      // The provider was asked without a lock: what it said is about settings that may be gone by now.
      const after = await read();
      return answer(after.connection === undefined ? after.fault : outside);
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

/** It must be whole, and have a proof of ours [OIDC-08]; its document and keys are asked for outside of a transaction. */
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
