import { readCertificates, type CertificateReading } from '../../../adapters/saml/certificates.ts';
import { fetchIdpMetadata } from '../../../adapters/saml/fetch-metadata.ts';
import { chooseEntity, type ChosenEntity } from '../../../adapters/saml/metadata-choice.ts';
import type { MetadataOptions } from '../../../adapters/saml/metadata.ts';
import type { EnvironmentRow } from '../../../db/index.ts';
import { expiryGraceMs } from '../../../onboarding/certificate-grace.ts';
import { OnboardingError, type ErrorCode } from '../../../onboarding/errors.ts';
import {
  preflightCertificate,
  preflightEntityId,
  preflightMetadataText,
  preflightMetadataUrl,
  preflightSigningCertificate,
  preflightSsoUrl,
  type PreflightContext,
} from '../../../onboarding/preflight.ts';
import { detectFromMetadata } from '../../../onboarding/provider-detection.ts';
import type { MetadataBody } from '../../contract/setup-provider-settings.ts';
import type { ApiDeps } from '../../deps.ts';
import { readMetadataKey } from '../../metadata-key.ts';
import { fromImport, fromPreflight, hasStop, stop, type MetadataFinding } from './metadata-findings.ts';

/** The provider's side as it would be saved. */
export interface IdpSide {
  entityId: string;
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  /** Where it takes requests to end a session, by redirect. */
  sloUrl: string | null;
  metadataUrl: string | null;
  /** Whose key it has to be signed with from now on; left out where that stays as it is [MD-09]. */
  metadataKey?: string | null;
  etag: string | null;
  wantsSignedRequests: boolean;
  certificates: readonly CertificateReading[];
}

export interface MetadataReadingResult {
  findings: readonly MetadataFinding[];
  /** What was read, also where something stops it, so that the page can show both. */
  side: IdpSide | undefined;
  /** Several identity providers in one document: theirs to pick from. */
  entities: readonly string[];
}

export interface ReadingContext {
  environment: EnvironmentRow;
  organizationId: string;
  guideId: string | null;
  /** What its metadata has to be signed with, where it is fetched [MD-09]. */
  metadataKey: string | null;
  now: Date;
}

/**
 * Reads what the provider gave: shape first, and what stops there is not fetched; then reach, parse, keys, dates
 * [MD-01] to [MD-06]. Nothing is stored. Throws only what is no finding, such as `too_many_requests`.
 */
export async function readMetadata(
  deps: ApiDeps,
  body: MetadataBody,
  context: ReadingContext,
): Promise<MetadataReadingResult> {
  const options = optionsOf(deps, context);
  const read = await readByWay(deps, body, context, options);
  if (read.side === undefined) return read;
  return { ...read, findings: [...read.findings, ...judgeSide(deps, read.side, body, context)] };
}

async function readByWay(
  deps: ApiDeps,
  body: MetadataBody,
  context: ReadingContext,
  options: MetadataOptions,
): Promise<MetadataReadingResult> {
  const first = firstLook(body, preflightContext(deps, context));
  if (hasStop(first)) return { findings: first, side: undefined, entities: [] };
  switch (body.way) {
    case 'metadata_url':
      return readByUrl(deps, body, context, options, first);
    case 'metadata_file':
      return readByFile(deps, body, options, first);
    case 'manual': {
      const { certificates, findings } = readCertificates(body.certificate, options);
      const side: IdpSide = {
        entityId: body.entityId.trim(),
        ssoUrl: body.ssoUrl.trim(),
        ssoBinding: 'redirect',
        sloUrl: null,
        metadataUrl: null,
        etag: null,
        wantsSignedRequests: false,
        certificates,
      };
      return {
        findings: [...first, ...findings.map((one) => fromImport(one, body.way))],
        side,
        entities: [],
      };
    }
  }
}

function firstLook(body: MetadataBody, context: PreflightContext): MetadataFinding[] {
  switch (body.way) {
    case 'metadata_url':
      return [
        ...preflightMetadataUrl(body.url, context),
        ...preflightSigningCertificate(body.signingCertificate ?? ''),
      ].map(fromPreflight);
    case 'metadata_file':
      return [fromPreflight(preflightMetadataText(body.text))];
    case 'manual':
      return [
        ...preflightSsoUrl(body.ssoUrl, context),
        ...preflightEntityId(body.entityId, context),
        preflightCertificate(body.certificate),
      ].map(fromPreflight);
  }
}

async function readByUrl(
  deps: ApiDeps,
  body: Extract<MetadataBody, { way: 'metadata_url' }>,
  context: ReadingContext,
  options: MetadataOptions,
  first: readonly MetadataFinding[],
): Promise<MetadataReadingResult> {
  const { organizationId } = context;
  const agreed = agreedKey(body, context);
  if (!agreed.ok) return { findings: [...first, agreed.stop], side: undefined, entities: [] };
  const { metadataKey } = agreed;
  await deps.limits.spend('outbound_per_minute', organizationId);
  await deps.limits.spend('outbound_per_hour', organizationId);
  const { sandboxLoopback } = options;
  const source = { url: body.url.trim(), entityId: body.entityId, organizationId, sandboxLoopback };
  try {
    const fetched = await fetchIdpMetadata(deps.egress, source, (document) =>
      deps.samlVerifier.readMetadata(document, {
        ...options,
        pinnedMetadataKeys: metadataKey === null ? [] : [metadataKey],
      }),
    );
    if (fetched.status === 'unchanged')
      throw new OnboardingError('metadata_unreachable', { reason: 'unchanged' });
    const read = fromChosen(fetched.chosen, body, first, fetched.etag);
    if (read.side === undefined) return read;
    const held = metadataKey === null ? [] : [signedAsAgreed];
    return { ...read, findings: [...read.findings, ...held], side: { ...read.side, metadataKey } };
  } catch (error) {
    if (!(error instanceof OnboardingError) || passing.has(error.code)) throw error;
    return { findings: [...first, stop(error.code, error.facts, body.way)], side: undefined, entities: [] };
  }
}

