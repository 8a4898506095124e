import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type {
  CredentialsCheck,
  DirectoryCredentials,
  SourceRefusal,
} from '../../../api/contract/setup-directory-credentials.ts';
import type { StepResult } from '../../../api/contract/shared.ts';
import {
  preflightSource,
  serviceAccountKeyOf,
  type SourceField,
  type SourceFinding,
  type TypedSource,
} from '../../../onboarding/directory-preflight.ts';
import { directoryRefusals } from '../../../onboarding/directory-refusals.ts';
import { useApi, type ApiProblem, type CommandOptions } from '../../shared/api-client.ts';
import type { CheckLine } from '../../shared/components/CheckLines.vue';
import { useAct } from '../../shared/composables/use-act.ts';
import { useText } from '../../shared/i18n.ts';
import { focusFirstWrong } from '../../shared/page-focus.ts';
import { useBoot } from '../../shared/session.ts';
import { secondsOf } from '../../shared/times.ts';
import { useJourney } from '../journey.ts';

export type PulledDirectory = NonNullable<DirectoryCredentials['directory']>;
type Repair = { field: SourceField; value: string };

const pauseMs = 400;

/**
 * A source as it is typed: its form looked at 400 ms after the last key, the source itself called when somebody tries or
 * saves. It is never called while typing, because wrong passwords lock accounts.
 */
export function useSource(
  state: () => DirectoryCredentials,
  directory: () => PulledDirectory,
  onSaved: () => unknown,
) {
  const api = useApi();
  const { t } = useText();
  const { environment } = useBoot();
  const journey = useJourney();

  const typed = ref<TypedSource>(typedOf(state(), directory().road));
  const found = shallowRef<readonly SourceFinding[]>([]);
  const check = shallowRef<CredentialsCheck>();
  const refusal = shallowRef<SourceRefusal>();
  /** *Try* or *Save* was pressed: from then on empty fields are told, too. */
  const isWanted = ref(false);
  const isSaved = ref(false);
  const needsCode = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;

  watch(
    typed,
    () => {
      check.value = undefined;
      refusal.value = undefined;
      isSaved.value = false;
      clearTimeout(pause);
      pause = setTimeout(lookHere, pauseMs);
    },
    { deep: true },
  );
  onScopeDispose(() => clearTimeout(pause));

  function lookHere(): void {
    const { secret, google, sftpPull } = state();
    const hasSecret =
      sftpPull === null
        ? secret.setAt !== null && (google === null || google.way === 'service_account')
        : sftpPull.hasPassword;
    found.value = preflightSource(typed.value, {
      hasSecret,
      hasOurKey: sftpPull !== null && sftpPull.publicKey !== null,
      allowsLoopback: environment.kind === 'sandbox',
    });
  }
  const isStopped = () => found.value.some(({ severity }) => severity === 'stop');

  const problems = computed(() => {
    const words: Partial<Record<SourceField, string>> = {};
    for (const { severity, code, field, facts } of found.value) {
      if (severity !== 'stop' || words[field] !== undefined) continue;
      if (code === 'empty' && !isWanted.value) continue;
      words[field] = t(`reading.findings.${code}`, facts);
    }
    return words;
  });
  const repairsOf = (wanted: SourceFinding['severity']) =>
    found.value.flatMap(({ severity, field, repair }): Repair[] =>
      repair === null || severity !== wanted ? [] : [{ field, value: repair }],
    );
  /** Of fields that are wrong, to stand below each; what is only remarked on is told with the remarks. */
  const fieldRepairs = computed((): Partial<Record<SourceField, string>> =>
    Object.fromEntries(repairsOf('stop').map(({ field, value }) => [field, value])),
  );
  const repairs = computed(() => repairsOf('warn'));

  const trying = useAct(
    (_: string, options) =>
      api.post<CredentialsCheck>('/directory/credentials/check', { ...typed.value }, options),
    (answer) => {
      check.value = answer;
      refusal.value = answer.refusal ?? undefined;
    },
  );
  const saving = useAct(
    (_: string, options) => send(undefined, options),
    () => undefined,
  );

  async function send(code: string | undefined, options: CommandOptions): Promise<void> {
    try {
      const body = { ...typed.value, ...(code === undefined ? {} : { code }) };
      const { view } = await api.post<StepResult>('/directory/credentials', body, options);
      journey.note(view);
      typed.value = withoutSecret(typed.value);
      needsCode.value = false;
      await onSaved();
      isSaved.value = true;
    } catch (error) {
      const refused = refusalIn(error);
      if (refused === undefined) throw error;
      needsCode.value = false;
      // What an earlier try has seen no longer holds.
      check.value = undefined;
      refusal.value = refused;
    }
  }

  function begin(): boolean {
    isWanted.value = true;
    isSaved.value = false;
    refusal.value = undefined;
    clearTimeout(pause);
    lookHere();
    if (isStopped()) void focusFirstWrong();
    return !isStopped();
  }
  async function tryNow(): Promise<void> {
    if (begin()) await trying.run(JSON.stringify(typed.value));
  }
  async function save(): Promise<void> {
    if (!begin()) return;
    if (directory().isLive) needsCode.value = true;
    else await saving.run(JSON.stringify(typed.value));
  }

  const lines = computed((): CheckLine[] => {
    const isServer = directory().road === 'sftp_pull';
    const name = isServer ? t('reading.server') : directory().name;
    if (trying.isRunning.value || saving.isRunning.value) {
      const text = isServer ? t('reading.callingServer') : t('reading.calling', { source: name });
      return [{ id: 'calling', state: 'running', text }];
    }
    const remarks = found.value.flatMap(({ severity, code, field, facts }): CheckLine[] =>
      severity === 'warn'
        ? [{ id: `${field} ${code}`, state: 'notice', text: t(`reading.findings.${code}`, facts) }]
        : [],
    );
    return [...accountLines(), ...remarks, ...seenLines(name)];
  });

  /** What the console wants beside the scopes stands in the key file, where nobody looks for it. */
  function accountLines(): CheckLine[] {
    const account = typed.value.road === 'google' ? serviceAccountKeyOf(typed.value.key) : undefined;
    if (account === undefined || account.clientId === '') return [];
    return [{ id: 'client', state: 'passed', text: t('reading.clientId', { id: account.clientId }) }];
  }

  function seenLines(name: string): CheckLine[] {
    if (check.value?.isSlow === true) {
      return [{ id: 'slow', state: 'notice', text: t('reading.slow', { source: name }) }];
    }
    const look = check.value?.look;
    if (look == null) return [];
    const counted = {
      people: t('reading.people', { n: look.people }, look.people),
      groups: t('reading.groups', { n: look.groups }, look.groups),
      seconds: secondsOf(look.elapsedMs),
    };
    const names = look.names.join(', ');
    return [
      { id: 'seen', state: 'passed', text: t(look.hasMore ? 'reading.more' : 'reading.seen', counted) },
      ...(names === ''
        ? []
        : [{ id: 'names', state: 'passed' as const, text: t('reading.names', { names }) }]),
    ];
  }

  return {
    typed,
    problems,
    fieldRepairs,
    lines,
    repairs,
    refusal,
    isSaved,
    needsCode,
    trying,
    saving,
    lookHere,
    tryNow,
    save,
    problem: computed((): ApiProblem | undefined => saving.problem.value ?? trying.problem.value),
    again: () => (saving.problem.value === undefined ? tryNow() : save()),
    /** The key that the server showed, confirmed by a person: it is called again, and only that server from now on. */
    confirmHostKey(hostKey: string): Promise<void> {
      if (typed.value.road === 'sftp_pull') typed.value = { ...typed.value, hostKey };
      return tryNow();
    },
    /** With the code of a directory that is live. */
    saveWith: (code: string | undefined, options: CommandOptions) => send(code, options),
    repair({ field, value }: Repair): void {
      typed.value = { ...typed.value, [field]: value };
      lookHere();
    },
  };
}

