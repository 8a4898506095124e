import { z } from 'zod';
import { directoryCalls } from '../../onboarding/directory-checklist.ts';
import { directoryRequestCauses, directoryRequestKinds } from '../../onboarding/directory-requests.ts';
import { directoryRoads } from '../../onboarding/providers/directory/provider.ts';
import { actCode } from './setup.ts';
import { guideProgressBody } from './setup-connections.ts';
import { chipDirectory, guideProgress, instant, onboardingView } from './shared.ts';

/** The portal's JSON endpoints about the directory that the journey is about, below `/setup/<handle>/api`. */

/** GET directory/sources?query= */
export const directorySources = z.strictObject({
  /** The directory of the provider that people sign in with. */
  suggestion: z.strictObject({ sourceId: z.string(), name: z.string() }).nullable(),
  sources: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      mark: z.string(),
      matchedName: z.string().nullable(),
      /** When changes arrive, as one sentence. */
      rhythm: z.string(),
      needs: z.array(z.string()),
      /** Where there are several: each with its guide, the recommended one first. */
      ways: z.array(z.strictObject({ id: z.string(), label: z.string(), gain: z.string() })),
    }),
  ),
});
export type DirectorySources = z.infer<typeof directorySources>;

/** POST directory/source answers stepResult; the directory is made with the first choice. */
export const chooseSourceBody = z.strictObject({ sourceId: z.string().max(60) });

/** A token, without the token. */
const directoryToken = z.strictObject({
  id: z.string(),
  suffix: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  firstUsedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
});
export type DirectoryToken = z.infer<typeof directoryToken>;

/** Where a thing stands in the source's console. */
const consoleField = z.strictObject({
  path: z.array(z.string()),
  label: z.string(),
  choice: z.string().nullable(),
});

/** One call that the client is to make, and how it went last. */
const awaitedCall = z.strictObject({
  call: z.enum(directoryCalls),
  state: z.enum(['open', 'done', 'failed']),
  at: instant.nullable(),
  /** Whom it was about: a masked address, or the name of a group. */
  subject: z.string().nullable(),
  status: z.int().nullable(),
  cause: z.enum(directoryRequestCauses).nullable(),
  /** Where it is mended; null where nothing in the console would help. */
  where: consoleField.nullable(),
  requestId: z.string().nullable(),
});

/** *Run a provisioning test*: one person created, changed, deactivated, from its start on. */
const provisioningTest = z.strictObject({
  startedAt: instant,
  /** Whom it is about, once somebody was created; masked. */
  person: z.string().nullable(),
  steps: z.array(awaitedCall),
});
export type ProvisioningTest = z.infer<typeof provisioningTest>;

const directoryHold = z.strictObject({
  id: z.string(),
  reason: z.enum(['many_leave', 'first_file', 'switch']),
  since: instant,
  /** How many would leave, of how many that were active. */
  leaving: z.int(),
  activeBefore: z.int(),
  /** How many had left in the hour before, and are not kept by it. */
  leftBefore: z.int(),
});
export type DirectoryHold = z.infer<typeof directoryHold>;

/** A change that was discarded, and whom the source still does without. */
const keptPeople = z.strictObject({ holdId: z.string(), people: z.int(), since: instant });

const directoryView = z.strictObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  road: z.enum(directoryRoads),
  sourceId: z.string().nullable(),
  chip: chipDirectory,
  baseUrl: z.string(),
  createdAt: instant,
  linkedAt: instant.nullable(),
  lastRequestAt: instant.nullable(),
  lastChangedAt: instant.nullable(),
  silentSince: instant.nullable(),
  credentialsFailingSince: instant.nullable(),
  /** When the newest list of people came, where it was not taken; null of one that was. */
  listRefusedAt: instant.nullable(),
  counts: z.strictObject({ active: z.int(), inactive: z.int(), groups: z.int() }),
  /** Those that run, oldest first. */
  tokens: z.array(directoryToken),
  /** By which the client called last, and calls in vain since it has ended. */
  endedToken: z.strictObject({ suffix: z.string(), endedAt: instant }).nullable(),
  hold: directoryHold.nullable(),
  /** Those who go on being shown although the source has let them go; null where there is none. */
  kept: keptPeople.nullable(),
  /** What a switch to another source is prepared for. */
  switchTo: z.strictObject({ name: z.string(), sourceId: z.string().nullable() }).nullable(),
});
export type DirectoryView = z.infer<typeof directoryView>;

