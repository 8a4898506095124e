import { listSandboxRecordsNamed, withSystem, type Db } from '../../db/index.ts';
import type { SandboxDnsFaultName, SandboxDnsSource } from './records.ts';

/**
 * The sandbox's records out of the database. Names of `*.test` belong to nobody in particular, so the look-up is across
 * environments; before the database is open nothing is published.
 */
export function sandboxDnsSource(
  systemDb: () => Db | undefined,
  faultsOn: () => readonly SandboxDnsFaultName[],
): SandboxDnsSource {
  return {
    async listRecords(name) {
      const db = systemDb();
      if (db === undefined) return [];
      const rows = await withSystem(db, (tx) => listSandboxRecordsNamed(tx, name));
      return rows.flatMap(({ type, value, server }) =>
        isPublished(type)
          ? [{ name, type, value, onlyOn: server === 1 || server === 2 ? server : undefined }]
          : [],
      );
    },
    listFaults: () => Promise.resolve(faultsOn().map((fault) => ({ fault }))),
  };
}

function isPublished(type: string): type is 'TXT' | 'CNAME' | 'MX' | 'NS' {
  return type === 'TXT' || type === 'CNAME' || type === 'MX' || type === 'NS';
}
