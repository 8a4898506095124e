import { OnboardingError } from '../../onboarding/errors.ts';
import type { Egress, EgressAnswer } from '../egress.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';

export interface SourceQuestion {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const mostTries = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Asks a source one question, politely: where it, or our own caps, say "not so fast", it is asked again, a few times and
 * later each time. `isBusy` tells such an answer from all others. Throws `DirectoryRefused` with `source_busy`,
 * `source_unreachable` or `too_much_to_read`; any other answer is the caller's.
 */
export async function askSource(
  egress: Egress,
  hands: ReadingHands,
  question: SourceQuestion,
  isBusy: (answer: EgressAnswer) => boolean,
): Promise<EgressAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(egress, hands, question);
    if (answer !== undefined && !isBusy(answer)) return answer;
    const retryAfterMs = answer && retryAfterOf(answer, hands.now());
    const pauseMs = retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1);
    if (attempt >= mostTries || pauseMs > longestPauseMs) {
      throw new DirectoryRefused('source_busy', {}, { retryAfterMs });
    }
    await hands.pause(pauseMs, hands.signal);
  }
}

/** Undefined where our own caps hold the request back [NET-11]. */
async function askOnce(
  egress: Egress,
  { organizationId, sandboxLoopback, signal }: ReadingHands,
  { url, ...question }: SourceQuestion,
): Promise<EgressAnswer | undefined> {
  try {
    return await egress.fetch(url, {
      ...question,
      feature: 'directory',
      organizationId,
      sandboxLoopback,
      signal,
    });
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    if (error.code === 'too_many_requests') return undefined;
    const reason = String(error.facts['reason'] ?? '');
    const facts = { reason, host: String(error.facts['host'] ?? '') };
    throw new DirectoryRefused(reason === 'too_large' ? 'too_much_to_read' : 'source_unreachable', facts, {
      cause: error,
    });
  }
}

/** `Retry-After` in milliseconds (RFC 9110 §10.2.3): seconds, or a date. */
function retryAfterOf({ headers }: EgressAnswer, now: Date): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now.getTime();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** The object that an answer holds; undefined where it holds none. */
export function objectOf(answer: EgressAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(answer.body.toString('utf8'));
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The objects of a list, and none where it is missing: sources leave empty lists out. Throws `answer_unreadable` for a
 * list with anything else in it, because who is left out has left.
 */
export function objectsOf(list: unknown): Readonly<Record<string, unknown>>[] {
  if (list === undefined || list === null) return [];
  const items: readonly unknown[] | undefined = Array.isArray(list) ? list : undefined;
  const objects = items?.filter(isObject);
  if (objects === undefined || objects.length !== items?.length) {
    throw new DirectoryRefused('answer_unreadable', { status: 200 });
  }
  return objects;
}

/** A text with something in it, without the spaces around it. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return text === '' ? null : text;
}

/** A web page where data should be: a log-in, or the notice of a maintenance. */
export const isPage = ({ headers, body }: EgressAnswer): boolean =>
  (headers['content-type'] ?? '').includes('html') ||
  /^\s*<(!doctype|html)/i.test(body.toString('utf8', 0, 200));
