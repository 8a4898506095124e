import type { DirectoryRefused } from '../../../adapters/directories/reading.ts';
import {
  preflightSource,
  staysAtItsHost,
  serviceAccountKeyOf,
  type SourceFinding,
} from '../../../onboarding/directory-preflight.ts';
import { googleSettingsOf, sftpSecretOf, type PulledSource } from '../../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { CredentialsBody, CredentialsCheck } from '../../contract/setup-directory-credentials.ts';
import { googleClientOf, keptSecretOf, patiently, waitingHands } from '../../directory-access.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import type { ReadDirectory } from './directory-source.ts';
import type { SetupContext } from './scope.ts';

export interface SourceTried {
  readonly check: CredentialsCheck;
  /** What would be kept; undefined while its form is not right. */
  readonly source: PulledSource | undefined;
}

/**
 * Tries what was typed: its form first, then a real call, within the patience of somebody who waits. Nothing is kept.
 * Throws only what is no finding, such as `too_many_requests`.
 */
export async function lookAtSource(
  context: SetupContext,
  directory: ReadDirectory,
  body: CredentialsBody,
): Promise<SourceTried> {
  const { deps, caller } = context;
  if (body.road !== directory.road) throw new OnboardingError('conflict');
  const kept = keptSecretOf(deps, directory);
  const isThere = staysAtItsHost(body, directory.settings);
  const { privateKey, password } = sftpSecretOf(body.road === 'sftp_pull' ? kept : undefined);
  const hasKept =
    body.road === 'sftp_pull' ? password !== null : kept !== undefined && isSameWay(directory, body);
  const hasSecret = hasKept && isThere;
  const hasOurKey = privateKey !== null;
  const allowsLoopback = deps.settings.sandboxLoopback && caller.environment.kind === 'sandbox';
  const isOfAnotherHost = hasKept && !isThere;
  const known = { hasSecret, hasOurKey, isOfAnotherHost, allowsLoopback };
  const findings = preflightSource(body, known).map(plain);
  const source = sourceTyped(body, directory, hasSecret || hasOurKey ? kept : undefined);
  if (source === undefined || findings.some(({ severity }) => severity === 'stop')) {
    return { source: undefined, check: { ...nothing, findings } };
  }
  await deps.limits.spend('outbound_per_minute', directory.organizationId);
  await deps.limits.spend('outbound_per_hour', directory.organizationId);
  const access = { ...source, googleClient: googleClientOf(deps, caller.environment) };
  const hands = waitingHands(deps, caller.environment, directory.organizationId);
  const startedAt = deps.now().getTime();
  const looked = await patiently(() => deps.directorySources.look(access, hands));
  if ('refused' in looked) {
    return { source, check: { ...nothing, findings, refusal: refusalShown(looked.refused) } };
  }
  if ('slow' in looked) return { source, check: { ...nothing, findings, canSave: true, isSlow: true } };
  const elapsedMs = Math.max(0, Math.round(deps.now().getTime() - startedAt));
  const { names, ...look } = looked.answer;
  return {
    source,
    check: { ...nothing, findings, canSave: true, look: { ...look, names: [...names], elapsedMs } },
  };
}

const nothing: CredentialsCheck = { canSave: false, findings: [], look: null, isSlow: false, refusal: null };

/** The first thing that has to be put right, at its field; else why the source refuses. */
export function refusalOfTry({ findings, refusal }: CredentialsCheck): Error {
  const first = findings.find(({ severity }) => severity === 'stop');
  if (first !== undefined) {
    const { field, code } = first;
    return new InvalidInput([{ field, code, message: `${field} is refused: ${code}` }]);
  }
  const { cause, facts } = refusal ?? { cause: 'source_unreachable', facts: {} };
  return new OnboardingError('directory_source_refused', { ...facts, cause });
}

export function refusalShown({ refusal: cause, facts }: DirectoryRefused): CredentialsCheck['refusal'] {
  const plainFacts = Object.entries(facts).map(
    ([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact] as const,
  );
  return { cause, facts: Object.fromEntries(plainFacts) };
}

const plain = ({ facts, ...found }: SourceFinding): CredentialsCheck['findings'][number] => ({
  ...found,
  facts: { ...facts },
});

/** A key does not stand in for a consent, nor the other way round. */
function isSameWay({ road, settings }: ReadDirectory, body: CredentialsBody): boolean {
  return road === body.road && (road !== 'google' || googleSettingsOf(settings)?.way === 'service_account');
}

/** What was typed as a source, with the secret that is kept where its field was left empty. */
function sourceTyped(
  body: CredentialsBody,
  directory: ReadDirectory,
  kept: string | undefined,
): PulledSource | undefined {
  switch (body.road) {
    case 'google':
      return googleTyped(body, directory, kept);
    case 'workday': {
      const secret = body.password.trim() === '' ? kept : body.password;
      const [usersUrl, groupsUrl, userName] = [body.usersUrl, body.groupsUrl, body.userName].map((text) =>
        text.trim(),
      );
      if (secret === undefined || !usersUrl || !userName) return undefined;
      return { road: 'workday', secret, settings: { usersUrl, userName, groupsUrl: groupsUrl || null } };
    }
    case 'bamboohr': {
      const secret = body.apiKey.trim() || kept;
      const company = body.company.trim().toLowerCase();
      return secret === undefined ? undefined : { road: 'bamboohr', secret, settings: { company } };
    }
    case 'sftp_pull':
      return sftpTyped(body, kept);
  }
}

/** A password that is not used any more is not kept. */
function sftpTyped(
  { way, password: typed, port, hostKey, ...names }: Extract<CredentialsBody, { road: 'sftp_pull' }>,
  kept: string | undefined,
): PulledSource {
  const { password, ...keys } = sftpSecretOf(kept);
  const secret = { ...keys, password: way === 'key' ? null : typed || password };
  return {
    road: 'sftp_pull',
    secret: JSON.stringify(secret),
    settings: {
      host: names.host.trim().toLowerCase(),
      port: Number(port),
      userName: names.userName.trim(),
      folder: names.folder.trim(),
      way,
      hostKey,
    },
  };
}

function googleTyped(
  { key, adminEmail }: Extract<CredentialsBody, { road: 'google' }>,
  { settings }: ReadDirectory,
  kept: string | undefined,
): PulledSource | undefined {
  const before = googleSettingsOf(settings);
  const scope = { groups: before?.groups ?? null, nested: before?.nested ?? false };
  const typed = serviceAccountKeyOf(key);
  if (typed !== undefined) {
    const { privateKey: secret, ...account } = typed;
    const named = { way: 'service_account', adminEmail: adminEmail.trim(), ...account } as const;
    return { road: 'google', secret, settings: { ...named, ...scope } };
  }
  if (kept === undefined || before?.way !== 'service_account') return undefined;
  return { road: 'google', secret: kept, settings: { ...before, adminEmail: adminEmail.trim() } };
}
