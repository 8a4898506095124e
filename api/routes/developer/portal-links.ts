import { created, InsteadAnswer } from '../../answers.ts';
import { acting, audited } from '../../acting.ts';
import { generateLinkBody, isIntent, portalLink, type Intent } from '../../contract/developer-portal.ts';
import { rememberContacts } from '../../contacts.ts';
import { featuresOfRenewal, linkUrl, mintPortalLink } from '../../links.ts';
import { awaitWithCommit, insertPortalLinkRecorded, listConnectionsOf, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { tailoredFeatures, type OfferedFeature } from '../../../onboarding/steps.ts';
import { route } from '../../route.ts';
import { parseReturnUrl } from '../../urls.ts';

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
  handler: ({ deps, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const { organization: organizationId, intent, intent_options: options } = body;
      if (intent !== undefined && !isIntent(intent)) throw badRequest(`The intent "${intent}" is not known.`);
      const tenant = { environmentId: environment.id, organizationId };
      const features = await featuresFor(tx, tenant, intent);
      if (features === undefined) throw new OnboardingError('forbidden');

      const returnUrl = body.return_url && parseReturnUrl(deps, environment, 'return_url', body.return_url);
      const successUrl =
        body.success_url && parseReturnUrl(deps, environment, 'success_url', body.success_url);
      const emails = [...(body.it_contact_emails ?? []), ...(body.admin_emails ?? [])];

      const { id, token, digest, tokenSealed } = mintPortalLink();
      const by = acting(caller, request);
      const link = {
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
        note: null,
        returnUrl: returnUrl || environment.defaultReturnUrl,
        successUrl: successUrl || environment.defaultSuccessUrl,
        delivery: 'redirect' as const,
        createdByType: by.actor.type,
        createdById: by.actor.id,
        createdAt: request.now,
        expiresAt: new Date(request.now.getTime() + lifeMs),
      };
      const target = { type: 'link', id };
      const record = audited(by, tenant, { action: 'portal_link.created', target, after: { intent } });
      awaitWithCommit(tx, refuseUnknown(insertPortalLinkRecorded(tx, link, record), organizationId));
      await rememberContacts(tx, tenant, emails, request.now);
      return { ...created({ link: linkUrl(deps.urls, environment, token) }), holdsSecret: true };
    }),
});

/** Without an intent: everything. A renewal is of what is live: one that has a secret to renew takes a draft. */
async function featuresFor(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
  intent: Intent | undefined,
): Promise<readonly OfferedFeature[] | undefined> {
  if (intent === undefined) return [...tailoredFeatures, 'audit_logs'];
  if (intent !== 'certificate_renewal') return featuresByIntent[intent];
  const connections = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  const live = connections.filter(({ state }) => state === 'active');
  return live.length === 0
    ? ['certificate_renewal']
    : [...new Set(live.flatMap(({ protocol }) => featuresOfRenewal(protocol)))];
}

export const portalLinkRoutes = [generateLink];

/** The contract wants 400 and a sentence here, where other endpoints say 404 and 422. */
function badRequest(message: string): InsteadAnswer {
  return new InsteadAnswer({ status: 400, body: { message } });
}

/** Waits for the link and says it in those words when there is no such organization. */
async function refuseUnknown(written: Promise<void>, organizationId: string): Promise<void> {
  try {
    await written;
  } catch (error) {
    const isUnknown = error instanceof OnboardingError && error.code === 'not_found';
    throw isUnknown ? badRequest(`Could not find an organization with the id, ${organizationId}.`) : error;
  }
}

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
