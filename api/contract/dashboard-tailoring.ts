import { z } from 'zod';
import { featureChanges, mode } from './tailoring.ts';

/** What staff change of a running onboarding. Paths are below `/dashboard/api`. */

/** POST onboardings/{id}/tailor: what is left out stays. */
export const tailorBody = z.strictObject({
  features: featureChanges.optional(),
  mode: mode.optional(),
  reminders: z.boolean().optional(),
});
export type TailorBody = z.infer<typeof tailorBody>;

/** POST onboardings/{id}/steps/{step}/take-over has no body; .../hand-back says what the customer should know. */
export const handBackBody = z.strictObject({ note: z.string().trim().min(1).max(500) });

/** POST onboardings/{id}/look-along: a portal link, open once and for five minutes. */
export const lookAlongLink = z.strictObject({ link: z.string() });

/** GET providers */
export const providerChoices = z.strictObject({
  providers: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});
export type ProviderChoices = z.infer<typeof providerChoices>;
