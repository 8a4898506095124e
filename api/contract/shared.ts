import { z } from 'zod';
import { comparedFields } from '../../onboarding/configuration-differences.ts';
import { errorCodes } from '../../onboarding/errors.ts';
import { modes } from '../../onboarding/modes.ts';
import { offeredFeatures, requirements, stepNames } from '../../onboarding/steps.ts';
import { troubleKinds } from '../../onboarding/troubles.ts';
import { trailKinds } from '../../onboarding/sign-in-checks.ts';

/** Shapes that the portal's and the dashboard's JSON endpoints have in common. Instants are ISO 8601 with ms, UTC. */

export const instant = z.iso.datetime().meta({ description: 'Instant, UTC, with milliseconds' });
export const waitingFor = z.enum(['customer', 'colleague', 'staff', 'dns', 'provider']);

/** RFC 9457 problem with a code of the closed list; `facts` fill the catalogue's words for the code. */
export const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.enum([...errorCodes, 'internal']),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  request_id: z.string(),
  /** Field → code, where single fields of a body are wrong. */
  fields: z.record(z.string(), z.string()).optional(),
});
export type Problem = z.infer<typeof problem>;

const stepView = z.strictObject({
  step: z.enum(stepNames),
  state: z.enum(['blocked', 'open', 'waiting', 'failed', 'skipped', 'done']),
  holder: z.enum(['customer', 'colleague', 'staff']),
  since: instant,
  cause: z.string().optional(),
});

const featureView = z.strictObject({
  feature: z.enum(offeredFeatures),
  requirement: z.enum(requirements),
  state: z.enum(['not_started', 'in_progress', 'waiting', 'skipped', 'done', 'repair']),
  steps: z.array(stepView),
  provider: z.strictObject({ id: z.string(), chosenBy: z.enum(['customer', 'vendor']) }).optional(),
});

/** The same shape as `onboarding/view.ts`; a type test holds the two together. */
export const onboardingView = z.strictObject({
  revision: z.int(),
  state: z.enum(['invited', 'opened', 'in_progress', 'live', 'closed', 'cancelled']),
  paused: z.boolean(),
  mode: z.enum(modes).optional(),
  remindersOn: z.boolean().optional(),
  stalledSince: instant.nullable(),
  waitingFor: waitingFor.nullable(),
  waitingSince: instant.nullable(),
  next: z.strictObject({ what: z.string(), at: instant }).nullable(),
  features: z.array(featureView),
  stepsDone: z.int(),
  stepsTotal: z.int(),
  liveAt: instant.nullable(),
});

/** The answer to every act on an onboarding: applied with the new view, or kept and applied in a moment (M58). */
export const stepResult = z.strictObject({
  status: z.enum(['applied', 'queued']),
  view: onboardingView,
});
export type StepResult = z.infer<typeof stepResult>;

