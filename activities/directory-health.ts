import { findReachableTime, listDirectoriesToJudge, type DirectoryToJudge, type Tx } from '../db/index.ts';
import { silenceOf, type Reachable } from '../onboarding/directory-rhythm.ts';
import { ownTroublesOf } from '../onboarding/directory-troubles.ts';
import type { TroubleKind } from '../onboarding/troubles.ts';

/** Something that is wrong with a directory now. */
interface WrongDirectory {
  environmentId: string;
  organizationId: string;
  kind: TroubleKind;
  subjectId: string;
  since: Date;
  cause: string | null;
}

/**
 * Directories that need a person: refused at their source, a change on hold, or silent for longer than is usual for them.
 * One that is `watched` as silent stays so until it speaks, whether we can be reached or not.
 */
export async function findDirectories(
  tx: Tx,
  watched: readonly string[],
  now: Date,
): Promise<WrongDirectory[]> {
  const reachable = await findReachableTime(tx);
  return (await listDirectoriesToJudge(tx)).flatMap((directory) =>
    judge(directory, now, watched.includes(directory.id) ? undefined : reachable),
  );
}

function judge(directory: DirectoryToJudge, now: Date, reachable: Reachable | undefined): WrongDirectory[] {
  const { id: subjectId, environmentId, organizationId, state } = directory;
  const whose = { environmentId, organizationId, subjectId };
  const own = ownTroublesOf(directory).map((trouble) => ({ ...whose, ...trouble }));
  if (state === 'invalid_credentials') return own;
  const silence = silenceOf(directory, now, reachable);
  if (silence === undefined) return own;
  return [...own, { ...whose, kind: 'directory_silent', since: silence.since, cause: silence.rhythm }];
}
