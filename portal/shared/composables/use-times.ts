import { useText } from '../i18n.ts';
import {
  daysBetween,
  sayClock,
  sayDay,
  sayDeadline,
  sayFully,
  sayNext,
  sayTime,
  type Calendar,
  type Said,
} from '../times.ts';
import { useNow } from './use-now.ts';

/** Times in the reader's language and zone, for sentences; a time that stands alone is a `<TimeText>`. */
export function useTimes() {
  const { t, locale } = useText();
  const now = useNow();
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const calendar = (): Calendar => ({ locale: locale.value, timeZone });

  const say = (said: Said) => ('text' in said ? said.text : t(said.key, said.values, said.count ?? 1));

  return {
    when: (at: Date | string) => say(sayTime(new Date(at), now.value, calendar())),
    /** Of what comes by itself, "Next look" or "Next try". */
    next: (at: Date | string) => say(sayNext(new Date(at), now.value, calendar())),
    day: (at: Date | string) => sayDay(new Date(at), calendar()),
    clock: (at: Date | string) => sayClock(new Date(at), calendar()),
    clockWithSeconds: (at: Date | string) => sayClock(new Date(at), calendar(), 'seconds'),
    deadline: (at: Date | string) => sayDeadline(new Date(at), calendar()),
    /** Days of the reader's calendar; negative when it lies behind. */
    daysUntil: (at: Date | string) => daysBetween(now.value, new Date(at), calendar()),
    full: (at: Date | string) => sayFully(new Date(at), calendar()),
  };
}
