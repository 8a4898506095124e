import {
  countAttemptsPerDay,
  getConnection,
  listAttempts,
  listCertificatesOf,
  listFailingConnections,
  listOrganizationNames,
  type ConnectionRow,
} from '../../../db/index.ts';
import { ok } from '../../answers.ts';
import { attemptViewOf } from '../../attempt-views.ts';
import { failingWithinMs } from '../../connection-views.ts';
import { connectionDetail } from '../../contract/dashboard.ts';
import { route } from '../../route.ts';
import { connectionViewOf } from './views.ts';

/** S7: one connection as the customer sees it, with its ids, settings and what happened through it. */
const get = route({
  method: 'GET',
  path: '/dashboard/api/connections/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'A connection with its certificates, settings and attempts',
  answers: { 200: connectionDetail },
  handler: ({ caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getConnection(tx, { environmentId: caller.environment.id }, params.id);
      const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
      const ago = (ms: number) => new Date(request.now.getTime() - ms);
      const failing = await listFailingConnections(tx, tenant, [row.id], ago(failingWithinMs));
      const certificates = await listCertificatesOf(tx, tenant, [row.id]);
      const names = await listOrganizationNames(tx, tenant, [row.organizationId]);
      const attempts = await listAttempts(tx, tenant, { connectionId: row.id }, { limit: 20, order: 'desc' });
      return ok({
        ...connectionViewOf(row, certificates, failing.has(row.id)),
        organization: { id: row.organizationId, name: names.get(row.organizationId) ?? '' },
        attempts: attempts.rows.map((attempt) => attemptViewOf(attempt, attempt)),
        perDay: await countAttemptsPerDay(tx, tenant, row.id, ago(chartMs)),
        options: row.protocol === 'saml' ? optionsOf(row) : null,
        rawSettings: rawSettings(row),
      });
    }),
});

export const connectionRoutes = [get];

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
