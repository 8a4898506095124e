import { findReachableTime, listDirectoriesToJudge, type DirectoryToJudge, type Tx } from '../db/index.ts';
import { silenceOf, type Reachable } from '../onboarding/directory-rhythm.ts';
import { isListTrouble, ownTroublesOf } from '../onboarding/directory-troubles.ts';
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
 * Directories that need a person: refused at their source, left without a token, a change on hold, lists of people that
 * are refused day after day, or silent for longer than is usual for them.
 * One that is `watched` as silent stays so until it speaks, whether we can be reached or not and whatever tokens there are.
 */
export async function findDirectories(
  tx: Tx,
  watched: readonly string[],
  now: Date,
): Promise<WrongDirectory[]> {
  const reachable = await findReachableTime(tx);
  return (await listDirectoriesToJudge(tx, now)).flatMap((directory) =>
    watched.includes(directory.id)
      ? judge({ ...directory, tokenSince: null }, now, undefined)
      : judge(directory, now, reachable),
  );
}

function judge(directory: DirectoryToJudge, now: Date, reachable: Reachable | undefined): WrongDirectory[] {
  const { id: subjectId, environmentId, organizationId } = directory;
  const whose = { environmentId, organizationId, subjectId };
  const own = ownTroublesOf(directory, now).map((trouble) => ({ ...whose, ...trouble }));
  // Who cannot speak is not silent besides.
  if (own.some(({ kind }) => kind !== 'directory_held')) return own;
  const { listRefusedSince } = directory;
  if (listRefusedSince !== null && isListTrouble(listRefusedSince, now))
    return [...own, { ...whose, kind: 'directory_list_refused', since: listRefusedSince, cause: null }];
  const silence = silenceOf(directory, now, reachable);
  if (silence === undefined) return own;
  return [...own, { ...whose, kind: 'directory_silent', since: silence.since, cause: silence.rhythm }];
}
