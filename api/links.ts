import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { linkSealedAt, setupUrl } from '../adapters/setup-links.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import type { EnvironmentRow, NewLink, OnboardingRow } from '../db/index.ts';
import type { Act, FeaturePlan } from '../onboarding/commands.ts';
import { isOffered, type OfferedFeature } from '../onboarding/steps.ts';
import type { Acting } from './acting.ts';
import type { ApiDeps, ApiUrls } from './deps.ts';

/** How links are made: the token is told once, a digest finds it again [LNK-02]. */
interface MintedLink {
  id: string;
  token: string;
  digest: string;
  /** Setup links only: retries and reminders carry the same link. Portal links keep the digest alone. */
  tokenSealed: string | null;
}

function mintSetupLink(secrets: Secrets, organizationId: string): MintedLink {
  const id = newId('link_');
  const token = mintToken('vb_setup_');
  return {
    id,
    token,
    digest: digestOf(token),
    tokenSealed: secrets.seal(token, linkSealedAt(organizationId, id)),
  };
}

export function mintPortalLink(): MintedLink {
  const token = mintToken('vb_portal_');
  return { id: newId('link_'), token, digest: digestOf(token), tokenSealed: null };
}

export function linkUrl(urls: ApiUrls, { handle }: Pick<EnvironmentRow, 'handle'>, token: string): string {
  return setupUrl(urls.portal, handle, token);
}

const digestOf = (token: string) => digestToken(token).toString('hex');

/** What a main link is to be: what it opens, for whom, how long. */
export interface MainLinkOrder {
  environment: EnvironmentRow;
  organizationId: string;
  plan: FeaturePlan;
  delivery: 'mail' | 'copy';
  lifeDays?: number | undefined;
  note?: string | null | undefined;
}

/** A main link ready to be written, its address, and the act that tells the workflow of it. */
export function mintMainLink(
  { secrets, urls }: Pick<ApiDeps, 'secrets' | 'urls'>,
  order: MainLinkOrder,
  contact: { id: string } | null,
  by: Acting,
  open: OnboardingRow | undefined,
) {
  const { environment, organizationId, plan, delivery } = order;
  const { id, token, digest, tokenSealed } = mintSetupLink(secrets, organizationId);
  const { now } = by.request;
  const expiresAt = new Date(now.getTime() + (order.lifeDays ?? environment.linkDays) * 86_400_000);
  const contactId = contact?.id ?? null;
  const link: Omit<NewLink, 'onboardingId' | 'kind'> & { kind: 'main' } = {
    id,
    environmentId: environment.id,
    organizationId,
    kind: 'main',
    intent: null,
    step: null,
    providerHint: null,
    domainHint: null,
    digest,
    tokenSealed,
    features: featuresOf(plan, open),
    contactId,
    note: order.note ?? null,
    returnUrl: environment.defaultReturnUrl,
    successUrl: environment.defaultSuccessUrl,
    delivery,
    createdByType: by.actor.type,
    createdById: by.actor.id,
    createdAt: now,
    expiresAt,
  };
  const act = (kind: 'invite' | 'fresh_link'): Act => ({
    kind,
    linkId: id,
    delivery,
    contactId,
    expiresAt: expiresAt.toISOString(),
  });
  return { link, url: linkUrl(urls, environment, token), act };
}

/** What the link opens: what is asked for now and what the open onboarding covers already. */
function featuresOf(plan: FeaturePlan, open: OnboardingRow | undefined): OfferedFeature[] {
  const covered = (open?.view.features ?? []).filter((f) => f.requirement !== 'off').map((f) => f.feature);
  const wanted = Object.keys(plan).filter((feature) => isOffered(feature));
  return [...new Set([...covered, ...wanted])];
}
