/**
 * Finds out who is in charge of a name: the zone it lies in, the servers its parent sends everybody to, and those that
 * only the zone itself names (RFC 1034 §4.2.2). All through a resolver, save the question to the parent.
 */
import { Packet } from 'dns2';
import { parse } from 'tldts';
import type { DnsExchange, DnsServer } from './exchange.ts';
import type { DnsQuestion, DnsReply } from './message.ts';
import { replyWithout } from './message.ts';

/** Asks one of the resolvers, whichever answers first. Not for proofs: those ask each server by itself [DNS-01]. */
export type AnyResolver = (name: string, type: DnsQuestion['type'], unchecked?: boolean) => Promise<DnsReply>;

export type NamedServer = { name: string; server: DnsServer | null };

/** Hostile zones may list any number of servers; these are asked. */
export const maxDelegated = 4;
const maxUndelegated = 2;

/** The first conclusive answer of several servers; otherwise what the first of them said. */
export function askAny(
  ask: DnsExchange,
  servers: readonly DnsServer[],
  recursive: boolean,
  signal: AbortSignal,
): AnyResolver {
  return async (name, type, unchecked = false) => {
    const replies = servers.map((server) => ask(server, { name, type, recursive, unchecked }, signal));
    const conclusive = replies.map(async (reply) => {
      const { outcome } = await reply;
      if (outcome !== 'noerror' && outcome !== 'nxdomain') throw new Error(outcome);
      return await reply;
    });
    try {
      return await Promise.any(conclusive);
    } catch {
      return (await replies[0]) ?? replyWithout('unreachable');
    }
  };
}

/**
 * The zone that holds `domain`: the owner of the SOA that comes with any answer about it (RFC 2308 §3). Never looks above
 * the registrable domain, so an unregistered name does not end at `com`. Null when there is no zone to be found.
 */
export async function findZone(
  domain: string,
  resolve: AnyResolver,
): Promise<{ zone: string | null; reply: DnsReply }> {
  const top = parse(domain, { extractHostname: false }).domain ?? domain;
  let reply = replyWithout('unreachable');
  for (let name = domain; name.length >= top.length; name = parentOf(name)) {
    reply = await resolve(name, 'SOA');
    const owners = [...reply.answers, ...reply.authorities]
      .filter(({ type }) => type === Packet.TYPE.SOA)
      .map((record) => canonical(record.name));
    // Behind an alias the SOA is that of the target: not ours.
    const zone = owners.find((owner) => isAtOrBelow(name, owner) && owner.length >= top.length);
    if (zone !== undefined) return { zone, reply };
    if (reply.outcome !== 'noerror' && reply.outcome !== 'nxdomain') break;
  }
  return { zone: null, reply };
}

export async function nameServersOfZone(zone: string, resolve: AnyResolver): Promise<string[]> {
  return nameServersIn(await resolve(zone, 'NS'), zone);
}

/** The servers that the parent names; falls back to the zone's own word where the parent cannot be asked. */
export async function delegationOf(
  zone: string,
  resolve: AnyResolver,
  askDirectly: (server: DnsServer, name: string, type: DnsQuestion['type']) => Promise<DnsReply>,
  addressOf: (name: string) => Promise<DnsServer | null>,
): Promise<{ delegated: NamedServer[]; undelegated: NamedServer[] }> {
  const ownWord = await nameServersOfZone(zone, resolve);
  const parents = (await parentServers(zone, resolve)).slice(0, 2);
  const referrals = await Promise.all(
    parents.map(async (parent) => {
      const server = await addressOf(parent);
      return server ? nameServersIn(await askDirectly(server, zone, 'NS'), zone) : [];
    }),
  );
  const names = referrals.find((list) => list.length > 0) ?? ownWord;
  const delegated = await withAddresses(names.slice(0, maxDelegated), addressOf);

  const inZone = await Promise.all(
    delegated.flatMap(({ server }) => (server ? [askDirectly(server, zone, 'NS')] : [])),
  );
  const claimed = new Set([...ownWord, ...inZone.flatMap((reply) => nameServersIn(reply, zone))]);
  const others = [...claimed].filter((name) => !names.includes(name)).slice(0, maxUndelegated);
  return { delegated, undelegated: await withAddresses(others, addressOf) };
}

async function parentServers(zone: string, resolve: AnyResolver): Promise<string[]> {
  for (let name = parentOf(zone); name !== ''; name = parentOf(name)) {
    const servers = await nameServersOfZone(name, resolve);
    if (servers.length > 0) return servers;
  }
  return [];
}

async function withAddresses(
  names: readonly string[],
  addressOf: (name: string) => Promise<DnsServer | null>,
): Promise<NamedServer[]> {
  return await Promise.all(names.map(async (name) => ({ name, server: await addressOf(name) })));
}

/** NS records of exactly this zone, in the answer or, as a referral, in the authority section. */
function nameServersIn(reply: DnsReply, zone: string): string[] {
  const names = [...reply.answers, ...reply.authorities]
    .filter((record) => record.type === Packet.TYPE.NS && canonical(record.name) === zone)
    .flatMap(({ ns }) => (ns ? [canonical(ns)] : []));
  return [...new Set(names)];
}

/** Lower case, no dot at the end, and nothing that a page or a log could be fooled with. */
export function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/[^a-z0-9._-]/g, '?');
}

function isAtOrBelow(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

function parentOf(name: string): string {
  return name.split('.').slice(1).join('.');
}
