import type { TroubleView } from '../../../api/contract/shared.ts';
import { useText } from '../i18n.ts';
import { useSince } from './use-since.ts';
import { useTimes } from './use-times.ts';

/** What is wrong with something live, since when and mostly why, for the customer and for staff. */
export function useTroubleWords() {
  const { t, has } = useText();
  const times = useTimes();
  const since = useSince();

  function why({ kind, cause }: TroubleView): string {
    switch (kind) {
      case 'record_missing':
        return t('troubles.record');
      case 'metadata_failing':
        return t(`troubles.metadata.${cause ?? 'unusable'}`);
      case 'directory_silent':
        return t(`troubles.silent.${cause ?? 'cycles'}`);
      case 'directory_refused':
        return t('troubles.refused');
      case 'directory_token_ended':
        return t('troubles.tokenEnded');
      case 'directory_list_refused':
        return t('troubles.refused');
      case 'directory_held':
        return t('troubles.held');
      case 'stream_failing':
      case 'stream_refused':
        return t('troubles.stream');
      case 'sign_ins_failing':
        break;
    }
    return cause !== null && has(`causes.${cause}`)
      ? t('troubles.mostOften', { cause: t(`causes.${cause}`) })
      : '';
  }

  return {
    title: ({ kind, subject }: TroubleView): string =>
      t(`troubles.${kind}`, { subject: subject ?? t('troubles.someSubject') }),
    /** Since when, why, and whether it is over. */
    text: (trouble: TroubleView): string => {
      const begin = t('troubles.since', { when: since(trouble.since) });
      const end =
        trouble.endedAt === null ? '' : t('troubles.wellAgain', { when: times.when(trouble.endedAt) });
      return [begin, trouble.endedAt === null ? why(trouble) : end].filter((part) => part !== '').join(' ');
    },
  };
}
