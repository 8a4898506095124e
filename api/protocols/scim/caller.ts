import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { digestToken, looksLikeOurToken } from '../../../adapters/tokens.ts';
import {
  awaitWithCommit,
  findEndedToken,
  loadDirectory,
  proveDirectoryCaller,
  sourceScope,
  withTenant,
  type Db,
  type DirectoryRow,
  type DirectoryScope,
  type ProvedCaller,
  type Tx,
} from '../../../db/index.ts';

/** Where a call leads, before its token is proved. */
export interface Called {
  environmentId: string;
  organizationId: string;
  directoryId: string;
  externalKey: string;
}

/** Work of one call in its directory, proved anew each time. */
export interface DirectoryDoor {
  /** Reads that leave in the turn in which they are called: proof, reads and COMMIT are one message. */
  read<T>(work: (tx: Tx, scope: DirectoryScope) => Promise<T>): Promise<T>;
  /** Everything else, in as many turns as it takes: nothing is kept, and nothing told, unless the token holds. */
  transact<T>(work: (tx: Tx, scope: DirectoryScope) => Promise<T>): Promise<T>;
  /** For a call that is refused without any work. Throws unless the token holds. */
  prove(): Promise<void>;
}

/** Some clients send what the admin typed, without the word in front of it. */
export function digestOfBearer(header: string | undefined): string | undefined {
  const [, token = ''] = /^(?:bearer\s+)?(\S+)$/i.exec(header?.trim() ?? '') ?? [];
  return looksLikeOurToken(token, 'vb_scim_') ? digestToken(token).toString('hex') : undefined;
}

/**
 * Directories as they were read last. What depends on one is asked for in the same message as the proof of the token; the
 * proof tells whether the directory still is as it was read, and nothing is kept when it is not.
 */
interface KnownDirectories {
  openDoor(
    called: Called,
    digest: string,
    now: Date,
    onProved: (caller: ProvedCaller) => void,
  ): DirectoryDoor;
}

interface Known {
  directory: DirectoryRow;
  print: string;
}

class Outdated extends Error {}

const knownAtMost = 10_000;
const triesAtMost = 3;

export function createKnownDirectories({ db }: { db: Db }): KnownDirectories {
  const known = new Map<string, Known>();

  function remember(key: string, found: Known): Known {
    const [oldest] = known.keys();
    if (known.size >= knownAtMost && oldest !== undefined) known.delete(oldest);
    known.set(key, found);
    return found;
  }

  return {
    openDoor(called, digest, now, onProved) {
      const { externalKey, environmentId, organizationId } = called;
      const tenant = { environmentId, organizationId };
      const prove = (tx: Tx) => proveDirectoryCaller(tx, tenant, { externalKey, digest, now });

      /** Throws unless the token holds, and `Outdated` unless the directory is as `read` has it. */
      function check(caller: ProvedCaller | undefined, { directory, print }: Known): void {
        if (caller === undefined) throw new TokenRefused();
        onProved(caller);
        if (caller.print !== print) throw new Outdated();
        directory.lastChangedAt = caller.lastChangedAt;
      }

      async function load(): Promise<Known> {
        const found = await withTenant(db, tenant, async (tx) => {
          const [caller, loaded] = await Promise.all([prove(tx), loadDirectory(tx, tenant, externalKey)]);
          return caller === undefined ? undefined : loaded;
        });
        if (found === undefined) throw new TokenRefused();
        return remember(externalKey, found);
      }

      async function attempt<T>(run: (found: Known) => Promise<T>): Promise<T> {
        for (let tries = 1; ; tries += 1) {
          try {
            return await run(known.get(externalKey) ?? (await load()));
          } catch (error) {
            if (error instanceof TokenRefused) throw await whyRefused(db, called, digest, now);
            if (!(error instanceof Outdated)) throw error;
            known.delete(externalKey);
            if (tries === triesAtMost)
              throw new ScimRefusal(
                503,
                'unavailable',
                'The directory is being changed. Try again in a moment.',
              );
          }
        }
      }

      return {
        read: (work) =>
          attempt(async (found) => {
            let proof: Promise<ProvedCaller | undefined> | undefined;
            try {
              const { done } = await withTenant(db, tenant, (tx) => {
                proof = prove(tx);
                const sent = begun(() => work(tx, sourceScope(found.directory, now)));
                awaitWithCommit(tx, proof);
                awaitWithCommit(tx, sent);
                // In an object: a promise that is given back would be waited for before COMMIT is sent.
                return Promise.resolve({ done: sent });
              });
              check(await proof, found);
              return await done;
            } catch (error) {
              // Whoever has no token learns nothing but that.
              const isKnown = error instanceof TokenRefused || error instanceof Outdated;
              if (!isKnown && proof !== undefined) check(await proof.catch(() => failWith(error)), found);
              throw error;
            }
          }),
        transact: (work) =>
          attempt((found) =>
            withTenant(db, tenant, async (tx) => {
              const proof = prove(tx);
              const done = begun(() => work(tx, sourceScope(found.directory, now)));
              // Whatever it came to: it is not looked at before the token is.
              done.catch(() => undefined);
              check(await proof, found);
              return done;
            }),
          ),
        prove: () => attempt((found) => withTenant(db, tenant, async (tx) => check(await prove(tx), found))),
      };
    },
  };
}

/** What it throws at once fails the promise too. */
const begun = async <T>(work: () => Promise<T>): Promise<T> => work();

function failWith(error: unknown): never {
  throw error;
}

class TokenRefused extends Error {}

/** The client is told the same in all cases; the admin is told which it was. */
async function whyRefused(db: Db, called: Called, digest: string, now: Date): Promise<ScimRefusal> {
  const { environmentId, organizationId, directoryId } = called;
  const ended = await withTenant(db, { environmentId, organizationId }, (tx) =>
    findEndedToken(tx, { environmentId }, directoryId, digest),
  );
  if (ended === undefined) return unauthorized('token_unknown');
  const hasExpired = ended.revokedAt === null && ended.expiresAt !== null && ended.expiresAt <= now;
  return unauthorized(hasExpired ? 'token_expired' : 'token_revoked');
}

export const unauthorized = (
  reason: 'token_missing' | 'token_unknown' | 'token_expired' | 'token_revoked',
): ScimRefusal => new ScimRefusal(401, reason, 'The bearer token is not one of this directory.');
