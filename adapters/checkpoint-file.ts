import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * Signed statements about the audit log in a file of their own, one JSON object a line, so that they can lie where
 * whoever rewrites the database has no hand [AUD-03].
 */
export interface KeptCheckpoint {
  id: string;
  environmentId: string;
  at: string;
  /** Where every chain ended, or the last row that retention removed from one. */
  body: z.infer<typeof body>;
  /** base64 */
  signature: string;
  keyId: string;
}

const whose = { environmentId: z.string(), at: z.iso.datetime() };
const end = { chain: z.string(), number: z.int(), hash: z.string() };
const body = z.union([
  z.strictObject({ ...whose, heads: z.array(z.strictObject(end)) }),
  z.strictObject({ ...whose, ...end }),
]);

const line = z.object({
  id: z.string(),
  environmentId: z.string(),
  at: z.iso.datetime(),
  body,
  signature: z.base64(),
  keyId: z.string(),
});

/** Adds a line, in one write: several workers may share the file. */
export async function appendCheckpoint(file: string, checkpoint: KeptCheckpoint): Promise<void> {
  await appendFile(file, `${JSON.stringify(checkpoint)}\n`, { mode: 0o600 });
}

/** Throws for a line that is none of ours: a copy that was cut or edited is no witness. */
export async function readCheckpoints(file: string): Promise<KeptCheckpoint[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((text) => text !== '');
  return lines.map((text, index) => {
    try {
      return line.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`line ${index + 1} of ${file} is no checkpoint`, { cause: error });
    }
  });
}
