import { z } from 'zod';
import { oidcClientAuths, oidcTokenAlgs } from '../../onboarding/connection-configuration.ts';
import { actCode, draftView, saved } from './setup.ts';
import {
  certificateView,
  chipConnection,
  domainView,
  formerView,
  guideProgress,
  instant,
  onboardingView,
  stepResult,
  troubleView,
} from './shared.ts';

/** The connection's pages of the portal, below `/setup/<handle>/api`: called as `setup.ts` says. */

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

const typing = z.strictObject({ by: z.string().nullable(), at: instant });

export const ssoState = z.strictObject({
  view: onboardingView.nullable(),
  /** What the set-up pages edit: the draft of this session's own, or the connection. */
  connection: ssoConnection.nullable(),
  /** What people sign in with while `connection` is a draft; else null. */
  serving: ssoConnection.nullable(),
  draft: draftView.nullable(),
  /** Other connections that people sign in with, and for whose domains each of them and this one is; null: for all. */
  beside: z.strictObject({
    own: z.array(z.string()).nullable(),
    others: z.array(z.strictObject({ name: z.string(), domains: z.array(z.string()).nullable() })),
  }),
  formers: z.array(formerView),
  deleted: z.array(deletedView),
  /** The vendor has roles, so that groups of the sign-ins may give them. */
  hasRoles: z.boolean(),
  guide: z.json().nullable(),
  /** Names the settings of `connection` as they are; pages send it back as `x-vestibule-settings`. */
  mark: z.string().nullable(),
  /** The last change since the mark that the page sent, where somebody else made it. */
  changed: z.strictObject({ action: z.string(), by: z.string().nullable(), at: instant }).nullable(),
  /** Who else has typed into the same fields in the last minutes. */
  typing: typing.nullable(),
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
/** What changed of it. PUT sso/drafts */
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

export const draftsSaved = saved.extend({ typing: typing.nullable() });

/** POST sso/configuration-done answers stepResult. */

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

/** POST sso/draft, sso/draft/take-over, sso/draft/discard answer stepResult. */
/** POST sso/draft/switch, sso/reset, sso/formers/:id/bring-back answer stepResult. */
/** GET sso/reset: what it comes to when nobody signs in through the connection any more. */
export const resetPlan = z.strictObject({
  people: z.int().meta({ description: 'how many signed in through the connection in the last 30 days' }),
  roleLost: z
    .string()
    .nullable()
    .meta({ description: 'the top role, where somebody has it and nobody would' }),
});

/** POST sso/delete (provedBody), sso/deleted/:id/bring-back answer stepResult. */

/** POST sso/connections */
export const addConnectionBody = z.strictObject({ name: z.string().trim().min(1).max(80) });
export const connectionAdded = stepResult.extend({ connectionId: z.string() });

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
