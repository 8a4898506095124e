import { newId } from '../../../adapters/ids.ts';
import { mailBrand } from '../../../adapters/mail/mail-brand.ts';
import { staffInvitation } from '../../../adapters/mail/staff-mails.ts';
import type { MemberRow } from '../../../db/index.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Callers, RequestFacts } from '../../route.ts';

/**
 * Tells a member where to sign in. The mail carries no secret: the page asks for a code that goes to the same address.
 * Says whether the mail server took it; what it said instead is logged.
 */
export async function inviteByMail(
  deps: ApiDeps,
  { member: inviter, environment }: Callers['staff'],
  member: MemberRow,
  request: RequestFacts,
): Promise<boolean> {
  const mail = staffInvitation(mailBrand(environment, deps.urls.dashboard), {
    role: member.role,
    inviter: inviter.name ?? inviter.email,
    environment: environment.name,
    url: `${deps.urls.dashboard}/dashboard/sign-in`,
  });
  try {
    await deps.mailer.send({
      environmentId: member.environmentId,
      to: { address: member.email },
      ...mail,
      messageId: `<${newId('invitation_')}@${new URL(deps.urls.dashboard).hostname}>`,
    });
    return true;
  } catch (error) {
    deps.logger.warn({ err: error, requestId: request.id }, 'the invitation of a member could not be sent');
    return false;
  }
}
