import { reactive, watch } from 'vue';

/**
 * What stands in a form until it is saved, beginning with what the server knows. News come at any time: they replace only
 * what has changed at the server, so nobody loses what they have set and not saved yet.
 */
export function useTyped<Values extends object>(
  known: () => Values | undefined,
  beforeKnown: Values,
): Values {
  const typed = reactive({ ...beforeKnown }) as Values;
  const names = Object.keys(beforeKnown) as (keyof Values)[];
  watch(
    known,
    (now, before) => {
      if (now === undefined) return;
      for (const name of names) {
        if (JSON.stringify(now[name]) !== JSON.stringify(before?.[name])) typed[name] = now[name];
      }
    },
    { immediate: true },
  );
  return typed;
}
