import { z } from 'zod';
import { streamChips } from '../../onboarding/log-streams.ts';
import { guideKinds } from '../../onboarding/providers/guides.ts';
import { offeredFeatures, stepNames } from '../../onboarding/steps.ts';
import {
  chipConnection,
  chipDirectory,
  configurationDifferences,
  domainView,
  instant,
  onboardingView,
  timelineItem,
  troubleView,
} from './shared.ts';

/**
 * The portal's JSON endpoints, below `/setup/<handle>/api`. Cookie session; every request sends
 * `X-Vestibule-Session` (the public handle of the session the page was drawn for), every POST, PUT and DELETE also
 * `X-Vestibule-Request: 1` and an `Idempotency-Key`. Errors are problems (`shared.ts`).
 */

export const brand = z.strictObject({
  handle: z.string(),
  vendorName: z.string(),
  productName: z.string(),
  supportEmail: z.string().nullable(),
  supportHours: z.string().nullable(),
  intro: z.string().nullable(),
  kind: z.enum(['sandbox', 'production']),
});
export type Brand = z.infer<typeof brand>;

/** GET session */
export const setupSession = z.strictObject({
  handle: z.string(),
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  brand,
  contact: z.string().nullable().meta({ description: 'masked address of the contact the link was sent to' }),
  features: z.array(z.enum(offeredFeatures)),
  intent: z.string().nullable(),
  /** Whether it is one of the vendor's people who looks along. */
  isStaff: z.boolean(),
  linkEndsAt: instant,
  /** Its link was made for this one opening: who comes again comes from the vendor's product. */
  opensOnce: z.boolean(),
  idleEndsAt: instant,
  endsAt: instant,
  /** A link whose work is done opens read-only. */
  readOnly: z.boolean(),
  returnUrl: z.string().nullable(),
  successUrl: z.string().nullable(),
});
export type SetupSession = z.infer<typeof setupSession>;

/** POST session/extend answers setupSession; POST session/finish answers where to go. */
export const sessionFinished = z.strictObject({ location: z.string().nullable() });

/** The acts that need a code [LNK-10]; `subject` is the id of what the act is about. */
const dangerousActs = [
  'switch_draft',
  'switch_back',
  'bring_back',
  'reset',
  'repair',
  'delete',
  'accept_form',
  'choose_domains',
  'renew_certificate',
  'directory_token',
  'directory_reset',
  'directory_delete',
  'directory_switch',
  'directory_bring_back',
  'directory_credentials',
  'directory_roles',
  'stream_settings',
  'stream_delete',
] as const;
export type DangerousAct = (typeof dangerousActs)[number];
/** POST codes. `contactId` names the recipient where the link names nobody. */
export const askCodeBody = z.strictObject({
  act: z.enum(dangerousActs),
  subject: z.string().min(1).max(80),
  contactId: z.string().max(60).nullable().optional(),
});
export const codeAsked = z.strictObject({
  /** `portal_link`: no code is needed; `open_again`: only the vendor's product can vouch again. */
  state: z.enum(['mailed', 'choice', 'portal_link', 'open_again']),
  to: z.string().nullable().meta({ description: 'masked address that the code went to' }),
  recipients: z.array(z.strictObject({ id: z.string(), address: z.string() })),
  expiresAt: instant.nullable(),
  /** Earliest instant at which a new code is sent. */
  againAt: instant.nullable(),
});
export type CodeAsked = z.infer<typeof codeAsked>;
/** What an act that needs a code takes beside its own input. */
export const actCode = z
  .string()
  .regex(/^\d{6}$/)
  .optional();

/** What takes a code and nothing else. */
export const provedBody = z.strictObject({ code: actCode });

