/**
 * DNS messages, written and read with dns2 behind limits of our own: what comes back is hostile input [DNS-03]. Nothing
 * here touches a socket.
 */
import type DNS from 'dns2';
import { Packet } from 'dns2';
import type { DnsOutcome } from '../../onboarding/dns-look.ts';

export type DnsQuestion = {
  name: string;
  type: 'TXT' | 'NS' | 'SOA' | 'MX' | 'A' | 'AAAA';
  /** asks a resolver to look for the answer; off for a zone's own servers */
  recursive: boolean;
  /** asks a resolver to leave DNSSEC unchecked (CD, RFC 4035 §3.2.2) */
  unchecked?: boolean | undefined;
};

export type DnsReply = {
  outcome: DnsOutcome;
  answers: readonly DNS.Packet.Resource[];
  authorities: readonly DNS.Packet.Resource[];
  /** the name of an extended error (RFC 8914), `SIGNATURE_EXPIRED` */
  extendedError: string | null;
};

/** What a read datagram or stream is: the reply, somebody else's, cut off, or nothing that can be believed. */
export type ReadReply = DnsReply | 'not_ours' | 'truncated' | 'formerr';

/** The size that crosses networks unfragmented (DNS flag day 2020); larger answers come over TCP. */
const udpPayload = 1232;
/** Bigger than any sane answer to our questions, small enough to read without pausing the process. */
export const maxMessageBytes = 16_384;
const maxRecords = 200;
const maxPointers = 16;

export function replyWithout(outcome: DnsOutcome): DnsReply {
  return { outcome, answers: [], authorities: [], extendedError: null };
}

/** A query with a random id (RFC 5452 §4.3). `edns` off is for servers that predate it and answer FORMERR. */
export function writeQuery(question: DnsQuestion, edns: boolean): { id: number; bytes: Buffer } {
  const query = new Packet();
  const id = Packet.uuid();
  const flags = { rd: question.recursive ? 1 : 0, cd: question.unchecked ? 1 : 0 } as const;
  query.header = new Packet.Header({ id, ...flags });
  query.questions = [new Packet.Question(question.name, Packet.TYPE[question.type], Packet.CLASS.IN)];
  if (edns) query.additionals = [Packet.Resource.EDNS([], { udpPayloadSize: udpPayload })];
  return { id, bytes: query.toBuffer() };
}

/** Reads a message as the reply to a query. Never throws. */
export function readReply(bytes: Buffer, id: number, question: DnsQuestion): ReadReply {
  if (bytes.length < Packet.HEADER_SIZE || bytes.readUInt16BE(0) !== id) return 'not_ours';
  if (bytes.length > maxMessageBytes || !isModest(bytes)) return replyWithout('malformed');
  let packet: Packet;
  try {
    packet = Packet.parse(bytes);
  } catch {
    return replyWithout('malformed');
  }
  if (packet.header.qr !== 1 || !repeats(packet, question)) return 'not_ours';
  if (packet.header.tc === 1) return 'truncated';
  if (packet.errors.some(({ section }) => section !== 'additionals')) return replyWithout('malformed');
  if (packet.header.rcode === Packet.RCODE.FORMERR) return 'formerr';
  return {
    outcome: outcomeOf(packet.header.rcode),
    answers: packet.answers,
    authorities: packet.authorities,
    extendedError: extendedErrorOf(packet),
  };
}

/** The question comes back as it was sent; a server that could not read it may leave it out (RFC 1035 §4.1.1). */
function repeats(packet: Packet, question: DnsQuestion): boolean {
  const [asked, ...more] = packet.questions;
  if (!asked) return packet.header.rcode !== Packet.RCODE.NOERROR;
  return (
    more.length === 0 &&
    asked.name.toLowerCase() === question.name.toLowerCase() &&
    asked.type === Packet.TYPE[question.type]
  );
}

function outcomeOf(rcode: number): DnsOutcome {
  switch (rcode) {
    case Packet.RCODE.NOERROR:
      return 'noerror';
    case Packet.RCODE.NXDOMAIN:
      return 'nxdomain';
    case Packet.RCODE.SERVFAIL:
      return 'servfail';
    case Packet.RCODE.REFUSED:
    case Packet.RCODE.NOTAUTH:
      return 'refused';
    default:
      return 'other_rcode';
  }
}

function extendedErrorOf(packet: Packet): string | null {
  const options = packet.additionals.find(({ type }) => type === Packet.TYPE.EDNS)?.rdata ?? [];
  for (const option of options) {
    if (option.ednsCode === Packet.EDNS_OPTION_CODE.EDE && 'infoCode' in option) {
      return Packet.EDE_NAME[Number(option.infoCode)] ?? `EDE ${String(option.infoCode)}`;
    }
  }
  return null;
}

/**
 * True when the message is cheap to parse: few records, and names whose compression pointers (RFC 1035 §4.1.4) lead
 * backwards and are few. dns2 stops at loops, but follows a chain as long as the message for every single record.
 */
function isModest(bytes: Buffer): boolean {
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  const [questions = 0] = counts;
  const records = counts.slice(1).reduce((sum, count) => sum + count, 0);
  if (questions > 1 || records > maxRecords) return false;
  try {
    let at: number = Packet.HEADER_SIZE;
    for (let n = 0; n < questions; n += 1) at = skipName(bytes, at) + 4;
    for (let n = 0; n < records; n += 1) at = skipRecord(bytes, at);
    return true;
  } catch {
    return false;
  }
}

function skipRecord(bytes: Buffer, start: number): number {
  const at = skipName(bytes, start);
  const type = bytes.readUInt16BE(at);
  const data = at + 10;
  const end = data + bytes.readUInt16BE(at + 8);
  for (const offset of namesIn[type] ?? []) skipName(bytes, data + offset);
  if (type === Packet.TYPE.SOA) skipName(bytes, skipName(bytes, data));
  return end;
}

/** Where the data of a record type holds a name, for the types that dns2 reads names from. */
const namesIn: Readonly<Record<number, readonly number[]>> = {
  [Packet.TYPE.NS]: [0],
  [Packet.TYPE.CNAME]: [0],
  [Packet.TYPE.PTR]: [0],
  [Packet.TYPE.MX]: [2],
  [Packet.TYPE.SRV]: [6],
  [Packet.TYPE.RRSIG]: [18],
};

/** The offset behind a name; throws where the name is no name. */
function skipName(bytes: Buffer, start: number): number {
  let at = start;
  let end = -1;
  for (let pointers = 0; pointers <= maxPointers;) {
    const length = bytes.readUInt8(at);
    if (length === 0) return end < 0 ? at + 1 : end;
    if (length < 0xc0) {
      at += length + 1;
      continue;
    }
    const target = bytes.readUInt16BE(at) & 0x3fff;
    if (target >= at) break;
    if (end < 0) end = at + 2;
    at = target;
    pointers += 1;
  }
  throw new RangeError('a name that leads nowhere');
}
