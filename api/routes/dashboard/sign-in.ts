import { setTimeout as after } from 'node:timers/promises';
import { parseEmail } from '../../../adapters/email-address.ts';
import { endStaffSession, insertAudit } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { noContent, ok } from '../../answers.ts';
import { signInBody, signInCodeBody, staffSession, type StaffSession } from '../../contract/dashboard.ts';
import type { ApiDeps } from '../../deps.ts';
import { templateOf } from '../../environment-settings.ts';
import { removedCookie } from '../../middleware/cookies.ts';
import { sourceKey } from '../../middleware/limit-rates.ts';
import { route, type RequestFacts } from '../../route.ts';
import { refuseForeignCall } from './own-pages.ts';
import { mailStaffCode, takeCode } from './staff-codes.ts';

/** S1: signing in by a code, and the session that follows. */

const askForCode = route({
  method: 'POST',
  path: '/dashboard/api/sign-in/code',
  who: 'public',
  summary: 'Mails a code to the address, if it has access',
  body: signInCodeBody,
  answers: { 204: 'always' },
  handler: async ({ deps, body, request }) => {
    refuseForeignCall(deps, request);
    const email = await spendOn(deps, 'staff_code_requests', body.email, request);
    if (email !== undefined) {
      await deps.limits.spend('codes_per_recipient', email.toLowerCase());
      // Nobody waits for it: the answer must take as long for an address that has no access.
      void mailStaffCode(deps, email, request).catch((error: unknown) =>
        deps.logger.error({ err: error, requestId: request.id }, 'a sign-in code could not be sent'),
      );
    }
    return noContent();
  },
});

const signIn = route({
  method: 'POST',
  path: '/dashboard/api/sign-in',
  who: 'public',
  summary: 'Signs a member in with the code',
  body: signInBody,
  answers: { 204: 'signed in' },
  handler: async ({ deps, body, request }) => {
    refuseForeignCall(deps, request);
    const email = await spendOn(deps, 'staff_code_entries', body.email, request);
    const evenTime = after(sameTimeMs);
    const entered = email === undefined ? undefined : await takeCode(deps, { ...body, email }, request);
    await evenTime;
    if (entered === undefined) throw new OnboardingError('code_wrong');
    return { ...noContent(), cookies: [entered.value] };
  },
});

const signOut = route({
  method: 'POST',
  path: '/dashboard/api/sign-out',
  who: 'staff',
  role: 'viewer',
  summary: 'Ends the session',
  answers: { 204: 'signed out' },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      await endStaffSession(tx, tenant, caller.session.id, request.now);
      const whose = { ...tenant, organizationId: null };
      await insertAudit(tx, audited(acting(caller, request), whose, { action: 'staff.signed_out' }));
      return { ...noContent(), cookies: [removedCookie('dashboard', deps.urls)] };
    }),
});

const getSession = route({
  method: 'GET',
  path: '/dashboard/api/session',
  who: 'staff',
  role: 'viewer',
  summary: 'Who is signed in, and where',
  answers: { 200: staffSession },
  handler: async ({ deps, caller }) => {
    const { session, member, environment } = caller;
    const { embedded, urls } = deps;
    const isSandbox = embedded !== null && environment.kind === 'sandbox';
    const body: StaffSession = {
      handle: session.id,
      member: { id: member.id, email: member.email, name: member.name, role: member.role },
      environment: {
        id: environment.id,
        name: environment.name,
        clientId: environment.clientId,
        linkDays: environment.linkDays,
        onboardingTemplate: templateOf(environment),
        handle: environment.handle,
        vendorName: environment.vendorName,
        productName: environment.productName,
        supportEmail: environment.supportEmail,
        supportHours: environment.supportHours,
        intro: environment.intro,
        kind: environment.kind,
      },
      endsAt: session.expiresAt.toISOString(),
      urls: {
        api: urls.api,
        portal: urls.portal,
        testIdp: isSandbox ? `${urls.testIdp}/test-idp` : null,
        temporal: embedded?.temporalUiUrl ?? null,
        example: embedded?.exampleUrl ?? null,
      },
      sandbox: isSandbox,
      temporalAway: !(await deps.onboardingClient.isReachable()),
    };
    return ok(body);
  },
});

export const signInRoutes = [askForCode, signIn, signOut, getSession];

const sameTimeMs = 250;

/** Counts against the source and the address. Gives the address in its one form; undefined where it is none. */
async function spendOn(
  { limits }: ApiDeps,
  limit: 'staff_code_requests' | 'staff_code_entries',
  typed: string,
  { address }: RequestFacts,
): Promise<string | undefined> {
  await limits.spend(limit, `source ${sourceKey(address)}`);
  const email = emailIn(typed);
  if (email !== undefined) await limits.spend(limit, `address ${email.toLowerCase()}`);
  return email;
}

function emailIn(typed: string): string | undefined {
  try {
    return parseEmail(typed.trim());
  } catch (error) {
    if (error instanceof OnboardingError) return undefined;
    throw error;
  }
}
