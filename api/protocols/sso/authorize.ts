import { z } from 'zod';
import {
  listAllRedirectUris,
  lookUpEnvironmentByClientId,
  withTenant,
  type EnvironmentRow,
} from '../../../db/index.ts';
import { page, type Answer } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { membersCallbackUrl } from '../../members-sso.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { drawPage, html } from '../../pages/html.ts';
import { route, type RequestFacts } from '../../route.ts';
import { isRegistered } from '../../sign-in/redirect-uris.ts';
import { returnWithError, type AppError } from '../../sign-in/return-to-app.ts';
import { startForApp } from '../../sign-in/start-for-app.ts';
import { oauthError } from './oauth-errors.ts';
import { selectConnection } from './select-connection.ts';

/** Nothing is required here, because most of what is missing is reported to the app itself. */
const authorizeQuery = z.object({
  client_id: z.string().max(200).optional(),
  redirect_uri: z.string().max(2_000).optional(),
  response_type: z.string().optional(),
  connection: z.string().max(200).optional(),
  connection_id: z.string().max(200).optional(),
  organization: z.string().max(200).optional(),
  organization_id: z.string().max(200).optional(),
  provider: z.string().optional(),
  domain: z.string().max(255).optional(),
  state: z.string().max(8_000).optional(),
  login_hint: z.string().max(320).optional(),
  domain_hint: z.string().max(255).optional(),
  prompt: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.string().optional(),
});
type Query = z.infer<typeof authorizeQuery>;

/** Starts a sign-in for an app (RFC 6749 §4.1.1 in the shape of the WorkOS contract). One transaction, no workflow. */
export const authorize = route({
  method: 'GET',
  path: '/sso/authorize',
  who: 'public',
  isAct: true,
  summary: 'Starts a sign-in',
  query: authorizeQuery,
  answers: { 302: 'to the identity provider, or back with an error', 400: 'page: never a redirect' },
  async handler({ deps, query, request }) {
    const environment =
      query.client_id === undefined ? undefined : await lookUpEnvironmentByClientId(deps.db, query.client_id);
    if (environment === undefined) {
      await deps.limits.spend('sign_in_failures', sourceKey(request.address));
      return refuseHere(request, 'invalid_client', 'The client_id is unknown.');
    }
    const tenant = { environmentId: environment.id };
    return withTenant(deps.db, tenant, async (tx) => {
      const { redirect_uri: redirectUri, state = null } = query;
      const isOwn = leadsToDashboard(deps, environment, query);
      if (
        redirectUri === undefined ||
        (!isOwn && !isRegistered(await listAllRedirectUris(tx, tenant), redirectUri))
      ) {
        return refuseHere(request, 'invalid_request', 'The redirect_uri is not registered.');
      }
      const way = { redirectUri, state };
      const fault = faultOf(query);
      if (fault) return returnWithError(way, ...fault);
      if (query.domain !== undefined) await deps.limits.spend('domain_lookups', sourceKey(request.address));
      const selected = await selectConnection(tx, environment.id, {
        connection: query.connection ?? query.connection_id,
        organization: query.organization ?? query.organization_id,
        provider: query.provider,
        domain: query.domain,
        loginHint: query.login_hint,
      });
      if ('error' in selected) return returnWithError(way, selected.error, selected.description);
      await deps.limits.spend('sign_in_starts', selected.connection.id);
      return startForApp(tx, deps, selected.connection, request, {
        clientId: environment.clientId,
        way,
        codeChallenge: query.code_challenge ?? null,
        forceAuthn: query.prompt === 'login',
        loginHint: query.login_hint,
        domainHint: query.domain_hint,
      });
    });
  },
});

/** Members of staff sign in on this road too, to an address of ours, with a secret of their browser's. */
function leadsToDashboard(
  { urls }: Pick<ApiDeps, 'urls'>,
  { id, membersSso }: EnvironmentRow,
  { redirect_uri: asked, code_challenge: challenge }: Query,
): boolean {
  return membersSso !== 'off' && challenge !== undefined && asked === membersCallbackUrl(urls, id);
}

/** S256 gives 43 characters, always (RFC 7636 §4.2). */
const challengePattern = /^[A-Za-z0-9_-]{43}$/;

function faultOf(query: Query): [AppError, string] | undefined {
  if (query.response_type !== 'code') return ['unsupported_response_type', 'The response_type must be code.'];
  const { code_challenge: challenge, code_challenge_method: method } = query;
  if (challenge === undefined && method === undefined) return undefined;
  const isS256 = method === 'S256' && challenge !== undefined && challengePattern.test(challenge);
  return isS256 ? undefined : ['invalid_request', 'The code_challenge must be S256.'];
}

/** An address that nobody registered is never led to: its owner may be anybody (RFC 6749 §4.1.2.1). */
function refuseHere(
  request: RequestFacts,
  error: 'invalid_client' | 'invalid_request',
  sentence: string,
): Answer {
  if (request.headers.accept?.includes('application/json')) return oauthError(error, sentence);
  const body = html`<h1>This sign-in link does not work</h1>
    <p>${sentence}</p>
    <p class="quiet">Whoever looks after the app has to correct it. Reference <code>${request.id}</code></p>`;
  return page(drawPage({ title: 'This sign-in link does not work', brand: null, body }), { status: 400 });
}
