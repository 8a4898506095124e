import { computed } from 'vue';
import { useText } from '../../shared/i18n.ts';
import { useBoot } from '../../shared/session.ts';
import { useSso } from '../sso.ts';

/**
 * What holds where people sign in with other connections, too: an app that names the organization alone cannot tell them
 * apart, and the domain of a person's address does, once it was chosen for one of them.
 */
export function useBeside() {
  const { t } = useText();
  const { environment } = useBoot();
  const { data } = useSso();
  const others = computed(() => data.value?.beside.others ?? []);
  /** The domains that were chosen for this one. */
  const own = computed(() => (data.value?.beside.own ?? []).map((domain) => `@${domain}`).join(', '));
  const isUndecided = computed(
    () => own.value === '' && others.value.some(({ domains }) => domains === null),
  );
  return {
    own,
    isUndecided,
    /** Undefined where there is no other. */
    words: computed(() => {
      if (others.value.length === 0) return undefined;
      const values = { others: others.value.map(({ name }) => name).join(', '), domains: own.value };
      if (isUndecided.value)
        return t('live.beside.undecided', { ...values, product: environment.productName });
      return t(own.value === '' ? 'live.beside.rest' : 'live.beside.own', values);
    }),
  };
}
