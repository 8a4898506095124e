import { lookUpConnection, lookUpDirectory, lookUpEnvironmentByClientId, type Db } from '../db/index.ts';

/**
 * Whose a connection or a client id is. Neither ever changes hands, so the ids are remembered; whether the connection or
 * the client still counts is read anew each time, inside the tenant's walls.
 */
export interface Tenants {
  ofConnection(connectionId: string): Promise<{ environmentId: string; organizationId: string } | undefined>;
  /** By the external key, in the address that a SCIM client calls. */
  ofDirectory(
    externalKey: string,
  ): Promise<
    { environmentId: string; organizationId: string; directoryId: string; externalKey: string } | undefined
  >;
  ofClient(clientId: string): Promise<{ environmentId: string } | undefined>;
}

export function createTenants({ db }: { db: Db }): Tenants {
  return {
    ofConnection: remembering(async (connectionId) => {
      const row = await lookUpConnection(db, connectionId);
      return row && { environmentId: row.environmentId, organizationId: row.organizationId };
    }),
    ofDirectory: remembering(async (externalKey) => {
      const row = keyPattern.test(externalKey) ? await lookUpDirectory(db, externalKey) : undefined;
      if (row === undefined) return undefined;
      const { environmentId, organizationId, id: directoryId } = row;
      return { environmentId, organizationId, directoryId, externalKey };
    }),
    ofClient: remembering(async (clientId) => {
      const row = await lookUpEnvironmentByClientId(db, clientId);
      return row && { environmentId: row.id };
    }),
  };
}

const keyPattern = /^[a-z0-9-]{16,100}$/;
const rememberedAtMost = 10_000;

/** What is not found is asked for again. */
function remembering<Found>(find: (id: string) => Promise<Found | undefined>) {
  const known = new Map<string, Found>();
  return async (id: string): Promise<Found | undefined> => {
    const found = known.get(id) ?? (await find(id));
    if (found === undefined) return undefined;
    const [oldest] = known.keys();
    if (known.size >= rememberedAtMost && oldest !== undefined) known.delete(oldest);
    known.set(id, found);
    return found;
  };
}
