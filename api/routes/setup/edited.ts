import { newId } from '../../../adapters/ids.ts';
import type { CertificateReading } from '../../../adapters/saml/certificates.ts';
import {
  findItContact,
  findOpenRevision,
  getRevision,
  insertCertificates,
  listCertificates,
  lockOpenRevision,
  retireCertificates,
  updateConnection,
  updateConnectionSettings,
  updateRevision,
  type ConnectionChanges,
  type ConnectionRevisionRow,
  type ConnectionRow,
  type ConnectionSettings,
  type LinkRow,
  type Tx,
} from '../../../db/index.ts';
import {
  configurationOf,
  type ConfigurationCertificate,
} from '../../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import { effectiveConnection, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { findCurrentConnection, lockCurrentConnection } from './connection.ts';
import { requireSeen } from './others-changes.ts';
import { tenantOf, type Changing, type Tenant } from './scope.ts';

/**
 * What the set-up pages read and write: the connection itself while it serves nobody, and the draft beside it once it is
 * live. Here alone that is decided; whoever writes by these functions never touches what people sign in with.
 */

/** Whether what is edited stands beside the journey, which has arrived already: a draft, or a further connection. */
export const isBesideJourney = ({ revisionId, isAdditional }: EffectiveConnection): boolean =>
  revisionId !== null || isAdditional;

/** Who edits a draft in this session, in a form that may be shown to whoever finds it held. */
export async function holderOf(tx: Tx, tenant: Tenant, link: LinkRow): Promise<string> {
  const contact = link.contactId === null ? undefined : await findItContact(tx, tenant, link.contactId);
  return contact === undefined ? `${link.kind} link` : maskEmail(contact.email);
}

/** The draft of this session's own, or the connection; for reading. */
export async function findEdited(
  tx: Tx,
  page: Changing['page'],
  link: LinkRow,
): Promise<EffectiveConnection | undefined> {
  const tenant = tenantOf(page);
  const connection = await findCurrentConnection(tx, page);
  if (connection === undefined) return undefined;
  const revision = await findOpenRevision(tx, tenant, connection.id);
  const isMine = revision?.heldBy === (await holderOf(tx, tenant, link));
  return effectiveConnection(connection, isMine ? revision : undefined);
}

/**
 * The same, locked for a change. Throws `step_done` where the connection is live and has no draft, `step_held` where
 * somebody else is editing it, `step_blocked` while there is no connection, `settings_changed` where somebody else has
 * changed what the page still shows as it was.
 */
export async function lockEdited({ tx, tenant, link, page }: Changing): Promise<EffectiveConnection> {
  const connection = await lockCurrentConnection(tx, page);
  const revision = await lockOpenRevision(tx, tenant, connection.id);
  if (revision === undefined) {
    if (connection.state === 'active') throw new OnboardingError('step_done', { step: 'go_live' });
    return seen(tx, page, effectiveConnection(connection, undefined));
  }
  if (revision.heldBy !== (await holderOf(tx, tenant, link))) {
    throw new OnboardingError('step_held', { holder: revision.heldBy ?? '' });
  }
  return seen(tx, page, effectiveConnection(connection, revision));
}

async function seen(
  tx: Tx,
  page: Changing['page'],
  edited: EffectiveConnection,
): Promise<EffectiveConnection> {
  await requireSeen(tx, page, edited);
  return edited;
}

/** Changes what answers are verified with; a test made before says nothing any more. */
export async function saveEdited(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  settings: ConnectionSettings,
  now: Date,
): Promise<EffectiveConnection> {
  if (edited.revisionId === null) {
    const saved = await updateConnectionSettings(tx, tenant, edited.id, settings, now);
    return effectiveConnection(saved, undefined);
  }
  return reviseWith(tx, tenant, edited, settings, { now, counts: true });
}

/** Changes what no test proves: names, places in the guide, what was typed. */
export async function keepEdited(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  changes: ConnectionChanges,
  now: Date,
): Promise<EffectiveConnection> {
  if (edited.revisionId === null) {
    return effectiveConnection(await updateConnection(tx, tenant, edited.id, changes, now), undefined);
  }
  return reviseWith(tx, tenant, edited, changes, { now, counts: false });
}

