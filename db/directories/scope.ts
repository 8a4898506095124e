import { OnboardingError } from '../../onboarding/errors.ts';
import type { DirectoryRow } from '../tables/directories.ts';

/** A source that writes: its directory, the generation that its people belong to, and when. */
export interface DirectoryScope {
  readonly directory: DirectoryRow;
  readonly generation: number;
  readonly now: Date;
}

/** What the source writes to: the generation shown, or the next one while a switch is prepared. */
export function sourceScope(directory: DirectoryRow, now: Date): DirectoryScope {
  return { directory, generation: directory.nextGeneration ?? directory.generation, now };
}

/** Whether the vendor sees what is written. */
export const isShown = ({ directory, generation }: DirectoryScope): boolean =>
  generation === directory.generation;

/** The parameters of `living`. */
export const scopeValues = (scope: DirectoryScope) => ({
  directoryId: scope.directory.id,
  environmentId: scope.directory.environmentId,
  organizationId: scope.directory.organizationId,
  generation: scope.generation,
  isShown: isShown(scope),
  now: scope.now,
});

/**
 * The directory, if it lives and its generations are still those that the caller read. Who switches or deletes it locks
 * it FOR UPDATE, and so waits for the writes under way; a write that comes later finds nothing here.
 */
export const living = `living as (
    select id from directories
    where id = :directoryId and environment_id = :environmentId and organization_id = :organizationId
      and deleted_at is null and (generation = :generation) = :isShown::boolean
      and :generation::integer in (generation, coalesce(next_generation, generation))
    for key share
  )`;

/** The directory was switched or deleted while the request was on its way: tried again, it finds how things are. */
export const switchedMeanwhile = () => new OnboardingError('conflict', { kind: 'directory' });
