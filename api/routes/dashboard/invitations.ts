import { findOrganization, type LinkRow, type ShownLink } from '../../../db/index.ts';
import { listLinkAddresses, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { invitationBody, invitationResult, type InvitationResult } from '../../contract/dashboard.ts';
import { startOnboarding } from '../../journey.ts';
import { requireProvider } from '../../provider-choice.ts';
import { route } from '../../route.ts';
import { settledAnswer } from './settled.ts';

/** S4: inviting an IT admin, by mail or by a link to pass on. */
const invite = route({
  method: 'POST',
  path: '/dashboard/api/organizations/:id/invitations',
  who: 'staff',
  role: 'support',
  summary: 'Starts the onboarding or joins the open one, and issues its link',
  body: invitationBody,
  answers: { 200: invitationResult, 202: invitationResult },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const organization = await findOrganization(tx, { environmentId: environment.id }, params.id);
      if (organization === undefined) throw new OnboardingError('not_found', { kind: 'organization' });
      const started = await startOnboarding(
        tx,
        deps,
        {
          environment,
          organizationId: organization.id,
          features: body.features,
          mode: body.mode,
          provider:
            body.providerId === undefined
              ? undefined
              : requireProvider(deps, environment, body.providerId, 'providerId'),
          emails: body.email === null ? [] : [body.email],
          delivery: body.delivery,
          lifeDays: body.lifeDays,
          note: body.note.trim() === '' ? null : body.note.trim(),
        },
        acting(caller, request),
      );
      const issued = {
        ...started,
        productName: environment.productName,
        organizationName: organization.name,
      };
      return settledAnswer(deps, started, await issuedLink(tx, issued));
    }),
});

export const invitationRoutes = [invite];

type Told = Omit<InvitationResult, 'status' | 'view'>;

/** What is told of a link that was just made: the link itself only where it is to be copied, and only here. */
export async function issuedLink(
  tx: Tx,
  issued: {
    onboarding: { id: string };
    link: LinkRow;
    url: string;
    replaced: LinkRow | undefined;
    productName: string;
    organizationName: string;
  },
): Promise<Told> {
  const { onboarding, link, url, replaced } = issued;
  const isCopied = link.delivery === 'copy';
  return {
    onboardingId: onboarding.id,
    link: isCopied ? url : null,
    text: isCopied ? readyText(issued) : null,
    replaced: replaced === undefined ? null : await toldOf(tx, replaced),
  };
}

async function toldOf(tx: Tx, replaced: LinkRow): Promise<Told['replaced']> {
  const addresses = await listLinkAddresses(tx, replaced, [replaced.id]);
  return { sentAt: replaced.createdAt.toISOString(), to: addresses.get(replaced.id) ?? null };
}

/** A text to pass on with the link: what it is for, how long it lives, that it can be used more than once. */
function readyText({
  link,
  url,
  productName,
  organizationName,
}: {
  link: Pick<ShownLink, 'expiresAt'>;
  url: string;
  productName: string;
  organizationName: string;
}): string {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(link.expiresAt);
  return [
    `This link connects ${organizationName} to ${productName}. It takes a few minutes and needs no account:`,
    url,
    `It works until ${day} and can be opened any number of times. Whoever has it can set up ${organizationName}, so pass it on only to the person who should.`,
  ].join('\n\n');
}
