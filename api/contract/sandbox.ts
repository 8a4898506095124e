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

/** POST test-idp/people ; PUT and DELETE test-idp/people/:id ; POST test-idp/people/restore */
const personText = z.string().trim().min(1).max(100);
export const testPersonBody = z.strictObject({
  /** Below `.test`; null for somebody without an address. */
  email: z.string().trim().max(254).nullable(),
  firstName: personText,
  lastName: personText,
  groups: z.array(personText).max(100).default([]),
  attributes: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$/), z.string().trim().min(1).max(500))
    .default({}),
});
export const testPerson = z.strictObject({
  id: z.string(),
  email: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  groups: z.array(z.string()).readonly(),
  attributes: z.record(z.string(), z.string()).readonly(),
});
export type TestPerson = z.infer<typeof testPerson>;

/** POST test-idp/clients */
export const testClientBody = z.strictObject({ connectionId: z.string().max(60) });
export const testClient = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  redirectUri: z.string(),
  discoveryUrl: z.string(),
});

/** GET test-idp ; PUT test-idp { fault, rollover } ; POST test-idp/reset ; POST test-idp/retire-key */
const rollover = z.enum(['one_key', 'two_keys', 'next_signs']);
export const testIdpState = z.strictObject({
  entityId: z.string(),
  ssoUrl: z.string(),
  sloUrl: z.string(),
  metadataUrl: z.string(),
  startUrl: z.string(),
  issuer: z.string(),
  discoveryUrl: z.string(),
  clientsUrl: z.string(),
  people: z.array(testPerson).readonly(),
  fault: z.string().nullable(),
  rollover,
  faults: z
    .array(
      z.strictObject({
        id: z.string(),
        protocol: z.enum(['saml', 'oidc']),
        group: z.string(),
        expected: z.string(),
        /** A circumstance that changes the verdict, and what it is then. */
        also: z.strictObject({ when: z.string(), expected: z.string() }).optional(),
      }),
    )
    .readonly(),
});
export type TestIdpState = z.infer<typeof testIdpState>;
export const testIdpBody = z.strictObject({
  fault: z.string().max(60).nullable().optional(),
  rollover: rollover.optional(),
});
