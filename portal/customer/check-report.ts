/** What the look at metadata came to, for the page: lines, what stops which field, what we can put right ourselves. */
import { computed } from 'vue';
import type { SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';
import type { CheckLine } from '../shared/components/CheckLines.vue';
import { useTimes } from '../shared/composables/use-times.ts';
import { useText } from '../shared/i18n.ts';
import { secondsOf } from '../shared/times.ts';
import type { Typed, useMetadataCheck } from './composables/use-metadata-check.ts';
import { useFindingWords, type AnyFinding } from './finding-words.ts';

type Field = NonNullable<AnyFinding['field']>;
type Repair = { field: Field; value: string };

const states = { stop: 'stopped', warn: 'notice', ok: 'passed' } as const;

export function useCheckReport(
  check: ReturnType<typeof useMetadataCheck>,
  typed: Typed,
  guide: () => SignInGuide | null,
  providerId: () => string | null,
  isWanted: () => boolean,
) {
  const { t } = useText();
  const times = useTimes();
  const say = useFindingWords(guide);

  /** The server runs the same first look, so its findings take the place of ours. */
  const findings = computed((): readonly AnyFinding[] => check.answer.value?.findings ?? check.local.value);

  /** Which of several is meant is no mistake: the choice below the lines says so itself. */
  const isAskedBelow = ({ code }: AnyFinding) =>
    code === 'metadata_several_entities' && (check.answer.value?.entities.length ?? 0) > 1;

  const problems = computed(() => {
    const words: Partial<Record<Field, string>> = {};
    for (const found of findings.value) {
      if (found.severity !== 'stop' || found.field === null || words[found.field] !== undefined) continue;
      // An empty field is no mistake before somebody wants to go on.
      if (found.code === 'empty' && !isWanted()) continue;
      if (isAskedBelow(found)) continue;
      const text = say(found);
      if (text !== undefined) words[found.field] = text;
    }
    return words;
  });

  function linesOf(found: AnyFinding, index: number): CheckLine[] {
    const isAtField = found.severity === 'stop' && found.field !== null;
    if (isAtField || found.code === 'other_provider') return [];
    if (isAskedBelow(found)) return [];
    // What the summary says better is not said twice.
    if (found.severity === 'ok' && ['shape_right', 'provider_recognised'].includes(found.code)) return [];
    const text = say(found);
    return text === undefined ? [] : [{ id: `${found.code} ${index}`, state: states[found.severity], text }];
  }

  const summaryLines = computed((): CheckLine[] => {
    const found = check.answer.value;
    if (found?.summary == null) return [];
    const { providerName, certificates } = found.summary;
    const ends = certificates.map(({ notAfter }) => notAfter).toSorted()[0];
    const lines: CheckLine[] = [
      {
        id: 'reached',
        state: 'passed',
        // How long it took says something of an address only.
        text:
          typed.way === 'metadata_url'
            ? t('findings.reached', { seconds: secondsOf(found.elapsedMs) })
            : t('findings.checked'),
      },
    ];
    if (providerName !== null)
      lines.push({
        id: 'provider',
        state: 'passed',
        text: t('findings.provider', { provider: providerName }),
      });
    if (ends !== undefined) {
      const n = certificates.length;
      lines.push({
        id: 'certificates',
        state: 'passed',
        text: t('findings.certificates', { n, date: times.day(ends) }, n),
      });
    }
    return lines;
  });

  const lines = computed((): CheckLine[] => {
    if (check.isChecking.value) {
      const host =
        typed.way === 'metadata_url' && URL.canParse(typed.url) ? new URL(typed.url).host : undefined;
      const text = host === undefined ? t('metadata.checking') : t('metadata.fetching', { host });
      return [...check.local.value.flatMap(linesOf), { id: 'running', state: 'running', text }];
    }
    return [...summaryLines.value, ...findings.value.flatMap(linesOf)];
  });

  const repairs = computed((): Repair[] =>
    findings.value.flatMap(({ field, repair }) =>
      field === null || repair === null ? [] : [{ field, value: repair }],
    ),
  );

  const otherProvider = computed((): { id: string; name: string } | undefined => {
    const summary = check.answer.value?.summary;
    if (summary?.providerId != null && summary.providerName !== null)
      return summary.providerId === providerId()
        ? undefined
        : { id: summary.providerId, name: summary.providerName };
    const noticed = findings.value.find(({ code }) => code === 'other_provider')?.facts;
    const { guideId, provider } = { guideId: noticed?.['guideId'], provider: noticed?.['provider'] };
    return typeof guideId === 'string' && typeof provider === 'string' && guideId !== providerId()
      ? { id: guideId, name: provider }
      : undefined;
  });

  return { problems, lines, repairs, otherProvider };
}
