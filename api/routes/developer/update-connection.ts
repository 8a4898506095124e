import { newId } from '../../../adapters/ids.ts';
import { InsteadAnswer, ok } from '../../answers.ts';
import { acting, audited, type Acting } from '../../acting.ts';
import { ownSideOf } from '../../connections.ts';
import {
  connection,
  updateConnectionBody,
  type UpdateConnectionBody,
} from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { readMetadataKey } from '../../metadata-key.ts';
import { route } from '../../route.ts';
import { clientSecretPlace } from '../../sign-in/oidc-trust.ts';
import { ensureClientKey } from '../../sp-keys.ts';
import {
  findSharingConnection,
  getConnection,
  insertAudit,
  listCertificates,
  listConnectionsOf,
  listDomains,
  lockConnection,
  recordSecretRenewed,
  retireCertificates,
  updateConnection,
  updateConnectionSettings,
  type ConnectionRow,
  type ConnectionSettings,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { connectionObject } from '../../../onboarding/wire-objects.ts';
import { record, replaceKeys, trustCertificates, wakeWatch } from '../../change-saml-keys.ts';
import { mappingOf } from './create-connection.ts';
import { readOidcChange, type OidcProviderSettings } from './oidc-options.ts';
import { readSamlOptions, type IdpSettings } from './saml-options.ts';
import { readSpSide, type SpSide } from './saml-sp-side.ts';

/** `PATCH /connections/{id}`: the developer vouches, so a live connection changes at once. */

type SamlChanges = NonNullable<UpdateConnectionBody['saml_options']>;

export const updateConnectionRoute = route({
  method: 'PATCH',
  path: '/connections/:id',
  who: 'api_key',
  scope: 'connections',
  summary: 'Changes a connection; null gives an option back to what it was made with',
  body: updateConnectionBody,
  clearable: ['external_id', 'attribute_maps'],
  answers: { 200: connection },
  handler: async ({ deps, body, params, caller, read, commit, request }) => {
    const { environment } = caller;
    const tenant = { environmentId: environment.id };
    const { row, pems } = await read(async (tx) => {
      const found = await getConnection(tx, tenant, params.id);
      const trusted = await listCertificates(tx, found, found.id);
      return { row: found, pems: trusted.map(({ pem }) => pem) };
    });
    refuseFixed(body, row);
    const { saml_options: saml = {} } = body;
    const { idp_metadata_signing_cert: pinned } = saml;
    const metadataKey = pinned === undefined ? row.idpMetadataKey : readMetadataKey(pinned, request.now);
    const oidc =
      body.oidc_options && (await readOidcChange(deps, environment, row, body.oidc_options, request.now));
    const idp = await readIdpChange(deps, environment, { row, pems, metadataKey }, saml, request.now);
    const sp = readSpSide(deps, environment, {
      acs_url: saml.acs_url ?? undefined,
      sp_entity_id: saml.sp_entity_id ?? undefined,
      sp_signing_key_pair: saml.sp_signing_key_pair ?? undefined,
      sp_encryption_key_pairs: saml.sp_encryption_key_pairs ?? undefined,
    });
    return commit(async (tx) => {
      const locked = await lockConnection(tx, tenant, params.id);
      refuseFixed(body, locked);
      const by = acting(caller, request);
      const saved = await save(tx, deps, locked, { body, saml, idp, oidc, sp, metadataKey }, by);
      return ok(connectionObject(saved, await listDomains(tx, whoseOf(saved))));
    });
  },
});

interface Change {
  body: UpdateConnectionBody;
  saml: SamlChanges;
  idp: IdpSettings | undefined;
  oidc: OidcProviderSettings | undefined;
  sp: SpSide;
  metadataKey: string | null;
}

async function save(
  tx: Tx,
  deps: ApiDeps,
  before: ConnectionRow,
  { body, saml, idp, oidc, sp, metadataKey }: Change,
  by: Acting,
): Promise<ConnectionRow> {
  const { now } = by.request;
  const whose = whoseOf(before);
  await refuseTakenExternalId(tx, before, body.external_id);
  await updateConnection(
    tx,
    whose,
    before.id,
    {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.external_id === undefined ? {} : { externalId: body.external_id }),
    },
    now,
  );
  if (saml.sp_signing_key_pair !== undefined) {
    await replaceKeys(tx, deps, before, 'signing', sp.signingPair ? [sp.signingPair] : [], by);
  }
  if (saml.sp_encryption_key_pairs !== undefined) {
    await replaceKeys(tx, deps, before, 'encryption', sp.encryptionPairs, by);
  }
  const settings = {
    ...settingsOf(before, { body, saml, idp, sp, metadataKey }),
    ...(oidc && oidcSettingsOf(deps, before, oidc, body.oidc_options?.client_secret, now)),
  };
  const saved =
    Object.keys(settings).length === 0
      ? await getConnection(tx, whose, before.id)
      : await updateConnectionSettings(tx, whose, before.id, settings, now);
  await recordSecretRenewed(tx, before, saved, { now, newId });
  if (oidc?.clientAuth === 'private_key_jwt') await ensureClientKey(tx, deps.secrets, saved, now);
  if (idp !== undefined) await changeCertificates(tx, saved, idp, by);
  if (idp?.idpMetadataUrl != null && idp.source === 'metadata') {
    const fetched = {
      metadataFetchedAt: now,
      metadataTriedAt: now,
      metadataEtag: idp.metadataEtag,
      metadataFailingSince: null,
      metadataCacheSeconds: null,
    };
    await updateConnection(tx, whose, before.id, fetched, now);
  }
  if (await findSharingConnection(tx, whose.environmentId, saved)) {
    throw refusal(
      400,
      'ambiguous_saml_options',
      'Another live connection has this provider and this address.',
    );
  }
  const target = { type: 'connection', id: before.id };
  await insertAudit(
    tx,
    audited(by, whose, {
      action: 'connection.updated',
      target,
      before: shown(before),
      after: shown(saved),
    }),
  );
  return saved;
}

