import { lookUpEnvironment, type Db, type EnvironmentRow } from '../db/index.ts';

/**
 * Environments by id, remembered for two seconds: every request needs its own, and they hardly ever change. Nothing
 * that opens or closes a door is read from here.
 */
export interface Environments {
  find(environmentId: string): Promise<EnvironmentRow | undefined>;
  /** Who has just changed one sees it at once; other processes do within the two seconds. */
  forget(environmentId: string): void;
}

const rememberMs = 2_000;

export function createEnvironments({ db, now }: { db: Db; now: () => Date }): Environments {
  const known = new Map<string, { row: EnvironmentRow; until: number }>();
  return {
    async find(environmentId) {
      const nowMs = now().getTime();
      const found = known.get(environmentId);
      if (found !== undefined && found.until > nowMs) return found.row;
      const row = await lookUpEnvironment(db, environmentId);
      if (row !== undefined) known.set(environmentId, { row, until: nowMs + rememberMs });
      return row;
    },
    forget: (environmentId) => void known.delete(environmentId),
  };
}
