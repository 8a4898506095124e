import { z } from 'zod';
import { directoryRequestCauses, directoryRequestKinds } from '../../onboarding/directory-requests.ts';
import { directoryRoads } from '../../onboarding/providers/directory/provider.ts';
import { refusal } from './setup-directory-credentials.ts';
import { chipDirectory, instant, troubleView } from './shared.ts';

/** The dashboard's endpoints about directories, below `/dashboard/api`: S9, and the page of one directory. */

const counts = z.strictObject({ active: z.int(), inactive: z.int(), groups: z.int() });

/** A line of S4. */
export const directoryLine = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  road: z.enum(directoryRoads),
  sourceName: z.string().nullable(),
  chip: chipDirectory,
  counts,
  linkedAt: instant.nullable(),
  lastRequestAt: instant.nullable(),
});
export type DirectoryLine = z.infer<typeof directoryLine>;

/** GET directory-requests?organization=&directory=&outcome=&cause=&from=&until=&after= (S9) */
export const directoryRequestRow = z.strictObject({
  id: z.string(),
  at: instant,
  directoryId: z.string(),
  directoryName: z.string().nullable(),
  organizationId: z.string(),
  organizationName: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  milliseconds: z.int(),
  /** What it was; of a refused one the cause says why. */
  kind: z.enum(directoryRequestKinds),
  cause: z.enum(directoryRequestCauses).nullable(),
  /** Whom or what it was about, masked. */
  subject: z.string().nullable(),
  client: z.string().nullable(),
});
export type DirectoryRequestView = z.infer<typeof directoryRequestRow>;
export const directoryRequestPage = z.strictObject({
  requests: z.array(directoryRequestRow),
  next: z.string().nullable(),
});

/** GET directory-requests/:id: with what was sent and answered; secrets were never kept. */
export const directoryRequestDetail = directoryRequestRow.extend({
  requestBody: z.string().nullable(),
  responseBody: z.string().nullable(),
});

const personLine = z.strictObject({
  id: z.string(),
  userName: z.string(),
  name: z.string(),
  state: z.enum(['active', 'inactive', 'suspended']),
});

/** GET directories/:id/people?search=: by part of the name or the address. */
export const directoryPeople = z.strictObject({
  people: z.array(personLine),
  /** There are more than are listed. */
  hasMore: z.boolean(),
});
export type DirectoryPeople = z.infer<typeof directoryPeople>;

/** GET directory-users/:id: what the vendor is shown of a person, and why. */
export const directoryPersonDetail = personLine.extend({
  directoryId: z.string(),
  email: z.string().nullable(),
  externalId: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  /** Their source has let them go, and a change on hold, or one that was discarded, keeps them. */
  keptBy: z.enum(['hold', 'discarded']).nullable(),
  createdAt: instant,
  updatedAt: instant,
  attributes: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  groups: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** With the groups that give each; none where it is the default. */
  roles: z.array(z.strictObject({ slug: z.string(), groups: z.array(z.string()) })),
  /** What was told of them, newest first. */
  events: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      at: instant,
      changed: z.array(z.string()),
      group: z.string().nullable(),
    }),
  ),
});
export type DirectoryPersonDetail = z.infer<typeof directoryPersonDetail>;

/** GET directories/:id. What belongs to the customer (tokens, holds, the mapping) is looked at here and changed there. */
export const directoryDetail = directoryLine.extend({
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  state: z.string(),
  externalKey: z.string(),
  scimBaseUrl: z.string().nullable(),
  sftpUserName: z.string().nullable(),
  createdAt: instant,
  firstRequestAt: instant.nullable(),
  silentSince: instant.nullable(),
  firstSyncedAt: instant.nullable(),
  lastChangedAt: instant.nullable(),
  credentialsFailingSince: instant.nullable(),
  credentialsCause: z.string().nullable(),
  /** A set-up that is prepared beside the one in use. */
  isSwitching: z.boolean(),
  tokens: z.array(
    z.strictObject({
      id: z.string(),
      suffix: z.string(),
      createdAt: instant,
      expiresAt: instant.nullable(),
      lastUsedAt: instant.nullable(),
    }),
  ),
  /** Newest first; `waiting` are the people of an open one, `staying` those whom a discarded one still keeps. */
  holds: z.array(
    z.strictObject({
      id: z.string(),
      reason: z.enum(['many_leave', 'first_file', 'switch']),
      state: z.enum(['open', 'applied', 'discarded', 'withdrawn']),
      waiting: z.int(),
      staying: z.int(),
      activeBefore: z.int(),
      createdAt: instant,
      decidedAt: instant.nullable(),
    }),
  ),
  runs: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['pull', 'files']),
      state: z.string(),
      refusal: refusal.nullable(),
      counts: z.record(z.string(), z.int()),
      startedAt: instant,
      endedAt: instant.nullable(),
    }),
  ),
  files: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      cause: z.string().nullable(),
      rows: z.int().nullable(),
      refusedLines: z.int(),
      receivedAt: instant,
    }),
  ),
  troubles: z.array(troubleView),
  recentRequests: z.array(directoryRequestRow),
});
export type DirectoryDetail = z.infer<typeof directoryDetail>;
/** POST directories/:id/read → 202: of one that is read, the reading begins; others are refused. */
