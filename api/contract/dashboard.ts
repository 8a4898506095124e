import { z } from 'zod';
import { guideKinds } from '../../onboarding/providers/guides.ts';
import { offeredFeatures, stepNames } from '../../onboarding/steps.ts';
import { directoryLine } from './dashboard-directories.ts';
import { streamLine } from './setup-log-streams.ts';
import { brand } from './setup.ts';
import {
  attemptView,
  certificateView,
  chipConnection,
  configurationDifferences,
  domainView,
  formerView,
  instant,
  onboardingView,
  stepResult,
  timelineItem,
  troubleView,
  waitingFor,
} from './shared.ts';
import { featureChoices, mode, onboardingTemplate } from './tailoring.ts';

/**
 * The dashboard's JSON endpoints, below `/dashboard/api`. Cookie session of a member; every POST, PUT and DELETE
 * sends `X-Vestibule-Request: 1` and an `Idempotency-Key`. Errors are problems (`shared.ts`).
 */

const role = z.enum(['admin', 'developer', 'support', 'viewer']);

/** POST sign-in/code { email } → 204 always; POST sign-in { email, code } → 204; POST sign-out → 204. */
export const signInCodeBody = z.strictObject({ email: z.string().max(320) });
export const signInBody = z.strictObject({ email: z.string().max(320), code: z.string().regex(/^\d{6}$/) });

/** GET session */
export const staffSession = z.strictObject({
  handle: z.string(),
  member: z.strictObject({ id: z.string(), email: z.string(), name: z.string().nullable(), role }),
  environment: brand.extend({
    id: z.string(),
    name: z.string(),
    clientId: z.string(),
    /** How long an invitation's link lasts unless it says otherwise. */
    linkDays: z.int(),
    /** What an onboarding covers unless its invitation says otherwise. */
    onboardingTemplate,
  }),
  endsAt: instant,
  urls: z.strictObject({
    api: z.string(),
    portal: z.string(),
    testIdp: z.string().nullable(),
    temporal: z.string().nullable(),
    example: z.string().nullable(),
  }),
  /** Whether the sandbox's Test IdP, DNS and mailbox are there. */
  sandbox: z.boolean(),
  temporalAway: z.boolean(),
});
export type StaffSession = z.infer<typeof staffSession>;

/** GET first-run: five lines that tick when they really happened (S2). */
export const firstRun = z.strictObject({
  apiKeyShown: z.string().nullable(),
  steps: z.array(
    z.strictObject({
      step: z.enum(['key', 'onboarding_created', 'link_opened', 'signed_in', 'live']),
      doneAt: instant.nullable(),
    }),
  ),
  commands: z.strictObject({ curl: z.string(), node: z.string(), python: z.string() }),
  link: z.string().nullable(),
  events: z.array(z.strictObject({ id: z.string(), name: z.string(), at: instant })),
  skipped: z.boolean(),
});
export type FirstRun = z.infer<typeof firstRun>;
/** POST first-run/skip → 204 */

/** Every list takes `after` (a cursor from `next`) and `limit` ≤ 100. */
const page = { next: z.string().nullable() };

/** GET organizations?search=&after= */
const organizationRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  domains: z.array(z.strictObject({ domain: z.string(), chip: z.string() })),
  features: z.array(z.strictObject({ feature: z.enum(offeredFeatures), state: z.string() })),
  onboarding: z
    .strictObject({ id: z.string(), state: z.string(), stepsDone: z.int(), stepsTotal: z.int() })
    .nullable(),
  lastSignInAt: instant.nullable(),
  endsSoonest: instant.nullable(),
  createdAt: instant,
});
export const organizationList = z.strictObject({ organizations: z.array(organizationRow), ...page });
export type OrganizationList = z.infer<typeof organizationList>;

/** POST organizations; DELETE organizations/:id; POST organizations/:id/restore */
export const newOrganizationBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  domains: z.array(z.string().max(300)).max(20),
  contacts: z.array(z.string().max(320)).max(20),
});
export const createdOrganization = z.strictObject({ id: z.string() });
/** POST organizations/:id/contacts; DELETE …/contacts/:contact and POST …/contacts/:contact/revoke answer 204. */
export const newContactBody = z.strictObject({ email: z.string().max(320) });
export const createdContact = z.strictObject({ id: z.string() });

export const deleteOrganizationBody = z.strictObject({ name: z.string() });

export const linkView = z.strictObject({
  id: z.string(),
  kind: z.enum(['main', 'colleague', 'portal']),
  state: z.string(),
  delivery: z.enum(['mail', 'copy', 'redirect']),
  contact: z.string().nullable(),
  features: z.array(z.string()),
  openedTimes: z.int(),
  fetchedTimes: z.int(),
  lastOpenedAt: instant.nullable(),
  createdAt: instant,
  expiresAt: instant,
});

export const mailView = z.strictObject({
  id: z.string(),
  kind: z.string(),
  to: z.string(),
  subject: z.string(),
  state: z.string(),
  serverAnswer: z.string().nullable(),
  /** Over a limit of mails until then. */
  heldUntil: instant.nullable(),
  createdAt: instant,
  sentAt: instant.nullable(),
});

