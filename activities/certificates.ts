import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import type { Egress } from '../adapters/egress.ts';
import { certificateAgeing, certificateRenewed } from '../adapters/mail/contact-mails.ts';
import { fetchIdpMetadata, type FetchedMetadata } from '../adapters/saml/fetch-metadata.ts';
import { readIdpMetadata, type EntityReading } from '../adapters/saml/metadata.ts';
import type { WorkflowClient } from '../adapters/workflow-client.ts';
import {
  findConnection,
  findNewestRefusal,
  getEnvironment,
  insertAudit,
  insertCertificates,
  insertEvent,
  listCertificates,
  listItContacts,
  lockConnection,
  markAbsentCertificates,
  retireCertificates,
  takeAgeingNotice,
  updateConnection,
  withTenant,
  type ConnectionRow,
  type IdpCertificateRow,
  type Tx,
} from '../db/index.ts';
import { expiryGraceMs, takenUntil } from '../onboarding/certificate-grace.ts';
import { daysUntil } from '../onboarding/ageing.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { retiresAt, successorOf } from '../onboarding/certificate-retirement.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { metadataLookedAt } from '../onboarding/metadata-health.ts';
import { findGuide } from '../onboarding/providers/sign-in/index.ts';
import type { SignInCause } from '../onboarding/sign-in-causes.ts';
import { certificateRow } from '../onboarding/workflow-names.ts';
import { dayIn } from './calendar.ts';
import { mailEveryContact, type ContactNews } from './contact-news.ts';
import type { Activities, OfConnection } from './index.ts';
import type { MailDeps } from './mail-delivery.ts';
import { noticeIn, noticesDue, vendorZone, zoneOf } from './notice-days.ts';
import { renewalDoor } from './renewal-door.ts';

