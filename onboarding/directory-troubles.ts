import type { DirectoryRoad } from './providers/directory/provider.ts';
import type { TroubleKind } from './troubles.ts';

/** What a directory says of itself; its silence is told by the look at the health of everything live. */
export interface DirectoryCondition {
  readonly state: string;
  readonly road: DirectoryRoad;
  readonly credentialsFailingSince: Date | null;
  readonly credentialsCause: string | null;
  readonly updatedAt: Date;
  /** Since when many people who leave wait for a person [SCIM-09]. */
  readonly heldSince: Date | null;
  /** While another set-up is prepared, its token may not be made yet. */
  readonly nextGeneration: number | null;
  /** When the last of its tokens ends or was retired; null where one has no end, or none was ever made. */
  readonly tokensEndAt: Date | null;
}

/** Kinds that are true as soon as the directory's own rows say so, and no longer than they say so. */
export const ownTroubleKinds = [
  'directory_held',
  'directory_refused',
  'directory_token_ended',
] as const satisfies TroubleKind[];

export interface OwnTrouble {
  readonly kind: (typeof ownTroubleKinds)[number];
  readonly since: Date;
  readonly cause: string | null;
}

/** What of a directory waits for a person now. */
export function ownTroublesOf(directory: DirectoryCondition, now: Date): OwnTrouble[] {
  const { state, heldSince, credentialsFailingSince, credentialsCause, updatedAt } = directory;
  const troubles: OwnTrouble[] = [];
  if (heldSince !== null) troubles.push({ kind: 'directory_held', since: heldSince, cause: 'many_leave' });
  if (state === 'invalid_credentials') {
    const since = credentialsFailingSince ?? updatedAt;
    troubles.push({ kind: 'directory_refused', since, cause: credentialsCause });
  }
  const cutOffSince = cutOffOf(directory, now);
  if (cutOffSince !== null) troubles.push({ kind: 'directory_token_ended', since: cutOffSince, cause: null });
  return troubles;
}

const listPatienceMs = 24 * 3_600_000;

/**
 * Whether lists of people, of which the first was refused then and none taken since, need a person. Whoever sends one by
 * hand sees what became of it; a job that sends one every night is not looked at.
 */
export const isListTrouble = (refusedSince: Date, now: Date): boolean =>
  now.getTime() - refusedSince.getTime() >= listPatienceMs;

/** Since when its client is refused, because no token works any more. */
function cutOffOf({ state, road, nextGeneration, tokensEndAt }: DirectoryCondition, now: Date): Date | null {
  const isServed = state === 'linked' && road === 'scim' && nextGeneration === null;
  return isServed && tokensEndAt !== null && tokensEndAt <= now ? tokensEndAt : null;
}
