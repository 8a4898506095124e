import type { EgressAnswer } from '../egress.ts';
import { isObject, objectOf, textOf } from './ask-source.ts';
import { DirectoryRefused } from './reading.ts';

const busyReasons = ['quotaExceeded', 'rateLimitExceeded', 'userRateLimitExceeded', 'dailyLimitExceeded'];

/** Google says "not so fast" by 429, and by 403 with a reason. */
export function isBusyAtGoogle(answer: EgressAnswer): boolean {
  if (answer.status === 429) return true;
  return answer.status === 403 && busyReasons.some((reason) => reasonsOf(answer).includes(reason));
}

/** The object of a good answer. Throws what has to be mended otherwise. */
export function goodAnswer(answer: EgressAnswer): Readonly<Record<string, unknown>> {
  const read = objectOf(answer);
  if (answer.status === 200 && read !== undefined) return read;
  throw refusalOf(answer);
}

function refusalOf(answer: EgressAnswer): DirectoryRefused {
  const { status } = answer;
  const reasons = reasonsOf(answer);
  if (status >= 500) return new DirectoryRefused('source_away', { status });
  if (reasons.includes('accessNotConfigured') || reasons.includes('SERVICE_DISABLED')) {
    return new DirectoryRefused('google_api_off');
  }
  if (reasons.includes('insufficientPermissions') || reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT')) {
    return new DirectoryRefused('google_consent_incomplete');
  }
  if (status === 401 || status === 403) return new DirectoryRefused('google_not_allowed', { status });
  if (status === 404) return new DirectoryRefused('google_group_gone');
  return new DirectoryRefused('answer_unreadable', { status });
}

/** Both places in which Google names reasons: `errors[].reason`, and `details[].reason` of the newer form. */
function reasonsOf(answer: EgressAnswer): string[] {
  const error = objectOf(answer)?.['error'];
  if (!isObject(error)) return [];
  return [error['errors'], error['details']]
    .flatMap((named): readonly unknown[] => (Array.isArray(named) ? named : []))
    .flatMap((one) => (isObject(one) ? (textOf(one['reason']) ?? []) : []));
}
