import { createHash } from 'node:crypto';

/** Tokens and sessions that are used for more than one request; in memory only, each for as long as it is good. */
export interface TokenCache {
  /** The one kept for these facts, or a new one. `facts` may hold secrets: only their digest is kept. */
  get<Token>(
    facts: readonly string[],
    fetch: () => Promise<{ token: Token; goodForMs: number }>,
  ): Promise<Token>;
  /** Forgets one that was refused. */
  drop(facts: readonly string[]): void;
}

const mostKept = 1_000;
/** One that ends while a request is under way would be refused. */
const marginMs = 120_000;

export function createTokenCache(now: () => Date): TokenCache {
  const kept = new Map<string, { token: unknown; until: number }>();
  return {
    async get<Token>(facts: readonly string[], fetch: () => Promise<{ token: Token; goodForMs: number }>) {
      const key = keyOf(facts);
      const found = kept.get(key);
      if (found !== undefined && found.until > now().getTime()) return found.token as Token;
      const { token, goodForMs } = await fetch();
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, { token, until: now().getTime() + goodForMs - marginMs });
      return token;
    },
    drop(facts) {
      kept.delete(keyOf(facts));
    },
  };
}

const keyOf = (facts: readonly string[]) => createHash('sha256').update(JSON.stringify(facts)).digest('hex');
