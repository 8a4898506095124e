import { z } from 'zod';
import { oidcClientAuths, oidcTokenAlgs } from '../../onboarding/connection-configuration.ts';
import { metadataCauses } from '../../onboarding/metadata-health.ts';
import { oidcFields } from '../../onboarding/oidc-preflight.ts';
import { streamChips } from '../../onboarding/log-streams.ts';
import { guideKinds } from '../../onboarding/providers/guides.ts';
import { offeredFeatures, stepNames } from '../../onboarding/steps.ts';
import {
  attemptView,
  certificateView,
  chipConnection,
  chipDirectory,
  configurationDifferences,
  domainView,
  formerView,
  guideProgress,
  instant,
  onboardingView,
  stepResult,
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
    })
    .nullable(),
  /** Where audit events go, oldest first. */
  logStreams: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      chip: z.enum(streamChips),
      lastSentAt: instant.nullable(),
    }),
  ),
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

/** GET sso/providers?query= */
export const providerList = z.strictObject({
  suggestion: z
    .strictObject({
      providerId: z.string(),
      name: z.string(),
      reason: z.string(),
      evidence: z.record(z.string(), z.string()),
    })
    .nullable(),
  providers: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      mark: z.string(),
      matchedName: z.string().nullable(),
      /** Where there are several: each with its guide, the recommended one first. */
      ways: z.array(z.strictObject({ id: z.string(), label: z.string(), gain: z.string() })),
    }),
  ),
});
export type ProviderList = z.infer<typeof providerList>;

/** POST sso/provider */
export const chooseProviderBody = z.strictObject({ providerId: z.string().max(60) });

const connectionSwitches = [
  'signRequests',
  'encryptAssertions',
  'forceAuthn',
  'allowIdpInitiated',
  'singleLogout',
] as const;
export type ConnectionSwitch = (typeof connectionSwitches)[number];

/** How an answer is signed. */
const answerForm = z.enum(['one', 'assertion', 'response', 'both']);

/** GET sso: all that the SSO pages need; `guide` is the filled guide of `onboarding/providers/sign-in`. */
const ssoConnection = z.strictObject({
  id: z.string(),
  name: z.string(),
  chip: chipConnection,
  state: z.string(),
  providerId: z.string().nullable(),
  protocol: z.enum(['saml', 'oidc']),
  serviceProvider: z.strictObject({
    entityId: z.string(),
    acsUrl: z.string(),
    metadataUrl: z.string(),
    loginUrl: z.string(),
    redirectUri: z.string(),
    /** Our public keys, for a provider that takes no secret. */
    jwksUrl: z.string(),
  }),
  identityProvider: z
    .strictObject({
      entityId: z.string(),
      ssoUrl: z.string(),
      metadataUrl: z.string().nullable(),
      /** The certificate whose key the metadata has to be signed with. */
      metadataKey: z.strictObject({ pem: z.string(), fingerprint: z.string() }).nullable(),
      certificates: z.array(certificateView),
    })
    .nullable(),
  /** Of OpenID Connect, without the secret: that it is there, and since when. */
  openIdProvider: z
    .strictObject({
      issuer: z.string(),
      discoveryUrl: z.string(),
      clientId: z.string(),
      clientAuth: z.enum(oidcClientAuths),
      tokenAlg: z.enum(oidcTokenAlgs),
      hasSecret: z.boolean(),
      secretSetAt: instant.nullable(),
      secretEndsOn: z.string().nullable(),
    })
    .nullable(),
  attributeMapping: z.record(z.string(), z.string()),
  /** What is asked of the provider beyond the least. */
  options: z.strictObject({
    /** Those that the protocol and the provider have. */
    offered: z.array(z.enum(connectionSwitches)),
    signRequests: z.boolean(),
    encryptAssertions: z.boolean(),
    forceAuthn: z.boolean(),
    allowIdpInitiated: z.boolean(),
    singleLogout: z.boolean(),
    /** Where the provider takes logout requests, by its metadata; without it there is no single logout. */
    idpSloUrl: z.string().nullable(),
    /** PEM; what the provider checks our requests with. */
    signingCertificate: z.string().nullable(),
    /** PEM; what the provider encrypts for us with, the newest first. */
    encryptionCertificates: z.array(z.string()),
  }),
  testedAt: instant.nullable(),
  testedEmail: z.string().nullable(),
  changedSinceTest: z.boolean(),
  activatedAt: instant.nullable(),
  /** Set up beside one that has served people, and so beside the journey. */
  isAdditional: z.boolean(),
  /** The least that an answer must have signed, and whether it must be encrypted; null without such a thing. */
  accepted: z.strictObject({ signed: answerForm, encrypted: z.boolean() }).nullable(),
  recentFailures: z.int(),
  topCause: z.string().nullable(),
  /** What needs repair about it. */
  troubles: z.array(troubleView),
});
/** What a connection used before and can use again, newest first. */
export type FormerView = z.infer<typeof formerView>;

