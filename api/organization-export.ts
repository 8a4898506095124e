import { once } from 'node:events';
import type { Response } from 'express';
import { exportedTables, getOrganization, insertAudit, listDomains, readExportPage } from '../db/index.ts';
import { audited, type Acting } from './acting.ts';
import { stream, type Answer } from './answers.ts';
import type { Commit, Read } from './route.ts';
import { organizationObject } from './routes/developer/organization-object.ts';

/**
 * An organization's data as one download, written as it is read: a JSON object
 *
 *     { "object": "organization_export", "version": 1, "made_at": "…",
 *       "organization": { … },           as `GET /organizations/{id}` answers it
 *       "it_contacts": [ { … }, … ],     then one list for each of `exportedTables`, oldest id first,
 *       … }                              with the names of the database's columns and ISO instants
 *
 * without secrets: no tokens, digests, private keys, client secrets or raw messages of providers. It ends with `}` only
 * when it is whole. The act is on record before the first byte leaves.
 */
export async function exportOrganization(
  whose: { environmentId: string; organizationId: string },
  by: Acting,
  { read, commit }: { read: Read; commit: Commit },
): Promise<Answer> {
  const organization = await read(async (tx) => {
    const row = await getOrganization(tx, whose, whose.organizationId);
    return organizationObject(row, await listDomains(tx, whose));
  });
  const target = { type: 'organization', id: whose.organizationId };
  await commit(async (tx) => {
    await insertAudit(tx, audited(by, whose, { action: 'organization.exported', target }));
    return { status: 204 };
  });
  const madeAt = by.request.now.toISOString();
  return {
    ...stream((response) => void write(response, whose, { madeAt, organization }, read)),
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': `attachment; filename="${whose.organizationId}-${madeAt.slice(0, 10)}.json"`,
      'Cache-Control': 'no-store, no-transform',
    },
  };
}

async function write(
  response: Response,
  whose: { environmentId: string; organizationId: string },
  { madeAt, organization }: { madeAt: string; organization: object },
  read: Read,
): Promise<void> {
  try {
    const head = { object: 'organization_export', version: 1, made_at: madeAt, organization };
    await put(response, JSON.stringify(head).slice(0, -1));
    for (const table of exportedTables) {
      await put(response, `,\n${JSON.stringify(table)}:[`);
      let after: readonly unknown[] | undefined;
      let isFirst = true;
      do {
        const from = after;
        const page = await read((tx) => readExportPage(tx, whose, table, from));
        for (const entry of page.entries) {
          await put(response, `${isFirst ? '' : ','}\n${JSON.stringify(entry)}`);
          isFirst = false;
        }
        after = page.after;
      } while (after !== undefined);
      await put(response, ']');
    }
    response.end('}\n');
  } catch (error) {
    // What has left cannot be taken back: a connection that breaks off says that the file is not whole.
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** Waits for a slow reader, so that nothing piles up; throws when there is none any more. */
async function put(response: Response, text: string): Promise<void> {
  if (response.destroyed) throw new Error('the reader has left');
  if (response.write(text)) return;
  const gone = new AbortController();
  const onClose = () => gone.abort();
  response.once('close', onClose);
  try {
    await once(response, 'drain', { signal: gone.signal });
  } finally {
    response.off('close', onClose);
  }
}
