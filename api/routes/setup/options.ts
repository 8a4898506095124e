import {
  insertAudit,
  insertSpKey,
  listSpKeys,
  type ConnectionRow,
  type NewSpKey,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { audited } from '../../acting.ts';
import { optionsBody, type ConnectionSwitch, type SsoState } from '../../contract/setup-connections.ts';
import { stepResult } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { makeSpKey, type SamlKeyUse } from '../../sp-keys.ts';
import { findCurrentConnection } from './connection.ts';
import { keepEdited, lockEdited, saveEdited } from './edited.ts';
import { tellSaved } from './metadata.ts';
import { change, requireChange, tenantOf, type SetupContext } from './scope.ts';
import { toldNothing } from './switches.ts';

/** P14's settings: what is asked of the provider beyond the least. */

const putOptions = route({
  method: 'PUT',
  path: '/setup/:handle/api/sso/options',
  who: 'portal_session',
  summary: 'Switches signed requests, encryption, fresh sign-in and sign-in from the provider on and off',
  body: optionsBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { signRequests, encryptAssertions, forceAuthn, allowIdpInitiated, singleLogout } = context.body;
    // A key takes its time to make, so it is made before the connection is locked.
    const made = await makeMissingKeys(context, [
      // Logout messages are always signed.
      ...(signRequests === true || singleLogout === true ? (['signing'] as const) : []),
      ...(encryptAssertions === true ? (['encryption'] as const) : []),
    ]);
    return change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      const connection = await lockEdited(changing);
      const offered = offeredTo(connection);
      if (switchNames.some((name) => context.body[name] === true && !offered.includes(name))) {
        throw new OnboardingError(connection.protocol === 'saml' ? 'connection_incomplete' : 'conflict');
      }
      const keys = await listSpKeys(tx, tenant, connection.id);
      const missing = made.filter(
        ({ use, connectionId }) => connectionId === connection.id && keys.every((key) => key.use !== use),
      );
      for (const key of missing) await insertSpKey(tx, key);

      const before = switchesOf(connection);
      const after = {
        signRequests: signRequests ?? before.signRequests,
        encryptAssertions: encryptAssertions ?? before.encryptAssertions,
        forceAuthn: forceAuthn ?? before.forceAuthn,
        allowIdpInitiated: allowIdpInitiated ?? before.allowIdpInitiated,
        singleLogout: singleLogout ?? before.singleLogout,
      };
      if (JSON.stringify(before) === JSON.stringify(after)) return toldNothing(context, changing, connection);
      const { allowIdpInitiated: allows, singleLogout: logsOut, ...tested } = after;
      const untested = { allowIdpInitiated: allows, singleLogout: logsOut };
      const kept = await keepEdited(tx, tenant, connection, untested, now);
      const target = { type: 'connection', id: connection.id };
      await insertAudit(
        tx,
        audited(by, tenant, { action: 'connection.options_changed', target, before, after }),
      );
      // Where a sign-in begins is nothing that a test proves, so that one alone asks for no new test.
      if (isSame(before, after)) return toldNothing(context, changing, kept);
      const saved = await saveEdited(tx, tenant, kept, tested, now);
      return saved.idpEntityId === null && saved.oidcIssuer === null
        ? toldNothing(context, changing, saved)
        : tellSaved(context, changing, saved);
    });
  },
});

export const optionRoutes = [putOptions];

type Switches = ReturnType<typeof switchesOf>;

function switchesOf(connection: ConnectionRow) {
  const { signRequests, encryptAssertions, forceAuthn, allowIdpInitiated, singleLogout } = connection;
  return { signRequests, encryptAssertions, forceAuthn, allowIdpInitiated, singleLogout };
}

function isSame(a: Switches, b: Switches): boolean {
  return (
    a.signRequests === b.signRequests &&
    a.encryptAssertions === b.encryptAssertions &&
    a.forceAuthn === b.forceAuthn
  );
}

const switchNames: readonly ConnectionSwitch[] = [
  'signRequests',
  'encryptAssertions',
  'forceAuthn',
  'allowIdpInitiated',
  'singleLogout',
];

/**
 * Of OpenID Connect the fresh sign-in is asked for, and checked by its time; signing out leads to the page that the
 * provider has for it. The rest belongs to SAML.
 */
function offeredTo({ protocol, idpSloUrl, oidcServer }: ConnectionRow): ConnectionSwitch[] {
  if (protocol === 'oidc')
    return oidcServer?.endSessionEndpoint == null ? ['forceAuthn'] : ['forceAuthn', 'singleLogout'];
  return switchNames.filter((name) => name !== 'singleLogout' || idpSloUrl !== null);
}

/** Keys that are to be used and are not there yet [KEYS-01]; nothing of them is stored here. */
async function makeMissingKeys(context: SetupContext, uses: readonly SamlKeyUse[]): Promise<NewSpKey[]> {
  const { deps, request } = context;
  if (uses.length === 0) return [];
  const { connection, keys } = await context.read(async (tx) => {
    await requireChange(tx, context, 'sso');
    const current = await findCurrentConnection(tx, context);
    return {
      connection: current,
      keys: current === undefined ? [] : await listSpKeys(tx, tenantOf(context), current.id),
    };
  });
  if (connection?.protocol !== 'saml') return [];
  const missing = uses.filter((use) => keys.every((key) => key.use !== use));
  return Promise.all(missing.map((use) => makeSpKey(deps.secrets, connection, use, request.now)));
}

/** The switches with the certificates that belong to them, as the pages show them. */
export async function optionsOf(
  tx: Tx,
  connection: ConnectionRow,
): Promise<NonNullable<SsoState['connection']>['options']> {
  const keys = await listSpKeys(tx, connection, connection.id);
  // A connection that was switched to OpenID Connect keeps its switches and its keys for the way back.
  const certificatesFor = (use: SamlKeyUse) =>
    connection.protocol === 'saml'
      ? keys.filter((key) => key.use === use).map(({ certificatePem }) => certificatePem)
      : [];
  return {
    offered: offeredTo(connection),
    ...switchesOf(connection),
    idpSloUrl: connection.idpSloUrl,
    signingCertificate:
      connection.signRequests || connection.singleLogout ? (certificatesFor('signing')[0] ?? null) : null,
    encryptionCertificates: connection.encryptAssertions ? certificatesFor('encryption') : [],
  };
}
