import type { Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
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
export async function answerCompletion(
  { environments }: Pick<ApiDeps, 'environments'>,
  ended: Completion,
): Promise<Answer> {
  const attempt = ended.kind === 'not_this_one' ? ended.kept : ended.attempt;
  const { origin, redirectUri, clientState: state, reference, environmentId } = attempt;
  const leadsBack = ended.kind !== 'not_this_one' && origin !== 'test' && redirectUri !== null;
  if (leadsBack && ended.kind === 'code') return returnWithCode({ redirectUri, state }, ended.code);
  if (leadsBack && ended.kind === 'refused') {
    return returnWithError({ redirectUri, state }, appErrorOf(ended.cause), refusedWords(reference));
  }
  const environment = await environments.find(environmentId);
  const isTest = ended.kind !== 'not_this_one' && origin === 'test';
  return isTest ? testReceivedPage(environment, reference) : refusedPage(environment, attempt);
}
