import type { AttemptRow, ConnectionRow } from '../../db/index.ts';

/** How an answer is protected: what of it is signed, and whether it is encrypted for us. */
interface AnswerForm {
  readonly signed: ConnectionRow['signedFloor'];
  readonly encrypted: boolean;
}

const strengths: Readonly<Record<AnswerForm['signed'], number>> = {
  one: 0,
  assertion: 1,
  response: 2,
  both: 3,
};

/** What an answer lacks of the least that a connection accepts [SAML-09], in the words of the verdict; none when nothing. */
export function lackOf(
  floor: AnswerForm,
  received: AnswerForm,
): { expected: string; received: string } | undefined {
  if (strengths[received.signed] < strengths[floor.signed]) {
    return { expected: floor.signed, received: received.signed };
  }
  return floor.encrypted && !received.encrypted ? { expected: 'encrypted', received: 'plain' } : undefined;
}

const forms = ['assertion', 'response', 'both'] as const;

/**
 * The weaker form that a test came in, when everything else about its answer was right; undefined of every other attempt.
 * A sign-in that nobody has tested is no ground for accepting less.
 */
export function testedForm({ origin, cause, facts }: AttemptRow): AnswerForm | undefined {
  if (origin !== 'test' || cause !== 'signed_less') return undefined;
  const signed = forms.find((form) => form === facts['signed']);
  const { encrypted } = facts;
  return signed === undefined || typeof encrypted !== 'boolean' ? undefined : { signed, encrypted };
}
