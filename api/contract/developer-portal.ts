import { z } from 'zod';

/** Portal links (`/portal/generate_link`). */

const intents = [
  'sso',
  'dsync',
  'domain_verification',
  'log_streams',
  'audit_logs',
  'certificate_renewal',
  'bring_your_own_key',
] as const;
export type Intent = (typeof intents)[number];

export function isIntent(text: string): text is Intent {
  return intents.some((intent) => intent === text);
}

const externalUserId = z.string().max(300);
const emails = z.array(z.string().max(320)).max(20);

export const generateLinkBody = z.object({
  organization: z.string(),
  /** A text here, because an unknown one has an error of its own. */
  intent: z
    .string()
    .max(60)
    .optional()
    .meta({ description: 'Where the portal opens; its home unless told', enum: [...intents] }),
  return_url: z.string().max(2000).optional(),
  success_url: z.string().max(2000).optional(),
  external_user_id: externalUserId.optional().meta({
    description:
      'The id that your product knows the admin by: `/portal/revoke_link` ends what was made for it',
  }),
  it_contact_emails: emails.optional(),
  admin_emails: emails.optional().meta({ deprecated: true }),
  /** Preselections; what is not understood is ignored. */
  intent_options: z.unknown().optional(),
});

export const portalLink = z.object({ link: z.url() }).meta({ id: 'PortalLink' });

export const revokeLinkBody = z.object({ organization: z.string(), external_user_id: externalUserId });