/** A connection that was deleted and can be brought back, newest first. */
const deletedView = z.strictObject({
  id: z.string(),
  providerName: z.string(),
  wasLive: z.boolean(),
  deletedAt: instant,
  keptUntil: instant,
});

export const ssoState = z.strictObject({
  view: onboardingView.nullable(),
  /** What the set-up pages edit: the draft of this session's own, or the connection. */
  connection: ssoConnection.nullable(),
  /** What people sign in with while `connection` is a draft; else null. */
  serving: ssoConnection.nullable(),
  draft: draftView.nullable(),
  formers: z.array(formerView),
  deleted: z.array(deletedView),
  /** The vendor has roles, so that groups of the sign-ins may give them. */
  hasRoles: z.boolean(),
  guide: z.json().nullable(),
  progress: guideProgress,
  drafts: z.strictObject({
    way: z.enum(['metadata_url', 'metadata_file', 'manual']).nullable(),
    metadataUrl: z.string(),
    metadataText: z.string(),
    entityId: z.string(),
    ssoUrl: z.string(),
    certificate: z.string(),
    signingCertificate: z.string(),
    discoveryUrl: z.string(),
    clientId: z.string(),
    secretEndsOn: z.string(),
  }),
});
export type SsoState = z.infer<typeof ssoState>;

/** What changed of it. PUT sso/progress answers { savedAt } */
export const guideProgressBody = z.strictObject({
  copied: z.record(z.string().max(80), instant).optional(),
  doneSteps: z.array(z.string().max(80)).max(50).optional(),
  currentStep: z.string().max(80).nullable().optional(),
});
/** PUT sso/drafts answers { savedAt } */
export const draftsBody = z.strictObject({
  way: z.enum(['metadata_url', 'metadata_file', 'manual']).nullable().optional(),
  metadataUrl: z.string().max(2000).optional(),
  metadataText: z.string().max(1_100_000).optional(),
  entityId: z.string().max(1000).optional(),
  ssoUrl: z.string().max(2000).optional(),
  certificate: z.string().max(40_000).optional(),
  signingCertificate: z.string().max(40_000).optional(),
  discoveryUrl: z.string().max(2000).optional(),
  clientId: z.string().max(1000).optional(),
  secretEndsOn: z.string().max(20).optional(),
});
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

/** POST sso/configuration-done answers stepResult. */

/** POST sso/metadata/check and POST sso/metadata. `accepted` says that amber findings were read. */
export const metadataBody = z.discriminatedUnion('way', [
  z.strictObject({
    way: z.literal('metadata_url'),
    url: z.string().max(2000),
    /** Whose key signs what the address answers; empty for none, left out for the one that is agreed already. */
    signingCertificate: z.string().max(40_000).optional(),
    entityId: z.string().max(1000).optional(),
    accepted: z.boolean().optional(),
  }),
  z.strictObject({
    way: z.literal('metadata_file'),
    text: z.string().max(1_100_000),
    entityId: z.string().max(1000).optional(),
    accepted: z.boolean().optional(),
  }),
  z.strictObject({
    way: z.literal('manual'),
    entityId: z.string().max(1000),
    ssoUrl: z.string().max(2000),
    certificate: z.string().max(40_000),
    accepted: z.boolean().optional(),
  }),
]);
export type MetadataBody = z.infer<typeof metadataBody>;

