import { takenUntil } from '../../../onboarding/certificate-grace.ts';
import { pastedKind } from '../../../onboarding/preflight.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { retiresAt } from '../../../onboarding/certificate-retirement.ts';
import { judgeMetadata } from '../../../onboarding/metadata-health.ts';
import {
  bindRenewalLink,
  listAttempts,
  listCertificates,
  type ConnectionRow,
  type IdpCertificateRow,
  type Tx,
} from '../../../db/index.ts';
import { ok } from '../../answers.ts';
import { certificateViewOf } from '../../connection-views.ts';
import {
  metadataCheck,
  renewalBody,
  renewalState,
  renewalText,
  type MetadataBody,
  type RenewalState,
} from '../../contract/setup-provider-settings.ts';
import { stepResult } from '../../contract/shared.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { trustCertificates, wakeWatch } from '../../change-saml-keys.ts';
import { sendCommand } from '../../journey.ts';
import { findCurrentConnection, lockCurrentConnection } from './connection.ts';
import { tellContacts } from './contact-notices.ts';
import { hasStop, refusalOf, servesOther, type MetadataFinding } from './metadata-findings.ts';
import { checkOf, findServed } from './metadata.ts';
import { actLine, proveAct } from './prove-act.ts';
import { readMetadata, type IdpSide, type MetadataReadingResult } from './read-metadata.ts';
import { change, ensured, requireChange, requireLooking, tenantOf, type SetupContext } from './scope.ts';

/**
 * P26: a new signing certificate beside the one in use. Nothing else of the connection changes, and nobody's sign-in
 * stops: both are trusted until the provider has changed over. It is a run of its own, unless one is open.
 */

const feature = 'certificate_renewal';

/** A document of 1 MB, written as JSON. */
const maxBodyBytes = 2_400_000;
/** A change of keys needs two; more than these are no help [MD-06]. */
const mostCertificates = 5;

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/renewal',
  who: 'portal_session',
  summary: 'The certificates of the connection in use: since when, until when, and what comes next',
  answers: { 200: renewalState },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const connection = await findCurrentConnection(tx, context);
      if (connection === undefined) throw new OnboardingError('step_blocked', { step: 'choose_provider' });
      return ok(await stateOf(tx, connection, context.request.now));
    }),
});

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/renewal/check',
  who: 'portal_session',
  summary: 'Looks at the new certificate; keeps nothing',
  body: renewalText,
  maxBodyBytes,
  answers: { 200: metadataCheck },
  handler: async (context) => {
    const { deps, body, request } = context;
    const { reading } = await read(context, body.text);
    return ok(checkOf(reading, deps.now().getTime() - request.now.getTime()));
  },
});

const trust = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/renewal',
  who: 'portal_session',
  summary: 'Trusts the new certificate beside the one in use, with a code',
  body: renewalBody,
  maxBodyBytes,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { body } = context;
    const { reading, connectionId } = await read(context, body.text);
    const { findings, side } = reading;
    if (side === undefined || hasStop(findings)) throw refusalOf(findings);
    const doubt = findings.find(({ severity }) => severity === 'warn');
    if (doubt !== undefined && body.accepted !== true) {
      throw new InvalidInput([{ field: 'accepted', code: doubt.code, message: 'accepted is required' }]);
    }
    return change(context, feature, async (changing) => {
      const { tx, tenant, by, link } = changing;
      const connection = await lockCurrentConnection(tx, context);
      if (connection.id !== connectionId) throw new OnboardingError('conflict');
      requireInUse(connection);
      const refusal = await proveAct(tx, context, actLine('renew_certificate', connection.id), body.code);
      if (refusal !== undefined) return refusal;
      const known = await listCertificates(tx, tenant, connection.id);
      const late = remarksOn(side, known).find(({ severity }) => severity === 'stop');
      if (late !== undefined) throw refusalOf([late]);
      await trustCertificates(tx, connection, side.certificates, 'renewal', by);
      await tellContacts(changing, connection.id, 'certificate_trusted');
      await wakeWatch(tx, connection, by.request.now);
      const { onboarding, queued } = await ensured(context, changing, feature);
      await bindRenewalLink(tx, tenant, link.id, onboarding.id);
      const act = { kind: 'give_certificate', connectionId: connection.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    });
  },
});

export const renewalRoutes = [get, check, trust];

