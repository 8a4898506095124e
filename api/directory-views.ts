import type { z } from 'zod';
import type { DirectoryPeople, DirectoryRow, ShownRequest } from '../db/index.ts';
import { directoryRequestCauses, directoryRequestKinds } from '../onboarding/directory-requests.ts';
import { findDirectoryGuide } from '../onboarding/providers/directory/index.ts';
import type {
  DirectoryLine,
  DirectoryRequestView,
  directoryDetail,
} from './contract/dashboard-directories.ts';
import { directoryChip } from './directory-chip.ts';

/** How staff are shown directories and the calls of their clients. */

export interface DirectoryCircumstances {
  counts: DirectoryPeople | undefined;
  isHeld: boolean;
}

export function directoryLineOf(
  row: DirectoryRow,
  { counts = { active: 0, inactive: 0, groups: 0 }, isHeld }: DirectoryCircumstances,
): DirectoryLine {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    road: row.road,
    sourceName: findDirectoryGuide(row.providerId ?? '')?.name ?? null,
    chip: directoryChip(row, isHeld),
    counts,
    linkedAt: textOf(row.linkedAt),
    lastRequestAt: textOf(row.lastRequestAt),
  };
}

export function requestViewOf(row: ShownRequest): DirectoryRequestView {
  const kind = directoryRequestKinds.find((known) => known === row.kind) ?? 'read';
  const cause = directoryRequestCauses.find((known) => known === row.cause) ?? null;
  const { id, directoryId, directoryName, organizationId, organizationName } = row;
  const { method, path, status, milliseconds, subject, client } = row;
  return {
    id,
    at: row.at.toISOString(),
    directoryId,
    directoryName,
    organizationId,
    organizationName,
    method,
    path,
    status,
    milliseconds,
    kind,
    cause,
    subject,
    client,
  };
}

/** What the page of one shows of its row beyond the line. */
export function directoryFactsOf(row: DirectoryRow) {
  return {
    state: row.state,
    externalKey: row.externalKey,
    scimBaseUrl: row.road === 'scim' ? row.scimBaseUrl : null,
    sftpUserName: row.road === 'sftp' ? row.sftpUserName : null,
    createdAt: row.createdAt.toISOString(),
    firstRequestAt: textOf(row.firstRequestAt),
    silentSince: textOf(row.silentSince),
    firstSyncedAt: textOf(row.firstSyncedAt),
    lastChangedAt: textOf(row.lastChangedAt),
    credentialsFailingSince: textOf(row.credentialsFailingSince),
    credentialsCause: row.credentialsCause,
    isSwitching: row.nextGeneration !== null,
  } satisfies Partial<z.infer<typeof directoryDetail>>;
}

const textOf = (at: Date | null): string | null => at?.toISOString() ?? null;