export type CertificateDeps = MailDeps & {
  secrets: Secrets;
  egress: Egress;
  workflows: Pick<WorkflowClient, 'deliver'>;
  /** `SANDBOX_LOOPBACK`; counts for sandbox environments only. */
  sandboxLoopback: boolean;
  /** Hosts of ours, where no identity provider can be [MD-03]. */
  ownHosts: readonly string[];
  ownEntityIdPrefix: string;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** [MD-08]: an old key goes only after it was absent from two fetches at least a day apart. */
const absentForMs = dayMs;

/** The watch over a live connection's signing certificates: what it reads, refreshes and tells. */
export function certificateActivities(
  deps: CertificateDeps,
): Pick<
  Activities,
  | 'moveCertificateWatch'
  | 'lookAtCertificates'
  | 'refreshMetadata'
  | 'announceCertificate'
  | 'retireUnusedCertificates'
> {
  return {
    async moveCertificateWatch({ effectId, connectionId, ...whose }) {
      const at = deps.now();
      const row = certificateRow({ key: effectId, ...whose, connectionId }, 'certificatesChanged', at);
      const delivery = await deps.workflows.deliver(row, 5_000);
      if (delivery.status === 'unknown')
        throw new Error(`the watch could not be started: ${delivery.reason}`);
      return { status: 'done', at: at.toISOString() };
    },

    async lookAtCertificates(whose) {
      return withTenant(deps.db, whose, async (tx) => {
        const connection = await findConnection(tx, whose, whose.connectionId);
        if (connection?.state !== 'active')
          return {
            state: 'gone',
            fingerprint: null,
            endsAt: null,
            refreshAt: null,
            retirementAt: null,
            signedLessAt: null,
            notices: null,
          };
        const trusted = await listCertificates(tx, whose, connection.id);
        const [longest] = trusted;
        const lately = new Date(deps.now().getTime() - dayMs);
        const refusalOf = (cause: SignInCause, since: Date) =>
          findNewestRefusal(tx, whose, { connectionId: connection.id, cause, since });
        const unknown = await refusalOf('signature_unknown_key', metadataLookedAt(connection));
        return {
          state: 'live',
          fingerprint: longest?.fingerprint ?? null,
          endsAt: longest?.notAfter.toISOString() ?? null,
          refreshAt: refreshDueAt(connection, unknown !== undefined),
          retirementAt: retirementDueAt(connection, trusted, deps.now()),
          notices:
            longest === undefined
              ? null
              : noticesDue({ at: longest.notAfter }, await zonesOf(tx, whose), deps.now()),
          signedLessAt: (await refusalOf('signed_less', lately))?.startedAt.toISOString() ?? null,
        };
      });
    },

    async refreshMetadata(whose) {
      const connection = await withTenant(deps.db, whose, (tx) =>
        findConnection(tx, whose, whose.connectionId),
      );
      if (connection?.idpMetadataUrl == null) return;
      // A retry of what comes after the fetch does not fetch again.
      if (!isFreshlyTried(connection, deps.now())) {
        const fetched = await fetchOrFail(deps, whose, connection);
        await withTenant(deps.db, whose, (tx) => takeRefresh(deps, tx, connection, fetched));
      }
      await tellRenewed(deps, whose);
    },

    async retireUnusedCertificates(whose) {
      await withTenant(deps.db, whose, async (tx) => {
        const now = deps.now();
        const connection = await lockConnection(tx, whose, whose.connectionId);
        if (connection.idpMetadataUrl !== null) return;
        const trusted = await listCertificates(tx, whose, whose.connectionId);
        await retire(
          tx,
          whose,
          trusted.filter((c) => (retiresAt(c, trusted) ?? Infinity) <= now),
          now,
        );
      });
    },

    async announceCertificate({ fingerprint, ...whose }) {
      const now = deps.now();
      const found = await withTenant(deps.db, whose, async (tx) => {
        const connection = await findConnection(tx, whose, whose.connectionId);
        if (connection === undefined) return undefined;
        const trusted = await listCertificates(tx, whose, connection.id);
        const certificate = trusted.find((c) => c.fingerprint === fingerprint);
        if (certificate === undefined) return undefined;
        await tellVendor(tx, whose, certificate, now);
        return { connection, certificate, zones: new Set(await zonesOf(tx, whose)) };
      });
      if (found === undefined) return;
      await mailContacts(
        deps,
        whose,
        [...found.zones].flatMap((zone) => newsIn(deps, zone, found, now)),
      );
    },
  };
}

/** A document may ask to be kept for longer; but a key that is replaced meanwhile would shut everybody out. */
const longestPauseMs = 30 * dayMs;

/**
 * When the document's own time is over, an hour at least, else daily after the last try; null where no URL is known. One
 * that could not be fetched is tried daily [MD-08]. Where a sign-in came with a key that nobody knows, the provider may
 * have changed it: then the hour is all that is waited for.
 */
function refreshDueAt(connection: ConnectionRow, hasUnknownKey: boolean): string | null {
  if (connection.idpMetadataUrl === null) return null;
  const keptFor = connection.metadataFailingSince === null ? connection.metadataCacheSeconds : null;
  const pause = keptFor === null ? dayMs : Math.max(keptFor * 1000, hourMs);
  const last = metadataLookedAt(connection).getTime();
  return new Date(last + (hasUnknownKey ? hourMs : pause)).toISOString();
}

/**
 * When a certificate that a renewal replaces may go. While the provider has yet to begin with the new one, daily: the
 * sign-in that shows it wakes no watch. Where a URL is known, it alone says what goes [MD-08].
 */
function retirementDueAt(
  { idpMetadataUrl }: ConnectionRow,
  trusted: readonly IdpCertificateRow[],
  now: Date,
): string | null {
  if (idpMetadataUrl !== null) return null;
  const replaced = trusted.filter((c) => successorOf(c, trusted) !== undefined);
  if (replaced.length === 0) return null;
  const due = replaced.map((c) => retiresAt(c, trusted) ?? new Date(now.getTime() + dayMs));
  return new Date(Math.min(...due.map((at) => at.getTime()))).toISOString();
}

/** [MD-08]: a URL is fetched at most once an hour. */
function isFreshlyTried({ metadataTriedAt }: ConnectionRow, now: Date): boolean {
  return metadataTriedAt !== null && now.getTime() - metadataTriedAt.getTime() < hourMs;
}

type Refreshed = FetchedMetadata | { status: 'failed'; code: string };

/** A URL that is gone or answers with something else keeps the last good state [MD-08]; that is an answer, not a retry. */
async function fetchOrFail(
  deps: CertificateDeps,
  whose: OfConnection,
  connection: ConnectionRow,
): Promise<Refreshed> {
  const environment = await withTenant(deps.db, whose, (tx) => getEnvironment(tx, whose.environmentId));
  const sandboxLoopback = deps.sandboxLoopback && environment.kind === 'sandbox';
  try {
    const fetched = await fetchIdpMetadata(
      deps.egress,
      {
        url: connection.idpMetadataUrl ?? '',
        entityId: connection.idpEntityId ?? undefined,
        organizationId: whose.organizationId,
        sandboxLoopback,
        etag: connection.metadataEtag,
      },
      (document) =>
        readIdpMetadata(document, {
          now: deps.now(),
          expiryGraceMs,
          sandboxLoopback,
          ownHosts: sandboxLoopback ? [] : deps.ownHosts,
          ownEntityIdPrefix: deps.ownEntityIdPrefix,
          pinnedMetadataKeys: connection.idpMetadataKey === null ? [] : [connection.idpMetadataKey],
        }),
    );
    if (fetched.status === 'read' && !fetched.chosen.ok) {
      return { status: 'failed', code: fetched.chosen.findings[0]?.code ?? 'metadata_no_idp' };
    }
    return fetched;
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    return { status: 'failed', code: error.code };
  }
}

/**
 * Takes new keys, lets absent ones go after a day, and leaves everything else to a person. Nothing is taken from a
 * document that was fetched for settings which a person has changed since.
 */
async function takeRefresh(
  deps: CertificateDeps,
  tx: Tx,
  asked: ConnectionRow,
  fetched: Refreshed,
): Promise<void> {
  const now = deps.now();
  const whose = ofConnection(asked);
  const connection = await lockConnection(tx, whose, asked.id);
  if (connection.idpMetadataUrl !== asked.idpMetadataUrl || connection.idpEntityId !== asked.idpEntityId)
    return;
  if (fetched.status === 'failed') return noteFailure(tx, connection, fetched.code, now);

  const etag = fetched.status === 'read' ? { metadataEtag: fetched.etag, ...keptFor(fetched.chosen) } : {};
  const tried = { metadataTriedAt: now, metadataFetchedAt: now, ...etag };
  await updateConnection(tx, whose, connection.id, tried, now);
  if (leadsElsewhere(connection, fetched)) await noteFailure(tx, connection, endpointDiffers, now);
  else {
    const well = { metadataFailingSince: null, metadataFailingCode: null };
    await updateConnection(tx, whose, connection.id, well, now);
  }
  if (fetched.status === 'read' && fetched.chosen.ok) {
    await takeNewKeys(tx, whose, fetched.chosen.entity, now);
  }
  // An unchanged document counts too: what it did not name, it does not name now.
  await retireAbsent(tx, whose, now);
}

function keptFor(chosen: Extract<FetchedMetadata, { status: 'read' }>['chosen']) {
  const asked = chosen.ok ? chosen.entity.cacheDurationMs : undefined;
  return { metadataCacheSeconds: asked === undefined ? null : Math.min(asked, longestPauseMs) / 1000 };
}

const endpointDiffers = 'metadata_endpoint_differs';

/**
 * Whether the document names another address for sign-ins than the one in use: only a person may take that [MD-08]. A
 * document that has not changed says what it said.
 */
function leadsElsewhere(connection: ConnectionRow, fetched: FetchedMetadata): boolean {
  if (fetched.status !== 'read') {
    return connection.metadataFailingSince !== null && connection.metadataFailingCode === endpointDiffers;
  }
  if (!fetched.chosen.ok) return false;
  const { ssoRedirectUrl, ssoPostUrl } = fetched.chosen.entity;
  const named = connection.idpSsoBinding === 'post' ? ssoPostUrl : ssoRedirectUrl;
  return connection.idpSsoUrl !== null && named !== connection.idpSsoUrl;
}

/** Since when it fails, and as what; another reason is another line of the log. */
async function noteFailure(tx: Tx, connection: ConnectionRow, code: string, now: Date): Promise<void> {
  const metadataFailingSince = connection.metadataFailingSince ?? now;
  const tried = { metadataTriedAt: now, metadataFailingSince, metadataFailingCode: code };
  const whose = ofConnection(connection);
  await updateConnection(tx, whose, connection.id, tried, now);
  if (connection.metadataFailingSince === null || connection.metadataFailingCode !== code)
    await audit(tx, whose, 'connection.metadata_failing', { code }, now);
}

async function takeNewKeys(tx: Tx, whose: OfConnection, entity: EntityReading, now: Date): Promise<void> {
  // One certificate a key: where the same key was certified anew, the old certificate makes room.
  const trusted = await listCertificates(tx, whose, whose.connectionId);
  const superseded = trusted.filter(({ spkiFingerprint, notAfter }) =>
    entity.certificates.some((c) => c.spkiSha256 === spkiFingerprint && c.notAfter > notAfter),
  );
  await retire(tx, whose, superseded, now);
  const added = await insertCertificates(tx, rowsOf(entity, whose, now));
  const named = entity.certificates.map((certificate) => certificate.spkiSha256);
  await markAbsentCertificates(tx, whose, whose.connectionId, { named, now });
  for (const { fingerprint } of added)
    await audit(tx, whose, 'connection.certificate_added', { fingerprint }, now);
  if (added[0] !== undefined) await tellRenewedEvent(tx, whose, added[0], now);
}

/** A connection is never left without a key that its metadata still names. */
async function retireAbsent(tx: Tx, whose: OfConnection, now: Date): Promise<void> {
  const trusted = await listCertificates(tx, whose, whose.connectionId);
  if (trusted.every((c) => c.absentSince !== null)) return;
  const gone = trusted.filter(
    (c) => c.absentSince !== null && now.getTime() - c.absentSince.getTime() >= absentForMs,
  );
  await retire(tx, whose, gone, now);
}

async function retire(
  tx: Tx,
  whose: OfConnection,
  certificates: readonly IdpCertificateRow[],
  now: Date,
): Promise<void> {
  const ids = certificates.map(({ id }) => id);
  await retireCertificates(tx, whose, whose.connectionId, ids, now);
  for (const { fingerprint } of certificates)
    await audit(tx, whose, 'connection.certificate_retired', { fingerprint }, now);
}

function ofConnection({ id, environmentId, organizationId }: ConnectionRow): OfConnection {
  return { environmentId, organizationId, connectionId: id };
}

function rowsOf(entity: EntityReading, whose: OfConnection, now: Date) {
  return entity.certificates.map((c) => ({
    id: newId('saml_x509_cert_'),
    environmentId: whose.environmentId,
    organizationId: whose.organizationId,
    connectionId: whose.connectionId,
    pem: c.pem,
    fingerprint: c.sha256,
    spkiFingerprint: c.spkiSha256,
    subject: c.subject,
    keyBits: c.keySizeBits,
    notBefore: c.notBefore,
    notAfter: c.notAfter,
    source: 'refresh' as const,
    createdAt: now,
  }));
}

async function audit(
  tx: Tx,
  whose: OfConnection,
  action: AuditAction,
  after: object,
  now: Date,
): Promise<void> {
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId: whose.environmentId,
    organizationId: whose.organizationId,
    actor: { type: 'system', id: 'certificate_watch' },
    action,
    target: { type: 'connection', id: whose.connectionId },
    after,
    at: now,
  });
}

