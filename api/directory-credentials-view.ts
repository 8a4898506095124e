import type { DirectoryRow, DirectoryRunRow, EnvironmentRow } from '../db/index.ts';
import { directoryRefusals, type DirectoryRefusal } from '../onboarding/directory-refusals.ts';
import {
  googleScopes,
  googleSettingsOf,
  isPulled,
  sftpPullSettingsOf,
  workdaySettingsOf,
} from '../onboarding/directory-sources.ts';
import { directoryNameOf } from '../onboarding/providers/directory/names.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import type { DirectoryCredentials, DirectoryRunView } from './contract/setup-directory-credentials.ts';

interface Shown {
  directory: DirectoryRow | undefined;
  view: OnboardingView | null;
  /** Newest first. */
  runs: readonly DirectoryRunRow[];
  /** Since when a change waits for a person; null where none does. */
  heldSince: Date | null;
}

/** What the page of a directory that is read may know. Of a secret it is told that it is there. */
export function credentialsViewOf(
  environment: EnvironmentRow,
  { directory, view, runs, heldSince }: Shown,
): DirectoryCredentials {
  if (directory === undefined || !isPulled(directory.road)) return { ...empty, view };
  const { id, road, settings, credentialsSetAt, credentialsFailingSince } = directory;
  // Files that were fetched have readings of their own.
  const fetches = runs.filter(({ kind }) => kind === 'pull');
  const [newest] = fetches;
  const failed = fetches.find(({ state }) => state !== 'running');
  const isRefused = directory.state === 'invalid_credentials';
  return {
    ...empty,
    view,
    directory: { id, name: directoryNameOf(directory), road, isRefused, isLive: directory.linkedAt !== null },
    google: road === 'google' ? googleOf(environment, settings) : null,
    workday: road === 'workday' ? workdayOf(settings) : null,
    bamboohr: road === 'bamboohr' ? { company: textOf(settings['company']) } : null,
    sftpPull: road === 'sftp_pull' ? sftpPullOf(settings) : null,
    secret: {
      setAt: credentialsSetAt?.toISOString() ?? null,
      suffix: credentialsSetAt === null ? null : textOf(settings['suffix']) || null,
    },
    refusal: failed?.state === 'failed' ? refusalOf(failed) : null,
    refusedSince: isRefused ? (credentialsFailingSince?.toISOString() ?? null) : null,
    nextReadingAt: newest?.nextAt?.toISOString() ?? null,
    runs: runs.map((run) => runOf(run, heldSince)),
  };
}

const empty: DirectoryCredentials = {
  view: null,
  directory: null,
  google: null,
  workday: null,
  bamboohr: null,
  sftpPull: null,
  secret: { setAt: null, suffix: null },
  refusal: null,
  refusedSince: null,
  nextReadingAt: null,
  runs: [],
};

function googleOf(
  { googleClientId }: EnvironmentRow,
  settings: DirectoryRow['settings'],
): DirectoryCredentials['google'] {
  const read = googleSettingsOf(settings);
  const account = read?.way === 'service_account' ? read : undefined;
  return {
    way: read?.way ?? null,
    offersConsent: googleClientId !== null,
    adminEmail: account?.adminEmail ?? '',
    clientEmail: account?.clientEmail ?? null,
    clientId: account?.clientId ?? null,
    scopes: [...googleScopes],
    groups: read?.groups?.map(({ id, name }) => ({ id, name })) ?? null,
    nested: read?.nested ?? false,
  };
}

function workdayOf(settings: DirectoryRow['settings']): DirectoryCredentials['workday'] {
  const read = workdaySettingsOf(settings);
  return {
    usersUrl: read?.usersUrl ?? '',
    groupsUrl: read?.groupsUrl ?? '',
    userName: read?.userName ?? '',
  };
}

function sftpPullOf(settings: DirectoryRow['settings']): DirectoryCredentials['sftpPull'] {
  const read = sftpPullSettingsOf(settings);
  return {
    host: read?.host ?? '',
    port: String(read?.port ?? 22),
    userName: read?.userName ?? '',
    folder: read?.folder ?? '',
    way: read?.way ?? 'key',
    hostKey: read?.hostKey ?? '',
    publicKey: textOf(settings['publicKey']) || null,
    nextPublicKey: textOf(settings['nextPublicKey']) || null,
    hasPassword: read?.way === 'password',
  };
}

function runOf(run: DirectoryRunRow, heldSince: Date | null): DirectoryRunView {
  const { id, counts, startedAt, endedAt } = run;
  // A change that waits is of the reading that began before it, and of those that have met it since.
  const waits = heldSince !== null && (endedAt ?? startedAt) >= heldSince;
  const state = run.state === 'held' && !waits ? 'decided' : run.state;
  return {
    id,
    state,
    counts: { ...counts },
    refusal: refusalOf(run),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** Why a reading did not work, with what fills the words. */
export function refusalOf({ cause, facts }: DirectoryRunRow): DirectoryRunView['refusal'] {
  const known = directoryRefusals.find((one): one is DirectoryRefusal => one === cause);
  if (known === undefined) return null;
  const plain = Object.entries(facts).map(
    ([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact] as const,
  );
  return { cause: known, facts: Object.fromEntries(plain) };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
