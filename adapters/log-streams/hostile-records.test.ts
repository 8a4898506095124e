/** [STR-02] Whatever a record holds, it arrives as one record, with nothing in it that acts on a line, a terminal or an eye. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import { getDestination } from '../../onboarding/log-streams/destinations/index.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import {
  aRecord,
  arrivedRecords,
  httpDestinations,
  imitateDestinations,
  type DestinationsImitation,
} from '../../test/support/stream-destinations.ts';
import { serveSyslog, type SyslogServer } from '../../test/support/syslog-server.ts';

const hostile: readonly (readonly [string, string])[] = [
  ['line ends', 'a\r\nb\nc\rd\u0085e\u2028f\u2029g'],
  ['a forged record', '"}\n{"action":"user.deleted"}'],
  ['a forged frame', '\n42 <110>1 - - - - - - forged'],
  ['escapes of a terminal', '\u001b[2J\u001b]0;owned\u0007\u009b31m'],
  ['writing turned round', '\u202egnp.exe\u202c\u2066x\u2069\u200f'],
  ['letters without width', 'pay\u200b\u200d\u2060pal\ufeff'],
  ['tags outside the plane', '\u{e0041}\u{e007f}'],
  ['half a letter', '\ud83d'],
  ['nothing', '\u0000'],
  ['brackets of structured data', '"] \\] "\\'],
  ['formulas and markup', '=cmd|/c calc!A1 <script>alert(1)</script> ${jndi:ldap://x}'],
];

const places: readonly (readonly [string, (text: string) => Partial<AuditRecord>])[] = [
  ['the action', (text) => ({ action: text })],
  ['the actor', (text) => ({ actor: { id: text, type: text, name: text, metadata: { note: text } } })],
  ['a target', (text) => ({ targets: [{ id: text, type: text, name: text }] })],
  ['the context', (text) => ({ context: { location: text, user_agent: text } })],
  ['the metadata', (text) => ({ metadata: { note: text } })],
];

/** Beside each other, so that what gets out of its record shows in the next. */
const records = hostile.flatMap(([, text], row) =>
  places.map(([, put], column) => aRecord(row * places.length + column + 1, put(text))),
);
const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

let there: DestinationsImitation;
let syslog: SyslogServer;

beforeAll(async () => {
  there = await imitateDestinations();
  syslog = await serveSyslog();
});
afterAll(async () => {
  await there.close();
  await syslog.close();
});
beforeEach(() => {
  there.reset();
  syslog.frames.length = 0;
});

const wires = [
  ...httpDestinations.map((id) => ({ id, as: 'as it comes', settings: {} })),
  { id: 'https', as: 'line by line', settings: { format: 'ndjson' } },
] as const;

