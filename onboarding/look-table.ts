/** What each server was asked and what it said: the table of the domain page, for people who know DNS. */
import type { DomainChallenge, TxtRecord } from './domain-challenge.ts';
import { challengeRecord, honouredRecords } from './domain-challenge.ts';
import type { DnsAnswer, DnsLook, ServerLook } from './dns-look.ts';
import { bare, isConclusive, isOurs, positionOn } from './record-position.ts';

/** What one server's answer for one name means: the last column of the page's table. */
export type LookMeaning =
  | 'found'
  | 'not_there'
  | 'domain_twice'
  | 'on_apex'
  | 'wrong_value'
  | 'quoted'
  | 'cname_hides'
  | 'wildcard'
  | 'refused'
  | 'broken'
  | 'no_answer';

/** A line of the page's table; servers that answered alike share one. */
export type LookRow = {
  servers: readonly string[];
  role: ServerLook['role'];
  name: string;
  /** TXT values, or the target of a CNAME; empty where there is nothing */
  answer: readonly string[];
  meaning: LookMeaning;
  /** how long a resolver may go on repeating this answer */
  cachedForSeconds: number | null;
};

/** The page's table. Resolvers are told of only where they differ from the zone's own servers. */
export function rowsOf(look: DnsLook, challenge: DomainChallenge): LookRow[] {
  const rows = new Map<string, LookRow>();
  const record = challengeRecord(challenge);
  for (const server of look.servers) {
    for (const answer of server.answers) {
      const row = rowOf(server, answer, record, challenge);
      if (!row) continue;
      const key = JSON.stringify([row.role, row.name, row.answer, row.meaning]);
      const same = rows.get(key);
      rows.set(key, same ? { ...same, servers: [...same.servers, server.server] } : row);
    }
  }
  const isToldAlready = (row: LookRow) =>
    row.role === 'resolver' &&
    [...rows.values()].some(
      (other) => other.role === 'authoritative' && other.name === row.name && other.meaning === row.meaning,
    );
  return [...rows.values()].filter((row) => !isToldAlready(row));
}

/** The asked-for name is always told; the others only where they explain something. */
function rowOf(
  server: ServerLook,
  answer: DnsAnswer,
  record: TxtRecord,
  challenge: DomainChallenge,
): LookRow | null {
  const meaning = meaningOf(server, answer, record, challenge);
  if (meaning === null) return null;
  return {
    servers: [server.server],
    role: server.role,
    name: answer.name,
    answer: answer.cname === null ? presentable(answer.txt) : [answer.cname],
    meaning,
    cachedForSeconds: server.role === 'resolver' ? answer.cachedForSeconds : null,
  };
}

function meaningOf(
  server: ServerLook,
  answer: DnsAnswer,
  record: TxtRecord,
  challenge: DomainChallenge,
): LookMeaning | null {
  const honoured = honouredRecords(challenge).filter(({ name }) => name === answer.name);
  if (honoured.some((form) => positionOn(server, form) === 'has')) return 'found';
  if (answer.asked === 'doubled') return answer.txt.some((v) => isOurs(v, challenge)) ? 'domain_twice' : null;
  if (answer.asked === 'control') return answer.txt.length > 0 || answer.cname !== null ? 'wildcard' : null;
  if (answer.name === challenge.domain && answer.txt.some((v) => bare(v) === record.value)) return 'on_apex';
  if (answer.name !== record.name) return null;
  if (answer.outcome === 'refused') return 'refused';
  if (answer.outcome === 'servfail') return 'broken';
  if (!isConclusive(answer)) return 'no_answer';
  if (answer.cname !== null) return 'cname_hides';
  if (answer.txt.some((value) => bare(value) === record.value)) return 'quoted';
  return answer.txt.length > 0 ? 'wrong_value' : 'not_there';
}

/** Anybody can write anything into a TXT: what is shown and stored is short, little, and cannot reorder a line. */
export function presentable(values: readonly string[]): string[] {
  return values.slice(0, 5).map((value) => value.replace(/\p{C}/gu, '?').slice(0, 300));
}
