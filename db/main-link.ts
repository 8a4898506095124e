import type { Actor } from '../onboarding/commands.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import type { NewLink } from './repositories/links.ts';
import type { EnvironmentRow } from './tables/environments.ts';

/** A main link ready to be written, once its onboarding is known. */
export type MainLink = ReturnType<typeof mainLinkRow>;

/** The row of a main link from its token's digest and sealed form, with the environment's defaults. */
export function mainLinkRow(of: {
  minted: { id: string; digest: string; tokenSealed: string };
  environment: EnvironmentRow;
  organizationId: string;
  features: OfferedFeature[];
  contactId: string | null;
  delivery: 'mail' | 'copy';
  lifeDays?: number | undefined;
  note?: string | null | undefined;
  actor: Actor;
  now: Date;
}) {
  const { environment, minted, lifeDays, note, actor, now, ...link } = of;
  return {
    ...minted,
    ...link,
    environmentId: environment.id,
    kind: 'main' as const,
    intent: null,
    step: null,
    providerHint: null,
    domainHint: null,
    note: note ?? null,
    returnUrl: environment.defaultReturnUrl,
    successUrl: environment.defaultSuccessUrl,
    createdByType: actor.type,
    createdById: actor.id,
    createdAt: now,
    expiresAt: new Date(now.getTime() + (lifeDays ?? environment.linkDays) * 86_400_000),
  } satisfies Omit<NewLink, 'onboardingId'>;
}
