import { z } from 'zod';
import {
  auditDays,
  directoryPolicy,
  domainGraceDays,
  domainLabel,
  domainPolicy,
  environmentName,
  guardPeople,
  guardPercent,
  googleClientId,
  googleClientSecret,
  linkConfirmation,
  linkDays,
  reminderDays,
  returnUrl,
} from './environment-settings.ts';
import { instant } from './shared.ts';
import { onboardingTemplate } from './tailoring.ts';

/** S15 and the switcher of environments. Paths are below `/dashboard/api`. */

const environmentKind = z.enum(['sandbox', 'production']);

/** Null clears an address, or follows the program's own setting. */
export const environmentSettings = z.strictObject({
  name: environmentName,
  defaultReturnUrl: returnUrl.nullable(),
  defaultSuccessUrl: returnUrl.nullable(),
  linkDays,
  linkConfirmation,
  domainPolicy,
  domainGraceDays,
  domainLabel,
  directoryPolicy,
  removalGuardPeople: guardPeople,
  removalGuardPercent: guardPercent,
  reminders: z.boolean(),
  reminderDays,
  onboardingTemplate,
  auditDays: auditDays.nullable(),
});
export type EnvironmentSettings = z.infer<typeof environmentSettings>;

const redirectUriView = z.strictObject({ id: z.string(), uri: z.string(), isDefault: z.boolean() });
const attributeView = z.strictObject({ key: z.string(), label: z.string(), isRequired: z.boolean() });

/** GET environment; every change answers with it, too. */
export const environmentDetail = z.strictObject({
  id: z.string(),
  handle: z.string(),
  kind: environmentKind,
  clientId: z.string(),
  settings: environmentSettings,
  /** Days that audit rows are kept where the environment says nothing. */
  usualAuditDays: z.int(),
  redirectUris: z.array(redirectUriView),
  customAttributes: z.array(attributeView),
  mailNotices: z.strictObject({ isOn: z.boolean(), url: z.string() }),
  /** The vendor's own client at Google, by which admins of its customers consent; the secret is never shown. */
  googleClient: z.strictObject({ clientId: z.string().nullable(), redirectUri: z.string() }),
  updatedAt: instant,
});
export type EnvironmentDetail = z.infer<typeof environmentDetail>;

/**
 * PATCH environment: what changes, and what the page showed before. Where somebody else has changed one of these since,
 * nothing is saved (409 `settings_changed`); changes of other fields stand beside each other.
 */
export const environmentChangesBody = z.strictObject({
  before: environmentSettings.partial(),
  after: environmentSettings.partial(),
});

/** POST environment/redirect-uris · POST environment/redirect-uris/{id}/default · DELETE environment/redirect-uris/{id} */
export const redirectUriBody = z.strictObject({ uri: z.string().trim().min(1).max(2000) });

/** PUT environment/custom-attributes/{key}; DELETE removes it. */
export const customAttributeBody = z.strictObject({
  label: z.string().trim().min(1).max(80),
  isRequired: z.boolean(),
  /** Whether it is to be a new one: a key that is taken is then refused. */
  isNew: z.boolean(),
});

/** POST environment/mail-secret: told once. DELETE environment/mail-secret turns the notices off. */
export const newMailSecret = z.strictObject({ clientId: z.string(), url: z.string(), secret: z.string() });

/** PUT environment/google-client; DELETE takes it away. Both answer 204. */
export const googleClientBody = z.strictObject({
  clientId: googleClientId,
  clientSecret: googleClientSecret,
});

/** GET environment/reminder-preview?kind= */
export const previewKinds = ['not_opened', 'half_done', 'domain_unseen', 'link_ends'] as const;
export const reminderPreviewQuery = z.strictObject({ kind: z.enum(previewKinds) });
export const reminderPreview = z.strictObject({ subject: z.string(), html: z.string(), text: z.string() });

/** GET environments: those that the member's address belongs to. */
export const environmentList = z.strictObject({
  environments: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      vendorName: z.string(),
      kind: environmentKind,
      isThisOne: z.boolean(),
    }),
  ),
  /** False for who was let in by another's word: single sign-on opens this environment only. */
  mayLeave: z.boolean(),
});

/** POST environments → 201 with the first key, told once; POST environments/{id}/enter → 204 */
export const newEnvironmentBody = z.strictObject({ name: environmentName, kind: environmentKind });
export const newEnvironment = z.strictObject({
  id: z.string(),
  name: z.string(),
  handle: z.string(),
  clientId: z.string(),
  secret: z.string(),
});