describe.each(wires)('[STR-02] $id, $as', ({ id, settings }) => {
  const receiver = () => there.targetOf(id, { settings });

  it('gets every hostile record as one, unchanged when it is read', async () => {
    const outcome = await there.senders.send(receiver(), records);

    expect(outcome).toMatchObject({ kind: 'sent', count: records.length });
    expect(arrivedRecords(id, there.asked)).toEqual(JSON.parse(JSON.stringify(records)));
  });

  it('gets no character that acts on a reader of lines', async () => {
    await there.senders.send(receiver(), records);

    for (const { body, headers } of there.asked) {
      if (headers['content-type'] === 'application/gzip') continue;
      expect(body.replaceAll('\n', '')).not.toMatch(acting);
    }
  });

  it('gets a field of 64 KB as one record: whole, or cut and saying so', async () => {
    const long = aRecord(1, { metadata: { note: `${'x'.repeat(65_536)}\n` } });
    const outcome = await there.senders.send(receiver(), [long, aRecord(2)]);
    const arrived = arrivedRecords(id, there.asked) as (AuditRecord & { truncated?: true })[];

    expect(outcome).toMatchObject({ kind: 'sent', count: 2 });
    expect(arrived.map((record) => record.id)).toEqual([long.id, aRecord(2).id]);
    const isWhole = getDestination(id).limits.recordBytes > 70_000;
    expect(arrived[0]?.metadata?.['note'] === long.metadata?.['note']).toBe(isWhole);
    expect(arrived[0]?.truncated).toBe(isWhole ? undefined : true);
  });

  it('gets 64 KB of characters that act on a reader as one record, within the size that it takes', async () => {
    const long = aRecord(1, { metadata: { note: '\u202e\u001b[2J\n'.repeat(9_363) } });
    const outcome = await there.senders.send(receiver(), [long, aRecord(2)]);
    const arrived = arrivedRecords(id, there.asked) as AuditRecord[];

    expect(outcome).toMatchObject({ kind: 'sent', count: 2 });
    expect(arrived.map((record) => record.id)).toEqual([long.id, aRecord(2).id]);
    expect(arrived[0]?.metadata?.['note']).toMatch(/^\u202e\u001b\[2J\n/);
    expect(plainJson(arrived[0]).length).toBeLessThanOrEqual(getDestination(id).limits.recordBytes);
  });

  it('gets a record of a megabyte of small fields as one', async () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [`key${at}`, 'y'.repeat(200)]),
    );
    const target = { id: 't', type: 'team', metadata };
    await there.senders.send(receiver(), [aRecord(1, { metadata, targets: [target, target] }), aRecord(2)]);

    expect((arrivedRecords(id, there.asked) as AuditRecord[]).map((record) => record.id)).toEqual([
      aRecord(1).id,
      aRecord(2).id,
    ]);
  });
});

describe('[STR-02] syslog', () => {
  it('gets every hostile record as one frame of octets', async () => {
    const outcome = await there.senders.send(syslog.target, records);

    expect(outcome).toMatchObject({ kind: 'sent', level: 'accepted', count: records.length });
    expect(syslog.frames.map((frame) => syslog.recordOf(frame))).toEqual(JSON.parse(JSON.stringify(records)));
    for (const frame of syslog.frames) expect(frame).not.toMatch(acting);
  });

  it('keeps to the header and the structured data of RFC 5424', async () => {
    await there.senders.send(syslog.target, [
      aRecord(1, { action: 'a b\n"]', actor: { id: 'x"] [evil@1 y="z', type: 'user' } }),
    ]);

    expect(syslog.frames[0]).toMatch(
      /^<110>1 2026-11-26T08:59:00\.000Z auth\.ledgerly\.test vestibule - a_b_"\] \[audit@32473 id="audit_000001" sequence="1" organization="org_01" action="a b\\\\n\\"\\]" actor="x\\"\\] \[evil@1 y=\\"z"\] \{"id"/,
    );
  });

  it('gets 64 KB of characters that act on a reader as one frame', async () => {
    const note = '\u202e\u001b[2J\n'.repeat(9_363);
    await there.senders.send(syslog.target, [aRecord(1, { metadata: { note } }), aRecord(2)]);

    expect(syslog.frames.map((frame) => syslog.recordOf(frame)['id'])).toEqual([
      aRecord(1).id,
      aRecord(2).id,
    ]);
    expect(Math.max(...syslog.frames.map((frame) => Buffer.byteLength(frame)))).toBeLessThan(65_536);
    for (const frame of syslog.frames) expect(frame).not.toMatch(acting);
  });

  it('gets a field of 64 KB as one frame, cut and saying so', async () => {
    await there.senders.send(syslog.target, [
      aRecord(1, { metadata: { note: 'x'.repeat(65_536) } }),
      aRecord(2),
    ]);

    expect(syslog.frames.map((frame) => syslog.recordOf(frame)['truncated'])).toEqual([true, undefined]);
    expect(Math.max(...syslog.frames.map((frame) => Buffer.byteLength(frame)))).toBeLessThan(65_536);
  });
});

it('what is spelled out reads back to the same [STR-02]', () => {
  for (const [, text] of hostile) {
    expect(plainJson(text)).not.toMatch(acting);
    expect(JSON.parse(plainJson(text))).toBe(text);
  }
});
