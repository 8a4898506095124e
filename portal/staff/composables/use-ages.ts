import { useNow } from '../../shared/composables/use-now.ts';
import { useText } from '../../shared/i18n.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Spans of time in one unit, for columns: "2 h", "9 d". */
export function useAges() {
  const { t } = useText();
  const now = useNow();
  function span(ms: number): string {
    const [unit, size] =
      ms >= dayMs ? ['days', dayMs] : ms >= hourMs ? ['hours', hourMs] : (['minutes', minuteMs] as const);
    const n = Math.max(0, Math.floor(ms / Number(size)));
    return t(`staff.ago.${unit}`, { n }, n);
  }
  return { span, since: (at: string) => span(now.value.getTime() - Date.parse(at)) };
}
