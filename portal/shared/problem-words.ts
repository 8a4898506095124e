import type { ApiProblem } from './api-client.ts';
import { useText } from './i18n.ts';
import type { ErrorFacts } from '../../onboarding/errors.ts';

/** The catalogue's words for a refusal: what and why, then what to do. An unknown code reads like our own mistake. */
export function useProblemWords() {
  const { t, has } = useText();
  const known = (code: string) => (has(`errors.${code}.what`) ? code : 'unexpected');
  return {
    what: (problem: ApiProblem) => t(`errors.${known(problem.code)}.what`, problem.facts),
    act: (problem: ApiProblem) => t(`errors.${known(problem.code)}.act`, problem.facts),
    /** Both sentences for one field, behind the line that they are about where the field has several. */
    field: (code: string, facts: ErrorFacts) => {
      const words = `${t(`errors.${known(code)}.what`, facts)} ${t(`errors.${known(code)}.act`, facts)}`;
      const { line } = facts;
      return typeof line === 'string' ? t('parts.ofLine', { line, words }) : words;
    },
  };
}
