import { describe, expect, it } from 'vitest';
import { rhythmOf, silenceOf, type HeardOf } from './directory-rhythm.ts';

const now = new Date('2026-11-26T12:00:00.000Z');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const ago = (ms: number) => new Date(now.getTime() - ms);
const heardOf = (changes: Partial<HeardOf>): HeardOf => ({
  providerId: null,
  road: 'scim',
  linkedAt: ago(100 * dayMs),
  lastRequestAt: null,
  readings: [],
  lastTriedAt: null,
  tokenSince: null,
  ...changes,
});
const isSilent = (changes: Partial<HeardOf>) => silenceOf(heardOf(changes), now) !== undefined;

describe('the rhythm of a directory', () => {
  it.each([
    ['okta', 'scim', 'changes_only', 14 * dayMs],
    ['microsoft-entra-id', 'scim', 'cycles', 3 * hourMs],
    ['somebody-unknown', 'scim', 'changes_only', 14 * dayMs],
    [null, 'scim', 'changes_only', 14 * dayMs],
    [null, 'google', 'cycles', 3 * hourMs],
    [null, 'workday', 'cycles', 3 * hourMs],
    [null, 'bamboohr', 'cycles', 3 * hourMs],
    [null, 'sftp_pull', 'cycles', 3 * hourMs],
    [null, 'sftp', 'files', 3 * dayMs],
  ] as const)('of %s by %s is %s, too long silent after %i ms', (providerId, road, rhythm, silentAfterMs) => {
    expect(rhythmOf({ providerId, road, readings: [] })).toEqual({ rhythm, silentAfterMs });
  });

  it('of a customer who sends files is their own, with half as much again', () => {
    const weekly = [ago(0), ago(7 * dayMs), ago(14 * dayMs), ago(14 * dayMs + 60_000)];
    expect(rhythmOf({ providerId: null, road: 'sftp', readings: weekly }).silentAfterMs).toBe(10.5 * dayMs);
    const hourly = [ago(0), ago(hourMs), ago(2 * hourMs)];
    expect(rhythmOf({ providerId: null, road: 'sftp', readings: hourly }).silentAfterMs).toBe(3 * dayMs);
  });
});

describe('silence', () => {
  it('begins with the last word, when more than the usual time has passed', () => {
    const entra = { providerId: 'microsoft-entra-id' };
    expect(isSilent({ ...entra, lastRequestAt: ago(3 * hourMs - 1) })).toBe(false);
    expect(silenceOf(heardOf({ ...entra, lastRequestAt: ago(3 * hourMs) }), now)).toEqual({
      since: ago(3 * hourMs),
      rhythm: 'cycles',
    });
  });

  it('of a client that speaks only of changes is none for two weeks', () => {
    expect(isSilent({ providerId: 'okta', lastRequestAt: ago(13.9 * dayMs) })).toBe(false);
    expect(isSilent({ providerId: 'okta', lastRequestAt: ago(14 * dayMs) })).toBe(true);
  });

  it('counts from when it was linked, where nothing else was heard', () => {
    expect(isSilent({ providerId: 'microsoft-entra-id', linkedAt: ago(hourMs) })).toBe(false);
    expect(isSilent({ providerId: 'microsoft-entra-id', linkedAt: ago(4 * hourMs) })).toBe(true);
    expect(isSilent({ linkedAt: null })).toBe(false);
  });

  it('of what we read ourselves needs a try of ours that brought nothing: our own pause is not theirs', () => {
    const read = { road: 'google', readings: [ago(5 * hourMs), ago(6 * hourMs)] } as const;
    expect(isSilent({ ...read, lastTriedAt: ago(5 * hourMs) })).toBe(false);
    expect(isSilent({ ...read, lastTriedAt: ago(hourMs) })).toBe(true);
    expect(isSilent({ ...read, readings: [ago(hourMs)], lastTriedAt: ago(60_000) })).toBe(false);
  });

  it('of files is judged by how this customer sends them', () => {
    const weekly = [ago(8 * dayMs), ago(15 * dayMs), ago(22 * dayMs)];
    expect(isSilent({ road: 'sftp', readings: weekly })).toBe(false);
    expect(isSilent({ road: 'sftp', readings: weekly.map((at) => new Date(at.getTime() - 3 * dayMs)) })).toBe(
      true,
    );
    expect(isSilent({ road: 'sftp', readings: [ago(4 * dayMs)] })).toBe(true);
  });

  it('is none while nobody can reach us, and counts anew from when somebody can again', () => {
    const quiet = heardOf({ providerId: 'microsoft-entra-id', lastRequestAt: ago(30 * hourMs) });
    const judged = (since: number, until: number) =>
      silenceOf(quiet, now, { since: ago(since), until: ago(until) })?.since;
    expect(judged(60 * hourMs, 60_000)).toEqual(ago(30 * hourMs));
    expect(judged(2 * hourMs, 60_000)).toBeUndefined();
    expect(judged(3 * hourMs, 60_000)).toEqual(ago(30 * hourMs));
    expect(judged(60 * hourMs, 6 * 60_000)).toBeUndefined();
  });

  it('counts anew from the token that a client without one was given', () => {
    const quiet = { providerId: 'microsoft-entra-id', lastRequestAt: ago(30 * hourMs) };
    expect(isSilent({ ...quiet, tokenSince: ago(2 * hourMs) })).toBe(false);
    expect(silenceOf(heardOf({ ...quiet, tokenSince: ago(3 * hourMs) }), now)?.since).toEqual(
      ago(30 * hourMs),
    );
  });
});
