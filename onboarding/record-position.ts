/** What one server says about one record, and when two values are the same but for what consoles add. */
import type { DomainChallenge, TxtRecord } from './domain-challenge.ts';
import type { DnsAnswer, ServerLook } from './dns-look.ts';

/**
 * A server's position on a record. An alias that the server cannot follow takes none; one made by a wildcard never
 * counts as the value, because then the alias' target, not the domain's owner, would be proved.
 */
export type Position = 'has' | 'lacks' | 'silent';

export function positionOn(server: ServerLook, record: TxtRecord): Position {
  const answer = answerFor(server, record.name);
  if (!answer || !isConclusive(answer)) return 'silent';
  if (answer.cname !== null && !mayFollow(server, record)) return 'lacks';
  if (answer.cname !== null && answer.txt.length === 0) return 'silent';
  return answer.txt.includes(record.value) ? 'has' : 'lacks';
}

/** `_acme-challenge` is commonly aliased to whoever renews the certificates; that does not make them the owner. */
function mayFollow(server: ServerLook, record: TxtRecord): boolean {
  const control = server.answers.find(({ asked }) => asked === 'control');
  return control?.cname === null && !record.name.startsWith('_acme-challenge.');
}

export function answerFor(server: ServerLook, name: string): DnsAnswer | undefined {
  return server.answers.find((answer) => answer.name === name);
}

export function isConclusive(answer: DnsAnswer): boolean {
  return answer.outcome === 'noerror' || answer.outcome === 'nxdomain';
}

export function isOurs(value: string, challenge: DomainChallenge): boolean {
  return bare(value).startsWith(`${challenge.label}-verify=`);
}

/** A value without what consoles and word processors put around and into it: quotes of any shape, spaces. */
export function bare(value: string): string {
  return value.replace(/["'“”„«»‘’`\s\u200b\ufeff]/gu, '');
}
