import type { Generated, Selectable } from 'kysely';

/** DNS records of the sandbox. */
export interface SandboxRecordsTable {
  id: string;
  environmentId: string;
  name: string;
  type: string;
  value: string;
  server: number | null;
  createdAt: Generated<Date>;
}

export type SandboxRecordRow = Selectable<SandboxRecordsTable>;
