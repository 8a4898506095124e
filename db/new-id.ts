import { monotonicFactory } from 'ulid';

const nextUlid = monotonicFactory();

/**
 * A new public id, as `adapters/ids.ts` makes them. Callers hand in ids of what they know of; one change of a directory
 * writes rows and events whose number only the database knows.
 */
export const newId = (prefix: `${string}_`): string => prefix + nextUlid();
