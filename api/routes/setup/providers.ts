import { z } from 'zod';
import { publicMailDomains } from '../../../adapters/public-mail-domains.ts';
import {
  findItContact,
  getLink,
  insertAudit,
  listDomains,
  listItContacts,
  type PortalSessionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { detectFromMxHosts } from '../../../onboarding/provider-detection.ts';
import { findGuide, findProviders } from '../../../onboarding/providers/sign-in/index.ts';
import type { SignInGuide } from '../../../onboarding/providers/sign-in/provider.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { chooseProviderBody, providerList, type ProviderList } from '../../contract/setup-connections.ts';
import { stepResult } from '../../contract/shared.ts';
import type { ApiDeps } from '../../deps.ts';
import { sendCommand } from '../../journey.ts';
import { freeName } from '../../configuration-changes.ts';
import { insertDraftConnection, offersTestIdp, prepareKey } from '../../provider-choice.ts';
import { route } from '../../route.ts';
import { effectiveConnection, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { askDns } from './dns-memory.ts';
import { namedConnection } from './connection.ts';
import {
  findEdited,
  isBesideJourney,
  keepEdited,
  lockEdited,
  replaceEditedCertificates,
  saveEdited,
} from './edited.ts';
import { change, covers, ensured, tenantOf, type Changing, type SetupContext, type Tenant } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P5: where the people of this organization sign in. */

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/providers',
  who: 'portal_session',
  summary: 'The providers, and the one that the mail of the contact points to',
  query: z.object({ query: z.string().max(100).optional() }),
  answers: { 200: providerList },
  handler: async (context) => {
    const { deps, caller, query, read } = context;
    const tenant = tenantOf(context);
    const includeSandbox = offersSandbox(context);
    const { domains, hint } = covers(caller.session, 'sso')
      ? await read(async (tx) => ({
          domains: await mailDomainsOf(tx, tenant, caller.session),
          hint: (await getLink(tx, tenant, caller.session.linkId)).providerHint,
        }))
      : { domains: [], hint: null };
    const named = hint === null ? undefined : providerNamed(context, hint);
    const providers = findProviders(query.query ?? '', { includeSandbox });
    return ok({
      suggestion: named ?? (await suggestionFor(deps, domains)),
      providers: providers.map(({ ways, ...provider }) => ({ ...provider, ways: [...ways] })),
    });
  },
});

const choose = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/provider',
  who: 'portal_session',
  summary: 'Chooses the provider; its connection is made with the first choice',
  body: chooseProviderBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => {
    const guide = findGuide(context.body.providerId);
    if (guide === undefined || (guide.audience === 'sandbox' && !offersSandbox(context))) {
      throw new OnboardingError('not_found', { kind: 'provider' });
    }
    return change(context, 'sso', async (changing) => {
      const connection = await takeConnection(context, changing, guide);
      if (isBesideJourney(connection)) return tellNothing(context, changing);
      const { onboarding, queued } = await ensured(context, changing, 'sso');
      const act = { kind: 'choose_provider', connectionId: connection.id, providerId: guide.id } as const;
      return { onboarding, queued: await sendCommand(changing.tx, onboarding, act, changing.by, queued) };
    });
  },
});

export const providerRoutes = [list, choose];

const offersSandbox = ({ deps, caller }: SetupContext): boolean => offersTestIdp(deps, caller.environment);

