import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterTry,
  endpointNews,
  isGivenUp,
  objectIdOf,
  readRetryAfter,
  restAfter,
  webhookBody,
  type EventFacts,
} from './webhooks.ts';

const answered = (status: number, retryAfterMs: number | null = null) =>
  ({ kind: 'answered', status, retryAfterMs }) as const;
const unanswered = { kind: 'unanswered', cause: 'too_slow' } as const;
const middle = 0.5;
const hourMs = 3_600_000;

describe('after a try [WHK-03] [REL-11]', () => {
  it.each([200, 201, 204, 299])('%i is success', (status) => {
    expect(afterTry(answered(status), 1, middle)).toEqual({ state: 'delivered' });
  });

  it.each([301, 302, 307, 400, 404, 429, 500, 503])('%i is tried again', (status) => {
    expect(afterTry(answered(status), 1, middle)).toEqual({ state: 'waiting', waitMs: 5_000 });
  });

  it('410 is the end at once', () => {
    expect(afterTry(answered(410), 1, middle)).toEqual({ state: 'gone' });
  });

  it('ten tries lie in a little more than three days, and the tenth is the last', () => {
    const waits = Array.from({ length: 9 }, (_, index) => afterTry(unanswered, index + 1, middle));
    const total = waits.reduce((sum, after) => sum + (after.state === 'waiting' ? after.waitMs : 0), 0);

    expect(waits.map((after) => after.state)).toEqual(Array(9).fill('waiting'));
    expect(total / hourMs).toBeCloseTo(75.6, 1);
    expect(afterTry(unanswered, 10, middle)).toEqual({ state: 'failed' });
  });

  it('a wait is never more than a fifth off, so that endpoints do not come back together', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999999, noNaN: true }), (random) => {
        const after = afterTry(unanswered, 4, random);
        expect(after.state === 'waiting' && Math.abs(after.waitMs - 2 * hourMs) <= 0.2 * 2 * hourMs).toBe(
          true,
        );
      }),
    );
  });

  it('Retry-After is honoured up to an hour, and shortens nothing', () => {
    expect(afterTry(answered(429, 60_000), 1, middle)).toEqual({ state: 'waiting', waitMs: 60_000 });
    expect(afterTry(answered(429, 9 * hourMs), 1, middle)).toEqual({ state: 'waiting', waitMs: hourMs });
    expect(afterTry(answered(503, 1_000), 5, middle)).toEqual({ state: 'waiting', waitMs: 5 * hourMs });
  });
});

it('[WHK-03] the whole endpoint is left alone as long as it asks, and a moment where all is too much for it', () => {
  const rest = (status: number, retryAfterMs: number | null = null) =>
    restAfter({ kind: 'answered', status, retryAfterMs });

  expect([429, 502, 504].map((status) => rest(status))).toEqual([5_000, 5_000, 5_000]);
  expect([rest(429, 1_000), rest(429, 60_000), rest(503, 60_000)]).toEqual([5_000, 60_000, 60_000]);
  expect(rest(503, 48 * 3_600_000)).toBe(3_600_000);
  expect([200, 204, 400, 404, 500].map((status) => rest(status))).toEqual([0, 0, 0, 0, 0]);
  expect(rest(200, 60_000)).toBe(0);
  expect(restAfter({ kind: 'unanswered', cause: 'too_slow' })).toBe(0);
});

it('Retry-After is seconds or a date, and anything else says nothing', () => {
  const now = new Date('2026-11-26T10:00:00Z');

  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Thu, 26 Nov 2026 10:01:00 GMT', now)).toBe(60_000);
  expect(readRetryAfter('Thu, 26 Nov 2026 09:00:00 GMT', now)).toBe(0);
  for (const nothing of [undefined, '', 'soon', '-3']) expect(readRetryAfter(nothing, now)).toBeNull();
});

it('an endpoint that takes nothing is told of after an hour and a day, and is over after five days', () => {
  const failingSince = new Date('2026-11-20T10:00:00Z');
  const at = (hours: number) => new Date(failingSince.getTime() + hours * hourMs);
  const after = (hours: number) => endpointNews({ disabledReason: null, failingSince }, at(hours)).told;

  expect([0.9, 1, 23, 24, 119, 120].map(after)).toEqual([0, 1, 1, 2, 2, 2]);
  expect([119, 120].map((hours) => isGivenUp(failingSince, at(hours)))).toEqual([false, true]);
});

it('that an endpoint was switched off is told last, unless somebody did it', () => {
  const failingSince = new Date('2026-11-20T10:00:00Z');
  const off = (disabledReason: 'by_hand' | 'failing' | 'gone') =>
    endpointNews({ disabledReason, failingSince }, failingSince);

  expect(off('failing')).toEqual({ told: 3, isOff: true, isGone: false });
  expect(off('gone')).toEqual({ told: 3, isOff: true, isGone: true });
  expect(off('by_hand').told).toBe(0);
});

const anEvent = (data: Record<string, unknown>): EventFacts => ({
  id: 'event_1',
  name: 'dsync.user.created',
  data,
  context: null,
  createdAt: new Date('2026-11-26T10:00:00Z'),
});

describe('the bytes of a delivery', () => {
  it('read and write back to themselves, whatever the event holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const body = webhookBody(anEvent(data));
        expect(JSON.stringify(JSON.parse(body))).toBe(body);
      }),
    );
  });

  it('name the object only, where the whole would be over 64 KB [WHK-04]', () => {
    const large = anEvent({
      object: 'directory_user',
      id: 'directory_user_1',
      raw_attributes: 'ä'.repeat(40_000),
    });

    expect(JSON.parse(webhookBody(large))).toEqual({
      object: 'event',
      id: 'event_1',
      event: 'dsync.user.created',
      data: { object: 'directory_user', id: 'directory_user_1' },
      created_at: '2026-11-26T10:00:00.000Z',
      context: { truncated: true },
    });
  });
});

it('an event is about its object, or the object it names, or itself', () => {
  expect(objectIdOf(anEvent({ id: 'conn_1' }))).toBe('conn_1');
  expect(objectIdOf(anEvent({ connection: { id: 'conn_2' } }))).toBe('conn_2');
  expect(objectIdOf(anEvent({ reason: 'x', organization_domain: { id: 'org_domain_1' } }))).toBe(
    'org_domain_1',
  );
  expect(objectIdOf(anEvent({ user: { id: 'u' }, group: { id: 'g' } }))).toBe('g');
  expect(objectIdOf(anEvent({}))).toBe('event_1');
});
