/** What the answers of the name servers mean for a domain: one finding, with what its words need [DOM-01], [DOM-03]. */
import { challengeRecord, honouredRecords } from './domain-challenge.ts';
import type { DomainChallenge, TxtRecord } from './domain-challenge.ts';
import type { DnsAnswer, DnsLook, ServerLook } from './dns-look.ts';
import type { LookRow } from './look-table.ts';
import { presentable, rowsOf } from './look-table.ts';
import type { Position } from './record-position.ts';
import { answerFor, bare, isConclusive, isOurs, positionOn } from './record-position.ts';

/** How a wrong value differs from ours, so that the page can say more than "replace it". */
export type ValueSlip = 'only_token' | 'letter_case' | 'cut_off' | 'old_token' | 'other';

/** The finding, with what its sentence needs (messages M40–M48). */
export type DomainFinding =
  | { kind: 'found'; record: TxtRecord; servers: readonly string[] }
  | { kind: 'not_there'; missing: number; asked: number; domainExists: boolean }
  | { kind: 'domain_twice'; name: string; host: string }
  | { kind: 'on_apex'; domain: string; host: string }
  | { kind: 'wrong_value'; expected: string; received: readonly string[]; slip: ValueSlip }
  | { kind: 'quoted'; expected: string; received: string }
  | { kind: 'cname_hides'; name: string; target: string }
  | { kind: 'wildcard'; name: string; received: readonly string[] }
  | { kind: 'other_servers'; delegatedTo: readonly string[]; foundAt: readonly string[] }
  | {
      kind: 'disagree';
      have: number;
      asked: number;
      haveServers: readonly string[];
      lackServers: readonly string[];
    }
  | { kind: 'broken'; reason: 'dnssec' | 'lame' | 'servers'; code: string; servers: readonly string[] }
  | { kind: 'unknown'; reason: 'no_answer' | 'no_name_servers' | 'one_vantage_point' };

export type DomainVerdict = DomainFinding & {
  /** `unknown` counts neither as proof nor as a failure: servers were silent, broken or of two minds [DOM-06] */
  proof: 'present' | 'absent' | 'unknown';
  rows: readonly LookRow[];
};

/**
 * Turns raw answers into one finding. Proved only when at least two vantage points hold the exact value, every
 * authoritative server that answered is among them, and a validating resolver did not find DNSSEC broken [DOM-03].
 */
export function judgeLook(look: DnsLook, challenge: DomainChallenge): DomainVerdict {
  const finding = find(look, challenge);
  return { ...finding, proof: proofOf(finding.kind), rows: rowsOf(look, challenge) };
}

function proofOf(kind: DomainFinding['kind']): DomainVerdict['proof'] {
  if (kind === 'found') return 'present';
  return kind === 'unknown' || kind === 'broken' || kind === 'disagree' ? 'unknown' : 'absent';
}

function find(look: DnsLook, challenge: DomainChallenge): DomainFinding {
  if (look.dnssec) {
    return { kind: 'broken', reason: 'dnssec', code: look.dnssec.code, servers: look.dnssec.servers };
  }
  if (look.servers.length === 0) return { kind: 'unknown', reason: 'no_name_servers' };
  return (
    findProof(look, challenge) ?? findFault(look) ?? findSlip(look, challenge) ?? findNothing(look, challenge)
  );
}

function findProof(look: DnsLook, challenge: DomainChallenge): DomainFinding | null {
  const delegated = look.servers.filter(({ role }) => role === 'authoritative');
  const resolvers = look.servers.filter(({ role }) => role === 'resolver');

  let best: DomainFinding | null = null;
  for (const record of honouredRecords(challenge, look.zone ?? challenge.domain)) {
    const says = (server: ServerLook) => positionOn(server, record);
    const have = [...delegated, ...resolvers].filter((server) => says(server) === 'has');
    if (have.length === 0) continue;
    const lack = delegated.filter((server) => says(server) === 'lacks');
    if (lack.length === 0 && have.length >= 2) return { kind: 'found', record, servers: namesOf(have) };
    best ??= lack.length > 0 ? disagreement(delegated, says) : onlyOneSays(look, record);
  }
  return best ?? findElsewhere(look, challenge);
}

function disagreement(
  delegated: readonly ServerLook[],
  says: (server: ServerLook) => Position,
): DomainFinding | null {
  const haveServers = namesOf(delegated.filter((server) => says(server) === 'has'));
  const lackServers = namesOf(delegated.filter((server) => says(server) === 'lacks'));
  if (haveServers.length === 0) return null;
  const asked = haveServers.length + lackServers.length;
  return { kind: 'disagree', have: haveServers.length, asked, haveServers, lackServers };
}

/** One voice is not enough. Where an alias is the reason for it, the alias is the finding. */
function onlyOneSays(look: DnsLook, record: TxtRecord): DomainFinding | null {
  const isAliased = look.servers.some((server) => (answerFor(server, record.name)?.cname ?? null) !== null);
  return isAliased ? null : { kind: 'unknown', reason: 'one_vantage_point' };
}

