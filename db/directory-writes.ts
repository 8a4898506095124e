/**
 * The one way in which people and groups of directories are written, whatever road they come by: in the caller's
 * transaction, with the events that tell of them in causal order.
 */
export { insertPerson, removePerson, updatePerson } from './directories/people-writes.ts';
export type { SourcePerson } from './directories/people-fate.ts';
export { insertGroup, removeGroup, updateGroup, type SourceGroup } from './directories/group-writes.ts';
export { changeMembers, replaceMembers } from './directories/membership-writes.ts';
export {
  applySnapshot,
  previewSnapshot,
  type DirectorySnapshot,
  type SnapshotCounts,
} from './directories/snapshot.ts';
