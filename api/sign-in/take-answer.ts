import { decodeSamlResponse, peekInResponseTo } from '../../adapters/saml/posted-response.ts';
import { ResponseRefused } from '../../adapters/saml/response-refused.ts';
import type { SamlVerdict } from '../../adapters/saml/verdict.ts';
import { digestToken, looksLikeOurToken } from '../../adapters/tokens.ts';
import {
  consumeRequest,
  findPostedAnswer,
  inOneMessage,
  listSpKeys,
  storePendingOutcome,
  withTenant,
  type AttemptRow,
  type ConnectionRow,
  type TrustedCertificate,
  type Tx,
} from '../../db/index.ts';
import type { ApiDeps } from '../deps.ts';
import { openSpKey } from '../sp-keys.ts';
import {
  effectiveConnection,
  listRevisionCertificates,
  lookAsAttempt,
  unusable,
  type EffectiveConnection,
} from './effective-connection.ts';
import { outcomeOf, readOutcome, type PendingOutcome } from './pending-outcome.ts';
import { keepRefused } from './record-outcome.ts';
import { isUsable, tenantOf } from './usable-connection.ts';
import { expiryGraceMs } from '../../onboarding/certificate-grace.ts';

/** What a provider posted through a browser. */
export interface PostedAnswer {
  readonly samlResponse: string;
  readonly relayState: string | undefined;
  readonly now: Date;
}

/** Where it was posted to. */
export interface AnsweredAt {
  readonly connectionId: string;
  readonly environmentId: string;
  readonly organizationId: string;
}

export type Taken =
  /** The verdict is kept; the browser shows its cookie next. */
  | { readonly kind: 'waits_for_browser'; readonly attempt: AttemptRow; readonly isAccepted: boolean }
  | { readonly kind: 'refused'; readonly kept: AttemptRow; readonly solicited: boolean }
  /** Nobody asked for it and the connection allows to begin at the provider: the sign-in begins again here [SAML-19]. */
  | { readonly kind: 'begins_again'; readonly connection: ConnectionRow }
  /** As if the connection did not exist [SAML-01]. */
  | { readonly kind: 'unknown' };

const clockSkewMs = 60_000;
/** Junk that belongs to no attempt is kept for support, but not at any length. */
const longestJunk = 64 * 1024;

/**
 * Judges an answer and keeps the verdict with the attempt that it names. Nothing is spent here: anybody can post, so
 * only the browser that began the attempt may end it [SAML-16] [SAML-17].
 */
export async function takeAnswer(
  deps: ApiDeps,
  { connectionId, ...tenant }: AnsweredAt,
  posted: PostedAnswer,
): Promise<Taken> {
  const { now } = posted;
  const xml = decoded(posted.samlResponse);
  const found = await inOneMessage(deps.db, tenant, (tx) =>
    findPostedAnswer(tx, tenant, { connectionId, ...namedBy(xml, posted.relayState) }),
  );
  if (found === undefined) return { kind: 'unknown' };
  const { attempt } = found;
  const seen = await lookAsAttempt(deps.db, found.connection, attempt);
  const connection = seen ?? effectiveConnection(found.connection, undefined);
  const { protocol } = connection;
  // A connection may have gone over to OpenID Connect after it had asked.
  if (protocol !== 'saml' && attempt?.protocol !== 'saml') return { kind: 'unknown' };
  const usable =
    seen !== undefined &&
    protocol === 'saml' &&
    (await isUsable(deps, connection, attempt?.origin ?? 'provider'));
  if (!usable && !attempt) return { kind: 'unknown' };

  const certificates = await trustedBy(deps, connection, found.certificates, now);
  const verdict: SamlVerdict = usable
    ? await deps.samlVerifier.verify({
        samlResponse: posted.samlResponse,
        trust: {
          idpEntityId: connection.idpEntityId ?? '',
          spEntityId: connection.spEntityId,
          acsUrl: connection.acsUrl,
          signingCertificates: certificates.map(({ pem }) => ({ pem })),
          expiryGraceMs,
          floor: floorOf(connection, attempt),
          decryptionKeys: xml?.includes('EncryptedAssertion') ? await openKeys(deps, connection) : [],
          allowUnsolicited: false,
        },
        request: requestOf(attempt),
        clockSkewMs,
        now,
      })
    : { ok: false, ...unusable(seen, connection), checks: [] };
  const outcome = outcomeOf(verdict, certificates, now);
  const isUnsolicited = !attempt && !outcome.ok && outcome.cause === 'unsolicited';
  if (isUnsolicited && connection.allowIdpInitiated) return { kind: 'begins_again', connection };
  if (attempt && (await isKept(deps, attempt, outcome, xml, now))) {
    return { kind: 'waits_for_browser', attempt, isAccepted: outcome.ok };
  }
  return withTenant(deps.db, tenant, (tx) => refuse(tx, connection, attempt, outcome, xml, now));
}