/** The zones of all who hear of an end. */
async function zonesOf(tx: Tx, whose: OfConnection): Promise<string[]> {
  return [vendorZone, ...(await listItContacts(tx, whose)).map(zoneOf)];
}

/** Once a threshold of the vendor's calendar [REL-19]. */
async function tellVendor(tx: Tx, whose: OfConnection, c: IdpCertificateRow, now: Date): Promise<void> {
  const { environmentId, organizationId } = whose;
  const { endsOn, threshold } = noticeIn({ at: c.notAfter }, vendorZone, now);
  if (threshold === undefined) return;
  const of = { kind: 'idp_certificate' as const, subjectId: c.id };
  if (!(await takeAgeingNotice(tx, { environmentId, organizationId, ...of, endsOn, threshold, toldAt: now })))
    return;
  await event(tx, whose, 'connection.saml_certificate_renewal_required', now, {
    connection: { id: whose.connectionId, organization_id: whose.organizationId },
    certificate: {
      certificate_type: 'ResponseSigning',
      expiry_date: c.notAfter.toISOString(),
      is_expired: c.notAfter <= now,
    },
    days_until_expiry: daysUntil(endsOn, dayIn(now, vendorZone)),
  });
}

/** What the contacts of one zone hear now; each of them once a threshold. */
function newsIn(
  deps: CertificateDeps,
  zone: string,
  { connection, certificate }: { connection: ConnectionRow; certificate: IdpCertificateRow },
  now: Date,
): ContactNews[] {
  const { endsOn, threshold } = noticeIn({ at: certificate.notAfter }, zone, now);
  if (threshold === undefined) return [];
  const until = takenUntil(certificate.notAfter);
  return [
    {
      kind: 'certificate_ageing',
      effect: `cert:${certificate.id}:${threshold}`,
      page: `sso/of/${connection.id}/renewal`,
      door: renewalDoor(deps, connection, { connectionId: connection.id, protocol: 'saml' }),
      isFor: (contact) => zoneOf(contact) === zone,
      write: (brand, common) =>
        certificateAgeing(brand, {
          ...common,
          provider: nameOf(connection),
          days: daysUntil(endsOn, dayIn(now, zone)),
          endsAt: certificate.notAfter,
          takenUntil: until,
          isTaken: now < until,
        }),
    },
  ];
}

