/** Reads the records of a reply into our words. */
import { Packet } from 'dns2';
import type { DnsAnswer } from '../../onboarding/dns-look.ts';
import type { DnsReply } from './message.ts';
import { canonical } from './zone-walk.ts';

/** A chain of aliases is followed within one answer, this far [DOM-03]. */
const maxAliases = 8;

/** The TXT values that a reply (null: nobody could be asked) has for a name, through aliases inside the reply. */
export function toAnswer(question: Pick<DnsAnswer, 'name' | 'asked'>, reply: DnsReply | null): DnsAnswer {
  const records = reply?.answers ?? [];
  const aliases = new Map(
    records
      .filter(({ type }) => type === Packet.TYPE.CNAME)
      .map((record) => [canonical(record.name), canonical(record.domain ?? '')]),
  );
  let owner = question.name;
  for (let hops = 0; hops < maxAliases && aliases.has(owner); hops += 1) owner = aliases.get(owner) ?? owner;

  const held = records.filter(
    (record) => record.type === Packet.TYPE.TXT && canonical(record.name) === owner,
  );
  return {
    ...question,
    outcome: reply?.outcome ?? 'unreachable',
    txt: aliases.has(owner) ? [] : held.map(({ data }) => (Array.isArray(data) ? data.join('') : '')),
    cname: aliases.get(question.name) ?? null,
    cachedForSeconds: reply ? cacheLimitOf(reply) : null,
  };
}

export function mailHostsIn(reply: DnsReply): string[] {
  return reply.answers
    .filter((record) => record.type === Packet.TYPE.MX)
    .sort((left, right) => (left.priority ?? 0) - (right.priority ?? 0))
    .map(({ exchange }) => canonical(exchange ?? ''))
    .filter((host) => host !== '');
}

/** The shortest life of an answer; that of an empty one is told by the SOA beside it (RFC 2308 §5). */
function cacheLimitOf({ answers, authorities }: DnsReply): number | null {
  if (answers.length > 0) return Math.min(...answers.map(({ ttl }) => ttl));
  const soa = authorities.find(({ type }) => type === Packet.TYPE.SOA);
  return soa ? Math.min(soa.ttl, soa.minimum ?? soa.ttl) : null;
}
