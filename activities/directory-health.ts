import { listDirectoriesToJudge, type DirectoryToJudge, type Tx } from '../db/index.ts';
import { silenceOf } from '../onboarding/directory-rhythm.ts';
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

/** Directories that need a person: refused at their source, a change on hold, or silent for longer than is usual for them. */
export async function findDirectories(tx: Tx, now: Date): Promise<WrongDirectory[]> {
  return (await listDirectoriesToJudge(tx)).flatMap((directory) => judge(directory, now));
}

function judge(directory: DirectoryToJudge, now: Date): WrongDirectory[] {
  const { id: subjectId, environmentId, organizationId, heldSince } = directory;
  const whose = { environmentId, organizationId, subjectId };
  const held =
    heldSince === null
      ? []
      : [{ ...whose, kind: 'directory_held' as const, since: heldSince, cause: 'many_leave' }];
  if (directory.state === 'invalid_credentials') {
    const since = directory.credentialsFailingSince ?? directory.updatedAt;
    return [...held, { ...whose, kind: 'directory_refused', since, cause: directory.credentialsCause }];
  }
  const silence = silenceOf(directory, now);
  if (silence === undefined) return held;
  return [...held, { ...whose, kind: 'directory_silent', since: silence.since, cause: silence.rhythm }];
}
