import { z } from 'zod';
import { newId } from '../../../adapters/ids.ts';
import { buildLogoutRequest } from '../../../adapters/saml/our-logout-messages.ts';
import { digestToken, looksLikeOurToken, mintToken } from '../../../adapters/tokens.ts';
import {
  endSignInsOfProfile,
  findProfile,
  insertAudit,
  listSpKeys,
  lookUpConnection,
  lookUpSignInByLogoutDigest,
  prepareLogout,
  withTenant,
  type ConnectionRow,
  type SignInRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { InsteadAnswer, ok, redirect, type Answer } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { signedOutPage } from '../../sign-in/return-to-app.ts';
import { isUsable } from '../../sign-in/usable-connection.ts';
import { openSpKey } from '../../sp-keys.ts';

/** Signing out: the app asks for an address, and leads the browser there. */

/** From the app's answer to the browser's request; it is followed at once. */
const tokenLifeMs = 5 * 60_000;

export const authorizeLogout = route({
  method: 'POST',
  path: '/sso/logout/authorize',
  who: 'api_key',
  scope: 'sign_in',
  summary: 'Gets the address that signs a person out, here and, with single logout, at their provider',
  body: z.object({ profile_id: z.string().max(100).optional() }),
  answers: { 200: z.object({ logout_url: z.string(), logout_token: z.string() }) },
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const profile = body.profile_id && (await findProfile(tx, tenant, body.profile_id));
      if (!profile) throw new InsteadAnswer({ status: 404, body: { message: 'Profile not found.' } });
      const token = mintToken('vb_logout_');
      const logoutDigest = digestToken(token).toString('hex');
      const logoutExpiresAt = new Date(request.now.getTime() + tokenLifeMs);
      const prepared = await prepareLogout(tx, tenant, profile.id, { logoutDigest, logoutExpiresAt });
      if (prepared === undefined) {
        const description = 'Nobody is signed in with this profile.';
        throw new InsteadAnswer({
          status: 400,
          body: { error: 'connection_invalid', error_description: description },
        });
      }
      const url = `${deps.urls.api}/sso/logout?token=${token}`;
      return { ...ok({ logout_url: url, logout_token: token }), holdsSecret: true };
    }),
});

export const logout = route({
  method: 'GET',
  path: '/sso/logout',
  who: 'public',
  summary: 'Signs a person out',
  query: z.object({ token: z.string().max(200).optional() }),
  answers: {
    303: 'to the identity provider, which ends its session too',
    200: 'page: signed out',
    404: 'page: the address was used',
  },
  async handler({ deps, query, request }) {
    const { token = '' } = query;
    const prepared = looksLikeOurToken(token, 'vb_logout_')
      ? await lookUpSignInByLogoutDigest(deps.db, digestToken(token).toString('hex'))
      : undefined;
    const { now } = request;
    const ends = prepared?.logoutExpiresAt ?? null;
    const connection = prepared && (await lookUpConnection(deps.db, prepared.connectionId));
    if (prepared === undefined || connection === undefined || ends === null || ends <= now) {
      throw new OnboardingError('not_found', { kind: 'sign_in' });
    }
    const { environmentId, organizationId } = prepared;
    const tenant = { environmentId, organizationId };
    const isOpen = connection.singleLogout && (await isUsable(deps, connection, 'app'));
    const next = await withTenant(deps.db, tenant, async (tx) => {
      const ended = await endSignInsOfProfile(tx, tenant, prepared.profileId, now);
      await insertAudit(tx, {
        id: newId('audit_'),
        ...tenant,
        actor: { type: 'developer', id: environmentId },
        action: 'sign_in.ended',
        target: { type: 'sign_in', id: prepared.id },
        after: { by: 'logout', count: ended.length },
        at: now,
      });
      if (!isOpen) return undefined;
      return connection.protocol === 'oidc'
        ? leadToSessionEnd(connection)
        : leadOn(tx, deps, connection, ended, now);
    });
    return next ?? signedOutPage(await deps.environments.find(environmentId), true);
  },
});

/**
 * To the provider's own page, as RP-Initiated Logout has it. We keep no ID token to hint with, so the provider knows the
 * app by its client id, and asks the person.
 */
function leadToSessionEnd({ oidcServer, oidcClientId }: ConnectionRow): Answer | undefined {
  if (oidcServer?.endSessionEndpoint == null) return undefined;
  const page = new URL(oidcServer.endSessionEndpoint);
  page.searchParams.set('client_id', oidcClientId ?? '');
  return redirect(page.href);
}

/** Sessions that one request names at most; a person has one or two at a provider. */
const mostSessions = 10;

/** To the provider, with a signed request for the sessions it knows; undefined where it cannot be asked. */
async function leadOn(
  tx: Tx,
  { secrets }: ApiDeps,
  connection: ConnectionRow,
  ended: readonly SignInRow[],
  now: Date,
): Promise<Answer | undefined> {
  const [latest] = ended;
  const { idpSloUrl } = connection;
  const key = (await listSpKeys(tx, connection, connection.id)).find(({ use }) => use === 'signing');
  const value = latest?.nameId?.value;
  if (idpSloUrl === null || key === undefined || latest?.nameId == null || value === undefined)
    return undefined;
  const { format, nameQualifier, spNameQualifier } = latest.nameId;
  const sessions = ended
    .filter(({ nameId }) => nameId?.value === value)
    .flatMap(({ sessionIndex }) => sessionIndex ?? []);
  return redirect(
    buildLogoutRequest({
      destination: idpSloUrl,
      issuer: connection.spEntityId,
      subject: { value, format, nameQualifier, spNameQualifier },
      sessionIndexes: [...new Set(sessions)].slice(0, mostSessions),
      sign: { privateKeyPem: openSpKey(secrets, key) },
      now,
    }),
  );
}
