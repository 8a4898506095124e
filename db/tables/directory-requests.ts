import type { Selectable } from 'kysely';

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
  kind: string;
  cause: string | null;
  client: string | null;
  subject: string | null;
  requestBody: string | null;
  responseBody: string | null;
}

export type DirectoryRequestRow = Selectable<DirectoryRequestsTable>;
