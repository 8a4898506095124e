import type { OnboardingDetail } from '../../../api/contract/dashboard.ts';
import { isRepairStep, stepNames } from '../../../onboarding/steps.ts';
import { useSince } from '../../shared/composables/use-since.ts';
import { useTimes } from '../../shared/composables/use-times.ts';
import { useText } from '../../shared/i18n.ts';
import type { OnboardingView } from '../answers.ts';
import { useWords } from './use-words.ts';

/** What is wrong there is told beside it, with since when and why. */
const repairSteps: readonly string[] = stepNames.filter(isRepairStep);

type Stuck = Pick<OnboardingDetail['stuck'], 'step' | 'failures' | 'lastFailureAt' | 'cause'>;

/** "Where are they stuck?" in one or two sentences: what stands in the way, then who is waited for since when. */
export function useStuck() {
  const { t } = useText();
  const times = useTimes();
  const since = useSince();
  const words = useWords();

  function what(view: OnboardingView, stuck: Stuck): string {
    if (view.state === 'cancelled') return t('words.stuck.cancelled');
    if (view.state === 'closed') return t('words.stuck.closed');
    if (stuck.step === null)
      return view.liveAt === null
        ? t('words.stuck.nothing')
        : t('words.stuck.live', { when: since(view.liveAt) });
    const step = words.step(stuck.step);
    if (repairSteps.includes(stuck.step)) return t('words.stuck.repair', { step });
    const cause = words.cause(stuck.cause ?? 'other');
    if (stuck.failures > 0 && stuck.lastFailureAt !== null) {
      const values = { step, cause, n: stuck.failures, when: times.when(stuck.lastFailureAt) };
      return t('words.stuck.failed', values, stuck.failures);
    }
    if (stuck.cause !== null) return t('words.stuck.failedPlain', { step, cause });
    if (view.state === 'invited' && view.waitingFor !== 'staff') return t('words.stuck.notOpened');
    if (view.waitingFor === 'provider') return t('words.stuck.provider', { step });
    return view.waitingFor === 'dns' ? t('words.stuck.dns', { step }) : t('words.stuck.next', { step });
  }

  function waiting(view: OnboardingView): string {
    if (view.waitingFor === null || view.waitingSince === null) return '';
    return t(`words.waiting.${view.waitingFor}`, { when: since(view.waitingSince) });
  }

  function stalled(view: OnboardingView): string {
    return view.stalledSince === null ? '' : t('words.stuck.stalled', { when: since(view.stalledSince) });
  }

  return {
    sentences: (view: OnboardingView, stuck: Stuck): string[] =>
      [what(view, stuck), waiting(view), stalled(view)].filter((sentence) => sentence !== ''),
    /** The same facts as far as the view alone has them. */
    stuckOf: (view: OnboardingView): Stuck => {
      const step = view.features
        .filter(({ state }) => state !== 'skipped')
        .flatMap(({ steps }) => steps)
        .find(({ state }) => state === 'open' || state === 'failed' || state === 'waiting');
      return {
        step: step?.step ?? null,
        failures: 0,
        lastFailureAt: null,
        cause: step?.state === 'failed' ? (step.cause ?? null) : null,
      };
    },
  };
}
