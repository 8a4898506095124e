import { watch } from 'vue';
import type { ProvisioningTest } from '../../../api/contract/setup-directories.ts';
import { useAnnouncer } from '../../shared/composables/use-announcer.ts';
import { useText } from '../../shared/i18n.ts';

type Call = ProvisioningTest['steps'][number];

/** Says aloud which of the calls that somebody watches has come since, or was refused. */
export function useCallNews(calls: () => readonly Call[], told: readonly Call['state'][]): void {
  const { t } = useText();
  const { announce } = useAnnouncer();
  watch(calls, (now, before) => {
    const known = new Map(before.map(({ call, state }) => [call, state]));
    const news = now.filter(
      ({ call, state }) => known.has(call) && known.get(call) !== state && told.includes(state),
    );
    if (news.length === 0) return;
    const sayOf = ({ call, state }: Call) =>
      `${t(`directory.calls.state.${state}`)} ${t(`directory.calls.${call}`)}`;
    announce(news.map(sayOf).join('. '));
  });
}