/** GET sso/renewal: what the renewal page says beyond GET sso, of the settings that people sign in with. */
export const renewalState = z.strictObject({
  /** Trusted ones, the longest lasting first. */
  certificates: z.array(
    certificateView.omit({ retiredAt: true }).extend({
      trustedAt: instant,
      firstUsedAt: instant.nullable(),
      lastUsedAt: instant.nullable(),
      /** When it goes after a renewal; null while it stays. */
      retiresAt: instant.nullable(),
    }),
  ),
  /** Until when the one that lasts longest is taken after its end. */
  graceEndsAt: instant.nullable(),
  /** Where the provider publishes its certificates, and how that went last. */
  metadata: z
    .strictObject({
      url: z.string(),
      fetchedAt: instant.nullable(),
      failingSince: instant.nullable(),
      /** What a person is needed for; null while the next look may do without. */
      needsPersonFor: z.enum(metadataCauses).nullable(),
    })
    .nullable(),
  /** The last test of these settings that passed, with the certificate that signed it. */
  lastTest: z
    .strictObject({ attemptId: z.string(), at: instant, signedBy: z.string().nullable() })
    .nullable(),
});
export type RenewalState = z.infer<typeof renewalState>;
/** POST sso/renewal/check answers metadataCheck; POST sso/renewal, with a code, stepResult. */
export const renewalText = z.strictObject({ text: z.string().max(1_100_000) });
export const renewalBody = renewalText.extend({ accepted: z.boolean().optional(), code: actCode });

export const metadataFinding = z.strictObject({
  severity: z.enum(['stop', 'warn', 'ok']),
  code: z.string(),
  field: z.enum(['url', 'text', 'entityId', 'ssoUrl', 'certificate', 'signingCertificate']).nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  /** A value that puts it right, when we know one. */
  repair: z.string().nullable(),
});
export const metadataCheck = z.strictObject({
  canSave: z.boolean(),
  needsAccepting: z.boolean(),
  findings: z.array(metadataFinding),
  entities: z.array(z.string()),
  summary: z
    .strictObject({
      entityId: z.string(),
      ssoUrl: z.string(),
      certificates: z.array(certificateView.omit({ id: true, source: true, retiredAt: true })),
      providerId: z.string().nullable(),
      providerName: z.string().nullable(),
    })
    .nullable(),
  elapsedMs: z.int(),
});
export type MetadataCheck = z.infer<typeof metadataCheck>;
/** POST sso/metadata answers stepResult. */

/** POST sso/oidc/check and POST sso/oidc; an empty secret keeps the one that is there. No answer ever holds it. */
export const oidcBody = z.strictObject({
  discoveryUrl: z.string().max(2000),
  clientId: z.string().max(1000),
  clientSecret: z.string().max(2000),
  secretEndsOn: z.string().max(20),
  accepted: z.boolean().optional(),
});
export type OidcBody = z.infer<typeof oidcBody>;
export const oidcFinding = metadataFinding.extend({ field: z.enum(oidcFields) });
export const oidcCheck = z.strictObject({
  canSave: z.boolean(),
  needsAccepting: z.boolean(),
  findings: z.array(oidcFinding),
  summary: z
    .strictObject({
      issuer: z.string(),
      tokenAlg: z.enum(oidcTokenAlgs),
      clientAuth: z.enum(oidcClientAuths),
    })
    .nullable(),
  elapsedMs: z.int(),
});
export type OidcCheck = z.infer<typeof oidcCheck>;
/** POST sso/oidc answers stepResult. */

/** GET sso/attributes */
export const attributesState = z.strictObject({
  fields: z.array(
    z.strictObject({
      /** A standard field, or `custom.<key>`: one of the vendor's own, with its label. */
      field: z.string(),
      label: z.string().nullable(),
      required: z.boolean(),
      attribute: z.string(),
      isDefault: z.boolean(),
      lastValue: z.string().nullable(),
    }),
  ),
  received: z.array(z.string()),
});
/** PUT sso/attributes answers stepResult; an empty string takes the provider's default. */
export const attributesBody = z.strictObject({
  mapping: z.record(z.string().max(80), z.string().max(300)),
});

/** PUT sso/options answers stepResult; what is left out stays as it is. */
export const optionsBody = z.strictObject({
  signRequests: z.boolean().optional(),
  encryptAssertions: z.boolean().optional(),
  forceAuthn: z.boolean().optional(),
  allowIdpInitiated: z.boolean().optional(),
  singleLogout: z.boolean().optional(),
});

