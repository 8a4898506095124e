import { nextThresholdAt, thresholdAt } from './certificate-thresholds.ts';

/**
 * Things that end, and when their end is announced. Days are days of a calendar, `2026-12-24`: what day it is depends on
 * where the reader is, so whoever asks says which one it is there.
 */
export const endingKinds = [
  'idp_certificate',
  'client_secret',
  'signing_key',
  'encryption_key',
  'scim_token',
  'stream_credential',
] as const;
export type EndingKind = (typeof endingKinds)[number];

/** Those that have a watch of their own, `age/<kind>/<id>`; certificates are watched with their connection. */
export type AgeingKind = Exclude<EndingKind, 'idp_certificate'>;

const dayMs = 86_400_000;

/** How long before its end a thing is spoken of at all: the first threshold. */
export const spokenOfDays = 90;

/** Whole days of the calendar from one day to another; negative when the other lies before. */
export function daysUntil(endsOn: string, today: string): number {
  return Math.round((Date.parse(endsOn) - Date.parse(today)) / dayMs);
}

/** The threshold that applies on this day, or undefined while the end is more than 90 days away. */
export function thresholdOn(endsOn: string, today: string): number | undefined {
  return thresholdAt(Date.parse(endsOn), Date.parse(today));
}

/** The next day on which another threshold begins to apply. */
export function nextThresholdDay(endsOn: string, today: string): string {
  return new Date(nextThresholdAt(Date.parse(endsOn), Date.parse(today))).toISOString().slice(0, 10);
}