/** P15: what is edited beside the live settings. */
export const draftView = z.strictObject({
  id: z.string(),
  /** Whether this session edits it; somebody else's is for looking, or for taking over. */
  isMine: z.boolean(),
  heldBy: z.string().nullable().meta({ description: 'masked address of who edits it' }),
  startedAt: instant,
  changedAt: instant,
  /** When exactly these settings passed a test. */
  testedAt: instant.nullable(),
  testedEmail: z.string().nullable(),
  differences: configurationDifferences,
});
export type DraftView = z.infer<typeof draftView>;

/** GET home */
export const home = z.strictObject({
  view: onboardingView.nullable(),
  allDone: z.boolean(),
  /** Since when one of the vendor's people looks along; null while nobody does. */
  staffBesideSince: instant.nullable(),
  nextStep: z.strictObject({ feature: z.string(), step: z.string() }).nullable(),
  /** What staff said of steps that they handed back and that are still to do. */
  stepNotes: z.array(z.strictObject({ step: z.enum(stepNames), note: z.string() })),
  sinceYouWereHere: z.array(timelineItem),
  timeline: z.array(timelineItem),
  connection: z
    .strictObject({
      id: z.string(),
      providerId: z.string().nullable(),
      providerName: z.string().nullable(),
      chip: chipConnection,
      activatedAt: instant.nullable(),
      certificateEndsAt: instant.nullable(),
      certificateRenewsItself: z.boolean(),
    })
    .nullable(),
  /** Every connection, oldest first; `connection` is the one that the journey is about. */
  connections: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      chip: chipConnection,
      activatedAt: instant.nullable(),
      /** The domains that were chosen for it; null: all of the organization's. */
      domains: z.array(z.string()).nullable(),
      /** What the two sides are known by: by OpenID Connect ours is the redirect URI, and the provider's its issuer. */
      values: z.strictObject({
        entityId: z.string().nullable(),
        acsUrl: z.string().nullable(),
        redirectUri: z.string().nullable(),
        provider: z.string().nullable(),
      }),
    }),
  ),
  /** The directory that the journey is about. */
  directory: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      chip: chipDirectory,
      linkedAt: instant.nullable(),
      /** How many of its people are active. */
      people: z.int(),
      /** A first list has come, of which nobody is taken before somebody has looked at it. */
      isListWaiting: z.boolean(),
    })
    .nullable(),
  /** Where audit events go, oldest first. */
  logStreams: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      chip: z.enum(streamChips),
      startedAt: instant.nullable(),
      lastSentAt: instant.nullable(),
    }),
  ),
  /**
   * Why nobody can sign in any more, of what the session covers; `id` is what was reset or deleted, as long as it can be
   * brought back. Null where people can sign in, or never could.
   */
  signInStopped: z
    .discriminatedUnion('how', [
      z.strictObject({ how: z.literal('off'), provider: z.string() }),
      z.strictObject({
        how: z.enum(['reset', 'deleted']),
        id: z.string(),
        provider: z.string(),
        at: instant,
        keptUntil: instant,
      }),
    ])
    .nullable(),
  /** One that serves people is there, so that another can stand beside it. */
  mayAddConnection: z.boolean(),
  /** A draft that waits to be gone on with. */
  draft: draftView.pick({ isMine: true, heldBy: true, startedAt: true, changedAt: true }).nullable(),
  domains: z.array(domainView),
  /** What needs repair now, of what the session covers. */
  troubles: z.array(troubleView),
  people: z.array(z.strictObject({ name: z.string(), role: z.string(), since: instant })),
  temporalAway: z.boolean(),
});
export type Home = z.infer<typeof home>;

/** POST features/:feature/skip and .../take-back answer stepResult. */

export const saved = z.strictObject({ savedAt: instant });

/**
 * POST guide-reports answers { savedAt }: this step no longer looks as the guide says. `subjectId` is the log stream or the
 * domain; of connections and directories the page's one is meant.
 */
export const guideReportBody = z.strictObject({
  guide: z.enum(guideKinds),
  subjectId: z.string().max(80).optional(),
  stepId: z.string().max(80),
  note: z.string().trim().max(1000).optional(),
});