/** POST sso/tests: the draft of this session's own, unless the live settings are asked for. */
export const startTestBody = z.strictObject({ isLive: z.boolean().optional() });
export const testStarted = z.strictObject({
  attemptId: z.string(),
  reference: z.string(),
  /** Opens the sign-in; good for 15 minutes, once. */
  url: z.string(),
  expiresAt: instant,
});
export type TestStarted = z.infer<typeof testStarted>;
/** GET sso/attempts?state= ; GET sso/attempts/:id answers attemptDetail; POST sso/attempts/:id/stop answers attemptView. */
export const attemptList = z.strictObject({
  attempts: z.array(attemptView),
  perDay: z.array(z.strictObject({ day: z.string(), worked: z.int(), failed: z.int() })),
});

/** POST sso/repairs: what would change; with `confirm` it is changed (stepResult beside it), live with a code. */
export const repairBody = z.strictObject({
  attemptId: z.string().max(60),
  confirm: z.boolean(),
  code: actCode,
});
export const repairPlan = z.strictObject({
  repair: z.enum(['trust_new_certificate', 'take_attribute', 'fetch_metadata_again']),
  before: z.array(z.string()),
  after: z.array(z.string()),
  result: stepResult.nullable(),
});
export type RepairPlan = z.infer<typeof repairPlan>;

/** POST sso/draft, sso/draft/take-over, sso/draft/discard answer stepResult. */
/** POST sso/draft/switch, sso/reset, sso/formers/:id/bring-back answer stepResult. */
export const provedBody = z.strictObject({ code: actCode });
/** GET sso/reset */
export const resetPlan = z.strictObject({
  people: z.int().meta({ description: 'how many signed in through the connection in the last 30 days' }),
});

/** POST sso/delete (provedBody), sso/deleted/:id/bring-back answer stepResult. */

/** POST sso/connections */
export const addConnectionBody = z.strictObject({ name: z.string().trim().min(1).max(80) });
export const connectionAdded = stepResult.extend({ connectionId: z.string() });

/** POST sso/accepted-form answers stepResult: a test's weaker form is accepted from now on. */
export const acceptFormBody = z.strictObject({ attemptId: z.string().max(60), code: actCode });

/** GET sso/domains */
export const signInDomains = z.strictObject({
  policy: z.enum(['none', 'optional', 'required']),
  /** The vendor lets addresses outside the organization's domains in. */
  allowsOutside: z.boolean(),
  /** The domains that were chosen for this connection; null: all of the organization's. */
  chosen: z.array(z.string()).nullable(),
  domains: z.array(domainView),
});
export type SignInDomains = z.infer<typeof signInDomains>;
/** PUT sso/domains answers stepResult. */
export const chooseDomainsBody = z.strictObject({
  chosen: z.array(z.string().max(253)).min(1).max(200).nullable(),
  code: actCode,
});

/** POST sso/go-live, sso/switch-off, sso/switch-on answer stepResult. */

/** GET domains; POST domains; GET, DELETE domains/:id; POST domains/:id/check; PUT domains/:id/host */
export const domainList = z.strictObject({
  domains: z.array(domainView),
  policy: z.enum(['none', 'optional', 'required']),
  /** What the vendor named as the customer’s domain, until there is one. */
  hint: z.string().nullable(),
});
export const addDomainBody = z.strictObject({ domain: z.string().max(300) });
export const domainDetail = z.strictObject({
  domain: domainView,
  host: z
    .strictObject({
      id: z.string(),
      name: z.string(),
      detectedFrom: z.array(z.string()),
      chosen: z.boolean(),
      steps: z.array(z.string()),
      note: z.string().nullable(),
      consoleUrl: z.string().nullable(),
    })
    .nullable(),
  hosts: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Earliest instant at which *Check now* looks again; all pages of a domain share it. */
  mayCheckAt: instant.nullable(),
});
export type DomainDetail = z.infer<typeof domainDetail>;
export const domainResult = stepResult.extend({ domain: domainView });
export const hostBody = z.strictObject({ hostId: z.string().max(60) });
