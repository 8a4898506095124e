import { z } from 'zod';
import { readConsentState, refusalOfConsent } from '../../../adapters/directories/google-consent.ts';
import { withTenant } from '../../../db/index.ts';
import { googleSettingsOf } from '../../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { ok, redirect } from '../../answers.ts';
import { consentBody, consentStarted } from '../../contract/setup-directory-credentials.ts';
import type { ApiDeps } from '../../deps.ts';
import { consentRedirectUri, googleClientOf, patiently, waitingHands } from '../../directory-access.ts';
import { findCustomer } from '../../middleware/authenticate.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';
import {
  changeableDirectory,
  findReadDirectory,
  lockReadDirectory,
  proveOnLive,
  saveSource,
  tellConnected,
} from './directory-source.ts';
import { change, requireChange, tenantOf, type SetupContext } from './scope.ts';

/** A Workspace admin consents to the vendor's client at Google; the answer counts in the session that asked for it. */

const start = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/credentials/consent',
  who: 'portal_session',
  summary: 'Where a Workspace admin consents; with a code where the directory is live',
  body: consentBody,
  answers: { 200: consentStarted },
  handler: async (context) => {
    const { deps, caller, body, request } = context;
    const before = await changeableDirectory(context);
    const client = googleClientOf(deps, caller.environment);
    if (client === null || before.road !== 'google') throw new OnboardingError('not_found');
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const directory = await lockReadDirectory(tx, before);
      const refused = await proveOnLive(tx, context, directory, body.code);
      if (refused !== undefined) return refused;
      const consent = {
        sessionId: caller.session.id,
        directoryId: directory.id,
        redirectUri: consentRedirectUri(deps, caller.environment),
        now: request.now,
      };
      return ok({ url: deps.directorySources.consentUrl({ secrets: deps.secrets, client }, consent) });
    });
  },
});

const take = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/credentials/consent',
  who: 'public',
  isAct: true,
  summary: 'Takes Google’s answer, in the browser whose session asked for it',
  query: z.object({
    state: z.string().max(600).optional(),
    code: z.string().max(2_000).optional(),
    error: z.string().max(200).optional(),
  }),
  answers: { 303: 'to the page, which says how it went' },
  handler: async ({ deps, params, query, request }) => {
    const caller = await findCustomer(deps, request);
    const isHere = caller?.environment.handle === params.handle;
    const told = isHere ? await takeAnswer(deps, caller, query, request) : 'ended';
    return redirect(`${deps.urls.portal}/setup/${params.handle}/directory/credentials?consent=${told}`);
  },
});

export const directoryConsentRoutes = [start, take];

/** `given`, `ended` where the session did not ask for it, or why Google refuses. */
async function takeAnswer(
  deps: ApiDeps,
  caller: Callers['portal_session'],
  { state = '', code, error = '' }: { state?: string; code?: string; error?: string },
  request: RequestFacts,
): Promise<string> {
  const { environment, session } = caller;
  const asked = readConsentState(deps.secrets, state, { sessionId: session.id, now: request.now });
  const client = googleClientOf(deps, environment);
  if (asked === undefined || client === null) return 'ended';
  if (code === undefined) return refusalOfConsent(error).refusal;
  await deps.limits.spend('outbound_per_minute', session.organizationId);
  const redirectUri = consentRedirectUri(deps, environment);
  const hands = waitingHands(deps, environment, session.organizationId);
  const exchanged = await patiently(() =>
    deps.directorySources.exchangeConsent(client, { code, redirectUri, verifier: asked.verifier }, hands),
  );
  if ('slow' in exchanged) return 'source_away';
  if ('refused' in exchanged) return exchanged.refused.refusal;
  const context = asSession(deps, caller, request);
  await change(context, 'directory_sync', async (changing) => {
    const before = await findReadDirectory(changing.tx, context, asked.directoryId);
    if (before?.road !== 'google') throw new OnboardingError('conflict');
    const directory = await lockReadDirectory(changing.tx, before);
    const kept = googleSettingsOf(directory.settings);
    const settings = { way: 'consent', groups: kept?.groups ?? null, nested: kept?.nested ?? false } as const;
    const source = { road: 'google', settings, secret: exchanged.answer } as const;
    await saveSource(changing, deps, directory, source, { isProved: false });
    return tellConnected(context, changing, directory);
  });
  return 'given';
}

/** The session as its own pages would call. */
function asSession(deps: ApiDeps, caller: Callers['portal_session'], request: RequestFacts): SetupContext {
  const tenant = tenantOf({ caller });
  return {
    deps,
    caller,
    request,
    read: (work) => withTenant(deps.db, tenant, work),
    async commit(work) {
      const answer = await withTenant(deps.db, tenant, work);
      return answer.afterCommit === undefined ? answer : answer.afterCommit();
    },
  };
}
