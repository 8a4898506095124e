import { z } from 'zod';
import { tailoredFeatures } from '../../onboarding/steps.ts';
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
import {
  featureChoice,
  leavesSome,
  mode,
  namesEachOnce,
  once,
  onboardingTemplate,
  some,
} from './tailoring.ts';

/** The environment itself (`/environment`). Ours, in the style of the contract. */

const days = reminderDays.shape;
const reminders = {
  not_opened: days.notOpened.meta({ description: 'Days after the link was issued, while nobody opens it' }),
  half_done: days.halfDone.meta({ description: 'Days after the last act of the customer' }),
  domain_unseen: days.domainUnseen.meta({ description: 'Days after a domain was added, without its record' }),
  link_ends: days.linkEnds.meta({ description: 'Days before the link ends' }),
};

const graceMeans =
  'So many days people with addresses of a domain still sign in after its record has gone; 0 for none';
const directoryMeans =
  'Whom a linked directory keeps from signing in: people it has removed or deactivated, all but its members, or nobody';
const removalGuard = {
  people: guardPeople.meta({
    description: 'So many may leave a directory within an hour before somebody is asked',
  }),
  percent: guardPercent.meta({
    description: 'Or this part of its active people, if that is more; 0 never asks',
  }),
};

export const environment = z
  .object({
    object: z.literal('environment'),
    id: z.string(),
    name: z.string(),
    kind: z.enum(['sandbox', 'production']),
    handle: z.string(),
    client_id: z.string(),
    default_return_url: z.string().nullable(),
    default_success_url: z.string().nullable(),
    link_days: z.int(),
    link_confirmation: linkConfirmation,
    domain_policy: domainPolicy,
    domain_grace_days: domainGraceDays.meta({ description: graceMeans }),
    domain_label: z.string(),
    directory_policy: directoryPolicy.meta({ description: directoryMeans }),
    removal_guard: z.object(removalGuard),
    reminders: z.object({ enabled: z.boolean(), ...reminders }),
    onboarding: onboardingTemplate.meta({
      description: 'What onboardings begin with, unless it is said otherwise; every feature, in order',
    }),
    audit_days: z.int().nullable(),
    google_client: z.object({ client_id: z.string().nullable(), redirect_uri: z.string() }).meta({
      description: 'Your own OAuth client at Google, and the redirect URI to register with it',
    }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Environment' });

/** A feature that is not named is off. */
const changedTemplate = z
  .object({
    mode,
    features: z
      .array(z.object(featureChoice))
      .min(1)
      .max(tailoredFeatures.length)
      .refine(namesEachOnce, once)
      .refine(leavesSome, some),
  })
  .partial();

/** What is left out stays; `null` clears an address, and lets `audit_days` follow the program's setting. */
export const changeEnvironmentBody = z
  .object({
    name: environmentName,
    default_return_url: returnUrl.nullable(),
    default_success_url: returnUrl.nullable(),
    link_days: linkDays,
    link_confirmation: linkConfirmation,
    domain_policy: domainPolicy,
    domain_grace_days: domainGraceDays,
    domain_label: domainLabel,
    directory_policy: directoryPolicy,
    removal_guard: z.object(removalGuard).partial(),
    reminders: z.object({ enabled: z.boolean(), ...reminders }).partial(),
    onboarding: changedTemplate,
    audit_days: auditDays.nullable(),
  })
  .partial();

/** The client's secret goes in and never comes out. */
export const googleClientBody = z.object({ client_id: googleClientId, client_secret: googleClientSecret });
