import { z } from 'zod';
import { endingKinds } from '../../onboarding/ageing.ts';
import { instant } from './shared.ts';

/** S12: what ends, as the dashboard shows it. */

/** How many days ahead a view looks; 0: what has ended. */
export const expiringViews = ['ended', 'two_weeks', 'month', 'all'] as const;

export const expiringList = z.strictObject({
  counts: z.strictObject({ ended: z.int(), soon: z.int(), all: z.int() }),
  /** Within 90 days from today, days with an end only; UTC. */
  perDay: z.array(z.strictObject({ day: z.string(), count: z.int() })),
  things: z.array(
    z.strictObject({
      /** Unique in the list: kind and id of what ends. */
      id: z.string(),
      kind: z.enum(endingKinds),
      /** What it belongs to. */
      of: z.strictObject({
        type: z.enum(['connection', 'directory', 'log_stream']),
        id: z.string(),
        name: z.string(),
        providerName: z.string().nullable(),
      }),
      organization: z.strictObject({ id: z.string(), name: z.string() }),
      endsAt: instant,
      renewsItself: z.boolean(),
      lastNotice: z.strictObject({ at: instant, threshold: z.int() }).nullable(),
      lastLink: z.strictObject({ at: instant, state: z.string() }).nullable(),
      /** Who hears of it at the customer. */
      owner: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
export type ExpiringList = z.infer<typeof expiringList>;

/** The navigation's figure: what ends within 30 days, or has ended. */
export const expiringCount = z.strictObject({ soon: z.int() });

/** Mailed to the contact with this address, who is recorded where they are new, or copied and passed on by hand. */
export const renewalLinkBody = z.discriminatedUnion('delivery', [
  z.strictObject({ delivery: z.literal('mail'), email: z.string().max(320) }),
  z.strictObject({ delivery: z.literal('copy') }),
]);
export const renewalLinkMade = z.strictObject({
  /** Told once; null where it is mailed. */
  link: z.string().nullable(),
  endsAt: instant,
});
export type RenewalLinkMade = z.infer<typeof renewalLinkMade>;
