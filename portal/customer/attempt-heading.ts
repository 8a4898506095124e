import type { AttemptDetail } from '../../api/contract/shared.ts';
import { useText } from '../shared/i18n.ts';

/** The first line of a failed attempt: it names the one thing that differs. */
export function useAttemptHeading() {
  const { t, has } = useText();
  return (attempt: AttemptDetail): string => {
    if (attempt.advice !== null) return attempt.advice.headline;
    if (attempt.chip === 'timed_out') return t('test.timedOut.heading');
    const cause = attempt.cause !== null && has(`causes.${attempt.cause}`) ? attempt.cause : 'other';
    return t('test.failed.noAdvice', { cause: t(`causes.${cause}`) });
  };
}
