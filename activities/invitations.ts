import { freshLink, invitation } from '../adapters/mail/contact-mails.ts';
import { usualMode } from '../onboarding/modes.ts';
import { isOffered } from '../onboarding/steps.ts';
import type { Activities } from './index.ts';
import { withFailures } from './failures.ts';
import { deliverMail } from './mail-delivery.ts';
import { findMailContext, linkIn, notMailed, orderFor, type OnboardingMailDeps } from './onboarding-mail.ts';

/** Sends the invitation, or the fresh link that replaces an older one, to the contact of the link. */
export function invitationActivities(deps: OnboardingMailDeps): Pick<Activities, 'sendInvitation'> {
  return {
    sendInvitation: ({ linkId, fresh, ...whose }) =>
      withFailures(async () => {
        const context = await findMailContext(deps, whose, linkId);
        if (context === undefined) return notMailed(deps, whose, 'no_contact');
        const url = linkIn(deps, context);
        if (url === undefined) return notMailed(deps, whose, 'link_ended');
        const { organization, onboarding, link, contact } = context;
        const common = {
          organization: organization.name,
          url,
          timeZone: contact.timeZone ?? 'UTC',
          endsAt: link.expiresAt,
        };
        const order = orderFor(deps, whose, context, {
          kind: fresh ? 'fresh_link' : 'invitation',
          carriesLink: true,
          write: (brand) =>
            fresh
              ? freshLink(brand, common)
              : invitation(brand, {
                  ...common,
                  features: link.features.filter(isOffered),
                  mode: onboarding.view.mode ?? usualMode,
                  note: link.note,
                }),
        });
        return deliverMail(deps, order);
      }),
  };
}
