import { z } from 'zod';
import { oidcClientAuths, oidcTokenAlgs } from '../../onboarding/connection-configuration.ts';
import { metadataCauses } from '../../onboarding/metadata-health.ts';
import { oidcFields } from '../../onboarding/oidc-preflight.ts';
import { actCode } from './setup.ts';
import { certificateView, instant } from './shared.ts';

/** What the identity provider says of itself, and its checks, below `/setup/<handle>/api`: called as `setup.ts` says. */

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
