/** The bytes of a file, until it was applied or has expired. */
export interface DirectoryFileChunksTable {
  fileId: string;
  number: number;
  environmentId: string;
  organizationId: string;
  bytes: Buffer;
}
