import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { StreamCheck } from '../../../api/contract/setup-log-streams.ts';
import type { StepResult } from '../../../api/contract/shared.ts';
import { readFields, type FieldFinding } from '../../../onboarding/log-streams/fields.ts';
import { useApi, type ApiProblem, type CommandOptions } from '../../shared/api-client.ts';
import type { CheckLine } from '../../shared/components/CheckLines.vue';
import { useAct } from '../../shared/composables/use-act.ts';
import { useNow } from '../../shared/composables/use-now.ts';
import { dayAfter } from '../../shared/days.ts';
import { useText } from '../../shared/i18n.ts';
import { useBoot } from '../../shared/session.ts';
import { useJourney } from '../journey.ts';
import { useLogStream, type StreamView } from '../log-stream.ts';
import { useStreamWords } from '../../shared/composables/use-stream-words.ts';
import { destinationPatienceMs } from '../patience.ts';

const pauseMs = 400;

/**
 * The settings of a stream as they are typed: looked at 400 ms after the last key. The destination itself is asked when
 * somebody checks or saves, never while typing. `onStopped` hears that it was not asked, because a field is wrong.
 */
export function useStreamForm(
  stream: () => StreamView,
  { onSaved, onStopped }: { onSaved: () => unknown; onStopped: () => unknown },
) {
  const api = useApi();
  const { t } = useText();
  const words = useStreamWords();
  const { environment } = useBoot();
  const now = useNow();
  const journey = useJourney();
  const { apiPath, fields, destinationName } = useLogStream();

  const values = ref<Record<string, string>>(storedValues());
  const name = ref(stream().name);
  const endsOn = ref(stream().secrets.endsOn ?? '');
  /** A day that was there before may have come since; a new one is typed wrong. */
  const endsOnProblem = computed(() => {
    const isOver = endsOn.value !== '' && Date.parse(dayAfter(endsOn.value)) <= now.value.getTime();
    return isOver && endsOn.value !== stream().secrets.endsOn
      ? t('logstreams.settings.endsOnOver')
      : undefined;
  });
  const found = shallowRef<readonly FieldFinding[]>([]);
  const check = shallowRef<StreamCheck>();
  /** *Check* or *Save* was pressed: from then on empty fields are told, too. */
  const isWanted = ref(false);
  const isSaved = ref(false);
  const needsCode = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;

  function storedValues(): Record<string, string> {
    const { settings } = stream();
    return Object.fromEntries(
      fields.value.map((field) => [
        field.name,
        settings[field.name] ?? (field.kind === 'choice' ? field.initial : ''),
      ]),
    );
  }
  /** What was last read of the stream: a field that still says it was not touched. */
  let known = { values: storedValues(), name: stream().name, endsOn: stream().secrets.endsOn ?? '' };
  watch(stream, (now) => {
    const before = known;
    known = { values: storedValues(), name: now.name, endsOn: now.secrets.endsOn ?? '' };
    // Saved in another tab, or by a colleague: a form that kept what was before would put it back.
    for (const [field, value] of Object.entries(known.values)) {
      if (values.value[field] === before.values[field] && value !== before.values[field])
        values.value[field] = value;
    }
    if (name.value === before.name) name.value = known.name;
    if (endsOn.value === before.endsOn) endsOn.value = known.endsOn;
  });
  function read() {
    return readFields({ fields: fields.value }, values.value, {
      allowsLoopback: environment.kind === 'sandbox',
      stored: { settings: stream().settings, secrets: Object.keys(stream().secrets.hints) },
    });
  }
  function lookHere(): void {
    clearTimeout(pause);
    found.value = read().findings;
  }
  watch(
    values,
    () => {
      check.value = undefined;
      isSaved.value = false;
      clearTimeout(pause);
      pause = setTimeout(lookHere, pauseMs);
    },
    { deep: true },
  );
  onScopeDispose(() => clearTimeout(pause));
  lookHere();

  const findings = computed(() => check.value?.findings ?? found.value);
  const wordsOf = ({ problem, explanation }: StreamCheck['findings'][number]) =>
    explanation ?? t(`logstreams.settings.problems.${problem}`);
  /** What stops, by field. */
  const problems = computed(() => {
    const told: Record<string, string> = {};
    for (const finding of findings.value) {
      if (finding.severity !== 'stop' || told[finding.field] !== undefined) continue;
      if (finding.problem === 'missing' && !isWanted.value) continue;
      told[finding.field] = wordsOf(finding);
    }
    const refused = check.value?.probe;
    if (refused?.kind === 'refused' && refused.field !== null)
      told[refused.field] ??= words.what(refused.cause);
    return told;
  });

  const body = () => {
    const { settings, secrets } = read();
    return { settings: { ...settings }, secrets: { ...secrets } };
  };
  const checking = useAct(
    (_: string, options) =>
      api.post<StreamCheck>(
        `${apiPath.value}/check`,
        { ...body(), asksDestination: true },
        { ...options, patienceMs: destinationPatienceMs },
      ),
    (answer) => (check.value = answer),
  );
  async function send(code: string | undefined, options: CommandOptions): Promise<void> {
    const given = {
      ...body(),
      name: name.value.trim(),
      secretEndsOn: endsOn.value === '' ? null : endsOn.value,
      ...(code === undefined ? {} : { code }),
    };
    const { view } = await api.post<StepResult>(`${apiPath.value}/settings`, given, {
      ...options,
      patienceMs: destinationPatienceMs,
    });
    journey.note(view);
    needsCode.value = false;
    for (const field of fields.value) if (field.isSecret) values.value[field.name] = '';
    await onSaved();
    // After the look at the emptied secrets, which takes back what was said before.
    isSaved.value = true;
  }
  const saving = useAct((_: string, options) => send(undefined, options));

  function begin(): boolean {
    isWanted.value = true;
    isSaved.value = false;
    check.value = undefined;
    lookHere();
    return !hasStops();
  }
  const hasStops = () =>
    endsOnProblem.value !== undefined || found.value.some(({ severity }) => severity === 'stop');
  async function checkNow(): Promise<void> {
    if (begin()) await checking.run(JSON.stringify(values.value));
    const isAsked = check.value === undefined || check.value.probe !== null;
    if (!isAsked || hasStops()) onStopped();
  }
  /** Asks the destination first, so that its refusal is told where it belongs. */
  async function save(): Promise<void> {
    await checkNow();
    if (check.value?.canSave !== true) return;
    if (stream().isLive) needsCode.value = true;
    else await saving.run(JSON.stringify([values.value, name.value, endsOn.value]));
  }

  const lines = computed((): CheckLine[] => {
    const to = destinationName.value;
    if (checking.isRunning.value || saving.isRunning.value)
      return [{ id: 'calling', state: 'running', text: t('logstreams.settings.calling', { to }) }];
    const remarks = findings.value.flatMap((finding): CheckLine[] =>
      finding.severity === 'look'
        ? [{ id: `${finding.field} ${finding.problem}`, state: 'notice', text: wordsOf(finding) }]
        : [],
    );
    const probe = check.value?.probe;
    if (probe?.kind !== 'accepted') return remarks;
    // Without its status: a destination may well answer 400 to the question whether it would take a record.
    const text = t('logstreams.settings.reached', { to, seconds: words.seconds(probe.milliseconds) });
    return [...remarks, { id: 'reached', state: 'passed', text }];
  });

  return {
    values,
    name,
    endsOn,
    endsOnProblem,
    problems,
    lines,
    isSaved,
    needsCode,
    checking,
    saving,
    lookHere,
    checkNow,
    save,
    saveWith: send,
    refusal: computed(() => (check.value?.probe?.kind === 'refused' ? check.value.probe : undefined)),
    problem: computed((): ApiProblem | undefined => saving.problem.value ?? checking.problem.value),
  };
}
