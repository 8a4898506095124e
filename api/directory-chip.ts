import type { z } from 'zod';
import type { DirectoryRow } from '../db/index.ts';
import type { chipDirectory } from './contract/shared.ts';

/** What a directory is shown as (`design.md` §6): a change on hold, a first list among them, goes before all waiting and silence. */
export function directoryChip(
  { state, silentSince }: Pick<DirectoryRow, 'state' | 'silentSince'>,
  isHeld: boolean,
): z.infer<typeof chipDirectory> {
  switch (state) {
    case 'validating':
      return isHeld ? 'held' : 'waiting';
    case 'linked':
      return isHeld ? 'held' : silentSince === null ? 'linked' : 'silent';
    case 'invalid_credentials':
      return state;
    case 'unlinked':
    case 'deleting':
      return 'off';
  }
}
