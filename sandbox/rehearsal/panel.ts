import { newId } from '../../adapters/ids.ts';
import type { Logger } from '../../adapters/logger.ts';
import { removeEndedApiKey, withSystem, withTenant, type Db, type Tenant, type Tx } from '../../db/index.ts';
import { leftoverOf, type Rehearsal, type RehearsalFailure } from '../../onboarding/rehearsal.ts';
import { playCustomer, RehearsalEnded, type Stage } from './play.ts';
import { changeRehearsal, findRehearsal } from './stored.ts';

/** Rehearsals as the sandbox's page and scripts begin and watch them (`RehearsalPanel` of `api/deps.ts`). */
export interface Rehearsals {
  /** The last one of the environment, also while it is being played. */
  find(tx: Tx, tenant: Tenant, now: Date): Promise<Rehearsal | undefined>;
  /** One at a time: `begun` is false where one is being played, which is the answer then. */
  begin(
    tx: Tx,
    tenant: Tenant,
    by: { memberId: string | null; now: Date },
  ): Promise<{ rehearsal: Rehearsal; begun: boolean; formerKeyId: string | null }>;
  /** Remembers which key the one that was begun has, so that the next can put it away. */
  lend(tx: Tx, tenant: Tenant, keyId: string, now: Date): Promise<void>;
  /** Plays one that was begun, once its transaction is through. Resolves when it has ended, however it did. */
  play(tenant: Tenant, rehearsal: Rehearsal, hands: Hands): Promise<void>;
  /** Calls off all that are being played in this process, and waits for their last words. */
  stop(): Promise<void>;
}

type Hands = Pick<Stage, 'apiKey' | 'clientId' | 'redirectUri'> & {
  /** The key of the rehearsal before, which has ended. */
  formerKeyId: string | null;
  /** Takes back what was lent for the play; never throws. */
  takeBack(): Promise<void>;
};

interface Deps {
  db: Db;
  systemDb: Db;
  now: () => Date;
  log: Logger;
  urls: { api: string; portal: string; testIdp: string };
}

/** The longest that a whole one takes, so that its key may end by itself soon after. */
const rehearsalAtMostMs = 15 * 60_000;

export function createRehearsals({ db, systemDb, now, log, urls }: Deps): Rehearsals {
  const ending = new AbortController();
  const playing = new Set<Promise<void>>();

  /** Changes a rehearsal that is being played. Throws when it has ended meanwhile: another may have begun. */
  async function write(
    tenant: Tenant,
    id: string,
    change: (before: Rehearsal, at: string) => Rehearsal,
  ): Promise<void> {
    const at = now();
    await withTenant(db, tenant, (tx) =>
      changeRehearsal(tx, tenant, at, (before) => {
        if (before?.id !== id || before.endedAt !== null) throw new Error('the rehearsal has ended');
        return change(before, at.toISOString());
      }),
    );
  }

  async function playToTheEnd(tenant: Tenant, rehearsal: Rehearsal, hands: Hands): Promise<void> {
    const { id, leftover } = rehearsal;
    const { apiKey, clientId, redirectUri } = hands;
    const end = (failure: RehearsalFailure | null) =>
      write(tenant, id, (before, at) => ({ ...before, failure, endedAt: at }));
    try {
      await playCustomer({
        urls,
        apiKey,
        clientId,
        redirectUri,
        leftover,
        customer: customerOf(id),
        within: [...new Set(Object.values(urls).map((url) => new URL(url).origin))],
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(rehearsalAtMostMs)]),
        say: (line) =>
          write(tenant, id, (before, at) => ({ ...before, lines: [...before.lines, { ...line, at }] })),
      });
      await end(null);
    } catch (error) {
      if (!(error instanceof RehearsalEnded)) throw error;
      if (error.failure.reason === 'broke') log.error({ err: error }, 'a rehearsal broke');
      await end(error.failure);
    }
  }

  /** Only the system role may: elsewhere the list of keys tells of all that were. */
  async function putAway(tenant: Tenant, keyId: string | null): Promise<void> {
    if (keyId !== null) await withSystem(systemDb, (tx) => removeEndedApiKey(tx, tenant, keyId));
  }

  return {
    find: findRehearsal,

    async begin(tx, tenant, by) {
      const fresh: Rehearsal = {
        id: newId('rehearsal_'),
        startedAt: by.now.toISOString(),
        endedAt: null,
        lines: [],
        memberId: by.memberId,
        keyId: null,
        failure: null,
        leftover: null,
      };
      let rehearsal = fresh;
      let formerKeyId: string | null = null;
      await changeRehearsal(tx, tenant, by.now, (before) => {
        if (before !== undefined && before.endedAt === null) {
          rehearsal = before;
          return undefined;
        }
        formerKeyId = before?.keyId ?? null;
        return (rehearsal = { ...fresh, leftover: before === undefined ? null : leftoverOf(before) });
      });
      return { rehearsal, begun: rehearsal.id === fresh.id, formerKeyId };
    },

    async lend(tx, tenant, keyId, at) {
      await changeRehearsal(tx, tenant, at, (before) => before && { ...before, keyId });
    },

    async play(tenant, rehearsal, hands) {
      const played = putAway(tenant, hands.formerKeyId)
        .then(() => playToTheEnd(tenant, rehearsal, hands))
        .catch((error: unknown) => log.error({ err: error }, 'a rehearsal could not be written down'))
        .then(() => hands.takeBack());
      playing.add(played);
      await played.finally(() => playing.delete(played));
    },

    async stop() {
      ending.abort();
      await Promise.all(playing);
    },
  };
}

/** Named so that everybody sees what it is, and so that no two have one domain. */
function customerOf(id: string): Stage['customer'] {
  const mark = id.slice(-6).toLowerCase();
  return { name: `Rehearsal ${mark}`, domain: `rehearsal-${mark}.test` };
}
