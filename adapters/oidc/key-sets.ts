import { importJWK, type JWK } from 'jose';
import type { Egress } from '../egress.ts';
import type { OidcTokenAlg } from '../../onboarding/connection-configuration.ts';
import { AnswerRefused, type KeySet, type OidcTrust } from './verdict.ts';

/** Whose keys, and where they are. A token's own `jku` or `x5u` is never followed [OIDC-06]. */
export type KeySource = Pick<OidcTrust, 'connectionId' | 'organizationId' | 'sandboxLoopback'> & {
  readonly jwksUri: string;
};

const freshForMs = 5 * 60_000;
/** A token that fits no key makes us look again, at most this often a connection: tokens come from strangers. */
const lookAgainAfterMs = 60_000;
const mostKeys = 50;
const mostConnections = 1000;

export type KeySets = ReturnType<typeof createKeySets>;

/** The providers' keys, kept for five minutes a process [OIDC-06]. */
export function createKeySets({ egress, now }: { egress: Egress; now: () => Date }) {
  const kept = new Map<string, KeySet & { readonly jwksUri: string }>();
  const lookedAgainAt = new Map<string, number>();

  async function fetchKeys(source: KeySource): Promise<KeySet> {
    const { jwksUri, connectionId } = source;
    const set = await fetchKeySet(egress, source, now());
    if (kept.size >= mostConnections) kept.clear();
    kept.set(connectionId, { ...set, jwksUri });
    return set;
  }

  return {
    /** Those known, fetched when they are older than five minutes. Throws what `egress` throws. */
    async get(source: KeySource): Promise<KeySet> {
      const known = kept.get(source.connectionId);
      const isFresh =
        known?.jwksUri === source.jwksUri && known.fetchedAt.getTime() + freshForMs > now().getTime();
      return isFresh ? known : fetchKeys(source);
    },

    /** For a token that fits none of them: fetched again, undefined when that was done within the last minute. */
    async lookAgain(source: KeySource): Promise<KeySet | undefined> {
      const last = lookedAgainAt.get(source.connectionId) ?? Number.NEGATIVE_INFINITY;
      if (last + lookAgainAfterMs > now().getTime()) return undefined;
      if (lookedAgainAt.size >= mostConnections) lookedAgainAt.clear();
      lookedAgainAt.set(source.connectionId, now().getTime());
      return fetchKeys(source);
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
  return usable.filter((key) => key !== undefined);
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
