import { z } from 'zod';

/** What a mail provider reports of our mails (`/mail_notices`). */

export const mailNoticeBody = z.object({
  client_id: z.string().max(200),
  message_id: z
    .string()
    .max(500)
    .meta({ description: 'The Message-ID of the mail. Mails that are not ours change nothing.' }),
  event: z.enum(['delivered', 'bounced', 'complaint']),
  status: z
    .string()
    .regex(/^[245]\.\d{1,3}\.\d{1,3}$/)
    .optional()
    .meta({
      description: 'Enhanced status code. A bounce with 4.x.x may still arrive, and changes nothing.',
    }),
  reason: z.string().max(2000).optional().meta({ description: 'The words of the other mail server' }),
});