/** GET directory: all that the directory pages share; `guide` is the filled guide of `onboarding/providers/directory`. */
export const directoryState = z.strictObject({
  view: onboardingView.nullable(),
  directory: directoryView.nullable(),
  guide: z.json().nullable(),
  /** An admin can consent at the source instead, for which there is nothing to do in its console. */
  offersConsent: z.boolean(),
  progress: guideProgress,
  checklist: z.array(
    awaitedCall.extend({
      need: z.enum(['needed', 'nice']),
      /** What makes it happen now. */
      trigger: z.string(),
    }),
  ),
  /** When a client that calls by the clock is to be expected next. */
  nextCallAt: instant.nullable(),
  test: provisioningTest.nullable(),
  formers: z.array(
    z.strictObject({
      id: z.string(),
      reason: z.enum(['switched', 'reset', 'brought_back']),
      name: z.string(),
      endedAt: instant,
      keptUntil: instant,
    }),
  ),
});
export type DirectoryState = z.infer<typeof directoryState>;
export type AwaitedCall = DirectoryState['checklist'][number];

/** PUT directory/progress answers { savedAt } */
export const directoryProgressBody = guideProgressBody;

/** POST directory/tokens: the token itself, this once. The second and later ones of a linked directory need a code. */
export const makeTokenBody = z.strictObject({
  /** Null: it does not end by itself. */
  days: z.int().min(1).max(1095).nullable().optional(),
  code: actCode,
});
export const tokenMade = z.strictObject({ token: z.string(), made: directoryToken });
export type TokenMade = z.infer<typeof tokenMade>;
/** POST directory/tokens/:id/retire answers { savedAt }. */

/** POST directory/connection-done answers stepResult. */
/** POST directory/test and directory/test/stop answer { savedAt }. */

/** GET directory/requests?refused=true&after=, newest first */
export const requestList = z.strictObject({
  requests: z.array(
    z.strictObject({
      id: z.string(),
      at: instant,
      method: z.string(),
      path: z.string(),
      status: z.int(),
      milliseconds: z.int(),
      kind: z.enum(directoryRequestKinds),
      cause: z.enum(directoryRequestCauses).nullable(),
      subject: z.string().nullable(),
      client: z.string().nullable(),
      where: consoleField.nullable(),
      requestBody: z.string().nullable(),
      responseBody: z.string().nullable(),
    }),
  ),
  after: z.string().nullable(),
});
export type RequestList = z.infer<typeof requestList>;

const directoryPerson = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  userName: z.string(),
  state: z.enum(['active', 'inactive', 'suspended']),
});

/** GET directory/people?search=&after= */
export const peopleList = z.strictObject({ people: z.array(directoryPerson), after: z.string().nullable() });
export type PeopleList = z.infer<typeof peopleList>;

/** GET directory/groups?search=&after= */
export const groupList = z.strictObject({
  groups: z.array(z.strictObject({ id: z.string(), name: z.string(), members: z.int(), changedAt: instant })),
  after: z.string().nullable(),
});
export type GroupList = z.infer<typeof groupList>;

/** POST directory/hold/:id/apply, discard (no body), let-leave (no body) answer { savedAt }. */
export const applyHoldBody = z.strictObject({
  /** How many would leave, as the page said: nobody agrees to more. */
  people: z.int().optional(),
});

/**
 * GET directory/hold?after=: whom the open hold is about; null where nothing is on hold any more, and `decided` what was
 * decided last.
 */
