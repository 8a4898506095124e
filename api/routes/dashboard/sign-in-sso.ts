import { createHash } from 'node:crypto';
import { z } from 'zod';
import { digestToken, looksLikeOurToken, mintToken } from '../../../adapters/tokens.ts';
import {
  findConnection,
  findMemberByEmail,
  findProfile,
  findVerifiedHolder,
  getAttempt,
  getEnvironment,
  insertAudit,
  listCertificates,
  lookUpEnvironmentsByMembersDomain,
  takeMembersCode,
  withTenant,
  type ConnectionRow,
  type EnvironmentRow,
  type MemberRow,
  type ProfileRow,
  type SignInRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { isAsVouched, isKeyAsVouched } from '../../../onboarding/members-trust.ts';
import { audited } from '../../acting.ts';
import { ok, redirect } from '../../answers.ts';
import { startedSso, startSsoBody, ways, waysBody } from '../../contract/dashboard-members-sso.ts';
import type { ApiDeps } from '../../deps.ts';
import { countingConnections, membersCallbackUrl } from '../../members-sso.ts';
import { cookie, cookieName, removedCookie } from '../../middleware/cookies.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { domainOf } from '../../sign-in/domain-policy.ts';
import { isUsable } from '../../sign-in/usable-connection.ts';
import { refuseForeignCall } from './own-pages.ts';
import { beginSession, type StaffCookie } from './staff-codes.ts';

/**
 * S1: members who sign in by single sign-on. The dashboard is an app like any other to the sign-in road, with an address
 * that nobody can register and a secret (RFC 7636) that stays in the browser which began.
 */

const findWays = route({
  method: 'POST',
  path: '/dashboard/api/sign-in/ways',
  who: 'public',
  summary: 'How an address of this domain may sign in; the same for everybody in it',
  body: waysBody,
  answers: { 200: ways },
  handler: async ({ deps, body, request }) => {
    refuseForeignCall(deps, request);
    await deps.limits.spend('staff_ways', sourceKey(request.address));
    const found = await lookUpEnvironmentsByMembersDomain(deps.db, domainOf(body.email.trim()));
    const isRequired = found.length > 0 && found.every(({ membersSso }) => membersSso === 'required');
    return ok({
      sso: found.length === 0 ? 'off' : isRequired ? 'required' : 'optional',
      environments: found.map(({ id, name }) => ({ id, name })),
    });
  },
});

const start = route({
  method: 'POST',
  path: '/dashboard/api/sign-in/sso',
  who: 'public',
  summary: 'Begins a sign-in by single sign-on in this browser',
  body: startSsoBody,
  answers: { 200: startedSso },
  handler: async ({ deps, body, request }) => {
    refuseForeignCall(deps, request);
    await deps.limits.spend('staff_ways', sourceKey(request.address));
    const domain = domainOf(body.email);
    const found = await lookUpEnvironmentsByMembersDomain(deps.db, domain);
    const environment = found.find(({ id }) => id === body.environmentId);
    const connection = environment && (await connectionFor(deps, environment, domain));
    if (environment === undefined || connection === undefined) throw new OnboardingError('sso_not_ready');
    const browser = mintToken('vb_state_');
    const url = new URL(`${deps.urls.api}/sso/authorize`);
    const asked = {
      response_type: 'code',
      client_id: environment.clientId,
      connection: connection.id,
      redirect_uri: membersCallbackUrl(deps.urls, environment.id),
      code_challenge: challengeOf(browser),
      code_challenge_method: 'S256',
      state: body.to ?? '/',
      login_hint: body.email,
      // A provider that is not asked lets in whoever sits at the browser.
      ...(body.again === true && { prompt: 'login' }),
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    const expires = new Date(request.now.getTime() + cookieLifeMs);
    return {
      ...ok({ url: url.href }),
      cookies: [cookie('members_sso', browser, deps.urls, { expires })],
    };
  },
});

const callback = route({
  method: 'GET',
  path: '/dashboard/sign-in/sso/:environment',
  who: 'public',
  isAct: true,
  summary: 'Takes the code of a sign-in by single sign-on, in the browser that began it',
  query: z.object({
    code: z.string().max(500).optional(),
    state: z.string().max(500).optional(),
    error: z.string().max(200).optional(),
    error_description: z.string().max(1_000).optional(),
  }),
  answers: { 303: 'to the dashboard, or to its sign-in page with what stood in the way' },
  handler: async ({ deps, params, query, request }) => {
    const source = sourceKey(request.address);
    await deps.limits.refuseSpent('sign_in_failures', source);
    const entered =
      query.error === undefined
        ? await enter(deps, params.environment, query.code ?? '', request)
        : ({ why: 'refused' } as const);
    if ('why' in entered) {
      await deps.limits.spend('sign_in_failures', source);
      const [, reference] = /\bReference ([2-9A-Z]{4}-\d{2})\./.exec(query.error_description ?? '') ?? [];
      const told = new URLSearchParams({
        sso: entered.why,
        ...(reference === undefined ? {} : { reference }),
      });
      return redirect(`${deps.urls.dashboard}/dashboard/sign-in?${told.toString()}`);
    }
    return redirect(`${deps.urls.dashboard}/dashboard${wantedPath(query.state)}`, {
      cookies: [entered.value, removedCookie('members_sso', deps.urls)],
    });
  },
});

export const signInSsoRoutes = [findWays, start];
export const signInSsoDoorRoutes = [callback];

/** As long as a request of the sign-in road. */
const cookieLifeMs = 15 * 60_000;

/** S256 of RFC 7636. */
const challengeOf = (browser: string) => createHash('sha256').update(browser).digest('base64url');

/** Only a path of the dashboard: it is appended to where the dashboard lives. */
const wantedPath = (state: string | undefined) =>
  state !== undefined && /^\/(?![/\\])/.test(state) ? state : '/';

/** The one that was made for this domain, else one that takes every domain. */
async function connectionFor(
  deps: ApiDeps,
  environment: EnvironmentRow,
  domain: string,
): Promise<ConnectionRow | undefined> {
  const counting = await withTenant(deps.db, { environmentId: environment.id }, (tx) =>
    countingConnections(tx, deps, environment),
  );
  return (
    counting.find(({ allowedDomains }) => allowedDomains?.includes(domain)) ??
    counting.find(({ allowedDomains }) => allowedDomains === null)
  );
}

/** What the sign-in page says of it. `over`: the code is spent, too old, another browser's, or none of ours. */
type Refused = { readonly why: 'refused' | 'over' | 'changed' | 'no_member' };

async function enter(
  deps: ApiDeps,
  environmentId: string,
  code: string,
  request: RequestFacts,
): Promise<StaffCookie | Refused> {
  const browser = request.cookies[cookieName('members_sso', deps.urls)];
  const isOurs = browser !== undefined && looksLikeOurToken(browser, 'vb_state_');
  if (!isOurs || !looksLikeOurToken(code, 'vb_code_')) return { why: 'over' };
  const tenant = { environmentId };
  return withTenant(deps.db, tenant, async (tx) => {
    const signIn = await takeMembersCode(tx, tenant, {
      codeDigest: digestToken(code).toString('hex'),
      redirectUri: membersCallbackUrl(deps.urls, environmentId),
      challenge: challengeOf(browser),
      now: request.now,
    });
    if (signIn === undefined) return { why: 'over' };
    const profile = await findProfile(tx, tenant, signIn.profileId);
    if (profile === undefined) return { why: 'over' };
    const environment = await getEnvironment(tx, environmentId);
    const judged = await judge(tx, deps, environment, signIn, profile);
    if ('member' in judged) {
      const { expiresAt: ends, wasForced } = signIn;
      return beginSession(tx, deps, judged.member, 'sso', request, undefined, { ends, wasForced });
    }
    const by = { actor: { type: 'provider', id: signIn.connectionId } as const, sessionId: null, request };
    const what = {
      action: 'staff.sign_in_refused' as const,
      target: { type: 'attempt', id: signIn.attemptId },
      after: { by: 'sso', why: judged.why },
      personal: { address: profile.email },
    };
    await insertAudit(tx, audited(by, { environmentId, organizationId: signIn.organizationId }, what));
    return judged;
  });
}

/** Whose sign-in this is: a member's, by an address in a domain that an admin has vouched for [IDB-02]. */
async function judge(
  tx: Tx,
  deps: ApiDeps,
  environment: EnvironmentRow,
  signIn: SignInRow,
  { email, rawAttributes }: ProfileRow,
): Promise<{ readonly member: MemberRow } | Refused> {
  const { id: environmentId, membersTrust: trust } = environment;
  const tenant = { environmentId };
  const connection = await findConnection(tx, tenant, signIn.connectionId);
  if (trust === null || connection === undefined || !isAsVouched(trust, connection))
    return { why: 'changed' };
  if (!(await isUsable(deps, connection, 'app'))) return { why: 'changed' };
  if (connection.protocol === 'saml') {
    const { signedBy } = await getAttempt(tx, tenant, signIn.attemptId);
    const keys = await listCertificates(tx, tenant, connection.id);
    const key = keys.find(({ fingerprint }) => fingerprint === signedBy);
    if (key === undefined || !isKeyAsVouched(trust, connection, key)) return { why: 'changed' };
  }
  const domain = domainOf(email);
  const holder = await findVerifiedHolder(tx, environmentId, domain);
  const isOwn = trust.domains.includes(domain) && holder?.organizationId === trust.organizationId;
  if (!isOwn || saysUnverified(rawAttributes)) return { why: 'no_member' };
  const member = await findMemberByEmail(tx, tenant, email);
  return member ? { member } : { why: 'no_member' };
}

/** The provider itself says that nobody has proved the address [IDB-01]. */
function saysUnverified(attributes: Readonly<Record<string, unknown>>): boolean {
  return ['email_verified', 'xms_edov'].some((name) => ['false', '0'].includes(String(attributes[name])));
}
