import { detectFromMetadata } from '../../../onboarding/provider-detection.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { countUndelivered, listConnectionsTrusting, type OnboardingRow } from '../../../db/index.ts';
import { ok } from '../../answers.ts';
import { type SsoState } from '../../contract/setup-connections.ts';
import {
  metadataBody,
  metadataCheck,
  type MetadataBody,
  type MetadataCheck,
} from '../../contract/setup-provider-settings.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import type { QueuedCommand } from '../../onboarding-client.ts';
import { route } from '../../route.ts';
import type { EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { findEdited, isBesideJourney, lockEdited } from './edited.ts';
import { hasStop, refusalOf, servesOther } from './metadata-findings.ts';
import { readMetadata, type IdpSide, type MetadataReadingResult } from './read-metadata.ts';
import { saveIdpSide } from './save-idp-side.ts';
import { change, ensured, requireChange, tenantOf, type Changing, type SetupContext } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P7: what the provider gave, looked at while it is typed, and saved. */

/** A document of 1 MB, written as JSON. */
const maxBodyBytes = 2_400_000;

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/metadata/check',
  who: 'portal_session',
  summary: 'Looks at the provider’s side; keeps nothing',
  body: metadataBody,
  maxBodyBytes,
  answers: { 200: metadataCheck },
  handler: async (context) => {
    const { deps, body, request } = context;
    const reading = await read(context, body);
    return ok(checkOf(reading, deps.now().getTime() - request.now.getTime()));
  },
});

const save = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/metadata',
  who: 'portal_session',
  summary: 'Saves the provider’s side; what needs accepting has to be accepted',
  body: metadataBody,
  maxBodyBytes,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { deps, body } = context;
    const { findings, side } = await read(context, body);
    if (side === undefined || hasStop(findings)) throw refusalOf(findings);
    const doubt = findings.find(({ severity }) => severity === 'warn');
    if (doubt !== undefined && body.accepted !== true) {
      throw new InvalidInput([{ field: 'accepted', code: doubt.code, message: 'accepted is required' }]);
    }
    return change(context, 'sso', async (changing) => {
      const connection = await lockEdited(changing);
      const source = body.way === 'manual' ? 'pasted' : 'metadata';
      const saved = await saveIdpSide(changing, deps, connection, side, source, draftsOf(body));
      return tellSaved(context, changing, saved);
    });
  },
});

export const metadataRoutes = [check, save];

/**
 * Tells the journey of settings that were saved; a run that has not chosen the provider yet hears of it first. A draft is
 * edited beside the journey, which has arrived already.
 */
export async function tellSaved(
  context: SetupContext,
  changing: Changing,
  connection: EffectiveConnection,
): Promise<{ onboarding: OnboardingRow; queued: QueuedCommand[] }> {
  if (isBesideJourney(connection)) return tellNothing(context, changing);
  const { tx, tenant, by } = changing;
  const { onboarding, queued } = await ensured(context, changing, 'sso');
  const isStale = queued.length === 0 && (await countUndelivered(tx, tenant)) > 0;
  const steps = onboarding.view.features.find(({ feature }) => feature === 'sso')?.steps ?? [];
  const isChosen = isStale || steps.some(({ step, state }) => step === 'choose_provider' && state === 'done');
  const connectionId = connection.id;
  const chosen = isChosen
    ? queued
    : await sendCommand(
        tx,
        onboarding,
        { kind: 'choose_provider', connectionId, providerId: connection.providerId ?? 'custom-saml' },
        by,
        queued,
      );
  const { settingsRevision } = connection;
  const act = { kind: 'save_metadata', connectionId, settingsRevision } as const;
  return { onboarding, queued: await sendCommand(tx, onboarding, act, by, chosen) };
}

async function read(context: SetupContext, body: MetadataBody): Promise<MetadataReadingResult> {
  const { deps, caller, request } = context;
  const tenant = tenantOf(context);
  const connection = await context.read(async (tx) => {
    return findEdited(tx, context, await requireChange(tx, context, 'sso'));
  });
  const reading = await readMetadata(deps, body, {
    environment: caller.environment,
    organizationId: tenant.organizationId,
    guideId: connection?.providerId ?? null,
    metadataKey: connection?.idpMetadataKey ?? null,
    now: request.now,
  });
  if (reading.side === undefined) return reading;
  const served = await findServed(context, reading.side, connection?.id);
  return {
    ...reading,
    findings: [...reading.findings, ...served.map((other) => servesOther(other, body.way))],
  };
}

/**
 * Connections that one of the keys serves already (M19). Of the customer's own organization only: who else is a customer
 * here, and trusts the same provider, is nobody's business.
 */
export async function findServed(
  context: SetupContext,
  { certificates }: IdpSide,
  except: string | undefined,
): Promise<string[]> {
  const spkiFingerprints = certificates.map(({ spkiSha256 }) => spkiSha256);
  const others = await context.read((tx) =>
    listConnectionsTrusting(tx, tenantOf(context), { spkiFingerprints, except }),
  );
  return [...new Set(others.map(({ name }) => name))];
}

export function checkOf(
  { findings, side, entities }: MetadataReadingResult,
  elapsedMs: number,
): MetadataCheck {
  const canSave = side !== undefined && !hasStop(findings);
  return {
    canSave,
    needsAccepting: canSave && findings.some(({ severity }) => severity === 'warn'),
    findings: [...findings],
    entities: [...entities],
    summary: side === undefined ? null : summaryOf(side),
    elapsedMs: Math.max(0, Math.round(elapsedMs)),
  };
}

function summaryOf(side: IdpSide): NonNullable<MetadataCheck['summary']> {
  const detected = detectFromMetadata({ entityId: side.entityId, ssoUrl: side.ssoUrl });
  const guide = detected === null ? undefined : findGuide(detected.guideId);
  return {
    entityId: side.entityId,
    ssoUrl: side.ssoUrl,
    certificates: side.certificates.map((certificate) => ({
      subject: certificate.subject,
      fingerprint: certificate.sha256,
      keyBits: certificate.keySizeBits,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    })),
    providerId: guide?.id ?? null,
    providerName: detected?.name ?? null,
  };
}

/** What stands in the fields when the page is opened again. */
function draftsOf(body: MetadataBody): Partial<SsoState['drafts']> {
  if (body.way === 'metadata_url') return { way: body.way, metadataUrl: body.url.trim() };
  if (body.way === 'metadata_file') return { way: body.way };
  return { way: body.way, entityId: body.entityId, ssoUrl: body.ssoUrl, certificate: body.certificate };
}
