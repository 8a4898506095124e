import type { TimelineItem } from '../../api/contract/shared.ts';
import { useText } from '../shared/i18n.ts';
import { useProblemWords } from '../shared/problem-words.ts';
import { ApiProblem } from '../shared/api-client.ts';
import { useBoot } from '../shared/session.ts';

/** One entry of the timeline as a sentence. Facts are codes, and names where the server knows one. */
export function useTimelineWords() {
  const { t, has } = useText();
  const problems = useProblemWords();
  const { environment } = useBoot();

  return (item: TimelineItem): string => {
    if (!has(`timeline.kinds.${item.kind}`)) return t('timeline.other');
    const { facts } = item;
    const known = (key: string, fallback: string) => (has(key) ? t(key) : fallback);
    return t(`timeline.kinds.${item.kind}`, {
      provider: facts['provider_name'] ?? String(facts['provider'] ?? ''),
      mail: known(`timeline.mails.${facts['mail']}`, t('timeline.aNotice')),
      step: item.step === null ? '' : t(`steps.${item.step}.name`),
      cause: known(`causes.${facts['cause']}`, t('causes.other')),
      domain: facts['domain'] ?? t('timeline.aDomain'),
      feature: known(`features.${facts['feature']}`, String(facts['feature'] ?? '')),
      vendor: environment.vendorName,
      mode: known(`timeline.modes.${facts['mode']}`, String(facts['mode'] ?? '')),
      requirement: known(`timeline.requirements.${facts['requirement']}`, ''),
      order: String(facts['order'] ?? '')
        .split(',')
        .map((feature) => known(`features.${feature}`, feature))
        .join(', '),
      on: t(facts['on'] === true ? 'timeline.on' : 'timeline.off'),
      code: problems.what(new ApiProblem({ code: String(facts['code'] ?? 'unexpected') })),
    });
  };
}
