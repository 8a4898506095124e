import { maskEmail } from '../../../onboarding/masking.ts';
import { isOffered } from '../../../onboarding/steps.ts';
import {
  endPortalSession,
  extendPortalSession,
  findItContact,
  findOpenOnboarding,
  getLink,
  getOrganization,
  insertAudit,
  lookUpPortalSession,
  type EnvironmentRow,
  type LinkRow,
  type PortalSessionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { sessionFinished, setupSession, type Brand, type SetupSession } from '../../contract/setup.ts';
import { sessionLife } from '../../middleware/authenticate.ts';
import { removedCookie } from '../../middleware/cookies.ts';
import { route } from '../../route.ts';
import { heldByStaff, isReadOnly, tenantOf, type Tenant } from './scope.ts';

/** Whose session it is, until when, and its end. */

const getSession = route({
  method: 'GET',
  path: '/setup/:handle/api/session',
  who: 'portal_session',
  summary: 'The session: whose set-up, what it covers, until when',
  answers: { 200: setupSession },
  handler: async (context) => {
    const { deps, caller, read } = context;
    // The request may have moved the end of its own session.
    const session = (await lookUpPortalSession(deps.db, caller.session.digest)) ?? caller.session;
    return read(async (tx) => ok(await sessionOf(tx, tenantOf(context), caller.environment, session)));
  },
});

const extend = route({
  method: 'POST',
  path: '/setup/:handle/api/session/extend',
  who: 'portal_session',
  summary: 'Stays for another hour, never beyond the hard limit',
  answers: { 200: setupSession },
  handler: (context) =>
    context.commit(async (tx) => {
      const { caller, request } = context;
      const tenant = tenantOf(context);
      const idle = { now: request.now, idleMs: sessionLife.portal.idleMs };
      const extended = await extendPortalSession(tx, tenant, caller.session, idle);
      if (extended === undefined) throw new OnboardingError('session_ended');
      return ok(await sessionOf(tx, tenant, caller.environment, extended));
    }),
});

const finish = route({
  method: 'POST',
  path: '/setup/:handle/api/session/finish',
  who: 'portal_session',
  summary: 'Ends the session and says where to go',
  answers: { 200: sessionFinished },
  handler: (context) =>
    context.commit(async (tx) => {
      const { deps, caller, request } = context;
      const { session, environment } = caller;
      const tenant = tenantOf(context);
      const link = await getLink(tx, tenant, session.linkId);
      await endPortalSession(tx, tenant, session.id, request.now);
      const target = { type: 'portal_session', id: session.id };
      await insertAudit(tx, audited(acting(caller, request), tenant, { action: 'session.finished', target }));
      return {
        ...ok({ location: waysOut(link, environment).successUrl }),
        cookies: [removedCookie('setup', deps.urls)],
      };
    }),
});

export const sessionRoutes = [getSession, extend, finish];

async function sessionOf(
  tx: Tx,
  tenant: Tenant,
  environment: EnvironmentRow,
  session: PortalSessionRow,
): Promise<SetupSession> {
  const organization = await getOrganization(tx, tenant, tenant.organizationId);
  const link = await getLink(tx, tenant, session.linkId);
  const contact = link.contactId === null ? undefined : await findItContact(tx, tenant, link.contactId);
  return {
    handle: session.handle,
    organization: { id: organization.id, name: organization.name },
    brand: brandOf(environment),
    contact: contact === undefined ? null : maskEmail(contact.email),
    features: session.features.filter(isOffered),
    intent: link.intent,
    isStaff: session.staffMemberId !== null,
    linkEndsAt: link.expiresAt.toISOString(),
    opensOnce: link.kind === 'portal',
    idleEndsAt: session.idleExpiresAt.toISOString(),
    endsAt: session.expiresAt.toISOString(),
    readOnly: isReadOnly(link, session) || (await isLookingOnly(tx, tenant, session)),
    ...waysOut(link, environment),
  };
}

/** Staff only look, unless steps are theirs to do. */
async function isLookingOnly(tx: Tx, tenant: Tenant, { staffMemberId }: PortalSessionRow): Promise<boolean> {
  if (staffMemberId === null) return false;
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  return open === undefined || heldByStaff(open.view).length === 0;
}

/** Addresses that the vendor gave and that were checked when the link was made [LNK-11]. */
function waysOut(
  link: LinkRow,
  environment: EnvironmentRow,
): { returnUrl: string | null; successUrl: string | null } {
  const returnUrl = link.returnUrl ?? environment.defaultReturnUrl;
  return {
    returnUrl,
    successUrl: link.successUrl ?? link.returnUrl ?? environment.defaultSuccessUrl ?? returnUrl,
  };
}

function brandOf(environment: EnvironmentRow): Brand {
  const { handle, vendorName, productName, supportEmail, supportHours, intro, kind } = environment;
  return { handle, vendorName, productName, supportEmail, supportHours, intro, kind };
}
