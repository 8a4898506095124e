import { newId } from '../../../adapters/ids.ts';
import { readCertificates, type CertificateReading } from '../../../adapters/saml/certificates.ts';
import {
  getConnection,
  insertAudit,
  insertCommand,
  lockConnection,
  type AttemptRow,
  type LinkRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { certificateRow } from '../../../onboarding/workflow-names.ts';
import { audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import { repairBody, repairPlan, type RepairPlan } from '../../contract/setup-sign-in-tests.ts';
import { route } from '../../route.ts';
import { effectiveConnection, type EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { attemptOf, detailOf } from './attempts.ts';
import { defaultOf } from './attributes.ts';
import {
  addEditedCertificate,
  findEdited,
  listEditedCertificates,
  lockEdited,
  saveEdited,
} from './edited.ts';
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
  perform(changing: Changing, connection: EffectiveConnection): Promise<EffectiveConnection>;
}

async function loadFault(context: SetupContext, attemptId: string) {
  return context.read(async (tx) => {
    const link = await requireChange(tx, context, 'sso');
    const tenant = tenantOf(context);
    const attempt = await attemptOf(tx, context, attemptId);
    const connection = await findRepaired(tx, context, link, attempt);
    const kind = (await detailOf(tx, context, attempt)).advice?.repair ?? null;
    // What is entered again is entered where it was.
    if (connection?.id !== attempt.connectionId || kind === null || kind === 'enter_again') {
      throw new OnboardingError('conflict');
    }
    return { attempt, connection, kind, before: await listEditedCertificates(tx, tenant, connection) };
  });
}

/** What the attempt went through: the draft that it tested, as long as it is this session's, or the connection. */
async function findRepaired(
  tx: Tx,
  context: SetupContext,
  link: LinkRow,
  { revisionId, connectionId }: AttemptRow,
): Promise<EffectiveConnection | undefined> {
  const edited = await findEdited(tx, context, link);
  if (edited?.revisionId === revisionId) return edited;
  return revisionId === null
    ? effectiveConnection(await getConnection(tx, tenantOf(context), connectionId), undefined)
    : undefined;
}

async function plan(
  context: SetupContext,
  kind: RepairPlan['repair'],
  attempt: AttemptRow,
  connection: EffectiveConnection,
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
      const field = fieldOf(attempt);
      const before = connection.attributeMapping[field] ?? defaultOf(connection, field);
      return {
        shown: { repair: kind, before: [before], after: [guess] },
        perform: (changing, locked) => takeAttribute(changing, locked, field, guess),
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
  { id, revisionId }: EffectiveConnection,
  { shown, perform }: Planned,
  { act, code }: { act: string; code: string | undefined },
): Promise<Answer> {
  return change(context, 'sso', async (changing) => {
    const { tx, tenant, by } = changing;
    const locked =
      revisionId === null
        ? effectiveConnection(await lockConnection(tx, tenant, id), undefined)
        : await lockEdited(changing);
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
  connection: EffectiveConnection,
  certificate: CertificateReading,
): Promise<EffectiveConnection> {
  const { now } = by.request;
  await addEditedCertificate(tx, tenant, connection, { named: [certificate], source: 'test', now });
  const target = { type: 'connection', id: connection.id };
  const after = { fingerprint: certificate.sha256 };
  await insertAudit(tx, audited(by, tenant, { action: 'connection.certificate_trusted', target, after }));
  return saveEdited(tx, tenant, connection, {}, now);
}

/** The field that the answer left empty: the e-mail, or one of the vendor's own. */
const fieldOf = ({ facts }: AttemptRow) => (typeof facts['field'] === 'string' ? facts['field'] : 'email');

async function takeAttribute(
  { tx, tenant, by }: Changing,
  connection: EffectiveConnection,
  field: string,
  name: string,
): Promise<EffectiveConnection> {
  const before = connection.attributeMapping;
  const attributeMapping = { ...before, [field]: name };
  const target = { type: 'connection', id: connection.id };
  await insertAudit(
    tx,
    audited(by, tenant, { action: 'connection.attributes_changed', target, before, after: attributeMapping }),
  );
  return saveEdited(tx, tenant, connection, { attributeMapping }, by.request.now);
}

async function fetchAgain(context: SetupContext, connection: EffectiveConnection): Promise<IdpSide> {
  const { deps, caller, request } = context;
  const { idpMetadataUrl: url, organizationId, providerId } = connection;
  if (url === null) throw new OnboardingError('conflict');
  const { findings, side } = await readMetadata(
    deps,
    { way: 'metadata_url', url },
    {
      environment: caller.environment,
      organizationId,
      guideId: providerId,
      metadataKey: connection.idpMetadataKey,
      now: request.now,
    },
  );
  if (side === undefined || hasStop(findings)) throw refusalOf(findings);
  return side;
}
