import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import { AnswerRefused, quoted, type OidcCheck } from './verdict.ts';

/**
 * What a failed exchange means for people. Errors that are ours are thrown on: nobody is told that
 * a provider did wrong where it did not.
 */
export function asRefusal(check: OidcCheck, error: unknown): AnswerRefused {
  if (error instanceof AnswerRefused) return error;
  const chain = chainOf(error);
  const ours = chain.find((one) => one instanceof OnboardingError);
  if (ours) {
    if (!unreachableCodes.includes(ours.code)) throw ours;
    return new AnswerRefused(check, 'provider_unreachable', ours.facts, { cause: error });
  }
  const said = chain.find((one) => one instanceof ResponseBodyError);
  if (said) {
    const facts = {
      code: quoted(said.error),
      message: quoted(said.error_description ?? said.error),
      status: said.status,
    };
    return new AnswerRefused(check, causeOf(said.error), facts, { cause: error });
  }
  const challenge = chain.find((one) => one instanceof WWWAuthenticateChallengeError);
  if (challenge) {
    const [first] = challenge.cause;
    const { error: code, error_description: description } = first?.parameters ?? {};
    const facts = {
      code: quoted(code ?? 'unauthorized'),
      message: quoted(description ?? code ?? 'unauthorized'),
      status: challenge.status,
    };
    const cause = check === 'user_info' ? 'user_info_refused' : 'client_refused';
    return new AnswerRefused(check, cause, facts, { cause: error });
  }
  const cause = check === 'user_info' ? 'user_info_refused' : 'token_answer_refused';
  return new AnswerRefused(check, cause, { reason: quoted(codeOf(chain)) }, { cause: error });
}

const unreachableCodes = ['egress_refused', 'too_many_requests'];

/** Of an error of the token endpoint (RFC 6749 §5.2); no other answer of a provider has one. */
function causeOf(error: string): SignInCause {
  if (error === 'invalid_client' || error === 'unauthorized_client') return 'client_refused';
  return error === 'invalid_grant' ? 'code_refused' : 'token_answer_refused';
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let one = error; one instanceof Error; one = one.cause) chain.push(one);
  return chain;
}

/** What the library calls it. */
function codeOf(chain: readonly Error[]): string {
  const codes = chain.flatMap((one) => ('code' in one && typeof one.code === 'string' ? one.code : []));
  return codes[0] ?? 'unreadable';
}
