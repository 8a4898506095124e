/** What the sign-in pages share: one answer of the server, asked again on news, and the person's place in the guide. */
import {
  computed,
  inject,
  onScopeDispose,
  provide,
  shallowReadonly,
  shallowRef,
  watch,
  type InjectionKey,
} from 'vue';
import { stepRules, stepsOf as stepsOfFeature, type StepName } from '../../onboarding/steps.ts';
import type { StepView } from '../../onboarding/view.ts';
import type { SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';
import type { SsoState } from '../../api/contract/setup-connections.ts';
import type { GuideProgress } from '../../api/contract/shared.ts';
import { useApi, type CommandOptions } from '../shared/api-client.ts';
import { useAct } from '../shared/composables/use-act.ts';
import { asProblem, useRequest } from '../shared/composables/use-request.ts';
import { useText } from '../shared/i18n.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useGuideProgress } from './composables/use-guide-progress.ts';
import { useJourney } from './journey.ts';
import { noteShownSettings } from './selected-connection.ts';

/** The guide arrives filled; its shape is the domain's own. */
export type SsoPageState = Omit<SsoState, 'guide'> & { guide: SignInGuide | null };
export type SsoConnection = NonNullable<SsoState['connection']>;

type Sso = ReturnType<typeof createSso>;
const ssoKey: InjectionKey<Sso> = Symbol('sign-in set-up');

/** @param isEditing whether the page in front has something to lose: it keeps what it shows until the person has seen more */
function createSso(isEditing: () => boolean) {
  const api = useApi();
  const journey = useJourney();
  const { t } = useText();
  const asked = useRequest((signal) => api.get<SsoPageState>('/sso', { signal }));
  const progress = useGuideProgress(() => '/sso/progress');

  /** What the pages show. */
  const data = shallowRef<SsoPageState>();
  /** What somebody else has changed since, and the state with it while the page keeps what it shows. */
  const news = shallowRef<{ changed: NonNullable<SsoState['changed']>; state: SsoPageState }>();
  const typing = shallowRef<SsoState['typing']>(null);
  const isBehind = computed(() => news.value !== undefined && news.value.state !== data.value);
  watch(
    asked.data,
    (state) => {
      if (state === undefined) return;
      journey.note(state.view);
      typing.value = state.typing;
      // Where it is shown already it stays until the person has taken note.
      if (state.changed !== null) news.value = { changed: state.changed, state };
      else if (isBehind.value) news.value = undefined;
      if (state.changed === null || !isEditing()) show(state);
    },
    { flush: 'sync' },
  );
  function show(state: SsoPageState): void {
    data.value = state;
    noteShownSettings(state.mark ?? undefined);
    progress.take(state.progress);
  }
  watch(isEditing, (isIt) => {
    if (!isIt && news.value !== undefined) show(news.value.state);
  });
  onScopeDispose(() => noteShownSettings(undefined));
  useLiveUpdates(asked.refresh, 'onboarding', 'attempt');

  const serving = computed(() => data.value?.serving ?? data.value?.connection ?? null);

  return {
    ...asked,
    data,
    ...progress,
    /** A place in a guide that is another by now says nothing. */
    keep: async (change: Partial<GuideProgress>) => {
      if (!isBehind.value) await progress.keep(change);
    },
    /** What somebody else has changed, until the person has taken note. */
    news: shallowReadonly(news),
    /** Whether the page shows what was before it. */
    isBehind,
    takeNote(): void {
      if (news.value !== undefined) show(news.value.state);
      news.value = undefined;
    },
    /** Who else types into the same fields. */
    typing: shallowReadonly(typing),
    noteTyping: (other: SsoState['typing']) => (typing.value = other),
    guide: computed(() => data.value?.guide ?? null),
    connection: computed(() => data.value?.connection ?? null),
    /** The provider's name inside a sentence. */
    providerName: computed(() => data.value?.guide?.shortName ?? t('sso.someProvider')),
    /** Whether what these pages edit serves people; a draft does not. */
    isLive: computed(() => isLiveChip(data.value?.connection?.chip)),
    /** What people sign in with, also while a draft is edited beside it. */
    serving,
    isServing: computed(() => isLiveChip(serving.value?.chip)),
    draft: computed(() => data.value?.draft ?? null),
    /** Where each step stands, of a connection beside the journey; undefined of the one the journey is about. */
    ownSteps: computed(() => {
      const own = data.value?.connection ?? null;
      return own?.isAdditional === true && data.value?.draft?.isMine !== true ? stepsOf(own) : undefined;
    }),
    /** Deleted lately, and still to be brought back. */
    deleted: computed(() => data.value?.deleted[0]),
    /** The newest of what can be brought back. */
    former: computed(() => data.value?.formers[0]),
  };
}

/** The steps of one connection, as the journey would tell them. */
function stepsOf(connection: SsoConnection): StepView[] {
  const isChosen = connection.providerId !== null;
  const isKnown = connection.identityProvider !== null || connection.openIdProvider !== null;
  const isTested = connection.testedAt !== null && !connection.changedSinceTest;
  const done: Partial<Record<StepName, boolean>> = {
    choose_provider: isChosen,
    configure_provider: isKnown,
    enter_metadata: isKnown,
    test_sign_in: isTested,
    go_live: connection.activatedAt !== null,
  };
  return stepsOfFeature('sso').map((step) => {
    const cause = stepRules[step].needs.find((need) => done[need] !== true);
    const state = done[step] === true ? 'done' : cause === undefined ? 'open' : 'blocked';
    return { step, state, holder: 'customer', since: '', ...(state === 'blocked' && { cause: cause ?? '' }) };
  });
}

function isLiveChip(chip: SsoConnection['chip'] | undefined): boolean {
  return chip === 'live' || chip === 'failing';
}

export function provideSso(isEditing: () => boolean): Sso {
  const sso = createSso(isEditing);
  provide(ssoKey, sso);
  return sso;
}

export function useSso(): Sso {
  const sso = inject(ssoKey);
  if (sso === undefined) throw new Error('Sign-in pages stand inside SsoSection.');
  return sso;
}

/** An act on the settings: refused where somebody else has changed them meanwhile, it brings who and what. */
export function useSsoAct<Input, Answer>(
  send: (input: Input, options: CommandOptions) => Promise<Answer>,
  onDone?: (answer: Answer, input: Input) => unknown,
) {
  const sso = useSso();
  return useAct(async (input: Input, options) => {
    try {
      return await send(input, options);
    } catch (error) {
      if (asProblem(error).code === 'settings_changed') await sso.refresh();
      throw error;
    }
  }, onDone);
}
