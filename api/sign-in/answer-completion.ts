import type { EnvironmentRow } from '../../db/index.ts';
import type { Answer } from '../answers.ts';
import type { Completion } from './complete-sign-in.ts';
import {
  appErrorOf,
  refusedPage,
  refusedWords,
  returnWithCode,
  returnWithError,
  testReceivedPage,
} from './return-to-app.ts';

/** Where the browser goes when a sign-in has ended: back to the app, or to a page of ours. */
export function answerCompletion(ended: Completion, environment: EnvironmentRow): Answer {
  if (ended.kind === 'not_this_one') return refusedPage(environment, ended.kept);
  const { attempt } = ended;
  if (attempt.origin === 'test') return testReceivedPage(environment, attempt.reference);
  if (attempt.redirectUri === null) return refusedPage(environment, attempt);
  const way = { redirectUri: attempt.redirectUri, state: attempt.clientState };
  return ended.kind === 'code'
    ? returnWithCode(way, ended.code)
    : ended.kind === 'refused'
      ? returnWithError(way, appErrorOf(ended.cause), refusedWords(attempt.reference))
      : testReceivedPage(environment, attempt.reference);
}
