import type { z } from 'zod';
import {
  addConnectionNotice,
  countAttemptsPerDay,
  findOpenOnboarding,
  findOpenRevision,
  getConnection,
  listAttempts,
  listCertificatesOf,
  listDomains,
  listOpenTroubles,
  listOrganizationNames,
  lockConnection,
  lockFormer,
  summarizeFailures,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { attemptViewOf } from '../../attempt-views.ts';
import { requireRestorable, restoreFormer } from '../../configuration-changes.ts';
import { differencesOf, draftHolderOf, formerViewsOf, passedTestOf } from '../../configuration-views.ts';
import { failuresShownMs } from '../../connection-views.ts';
import { connectionDetail } from '../../contract/dashboard.ts';
import type { ApiDeps } from '../../deps.ts';
import { domainViewOf } from '../../domain-views.ts';
import { sendCommand, settle } from '../../journey.ts';
import { route } from '../../route.ts';
import { troubleViewsOf } from '../../trouble-views.ts';
import { connectionViewOf } from './views.ts';

/** S7: one connection as the customer sees it, with its ids, settings and what happened through it. */
const get = route({
  method: 'GET',
  path: '/dashboard/api/connections/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A connection with its certificates, settings, draft, former set-ups and attempts',
  answers: { 200: connectionDetail },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getConnection(tx, { environmentId: caller.environment.id }, params.id);
      return ok(await detailOf(tx, deps, row, request.now));
    }),
});

const bringBack = route({
  method: 'POST',
  path: '/dashboard/api/connections/:id/formers/:former/bring-back',
  who: 'staff',
  role: 'support',
  isGrave: true,
  summary:
    'Brings back what a connection used before, by the rules the customer has for it; a live one switches at once',
  answers: { 200: connectionDetail },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const by = acting(caller, request);
      const { organizationId } = await getConnection(tx, { environmentId: environment.id }, params.id);
      const tenant = { environmentId: environment.id, organizationId };
      const former = await lockFormer(tx, tenant, params.former);
      if (former.connectionId !== params.id)
        throw new OnboardingError('not_found', { kind: 'former_configuration' });
      const connection = await lockConnection(tx, tenant, params.id);
      const change = { deps, environment, tx, tenant, by };
      await requireRestorable(change, connection, former);
      await restoreFormer(change, connection, former);
      const at = request.now.toISOString();
      const notice = { kind: 'settings_brought_back', at, by: null, isVendors: true } as const;
      await addConnectionNotice(tx, tenant, connection.id, notice);
      // An additional connection stands beside the journey.
      const isStep = former.wasLive && !connection.isAdditional;
      const open = isStep ? await findOpenOnboarding(tx, tenant, organizationId) : undefined;
      const act = { kind: 'bring_back_connection', connectionId: params.id } as const;
      const queued = open === undefined ? [] : await sendCommand(tx, open, act, by);
      const answer = ok(await detailOf(tx, deps, await getConnection(tx, tenant, params.id), request.now));
      if (open === undefined) return answer;
      return {
        ...answer,
        afterCommit: async () => {
          await settle(deps, open.view, queued);
          return answer;
        },
      };
    }),
});

export const connectionRoutes = [get, bringBack];

async function detailOf(
  tx: Tx,
  deps: ApiDeps,
  row: ConnectionRow,
  now: Date,
): Promise<z.infer<typeof connectionDetail>> {
  const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const { failures, topCause } = await summarizeFailures(tx, tenant, row.id, ago(failuresShownMs));
  const open = await listOpenTroubles(tx, tenant, [row.organizationId]);
  const troubles = open.filter(({ subjectId }) => subjectId === row.id);
  const failing = troubles.find(({ kind }) => kind === 'sign_ins_failing');
  const certificates = await listCertificatesOf(tx, tenant, [row.id]);
  const names = await listOrganizationNames(tx, tenant, [row.organizationId]);
  const attempts = await listAttempts(tx, tenant, { connectionId: row.id }, { limit: 20, order: 'desc' });
  const domains = await listDomains(tx, tenant);
  return {
    ...connectionViewOf(row, certificates, troubles),
    organization: { id: row.organizationId, name: names.get(row.organizationId) ?? '' },
    attempts: attempts.rows.map((attempt) => attemptViewOf(attempt, attempt)),
    perDay: await countAttemptsPerDay(tx, tenant, row.id, ago(chartMs)),
    options: row.protocol === 'saml' ? optionsOf(row) : null,
    rawSettings: rawSettings(row),
    recentFailures: Number(failures),
    topCause: failing?.cause ?? topCause,
    troubles: await troubleViewsOf(tx, tenant, troubles),
    domains: domains.map(domainViewOf).map(({ id, unicode, chip }) => ({ id, unicode, chip })),
    draft: await draftOf(tx, deps, tenant, row),
    formers: await formerViewsOf(tx, tenant, row, now),
  };
}

async function draftOf(
  tx: Tx,
  deps: ApiDeps,
  tenant: { environmentId: string; organizationId: string },
  connection: ConnectionRow,
): Promise<z.infer<typeof connectionDetail>['draft']> {
  const revision = await findOpenRevision(tx, tenant, connection.id);
  if (revision === undefined) return null;
  return {
    heldBy: draftHolderOf(revision),
    startedAt: revision.createdAt.toISOString(),
    changedAt: revision.updatedAt.toISOString(),
    testedAt: passedTestOf(revision),
    differences: await differencesOf(tx, deps, tenant, connection, revision),
  };
}

const chartMs = 30 * 86_400_000;

function optionsOf(row: ConnectionRow) {
  const { signRequests, encryptAssertions, forceAuthn, allowIdpInitiated, singleLogout } = row;
  return { signRequests, encryptAssertions, forceAuthn, allowIdpInitiated, singleLogout };
}

/** What is stored of the settings, by name. Nothing in it is secret: private keys lie elsewhere. */
function rawSettings(row: ConnectionRow) {
  return {
    external_id: row.externalId,
    protocol: row.protocol,
    idp_sso_binding: row.idpSsoBinding,
    sign_requests: row.signRequests,
    encrypt_assertions: row.encryptAssertions,
    force_authn: row.forceAuthn,
    allow_idp_initiated: row.allowIdpInitiated,
    single_logout: row.singleLogout,
    idp_slo_url: row.idpSloUrl,
    signed_floor: row.signedFloor,
    encrypted_floor: row.encryptedFloor,
    settings_revision: row.settingsRevision,
    tested_revision: row.testedRevision,
    tested_email: row.testedEmail,
    metadata_fetched_at: row.metadataFetchedAt?.toISOString() ?? null,
    metadata_tried_at: row.metadataTriedAt?.toISOString() ?? null,
    metadata_failing_since: row.metadataFailingSince?.toISOString() ?? null,
    attribute_mapping: { ...row.attributeMapping },
  };
}
