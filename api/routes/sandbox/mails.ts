import { z } from 'zod';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { ok } from '../../answers.ts';
import { sandboxMailDetail, sandboxMailList } from '../../contract/sandbox.ts';
import type { ApiDeps, KeptMail, KeptMails } from '../../deps.ts';
import { route } from '../../route.ts';

/** S19: the mails of this environment that stayed here. */

const list = route({
  method: 'GET',
  path: '/sandbox/mails',
  who: 'sandbox',
  role: 'viewer',
  summary: 'Mails, newest first',
  query: z.strictObject({
    to: z.string().max(320).optional(),
    limit: z.int().min(1).max(500).optional(),
  }),
  answers: { 200: sandboxMailList },
  handler: ({ deps, caller, query }) => {
    const { to, limit = 100 } = query;
    const environmentId = caller.environment.id;
    const mails = mailboxOf(deps).list({
      environmentId,
      limit,
      ...(to === undefined ? {} : { to: to.trim() }),
    });
    return ok({ mails: mails.map((mail) => lineOf(mail)) });
  },
});

const get = route({
  method: 'GET',
  path: '/sandbox/mails/:id',
  who: 'sandbox',
  role: 'viewer',
  summary: 'A mail with its parts, headers and links',
  answers: { 200: sandboxMailDetail },
  handler: async ({ deps, caller, params }) => {
    const mail = await mailboxOf(deps).get(params.id);
    if (mail?.environmentId !== caller.environment.id)
      throw new OnboardingError('not_found', { kind: 'mail' });
    const headers = Object.entries(mail.headers).map(([name, value]) => ({ name, value }));
    return ok({ ...lineOf(mail), text: mail.text, html: mail.html, headers, links: mail.links });
  },
});

export const mailRoutes = [list, get];

/** There is none where mails go out through `SMTP_URL`. */
function mailboxOf({ embedded }: ApiDeps): KeptMails {
  if (embedded?.mailbox === undefined) throw new OnboardingError('not_found', { kind: 'mailbox' });
  return embedded.mailbox;
}

function lineOf({ id, at, from, to, subject }: KeptMail) {
  return { id, at, from, to, subject };
}
