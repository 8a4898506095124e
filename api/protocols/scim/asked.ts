import { refuse } from '../../../adapters/scim/errors.ts';
import { shortName } from '../../../adapters/scim/names.ts';
import { readProjection, type Projection } from '../../../adapters/scim/projection.ts';
import { isValues, named } from '../../../adapters/scim/values.ts';
import { serviceLimits } from '../../../adapters/scim/service.ts';
import type { DirectorySort } from '../../../onboarding/directory-filter.ts';

/** What a list is asked for, by a query or by the body of a `/.search` (RFC 7644 §3.4.2 and §3.4.3). */
export interface AskedList {
  filter: string | null;
  sortBy: string | null;
  isDescending: boolean;
  startIndex: number;
  count: number;
  projection: Projection | null;
}

type Given = (name: string) => unknown;

export const askedByQuery = (query: ReadonlyMap<string, string>): AskedList =>
  askedBy((name) => query.get(name));

/** A body that is no object asks for nothing in particular. */
export function askedByBody(body: unknown): AskedList {
  return askedBy((name) => (isValues(body) ? named(body, name) : undefined));
}

function askedBy(given: Given): AskedList {
  const count = wholeNumber(given, 'count') ?? serviceLimits.defaultPage;
  return {
    filter: textOf(given, 'filter'),
    sortBy: textOf(given, 'sortBy'),
    isDescending: textOf(given, 'sortOrder')?.toLowerCase() === 'descending',
    startIndex: Math.max(1, wholeNumber(given, 'startIndex') ?? 1),
    count: Math.min(serviceLimits.page, Math.max(0, count)),
    projection: readProjection(given('attributes'), given('excludedAttributes')),
  };
}

const largest = 2_000_000_000;

function wholeNumber(given: Given, name: string): number | undefined {
  const value = given(name);
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw refuse('invalidValue', 'page_unreadable', `"${name}" must be a whole number.`);
  return Math.max(-largest, Math.min(largest, number));
}

function textOf(given: Given, name: string): string | null {
  const value = given(name);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string')
    throw refuse('invalidValue', 'filter_unreadable', `"${name}" must be a text.`);
  return value;
}

/** [SCIM-06] only what is on the list can be sorted by. */
export function sortOf<Field extends string>(
  { sortBy, isDescending }: AskedList,
  fields: Readonly<Record<Field, unknown>>,
): DirectorySort<Field> | null {
  if (sortBy === null) return null;
  const wanted = shortName(sortBy).toLowerCase();
  const field = (Object.keys(fields) as Field[]).find((name) => name.toLowerCase() === wanted);
  if (field === undefined)
    throw refuse('invalidValue', 'sort_unknown', `"${sortBy.slice(0, 100)}" is nothing to sort by.`);
  return { field, isDescending };
}
