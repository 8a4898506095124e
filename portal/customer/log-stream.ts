/** What the pages of one log stream share: one answer of the server, asked again on news, and the person's place in the guide. */
import { computed, inject, provide, watch, type InjectionKey } from 'vue';
import type { StreamPage } from '../../api/contract/setup-log-streams.ts';
import type { StreamGuide } from '../../onboarding/log-streams/destination.ts';
import type { StepName } from '../../onboarding/steps.ts';
import type { StepView } from '../../onboarding/view.ts';
import { useApi } from '../shared/api-client.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { useText } from '../shared/i18n.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useGuideProgress } from './composables/use-guide-progress.ts';
import { useJourney } from './journey.ts';

/** The guide arrives filled; its shape is the domain's own. */
export type StreamPageState = Omit<StreamPage, 'guide'> & { guide: StreamGuide | null };
export type StreamView = StreamPage['stream'];

type LogStream = ReturnType<typeof createLogStream>;
const logStreamKey: InjectionKey<LogStream> = Symbol('log stream');

function createLogStream(id: () => string) {
  const api = useApi();
  const journey = useJourney();
  const { t } = useText();
  const apiPath = computed(() => `/log-streams/${encodeURIComponent(id())}`);
  const asked = useRequest((signal) => api.get<StreamPageState>(apiPath.value, { signal }), {
    watch: apiPath,
  });
  const progress = useGuideProgress(() => `${apiPath.value}/progress`);

  watch(asked.data, (state) => {
    if (state === undefined) return;
    if (state.view !== null) journey.note(state.view);
    progress.take(state.progress);
  });
  useLiveUpdates(asked.refresh, 'onboarding', 'audit', 'log_stream');

  const stream = computed(() => asked.data.value?.stream ?? null);
  const guide = computed(() => asked.data.value?.guide ?? null);
  return {
    ...asked,
    apiPath,
    /** Where its pages are. */
    pagePath: computed(() => `/log-streams/${id()}`),
    stream,
    guide,
    fields: computed(() => asked.data.value?.fields ?? []),
    ...progress,
    /** The destination's name inside a sentence. */
    destinationName: computed(
      () => guide.value?.shortName ?? stream.value?.destination.name ?? t('logstreams.some'),
    ),
    isConfigured: computed(() => stream.value !== null && isConfigured(stream.value)),
  };
}

export function provideLogStream(id: () => string): LogStream {
  const stream = createLogStream(id);
  provide(logStreamKey, stream);
  return stream;
}

export function useLogStream(): LogStream {
  const stream = inject(logStreamKey);
  if (stream === undefined) throw new Error('Pages of a log stream stand inside StreamSection.');
  return stream;
}

function isConfigured({ settings, secrets }: StreamView): boolean {
  return secrets.setAt !== null || Object.keys(settings).some((name) => name !== 'externalId');
}

/** A stream's own steps: a second one is no part of the journey, and is set up in the same order. */
export function stepsOfStream(stream: StreamView): StepView[] {
  const step = (name: StepName, isDone: boolean, isOpen: boolean, after: StepName): StepView => ({
    step: name,
    state: isDone ? 'done' : isOpen ? 'open' : 'blocked',
    holder: 'customer',
    since: stream.createdAt,
    ...(isDone || isOpen ? {} : { cause: after }),
  });
  const isSetUp = isConfigured(stream);
  const isProven = stream.proof.provenAt !== null;
  return [
    step('choose_destination', true, true, 'choose_destination'),
    step('configure_stream', isSetUp, true, 'choose_destination'),
    step('prove_stream', isProven, isSetUp, 'configure_stream'),
    step('start_stream', stream.startedAt !== null, isProven, 'prove_stream'),
  ];
}

/** The page on which a step of this stream is done. */
export function pageOfStreamStep(streamId: string, step: StepName): string {
  const pages: Partial<Record<StepName, string>> = {
    choose_destination: 'destination',
    configure_stream: 'guide',
    prove_stream: 'prove',
    start_stream: 'start',
  };
  return `/log-streams/${streamId}/${pages[step] ?? ''}`;
}