export const holdReview = z.strictObject({
  hold: directoryHold.nullable(),
  /** `withdrawn`: everybody in it is back in the source. */
  decided: z
    .strictObject({ decision: z.enum(['applied', 'discarded', 'withdrawn']), at: instant })
    .nullable(),
  /** Where nothing is on hold: a change that was discarded, whose people may leave after all. */
  kept: keptPeople.nullable(),
  /** The top role, where somebody has it and nobody would once these people have left. */
  roleLost: z.string().nullable(),
  /** Of the change that is on hold, or of the one that was discarded. */
  people: z.array(directoryPerson.extend({ becomes: z.enum(['inactive', 'removed']) })),
  after: z.string().nullable(),
});
export type HoldReview = z.infer<typeof holdReview>;
/** POST directory/hold/:id/apply, directory/hold/:id/discard and directory/hold/:id/let-leave answer { savedAt }. */

/** GET directory/attributes?person= */
export const directoryAttributes = z.strictObject({
  fields: z.array(
    z.strictObject({
      field: z.string(),
      /** The vendor's own name for one of theirs; null for a standard field, which the catalogue names. */
      label: z.string().nullable(),
      /** Where it is read; empty for what is read without a path unless somebody says otherwise. */
      path: z.string(),
      isDefault: z.boolean(),
      /** What was read without a path, for the person looked at. */
      read: z.string().nullable(),
    }),
  ),
  /** Somebody who has come, to see the mapping by. */
  person: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  people: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** What really arrived for that person: each path with its value. */
  received: z.array(z.strictObject({ path: z.string(), value: z.string() })),
  /** The same as it came, to follow any other path in it; empty where nobody is looked at. */
  raw: z.record(z.string(), z.unknown()),
});
export type DirectoryAttributes = z.infer<typeof directoryAttributes>;
/** PUT directory/attributes answers { savedAt }; an empty path takes the default. */
export const directoryAttributesBody = z.strictObject({
  mapping: z.record(z.string().max(80), z.string().max(300)),
});

/** GET directory/deletion: what deleting it would come to. */
export const directoryDeletion = z.strictObject({
  /** Active people, who would be gone. */
  people: z.int(),
  /** The top role, where somebody has it and nobody would. */
  roleLost: z.string().nullable(),
});
export type DirectoryDeletion = z.infer<typeof directoryDeletion>;

/** POST directory/reset, directory/delete (provedBody) answer stepResult. */

/**
 * POST directory/switch (chooseSourceBody with a code) prepares; GET directory/switch?kind=&after= shows what it would do, and
 * GET directory/formers/:id?kind=&after= what bringing that set-up back would.
 */
export const startSwitchBody = chooseSourceBody.extend({ code: actCode });
export const switchKinds = ['appear', 'vanish', 'stay', 'roles'] as const;
export const switchPreview = z.strictObject({
  /** `roles`: of those who stay, who has other roles then. */
  counts: z.strictObject({ appear: z.int(), vanish: z.int(), stay: z.int(), roles: z.int() }),
  /** Groups that give a role: one that has not come under its name gives none after the switch. */
  roles: z.array(z.strictObject({ group: z.string(), role: z.string(), isKept: z.boolean() })),
  /** The top role, where somebody has it and nobody would (M37). */
  roleLost: z.string().nullable(),
  kind: z.enum(switchKinds),
  people: z.array(
    directoryPerson.extend({
      /** Names of their roles, where they change. */
      move: z.strictObject({ before: z.array(z.string()), after: z.array(z.string()) }).nullable(),
    }),
  ),
  after: z.string().nullable(),
});
export type SwitchPreview = z.infer<typeof switchPreview>;
/** POST directory/switch/confirm and directory/formers/:id/bring-back (confirmSwitchBody), directory/switch/discard answer stepResult. */
export const confirmSwitchBody = z.strictObject({
  code: actCode,
  /** How many would vanish, as the page said: nobody agrees to more. */
  vanish: z.int().optional(),
});
