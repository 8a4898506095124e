import { newId } from '../adapters/ids.ts';
import { mintSetupLink, setupUrl } from '../adapters/setup-links.ts';
import { digestToken, mintToken } from '../adapters/tokens.ts';
import {
  mainLinkRow,
  renewalLinkRow,
  type EnvironmentRow,
  type NewLink,
  type OnboardingRow,
  type RenewedThing,
} from '../db/index.ts';
import type { Act, FeaturePlan } from '../onboarding/commands.ts';
import { isOffered, type OfferedFeature } from '../onboarding/steps.ts';
import type { Acting } from './acting.ts';
import type { ApiDeps, ApiUrls } from './deps.ts';

/** How links are made: the token is told once, a digest finds it again [LNK-02]. Portal links keep the digest alone. */
export function mintPortalLink(): { id: string; token: string; digest: string; tokenSealed: null } {
  const token = mintToken('vb_portal_');
  return { id: newId('link_'), token, digest: digestOf(token), tokenSealed: null };
}

export function linkUrl(urls: ApiUrls, { handle }: Pick<EnvironmentRow, 'handle'>, token: string): string {
  return setupUrl(urls.portal, handle, token);
}

const digestOf = (token: string) => digestToken(token).toString('hex');

export type Renewed = { organizationId: string } & RenewedThing;

/** A link for a renewal, ready to be written, and its address. */
export function mintRenewalLink(
  { secrets, urls }: Pick<ApiDeps, 'secrets' | 'urls'>,
  order: {
    environment: EnvironmentRow;
    renewed: Renewed;
    delivery: 'mail' | 'copy';
    contactId: string | null;
  },
  by: Acting,
): { link: NewLink; url: string } {
  const { environment, renewed, delivery, contactId } = order;
  const { organizationId } = renewed;
  const { token, minted } = mintSetupLink(secrets, organizationId);
  const link = renewalLinkRow({
    minted,
    environment,
    organizationId,
    renewed,
    contactId,
    delivery,
    actor: by.actor,
    now: by.request.now,
  });
  return { link, url: linkUrl(urls, environment, token) };
}

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
  const { environment, organizationId, plan, delivery, lifeDays, note } = order;
  const { token, minted } = mintSetupLink(secrets, organizationId);
  const contactId = contact?.id ?? null;
  const link = mainLinkRow({
    minted,
    environment,
    organizationId,
    features: featuresOf(plan, open),
    contactId,
    delivery,
    lifeDays,
    note,
    actor: by.actor,
    now: by.request.now,
  });
  const act = (kind: 'invite' | 'fresh_link'): Act => ({
    kind,
    linkId: link.id,
    delivery,
    contactId,
    expiresAt: link.expiresAt.toISOString(),
  });
  return { link, url: linkUrl(urls, environment, token), act };
}

/** What the link opens: what is asked for now and what the open onboarding covers already. */
function featuresOf(plan: FeaturePlan, open: OnboardingRow | undefined): OfferedFeature[] {
  const covered = (open?.view.features ?? []).filter((f) => f.requirement !== 'off').map((f) => f.feature);
  const wanted = Object.keys(plan).filter((feature) => isOffered(feature));
  return [...new Set([...covered, ...wanted])];
}
