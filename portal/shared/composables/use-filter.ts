import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/**
 * A filter that lives in the address: shareable, kept by *back*, absent while it has its usual value. One that chooses
 * among `known` values reads any other, of an old or mistyped address, as if it was not there.
 */
export function useFilter(name: string, usual = '', known?: readonly string[]): WritableComputedRef<string> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => {
      const value = route.query[name];
      if (typeof value !== 'string') return usual;
      return known === undefined || known.includes(value) ? value : usual;
    },
    set: (value) => {
      const query = { ...route.query };
      if (value === usual) delete query[name];
      else query[name] = value;
      void router.replace({ query, hash: route.hash });
    },
  });
}