function settingsOf(
  before: ConnectionRow,
  { body, saml, idp, sp, metadataKey }: Omit<Change, 'oidc'>,
): ConnectionSettings {
  const ours = ownSideOf(before);
  return {
    ...(body.attribute_maps === undefined
      ? {}
      : { attributeMapping: body.attribute_maps === null ? {} : mappingOf(body.attribute_maps) }),
    ...(saml.acs_url === undefined ? {} : { acsUrl: sp.acsUrl ?? ours.acsUrl }),
    ...(saml.sp_entity_id === undefined ? {} : { spEntityId: sp.spEntityId ?? ours.spEntityId }),
    ...(saml.sp_signing_key_pair === undefined ? {} : { signRequests: sp.signingPair !== undefined }),
    ...(saml.sp_encryption_key_pairs === undefined
      ? {}
      : { encryptAssertions: sp.encryptionPairs.length > 0 }),
    ...(idp === undefined ? {} : idpSettingsOf(before, idp)),
    ...(saml.idp_metadata_url === null ? { idpMetadataUrl: null } : {}),
    ...(saml.idp_metadata_signing_cert === undefined ? {} : { idpMetadataKey: metadataKey }),
  };
}

/** What another provider's answers had signed says nothing about this one's. */
function idpSettingsOf(before: ConnectionRow, idp: IdpSettings): ConnectionSettings {
  const { idpEntityId, idpSsoUrl, idpMetadataUrl } = idp;
  const isOther = idpEntityId !== before.idpEntityId;
  const isElsewhere = isOther || idpSsoUrl !== before.idpSsoUrl;
  return {
    idpEntityId,
    idpSsoUrl,
    ...(isElsewhere || idp.source === 'metadata' ? { idpSsoBinding: idp.idpSsoBinding, idpMetadataUrl } : {}),
    ...(isOther ? { signedFloor: 'one' as const, encryptedFloor: false } : {}),
    ...(isOther && idp.source === 'api' ? { idpMetadataKey: null } : {}),
  };
}

/** When a new secret ends, nobody has said; a secret that is not used any more is not kept. */
function oidcSettingsOf(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  before: ConnectionRow,
  provider: OidcProviderSettings,
  secret: string | null | undefined,
  now: Date,
): ConnectionSettings {
  const { server } = provider;
  const named = provider.clientSecret === null ? null : secret;
  const sealed = named == null ? null : secrets.seal(named, clientSecretPlace(before));
  return {
    oidcIssuer: server.issuer,
    oidcServer: server,
    oidcDiscoveryUrl: provider.discoveryUrl,
    oidcClientId: provider.clientId,
    oidcClientAuth: provider.clientAuth,
    oidcTokenAlg: provider.tokenAlg,
    oidcFetchUserInfo: provider.fetchesUserInfo,
    ...(named === undefined
      ? {}
      : {
          oidcClientSecretSealed: sealed,
          oidcSecretSetAt: sealed === null ? null : now.toISOString(),
          oidcSecretEndsOn: null,
        }),
  };
}

