import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import {
  finishAttempt,
  insertSignIn,
  markConnectionTested,
  recordAttemptEvent,
  markRevisionTested,
  upsertProfile,
  type AttemptOutcome,
  type AttemptRow,
  type ConnectionRow,
  type EnvironmentRow,
  type Tx,
} from '../../db/index.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { refuseOutsider } from './domain-policy.ts';
import type { Person, ReadPerson } from './read-person.ts';
import { failAttempt, tellOnboarding } from './record-outcome.ts';
import { lackOf } from './tested-form.ts';
import { tenantOf } from './usable-connection.ts';

/** How long a code may be exchanged [IDB-06]. */
const codeLifeMs = 5 * 60_000;

export type Completion =
  | { readonly kind: 'code'; readonly attempt: AttemptRow; readonly code: string }
  | { readonly kind: 'tested'; readonly attempt: AttemptRow }
  | { readonly kind: 'refused'; readonly cause: SignInCause; readonly attempt: AttemptRow }
  /** Not this attempt's doing: it stays as it is, and what came was kept under another reference. */
  | { readonly kind: 'not_this_one'; readonly cause: SignInCause; readonly kept: AttemptRow };

export interface CompletionInput {
  readonly connection: ConnectionRow;
  readonly environment: EnvironmentRow;
  readonly attempt: AttemptRow;
  readonly now: Date;
}

/** An answer that was verified, and whose request is spent: what it says of the person, in the words of neither protocol. */
export interface ProvenAnswer {
  readonly person: ReadPerson;
  readonly checks: readonly { readonly check: string; readonly passed: boolean }[];
  /** What the attempt keeps of how it was proved. */
  readonly kept: Pick<AttemptOutcome, 'signed' | 'signedBy' | 'trail'>;
  readonly sessionIndex: string | null;
  /** How the provider named the person, where its protocol needs that to end a session. */
  readonly nameId?: Record<string, string> | null;
  readonly sessionEndsAt: string | null;
  /** The least that later answers must have signed, if this one is a test. */
  readonly floor: {
    readonly signed: ConnectionRow['signedFloor'];
    readonly encrypted: boolean;
  };
  /** The provider itself says that nobody has proved the address [IDB-01]. */
  readonly isEmailUnverified?: boolean;
}

/**
 * The end of a sign-in in every protocol: asks the domain policy, and ends with a code for the app or, in a test, with a
 * proof for the connection. All in the caller's transaction, which must see the whole environment; nothing waits for a
 * workflow.
 */
export async function completeSignIn(
  tx: Tx,
  input: CompletionInput,
  answer: ProvenAnswer,
): Promise<Completion> {
  const { connection, attempt, now } = input;
  const { environmentId, organizationId } = connection;
  const { person: found, kept } = answer;
  const isTest = attempt.origin === 'test';
  // Of a test it is judged last, and told where it was judged.
  const checks = answer.checks.filter(({ check }) => !(isTest && check === 'floor'));
  const known = {
    ...kept,
    idpId: found.shown.idpId,
    profile: found.shown,
    email: found.shown.email,
    now,
  };
  const refuse = async (cause: SignInCause, facts: SignInFacts, check: string): Promise<Completion> => {
    const failure = { ...known, cause, facts, checks: [...checks, { check, passed: false }] };
    return {
      kind: 'refused',
      cause,
      attempt: (await failAttempt(tx, connection, attempt, failure)) ?? attempt,
    };
  };
  if (!found.ok) return refuse(found.cause, found.facts, 'profile');
  checks.push(passed('profile'));

  const policy = input.environment.domainPolicy;
  const { email } = found.person;
  const isUnverified = answer.isEmailUnverified ?? false;
  const outsider = await refuseOutsider(tx, connection, { email, policy, isTest, isUnverified });
  if (outsider) return refuse(outsider.cause, outsider.facts, 'domains');
  checks.push(passed('domains'));

  const lack = isTest ? lackOf(floorOf(connection), answer.floor) : undefined;
  if (lack) {
    const facts = { ...lack, signed: answer.floor.signed, encrypted: answer.floor.encrypted };
    return refuse('signed_less', facts, 'floor');
  }
  if (isTest && answer.checks.some(({ check }) => check === 'floor')) checks.push(passed('floor'));

  const ended = await finishAttempt(tx, { environmentId, organizationId }, attempt.id, {
    ...known,
    state: 'success',
    checks,
  });
  if (!ended) throw new Error(`attempt ${attempt.id} was consumed and had ended`);
  await recordAttemptEvent(tx, ended, 'succeeded', { now, newId });
  if (isTest) {
    await proveConnection(tx, input, found.person, answer.floor);
    return { kind: 'tested', attempt: ended };
  }
  return { kind: 'code', attempt: ended, code: await issueCode(tx, input, found.person, answer) };
}

/**
 * New settings that nobody signs in with yet are tested from nothing: the old floor says nothing about another provider.
 */
function floorOf({ state, testedRevision, settingsRevision, signedFloor, encryptedFloor }: ConnectionRow) {
  const isFresh = state !== 'active' && testedRevision !== settingsRevision;
  return isFresh
    ? { signed: 'one' as const, encrypted: false }
    : { signed: signedFloor, encrypted: encryptedFloor };
}

export const passed = (check: string) => ({ check, passed: true });

async function proveConnection(
  tx: Tx,
  { connection, attempt, now }: CompletionInput,
  { email }: Person,
  floor: ProvenAnswer['floor'],
): Promise<void> {
  const { settingsRevision, revisionId } = attempt;
  if (revisionId !== null) {
    const test = { settingsRevision, email, signed: floor.signed, encrypted: floor.encrypted, now };
    await markRevisionTested(tx, tenantOf(connection), revisionId, test);
    return;
  }
  const tested = await markConnectionTested(
    tx,
    { environmentId: connection.environmentId, organizationId: connection.organizationId },
    connection.id,
    { settingsRevision, email, signedFloor: floor.signed, encryptedFloor: floor.encrypted, now },
  );
  if (!tested) return;
  await tellOnboarding(
    tx,
    connection,
    { kind: 'test_passed', connectionId: connection.id, attemptId: attempt.id, settingsRevision },
    now,
  );
}

/** The profile of (connection, idp id) [IDB-01], and a code that is kept as a digest. */
async function issueCode(
  tx: Tx,
  { connection, attempt, now }: CompletionInput,
  person: Person,
  { sessionIndex, nameId = null, sessionEndsAt }: ProvenAnswer,
): Promise<string> {
  const { environmentId, organizationId } = connection;
  const whose = { environmentId, organizationId, connectionId: connection.id };
  const profile = await upsertProfile(tx, {
    id: newId('prof_'),
    ...whose,
    ...person,
    groups: [...person.groups],
    connectionType: connection.connectionType,
    now,
  });
  const code = mintToken('vb_code_');
  await insertSignIn(tx, {
    id: newId('sign_in_'),
    ...whose,
    profileId: profile.id,
    attemptId: attempt.id,
    sessionIndex,
    nameId,
    codeDigest: digestToken(code).toString('hex'),
    codeExpiresAt: new Date(now.getTime() + codeLifeMs),
    clientId: attempt.clientId,
    redirectUri: attempt.redirectUri,
    codeChallenge: attempt.codeChallenge,
    createdAt: now,
    expiresAt: sessionEndsAt === null ? null : new Date(sessionEndsAt),
  });
  return code;
}
