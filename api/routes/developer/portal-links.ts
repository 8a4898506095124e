import { created, InsteadAnswer, noContent } from '../../answers.ts';
import { acting, audited } from '../../acting.ts';
import {
  generateLinkBody,
  isIntent,
  portalLink,
  revokeLinkBody,
  type Intent,
} from '../../contract/developer-portal.ts';
import { rememberContacts } from '../../contacts.ts';
import { linkUrl, mintPortalLink } from '../../links.ts';
import {
  awaitWithCommit,
  findOrganization,
  insertAudit,
  insertPortalLinkRecorded,
  listAllRedirectUris,
  listConnectionsOf,
  revokeLinksOfVendorUser,
  withTenant,
  type EnvironmentRow,
  type RecordedLink,
  type Tx,
  featuresOfRenewal,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { tailoredFeatures, type OfferedFeature } from '../../../onboarding/steps.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { isOwnAddress, parseReturnUrl } from '../../urls.ts';

/** `/portal/generate_link`: a door for an immediate redirect, open for five minutes, once. */

const lifeMs = 5 * 60_000;

/** What each intent opens. Those of features that do not exist yet are refused. */
const featuresByIntent: Readonly<Partial<Record<Intent, readonly OfferedFeature[]>>> = {
  sso: ['sso'],
  dsync: ['directory_sync'],
  domain_verification: ['domain_verification'],
  log_streams: ['log_streams'],
  audit_logs: ['audit_logs'],
};

const generateLink = route({
  method: 'POST',
  path: '/portal/generate_link',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Makes a portal link for an immediate redirect',
  body: generateLinkBody,
  answers: { 201: portalLink },
  handler: async ({ deps, body, caller, commit, commitGathered, request }) => {
    const { environment } = caller;
    const { organization: organizationId, intent, intent_options: options } = body;
    if (intent !== undefined && !isIntent(intent)) throw badRequest(`The intent "${intent}" is not known.`);
    const returnUrl = body.return_url && parseReturnUrl(deps, environment, 'return_url', body.return_url);
    const successUrl = body.success_url && parseReturnUrl(deps, environment, 'success_url', body.success_url);
    await refuseForeign(deps, environment, { return_url: returnUrl, success_url: successUrl });
    const emails = [...(body.it_contact_emails ?? []), ...(body.admin_emails ?? [])];

    const tenant = { environmentId: environment.id, organizationId };
    const { id, token, digest, tokenSealed } = mintPortalLink();
    const by = acting(caller, request);
    const target = { type: 'link', id };
    const made = (features: readonly OfferedFeature[]): RecordedLink => ({
      link: {
        id,
        ...tenant,
        digest,
        tokenSealed,
        features: [...features],
        intent: intent ?? null,
        step: null,
        providerHint: textAt(options, 'sso', 'provider_type'),
        domainHint: textAt(options, 'domain_verification', 'domain_name'),
        contactId: null,
        externalUserId: body.external_user_id ?? null,
        note: null,
        returnUrl: returnUrl || environment.defaultReturnUrl,
        successUrl: successUrl || environment.defaultSuccessUrl,
        delivery: 'redirect',
        createdByType: by.actor.type,
        createdById: by.actor.id,
        createdAt: request.now,
        expiresAt: new Date(request.now.getTime() + lifeMs),
      },
      audit: audited(by, tenant, { action: 'portal_link.created', target, after: { intent } }),
    });
    const answer = { ...created({ link: linkUrl(deps.urls, environment, token) }), holdsSecret: true };
    const explain = unknownIn(organizationId);

    if (intent !== 'certificate_renewal' && emails.length === 0)
      return commitGathered(deps.gathered.portalLinks, made(featuresOf(intent)), answer, explain);
    return commit(async (tx) => {
      const features = intent === 'certificate_renewal' ? await renewable(tx, tenant) : featuresOf(intent);
      const written = insertPortalLinkRecorded(tx, made(features));
      awaitWithCommit(
        tx,
        written.catch((refusal: unknown) => Promise.reject(explain(refusal))),
      );
      await rememberContacts(tx, tenant, emails, request.now);
      return answer;
    });
  },
});

/** For an admin who may no longer act for the customer: what is told from no link at all is nobody's business. */
const revokeLink = route({
  method: 'POST',
  path: '/portal/revoke_link',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Revokes the portal links made for one of your users, and ends the sessions that they opened',
  body: revokeLinkBody,
  answers: { 204: 'Nothing' },
  handler: ({ body, caller, commit, request }) =>
    commit(async (tx) => {
      const by = acting(caller, request);
      const tenant = { environmentId: caller.environment.id, organizationId: body.organization };
      const { organization: id } = body;
      if ((await findOrganization(tx, tenant, id)) === undefined)
        throw new OnboardingError('not_found', { kind: 'organization', id });
      const revoked = await revokeLinksOfVendorUser(tx, tenant, body.external_user_id, request.now);
      for (const link of revoked) {
        const target = { type: 'link', id: link.id };
        await insertAudit(tx, audited(by, tenant, { action: 'link.revoked', target }));
      }
      return noContent();
    }),
});

/**
 * In production customers are led to the vendor's own hosts alone: those of its redirect URIs and of its default ways
 * back, which a key for links cannot change [LNK-11].
 */
async function refuseForeign(
  { db }: Pick<ApiDeps, 'db'>,
  environment: EnvironmentRow,
  asked: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  if (environment.kind === 'sandbox') return;
  const { defaultReturnUrl, defaultSuccessUrl } = environment;
  const defaults = [defaultReturnUrl, defaultSuccessUrl].filter((url) => url !== null);
  const others = Object.entries(asked).filter(([, url]) => url && !isOwnAddress(defaults, url));
  // Most lead where the default ones do, and the environment is at hand: no statement for them.
  if (others.length === 0) return;
  const tenant = { environmentId: environment.id };
  const registered = await withTenant(db, tenant, (tx) => listAllRedirectUris(tx, tenant));
  const own = registered.map(({ uri }) => uri);
  for (const [field, url] of others) {
    if (url && !isOwnAddress(own, url))
      throw badRequest(
        `${field} leads to ${new URL(url).origin}, where this environment has no address. Add a redirect URI there, or make it the default way back.`,
      );
  }
}

/** Without an intent: everything. Throws `forbidden` for what is not offered. */
function featuresOf(intent: Exclude<Intent, 'certificate_renewal'> | undefined): readonly OfferedFeature[] {
  if (intent === undefined) return [...tailoredFeatures, 'audit_logs'];
  const features = featuresByIntent[intent];
  if (features === undefined) throw new OnboardingError('forbidden', { intent });
  return features;
}

/** A renewal is of what is live: one that has a secret to renew takes a draft. */
async function renewable(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
): Promise<readonly OfferedFeature[]> {
  const connections = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const live = connections.filter(({ state }) => state === 'active');
  return live.length === 0
    ? ['certificate_renewal']
    : [...new Set(live.flatMap(({ protocol }) => featuresOfRenewal(protocol)))];
}

export const portalLinkRoutes = [generateLink, revokeLink];

/** The contract wants 400 and a sentence here, where other endpoints say 404 and 422. */
function badRequest(message: string): InsteadAnswer {
  return new InsteadAnswer({ status: 400, body: { message } });
}

/** The contract's words for a link of an organization that there is not. */
const unknownIn = (organizationId: string) => (refusal: unknown) =>
  refusal instanceof OnboardingError && refusal.code === 'not_found'
    ? badRequest(`Could not find an organization with the id, ${organizationId}.`)
    : refusal;

/** A text two levels down in options of which nothing is required. */
function textAt(options: unknown, outer: string, inner: string): string | null {
  const value = entry(entry(options, outer), inner);
  return typeof value === 'string' && value !== '' ? value.slice(0, 300) : null;
}

function entry(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(key)
    : undefined;
}
