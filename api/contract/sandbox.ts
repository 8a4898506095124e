import { z } from 'zod';
import { instant } from './shared.ts';

/**
 * The sandbox's JSON endpoints, below `/sandbox`: there in the embedded default only, for a staff session
 * (the dashboard's pages) or the sandbox API key (scripts).
 */

/** GET mails?to=&limit= ; GET mails/:id */
const sandboxMail = z.strictObject({
  id: z.string(),
  at: instant,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
});
export const sandboxMailList = z.strictObject({ mails: z.array(sandboxMail) });
export const sandboxMailDetail = sandboxMail.extend({
  text: z.string(),
  html: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  links: z.array(z.string()),
});

/** GET dns/records ; POST dns/records ; DELETE dns/records/:id ; records of `*.test` names only. */
export const sandboxRecordBody = z.strictObject({
  name: z.string().max(255),
  type: z.enum(['TXT', 'CNAME', 'MX', 'NS']),
  value: z.string().max(2000),
  server: z
    .union([z.literal(1), z.literal(2)])
    .nullable()
    .optional(),
});
export const sandboxRecord = sandboxRecordBody.extend({ id: z.string(), createdAt: instant });
export const sandboxRecordList = z.strictObject({ records: z.array(sandboxRecord) });

/** GET test-idp ; PUT test-idp { fault } ; POST test-idp/reset */
export const testIdpState = z.strictObject({
  entityId: z.string(),
  ssoUrl: z.string(),
  metadataUrl: z.string(),
  people: z.array(z.strictObject({ id: z.string(), name: z.string(), email: z.string() })),
  fault: z.string().nullable(),
  twoKeys: z.boolean(),
  faults: z.array(z.strictObject({ id: z.string(), group: z.string(), expected: z.string() })),
});
export type TestIdpState = z.infer<typeof testIdpState>;
export const testIdpBody = z.strictObject({
  fault: z.string().max(60).nullable().optional(),
  twoKeys: z.boolean().optional(),
});
