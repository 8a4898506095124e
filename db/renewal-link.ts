import type { Actor } from '../onboarding/commands.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import type { NewLink } from './repositories/links.ts';
import type { ConnectionRow } from './tables/connections.ts';
import type { EnvironmentRow } from './tables/environments.ts';

/** What a renewal link leads to: one connection, the tokens of one directory, or the credential of one log stream. */
export type RenewedThing =
  | { connectionId: string; protocol: ConnectionRow['protocol'] }
  | { directoryId: string }
  | { logStreamId: string };

/** What it takes to renew a connection's own: a certificate has its page; a secret is given and tried in a draft. */
export const featuresOfRenewal = (protocol: ConnectionRow['protocol']): OfferedFeature[] =>
  protocol === 'oidc' ? ['sso'] : ['certificate_renewal'];

/** The row of a link for a renewal, from its token's digest and sealed form, with the environment's defaults. */
export function renewalLinkRow(of: {
  minted: { id: string; digest: string; tokenSealed: string };
  environment: EnvironmentRow;
  organizationId: string;
  renewed: RenewedThing;
  contactId: string | null;
  delivery: 'mail' | 'copy';
  actor: Actor;
  now: Date;
}) {
  const { environment, minted, renewed, actor, now, ...link } = of;
  return {
    ...minted,
    ...link,
    ...openedBy(renewed),
    environmentId: environment.id,
    onboardingId: null,
    kind: 'colleague' as const,
    step: null,
    providerHint: null,
    domainHint: null,
    note: null,
    returnUrl: environment.defaultReturnUrl,
    successUrl: environment.defaultSuccessUrl,
    createdByType: actor.type,
    createdById: actor.id,
    createdAt: now,
    expiresAt: new Date(now.getTime() + environment.linkDays * 86_400_000),
  } satisfies NewLink;
}

/** What the link opens and leads to; the intent tells it from one for the whole set-up. */
function openedBy(renewed: RenewedThing) {
  const nothing = { connectionId: null, directoryId: null, logStreamId: null };
  if ('connectionId' in renewed) {
    const { connectionId, protocol } = renewed;
    const features = featuresOfRenewal(protocol);
    return { ...nothing, features, intent: 'certificate_renewal' as const, connectionId };
  }
  if ('directoryId' in renewed) {
    const features: OfferedFeature[] = ['directory_sync'];
    return { ...nothing, features, intent: 'token_renewal' as const, directoryId: renewed.directoryId };
  }
  const features: OfferedFeature[] = ['log_streams'];
  return { ...nothing, features, intent: 'credential_renewal' as const, logStreamId: renewed.logStreamId };
}
