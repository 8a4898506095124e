import { useText } from '../i18n.ts';

interface Refusal {
  readonly cause: string;
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** Why a directory could not be read, and which field in which console to change. */
export function useRefusalWords() {
  const { t, has, number } = useText();

  function values({ facts }: Refusal): Record<string, string> {
    const words = Object.entries(facts).map(([name, fact]) => {
      if (typeof fact === 'number') return [name, number(fact)] as const;
      return [name, typeof fact === 'object' ? fact.join(', ') : String(fact)] as const;
    });
    return Object.fromEntries(words);
  }

  /** What is wrong with a list is said as it is of files that are sent, with the columns that it is about. */
  function actOnList({ facts }: Refusal): string | undefined {
    const { reason, column } = facts;
    if (typeof reason !== 'string' || !has(`filecauses.${reason}`)) return undefined;
    const what = t(`filecauses.${reason}`);
    return typeof column === 'string'
      ? `${what} ${t('refusals.sftp_file_unreadable.columns', { column })}`
      : what;
  }

  const act = (refusal: Refusal): string =>
    (refusal.cause === 'sftp_file_unreadable' ? actOnList(refusal) : undefined) ??
    t(`refusals.${refusal.cause}.act`, values(refusal));

  return {
    what: (refusal: Refusal): string => t(`refusals.${refusal.cause}.what`, values(refusal)),
    act,
    /** Of a call that somebody waits for: nobody repeats it but they, and nothing of it was kept. */
    actOnTry: (refusal: Refusal): string =>
      has(`refusals.${refusal.cause}.actOnTry`)
        ? t(`refusals.${refusal.cause}.actOnTry`, values(refusal))
        : act(refusal),
  };
}
