/** The bytes of a file of audit events, until it expires. */
export interface AuditExportChunksTable {
  exportId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  content: Buffer;
}
