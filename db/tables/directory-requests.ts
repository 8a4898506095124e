import type { Selectable } from 'kysely';
import type { DirectoryRequestCause, DirectoryRequestKind } from '../../onboarding/directory-requests.ts';

/** One call of a client, as admin and staff may see it: without secrets. */
export interface DirectoryRequestsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  at: Date;
  method: string;
  path: string;
  status: number;
  milliseconds: number;
  /** What it was, in the words of the checklist. */
  kind: DirectoryRequestKind;
  cause: DirectoryRequestCause | null;
  client: string | null;
  subject: string | null;
  requestBody: string | null;
  responseBody: string | null;
}

export type DirectoryRequestRow = Selectable<DirectoryRequestsTable>;
