/** What the sign-in pages share: one answer of the server, asked again on news, and the person's place in the guide. */
import { computed, inject, provide, shallowRef, watch, type InjectionKey } from 'vue';
import { stepRules, stepsOf as stepsOfFeature, type StepName } from '../../onboarding/steps.ts';
import type { StepView } from '../../onboarding/view.ts';
import type { SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';
import type { SsoState } from '../../api/contract/setup.ts';
import { useApi } from '../shared/api-client.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { useSavedMark } from '../shared/composables/use-saved-mark.ts';
import { useText } from '../shared/i18n.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useJourney } from './journey.ts';

/** The guide arrives filled; its shape is the domain's own. */
export type SsoPageState = Omit<SsoState, 'guide'> & { guide: SignInGuide | null };
export type SsoConnection = NonNullable<SsoState['connection']>;
type Progress = SsoState['progress'];

type Sso = ReturnType<typeof createSso>;
const ssoKey: InjectionKey<Sso> = Symbol('sign-in set-up');

function createSso() {
  const api = useApi();
  const journey = useJourney();
  const saved = useSavedMark();
  const { t } = useText();
  const asked = useRequest((signal) => api.get<SsoPageState>('/sso', { signal }));
  const progress = shallowRef<Progress>();

  watch(asked.data, (state) => {
    if (state === undefined) return;
    journey.note(state.view);
    // Ticks of this visit may be on their way still: what the server has not heard of is kept.
    const before = progress.value;
    progress.value = {
      ...state.progress,
      copied: { ...state.progress.copied, ...before?.copied },
    };
  });
  useLiveUpdates(asked.refresh, 'onboarding', 'attempt');

  /** Ticks are kept for this person. Losing one is no reason to stop them, so a failure only shows in the footer. */
  async function keep(change: Partial<Progress>): Promise<void> {
    if (progress.value === undefined) return;
    progress.value = { ...progress.value, ...change };
    saved.saving();
    try {
      await api.put('/sso/progress', change);
      saved.saved();
    } catch {
      saved.failed();
    }
  }

  const serving = computed(() => asked.data.value?.serving ?? asked.data.value?.connection ?? null);

  return {
    ...asked,
    progress,
    keep,
    noteCopied: (key: string) =>
      keep({ copied: { ...progress.value?.copied, [key]: new Date().toISOString() } }),
    guide: computed(() => asked.data.value?.guide ?? null),
    connection: computed(() => asked.data.value?.connection ?? null),
    /** The provider's name inside a sentence. */
    providerName: computed(() => asked.data.value?.guide?.shortName ?? t('sso.someProvider')),
    /** Whether what these pages edit serves people; a draft does not. */
    isLive: computed(() => isLiveChip(asked.data.value?.connection?.chip)),
    /** What people sign in with, also while a draft is edited beside it. */
    serving,
    isServing: computed(() => isLiveChip(serving.value?.chip)),
    draft: computed(() => asked.data.value?.draft ?? null),
    /** Where each step stands, of a connection beside the journey; undefined of the one the journey is about. */
    ownSteps: computed(() => {
      const own = asked.data.value?.connection ?? null;
      return own?.isAdditional === true && asked.data.value?.draft?.isMine !== true
        ? stepsOf(own)
        : undefined;
    }),
    /** Deleted lately, and still to be brought back. */
    deleted: computed(() => asked.data.value?.deleted[0]),
    /** The newest of what can be brought back. */
    former: computed(() => asked.data.value?.formers[0]),
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

export function provideSso(): Sso {
  const sso = createSso();
  provide(ssoKey, sso);
  return sso;
}

export function useSso(): Sso {
  const sso = inject(ssoKey);
  if (sso === undefined) throw new Error('Sign-in pages stand inside SsoSection.');
  return sso;
}
