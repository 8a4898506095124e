import { InsteadAnswer } from '../../answers.ts';
import type { CreateConnectionBody, OidcOptions, SamlOptions } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { readMetadataKey, stopOf } from '../../metadata-key.ts';
import { readCertificates, type CertificateReading } from '../../../adapters/saml/certificates.ts';
import { fetchIdpMetadata } from '../../../adapters/saml/fetch-metadata.ts';
import { hasStop } from '../../../adapters/saml/import-findings.ts';
import type { EnvironmentRow } from '../../../db/index.ts';
import { expiryGraceMs } from '../../../onboarding/certificate-grace.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';

/** What `POST /connections` takes: which options belong together, and what they say about the identity provider. */

export interface IdpSettings {
  idpEntityId: string;
  idpSsoUrl: string;
  idpSsoBinding: 'redirect' | 'post';
  idpMetadataUrl: string | null;
  /** Known from metadata only. */
  idpSloUrl: string | null;
  metadataEtag: string | null;
  /** PEM; what fetched metadata is held to. */
  idpMetadataKey: string | null;
  certificates: readonly CertificateReading[];
  /** Where the certificates came from. */
  source: 'metadata' | 'api';
}

/** The options of one protocol, once nothing else stands beside them that they cannot go with. */
export function optionsOf(body: CreateConnectionBody): { saml: SamlOptions } | { oidc: OidcOptions } {
  const { connection_type: type, saml_options: saml, oidc_options: oidc } = body;
  if (saml !== undefined && oidc !== undefined) {
    throw refusal('both_saml_and_oidc_options_provided', 'Give saml_options or oidc_options, not both.');
  }
  if (saml === undefined && oidc === undefined && type === undefined) {
    throw refusal('connection_type_or_options_required', 'Give connection_type or options.');
  }
  const isSaml = type === undefined || type.endsWith('SAML') || type === 'TestIdp';
  const isOidc = type === undefined || /OIDC$/i.test(type);
  if (oidc !== undefined && !isOidc) {
    throw refusal('connection_type_conflicts_with_options', `${type} does not go with oidc_options.`);
  }
  if (saml !== undefined && !isSaml) {
    throw refusal('connection_type_conflicts_with_options', `${type} does not go with saml_options.`);
  }
  if (oidc !== undefined) return { oidc };
  if (saml !== undefined) return { saml };
  if (isOidc) throw refusal('oidc_options_required', 'Give oidc_options.');
  if (isSaml) throw refusal('saml_options_required', 'Give saml_options.');
  throw refusal('connection_type_not_supported', 'Connections of this type cannot be made here.');
}

/** Reads the options: by metadata address, or by entity id, address and certificates. Throws the contract's errors. */
export async function readSamlOptions(
  deps: ApiDeps,
  environment: EnvironmentRow,
  organizationId: string,
  options: SamlOptions,
  now: Date,
): Promise<IdpSettings> {
  const { idp_entity_id: entityId, idp_sso_url: ssoUrl, idp_signing_certs: certificates } = options;
  const { idp_metadata_url: metadataUrl } = options;
  if (metadataUrl !== undefined && (ssoUrl !== undefined || certificates !== undefined)) {
    throw refusal('ambiguous_saml_options', 'Give idp_metadata_url, or the single values, not both.');
  }
  const metadataKey = readMetadataKey(options.idp_metadata_signing_cert, now);
  const settings =
    metadataUrl === undefined
      ? readValues(deps, environment, { entityId, ssoUrl, certificates }, now)
      : await readMetadata(deps, environment, organizationId, { metadataUrl, entityId, metadataKey }, now);
  const isTestIdp = settings.idpEntityId.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') throw new OnboardingError('test_idp_refused');
  return settings;
}

function rulesOf(deps: ApiDeps, environment: EnvironmentRow, now: Date) {
  const hosts = [deps.urls.api, deps.urls.portal, deps.urls.dashboard].map((url) => new URL(url).host);
  return {
    now,
    expiryGraceMs,
    sandboxLoopback: deps.settings.sandboxLoopback && environment.kind === 'sandbox',
    ownHosts: [...new Set(hosts)],
    ownEntityIdPrefix: `${deps.urls.api}/sso/saml/`,
  };
}

async function readMetadata(
  deps: ApiDeps,
  environment: EnvironmentRow,
  organizationId: string,
  {
    metadataUrl,
    entityId,
    metadataKey,
  }: { metadataUrl: string; entityId: string | undefined; metadataKey: string | null },
  now: Date,
): Promise<IdpSettings> {
  await deps.limits.spend('outbound_per_minute', organizationId);
  await deps.limits.spend('outbound_per_hour', organizationId);
  const rules = rulesOf(deps, environment, now);
  const source = { url: metadataUrl, entityId, organizationId, sandboxLoopback: rules.sandboxLoopback };
  const fetched = await fetchIdpMetadata(deps.egress, source, (document) =>
    deps.samlVerifier.readMetadata(document, {
      ...rules,
      pinnedMetadataKeys: metadataKey === null ? [] : [metadataKey],
    }),
  );
  if (fetched.status !== 'read') throw new OnboardingError('metadata_unreachable', { reason: 'unchanged' });
  const { chosen, etag } = fetched;
  if (!chosen.ok) throw stopOf(chosen.findings);
  const { entity } = chosen;
  const ssoUrl = entity.ssoRedirectUrl ?? entity.ssoPostUrl;
  if (ssoUrl === undefined) throw new OnboardingError('metadata_no_endpoint');
  return {
    idpEntityId: entity.entityId,
    idpSsoUrl: ssoUrl,
    idpSsoBinding: entity.ssoRedirectUrl === undefined ? 'post' : 'redirect',
    idpMetadataUrl: metadataUrl,
    idpSloUrl: entity.sloUrl ?? null,
    metadataEtag: etag,
    idpMetadataKey: metadataKey,
    certificates: entity.certificates,
    source: 'metadata',
  };
}

function readValues(
  deps: ApiDeps,
  environment: EnvironmentRow,
  given: {
    entityId: string | undefined;
    ssoUrl: string | undefined;
    certificates: readonly string[] | undefined;
  },
  now: Date,
): IdpSettings {
  const { entityId, ssoUrl, certificates: typed = [] } = given;
  if (!entityId || !ssoUrl || typed.length === 0) {
    throw refusal('incomplete_saml_options', 'Give idp_entity_id, idp_sso_url and idp_signing_certs.');
  }
  const rules = rulesOf(deps, environment, now);
  if (entityId.startsWith(rules.ownEntityIdPrefix)) throw new OnboardingError('metadata_is_ours');
  if (!isSsoUrl(ssoUrl, rules)) throw new OnboardingError('metadata_endpoint_refused');
  const readings = typed.map((text) => readCertificates(text, rules));
  const findings = readings.flatMap((reading) => reading.findings);
  if (hasStop(findings)) throw stopOf(findings);
  return {
    idpEntityId: entityId,
    idpSsoUrl: ssoUrl,
    idpSsoBinding: 'redirect',
    idpMetadataUrl: null,
    idpSloUrl: null,
    metadataEtag: null,
    idpMetadataKey: null,
    certificates: readings.flatMap((reading) => reading.certificates),
    source: 'api',
  };
}

function isSsoUrl(text: string, { sandboxLoopback }: { sandboxLoopback: boolean }): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  const isLoopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url.protocol === 'https:'
    ? !isLoopback || sandboxLoopback
    : url.protocol === 'http:' && isLoopback && sandboxLoopback;
}

const refusal = (code: string, message: string) =>
  new InsteadAnswer({ status: 400, body: { code, message } });