/** The connection of the guide: made now, or the one that is edited, which keeps its addresses. */
async function takeConnection(
  { deps }: SetupContext,
  changing: Changing,
  guide: SignInGuide,
): Promise<EffectiveConnection> {
  const { tx, tenant, link, by, page } = changing;
  const current = await findEdited(tx, page, link);
  const { now } = by.request;
  const { protocol } = guide;
  // One that the page names is set up as it is; a switched-off one is brought on again, or reset.
  if (current?.state === 'inactive' && namedConnection(page) !== undefined) {
    throw new OnboardingError('connection_state_refused', { state: current.state });
  }
  if (current === undefined || current.state === 'inactive') {
    const made = await insertDraftConnection(tx, deps, tenant, guide, by);
    return effectiveConnection(made, undefined);
  }
  const before = await lockEdited(changing);
  if (before.providerId === guide.id) return before;
  const emptied = await forgetProvider(tx, tenant, before, protocol, now);
  const named = {
    name: await freeName(tx, tenant, guide.name, before.id),
    connectionType: guide.connectionType,
    providerId: guide.id,
  };
  // What was typed stays: it may still be checked, and be recognised, and the other protocol has fields of its own.
  const changed = await keepEdited(tx, tenant, emptied, { ...named, guideProgress: {} }, now);
  await prepareKey(tx, deps.secrets, before, guide, now);
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'connection.provider_changed',
      target: { type: 'connection', id: before.id },
      before: { provider_id: before.providerId, idp_entity_id: before.idpEntityId },
      after: { provider_id: guide.id },
    }),
  );
  return changed;
}

/** What the other provider, or the other way, had given says nothing about the new one. Our own side stays as it is. */
async function forgetProvider(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  protocol: SignInGuide['protocol'],
  now: Date,
): Promise<EffectiveConnection> {
  const saml = { idpEntityId: null, idpSsoUrl: null, idpSsoBinding: null, idpMetadataUrl: null };
  const oidc = {
    oidcIssuer: null,
    oidcDiscoveryUrl: null,
    oidcClientId: null,
    oidcClientSecretSealed: null,
    oidcClientAuth: null,
    oidcServer: null,
    oidcTokenAlg: null,
    oidcSecretEndsOn: null,
    oidcSecretSetAt: null,
  };
  await replaceEditedCertificates(tx, tenant, edited, { named: [], source: 'metadata', now });
  return saveEdited(tx, tenant, edited, { ...saml, ...oidc, protocol, attributeMapping: {} }, now);
}

/** Domains whose mail may tell where people sign in, the likeliest first: of the contact, then of the organization. */
async function mailDomainsOf(tx: Tx, tenant: Tenant, session: PortalSessionRow): Promise<string[]> {
  const { contactId } = await getLink(tx, tenant, session.linkId);
  const own = contactId === null ? undefined : await findItContact(tx, tenant, contactId);
  const contacts = await listItContacts(tx, tenant);
  const addresses = [own, ...contacts].flatMap((contact) => (contact === undefined ? [] : [contact.email]));
  const mailed = addresses.map((email) => email.slice(email.lastIndexOf('@') + 1).toLowerCase());
  const claimed = (await listDomains(tx, tenant)).map(({ domain }) => domain);
  return [...new Set([...mailed, ...claimed])].filter((domain) => !publicMailDomains.has(domain)).slice(0, 2);
}

/** Whom the vendor's link names: by our id of it, or by a type of connection that is its alone. */
function providerNamed(context: SetupContext, hint: string): ProviderList['suggestion'] | undefined {
  const all = findProviders('', { includeSandbox: offersSandbox(context) });
  const ids = all.flatMap(({ id, ways }) => (ways.length === 0 ? [id] : ways.map((way) => way.id)));
  const guides = ids.flatMap((id) => findGuide(id) ?? []);
  const byType = guides.filter(({ connectionType }) => connectionType === hint);
  const guide = guides.find(({ id }) => id === hint) ?? (byType.length === 1 ? byType[0] : undefined);
  if (guide === undefined) return undefined;
  return {
    providerId: guide.id,
    name: guide.name,
    reason: 'vendor',
    evidence: { vendor: context.caller.environment.vendorName },
  };
}

async function suggestionFor(deps: ApiDeps, domains: readonly string[]): Promise<ProviderList['suggestion']> {
  for (const domain of domains) {
    const found = detectFromMxHosts(await askDns(deps, 'mailHostsOf', domain));
    if (found === null) continue;
    return {
      providerId: found.guideId,
      name: found.name,
      reason: found.reason,
      evidence: { ...found.evidence, domain },
    };
  }
  return null;
}