/** The request that the answer names, else RelayState, which is ours or ignored [SAML-20]. */
function namedBy(xml: string | undefined, relayState: string | undefined) {
  const isOurs = relayState !== undefined && looksLikeOurToken(relayState, 'vb_state_');
  return {
    requestId: (xml === undefined ? undefined : peekInResponseTo(xml)) ?? null,
    relayStateDigest: isOurs ? digestToken(relayState).toString('hex') : null,
  };
}

/** A revision has keys of its own. */
async function trustedBy(
  { db }: ApiDeps,
  connection: EffectiveConnection,
  live: readonly TrustedCertificate[],
  now: Date,
): Promise<readonly TrustedCertificate[]> {
  const { revisionId } = connection;
  if (revisionId === null) return live;
  return withTenant(db, tenantOf(connection), (tx) =>
    listRevisionCertificates(tx, connection, revisionId, now),
  );
}

async function openKeys({ db, secrets }: ApiDeps, connection: ConnectionRow): Promise<string[]> {
  const tenant = tenantOf(connection);
  const keys = await withTenant(db, tenant, (tx) => listSpKeys(tx, tenant, connection.id));
  return keys.filter(({ use }) => use === 'encryption').map((key) => openSpKey(secrets, key));
}

/**
 * What the last passed test had signed. A test is judged by it at its very end, when all else is known to be right, so
 * that a weaker form can be seen whole before anybody accepts it.
 */
function floorOf(connection: ConnectionRow, attempt: AttemptRow | undefined) {
  return attempt?.origin === 'test'
    ? { signed: 'one' as const, encrypted: false }
    : { signed: connection.signedFloor, encrypted: connection.encryptedFloor };
}

function requestOf(attempt: AttemptRow | undefined) {
  return typeof attempt?.requestId === 'string'
    ? { id: attempt.requestId, issuedAt: attempt.startedAt, forceAuthn: attempt.forceAuthn }
    : undefined;
}

/** Whether the verdict now waits for the browser. False when the request has been answered already, or is too old. */
async function isKept(
  { db }: ApiDeps,
  attempt: AttemptRow,
  outcome: PendingOutcome,
  xml: string | undefined,
  now: Date,
): Promise<boolean> {
  const earlier = attempt.consumedAt === null ? readOutcome(attempt) : undefined;
  // A good answer that waits for its browser is not pushed aside by junk that somebody posts meanwhile.
  if (earlier?.ok === true && !outcome.ok) return true;
  const { environmentId, organizationId } = attempt;
  const tenant = { environmentId, organizationId };
  const kept = { pendingOutcome: outcome, responseXml: xml ?? '', now };
  return inOneMessage(db, tenant, (tx) => storePendingOutcome(tx, tenant, attempt.id, kept));
}

async function refuse(
  tx: Tx,
  connection: ConnectionRow,
  attempt: AttemptRow | undefined,
  outcome: PendingOutcome,
  xml: string | undefined,
  now: Date,
): Promise<Taken> {
  const { cause, facts, checks } = outcome.ok
    ? await unconsumable(tx, connection, attempt, outcome, now)
    : outcome;
  const responseXml = xml !== undefined && xml.length <= longestJunk ? xml : null;
  const origin = attempt?.origin ?? 'provider';
  const failure = { origin, cause, facts, checks, responseXml, now };
  const kept = await keepRefused(tx, connection, failure);
  return { kind: 'refused', kept, solicited: outcome.ok || outcome.cause !== 'unsolicited' };
}

/** Why a good answer cannot be used any more: its request was answered before, or is too old. Spends nothing. */
async function unconsumable(
  tx: Tx,
  connection: ConnectionRow,
  attempt: AttemptRow | undefined,
  outcome: Extract<PendingOutcome, { ok: true }>,
  now: Date,
) {
  const expiresAt = new Date(outcome.replayableUntil);
  const { outcome: cause } = await consumeRequest(tx, tenantOf(connection), {
    connectionId: connection.id,
    requestId: attempt?.requestId ?? '',
    bindingDigest: null,
    messages: [
      { kind: 'assertion', messageId: outcome.assertionId, expiresAt },
      { kind: 'response', messageId: outcome.responseId, expiresAt },
    ],
    now,
  });
  if (cause === 'consumed') throw new Error('a request without a browser was spent');
  const check = cause === 'replayed' ? 'replay' : 'in_response_to';
  return { cause, facts: {}, checks: [...outcome.checks, { check, passed: false }] };
}

function decoded(samlResponse: string): string | undefined {
  try {
    return decodeSamlResponse(samlResponse);
  } catch (error) {
    if (error instanceof ResponseRefused) return undefined;
    throw error;
  }
}
