import type { Home } from '../../api/contract/setup.ts';
import type { FeatureView, StepView } from '../../onboarding/view.ts';
import { useTimes } from '../shared/composables/use-times.ts';
import { useText } from '../shared/i18n.ts';
import { useBoot } from '../shared/session.ts';
import { useSince } from '../shared/composables/use-since.ts';

/** Where a feature stands, as one line of home's ledger. */
export function useFeatureWords(read: () => Home | undefined) {
  const { t } = useText();
  const times = useTimes();
  const since = useSince();
  const { environment } = useBoot();

  function inProgress({ steps }: FeatureView): string {
    const at = steps.findIndex(({ state }) => state !== 'done');
    const step: StepView | undefined = steps[at];
    if (step === undefined) return '';
    return t('home.stepOf', { n: at + 1, total: steps.length, step: t(`steps.${step.step}.name`) });
  }

  function ailing({ steps }: FeatureView): string {
    const step = steps.find(({ state }) => state === 'failed');
    return step === undefined
      ? t('chips.feature.repair')
      : t('home.ailing', { step: t(`steps.${step.step}.name`), when: since(step.since) });
  }

  function signIn(feature: FeatureView): string {
    const connection = read()?.connection ?? null;
    const provider = connection?.providerName ?? null;
    if (connection?.activatedAt != null && provider !== null) {
      return connection.chip === 'off'
        ? t('home.turnedOff', { provider })
        : t('home.liveSince', { provider, when: since(connection.activatedAt) });
    }
    if (feature.state === 'not_started') return t('home.notStarted');
    const text = inProgress(feature);
    return provider === null ? text : t('home.withProvider', { provider, text });
  }

  function directory(feature: FeatureView): string {
    const directory = read()?.directory ?? null;
    if (directory === null) return t('home.notStarted');
    const waiting = feature.steps.find(({ step }) => step === 'receive_people');
    const text =
      waiting?.state === 'waiting'
        ? t('home.waitingForPeople', { when: since(waiting.since) })
        : feature.state === 'done' && directory.linkedAt !== null
          ? t('home.linkedSince', { when: since(directory.linkedAt) })
          : inProgress(feature);
    return t('home.withProvider', { provider: directory.name, text });
  }

  /** Of several, the one that needs somebody most: those that run well are no news. */
  function streams(feature: FeatureView): string {
    const all = read()?.logStreams ?? [];
    const stream =
      all.find(({ chip }) => chip === 'invalid') ?? all.find(({ chip }) => chip === 'retrying') ?? all[0];
    if (stream === undefined) return t('home.notStarted');
    const text = feature.state === 'done' ? t(`chips.stream.${stream.chip}`) : inProgress(feature);
    return t('home.withProvider', { provider: stream.name, text });
  }

  function domains(feature: FeatureView): string {
    const known = read()?.domains ?? [];
    const only = known[0];
    if (only === undefined) return t('home.notStarted');
    if (known.length > 1 && feature.state !== 'done') return inProgress(feature);
    if (only.verifiedAt !== null && only.state === 'verified')
      return t('home.verifiedAt', { when: times.when(only.verifiedAt) });
    if (only.state === 'lapsed') return t('home.lapsed', { when: since(only.since) });
    if (only.chip === 'in_review') return t('home.inReview', { vendor: environment.vendorName });
    if (only.chip === 'refused') return t('home.refused', { vendor: environment.vendorName });
    if (only.state === 'conflict') return t('home.conflict');
    if (only.state === 'failed') return t('home.failed');
    return only.chip === 'not_right'
      ? t('home.notRight')
      : t('home.waitingSince', { when: since(only.since) });
  }

  function renewal(feature: FeatureView): string {
    const proven = feature.steps.find(({ step }) => step === 'prove_certificate');
    if (feature.state === 'done' && proven !== undefined)
      return t('home.renewedAt', { when: since(proven.since) });
    // Done without a run: the provider publishes its certificates where we look.
    if (feature.state === 'done') return t('home.renewsItself');
    return feature.state === 'not_started' ? t('home.notStarted') : inProgress(feature);
  }

  return {
    text(feature: FeatureView): string {
      if (feature.state === 'skipped') return t('home.skipped');
      if (feature.state === 'repair') return ailing(feature);
      switch (feature.feature) {
        case 'sso':
          return signIn(feature);
        case 'directory_sync':
          return directory(feature);
        case 'domain_verification':
          return domains(feature);
        case 'certificate_renewal':
          return renewal(feature);
        case 'log_streams':
          return streams(feature);
        case 'audit_logs':
          return t('home.auditLog');
      }
    },
    /** Said only when another feature stands in the way; the order within one is in the rail. */
    reason(feature: FeatureView): string | undefined {
      if (feature.provider?.chosenBy === 'vendor' && feature.state !== 'done')
        return t('home.chosenBy', { vendor: environment.vendorName });
      const first = feature.steps.find(({ state }) => state !== 'done');
      if (first?.state !== 'blocked' || first.cause === undefined) return undefined;
      if (feature.steps.some(({ step }) => step === first.cause)) return undefined;
      return first.step === 'go_live'
        ? t('home.goLiveWaits')
        : t('home.opensAfter', { step: t(`steps.${first.cause}.name`) });
    },
  };
}
