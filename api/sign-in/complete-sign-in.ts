import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import {
  completeSpentSignIn,
  findSignInRefusal,
  finishAttempt,
  markConnectionTested,
  markRevisionTested,
  spendAndCompleteSignIn,
  type AttemptOutcome,
  type AttemptRow,
  type ConnectionRow,
  type SignInRules,
  type SpentMessages,
  type Tx,
} from '../../db/index.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { domainOf, refuseOutsider, standingOf } from './domain-policy.ts';
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
  readonly rules: SignInRules;
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
 * The end of a sign-in in every protocol, of a request that is spent: asks the domain policy and the directories, and ends with a code for
 * the app or, in a test, with a proof for the connection. All in the caller's transaction, which must see the whole
 * environment; nothing waits for a workflow.
 */
export async function completeSignIn(
  tx: Tx,
  input: CompletionInput,
  answer: ProvenAnswer,
): Promise<Completion> {
  const { connection, attempt, now } = input;
  const completed = await completeForApp(tx, input, answer);
  if (completed) return completed;

  const { person: found } = answer;
  const isTest = attempt.origin === 'test';
  // Of a test it is judged last, and told where it was judged.
  const checks = answer.checks.filter(({ check }) => !(isTest && check === 'floor'));
  const known = { ...answer.kept, ...keptOf(found), now };
  const refuse = async (cause: SignInCause, facts: SignInFacts, check: string): Promise<Completion> => {
    const failure = { ...known, cause, facts, checks: [...checks, { check, passed: false }] };
    const failed = await failAttempt(tx, connection, attempt, failure);
    return { kind: 'refused', cause: failed?.cause ?? cause, attempt: failed ?? attempt };
  };
  if (!found.ok) return refuse(found.cause, found.facts, 'profile');
  checks.push(passed('profile'));

  const outsider = await refuseOutsider(tx, connection, input.rules, whoIs(attempt, found.person, answer));
  if (outsider) return refuse(outsider.cause, outsider.facts, 'domains');
  checks.push(passed('domains'));

  // A test is about the connection; nobody gets in by it.
  const refusal = isTest ? undefined : await findSignInRefusal(tx, tenantOf(connection), found.person, now);
  if (refusal) return refuse(refusal, { email: found.person.email }, 'directory');

  const lack = isTest ? lackOf(floorOf(connection), answer.floor) : undefined;
  if (lack) {
    const facts = { ...lack, signed: answer.floor.signed, encrypted: answer.floor.encrypted };
    return refuse('signed_less', facts, 'floor');
  }
  if (isTest && answer.checks.some(({ check }) => check === 'floor')) checks.push(passed('floor'));

  const success = { ...known, state: 'success', checks } as const;
  const ended = await finishAttempt(tx, tenantOf(connection), attempt.id, success);
  if (!ended || !isTest) throw new Error(`attempt ${attempt.id} was consumed and had ended`);
  await proveConnection(tx, input, found.person, answer.floor);
  return { kind: 'tested', attempt: ended };
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

/**
 * The good end for an app in one statement, the first one of the transaction. With `spends` it also spends the request
 * and remembers the messages. Undefined when something stands in the way; nothing is decided then.
 */
export async function completeForApp(
  tx: Tx,
  { connection, attempt, rules, now }: CompletionInput,
  answer: ProvenAnswer,
  spends?: SpentMessages,
): Promise<Completion | undefined> {
  const { person: found, kept, sessionIndex, nameId = null, sessionEndsAt } = answer;
  if (attempt.origin === 'test' || !found.ok) return undefined;
  const standing = standingOf(connection, rules, whoIs(attempt, found.person, answer));
  if (standing !== 'inside' && standing !== 'inside_unless_held_elsewhere') return undefined;
  const code = mintToken('vb_code_');
  const completion = {
    attempt,
    connection,
    person: found.person,
    shown: found.shown,
    checks: allPassed(answer),
    trail: kept.trail ?? attempt.trail,
    signed: kept.signed ?? null,
    signedBy: kept.signedBy ?? null,
    domainHeldByNobodyElse: standing === 'inside_unless_held_elsewhere' ? domainOf(found.person.email) : null,
    signInId: newId('sign_in_'),
    profileId: newId('prof_'),
    eventId: newId('event_'),
    sessionIndex,
    nameId,
    codeDigest: digestToken(code).toString('hex'),
    now,
    codeExpiresAt: new Date(now.getTime() + codeLifeMs),
    expiresAt: sessionEndsAt === null ? null : new Date(sessionEndsAt),
  };
  const isCompleted = spends
    ? await spendAndCompleteSignIn(tx, completion, spends)
    : await completeSpentSignIn(tx, completion);
  return isCompleted ? { kind: 'code', attempt, code } : undefined;
}

function whoIs({ origin }: AttemptRow, { email }: Person, { isEmailUnverified }: ProvenAnswer) {
  return { email, isTest: origin === 'test', isUnverified: isEmailUnverified ?? false };
}

/** What an attempt keeps of the person that an answer names. */
const keptOf = ({ shown }: ReadPerson) => ({ idpId: shown.idpId, profile: shown, email: shown.email });

const allPassed = ({ checks }: ProvenAnswer) => [...checks, passed('profile'), passed('domains')];

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
  const test = { settingsRevision, email, signedFloor: floor.signed, encryptedFloor: floor.encrypted, now };
  const tested = await markConnectionTested(tx, tenantOf(connection), connection.id, test);
  if (!tested) return;
  await tellOnboarding(
    tx,
    connection,
    { kind: 'test_passed', connectionId: connection.id, attemptId: attempt.id, settingsRevision },
    now,
  );
}