export const timelineItem = z.strictObject({
  number: z.int(),
  at: instant,
  kind: z.string(),
  actor: z.strictObject({ type: z.string(), id: z.string(), name: z.string().nullable() }),
  step: z.enum(stepNames).nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type TimelineItem = z.infer<typeof timelineItem>;

/** Something live that needs a person, until it is well again. */
export const troubleView = z.strictObject({
  id: z.string(),
  kind: z.enum(troubleKinds),
  feature: z.enum(offeredFeatures),
  step: z.enum(stepNames),
  subjectId: z.string(),
  /** The provider or the domain; null where it is gone. */
  subject: z.string().nullable(),
  since: instant,
  cause: z.string().nullable(),
  endedAt: instant.nullable(),
});
export type TroubleView = z.infer<typeof troubleView>;

export const chipConnection = z.enum(['draft', 'not_tested', 'tested', 'live', 'failing', 'off']);
export const chipDirectory = z.enum(['waiting', 'linked', 'silent', 'invalid_credentials', 'held', 'off']);
export const chipDomain = z.enum([
  'waiting',
  'not_right',
  'verified',
  'lapsed',
  'conflict',
  'in_review',
  'failed',
  'refused',
]);
export const chipAttempt = z.enum(['in_progress', 'success', 'failed', 'timed_out']);

export const certificateView = z.strictObject({
  id: z.string(),
  subject: z.string(),
  fingerprint: z.string(),
  keyBits: z.int(),
  notBefore: instant,
  notAfter: instant,
  source: z.enum(['metadata', 'pasted', 'api', 'refresh', 'test', 'renewal']),
  retiredAt: instant.nullable(),
});

/** One row of P23's table: what each server answered to each name we asked. */
const dnsAnswer = z.strictObject({
  server: z.string(),
  name: z.string(),
  answer: z.array(z.string()),
  meaning: z.string(),
});

export const domainView = z.strictObject({
  id: z.string(),
  domain: z.string(),
  unicode: z.string(),
  /** Only where it is so: some of its letters can be taken for others [DOM-02]. */
  isConfusable: z.literal(true).optional(),
  chip: chipDomain,
  state: z.enum(['pending', 'verified', 'failed', 'lapsed', 'conflict']),
  strategy: z.enum(['dns', 'manual']),
  record: z
    .strictObject({ type: z.literal('TXT'), name: z.string(), host: z.string(), value: z.string() })
    .nullable(),
  since: instant,
  verifiedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  /** Since when the record of a proof is not found any more. */
  missingSince: instant.nullable(),
  /** Its record has gone, and until then people with its addresses still sign in. */
  worksUntil: instant.nullable(),
  lastLookedAt: instant.nullable(),
  nextLookAt: instant.nullable(),
  verdict: z
    .strictObject({
      kind: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
      answers: z.array(dnsAnswer),
    })
    .nullable(),
});
export type DomainView = z.infer<typeof domainView>;

/** What one attempt shows: list rows and, with `detail`, the cards of P11, P12 and S8. */
export const attemptView = z.strictObject({
  id: z.string(),
  reference: z.string(),
  origin: z.enum(['app', 'test', 'provider']),
  chip: chipAttempt,
  cause: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  email: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
  durationMs: z.int().nullable(),
  connectionId: z.string(),
  organizationId: z.string(),
  organizationName: z.string().nullable(),
  providerName: z.string().nullable(),
});
export type AttemptView = z.infer<typeof attemptView>;

export const attemptDetail = attemptView.extend({
  checks: z.array(z.strictObject({ check: z.string(), passed: z.boolean() })),
  profile: z
    .strictObject({
      idpId: z.string(),
      email: z.string().nullable(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      name: z.string().nullable(),
      groups: z.array(z.string()),
      custom: z.array(
        z.strictObject({
          key: z.string(),
          /** As the vendor names it; null where it has been removed since. */
          label: z.string().nullable().default(null),
          values: z.array(z.string()),
        }),
      ),
      /** Our field → the attribute that filled it. */
      sources: z.record(z.string(), z.string()),
      received: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })),
    })
    .nullable(),
  signed: z.string().nullable(),
  signedBy: z.string().nullable(),
  /** Sentences for this cause and this provider (`onboarding/sign-in-advice.ts`), null while nothing failed. */
  advice: z
    .strictObject({
      headline: z.string(),
      explanation: z.string(),
      fixWhere: z.string().nullable(),
      fixWhat: z.string().nullable(),
      copyValue: z.string().nullable(),
      expected: z.string().nullable(),
      received: z.string().nullable(),
      repair: z
        .enum(['trust_new_certificate', 'take_attribute', 'fetch_metadata_again', 'enter_again'])
        .nullable(),
    })
    .nullable(),
  requestXml: z.string().nullable(),
  responseXml: z.string().nullable(),
  /** What else went over the wire, in order, as text; secrets were taken out before it was kept. */
  trail: z.array(z.strictObject({ kind: z.enum(trailKinds), at: instant, text: z.string() })),
  timeline: z.array(z.strictObject({ at: instant, what: z.string() })),
});
export type AttemptDetail = z.infer<typeof attemptDetail>;

/** What differs between two configurations of a connection; secrets are named, never told. */
export const configurationDifferences = z.array(
  z.strictObject({
    field: z.enum(comparedFields),
    before: z.array(z.string()),
    after: z.array(z.string()),
  }),
);
export type ConfigurationDifferences = z.infer<typeof configurationDifferences>;

/** How far one person is in a guide; `copied` says when a value was, by `<step>.<placeholder or label>`. */
export const guideProgress = z.strictObject({
  copied: z.record(z.string(), instant),
  doneSteps: z.array(z.string()),
  /** Where the last visit ended. */
  currentStep: z.string().nullable(),
});
export type GuideProgress = z.infer<typeof guideProgress>;

/** What a connection used before, while it can be brought back. */
export const formerView = z.strictObject({
  id: z.string(),
  reason: z.enum(['switched', 'reset', 'brought_back']),
  wasLive: z.boolean(),
  providerName: z.string(),
  endedAt: instant,
  keptUntil: instant,
});
