import type { MetadataCheck } from '../../api/contract/setup-provider-settings.ts';
import type { PreflightFinding } from '../../onboarding/preflight.ts';
import type { SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';
import { useText } from '../shared/i18n.ts';

export type AnyFinding = MetadataCheck['findings'][number] | PreflightFinding;
/** Whatever field it stands at. */
type SaidFinding = Pick<AnyFinding, 'severity' | 'code' | 'facts'>;

/** What a finding says: the guide's own words for it first, then the catalogue's. Nothing for praise without words. */
export function useFindingWords(guide: () => SignInGuide | null) {
  const { t, has } = useText();

  function ofGuide(code: string): string | undefined {
    const mistakes = guide()?.giveBack.flatMap(({ fields }) => fields.flatMap(({ mistakes: own }) => own));
    // The check's lines are plain text, so the marks of console labels go.
    return mistakes?.find((mistake) => mistake.code === code)?.explanation.replaceAll('**', '');
  }

  /** What answers, if only to refuse or with too much, is not out of reach. */
  const nameOf = (code: string, { reason, status }: SaidFinding['facts']) =>
    [`${code}_${String(reason)}`, ...(status === undefined ? [] : [`${code}_status`])].find((name) =>
      has(`findings.${name}`),
    ) ?? code;

  return ({ code, severity, facts: found }: SaidFinding): string | undefined => {
    const own = ofGuide(code);
    if (own !== undefined) return own;
    const facts = inSentence(found);
    const name = nameOf(code, facts);
    if (has(`findings.${name}`))
      return t(`findings.${name}`, facts, Number(facts['days'] ?? facts['n'] ?? 1));
    if (has(`errors.${code}.what`))
      return `${t(`errors.${code}.what`, facts)} ${t(`errors.${code}.act`, facts)}`;
    return severity === 'ok' ? undefined : t('findings.other', { code });
  };
}

/** Several of something stand one after the other. */
const inSentence = (facts: SaidFinding['facts']) =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'object' ? fact.join(', ') : fact]),
  );
