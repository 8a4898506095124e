import { z } from 'zod';
import { rehearsalPlaces, rehearsalReasons, rehearsalSteps } from '../../onboarding/rehearsal.ts';
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

/** GET dns/faults ; PUT dns/faults { faults } : what both name servers do, for every name below `.test`. */
const dnsFault = z.enum(['servfail', 'refused', 'slow', 'silent', 'truncated']);
export const sandboxDnsFaults = z.strictObject({
  faults: z.array(z.strictObject({ id: dnsFault, expected: z.string(), isOn: z.boolean() })),
});
export type SandboxDnsFaults = z.infer<typeof sandboxDnsFaults>;
export const sandboxDnsFaultsBody = z.strictObject({ faults: z.array(dnsFault).max(20) });

/** GET switches ; POST switches/reset : how many are on in each place of the sandbox; all of them off. */
const sandboxPlaces = ['test_idp', 'test_directory', 'dns', 'test_sink'] as const;
export const sandboxSwitches = z.strictObject({
  places: z.array(z.strictObject({ place: z.enum(sandboxPlaces), on: z.number().int() })),
});
export type SandboxSwitches = z.infer<typeof sandboxSwitches>;

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

/** GET test-idp ; PUT test-idp { fault, rollover } ; POST test-idp/retire-key */
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

/**
 * The test directory, a SCIM client. GET test-directory ; PUT test-directory ; POST test-directory/talk ;
 * POST test-directory/reset ; POST, PUT, DELETE test-directory/people and /groups ; POST test-directory/crowd.
 * Every change answers with the state, after what it makes the client say, or after ten seconds.
 */
const manner = z.enum(['okta', 'entra']);
const arrival = z.enum(['none', 'same', 'differs']);
export const testDirectoryFaults = [
  'wrong_token',
  'capital_ops',
  'string_booleans',
  'duplicate_create',
  'stale_if_match',
  'many_removals',
  'unknown_attributes',
  'slow',
] as const;
const directoryFault = z.enum(testDirectoryFaults);

export const directoryPersonBody = z.strictObject({
  /** Below `.test`: what the person signs in with. */
  userName: z.string().trim().max(254),
  firstName: personText,
  lastName: personText,
  title: personText.nullable().default(null),
  department: personText.nullable().default(null),
  active: z.boolean().default(true),
});
export const directoryGroupBody = z.strictObject({
  name: personText,
  memberIds: z.array(z.string().max(60)).max(500).default([]),
});
const directoryPerson = z.strictObject({
  id: z.string(),
  userName: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  title: z.string().nullable(),
  department: z.string().nullable(),
  active: z.boolean(),
  /** Whether they are at the other side as they are here. */
  arrival,
});
const directoryGroup = z.strictObject({
  id: z.string(),
  name: z.string(),
  memberIds: z.array(z.string()),
  arrival,
});
export const testDirectoryState = z.strictObject({
  manner,
  baseUrl: z.string().nullable(),
  hasToken: z.boolean(),
  /** Whose directory was taken with one press. */
  connected: z
    .strictObject({
      organizationId: z.string(),
      organizationName: z.string().nullable(),
      directoryId: z.string(),
    })
    .nullable(),
  faults: z.array(z.strictObject({ id: directoryFault, expected: z.string(), isOn: z.boolean() })).readonly(),
  people: z.array(directoryPerson).readonly(),
  groups: z.array(directoryGroup).readonly(),
  /** People and groups that are not at the other side as they are here. */
  waiting: z.int(),
  isTalking: z.boolean(),
  lastSentAt: instant.nullable(),
  /** Newest first; tokens are never in it. */
  log: z
    .array(
      z.strictObject({
        id: z.int(),
        at: instant,
        method: z.string(),
        path: z.string(),
        status: z.int().nullable(),
        milliseconds: z.int(),
        problem: z.string().nullable(),
        sent: z.string().nullable(),
        received: z.string().nullable(),
      }),
    )
    .readonly(),
});
export type TestDirectoryState = z.infer<typeof testDirectoryState>;
export const testDirectoryBody = z.strictObject({
  manner: manner.optional(),
  baseUrl: z.string().trim().max(500).nullable().optional(),
  token: z.string().trim().max(500).nullable().optional(),
  /** All that are to be on. */
  faults: z.array(directoryFault).max(20).optional(),
});
/** `test`: *Test connection*; `cycle`: what differs; `everything`: all again. */
export const talkBody = z.strictObject({ about: z.enum(['test', 'cycle', 'everything']) });
/** POST test-directory/use: takes address and a new token of this organization's directory, and makes one where it has none. */
export const useDirectoryBody = z.strictObject({ organizationId: z.string().max(60) });
export const crowdBody = z.strictObject({ count: z.int().min(1).max(200) });

/** GET rehearsal ; POST rehearsal: a whole customer played on real parts. The last one is kept. */
const rehearsalFacts = z.record(z.string(), z.string()).readonly();
const rehearsalShown = z.strictObject({ kind: z.enum(rehearsalPlaces), id: z.string() }).nullable();
const rehearsalStep = z.enum(rehearsalSteps);
export const rehearsalState = z.strictObject({
  /** Why none can be begun here. */
  obstacle: z.enum(['no_mailbox', 'no_redirect_uri']).nullable(),
  rehearsal: z
    .strictObject({
      id: z.string(),
      startedAt: instant,
      endedAt: instant.nullable(),
      /** The address of the member who began it; null when a script did. */
      by: z.string().nullable(),
      state: z.enum(['running', 'done', 'failed']),
      /** The act that is being played. */
      current: rehearsalStep.nullable(),
      lines: z
        .array(
          z.strictObject({ step: rehearsalStep, at: instant, facts: rehearsalFacts, shown: rehearsalShown }),
        )
        .readonly(),
      failure: z
        .strictObject({
          step: rehearsalStep,
          reason: z.enum(rehearsalReasons),
          facts: rehearsalFacts,
          shown: rehearsalShown,
        })
        .nullable(),
    })
    .nullable(),
});
export type RehearsalState = z.infer<typeof rehearsalState>;
/** `begun` is false where one is being played already: the answer is that one. */
export const begunRehearsal = rehearsalState.extend({ begun: z.boolean() });
