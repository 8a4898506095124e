import type { ApiDeps } from '../../deps.ts';

/** A page that refreshes itself is one viewing, not one for each refresh. */
const sameViewingMs = 10 * 60_000;
const rememberedAtMost = 5_000;

const remembered = new WeakMap<ApiDeps, Map<string, number>>();

/** Whether this is a viewing of its own, to be kept in the audit log: the first within ten minutes by the session. */
export function isNewViewing(
  deps: ApiDeps,
  { sessionId, targetId, now }: { sessionId: string; targetId: string; now: Date },
): boolean {
  const known = remembered.get(deps) ?? new Map<string, number>();
  remembered.set(deps, known);
  const key = `${sessionId} ${targetId}`;
  const last = known.get(key);
  if (last !== undefined && now.getTime() - last < sameViewingMs) return false;
  known.delete(key);
  known.set(key, now.getTime());
  const [oldest] = known.keys();
  if (known.size > rememberedAtMost && oldest !== undefined) known.delete(oldest);
  return true;
}
