import { z } from 'zod';
import { modes } from '../../onboarding/modes.ts';
import { offeredFeatures, requirements, stepNames, tailoredFeatures } from '../../onboarding/steps.ts';
import { timelineKinds } from '../../onboarding/state.ts';
import { pageQuery, timestamps } from './developer-lists.ts';
import { featureChoice, leavesSome, namesEachOnce, once, some } from './tailoring.ts';

/** Onboardings (`/onboardings`): ours, in the style of the rest. */

const waitingFor = z.enum(['customer', 'colleague', 'staff', 'dns', 'provider']);
const states = ['invited', 'opened', 'in_progress', 'live', 'closed', 'cancelled'] as const;

export const onboarding = z
  .object({
    object: z.literal('onboarding'),
    id: z.string(),
    organization_id: z.string(),
    number: z.int(),
    origin: z.enum(['invitation', 'portal', 'repair']),
    state: z.enum(states),
    paused: z.boolean(),
    mode: z.enum(modes),
    reminders: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether people are reminded; null: not known yet' }),
    stalled_since: z.iso.datetime().nullable(),
    waiting_for: waitingFor.nullable(),
    waiting_since: z.iso.datetime().nullable(),
    next: z.object({ what: z.string(), at: z.iso.datetime() }).nullable(),
    features: z.array(
      z.object({
        feature: z.enum(offeredFeatures),
        requirement: z.enum(requirements),
        state: z.enum(['not_started', 'in_progress', 'waiting', 'skipped', 'done', 'repair']),
        provider: z.object({ id: z.string(), chosen_by: z.enum(['customer', 'vendor']) }).nullable(),
        steps: z.array(
          z.object({
            step: z.enum(stepNames),
            state: z.enum(['blocked', 'open', 'waiting', 'failed', 'skipped', 'done']),
            holder: z.enum(['customer', 'colleague', 'staff']),
            since: z.iso.datetime(),
          }),
        ),
      }),
    ),
    ...timestamps,
  })
  .meta({ id: 'Onboarding' });

/** The answer to an act that makes a link: the link itself only where it is to be copied, and only here. */
export const startedOnboarding = onboarding.extend({ link: z.string().optional() });

const beginWith = z
  .string()
  .max(60)
  .optional()
  .meta({ description: 'Of `sso`: the provider to begin with; one that was chosen already stays' });

export const startOnboardingBody = z.object({
  organization: z.string().meta({ description: 'Id of the organization' }),
  features: z
    .array(
      z.object({
        feature: featureChoice.feature,
        requirement: featureChoice.requirement.default('required'),
        provider: beginWith,
      }),
    )
    .min(1)
    .max(tailoredFeatures.length)
    .refine(namesEachOnce, once)
    .refine(leavesSome, some)
    .optional()
    .meta({
      description: 'In the order to show. Left out: what the environment says, or what is open already',
    }),
  mode: z.enum(modes).optional().meta({ description: 'Left out: what the environment says, or as it is' }),
  contacts: z
    .array(z.string().max(320))
    .max(20)
    .default([])
    .meta({ description: 'E-mail addresses; the first one is sent the link' }),
  delivery: z.enum(['mail', 'copy']).default('mail'),
  life_days: z.int().min(1).max(30).optional(),
  note: z.string().max(600).optional(),
});

/** What is left out stays. Features that are named come first, in their order. */
export const changeOnboardingBody = z.object({
  features: z
    .array(z.object({ ...featureChoice, provider: beginWith }))
    .min(1)
    .max(tailoredFeatures.length)
    .refine(namesEachOnce, once)
    .optional(),
  mode: z.enum(modes).optional(),
  reminders: z.boolean().optional().meta({ description: 'Whether people are reminded by themselves' }),
});

export const freshLinkBody = z.object({ delivery: z.enum(['mail', 'copy']).default('mail') });

export const extendBody = z.object({
  life_days: z.int().min(1).max(30).optional().meta({
    description: 'Counted from now. Left out: what the environment says of new links',
  }),
});

export const handBackBody = z.object({
  note: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .meta({ description: 'What the customer should know; they read it' }),
});

export const listOnboardingsQuery = pageQuery.extend({
  organization_id: z.string().optional(),
  state: z.array(z.enum(states)).optional(),
});

export const timelineEntry = z
  .object({
    object: z.literal('timeline_entry'),
    number: z.int(),
    at: z.iso.datetime(),
    kind: z.enum(timelineKinds),
    step: z.enum(stepNames).nullable(),
    actor: z.object({ type: z.string(), id: z.string().nullable() }),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'TimelineEntry' });

export const timelineQuery = z.object({
  limit: z.int().min(1, 'must be between 1 and 100').max(100, 'must be between 1 and 100').optional(),
  after: z.int().min(0).optional().meta({ description: 'Number of the last entry you have' }),
});
