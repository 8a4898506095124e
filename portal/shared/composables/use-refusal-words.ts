import { useText } from '../i18n.ts';

interface Refusal {
  readonly cause: string;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** Why a directory could not be read, and which field in which console to change. */
export function useRefusalWords() {
  const { t, number } = useText();

  function values({ facts }: Refusal): Record<string, string> {
    const words = Object.entries(facts).map(([name, fact]) => {
      if (typeof fact === 'number') return [name, number(fact)] as const;
      return [name, typeof fact === 'object' ? fact.join(', ') : String(fact)] as const;
    });
    return Object.fromEntries(words);
  }

  return {
    what: (refusal: Refusal): string => t(`refusals.${refusal.cause}.what`, values(refusal)),
    act: (refusal: Refusal): string => t(`refusals.${refusal.cause}.act`, values(refusal)),
  };
}
