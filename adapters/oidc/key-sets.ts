import { importJWK, type JWK } from 'jose';
import type { Egress } from '../egress.ts';
import type { OidcTokenAlg } from '../../onboarding/connection-configuration.ts';
import { AnswerRefused, type KeySet, type OidcTrust } from './verdict.ts';

/** Whose keys, and where they are. A token's own `jku` or `x5u` is never followed [OIDC-06]. */
export type KeySource = Pick<OidcTrust, 'connectionId' | 'organizationId' | 'sandboxLoopback'> & {
  readonly jwksUri: string;
};

const freshForMs = 5 * 60_000;
/** A token that fits no key makes us look again, at most this often for the key that it names. */
const lookAgainAfterMs = 60_000;
/** So many names of keys within that time, and no more: what names them is not to be believed yet. */
const mostNamesSought = 3;
const mostKeys = 50;
const mostConnections = 1000;

/** What was looked up again for tokens of a connection within the last minute. */
interface Look {
  readonly at: number;
  readonly jwksUri: string;
  readonly sought: Set<string>;
  /** The newest; undefined where the provider could not be read. */
  found: Promise<KeySet | undefined>;
}

export type KeySets = ReturnType<typeof createKeySets>;

/** The providers' keys, kept for five minutes a process [OIDC-06]. */
export function createKeySets({ egress, now }: { egress: Egress; now: () => Date }) {
  const kept = new Map<string, KeySet & { readonly jwksUri: string }>();
  const looks = new Map<string, Look>();

  async function fetchKeys(source: KeySource): Promise<KeySet> {
    const { jwksUri, connectionId } = source;
    const set = await fetchKeySet(egress, source, now());
    if (kept.size >= mostConnections) kept.clear();
    const known = { ...set, jwksUri };
    kept.set(connectionId, known);
    return known;
  }

  function lookOf({ connectionId, jwksUri }: KeySource): Look {
    const last = looks.get(connectionId);
    const at = now().getTime();
    if (last?.jwksUri === jwksUri && last.at + lookAgainAfterMs > at) return last;
    if (looks.size >= mostConnections) looks.clear();
    const look = { at, jwksUri, sought: new Set<string>(), found: Promise.resolve(undefined) };
    looks.set(connectionId, look);
    return look;
  }

  return {
    /** Those known, fetched when they are older than five minutes. Throws what `egress` throws. */
    async get(source: KeySource): Promise<KeySet> {
      const known = kept.get(source.connectionId);
      const isFresh =
        known?.jwksUri === source.jwksUri && known.fetchedAt.getTime() + freshForMs > now().getTime();
      return isFresh ? known : fetchKeys(source);
    },

    /**
     * For a token that fits none of those `seen`: what was fetched for another token meanwhile, so that many sign-ins
     * right after a rotation share one look, else fetched again. Undefined when a key of that name was looked for within
     * the last minute, or enough others were.
     */
    async lookAgain(
      source: KeySource,
      { seen, keyId }: { seen: KeySet | undefined; keyId: string | null },
    ): Promise<KeySet | undefined> {
      const look = lookOf(source);
      const found = await look.found;
      if (found !== undefined && found !== seen) return found;
      const name = keyId ?? '';
      if (look.sought.has(name) || look.sought.size >= mostNamesSought) {
        const underway = await look.found;
        return underway === seen ? undefined : underway;
      }
      look.sought.add(name);
      const fetched = fetchKeys(source);
      look.found = fetched.catch(() => undefined);
      return fetched;
    },
  };
}

/** The usable keys of a provider, as they are now. Throws what `egress` throws, or `AnswerRefused` for no key set. */
export async function fetchKeySet(
  egress: Egress,
  { jwksUri, organizationId, sandboxLoopback }: Omit<KeySource, 'connectionId'>,
  now: Date,
): Promise<KeySet> {
  const answer = await egress.fetch(jwksUri, {
    feature: 'jwks',
    organizationId,
    sandboxLoopback,
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  return { keys: await usableKeys(answer.body.toString('utf8')), fetchedAt: now };
}

/** Keys that cannot be read, or are no public signing keys, are left out: one of them must not spoil the others. */
async function usableKeys(text: string): Promise<readonly JWK[]> {
  const keys = keysIn(text);
  if (keys === undefined) {
    throw new AnswerRefused('token_signature', 'token_unknown_key', { reason: 'unreadable' });
  }
  const usable = await Promise.all(
    keys.slice(0, mostKeys).map(async (key) => ((await isUsable(key)) ? key : undefined)),
  );
  return withoutRepeats(usable.filter((key) => key !== undefined));
}

/**
 * One of each key: some providers publish the same one twice under its name, with and without its algorithm, and of two
 * that could be meant none is. Other keys of that name stay, and stay ambiguous.
 */
function withoutRepeats(keys: readonly JWK[]): JWK[] {
  const widestFirst = keys.toSorted((a, b) => Number(a.alg !== undefined) - Number(b.alg !== undefined));
  return widestFirst.filter(
    (key, at) =>
      !widestFirst
        .slice(0, at)
        .some((one) => isSameKey(one, key) && (one.alg === undefined || one.alg === key.alg)),
  );
}

function isSameKey(one: JWK, other: JWK): boolean {
  const parts = ['kid', 'kty', 'n', 'e', 'crv', 'x', 'y'] as const;
  return parts.every((part) => one[part] === other[part]);
}

function keysIn(text: string): JWK[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys)
      ? keys.filter((key): key is JWK => typeof key === 'object' && key !== null)
      : undefined;
  } catch {
    return undefined;
  }
}

const anAlgOf: Readonly<Record<string, string>> = { RSA: 'RS256', EC: 'ES256', OKP: 'EdDSA' };
const shortestModulus = 2048 / 8;

async function isUsable(key: JWK): Promise<boolean> {
  const alg = anAlgOf[key.kty ?? ''];
  if (alg === undefined || key.d !== undefined || (key.use !== undefined && key.use !== 'sig')) return false;
  if (key.kty === 'RSA' && Buffer.from(key.n ?? '', 'base64url').length < shortestModulus) return false;
  try {
    await importJWK(key, key.kty === 'RSA' ? (key.alg ?? alg) : alg);
    return true;
  } catch {
    return false;
  }
}

const keyTypes: Readonly<Record<OidcTokenAlg, string>> = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
  EdDSA: 'OKP',
};

/** Whether a key is of the kind that the algorithm is checked with. */
export function isOfAlg({ kty }: JWK, alg: OidcTokenAlg): boolean {
  return kty === keyTypes[alg];
}
