import { z } from 'zod';
import { listAllRedirectUris, withTenant } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { redirect, type Answer } from '../../answers.ts';
import { loginUrlOf } from '../../connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route } from '../../route.ts';
import { refusedPage, refusedWords, returnWithError } from '../../sign-in/return-to-app.ts';
import { takeAnswer, type Taken } from '../../sign-in/take-answer.ts';

/**
 * The assertion consumer service (SAML bindings §3.5). The post comes from another site and so without our Lax cookie:
 * the verdict is kept and the browser sent on to a page of ours, where it shows the cookie [SAML-16].
 */
export const acs = route({
  method: 'POST',
  path: '/sso/saml/:connection/acs',
  who: 'public',
  summary: 'Takes the answer of an identity provider',
  // [SAML-02] exactly one of each: a repeated field arrives as a list and is refused.
  body: z.object({ SAMLResponse: z.string(), RelayState: z.string().optional() }),
  answers: {
    303: 'to the page that reads the cookie',
    403: 'page: refused',
    404: 'page: no such connection',
  },
  async handler({ deps, body, params, request }) {
    const source = sourceKey(request.address);
    await deps.limits.refuseSpent('sign_in_failures', source);
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      throw new OnboardingError('media_type_unsupported');
    }
    const connectionId = params.connection;
    const tenant = await deps.tenants.ofConnection(connectionId);
    if (tenant === undefined) return refuseUnknown(deps, source);
    await deps.limits.spend('sign_in_answers', connectionId);

    const { now } = request;
    const posted = { samlResponse: body.SAMLResponse, relayState: body.RelayState, now };
    const taken = await takeAnswer(deps, { connectionId, ...tenant }, posted);
    if (taken.kind === 'unknown') return refuseUnknown(deps, source);
    // What came signs nobody in: the provider is asked, and its answer then belongs to this browser [SAML-19].
    if (taken.kind === 'begins_again') return redirect(`${loginUrlOf(taken.connection)}?from=provider`);
    if (taken.kind === 'refused' || !taken.isAccepted) await deps.limits.spend('sign_in_failures', source);
    if (taken.kind === 'waits_for_browser') {
      return redirect(`${deps.urls.api}/sso/saml/${connectionId}/finish/${taken.attempt.id}`);
    }
    deps.metrics.signIns.inc({ verdict: taken.kept.cause ?? 'internal' });
    if (taken.kept.cause === 'replayed') {
      deps.logger.warn({ attemptId: taken.kept.id, connectionId }, 'a sign-in was replayed');
    }
    return refuse(deps, taken);
  },
});

async function refuseUnknown({ limits }: ApiDeps, source: string): Promise<never> {
  await limits.spend('sign_in_failures', source);
  throw new OnboardingError('not_found', { kind: 'connection' });
}

/** A sign-in that began at the provider is led to the app's default address, to begin there; the rest end here. */
async function refuse(
  deps: ApiDeps,
  { kept, solicited }: Extract<Taken, { kind: 'refused' }>,
): Promise<Answer> {
  const environment = await deps.environments.find(kept.environmentId);
  if (solicited) return refusedPage(environment, kept);
  const tenant = { environmentId: kept.environmentId };
  const [standard] = await withTenant(deps.db, tenant, (tx) => listAllRedirectUris(tx, tenant));
  if (!standard?.isDefault) return refusedPage(environment, kept);
  const way = { redirectUri: standard.uri, state: null };
  return returnWithError(way, 'idp_initiated_sso_disabled', refusedWords(kept.reference));
}
