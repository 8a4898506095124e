import { useText } from '../i18n.ts';
import { secondsOf } from '../times.ts';

/** Spans of time and reasons, in words, for the pages of log streams. */
export function useStreamWords() {
  const { t, has } = useText();
  const cause = (name: string, part: 'what' | 'act') =>
    t(has(`streams.causes.${name}.${part}`) ? `streams.causes.${name}.${part}` : `streams.other.${part}`);
  const units = [
    { unit: 'days', ms: 86_400_000 },
    { unit: 'hours', ms: 3_600_000 },
    { unit: 'minutes', ms: 60_000 },
    { unit: 'seconds', ms: 1_000 },
  ] as const;
  return {
    what: (name: string) => cause(name, 'what'),
    act: (name: string) => cause(name, 'act'),
    /** What to do after a try that a person made: no event waits behind it, and nothing repeats it. */
    actOfTry: (name: string) =>
      has(`streams.causes.${name}.tried`) ? t(`streams.causes.${name}.tried`) : cause(name, 'act'),
    /** In its largest whole unit: "4 s", "12 min". */
    span(ms: number): string {
      const { unit, ms: of } = units.find((known) => ms >= known.ms) ?? units[3];
      const n = Math.max(1, Math.floor(ms / of));
      return t(`streams.spans.${unit}`, { n }, n);
    },
    seconds: secondsOf,
  };
}
