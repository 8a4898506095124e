import type { PendingRequest } from './pending-request.ts';

export interface AuthorizationRequestInput {
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: string;
  readonly pending: PendingRequest;
  /** Asks for a fresh log-in (OpenID Connect Core §3.1.2.1). */
  readonly forceAuthn: boolean;
  /** Makes the ID token say when that was (§2, `auth_time`). */
  readonly provesAuthn: boolean;
  readonly loginHint?: string | undefined;
  /** Google's `hd`: which accounts are offered. */
  readonly hostedDomain?: string | undefined;
  /** What this provider wants to be told besides; its `prompt` gives way to a fresh log-in. */
  readonly demanded?: { readonly acrValues: string; readonly prompt: string } | undefined;
}

/** The address that starts a sign-in: code flow with PKCE S256, always [OIDC-01]. */
export function buildAuthorizationUrl(input: AuthorizationRequestInput): URL {
  const { pending, loginHint, hostedDomain, demanded } = input;
  const url = new URL(input.authorizationEndpoint);
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: input.clientId,
    redirect_uri: input.redirectUri,
    scope: input.scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: pending.challenge,
    code_challenge_method: 'S256',
    prompt: input.forceAuthn ? 'login' : demanded?.prompt,
    acr_values: demanded?.acrValues,
    max_age: input.provesAuthn ? '0' : undefined,
    login_hint: loginHint,
    hd: hostedDomain,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}
