import { computed } from 'vue';
import { useText } from '../../shared/i18n.ts';
import { useBoot } from '../../shared/session.ts';
import { useSetupSession } from '../setup-session.ts';

/** Whether domains may be changed here: a link for sign-in alone shows them, because going live rests on them. */
export function useDomainChanges() {
  const { t } = useText();
  const { environment } = useBoot();
  const { session, isReadOnly } = useSetupSession();
  const isOutside = computed(() => session.value?.features.includes('domain_verification') === false);
  return {
    mayChange: computed(() => !isReadOnly.value && !isOutside.value),
    /** What leads on where the link does not cover them; undefined where it does, or is for looking only. */
    outside: computed(() =>
      isOutside.value && !isReadOnly.value
        ? t('domains.outside', { vendor: environment.vendorName })
        : undefined,
    ),
  };
}