async function reviseWith(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  changes: ConnectionSettings & ConnectionChanges,
  how: { now: Date; counts: boolean },
): Promise<EffectiveConnection> {
  const { guideProgress, drafts, oidcClientSecretSealed: clientSecretSealed } = changes;
  // As it is now: the caller may hold what it was before an earlier change of the same act.
  const present = await getRevision(tx, tenant, edited.revisionId ?? '');
  const revision = await updateRevision(
    tx,
    tenant,
    present.id,
    {
      configuration: configurationOf({ ...present.configuration, ...changes }),
      ...(clientSecretSealed !== undefined && { clientSecretSealed }),
      ...(guideProgress && { guideProgress }),
      ...(drafts && { drafts }),
    },
    how,
  );
  return effectiveConnection(edited, revision);
}

/** The provider's keys as the pages show them. */
export type EditedCertificate = ConfigurationCertificate & { id: string; retiredAt: null };

export async function listEditedCertificates(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
): Promise<EditedCertificate[]> {
  if (edited.revisionId !== null) {
    const { certificates } = await getRevision(tx, tenant, edited.revisionId);
    return certificates.map((certificate) => ({
      ...certificate,
      id: certificate.fingerprint,
      retiredAt: null,
    }));
  }
  const rows = await listCertificates(tx, tenant, edited.id);
  return rows.map((row) => ({
    ...row,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    retiredAt: null,
  }));
}

type Source = ConfigurationCertificate['source'];

/** Puts these keys in place of those that are there. Those that stay keep what is known of them. */
export async function replaceEditedCertificates(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  { named, source, now }: { named: readonly CertificateReading[]; source: Source; now: Date },
): Promise<void> {
  const before = await listEditedCertificates(tx, tenant, edited);
  const keys = named.map(({ spkiSha256 }) => spkiSha256);
  const kept = before.filter(({ spkiFingerprint }) => keys.includes(spkiFingerprint));
  if (edited.revisionId === null) {
    const gone = before.filter((certificate) => !kept.includes(certificate));
    await retireCertificates(
      tx,
      tenant,
      edited.id,
      gone.map(({ id }) => id),
      now,
    );
  }
  await putCertificates(tx, tenant, edited, kept, { named, source, now });
}

/** Adds one key to those that are there. */
export async function addEditedCertificate(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  added: { named: readonly CertificateReading[]; source: Source; now: Date },
): Promise<void> {
  await putCertificates(tx, tenant, edited, await listEditedCertificates(tx, tenant, edited), added);
}

async function putCertificates(
  tx: Tx,
  tenant: Tenant,
  edited: EffectiveConnection,
  kept: readonly EditedCertificate[],
  { named, source, now }: { named: readonly CertificateReading[]; source: Source; now: Date },
): Promise<void> {
  const added = named.map((certificate) => certificateOf(certificate, source));
  if (edited.revisionId === null) {
    await insertCertificates(tx, rowsOf(added, edited, now));
    return;
  }
  const known = kept.map(({ spkiFingerprint }) => spkiFingerprint);
  const certificates = [
    ...kept.map(({ id: _id, retiredAt: _retired, ...certificate }) => certificate),
    ...added.filter(({ spkiFingerprint }) => !known.includes(spkiFingerprint)),
  ];
  await updateRevision(tx, tenant, edited.revisionId, { certificates }, { now, counts: false });
}

function certificateOf(reading: CertificateReading, source: Source): ConfigurationCertificate {
  return {
    pem: reading.pem,
    fingerprint: reading.sha256,
    spkiFingerprint: reading.spkiSha256,
    subject: reading.subject,
    keyBits: reading.keySizeBits,
    notBefore: reading.notBefore.toISOString(),
    notAfter: reading.notAfter.toISOString(),
    source,
  };
}

function rowsOf(
  certificates: readonly ConfigurationCertificate[],
  { id: connectionId, environmentId, organizationId }: ConnectionRow,
  createdAt: Date,
) {
  return certificates.map((certificate) => ({
    id: newId('saml_x509_cert_'),
    environmentId,
    organizationId,
    connectionId,
    ...certificate,
    notBefore: new Date(certificate.notBefore),
    notAfter: new Date(certificate.notAfter),
    createdAt,
  }));
}

/** The open draft, whoever holds it, and whether it is this session's. */
export async function findDraft(
  tx: Tx,
  tenant: Tenant,
  connection: ConnectionRow,
  link: LinkRow,
): Promise<{ revision: ConnectionRevisionRow; isMine: boolean } | undefined> {
  const revision = await findOpenRevision(tx, tenant, connection.id);
  if (revision === undefined) return undefined;
  return { revision, isMine: revision.heldBy === (await holderOf(tx, tenant, link)) };
}
