import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** A filter that lives in the address: shareable, kept by *back*, absent while it has its usual value. */
export function useFilter(name: string, usual = ''): WritableComputedRef<string> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => {
      const value = route.query[name];
      return typeof value === 'string' ? value : usual;
    },
    set: (value) => {
      const query = { ...route.query };
      if (value === usual) delete query[name];
      else query[name] = value;
      void router.replace({ query, hash: route.hash });
    },
  });
}
