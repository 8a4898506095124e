import { z } from 'zod';
import { directoryFileNames, fileCauses, lineCauses } from '../../onboarding/directory-files.ts';
import { instant } from './shared.ts';

/** P22: files of people and groups that the customer sends to our SFTP server, below `/setup/<handle>/api`. */

const sftpKey = z.strictObject({
  id: z.string(),
  algorithm: z.string(),
  fingerprint: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export type SftpKey = z.infer<typeof sftpKey>;

const sentFile = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['receiving', 'received', 'applied', 'refused', 'held', 'unchanged', 'superseded']),
  /** Why it is refused, or was not used. */
  cause: z.enum(fileCauses).nullable(),
  /** Lines below the header. */
  rows: z.int().nullable(),
  refusedLines: z.int(),
  /** What it changed, or would: by the names of the counts of a snapshot. */
  counts: z.record(z.string(), z.int()),
  receivedAt: instant,
  appliedAt: instant.nullable(),
});
export type SentFile = z.infer<typeof sentFile>;

/** GET directory/files */
export const filesState = z.strictObject({
  /** How the customer's program reaches us; null where no server for files runs, or people come another way. */
  account: z
    .strictObject({
      host: z.string(),
      port: z.int(),
      userName: z.string(),
      folder: z.string(),
      hostKey: z.string().nullable(),
    })
    .nullable(),
  /** We fetch the files from a server of the customer's. */
  isFetched: z.boolean(),
  /** People have come, so that the directory has a page of its own. */
  isLinked: z.boolean(),
  keys: z.array(sftpKey),
  /** The last ones, newest first. */
  files: z.array(sentFile),
  /** The first list waits until somebody has seen what it would do. */
  isPreview: z.boolean(),
  /** What each file may hold, with a sample to start from. */
  formats: z.array(
    z.strictObject({
      name: z.enum(directoryFileNames),
      needed: z.array(z.string()),
      further: z.array(z.string()),
      sample: z.string(),
    }),
  ),
});
export type FilesState = z.infer<typeof filesState>;

/** GET directory/files/:id/lines */
export const refusedLines = z.strictObject({
  lines: z.array(
    z.strictObject({
      line: z.int(),
      column: z.string().nullable(),
      value: z.string().nullable(),
      cause: z.enum([...fileCauses, ...lineCauses]),
    }),
  ),
  /** Of how many: the first of them are kept. */
  total: z.int(),
});
export type RefusedLines = z.infer<typeof refusedLines>;

/** POST directory/files/keys */
export const addKeyBody = z.strictObject({ publicKey: z.string().min(1).max(8_000) });

/** POST directory/files/preview */
export const decidePreviewBody = z.strictObject({ answer: z.enum(['apply', 'discard']) });