function typedOf(
  { google, workday, bamboohr, sftpPull }: DirectoryCredentials,
  road: PulledDirectory['road'],
): TypedSource {
  switch (road) {
    case 'google':
      return { road, key: '', adminEmail: google?.adminEmail ?? '' };
    case 'workday':
      return { road, password: '', usersUrl: '', groupsUrl: '', userName: '', ...workday };
    case 'bamboohr':
      return { road, apiKey: '', company: bamboohr?.company ?? '' };
    case 'sftp_pull': {
      const {
        publicKey: _ours,
        nextPublicKey: _next,
        hasPassword: _kept,
        ...settings
      } = sftpPull ?? newServer;
      return { road, password: '', ...settings };
    }
  }
}

const newServer: NonNullable<DirectoryCredentials['sftpPull']> = {
  host: '',
  port: '22',
  userName: '',
  folder: '',
  way: 'key',
  hostKey: '',
  publicKey: null,
  nextPublicKey: null,
  hasPassword: false,
};

function withoutSecret(typed: TypedSource): TypedSource {
  switch (typed.road) {
    case 'google':
      return { ...typed, key: '' };
    case 'workday':
    case 'sftp_pull':
      return { ...typed, password: '' };
    case 'bamboohr':
      return { ...typed, apiKey: '' };
  }
}

/** A source that refused while it was to be saved is told like one that refused a try. */
function refusalIn(error: unknown): SourceRefusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'directory_source_refused') {
    return undefined;
  }
  const { cause, ...facts } = 'facts' in error ? { ...(error.facts as SourceRefusal['facts']) } : {};
  const known = directoryRefusals.find((one) => one === cause);
  return known === undefined ? undefined : { cause: known, facts };
}
