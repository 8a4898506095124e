import type { Adapter, AdapterPayload } from 'oidc-provider';

/**
 * What the OpenID provider remembers between two requests: sign-ins on their way, codes and access tokens. In memory,
 * because all of it ends within minutes: a restart loses half-done sign-ins of a sandbox and nothing else.
 */
interface Kept {
  readonly payload: AdapterPayload;
  readonly endsAt: number;
}

/** Beyond this the oldest goes: strangers can begin sign-ins. */
const mostKept = 5_000;
const standardLifeS = 600;

export function createMemory(now: () => Date): (model: string) => Adapter {
  const kept = new Map<string, Kept>();

  function find(key: string): AdapterPayload | undefined {
    const found = kept.get(key);
    if (found === undefined || found.endsAt > now().getTime()) return found?.payload;
    kept.delete(key);
    return undefined;
  }

  function findWhere(model: string, fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload }] of kept) {
      if (key.startsWith(`${model} `) && fits(payload)) return find(key);
    }
    return undefined;
  }

  return (model) => {
    const keyOf = (id: string) => `${model} ${id}`;
    return {
      async upsert(id, payload, expiresIn) {
        kept.delete(keyOf(id));
        kept.set(keyOf(id), { payload, endsAt: now().getTime() + (expiresIn ?? standardLifeS) * 1000 });
        const [oldest] = kept.keys();
        if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      },
      find: async (id) => find(keyOf(id)),
      findByUid: async (uid) => findWhere(model, (payload) => payload.uid === uid),
      findByUserCode: async (code) => findWhere(model, (payload) => payload.userCode === code),
      async consume(id) {
        const payload = find(keyOf(id));
        if (payload) payload.consumed = Math.floor(now().getTime() / 1000);
      },
      async destroy(id) {
        kept.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
