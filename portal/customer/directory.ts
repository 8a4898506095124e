/** What the directory pages share: one answer of the server, asked again on news, and the person's place in the guide. */
import { computed, inject, provide, watch, type InjectionKey } from 'vue';
import type { DirectoryState } from '../../api/contract/setup-directories.ts';
import type { DirectoryGuide } from '../../onboarding/providers/directory/provider.ts';
import { useApi } from '../shared/api-client.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { useText } from '../shared/i18n.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useGuideProgress } from './composables/use-guide-progress.ts';
import { useJourney } from './journey.ts';

/** The guide arrives filled; its shape is the domain's own. */
export type DirectoryPageState = Omit<DirectoryState, 'guide'> & { guide: DirectoryGuide | null };

type Directory = ReturnType<typeof createDirectory>;
const directoryKey: InjectionKey<Directory> = Symbol('directory set-up');

function createDirectory() {
  const api = useApi();
  const journey = useJourney();
  const { t } = useText();
  const asked = useRequest((signal) => api.get<DirectoryPageState>('/directory', { signal }));
  const progress = useGuideProgress(() => '/directory/progress');

  watch(asked.data, (state) => {
    if (state === undefined) return;
    journey.note(state.view);
    progress.take(state.progress);
  });
  useLiveUpdates(asked.refresh, 'onboarding', 'directory');

  const directory = computed(() => asked.data.value?.directory ?? null);
  const guide = computed(() => asked.data.value?.guide ?? null);
  return {
    ...asked,
    directory,
    guide,
    ...progress,
    /** The source's name inside a sentence. */
    sourceName: computed(() => guide.value?.shortName ?? directory.value?.name ?? t('directory.someSource')),
    checklist: computed(() => asked.data.value?.checklist ?? []),
    test: computed(() => asked.data.value?.test ?? null),
    /** People have come from it, so that changing it reaches somebody. */
    isLinked: computed(() => directory.value?.linkedAt != null),
    /** What a switch is prepared to; undefined while none is. */
    switchTo: computed(() => {
      const { name, switchTo } = directory.value ?? {};
      if (switchTo == null) return undefined;
      return switchTo.name === name ? t('directory.switch.anew', { name }) : switchTo.name;
    }),
    offersConsent: computed(() => asked.data.value?.offersConsent === true),
    formers: computed(() => asked.data.value?.formers ?? []),
    former: computed(() => asked.data.value?.formers[0]),
  };
}

export function provideDirectory(): Directory {
  const directory = createDirectory();
  provide(directoryKey, directory);
  return directory;
}

export function useDirectory(): Directory {
  const directory = inject(directoryKey);
  if (directory === undefined) throw new Error('Directory pages stand inside DirectorySection.');
  return directory;
}
