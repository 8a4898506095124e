import type { ApiDeps } from '../../deps.ts';

/** What DNS said about names, for ten minutes: pages ask again with every letter and every look. */

const patienceMs = 1_500;
const rememberMs = 10 * 60_000;
const mostRemembered = 1_000;

type Asked = 'mailHostsOf' | 'nameServersOf';
type Memory = Map<string, { names: readonly string[]; until: number }>;

const memories = new WeakMap<ApiDeps['dns'], Memory>();

/** Host names of the domain; none when DNS does not say within a second and a half. Never throws. */
export async function askDns(
  { dns, now }: ApiDeps,
  asked: Asked,
  domain: string,
): Promise<readonly string[]> {
  const memory: Memory = memories.get(dns) ?? new Map();
  memories.set(dns, memory);
  const key = `${asked} ${domain}`;
  const nowMs = now().getTime();
  const known = memory.get(key);
  if (known !== undefined && known.until > nowMs) return known.names;
  const names = await dns[asked](domain, AbortSignal.timeout(patienceMs)).catch(() => []);
  // Silence may be over in a moment: it is remembered just long enough to spare the next letter.
  const until = nowMs + (names.length === 0 ? 10_000 : rememberMs);
  if (memory.size >= mostRemembered) memory.clear();
  memory.set(key, { names, until });
  return names;
}