async function changeCertificates(
  tx: Tx,
  saved: ConnectionRow,
  { certificates, source }: IdpSettings,
  by: Acting,
): Promise<void> {
  const { now } = by.request;
  const named = certificates.map(({ spkiSha256 }) => spkiSha256);
  const gone = (await listCertificates(tx, saved, saved.id)).filter(
    ({ spkiFingerprint }) => !named.includes(spkiFingerprint),
  );
  const added = await trustCertificates(tx, saved, certificates, source, by);
  await retireCertificates(
    tx,
    saved,
    saved.id,
    gone.map(({ id }) => id),
    now,
  );
  for (const { fingerprint } of gone) {
    await record(tx, saved, 'connection.certificate_retired', { fingerprint }, by);
  }
  if (added.length + gone.length > 0) await wakeWatch(tx, saved, now);
}

/** The provider's side as it shall be: by metadata address, or with single values in place of those that are there. */
async function readIdpChange(
  deps: ApiDeps,
  environment: EnvironmentRow,
  { row, pems, metadataKey }: { row: ConnectionRow; pems: string[]; metadataKey: string | null },
  saml: SamlChanges,
  now: Date,
): Promise<IdpSettings | undefined> {
  const { idp_entity_id, idp_sso_url, idp_signing_certs } = saml;
  const values = { idp_entity_id, idp_sso_url, idp_signing_certs };
  const isAlone = Object.values(values).every((value) => value === undefined);
  // A key that metadata is held to from now on has to fit what it says today [MD-09].
  const isPinned = typeof saml.idp_metadata_signing_cert === 'string' && isAlone;
  const url = saml.idp_metadata_url ?? (isPinned ? row.idpMetadataUrl : null);
  if (saml.idp_metadata_url !== null && url !== null) {
    const options = {
      idp_metadata_url: url,
      ...values,
      ...(metadataKey === null ? {} : { idp_metadata_signing_cert: metadataKey }),
      ...(isPinned && row.idpEntityId !== null ? { idp_entity_id: row.idpEntityId } : {}),
    };
    return readSamlOptions(deps, environment, row.organizationId, options, now);
  }
  if (isAlone) return undefined;
  const whole = {
    idp_entity_id: idp_entity_id ?? row.idpEntityId ?? undefined,
    idp_sso_url: idp_sso_url ?? row.idpSsoUrl ?? undefined,
    idp_signing_certs: idp_signing_certs ?? pems,
  };
  return readSamlOptions(deps, environment, row.organizationId, whole, now);
}

function refuseFixed(
  { connection_type: type, saml_options: saml, oidc_options: oidc }: UpdateConnectionBody,
  row: ConnectionRow,
) {
  if (row.state === 'deleting') {
    throw refusal(409, 'connection_deletion_in_progress', 'The connection is being deleted.');
  }
  if (type !== undefined && type !== row.connectionType) {
    throw refusal(422, 'connection_type_not_updatable', 'The type of a connection cannot change.');
  }
  if (saml !== undefined && oidc !== undefined) {
    throw refusal(400, 'both_saml_and_oidc_options_provided', 'Give saml_options or oidc_options, not both.');
  }
  if (oidc !== undefined && row.protocol !== 'oidc') {
    throw refusal(
      400,
      'connection_type_conflicts_with_options',
      'The connection does not speak OpenID Connect.',
    );
  }
  if (saml !== undefined && row.protocol !== 'saml') {
    throw refusal(400, 'connection_is_not_saml', 'The connection does not speak SAML.');
  }
}

async function refuseTakenExternalId(
  tx: Tx,
  { id, environmentId, organizationId }: ConnectionRow,
  externalId: string | null | undefined,
): Promise<void> {
  if (externalId == null) return;
  const all = await listConnectionsOf(tx, { environmentId, organizationId }, [organizationId]);
  if (all.some((other) => other.id !== id && other.externalId === externalId)) {
    throw refusal(400, 'external_id_already_in_use', 'Another connection has this external_id.');
  }
}

function shown(row: ConnectionRow): object {
  const { name, externalId, idpEntityId, idpSsoUrl, idpMetadataUrl, spEntityId, acsUrl } = row;
  const { signRequests, encryptAssertions, settingsRevision } = row;
  const { oidcIssuer, oidcClientId, oidcClientAuth, oidcTokenAlg, oidcSecretSetAt } = row;
  return {
    name,
    externalId,
    idpEntityId,
    idpSsoUrl,
    idpMetadataUrl,
    spEntityId,
    acsUrl,
    signRequests,
    encryptAssertions,
    settingsRevision,
    ...(row.protocol === 'oidc' && {
      oidcIssuer,
      oidcClientId,
      oidcClientAuth,
      oidcTokenAlg,
      oidcSecretSetAt,
    }),
  };
}

const whoseOf = ({ environmentId, organizationId }: ConnectionRow) => ({ environmentId, organizationId });

const refusal = (status: number, code: string, message: string) =>
  new InsteadAnswer({ status, body: { code, message } });