export const connectionView = z.strictObject({
  id: z.string(),
  name: z.string(),
  chip: chipConnection,
  state: z.string(),
  connectionType: z.string(),
  providerId: z.string().nullable(),
  providerName: z.string().nullable(),
  entityId: z.string(),
  acsUrl: z.string(),
  metadataUrl: z.string(),
  protocol: z.enum(['saml', 'oidc']),
  redirectUri: z.string(),
  oidcIssuer: z.string().nullable(),
  oidcClientId: z.string().nullable(),
  oidcSecretEndsOn: z.string().nullable(),
  idpEntityId: z.string().nullable(),
  idpSsoUrl: z.string().nullable(),
  idpMetadataUrl: z.string().nullable(),
  certificates: z.array(certificateView),
  attributeMapping: z.record(z.string(), z.string()),
  signedFloor: z.string(),
  testedAt: instant.nullable(),
  activatedAt: instant.nullable(),
  signInUrl: z.string(),
  createdAt: instant,
});

/** GET organizations/:id (S4) */
export const organizationDetail = z.strictObject({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  createdAt: instant,
  domains: z.array(domainView),
  connections: z.array(connectionView),
  directories: z.array(directoryLine),
  logStreams: z.array(streamLine),
  contacts: z.array(
    z.strictObject({
      id: z.string(),
      email: z.string(),
      lastOpenedAt: instant.nullable(),
      bounced: z.boolean(),
    }),
  ),
  links: z.array(linkView),
  onboarding: z
    .strictObject({ id: z.string(), number: z.int(), view: onboardingView, sentence: z.string() })
    .nullable(),
  onboardings: z.array(
    z.strictObject({ id: z.string(), number: z.int(), state: z.string(), createdAt: instant }),
  ),
  /** What needs repair now. */
  troubles: z.array(troubleView),
  recentAttempts: z.array(attemptView),
});
export type OrganizationDetail = z.infer<typeof organizationDetail>;

/** POST organizations/:id/invitations (S4). A copied link is in the answer once. */
export const invitationBody = z.strictObject({
  features: featureChoices,
  /** Left out: as the environment says, or as it is. */
  mode: mode.optional(),
  /** Chosen for the customer where it is known. */
  providerId: z.string().max(60).optional(),
  delivery: z.enum(['mail', 'copy']),
  email: z.string().max(320).nullable(),
  lifeDays: z.int().min(1).max(30),
  note: z.string().max(600),
});
export const invitationResult = stepResult.extend({
  onboardingId: z.string(),
  link: z.string().nullable(),
  /** Ready text that says what the link is for and how long it lives. */
  text: z.string().nullable(),
  replaced: z.strictObject({ sentAt: instant, to: z.string().nullable() }).nullable(),
});
export type InvitationResult = z.infer<typeof invitationResult>;

/** GET onboardings?view=ours|stalled|moving|live|all&after= (S5) */
const onboardingRow = z.strictObject({
  id: z.string(),
  organizationId: z.string(),
  organizationName: z.string(),
  number: z.int(),
  state: z.string(),
  stage: z.string().nullable(),
  needsRepair: z.boolean(),
  waitingFor: waitingFor.nullable(),
  waitingSince: instant.nullable(),
  stalledSince: instant.nullable(),
  providerName: z.string().nullable(),
  lastActAt: instant.nullable(),
  createdAt: instant,
  stepsDone: z.int(),
  stepsTotal: z.int(),
});
export const onboardingList = z.strictObject({
  onboardings: z.array(onboardingRow),
  counts: z.strictObject({ ours: z.int(), stalled: z.int(), moving: z.int(), live: z.int(), all: z.int() }),
  stages: z.array(z.strictObject({ stage: z.string(), count: z.int(), medianAgeMs: z.int() })),
  ...page,
});
export type OnboardingList = z.infer<typeof onboardingList>;

/** GET onboardings/:id (S6) */
export const onboardingDetail = z.strictObject({
  id: z.string(),
  number: z.int(),
  origin: z.string(),
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  view: onboardingView,
  /** What staff said of steps that they handed back, as long as these are to do. */
  stepNotes: z.array(z.strictObject({ step: z.enum(stepNames), note: z.string() })),
  /** Facts of the first sentence: where they are stuck. */
  stuck: z.strictObject({
    step: z.string().nullable(),
    failures: z.int(),
    lastFailureAt: instant.nullable(),
    cause: z.string().nullable(),
  }),
  upcoming: z.array(z.strictObject({ what: z.string(), at: instant })),
  /** What it was to repair, over or not, oldest first. */
  troubles: z.array(troubleView),
  timeline: z.array(timelineItem),
  links: z.array(linkView),
  mails: z.array(mailView),
  people: z.array(
    z.strictObject({ id: z.string(), email: z.string(), role: z.string(), lastOpenedAt: instant.nullable() }),
  ),
  undoCancelUntil: instant.nullable(),
  temporalAway: z.boolean(),
  queuedCommands: z.int(),
});
export type OnboardingDetail = z.infer<typeof onboardingDetail>;