/** The value stands on servers to which nobody is sent: the zone was moved, or is being moved. */
function findElsewhere(look: DnsLook, challenge: DomainChallenge): DomainFinding | null {
  const record = challengeRecord(challenge);
  const has = (server: ServerLook) => positionOn(server, record) === 'has';
  const foundAt = look.servers.filter((server) => server.role === 'undelegated' && has(server));
  if (foundAt.length === 0) return null;
  const delegatedTo = look.servers.filter(({ role }) => role === 'authoritative');
  return { kind: 'other_servers', delegatedTo: namesOf(delegatedTo), foundAt: namesOf(foundAt) };
}

/** Servers that answer nothing useful at all: said as such, unless one of them did answer. */
function findFault(look: DnsLook): DomainFinding | null {
  const delegated = look.servers.filter(({ role }) => role === 'authoritative');
  const asked = delegated.length > 0 ? delegated : look.servers;
  const answers = asked.map((server) => server.answers.find(({ asked: what }) => what === 'proof'));
  if (answers.some((answer) => answer && isConclusive(answer))) return null;
  if (answers.every((answer) => answer?.outcome === 'refused')) {
    return { kind: 'broken', reason: 'lame', code: 'REFUSED', servers: namesOf(asked) };
  }
  if (answers.every((answer) => answer?.outcome === 'servfail')) {
    return { kind: 'broken', reason: 'servers', code: 'SERVFAIL', servers: namesOf(asked) };
  }
  return { kind: 'unknown', reason: 'no_answer' };
}

/** The record is somewhere, only not as asked: the mistake to name, the most telling first. */
function findSlip(look: DnsLook, challenge: DomainChallenge): DomainFinding | null {
  const record = challengeRecord(challenge, look.zone ?? challenge.domain);
  const answers = look.servers.filter(({ role }) => role !== 'undelegated').flatMap(({ answers }) => answers);
  const at = (name: string) => answers.filter((answer) => answer.name === name && isConclusive(answer));
  const values = (found: readonly DnsAnswer[]) => [...new Set(found.flatMap(({ txt }) => txt))];

  const here = at(record.name);
  const quoted = values(here).find((value) => value !== record.value && bare(value) === record.value);
  if (quoted !== undefined)
    return { kind: 'quoted', expected: record.value, received: presentable([quoted]).join() };

  const doubled = answers.find(
    ({ asked, txt }) => asked === 'doubled' && txt.some((value) => isOurs(value, challenge)),
  );
  const isMasked = answers.some(
    ({ asked, txt, cname }) => asked === 'control' && (txt.length > 0 || cname !== null),
  );
  if (doubled && !isMasked) return { kind: 'domain_twice', name: doubled.name, host: record.host };

  if (values(at(challenge.domain)).some((value) => bare(value) === record.value)) {
    return { kind: 'on_apex', domain: challenge.domain, host: record.host };
  }
  const alias = here.find(({ cname }) => cname !== null);
  if (isMasked && (alias || values(here).length > 0)) {
    return {
      kind: 'wildcard',
      name: record.name,
      received: alias?.cname ? [alias.cname] : presentable(values(here)),
    };
  }
  if (alias?.cname) return { kind: 'cname_hides', name: record.name, target: alias.cname };

  const received = values(here);
  if (received.length === 0) return null;
  return {
    kind: 'wrong_value',
    expected: record.value,
    received: presentable(received),
    slip: slipOf(received, record.value, challenge),
  };
}

function findNothing(look: DnsLook, challenge: DomainChallenge): DomainFinding {
  const delegated = look.servers.filter(({ role }) => role === 'authoritative');
  const asked = delegated.length > 0 ? delegated : look.servers;
  const missing = asked.filter((server) => positionOn(server, challengeRecord(challenge)) === 'lacks');
  const apex = asked.flatMap(({ answers }) => answers).filter(({ name }) => name === challenge.domain);
  const domainExists = apex.length === 0 || apex.some(({ outcome }) => outcome !== 'nxdomain');
  return { kind: 'not_there', missing: missing.length, asked: asked.length, domainExists };
}

function slipOf(received: readonly string[], expected: string, challenge: DomainChallenge): ValueSlip {
  const any = (test: (value: string) => boolean) => received.map(bare).some(test);
  if (any((value) => value === challenge.token)) return 'only_token';
  if (any((value) => value.toLowerCase() === expected.toLowerCase())) return 'letter_case';
  if (any((value) => value.length > `${challenge.label}-verify=`.length && expected.startsWith(value)))
    return 'cut_off';
  if (any((value) => value.startsWith(`${challenge.label}-verify=`))) return 'old_token';
  return 'other';
}

function namesOf(servers: readonly ServerLook[]): string[] {
  return servers.map(({ server }) => server);
}
