import { buildAuthorizationUrl } from '../../adapters/oidc/authorization-request.ts';
import { newPendingRequest } from '../../adapters/oidc/pending-request.ts';
import { openIdDemandsOf } from '../../onboarding/providers/sign-in/index.ts';
import { redirect } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import type { RequestFacts } from '../route.ts';
import type { HowToAsk, SentRequest } from './begin-sign-in.ts';
import type { ReadyOidcConnection } from './usable-connection.ts';

/** An OpenID Connect authorization request on its way. */
export function sendAuthorizationRequest(
  { secrets }: ApiDeps,
  connection: ReadyOidcConnection,
  { now }: RequestFacts,
  { forceAuthn, loginHint, domainHint }: HowToAsk,
): SentRequest {
  const demanded = openIdDemandsOf(connection);
  const pending = newPendingRequest(secrets, connection.oidcIssuer);
  const url = buildAuthorizationUrl({
    authorizationEndpoint: connection.oidcServer.authorizationEndpoint,
    clientId: connection.oidcClientId,
    redirectUri: connection.oidcRedirectUri,
    scopes: demanded?.scopes ?? connection.oidcScopes,
    pending,
    forceAuthn,
    provesAuthn: connection.forceAuthn,
    loginHint,
    hostedDomain: connection.connectionType === 'GoogleOIDC' ? domainHint : undefined,
    demanded,
  });
  return {
    requestId: pending.requestId,
    relayStateDigest: null,
    requestXml: null,
    trail: [requestCard(url, now)],
    answer: redirect(url.href, { status: 302 }),
  };
}

/** Everything that the browser is sent with, but what an answer would be recognised by. */
function requestCard(url: URL, now: Date) {
  const secret = ['state', 'nonce', 'code_challenge'];
  const parameters = [...url.searchParams].map(([name, value]) => [
    name,
    secret.includes(name) ? '(kept back)' : value,
  ]);
  return {
    kind: 'authorization_request',
    at: now.toISOString(),
    url: `${url.origin}${url.pathname}`,
    parameters: Object.fromEntries(parameters) as Record<string, string>,
  };
}