/** POST onboardings/:id/remind, /cancel, /undo-cancel answer stepResult; /fresh-link { delivery } answers invitationResult. */
export const freshLinkBody = z.strictObject({ delivery: z.enum(['mail', 'copy']) });

/** GET onboardings/:id/workflow: the engine's history, folded per intent (S6 Workflow). */
export const workflowView = z.strictObject({
  available: z.boolean(),
  currentDetails: z.string().nullable(),
  status: z.string().nullable(),
  runs: z.array(
    z.strictObject({
      runId: z.string(),
      startedAt: instant,
      closedAt: instant.nullable(),
      status: z.string(),
    }),
  ),
  pending: z.array(
    z.strictObject({
      activity: z.string(),
      attempt: z.int(),
      lastFailure: z.string().nullable(),
      nextAttemptAt: instant.nullable(),
    }),
  ),
  folded: z.array(
    z.strictObject({
      at: instant,
      kind: z.enum([
        'started',
        'command',
        'fact',
        'effect',
        'timer',
        'child',
        'continued',
        'failed',
        'ended',
      ]),
      title: z.string(),
      tries: z.int(),
      durationMs: z.int().nullable(),
      eventIds: z.array(z.int()),
    }),
  ),
  temporalUrl: z.string().nullable(),
});
export type WorkflowView = z.infer<typeof workflowView>;
/** GET onboardings/:id/workflow/events?runId=&ids= : raw events; payloads decoded, and the view audited. */
export const rawEvents = z.strictObject({ events: z.array(z.json()) });

/** GET connections/:id (S7), GET attempts?organization=&connection=&state=&cause=&origin=&after= (S8), GET attempts/:id = attemptDetail */
export const connectionDetail = connectionView.extend({
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  attempts: z.array(attemptView),
  perDay: z.array(z.strictObject({ day: z.string(), worked: z.int(), failed: z.int() })),
  /** What is asked of the provider beyond the least; null where the protocol has none of it. */
  options: z
    .strictObject({
      signRequests: z.boolean(),
      encryptAssertions: z.boolean(),
      forceAuthn: z.boolean(),
      allowIdpInitiated: z.boolean(),
      singleLogout: z.boolean(),
    })
    .nullable(),
  rawSettings: z.record(z.string(), z.json()),
  /** Sign-ins refused within a day, tests apart, and what most of them failed for. */
  recentFailures: z.int(),
  topCause: z.string().nullable(),
  /** What needs repair about it. */
  troubles: z.array(troubleView),
  domains: z.array(domainView.pick({ id: true, unicode: true, chip: true })),
  /** The copy that somebody edits beside the settings in use. */
  draft: z
    .strictObject({
      heldBy: z.string().nullable().meta({ description: 'masked address of who edits it' }),
      startedAt: instant,
      changedAt: instant,
      testedAt: instant.nullable(),
      differences: configurationDifferences,
    })
    .nullable(),
  /** What it used before. POST connections/:id/formers/:former/bring-back brings it back and answers this shape. */
  formers: z.array(formerView),
});
export const attemptPage = z.strictObject({ attempts: z.array(attemptView), ...page });

/** GET guide-reports?state=new|seen&after=; POST guide-reports/:id/seen answers guideReportRow. */
export const guideReportRow = z.strictObject({
  id: z.string(),
  guide: z.enum(guideKinds),
  providerId: z.string(),
  providerName: z.string(),
  /** Which of the provider's ways; null where it has one only. */
  way: z.string().nullable(),
  stepId: z.string(),
  stepTitle: z.string(),
  note: z.string(),
  organizationId: z.string(),
  organizationName: z.string(),
  subjectId: z.string(),
  /** The guide's date when it was reported, and its date now: later means that it was checked since. */
  checkedOn: z.string(),
  checkedNowOn: z.string().nullable(),
  createdAt: instant,
  seenAt: instant.nullable(),
});
export const guideReportPage = z.strictObject({ reports: z.array(guideReportRow), ...page });

/**
 * GET domains?search=&state=&after= (S10). GET domains/:id, POST domains/:id/check, /verify and /decide answer
 * domainDetail.
 */
export const domainRow = domainView.extend({ organizationId: z.string(), organizationName: z.string() });
export const domainDetail = domainRow.extend({
  /**
   * Staff decide. `proved_twice`: they may give it to this one, and take it from whoever holds it. `below`: its name is
   * part of a domain that another holds, and keeps; they may approve it. Until it is decided they may also refuse it.
   */
  contest: z
    .strictObject({
      kind: z.enum(['proved_twice', 'below']),
      holder: z
        .strictObject({ organizationId: z.string(), organizationName: z.string(), domain: z.string() })
        .nullable(),
    })
    .nullable(),
});
/** Why staff decide, or vouch for a domain: for the log. */
export const domainNoteBody = z.strictObject({ note: z.string().trim().min(1).max(500) });
export const domainPage = z.strictObject({ domains: z.array(domainRow), ...page });

/** GET live: server-sent hints for staff pages. */
export const staffHint = z.strictObject({
  kind: z.enum(['onboarding', 'attempt', 'domain', 'directory', 'log_stream', 'event', 'audit', 'mail']),
  id: z.string(),
});
