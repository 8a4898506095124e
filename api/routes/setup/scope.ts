import {
  findNewestOnboarding,
  findOpenOnboarding,
  getLink,
  getOnboarding,
  type LinkRow,
  type OnboardingRow,
  type PortalSessionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import type { OnboardingView, StepView } from '../../../onboarding/view.ts';
import { acting, type Acting } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import type { ConfigurationChange } from '../../configuration-changes.ts';
import { ensureOnboarding, settleOrBegin } from '../../journey.ts';
import type { QueuedCommand } from '../../onboarding-client.ts';
import type { Context } from '../../route.ts';

/** What a portal session may see and do: its organization, its link's features, and nothing once the work is done. */

export interface Tenant {
  environmentId: string;
  organizationId: string;
}

type AnyParams = Readonly<Record<string, string>>;
export type SetupContext = Omit<
  Context<'portal_session', unknown, unknown, AnyParams>,
  'commitGathered' | 'body' | 'query' | 'params'
>;

export const tenantOf = ({ caller }: Pick<SetupContext, 'caller'>): Tenant => ({
  environmentId: caller.environment.id,
  organizationId: caller.session.organizationId,
});

/** Whoever sets up single sign-on may renew its certificate; who came for the renewal does nothing else of it. */
export const covers = ({ features }: Pick<PortalSessionRow, 'features'>, feature: OfferedFeature): boolean =>
  features.includes(feature) || (feature === 'certificate_renewal' && features.includes('sso'));

/** Whether the session may look at domains: going live by single sign-on rests on them. */
export const seesDomains = (session: Pick<PortalSessionRow, 'features'>): boolean =>
  covers(session, 'domain_verification') || covers(session, 'sso');

/** Whether the session is for a renewal alone. */
export const isForRenewal = ({ features }: Pick<PortalSessionRow, 'features'>): boolean =>
  features.includes('certificate_renewal') && !features.includes('sso');

/** The part that a test sign-in or a code of this session is a change of. */
export const signInPart = ({ caller }: Pick<SetupContext, 'caller'>): OfferedFeature =>
  isForRenewal(caller.session) ? 'certificate_renewal' : 'sso';

/**
 * A link whose work is done opens for looking only. Whoever was there when it was done may still take back what they
 * did, until their session ends.
 */
export function isReadOnly(link: LinkRow, session: PortalSessionRow): boolean {
  return link.state === 'completed' && (link.endedAt === null || session.createdAt >= link.endedAt);
}

/**
 * The onboarding that the pages show: the open one, else the one the link was for, else the last one. What had ended
 * before somebody was sent to renew is nothing of theirs.
 */
export async function findShownOnboarding(
  tx: Tx,
  tenant: Tenant,
  link: Pick<LinkRow, 'onboardingId' | 'features' | 'createdAt'>,
): Promise<OnboardingRow | undefined> {
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  if (open !== undefined) return open;
  if (link.onboardingId !== null) return getOnboarding(tx, tenant, link.onboardingId);
  const newest = await findNewestOnboarding(tx, tenant);
  return newest !== undefined && isForRenewal(link) && newest.createdAt < link.createdAt ? undefined : newest;
}

export interface Changing {
  tx: Tx;
  tenant: Tenant;
  /** Whose page it was, and which connection it is about. */
  page: Pick<SetupContext, 'caller' | 'request'>;
  by: Acting;
  link: LinkRow;
}

/** What an act came to: the onboarding it belongs to, and its commands, oldest first; none when it is done already. */
export interface Changed {
  onboarding: OnboardingRow;
  queued: readonly QueuedCommand[];
  /** The answer around the step's result; the result itself when left out. */
  shape?: (result: { status: 'applied' | 'queued'; view: OnboardingView }) => object;
}

/**
 * One change of a portal session, in one transaction [LNK-03]: refuses what the link does not cover and what may only
 * be looked at, then answers with the view after the workflow has spoken, or says that the change is kept and waits.
 * An answer that the work gives itself is given as it is: a code that does not count, whose try must be kept.
 */
export function change(
  context: SetupContext,
  feature: OfferedFeature,
  work: (changing: Changing) => Promise<Changed | Answer>,
): Promise<Answer> {
  const { deps, caller, commit, request } = context;
  return commit(async (tx) => {
    const tenant = tenantOf(context);
    const link = await requireChange(tx, context, feature);
    const changed = await work({ tx, tenant, link, page: context, by: acting(caller, request) });
    if ('status' in changed) return changed;
    const { onboarding, queued, shape = (result) => result } = changed;
    const { view } = onboarding;
    if (queued.length === 0) return ok(shape({ status: 'applied', view }));
    return {
      status: 202,
      body: shape({ status: 'queued', view }),
      afterCommit: async () => {
        const result = await settleOrBegin(deps, changed, {
          environment: caller.environment,
          feature,
          by: acting(caller, request),
        });
        return { status: result.status === 'applied' ? 200 : 202, body: shape(result) };
      },
    };
  });
}

/** For looking at what a link is about. Throws `outside_link` where it is about other parts. */
export function requireLooking(
  { caller: { session } }: Pick<SetupContext, 'caller'>,
  feature: OfferedFeature,
): void {
  if (!covers(session, feature)) throw new OnboardingError('outside_link', { features: session.features });
}

/** The session's link, when the session may change this feature. Throws `outside_link` and `set_up_finished`. */
export async function requireChange(
  tx: Tx,
  context: SetupContext,
  feature: OfferedFeature,
): Promise<LinkRow> {
  const { session } = context.caller;
  if (!covers(session, feature)) throw new OnboardingError('outside_link', { features: session.features });
  const link = await getLink(tx, tenantOf(context), session.linkId);
  if (isReadOnly(link, session)) throw new OnboardingError('set_up_finished');
  if (session.staffMemberId !== null) await requireHeldByStaff(tx, context, feature);
  return link;
}

/** Staff look along; they change a feature only while a step of it is theirs to do. */
async function requireHeldByStaff(tx: Tx, context: SetupContext, feature: OfferedFeature): Promise<void> {
  const tenant = tenantOf(context);
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  if (open === undefined || !heldByStaff(open.view).includes(feature)) {
    throw new OnboardingError('step_held', { holder: 'customer' });
  }
}

/** The features of which staff have a step to do. */
export function heldByStaff({ features }: OnboardingView): OfferedFeature[] {
  const isTheirs = ({ holder, state }: StepView) =>
    holder === 'staff' && state !== 'done' && state !== 'skipped';
  return features.filter(({ steps }) => steps.some(isTheirs)).map(({ feature }) => feature);
}

/** The change as what the portal shares with the dashboard takes it. */
export const changeIn = (
  { deps, caller: { environment } }: SetupContext,
  { tx, tenant, by }: Changing,
): ConfigurationChange => ({ deps, environment, tx, tenant, by });

/** `ensureOnboarding` for the session's environment. */
export const ensured = (
  { caller }: SetupContext,
  { tx, tenant, by }: Changing,
  feature: OfferedFeature,
): ReturnType<typeof ensureOnboarding> =>
  ensureOnboarding(tx, caller.environment, tenant.organizationId, feature, by);
