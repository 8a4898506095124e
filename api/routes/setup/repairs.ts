import { newId } from '../../../adapters/ids.ts';
import { readCertificates, type CertificateReading } from '../../../adapters/saml/certificates.ts';
import {
  insertAudit,
  insertCertificates,
  insertCommand,
  listCertificates,
  lockConnection,
  updateConnectionSettings,
  type AttemptRow,
  type ConnectionRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { certificateRow } from '../../../onboarding/workflow-names.ts';
import { audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import { repairBody, repairPlan, type RepairPlan } from '../../contract/setup.ts';
import { route } from '../../route.ts';
import { attemptOf, detailOf } from './attempts.ts';
import { defaultOf } from './attributes.ts';
import { findCurrentConnection } from './connection.ts';
import { hasStop, refusalOf } from './metadata-findings.ts';
import { tellSaved } from './metadata.ts';
import { actLine, proveAct } from './prove-act.ts';
import { readMetadata, type IdpSide } from './read-metadata.ts';
import { saveIdpSide } from './save-idp-side.ts';
import { change, requireChange, tenantOf, type Changing, type SetupContext } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P12: repairs that are ours. First what would change, then, confirmed, the change; the test is always made again. */

const repair = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/repairs',
  who: 'portal_session',
  summary: 'Shows what a repair would change; confirmed, changes it',
  body: repairBody,
  answers: { 200: repairPlan, 202: repairPlan },
  handler: async (context) => {
    const { body } = context;
    const { attempt, connection, kind, before } = await loadFault(context, body.attemptId);
    const planned = await plan(context, kind, attempt, connection, before);
    if (!body.confirm) return ok({ ...planned.shown, result: null });
    return apply(context, connection, planned, { act: actLine('repair', attempt.id), code: body.code });
  },
});

export const repairRoutes = [repair];

interface Planned {
  shown: Omit<RepairPlan, 'result'>;
  perform(changing: Changing, connection: ConnectionRow): Promise<ConnectionRow>;
}

async function loadFault(context: SetupContext, attemptId: string) {
  return context.read(async (tx) => {
    await requireChange(tx, context, 'sso');
    const tenant = tenantOf(context);
    const attempt = await attemptOf(tx, context, attemptId);
    const connection = await findCurrentConnection(tx, tenant);
    const kind = (await detailOf(tx, context, attempt)).advice?.repair ?? null;
    if (connection?.id !== attempt.connectionId || kind === null) throw new OnboardingError('conflict');
    return { attempt, connection, kind, before: await listCertificates(tx, tenant, connection.id) };
  });
}

async function plan(
  context: SetupContext,
  kind: RepairPlan['repair'],
  attempt: AttemptRow,
  connection: ConnectionRow,
  certificates: readonly { fingerprint: string }[],
): Promise<Planned> {
  const known = certificates.map(({ fingerprint }) => fingerprint);
  switch (kind) {
    case 'trust_new_certificate': {
      const offered = offeredCertificate(attempt, context.request.now);
      return {
        shown: { repair: kind, before: known, after: [...new Set([...known, offered.sha256])] },
        perform: (changing, locked) => trust(changing, locked, offered),
      };
    }
    case 'take_attribute': {
      const { guess } = attempt.facts;
      if (typeof guess !== 'string') throw new OnboardingError('conflict');
      const before = connection.attributeMapping.email ?? defaultOf(connection, 'email');
      return {
        shown: { repair: kind, before: [before], after: [guess] },
        perform: (changing, locked) => takeAttribute(changing, locked, guess),
      };
    }
    case 'fetch_metadata_again': {
      const side = await fetchAgain(context, connection);
      return {
        shown: {
          repair: kind,
          before: [connection.idpEntityId ?? '', connection.idpSsoUrl ?? '', ...known],
          after: [side.entityId, side.ssoUrl, ...side.certificates.map(({ sha256 }) => sha256)],
        },
        perform: (changing, locked) => saveIdpSide(changing, context.deps, locked, side, 'metadata', {}),
      };
    }
  }
}

function apply(
  context: SetupContext,
  { id }: ConnectionRow,
  { shown, perform }: Planned,
  { act, code }: { act: string; code: string | undefined },
): Promise<Answer> {
  return change(context, 'sso', async (changing) => {
    const { tx, tenant, by } = changing;
    const locked = await lockConnection(tx, tenant, id);
    const isLive = locked.state === 'active';
    // Keys and endpoints of a live connection are changed with a code from the contact's mailbox only [LNK-10].
    const refusal = isLive ? await proveAct(tx, context, act, code) : undefined;
    if (refusal !== undefined) return refusal;
    const repaired = await perform(changing, locked);
    if (isLive) {
      const watch = { key: newId('cmd_'), ...tenant, connectionId: id };
      await insertCommand(tx, certificateRow(watch, 'certificatesChanged', by.request.now));
    }
    const told = isLive ? await tellNothing(context, changing) : await tellSaved(context, changing, repaired);
    return { ...told, shape: (result) => ({ ...shown, result }) };
  });
}

/** The certificate that came with the answer. One that the importer would refuse is never offered [MD-04]. */
function offeredCertificate({ facts }: AttemptRow, now: Date): CertificateReading {
  const { offeredCertificate: pem } = facts;
  if (typeof pem !== 'string') throw new OnboardingError('conflict');
  const { certificates } = readCertificates(pem, { now, expiryGraceMs: 0 });
  const [offered] = certificates;
  if (offered === undefined) throw new OnboardingError('certificate_unreadable');
  return offered;
}

async function trust(
  { tx, tenant, by }: Changing,
  connection: ConnectionRow,
  certificate: CertificateReading,
): Promise<ConnectionRow> {
  const { now } = by.request;
  await insertCertificates(tx, [
    {
      id: newId('saml_x509_cert_'),
      ...tenant,
      connectionId: connection.id,
      pem: certificate.pem,
      fingerprint: certificate.sha256,
      spkiFingerprint: certificate.spkiSha256,
      subject: certificate.subject,
      keyBits: certificate.keySizeBits,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      source: 'test',
      createdAt: now,
    },
  ]);
  const target = { type: 'connection', id: connection.id };
  const after = { fingerprint: certificate.sha256 };
  await insertAudit(tx, audited(by, tenant, { action: 'connection.certificate_trusted', target, after }));
  return updateConnectionSettings(tx, tenant, connection.id, {}, now);
}

async function takeAttribute(
  { tx, tenant, by }: Changing,
  connection: ConnectionRow,
  name: string,
): Promise<ConnectionRow> {
  const before = connection.attributeMapping;
  const attributeMapping = { ...before, email: name };
  const target = { type: 'connection', id: connection.id };
  await insertAudit(
    tx,
    audited(by, tenant, { action: 'connection.attributes_changed', target, before, after: attributeMapping }),
  );
  return updateConnectionSettings(tx, tenant, connection.id, { attributeMapping }, by.request.now);
}

async function fetchAgain(context: SetupContext, connection: ConnectionRow): Promise<IdpSide> {
  const { deps, caller, request } = context;
  const { idpMetadataUrl: url, organizationId, providerId } = connection;
  if (url === null) throw new OnboardingError('conflict');
  const { findings, side } = await readMetadata(
    deps,
    { way: 'metadata_url', url },
    { environment: caller.environment, organizationId, guideId: providerId, now: request.now },
  );
  if (side === undefined || hasStop(findings)) throw refusalOf(findings);
  return side;
}
