import { InsteadAnswer, type Answer } from '../../answers.ts';
import { retryAfter } from '../../middleware/problems.ts';
import type { ErrorStyle } from '../../route.ts';

/** Errors of OAuth (RFC 6749 §5.2), in the shape that SDKs take apart: `error` and a sentence. */
export type OAuthError =
  | 'access_denied'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_request'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

const noStore = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

export function oauthError(error: OAuthError, description: string, status = 400): Answer {
  return { status, body: { error, error_description: description }, headers: noStore };
}

export function refuseWith(error: OAuthError, description: string): InsteadAnswer {
  return new InsteadAnswer(oauthError(error, description));
}

/** What the registrar or the database refuses, in the same shape. */
export const oauthErrors: ErrorStyle = ({ status, facts, fields }, requestId) => {
  const answer = answerOf(status, fields[0]?.message, requestId);
  return { ...answer, headers: { ...answer.headers, ...retryAfter(status, facts) } };
};

function answerOf(status: number, said: string | undefined, requestId: string): Answer {
  if (status === 429 || status === 503) {
    const sentence = status === 429 ? 'Too many requests.' : 'Try again in a moment.';
    return oauthError('temporarily_unavailable', sentence, status);
  }
  if (status >= 500) return oauthError('server_error', `Something failed. Request ${requestId}.`, status);
  return oauthError('invalid_request', said ?? 'The request could not be read.');
}
