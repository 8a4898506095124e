import type { ColumnType, Generated, Selectable } from 'kysely';
import type { DirectoryNoticeKind } from '../../onboarding/directory-notices.ts';
import type { RoleRules } from '../../onboarding/roles.ts';
import { columnNames } from '../row-columns.ts';
import type { JsonWithDefault } from './columns.ts';

/** One act on a directory that its contacts are told of. */
export interface DirectoryNotice {
  readonly kind: DirectoryNoticeKind;
  readonly at: string;
  /** Whoever did it, with the address masked; null: unknown. */
  readonly by: string | null;
  /** Done by the vendor's people or programs. */
  readonly isVendors?: boolean;
  /** What the source was called then. */
  readonly source: string;
  /** To which it goes over. */
  readonly to?: string;
}

/** A source of users and groups of an organization, and how it is read or calls us. */
export interface DirectoriesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  name: string;
  type: string;
  providerId: string | null;
  road: 'scim' | 'sftp' | 'sftp_pull' | 'google' | 'workday' | 'bamboohr';
  state: 'validating' | 'linked' | 'unlinked' | 'invalid_credentials' | 'deleting';
  externalKey: string;
  /** As it was given out: it survives a later change of our own address. */
  scimBaseUrl: string;
  /** The people that the vendor is shown are those of this generation; those of the next are prepared until confirmed. */
  generation: Generated<number>;
  nextGeneration: number | null;
  guideProgress: JsonWithDefault<Record<string, unknown>>;
  attributeMapping: JsonWithDefault<Record<string, string>>;
  /** What is no secret of a source that we read: addresses, reports, the groups that were chosen. */
  settings: JsonWithDefault<Record<string, unknown>>;
  credentialsSealed: string | null;
  credentialsSetAt: Date | null;
  credentialsFailingSince: Date | null;
  credentialsCause: string | null;
  sftpUserName: string | null;
  /** Written a few times a minute at most, never by each request. */
  firstRequestAt: Date | null;
  lastRequestAt: Date | null;
  silentSince: Date | null;
  linkedAt: Date | null;
  firstSyncedAt: Date | null;
  lastChangedAt: Date | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
  /** What the contacts have yet to be mailed. */
  notices: JsonWithDefault<readonly DirectoryNotice[]>;
  /** Since when everybody is to be read anew by other attributes; null: they are as they are to be. */
  remapDueAt: Date | null;
  /** What the vendor's roles came to before its last changes of them, while people are to be told of; null: they are. */
  rolesBefore: ColumnType<RolesBefore | null, string | null | undefined, string | null>;
}

/** `groups`: what groups gave whose role is gone since, by their ids. */
export type RolesBefore = RoleRules & { readonly groups?: Readonly<Record<string, string>> };

export type DirectoryRow = Selectable<DirectoriesTable>;

export const directoryColumns = columnNames<DirectoriesTable>({
  id: true,
  environmentId: true,
  organizationId: true,
  name: true,
  type: true,
  providerId: true,
  road: true,
  state: true,
  externalKey: true,
  scimBaseUrl: true,
  generation: true,
  nextGeneration: true,
  guideProgress: true,
  attributeMapping: true,
  settings: true,
  credentialsSealed: true,
  credentialsSetAt: true,
  credentialsFailingSince: true,
  credentialsCause: true,
  sftpUserName: true,
  firstRequestAt: true,
  lastRequestAt: true,
  silentSince: true,
  linkedAt: true,
  firstSyncedAt: true,
  lastChangedAt: true,
  createdAt: true,
  updatedAt: true,
  deletedAt: true,
  notices: true,
  remapDueAt: true,
  rolesBefore: true,
});
