import { ref } from 'vue';
import type { z } from 'zod';
import type { resetPlan } from '../../../api/contract/setup-connections.ts';
import { useApi } from '../../shared/api-client.ts';
import { useText } from '../../shared/i18n.ts';

/** What it comes to when nobody signs in through the connection any more: whom it reaches, and the top role that is lost. */
export function useStopping() {
  const api = useApi();
  const { t } = useText();
  const roleLost = ref<string | null>(null);
  return {
    /** How many people have signed in through it lately. */
    async count(): Promise<number> {
      const plan = await api.get<z.infer<typeof resetPlan>>('/sso/reset');
      roleLost.value = plan.roleLost;
      return plan.people;
    },
    /** What it means for them, and for the top role where nobody else has it. */
    effect: (text: string): string =>
      roleLost.value === null ? text : `${text} ${t('draft.topLost', { role: roleLost.value })}`,
  };
}
