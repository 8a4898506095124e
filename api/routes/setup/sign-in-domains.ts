import {
  getOrganization,
  insertAudit,
  listDomains,
  updateConnection,
  type ConnectionRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { chooseDomainsBody, signInDomains } from '../../contract/setup-connections.ts';
import { stepResult } from '../../contract/shared.ts';
import { domainViewOf } from '../../domain-views.ts';
import { route } from '../../route.ts';
import { findCurrentConnection, lockCurrentConnection } from './connection.ts';
import { tellContacts } from './contact-notices.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, covers, tenantOf } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P9: whose addresses may use the connection. The vendor's policy says which at most; the admin may narrow it. */

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/domains',
  who: 'portal_session',
  summary: 'Whose addresses may sign in through the connection',
  answers: { 200: signInDomains },
  handler: (context) =>
    context.read(async (tx) => {
      const { session, environment } = context.caller;
      const tenant = tenantOf(context);
      const isCovered = covers(session, 'sso');
      const connection = isCovered ? await findCurrentConnection(tx, context) : undefined;
      const domains = isCovered ? await listDomains(tx, tenant) : [];
      const organization = await getOrganization(tx, tenant, tenant.organizationId);
      return ok({
        policy: environment.domainPolicy,
        allowsOutside: organization.allowProfilesOutsideOrganization,
        chosen: connection?.allowedDomains ?? null,
        domains: domains.map(domainViewOf),
      });
    }),
});

const choose = route({
  method: 'PUT',
  path: '/setup/:handle/api/sso/domains',
  who: 'portal_session',
  summary: 'Chooses the verified domains whose people may use the connection; live, with a code',
  body: chooseDomainsBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { chosen, code } = context.body;
      const connection = await lockCurrentConnection(tx, context);
      const verified = (await listDomains(tx, tenant)).filter(({ state }) => state === 'verified');
      const next = chosen === null ? null : [...new Set(chosen)].toSorted();
      const kept = connection.allowedDomains ?? [];
      // One that lapsed may stay in the list: it counts again as soon as it is verified again.
      const isOwn = (domain: string) =>
        verified.some((own) => own.domain === domain) || kept.includes(domain);
      if (next?.every(isOwn) === false) throw new OnboardingError('domain_required');
      if (isSame(connection, next)) return tellNothing(context, changing);
      if (connection.state === 'active') {
        const refusal = await proveAct(tx, context, actLine('choose_domains', connection.id), code);
        if (refusal !== undefined) return refusal;
        await tellContacts(changing, connection.id, 'domains_chosen');
      }
      await updateConnection(tx, tenant, connection.id, { allowedDomains: next }, by.request.now);
      await insertAudit(
        tx,
        audited(by, tenant, {
          action: 'connection.domains_chosen',
          target: { type: 'connection', id: connection.id },
          before: { allowed_domains: connection.allowedDomains },
          after: { allowed_domains: next },
        }),
      );
      return tellNothing(context, changing);
    }),
});

export const signInDomainRoutes = [get, choose];

const isSame = ({ allowedDomains }: ConnectionRow, next: string[] | null): boolean =>
  JSON.stringify(allowedDomains) === JSON.stringify(next);
