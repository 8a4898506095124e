import { z } from 'zod';
import {
  countExpiring,
  countExpiringPerDay,
  findDirectory,
  findOrganization,
  getConnection,
  getLogStream,
  insertAudit,
  insertLink,
  listExpiring,
  type ExpiringRow,
  type Tx,
  type RenewedThing,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { directoryNameOf } from '../../../onboarding/providers/directory/names.ts';
import { providerNameOf } from '../../../onboarding/providers/sign-in/index.ts';
import { acting, audited } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import { rememberContacts } from '../../contacts.ts';
import {
  expiringCount,
  expiringList,
  expiringViews,
  renewalLinkBody,
  renewalLinkMade,
  type ExpiringList,
} from '../../contract/dashboard-expiring.ts';
import { mintRenewalLink, type Renewed } from '../../links.ts';
import { route, type Context } from '../../route.ts';

/** S12: what ends within 90 days or has ended, and the link that has it renewed. */

const daysOf = { ended: 0, two_weeks: 14, month: 30, all: 90 } as const;

const list = route({
  method: 'GET',
  path: '/dashboard/api/expiring',
  who: 'staff',
  role: 'viewer',
  summary:
    'Certificates, client secrets, tokens and keys of ours that end within 90 days or have ended, soonest first',
  query: z.strictObject({
    view: z.enum(expiringViews).optional(),
    organization: z.string().max(60).optional(),
    after: z.string().max(120).optional(),
    limit: z.int().min(1).max(100).optional(),
  }),
  answers: { 200: expiringList },
  handler: ({ caller, query, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const { view = 'all', organization: organizationId, after, limit = 50 } = query;
      const { now } = request;
      const page = await listExpiring(
        tx,
        tenant,
        { organizationId, within: daysOf[view] },
        { limit, after, now },
      );
      return ok({
        counts: await countExpiring(tx, tenant, organizationId, now),
        perDay: await countExpiringPerDay(tx, tenant, organizationId, now),
        things: page.rows.map(thingOf),
        next: page.after,
      });
    }),
});

const count = route({
  method: 'GET',
  path: '/dashboard/api/expiring/count',
  who: 'staff',
  role: 'viewer',
  summary: 'How many things end within 30 days or have ended',
  answers: { 200: expiringCount },
  handler: ({ caller, read, request }) =>
    read(async (tx) => {
      const { soon } = await countExpiring(
        tx,
        { environmentId: caller.environment.id },
        undefined,
        request.now,
      );
      return ok({ soon });
    }),
});

const makeLink = route({
  method: 'POST',
  path: '/dashboard/api/connections/:id/renewal-links',
  who: 'staff',
  role: 'support',
  summary: 'Makes a link to the renewal of a connection’s certificate or secret, mailed or to copy',
  body: renewalLinkBody,
  answers: { 201: renewalLinkMade },
  handler: (context) =>
    context.commit(async (tx) => {
      const connection = await getConnection(
        tx,
        { environmentId: context.caller.environment.id },
        context.params.id,
      );
      const { id: connectionId, organizationId, state, protocol } = connection;
      if (state !== 'active') throw new OnboardingError('connection_state_refused', { state });
      return makeRenewalLink(tx, context, { connectionId, organizationId, protocol });
    }),
});

const makeTokenLink = route({
  method: 'POST',
  path: '/dashboard/api/directories/:id/renewal-links',
  who: 'staff',
  role: 'support',
  summary: 'Makes a link to the tokens of a directory, mailed or to copy',
  body: renewalLinkBody,
  answers: { 201: renewalLinkMade },
  handler: (context) =>
    context.commit(async (tx) => {
      const tenant = { environmentId: context.caller.environment.id };
      const directory = await findDirectory(tx, tenant, context.params.id);
      if (directory === undefined) throw new OnboardingError('not_found', { kind: 'directory' });
      const { id: directoryId, organizationId } = directory;
      return makeRenewalLink(tx, context, { directoryId, organizationId });
    }),
});

const makeStreamLink = route({
  method: 'POST',
  path: '/dashboard/api/log-streams/:id/renewal-links',
  who: 'staff',
  role: 'support',
  summary: 'Makes a link to the credential of a log stream, mailed or to copy',
  body: renewalLinkBody,
  answers: { 201: renewalLinkMade },
  handler: (context) =>
    context.commit(async (tx) => {
      const tenant = { environmentId: context.caller.environment.id };
      const { id: logStreamId, organizationId } = await getLogStream(tx, tenant, context.params.id);
      return makeRenewalLink(tx, context, { logStreamId, organizationId });
    }),
});

async function makeRenewalLink(
  tx: Tx,
  {
    deps,
    caller,
    body,
    request,
  }: Pick<
    Context<'staff', z.infer<typeof renewalLinkBody>, unknown, Readonly<Record<string, string>>>,
    'deps' | 'caller' | 'body' | 'request'
  >,
  renewed: Renewed,
) {
  const { environment } = caller;
  const { organizationId, ...of } = renewed;
  const tenant = { environmentId: environment.id, organizationId };
  const organization = await findOrganization(tx, tenant, organizationId);
  if (organization === undefined) throw new OnboardingError('not_found', { kind: 'organization' });
  const by = acting(caller, request);
  const emails = body.delivery === 'mail' ? [body.email] : [];
  const [contact = null] = await rememberContacts(tx, tenant, emails, request.now);
  const order = { environment, renewed, delivery: body.delivery, contactId: contact?.id ?? null };
  const { link, url } = mintRenewalLink(deps, order, by);
  await insertLink(tx, link);
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'link.created_for_renewal',
      target: { type: 'link', id: link.id },
      after: { ...renewedIds(of), delivery: body.delivery, contact_id: order.contactId },
    }),
  );
  const answer = { link: body.delivery === 'copy' ? url : null, endsAt: link.expiresAt.toISOString() };
  return { ...created(answer), holdsSecret: true };
}

/** What the link leads to, as the log has it. */
function renewedIds(of: RenewedThing): Record<string, string> {
  if ('connectionId' in of) return { connection_id: of.connectionId };
  return 'directoryId' in of ? { directory_id: of.directoryId } : { log_stream_id: of.logStreamId };
}

export const expiringRoutes = [list, count, makeLink, makeTokenLink, makeStreamLink];

function sourceNameOf({ sourceType, providerId, sourceName: name }: ExpiringRow): string | null {
  switch (sourceType) {
    case 'connection':
      return providerNameOf(providerId);
    case 'directory':
      return directoryNameOf({ providerId, name });
    case 'log_stream':
      return name;
  }
}

function thingOf(row: ExpiringRow): ExpiringList['things'][number] {
  return {
    id: `${row.kind}.${row.id}`,
    kind: row.kind,
    of: { type: row.sourceType, id: row.sourceId, name: row.sourceName, providerName: sourceNameOf(row) },
    organization: { id: row.organizationId, name: row.organizationName },
    endsAt: row.endsAt.toISOString(),
    renewsItself: row.renewsItself,
    lastNotice:
      row.noticeAt === null || row.noticeThreshold === null
        ? null
        : { at: row.noticeAt.toISOString(), threshold: row.noticeThreshold },
    lastLink:
      row.linkAt === null || row.linkState === null
        ? null
        : { at: row.linkAt.toISOString(), state: row.linkState },
    owner: row.owner,
  };
}