const signedAsAgreed: MetadataFinding = {
  severity: 'ok',
  code: 'metadata_signed',
  field: 'signingCertificate',
  facts: {},
  repair: null,
};

type AgreedKey = { ok: true; metadataKey: string | null } | { ok: false; stop: MetadataFinding };

/** The key that was typed, or the one that is agreed already [MD-09]. */
function agreedKey(
  { signingCertificate: typed }: Extract<MetadataBody, { way: 'metadata_url' }>,
  { metadataKey, now }: ReadingContext,
): AgreedKey {
  if (typed === undefined) return { ok: true, metadataKey };
  if (typed.trim() === '') return { ok: true, metadataKey: null };
  try {
    return { ok: true, metadataKey: readMetadataKey(typed, now) };
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    const found = stop(error.code, error.facts, 'metadata_url');
    return { ok: false, stop: { ...found, field: 'signingCertificate' } };
  }
}

/** Refusals of the moment say nothing about the document. */
const passing: ReadonlySet<string> = new Set<ErrorCode>(['too_many_requests', 'service_unavailable']);

async function readByFile(
  deps: ApiDeps,
  body: Extract<MetadataBody, { way: 'metadata_file' }>,
  options: MetadataOptions,
  first: readonly MetadataFinding[],
): Promise<MetadataReadingResult> {
  const reading = await deps.samlVerifier.readMetadata(body.text, options);
  return fromChosen(chooseEntity(reading, body.entityId), body, first, null);
}

function fromChosen(
  chosen: ChosenEntity,
  body: Exclude<MetadataBody, { way: 'manual' }>,
  first: readonly MetadataFinding[],
  etag: string | null,
): MetadataReadingResult {
  const { entity } = chosen;
  const entities = chosen.ok ? [] : chosen.choices.map(({ entityId }) => entityId);
  const ssoUrl = entity?.ssoRedirectUrl ?? entity?.ssoPostUrl;
  return {
    findings: [...first, ...chosen.findings.map((one) => fromImport(one, body.way))],
    entities: entities.length > 1 ? entities : [],
    side:
      entity === undefined || ssoUrl === undefined
        ? undefined
        : {
            entityId: entity.entityId,
            ssoUrl,
            ssoBinding: entity.ssoRedirectUrl === undefined ? 'post' : 'redirect',
            sloUrl: entity.sloUrl ?? null,
            metadataUrl: body.way === 'metadata_url' ? body.url.trim() : null,
            etag,
            wantsSignedRequests: entity.wantAuthnRequestsSigned,
            certificates: entity.certificates,
          },
  };
}

/** What no document can say about itself: whether it belongs here. */
function judgeSide(
  deps: ApiDeps,
  side: IdpSide,
  body: MetadataBody,
  { environment, guideId }: ReadingContext,
): MetadataFinding[] {
  const isTestIdp = side.entityId.startsWith(`${deps.urls.testIdp}/test-idp`);
  if (isTestIdp && environment.kind === 'production') return [stop('test_idp_refused', {}, body.way)];
  const detected = detectFromMetadata({ entityId: side.entityId, ssoUrl: side.ssoUrl });
  const isOther = detected !== null && guideId !== null && detected.guideId !== guideId;
  if (body.way !== 'metadata_file' || !isOther) return [];
  return [
    {
      // The custom guide works for every provider: there the other guide is an offer, not a doubt.
      severity: guideId === 'custom-saml' ? 'ok' : 'warn',
      code: 'other_provider',
      field: 'text',
      facts: { provider: detected.name, guideId: detected.guideId },
      repair: null,
    },
  ];
}

function optionsOf(deps: ApiDeps, { environment, now }: ReadingContext): MetadataOptions {
  const hosts = [deps.urls.api, deps.urls.portal, deps.urls.dashboard].map((url) => new URL(url).host);
  return {
    now,
    expiryGraceMs,
    sandboxLoopback: mayUseLoopback(deps, environment),
    ownHosts: [...new Set(hosts)],
    ownEntityIdPrefix: `${deps.urls.api}/sso/saml/`,
  };
}

const mayUseLoopback = ({ settings }: ApiDeps, { kind }: EnvironmentRow): boolean =>
  settings.sandboxLoopback && kind === 'sandbox';

const preflightContext = (deps: ApiDeps, { environment, guideId }: ReadingContext): PreflightContext => ({
  ownPrefixes: [`${deps.urls.api}/sso/`],
  allowsLoopback: mayUseLoopback(deps, environment),
  guideId,
});