const nameOf = ({ providerId, name }: ConnectionRow) => findGuide(providerId ?? '')?.name ?? name;

async function tellRenewedEvent(tx: Tx, whose: OfConnection, c: IdpCertificateRow, now: Date): Promise<void> {
  await event(tx, whose, 'connection.saml_certificate_renewed', now, {
    connection: { id: whose.connectionId, organization_id: whose.organizationId },
    certificate: { certificate_type: 'ResponseSigning', expiry_date: c.notAfter.toISOString() },
    renewed_at: now.toISOString(),
  });
}

async function event(tx: Tx, whose: OfConnection, name: string, now: Date, data: object): Promise<void> {
  const { environmentId, organizationId } = whose;
  await insertEvent(tx, { id: newId('event_'), environmentId, organizationId, name, data, createdAt: now });
}

/** A mail server may be away for days; each contact hears of a key once, whoever was named later does not. */
const renewalIsNewsMs = 7 * dayMs;

/**
 * Mails about a key that a refresh has taken lately. Found by what is stored, not by what this try did: an
 * earlier one may have taken the key and then found the mail server away.
 */
async function tellRenewed(deps: CertificateDeps, whose: OfConnection): Promise<void> {
  const { connection, trusted } = await withTenant(deps.db, whose, async (tx) => ({
    connection: await findConnection(tx, whose, whose.connectionId),
    trusted: await listCertificates(tx, whose, whose.connectionId),
  }));
  const since = new Date(deps.now().getTime() - renewalIsNewsMs);
  const renewed = trusted.find((c) => c.source === 'refresh' && c.createdAt > since);
  if (renewed === undefined || connection === undefined) return;
  const soonest = trusted.findLast((c) => c.id !== renewed.id);
  await mailContacts(deps, whose, [
    {
      kind: 'certificate_renewed',
      effect: `cert:${renewed.id}:renewed`,
      page: `sso/of/${connection.id}`,
      isFor: (contact) => contact.createdAt <= renewed.createdAt,
      write: (brand, common) =>
        certificateRenewed(brand, {
          ...common,
          provider: nameOf(connection),
          trustedSince: renewed.createdAt,
          oldEndsAt: soonest?.notAfter ?? renewed.createdAt,
        }),
    },
  ]);
}

/** What could not go out yet goes with the next try. */
async function mailContacts(
  deps: CertificateDeps,
  whose: OfConnection,
  news: readonly ContactNews[],
): Promise<void> {
  if (!(await mailEveryContact(deps, whose, news)))
    throw new Error('some contacts could not be written to yet');
}
