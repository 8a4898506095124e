import { domainVerified, live, yourTurn } from '../adapters/mail/contact-mails.ts';
import { findConnection, findDomain, findNewestMainLink, listDomains, withTenant } from '../db/index.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import { stepNames, type StepName } from '../onboarding/steps.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import { withFailures } from './failures.ts';
import type { Activities, OfOnboarding } from './index.ts';
import { deliverMail } from './mail-delivery.ts';
import {
  findMailContext,
  notMailed,
  orderFor,
  type MailContext,
  type OnboardingMailDeps,
} from './onboarding-mail.ts';

/** News for the contact: a domain was seen, staff have done their part, the organization is live. Its button leads to the portal's door. */
export function noticeActivities(deps: OnboardingMailDeps): Pick<Activities, 'sendNotice'> {
  return {
    sendNotice: ({ notice, subjectId, ...whose }) =>
      withFailures(async () => {
        const link = await withTenant(deps.db, whose, (tx) =>
          findNewestMainLink(tx, whose, whose.onboardingId),
        );
        const context = link && (await findMailContext(deps, whose, link.id));
        if (context === undefined) return notMailed(deps, whose, 'no_contact');
        const write =
          notice === 'live'
            ? await liveWriter(deps, whose, context, subjectId)
            : notice === 'your_turn'
              ? turnWriter(deps, context, subjectId)
              : await domainWriter(deps, whose, context, subjectId);
        if (write === undefined) return notMailed(deps, whose, 'step_done');
        return deliverMail(deps, orderFor(deps, whose, context, { kind: notice, carriesLink: false, write }));
      }),
  };
}

/** The page that the reader's own link opened; a session or the link of the first mail lets them in. */
function pageIn({ portalUrl }: OnboardingMailDeps, { environment }: MailContext, page: string): string {
  return `${portalUrl}/setup/${environment.handle}/${page}`;
}

async function domainWriter(
  deps: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  domainId: string,
) {
  const domain = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, domainId));
  // Removed, or lost again, before its news went out.
  if (domain?.state !== 'verified') return undefined;
  return (brand: Parameters<typeof domainVerified>[0]) =>
    domainVerified(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      domain: domain.domain,
      foundAt: domain.verifiedAt ?? deps.now(),
      next: nextStepOf(context.onboarding.view),
    });
}

/** Undefined when the step was done, or taken on by staff again, before its news went out. */
function turnWriter(deps: OnboardingMailDeps, context: MailContext, subjectId: string) {
  const next = stepNames.find((step) => step === subjectId);
  const steps = context.onboarding.view.features.flatMap((feature) => feature.steps);
  const standing = steps.find(({ step }) => step === next);
  if (next === undefined || standing === undefined) return undefined;
  if (standing.state === 'done' || standing.holder === 'staff') return undefined;
  return (brand: Parameters<typeof yourTurn>[0]) =>
    yourTurn(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      next,
    });
}

async function liveWriter(
  deps: OnboardingMailDeps,
  whose: OfOnboarding,
  context: MailContext,
  connectionId: string,
) {
  const { connection, domains } = await withTenant(deps.db, whose, async (tx) => ({
    connection: await findConnection(tx, whose, connectionId),
    domains: await listDomains(tx, whose),
  }));
  const verified = domains.filter(({ state }) => state === 'verified').map(({ domain }) => domain);
  const provider =
    findGuide(connection?.providerId ?? '')?.name ?? connection?.name ?? context.organization.name;
  return (brand: Parameters<typeof live>[0]) =>
    live(brand, {
      organization: context.organization.name,
      url: pageIn(deps, context, 'home'),
      timeZone: context.contact.timeZone ?? 'UTC',
      domains: verified,
      provider,
    });
}

/** The first step that is the reader's to do. */
function nextStepOf({ features }: OnboardingView): StepName | null {
  const steps = features.flatMap((feature) => feature.steps);
  const toDo = steps.filter(({ state }) => state === 'open' || state === 'failed');
  return toDo.find(({ holder }) => holder !== 'staff')?.step ?? null;
}
