import { useText } from '../../shared/i18n.ts';
import type { DirectoryRequestView } from '../answers.ts';

/** What a call of a client was, and how it went, in words. */
export function useDirectoryWords() {
  const { t, has } = useText();
  const cause = (id: string) => (has(`directories.causes.${id}`) ? t(`directories.causes.${id}`) : id);
  return {
    cause,
    /** Of a refused call why; of others what it was. */
    meaning: ({ kind, cause: why }: Pick<DirectoryRequestView, 'kind' | 'cause'>): string =>
      kind === 'refused' && why !== null ? cause(why) : t(`directories.kinds.${kind}`),
    took: (ms: number): string => t('directories.ms', { n: ms }, ms),
  };
}