/** Only what people sign in with is renewed; what serves nobody yet is set up anew on its own pages. */
function requireInUse({ state, protocol }: ConnectionRow): void {
  if (state !== 'active' || protocol !== 'saml')
    throw new OnboardingError('connection_state_refused', { state });
}

/** The text as a certificate, or as metadata of the same provider, with what is to be said of it here. */
async function read(
  context: SetupContext,
  text: string,
): Promise<{ reading: MetadataReadingResult; connectionId: string }> {
  const { deps, caller, request } = context;
  const tenant = tenantOf(context);
  const { connection, known } = await context.read(async (tx) => {
    await requireChange(tx, context, feature);
    const current = await findCurrentConnection(tx, context);
    if (current === undefined) throw new OnboardingError('step_blocked', { step: 'choose_provider' });
    requireInUse(current);
    return { connection: current, known: await listCertificates(tx, tenant, current.id) };
  });
  const reading = await readMetadata(deps, bodyOf(connection, text), {
    environment: caller.environment,
    organizationId: tenant.organizationId,
    // The guide's own remarks are about what was copied when it was set up.
    guideId: null,
    metadataKey: connection.idpMetadataKey,
    now: request.now,
  });
  const { side } = reading;
  if (side === undefined) return { reading, connectionId: connection.id };
  const served = await findServed(context, side, connection.id);
  const remarks = [...remarksOn(side, known), ...served.map((other) => servesOther(other, 'manual'))];
  return {
    reading: { ...reading, findings: [...reading.findings, ...remarks] },
    connectionId: connection.id,
  };
}

function bodyOf({ idpEntityId, idpSsoUrl }: ConnectionRow, text: string): MetadataBody {
  return pastedKind(text) === 'xml'
    ? { way: 'metadata_file', text, entityId: idpEntityId ?? '' }
    : { way: 'manual', entityId: idpEntityId ?? '', ssoUrl: idpSsoUrl ?? '', certificate: text };
}

/** What only the certificates that are trusted already can tell. */
function remarksOn(
  { certificates }: IdpSide,
  known: readonly Pick<IdpCertificateRow, 'fingerprint' | 'spkiFingerprint' | 'notAfter'>[],
): MetadataFinding[] {
  const remark = (severity: 'stop' | 'warn', code: string): MetadataFinding => ({
    severity,
    code,
    field: 'certificate',
    facts: {},
    repair: null,
  });
  const added = certificates.filter(({ sha256 }) => known.every(({ fingerprint }) => fingerprint !== sha256));
  if (added.length === 0) return [remark('stop', 'certificate_known')];
  const newKeys = added.filter(({ spkiSha256 }) => known.every((k) => k.spkiFingerprint !== spkiSha256));
  if (known.length + newKeys.length > mostCertificates) return [remark('stop', 'certificates_full')];
  const isSooner = added.every(({ notAfter }) => known.some((k) => k.notAfter > notAfter));
  return isSooner ? [remark('warn', 'certificate_ends_sooner')] : [];
}

async function stateOf(tx: Tx, connection: ConnectionRow, now: Date): Promise<RenewalState> {
  const trusted = await listCertificates(tx, connection, connection.id);
  const tests = { connectionId: connection.id, state: 'success', origin: 'test' } as const;
  const { rows } = await listAttempts(tx, connection, tests, { limit: 10, order: 'desc' });
  const test = rows.find(({ revisionId }) => revisionId === null);
  const { idpMetadataUrl: url } = connection;
  return {
    certificates: trusted.map((row) => {
      const { retiredAt: _retired, ...view } = certificateViewOf(row);
      const goes = url === null ? retiresAt(row, trusted) : undefined;
      return {
        ...view,
        trustedAt: row.createdAt.toISOString(),
        firstUsedAt: row.firstUsedAt?.toISOString() ?? null,
        lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
        retiresAt: goes?.toISOString() ?? null,
      };
    }),
    graceEndsAt: trusted[0] === undefined ? null : takenUntil(trusted[0].notAfter).toISOString(),
    metadata:
      url === null
        ? null
        : {
            url,
            fetchedAt: connection.metadataFetchedAt?.toISOString() ?? null,
            failingSince: connection.metadataFailingSince?.toISOString() ?? null,
            needsPersonFor:
              judgeMetadata(
                { failingSince: connection.metadataFailingSince, code: connection.metadataFailingCode },
                now,
              ) ?? null,
          },
    lastTest:
      test === undefined
        ? null
        : { attemptId: test.id, at: test.startedAt.toISOString(), signedBy: test.signedBy },
  };
}
