import { z } from 'zod';
import { sourceFields } from '../../onboarding/directory-preflight.ts';
import { directoryRefusals } from '../../onboarding/directory-refusals.ts';
import { mostChosenGroups, pulledRoads, sftpWays } from '../../onboarding/directory-sources.ts';
import { instant, onboardingView } from './shared.ts';

/**
 * The portal's JSON endpoints about how a directory is read, below `/setup/<handle>/api`. Secrets go in and never come
 * out.
 */

const facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));
const chosenGroup = z.strictObject({ id: z.string().min(1).max(200), name: z.string().max(300) });

/** Why the source could not be read, with what fills its words. */
export const refusal = z.strictObject({ cause: z.enum(directoryRefusals), facts });
export type SourceRefusal = z.infer<typeof refusal>;

const run = z.strictObject({
  id: z.string(),
  /** `decided`: it was held, and does not wait any more. */
  state: z.enum(['running', 'done', 'failed', 'held', 'decided', 'unchanged']),
  refusal: refusal.nullable(),
  /** What it changed, by kind. */
  counts: z.record(z.string(), z.number()),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export type DirectoryRunView = z.infer<typeof run>;

/** GET directory/credentials */
export const directoryCredentials = z.strictObject({
  view: onboardingView.nullable(),
  directory: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      road: z.enum(pulledRoads),
      /** People have come from it: new credentials take a code [LNK-10]. */
      isLive: z.boolean(),
      isRefused: z.boolean(),
    })
    .nullable(),
  google: z
    .strictObject({
      way: z.enum(['service_account', 'consent']).nullable(),
      /** The vendor has a client of its own at Google, so that an admin can consent. */
      offersConsent: z.boolean(),
      adminEmail: z.string(),
      clientEmail: z.string().nullable(),
      clientId: z.string().nullable(),
      scopes: z.array(z.string()),
      groups: z.array(chosenGroup).nullable(),
      nested: z.boolean(),
    })
    .nullable(),
  workday: z.strictObject({ usersUrl: z.string(), groupsUrl: z.string(), userName: z.string() }).nullable(),
  bamboohr: z.strictObject({ company: z.string() }).nullable(),
  sftpPull: z
    .strictObject({
      host: z.string(),
      port: z.string(),
      userName: z.string(),
      folder: z.string(),
      way: z.enum(sftpWays),
      /** The fingerprint of the server's key as it was confirmed; empty before. */
      hostKey: z.string(),
      /** Ours, as a line of OpenSSH; null until it is made. */
      publicKey: z.string().nullable(),
      /** The one that takes its place when the server has let us in with it. */
      nextPublicKey: z.string().nullable(),
      /** A password is kept. */
      hasPassword: z.boolean(),
    })
    .nullable(),
  secret: z.strictObject({
    setAt: instant.nullable(),
    /** The last four characters of a key; null where there is none, and of passwords. */
    suffix: z.string().nullable(),
  }),
  refusal: refusal.nullable(),
  refusedSince: instant.nullable(),
  nextReadingAt: instant.nullable(),
  runs: z.array(run),
});
export type DirectoryCredentials = z.infer<typeof directoryCredentials>;

/** POST directory/credentials/check and, with a code where the directory is live, POST directory/credentials. */
const typed = {
  code: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
};
export const credentialsBody = z.discriminatedUnion('road', [
  z.strictObject({
    ...typed,
    road: z.literal('google'),
    key: z.string().max(20_001),
    adminEmail: z.string().max(320),
  }),
  z.strictObject({
    ...typed,
    road: z.literal('workday'),
    usersUrl: z.string().max(2_001),
    groupsUrl: z.string().max(2_001),
    userName: z.string().max(2_001),
    password: z.string().max(2_001),
  }),
  z.strictObject({
    ...typed,
    road: z.literal('bamboohr'),
    company: z.string().max(300),
    apiKey: z.string().max(2_001),
  }),
  z.strictObject({
    ...typed,
    road: z.literal('sftp_pull'),
    host: z.string().max(300),
    port: z.string().max(10),
    userName: z.string().max(300),
    folder: z.string().max(600),
    way: z.enum(sftpWays),
    password: z.string().max(2_001),
    hostKey: z.string().regex(/^(SHA256:[A-Za-z0-9+/]{43})?$/),
  }),
]);
export type CredentialsBody = z.infer<typeof credentialsBody>;

export const credentialsCheck = z.strictObject({
  canSave: z.boolean(),
  findings: z.array(
    z.strictObject({
      severity: z.enum(['stop', 'warn', 'ok']),
      code: z.string(),
      field: z.enum(sourceFields),
      facts: z.record(z.string(), z.string()),
      repair: z.string().nullable(),
    }),
  ),
  /** What the source showed; null where it was not called, refused, or takes longer than a page can wait. */
  look: z
    .strictObject({
      people: z.int(),
      groups: z.int(),
      hasMore: z.boolean(),
      names: z.array(z.string()),
      elapsedMs: z.int(),
    })
    .nullable(),
  /** It answers so slowly that only a reading in the background will tell. */
  isSlow: z.boolean(),
  refusal: refusal.nullable(),
});
export type CredentialsCheck = z.infer<typeof credentialsCheck>;

/** POST directory/credentials/key answers { savedAt }: makes our key for a server of the customer's, once. */

/** POST directory/credentials/consent: where a Workspace admin consents. */
export const consentBody = z.strictObject(typed);
export const consentStarted = z.strictObject({ url: z.string() });

/** GET directory/credentials/groups: Google's groups to choose from. */
export const groupChoice = z.strictObject({
  groups: z.array(chosenGroup.extend({ email: z.string().nullable() })),
  refusal: refusal.nullable(),
});
export type GroupChoice = z.infer<typeof groupChoice>;
/** PUT directory/credentials/groups answers { savedAt }; null reads everybody. */
export const groupsBody = z.strictObject({
  ...typed,
  groups: z.array(chosenGroup).min(1).max(mostChosenGroups).nullable(),
  nested: z.boolean(),
});

/** POST directory/read answers { savedAt }: has it read now. */

/** POST directory/credentials/key answers { savedAt }. `isNext` makes one beside that which is there. */
export const ourKeyBody = z.strictObject({ isNext: z.boolean().optional() });
